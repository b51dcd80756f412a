"""What callbacks change and no loss reads: numbers of their own, globals, a name bound anew, a rate by another name."""

from __future__ import annotations

from collections.abc import Iterator
from types import FunctionType
from typing import Any

from kerasvae_lint.runtime.framework import is_own
from kerasvae_lint.runtime.probes.places import Slot, is_kept, is_number, value_of
from kerasvae_lint.runtime.probes.rehearsal import Rehearsal
from kerasvae_lint.runtime.probes.response import is_baked, reacts, weights_listed
from kerasvae_lint.runtime.subject import Subject, is_variable

OWN = ["KV107", "KV113", "KV115"]
BAKED = ["KV102", "KV107", "KV108"]
_RECORDS = ("best", "last", "prev", "loss", "acc", "time", "start", "total", "sum", "mean", "min", "max", "rate", "lr")
MOST = 8
"""Places that are asked about; each costs two traces of the step."""
Answer = tuple[str, list[str]] | None


def rate(subject: Subject, run: Rehearsal) -> Answer:
    """A learning rate that is set where no optimizer looks for it."""
    if subject.framework.version == "3":
        for optimizer in subject.optimizers():
            if is_kept(vars(optimizer).get("lr")):
                message = (
                    f"`optimizer.lr` is set to {float(_plain(vars(optimizer)['lr'])):.3g}, which Keras 3 does not read:"
                    " the rate is `learning_rate`"
                )
                return message, ["KV610"]
    for track in run.tracks:
        if id(track.raw) in _rates(subject):
            continue
        if track.name.endswith("learning_rate") and not _is_read(subject, track.raw, track.set):
            return "a callback sets the learning rate of an optimizer that `fit` does not use", ["KV113"]
    return None


def _rates(subject: Subject) -> set[int]:
    """The rates of the optimizers that train: a step's loss, taken before it moves anything, need not react to them."""
    rates = [getattr(optimizer, "learning_rate", None) for optimizer in subject.optimizers()]
    return {id(part) for rate in rates for part in (rate, getattr(rate, "_value", None)) if part is not None}


def _plain(value: Any) -> float:
    return value_of(value) if is_variable(value) else float(value)


def _is_read(subject: Subject, raw: Any, values: list[float]) -> bool:
    low, high = min(values), max(values)
    return reacts(subject, raw, "", low, high if high != low else low + 1.0, eager=True)


def ask(subject: Subject, run: Rehearsal) -> Answer:
    """The first change that the loss should have seen and did not."""
    for slot, raw, before in run.changes.rebound[:MOST]:
        if before == before and _is_meant(subject, raw, before):
            return (
                f"a callback binds {slot.label} to a new value; the loss goes on with the variable that it was:"
                " `assign` changes that"
            ), OWN
    changed = run.changes.numbers  # a whole number of a callback's own is a count
    fractions = [change for change in changed if change[0].kind != "own" or float in map(type, change[1:])]
    for slot, first, last in fractions[:MOST]:
        if is_baked(subject, slot, slot.name, first, last):
            message = f"a callback changes {slot.label}, and the compiled step goes on with the first value"
            return message, BAKED
    alone = not (run.tracks or run.attributes)
    for slot, first, last in fractions[:MOST]:
        twins = list(_twins(subject, run, slot)) if slot.kind == "own" else []
        weighs = alone and slot.kind == "own" and first != 0 and first in _weights(subject) and not _is_record(slot)
        if not (twins or weighs) or reacts(subject, slot, slot.name, first, last, eager=True):
            continue
        twin = next((twin for twin in twins if _twin_is_read(subject, twin)), None)
        if twin is not None:
            return f"a callback changes {slot.label}, and the loss reads {twin.label}: nobody changes that", OWN
        if weighs:
            message = f"a callback changes {slot.label}; `compile` took the number that it was as a loss weight"
            return message, [*OWN, "KV109"]
    return None


def _is_record(slot: Slot) -> bool:
    """True for a number that a callback keeps of what it saw, by its name."""
    name = slot.name.lower()
    return "weight" not in name and any(word in name for word in _RECORDS)


def _is_meant(subject: Subject, raw: Any, before: float) -> bool:
    if any(value is raw for value in weights_listed(subject)):
        return True
    return reacts(subject, raw, "", before, before + 1.0, eager=True)


def _weights(subject: Subject) -> set[float]:
    return {float(value) for value in weights_listed(subject) if is_number(value)}


def _twins(subject: Subject, run: Rehearsal, slot: Slot) -> Iterator[Slot]:
    """The global, and the attributes of layers, of the same name that no callback writes."""
    written = {(id(other.holder), other.name) for other, _, _ in run.changes.numbers}
    written |= {(id(holder), name) for holder, name, _, _ in run.attributes}
    tracks = {id(track.raw) for track in run.tracks}
    places = [Slot(scope, slot.name, "global") for scope in _scopes(slot)]
    places += [Slot(layer, slot.name, "layer") for layer in subject.layers if is_own(type(layer))]
    for place in places:
        value = place.read()
        if (id(place.holder), place.name) in written or id(value) in tracks:
            continue
        if is_kept(value):
            yield place


def _scopes(slot: Slot) -> list[dict[str, Any]]:
    functions = [value for cls in type(slot.holder).__mro__ if is_own(cls) for value in vars(cls).values()]
    scopes = {id(f.__globals__): f.__globals__ for f in functions if isinstance(f, FunctionType)}
    return list(scopes.values())


def _twin_is_read(subject: Subject, twin: Slot) -> bool:
    value = twin.read()
    if is_variable(value):
        first = value_of(value)
        return first == first and reacts(subject, value, "", first, first + 1.0, eager=True)
    return reacts(subject, twin, twin.name, value, type(value)(value + 1), eager=True)
