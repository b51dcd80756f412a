"""Folds: trainings inside a loop over the parts of a cross-validation, and what begins anew for each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.trainings import Training, TrainingStep
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import Instance, LibraryObject, Native
from kerasvae_lint.values.unit import Unit
from kerasvae_lint.values.world import CallEvent

_SPLITTERS = frozenset(
    {
        *("KFold", "StratifiedKFold", "GroupKFold", "StratifiedGroupKFold", "RepeatedKFold", "RepeatedStratifiedKFold"),
        *("ShuffleSplit", "StratifiedShuffleSplit", "GroupShuffleSplit", "LeaveOneOut", "LeavePOut", "PredefinedSplit"),
        *("LeaveOneGroupOut", "LeavePGroupsOut"),
    }
)
"""scikit-learn's splitters whose training parts overlap with the other folds' held-out parts."""
_RESTARTS = frozenset({"set_weights", "load_weights", "from_config", "assign", "load_own_variables", "restore"})
_RESTARTING = re.compile(r"clone|deepcopy|reset|reinit|re_init|restore|shuffle_weights|randomi[sz]e|initial", re.I)


@dataclass(frozen=True, eq=False, slots=True)
class Fold:
    """A training of a cross-validation whose model was made before the loop.

    Attributes:
        training: what is done with the model.
        step: the ``fit``.
        loop: the loop over the folds.
        splitter: the class of the splitter, ``KFold``.
    """

    training: Training
    step: TrainingStep
    loop: r.For
    splitter: str


def reused_models(machine: Interpreter, trainings: list[Training], unit: Unit) -> Iterator[Fold]:
    """The trainings in a file's cross-validations that go on where the fold before stopped."""
    splits: dict[r.Call, list[CallEvent]] = {}
    for event in machine.events:
        if event.call is not None and _splitter(event):
            splits.setdefault(event.call, []).append(event)
    for training in trainings:
        for step in training.fits:
            if step.method == "loop" or step.site.unit is not unit:
                continue
            for loop in _loops(step.site.record):
                found = next((splits[call] for call in _calls(loop.iterable) if call in splits), None)
                if found is None:
                    continue
                before = [event for event in found if event.order < step.order]
                split = (before or found)[-1]  # a function that runs more than once splits once in each run
                if _is_older(training, split.order) and not _restarts(machine, loop, unit):
                    yield Fold(training, step, loop, _splitter(split))
                break


def _splitter(event: CallEvent) -> str:
    owner = event.callee.owner if isinstance(event.callee, Native) else None
    whole = owner if owner is not None else getattr(event.callee, "base", None)
    if event.call is None or not isinstance(event.call.func, r.Attribute) or event.call.func.attr != "split":
        return ""
    name = whole.name if isinstance(whole, LibraryObject) else ""
    last = name.rpartition(".")[2]
    return last if name.startswith("sklearn.model_selection.") and last in _SPLITTERS else ""


def _loops(record: r.Record) -> Iterator[r.For]:
    """The loops that a place stands in, up to the function around it."""
    at: r.Record | None = record
    while at is not None and not isinstance(at, r.Function):
        if isinstance(at, r.For):
            yield at
        at = at.parent


def _calls(expression: r.Record) -> Iterator[r.Call]:
    yield from (record for record in expression.walk() if isinstance(record, r.Call))


def _is_older(training: Training, order: int) -> bool:
    """True for a model that was made before."""
    model = training.model
    if isinstance(model, LibraryObject):
        return 0 < model.order < order
    return isinstance(model, Instance) and training.compiled is not None and training.compiled.order < order


def _restarts(machine: Interpreter, loop: r.For, unit: Unit) -> bool:
    """True for a loop in which something sets weights anew, or may do so."""
    words = [record.attr for statement in loop.body for record in statement.walk() if isinstance(record, r.Attribute)]
    words += [record.id for statement in loop.body for record in statement.walk() if isinstance(record, r.Name)]
    if any(word in _RESTARTS or _RESTARTING.search(word) for word in words):
        return True
    inside = [event for event in machine.events if event.site.unit is unit and loop.start <= event.site.record.start]
    functions = {event.call for event in inside if event.call is not None and event.call.end <= loop.end}
    return any(
        isinstance(event.callee, Native) and event.callee.name in _RESTARTS and event.call in functions
        for event in inside
    )


__all__ = ["Fold", "reused_models"]
