"""What rules about outputs share: between which numbers an activation lies, and how another takes its place."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from kerasvae_lint.model import Editor, Ending, Module, constant, library_class, records

if TYPE_CHECKING:
    from kerasvae_lint.model import Data, Task

BOUNDS = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "relu": (0.0, math.inf),
    "relu6": (0.0, 6.0),
    "softplus": (0.0, math.inf),
    "exponential": (0.0, math.inf),
}
"""Between which numbers the activations lie."""
SQUASHED = frozenset({"sigmoid", "hard_sigmoid", "softmax"})
"""The activations that give probabilities."""


def limits_of(ending: Ending) -> tuple[float, float] | None:
    """Between which numbers an output lies; None if nothing bounds it, or its layer is told otherwise."""
    found = BOUNDS.get(ending.name)
    layer = ending.layer
    if found is None or (layer is not None and library_class(layer).endswith(".ReLU") and _is_told(layer)):
        return None
    return found


def _is_told(layer: object) -> bool:
    """True for a ReLU with a slope, a threshold or an upper end."""
    return bool(getattr(layer, "arguments", None)) or not getattr(layer, "complete", True)


def spelled(limits: tuple[float, float]) -> str:
    """Limits in words: ``0 to 1``, ``0 and above``."""
    low, high = limits
    if math.isinf(low) and math.isinf(high):
        return "any number"
    if math.isinf(high):
        return f"{low:g} and above"
    return f"{high:g} and below" if math.isinf(low) else f"{low:g} to {high:g}"


def is_written(module: Module, ending: Ending | None) -> bool:
    """True if the activation, or the layer that has none, stands in the file that is looked at."""
    return ending is not None and module.owns(ending.site)


def place_of(module: Module, task: Task) -> records.Record | None:
    """Where a task's last activation is written; else its loss; None if neither stands in the file."""
    for site in (task.ending_site, task.loss_site):
        if site is not None and module.owns(site):
            return site.record
    return None


def notes_of(
    module: Module, task: Task, at: records.Record, target: Data | None = None
) -> tuple[tuple[records.Record, str], ...]:
    """The loss of an output, and where its targets come from, as notes to a finding elsewhere."""
    found: list[tuple[records.Record, str]] = []
    if module.owns(task.loss_site) and task.loss_site.record is not at:
        found.append((task.loss_site.record, "its loss"))
    sites = [step.site for step in reversed(target.steps) if step.kind in _TELLING] if target is not None else []
    sites += [target.source.value.site] if target is not None and target.source.value is not None else []
    site = next((site for site in sites if site is not None and module.owns(site)), None)
    if site is not None:
        found.append((site.record, "its targets"))
    return tuple(found)


_TELLING = frozenset({"scaled", "standardised", "computed", "encoded", "compared", "filled", "one-hot", "multi-hot"})


def about(*endings: Ending | None) -> tuple[records.Record, ...]:
    """The places of activations, for a report's ``about``."""
    return tuple(ending.site.record for ending in endings if ending is not None and ending.site is not None)


def with_activation(module: Module, ending: Ending, word: str) -> Editor | None:
    """An editor that has put another activation in place of the one that an output ends in; None if it can't."""
    if not is_written(module, ending) or ending.site is None:
        return None
    written, editor, text = ending.site.record, module.editor(), module.text(ending.site.record)
    if isinstance(written, records.Constant):
        argument = written.parent
        own = ending.layer is not None and library_class(ending.layer).endswith(".Activation")
        if word == "linear" and not own and isinstance(argument, records.Argument) and argument.name is not None:
            if not isinstance(argument.parent, records.Call):
                return None
            editor.remove_argument(argument.parent, argument)
        elif ending.literal and constant(module.value(written)) == ending.name:
            editor.replace(written, text.replace(ending.name, word))
        else:
            return None
    elif isinstance(written, (records.Name, records.Attribute)) and text.endswith(f".{ending.name}"):
        argument = written.parent
        if word == "linear" and isinstance(argument, records.Argument) and argument.name is not None:
            if not isinstance(argument.parent, records.Call):
                return None
            editor.remove_argument(argument.parent, argument)
        elif word == "linear":
            return None
        else:
            editor.replace(written, f"{text.removesuffix(ending.name)}{word}")
    else:
        return None
    return editor


__all__ = ["BOUNDS", "SQUASHED", "about", "is_written", "limits_of", "notes_of", "place_of", "spelled"]
__all__ += ["with_activation"]
