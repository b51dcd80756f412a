"""Sample weights that a training is given and nobody applies: the loss is one number, or a step leaves them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import kinds
from kerasvae_lint.keras.shaping import shapes_of
from kerasvae_lint.keras.steps import TrainStep
from kerasvae_lint.keras.training import FITS, CompiledLoss, Run, compiled_losses_of, runs
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import Computed, FunctionValue, Instance, Site, is_none

WEIGHTS = ("sample_weight", "class_weight")
_UNPACK = "unpack_x_y_sample_weight"
_ASKS = frozenset({"isinstance", "len", "type"})


@dataclass(frozen=True, eq=False, slots=True)
class LostWeights:
    """Weights that are given and lost.

    Attributes:
        run: the training.
        name: which argument gives them.
        site: where they are lost: the loss, or the step.
        reduction: the mean that makes one number of the losses of all samples; None for a step.
    """

    run: Run
    name: str
    site: Site
    reduction: Computed | None = None


def lost_weights(machine: Interpreter, steps: list[TrainStep]) -> list[LostWeights]:
    """The trainings whose sample weights have no effect, in order of time."""
    found: dict[r.Record, LostWeights] = {}
    losses = compiled_losses_of(machine)
    for run in runs(machine):
        name = next((name for name in WEIGHTS if _is_given(run, name)), None)
        if name is None or run.method not in FITS | {"train_on_batch"} or machine.is_never(run.order):
            continue
        one = _in_step(run, name, steps) or _in_loss(machine, run, name, losses)
        if one is not None:
            found.setdefault(run.site.record, one)
    return list(found.values())


def _is_given(run: Run, name: str) -> bool:
    given = run.arguments.get(name)
    return given is not None and not any(is_none(member) for member in given.alternatives())


# losses -----------------------------------------------------------------------------------------
def _in_loss(machine: Interpreter, run: Run, name: str, losses: list[CompiledLoss]) -> LostWeights | None:
    before = [one for one in runs(machine) if one.method == "compile" and one.order < run.order]
    compiled = [one for one in before if any(m is run.model for m in one.model.alternatives())]
    if not compiled or (isinstance(run.model, Instance) and _own_step(run.model) is not None):
        return None
    mine = [loss for loss in losses if loss.use.record is compiled[-1].site.record]
    shapes = shapes_of(machine)
    for loss in mine:
        own = isinstance(loss.given, FunctionValue) or (
            isinstance(loss.given, Instance) and "loss" in kinds(loss.given)
        )
        if not own or not isinstance(loss.value, Computed) or shapes.shape(loss.value) != ():
            return None  # one that obeys them is enough for the weights to be meant for it
    if not mine or not isinstance(mine[0].value, Computed):
        return None
    value = mine[0].value
    return LostWeights(run, name, value.site or mine[0].site, value if value.op == "mean" else None)


# steps ------------------------------------------------------------------------------------------
def _own_step(model: Instance) -> FunctionValue | None:
    found = model.cls.find("train_step")
    return found[0] if found is not None and isinstance(found[0], FunctionValue) else None


def _in_step(run: Run, name: str, steps: list[TrainStep]) -> LostWeights | None:
    model = run.model
    own = _own_step(model) if isinstance(model, Instance) else None
    step = next((one for one in steps if own is not None and one.function.function is own.function), None)
    if step is None or step.model is None or not _leaves_out(step):
        return None
    if any({"fit", "make_train_function"} & cls.slots.keys() for cls in step.model.cls.classes()):
        return None
    return LostWeights(run, name, Site(step.function.unit, step.function.function))


def _leaves_out(step: TrainStep) -> bool:
    """True for a step that takes inputs and targets out of its data, and nothing that stands behind them."""
    function = step.function.function
    if len(function.parameters) < 2 or any(map(_speaks_of_weights, step.functions)):
        return False
    data = function.parameters[1].name
    uses = [record for record in function.walk() if isinstance(record, r.Name) and record.id == data]
    verdicts = [_verdict(function, use) for use in uses]
    if any(verdict == "replaced" for verdict in verdicts):
        return True  # `data = data[0]`: what is used afterwards holds no weights
    return "taken" in verdicts and None not in verdicts


def _speaks_of_weights(function: r.Function) -> bool:
    for record in function.walk():
        if isinstance(record, r.Argument) and record.name == "sample_weight":
            return True
        if isinstance(record, r.Attribute) and record.attr == "train_step":
            return True
    return False


def _verdict(function: r.Function, use: r.Name) -> str | None:
    """What one use of the data takes: its inputs or targets, nothing, or (None) what can't be told."""
    parent = use.parent
    if isinstance(parent, r.Subscript) and parent.value is use:
        index = parent.index
        number = index.value if isinstance(index, r.Constant) else None
        if number not in (0, 1) or isinstance(number, bool):
            return None
        statement = parent.parent
        if isinstance(statement, r.Assign) and statement.value is parent:
            names = [target.id for target in statement.targets if isinstance(target, r.Name)]
            return "replaced" if use.id in names else "taken"
        return "taken"
    if isinstance(parent, r.Argument) and isinstance(parent.parent, r.Call):
        called = parent.parent.func
        word = called.attr if isinstance(called, r.Attribute) else called.id if isinstance(called, r.Name) else ""
        if word in _ASKS:
            return "asked"
        if word == _UNPACK:
            return "taken" if _third_is_unread(function, parent.parent) else None
    if isinstance(parent, r.Assign) and use in parent.targets:
        return "asked"
    return None


def _third_is_unread(function: r.Function, call: r.Call) -> bool:
    """True for ``x, y, _ = unpack(data)`` where nobody reads the third."""
    statement = call.parent
    target = statement.targets[0] if isinstance(statement, r.Assign) else None
    names = list(_names(target)) if target is not None else []
    if len(names) != 3:
        return False
    uses = [record for record in function.walk() if isinstance(record, r.Name) and record.id == names[2].id]
    return all(use is names[2] for use in uses)


def _names(target: r.Record) -> Iterator[r.Name]:
    yield from (part for part in target.walk() if isinstance(part, r.Name))


__all__ = ["LostWeights", "lost_weights"]
