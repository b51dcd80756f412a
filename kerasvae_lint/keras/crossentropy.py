"""Cross-entropies where they are used: what they take their argument for, and how that argument ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.outputs import Ending, ending_of
from kerasvae_lint.keras.training import CompiledLoss
from kerasvae_lint.values.lattice import Computed, Constant, LibraryName, LibraryObject, Site, Value, constants
from kerasvae_lint.values.world import CallEvent

NAMES = frozenset({"binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"})
CLASSES = {
    "BinaryCrossentropy": "binary_crossentropy",
    "CategoricalCrossentropy": "categorical_crossentropy",
    "SparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
}
_ALWAYS = frozenset(
    {
        "sigmoid_cross_entropy_with_logits",
        "softmax_cross_entropy_with_logits",
        "sparse_softmax_cross_entropy_with_logits",
    }
)


@dataclass(frozen=True, eq=False, slots=True)
class Entropy:
    """One use of a cross-entropy.

    Attributes:
        name: what it is called: ``BinaryCrossentropy``, ``binary_crossentropy``.
        site: where it is chosen: the call that makes the object, the string, the function's name, the call.
        use: where it is used: the ``compile`` that gets it, the call of it.
        logits: whether it takes logits; None where that can't be told.
        flag: where ``from_logits`` was given its value; None if it is not given.
        always: True for the functions of ``tf.nn``, which take nothing but logits.
        ending: how the output ends; None where that can't be told.
        made: the loss object, if it is one.
        output: what it takes for the prediction.
        targets: what it compares that with; None where that can't be told.
    """

    name: str
    site: Site
    use: Site
    logits: bool | None
    flag: Site | None
    always: bool
    ending: Ending | None
    made: LibraryObject | None
    output: Value
    targets: Value | None = None


def entropies(events: Iterable[CallEvent], compiled: Iterable[CompiledLoss]) -> Iterator[Entropy]:
    """Every use of a cross-entropy in calls and in what ``compile`` was given."""
    applied = {id(loss.value): loss for loss in compiled}
    seen: set[int] = set()
    for loss in applied.values():
        for value in loss.value.alternatives():
            found = _of(value, loss.given, loss.site, loss.use)
            if found is not None:
                seen.add(id(value))
                yield found
    for event in events:
        for value in event.result.alternatives():
            if isinstance(event.callee, (LibraryName, LibraryObject)) and id(value) not in seen:
                found = _of(value, event.callee, event.site, event.site)
                if found is not None:
                    seen.add(id(value))
                    yield found


def _of(value: Value, given: Value, site: Site, use: Site) -> Entropy | None:
    if not isinstance(value, Computed) or not value.operands:
        return None
    maker = value.maker
    if isinstance(maker, LibraryObject):
        home, _, last = maker.name.rpartition(".")
        if home != "keras.losses" or last not in CLASSES or maker.site is None:
            return None
        flag = maker.arguments.get("from_logits")
        logits = truth_of(flag, maker.complete)
        output = value.operands[-1]
        return Entropy(
            last, maker.site, use, logits, _flag_site(flag), False, ending_of(output), maker, output, _target(value)
        )
    if not isinstance(maker, LibraryName):
        return None
    home, _, last = maker.name.rpartition(".")
    if home == "keras.metrics" or not (last in NAMES or last in _ALWAYS):
        return None
    # `softmax_cross_entropy_with_logits(labels, logits)`: the table says which operand is which
    named = (value.options[role] for role in ("logits", "output", "x") if role in value.options)
    output = next(named, value.operands[-1])
    ending = ending_of(output)
    if last in _ALWAYS:
        labels = next(
            (value.options[role] for role in ("labels", "target") if role in value.options), value.operands[0]
        )
        targets = labels if labels is not output else None
        return Entropy(last, site, use, True, None, True, ending, None, output, targets)
    flag = value.options.get("from_logits")
    is_call = isinstance(given, LibraryName) and isinstance(site.record, r.Call)
    place = site if is_call else given.site or site
    logits = truth_of(flag, True)
    return Entropy(last, place, use, logits, _flag_site(flag), False, ending, None, output, _target(value))


def _target(value: Computed) -> Value | None:
    return value.operands[0] if len(value.operands) > 1 else None


def truth_of(flag: Value | None, complete: bool) -> bool | None:
    """What ``from_logits`` is; False where it was not given, None where that can't be told."""
    if flag is None:
        return False if complete else None
    found = set(constants(flag) or ())
    only = found.pop() if len(found) == 1 else None
    return only if isinstance(only, bool) else None


def _flag_site(flag: Value | None) -> Site | None:
    return flag.site if isinstance(flag, Constant) else None
