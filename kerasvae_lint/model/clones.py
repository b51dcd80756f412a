"""Copies by ``clone_model`` of models that have learned something, used as if they had, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import is_application
from kerasvae_lint.keras.settings import words_of
from kerasvae_lint.keras.trainings import Training
from kerasvae_lint.model.uses import others
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import LibraryObject, Native, Site, Value, constant, is_none
from kerasvae_lint.values.unit import Unit

_CLONES = "keras.models.clone_model"
_JUDGES = frozenset(
    {
        *("predict", "evaluate", "predict_on_batch", "predict_generator", "evaluate_generator", "predict_classes"),
        *("save", "save_weights", "export"),
    }
)
_NEUTRAL = frozenset({"compile", "summary", "build", "trainable", "name", "_name", "count_params", "input_shape"})
_WRAPS = frozenset({"input", "output", "inputs", "outputs"})
_COPIES = frozenset(
    {"set_weights", "load_weights", "assign", "restore", "load_state_dict", "batch_set_value", "load_checkpoint"}
)
_TRAINS = frozenset(
    {"fit", "fit_generator", "train_on_batch", "apply_gradients", "minimize", "apply", "train", "train_step", "search"}
)


@dataclass(frozen=True, eq=False, slots=True)
class Clone:
    """A copy without weights that is used as if it had them.

    Attributes:
        call: the call of ``clone_model``.
        name: the name of the copy; None where it is used in the same expression.
        use: where it is used so.
        word: what it is asked for there; empty where it is called.
        learned: where the model that it is a copy of got its weights.
    """

    call: r.Call
    name: r.Name | None
    use: r.Record
    word: str
    learned: Site | None


def clones(machine: Interpreter, unit: Unit, trainings: list[Training]) -> Iterator[Clone]:
    """The copies of a file that nobody trains and that nobody gives weights, in source order."""
    every = [
        event for event in machine.events if getattr(event.callee, "name", "") == _CLONES and event.site.unit is unit
    ]
    names = {name.id for event in every for name in [_name(event.call)] if name is not None}
    seen: set[r.Record] = set()
    for event in sorted(every, key=lambda event: event.site.record.start):
        call, given = event.call, event.arguments.get(0, "model")
        function = event.arguments.get(2, "clone_function")
        if call is None or given is None or call in seen or not event.arguments.complete:
            continue
        seen.add(call)
        if (function is not None and not is_none(function)) or _is_copied(unit, call):
            continue
        learned = _learned(machine, given, event.order, trainings, names)
        use = _use(unit, call) if learned is not None else None
        if learned is not None and use is not None:
            yield Clone(call, _name(call), *use, learned[0])


def _name(call: r.Call | None) -> r.Name | None:
    statement = call.parent if call is not None else None
    if not isinstance(statement, r.Assign) or len(statement.targets) != 1 or statement.value is not call:
        return None
    target = statement.targets[0]
    return target if isinstance(target, r.Name) else None


# the original -----------------------------------------------------------------------------------
def _learned(
    machine: Interpreter, model: Value, order: int, trainings: list[Training], names: set[str]
) -> tuple[Site | None] | None:
    """Where a model got weights before a time; None if it has none to lose, as far as can be seen."""
    if not isinstance(model, LibraryObject):
        return None
    for training in trainings:
        if training.model.key == model.key:
            for step in training.fits:
                if step.order < order and not _is_of(step.site.record, names):
                    return (step.site,)
    for event in machine.events:
        callee = event.callee
        if event.order < order and isinstance(callee, Native) and callee.name in {"load_weights", "set_weights"}:
            if callee.owner is not None and callee.owner.key == model.key and not _is_of(event.site.record, names):
                return (event.site,)
    if model.name == "keras.models.load_model":
        return (model.site,)
    if is_application(model):
        weights = model.arguments.get("weights")
        if (weights is None and model.complete) or (weights is not None and isinstance(constant(weights), str)):
            return (model.site,)
    return None


def _is_of(record: r.Record, names: set[str]) -> bool:
    """True for a method of a copy: the interpreter takes it for the model that it is a copy of."""
    func = record.func if isinstance(record, r.Call) else None
    return func is not None and words_of(func)[-1:] != [] and words_of(func)[-1] in names


# the copy ---------------------------------------------------------------------------------------
def _is_copied(unit: Unit, call: r.Call) -> bool:
    """True if code behind the call gives weights to anything."""
    later = (record for record in unit.module.walk() if record.start >= call.end)
    words = (record.attr if isinstance(record, r.Attribute) else getattr(record, "id", "") for record in later)
    return any(word in _COPIES for word in words)


def _use(unit: Unit, call: r.Call) -> tuple[r.Record, str] | None:
    """Where the copy is first used as it is; None if it is trained, handed on, or nobody can tell."""
    name = _name(call)
    if name is None:
        return _judged(call)
    uses = sorted(others(unit.module, name), key=lambda use: use.start)
    found: list[tuple[r.Record, str]] = []
    wrapped = False
    for use in uses:
        judged = _judged(use)
        if judged is not None:
            found.append(judged)
        elif _wraps(use):
            wrapped = True
            found.append((use, ""))
        elif not _is_neutral(use):
            return None
    if not found or any(use.start < call.end for use in uses) or (wrapped and _trains(unit, call)):
        return None
    return found[0]


def _judged(use: r.Expression) -> tuple[r.Record, str] | None:
    func = use.parent
    if isinstance(func, r.Attribute) and func.value is use and func.attr in _JUDGES:
        outer = func.parent
        if isinstance(outer, r.Call) and outer.func is func:
            return outer, func.attr
    return None


def _wraps(use: r.Name) -> bool:
    """True where it becomes a part of another model, or is called."""
    parent = use.parent
    if isinstance(parent, r.Attribute) and parent.value is use:
        return parent.attr in _WRAPS
    if isinstance(parent, r.Call):
        return parent.func is use
    holder = parent.parent if isinstance(parent, r.Display) and parent.kind == "list" else None
    outer = holder.parent if isinstance(holder, r.Argument) else None
    return isinstance(outer, r.Call) and words_of(outer.func)[:1] == ["Sequential"]


def _is_neutral(use: r.Name) -> bool:
    parent = use.parent
    return isinstance(parent, r.Attribute) and parent.value is use and parent.attr in _NEUTRAL


def _trains(unit: Unit, call: r.Call) -> bool:
    """True if code behind the call trains anything: the whole that the copy is a part of, for example."""
    return any(
        isinstance(record, r.Attribute) and record.attr in _TRAINS and record.start >= call.end
        for record in unit.module.walk()
    )


__all__ = ["Clone", "clones"]
