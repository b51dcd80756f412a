"""KV104 unclamped-warmup."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.schedules.changes import Change
from kerasvae_lint.semantics.schedules.fits import number
from kerasvae_lint.semantics.schedules.formulas import Ramp, early_exit, hook_of, ramp_of
from kerasvae_lint.semantics.schedules.owners import words

from ._schedules import is_learning_rate, is_read, is_warm_up

_WHOLE = frozenset(
    {"epochs", "n_epochs", "num_epochs", "nb_epochs", "nb_epoch", "max_epochs", "total_epochs", "params"}
)


class UnclampedWarmup(Rule):
    """A warm-up `epoch / n` that nothing stops at its end: the weight goes on rising.

    ## What it finds
    A value that a callback sets to the epoch divided by a length (or times a rate), and that nothing holds at its end,
    where the training is longer: `fit` has more epochs than the constant, or the length is plainly that of a warm-up.
    Not: a ramp that ends with the training, one that `min`, `clip`, an `if` or a setter holds, learning rates.

    ## Why it bites
    After the warm-up the KL weight is 1.1, 1.2, 2, 5: the longer the training, the closer the posterior is pulled to
    the prior, and no epoch trains the objective that was meant.

    ## Bad
    ```python
    K.set_value(self.beta, epoch / 10)  # fit(…, epochs=100)
    ```

    ## Good
    ```python
    K.set_value(self.beta, min(1.0, epoch / 10))
    ```

    ## Fix
    Unsafe: `min` with the end, 1 or the ramp's scale.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV104"
    name = "unclamped-warmup"
    triggers = ("Callback",)
    fixable = "unsafe"
    probes = ("schedule",)
    recipe = "kl-annealing"

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per ramp without an end."""
        for change in model.schedules.changes:
            hook = hook_of(model, change.function)
            if hook is None or "epoch" not in hook.name or is_learning_rate(change):
                continue
            if change.store is not None and change.store.kind == "aug":
                continue
            ramp = ramp_of(model, change, hook)
            order = model.resolver.place_of(change.node)[0]
            if ramp is None or early_exit(hook.function, order, model) or _is_held(model, change):
                continue
            if not _outlasted(model, ramp) or not is_read(change):
                continue
            end = "1" if ramp.scale is None else f"`{model.text(ramp.scale)}`"
            yield Report(
                change.node,
                f"Nothing holds this warm-up at its end: past it, `{change.attribute}` goes on rising above {end},"
                " in Keras 2 and 3. Take the minimum of the two.",
                fix=_fix(model, ramp),
            )


def _is_held(model: SemanticModel, change: Change) -> bool:
    """True if another change of the same value stands in the same function: ``if beta > 1: beta = 1``."""
    return any(
        other is not change and other.function is change.function and other.attribute == change.attribute
        for other in model.schedules.changes
    )


def _outlasted(model: SemanticModel, ramp: Ramp) -> bool:
    """True if the training plainly goes on behind the ramp's end."""
    length = number(model, ramp.length) if ramp.length is not None else None
    if ramp.rate is not None:
        rate = number(model, ramp.rate)
        length = 1 / rate if rate and ramp.scale is None else None
    names = _names(ramp.length)
    if length is None and (ramp.length is None or any(name in _WHOLE for name in names)):
        return False
    epochs = [fit.epochs for fit in model.schedules.fits]
    if length is not None and epochs and all(node is not None for node in epochs):
        counts = [number(model, node) for node in epochs]
        known = [count for count in counts if count is not None]
        if len(known) == len(counts):
            return length + 1 < max(known)
    if ramp.length is not None and any(node is not None and _names(node)[:1] == names[:1] and names for node in epochs):
        return False
    return length is None and is_warm_up(*names[:1])


def _names(node: cst.BaseExpression | None) -> list[str]:
    return words(node) if node is not None else []


def _fix(model: SemanticModel, ramp: Ramp) -> Draft | None:
    if not model.owns(ramp.expression):
        return None
    end = model.text(ramp.scale) if ramp.scale is not None else "1.0"
    editor = Editor(model)
    editor.replace(ramp.expression, f"min({end}, {model.text(ramp.expression)})")
    return editor.draft("Hold it at its end", Applicability.UNSAFE)
