"""Metrics that a step of one's own updates and that its model does not hold: Keras resets only those that it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import is_layer, kinds
from kerasvae_lint.keras.phases import is_keras_step
from kerasvae_lint.keras.steps import TrainStep, train_steps
from kerasvae_lint.keras.training import FITS, Run, runs
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import (
    FunctionValue,
    Instance,
    LibraryObject,
    Native,
    Site,
    Value,
    constant,
    held,
    leaves,
)
from kerasvae_lint.values.unit import Unit
from kerasvae_lint.values.world import CallEvent

_RESETS = frozenset({"reset_state", "reset_states", "reset_metrics", "reset"})
_OWN_WAYS = frozenset(
    {"fit", "make_train_function", "compute_metrics", "metrics", "_metrics", "reset_metrics", "__getattr__"}
)
_STEPS = frozenset({"train_step", "test_step"})


@dataclass(frozen=True, eq=False, slots=True)
class StrayMetric:
    """A metric that no epoch begins anew.

    Attributes:
        metric: the metric.
        site: where it is made.
        step: the step that updates it.
        update: where the step does so.
    """

    metric: LibraryObject | Instance
    site: Site
    step: TrainStep
    update: Site


def stray_metrics(machine: Interpreter, unit: Unit, steps: list[TrainStep]) -> Iterator[StrayMetric]:
    """The metrics made in a file that steps run by ``fit`` update and nobody resets, each once."""
    if _resets(unit):
        return
    seen: set[r.Record] = set()
    for step in (*steps, *train_steps(machine, "test_step")):
        if not _is_of_fit(step) or _is_called_by_hand(machine, step) or not _has_epochs(machine, step):
            continue
        for event in machine.events:
            metric = _updated(event) if step.began < event.order < step.ended else None
            if metric is None or metric.site is None or metric.site.unit is not unit or metric.site.record in seen:
                continue
            if not _is_made_before(metric) or metric.escaped or _is_held(machine, metric):
                continue
            seen.add(metric.site.record)
            yield StrayMetric(metric, metric.site, step, event.site)


def _resets(unit: Unit) -> bool:
    """True if a file resets anything: what a loop or a callback resets is nobody else's business."""
    return any(isinstance(record, r.Attribute) and record.attr in _RESETS for record in unit.module.walk())


def _is_of_fit(step: TrainStep) -> bool:
    """True for a step that Keras itself runs, of a model whose metrics Keras itself finds."""
    model = step.model
    if model is None or "model" not in kinds(model) or model.cls.is_open or not is_keras_step(step.function):
        return False
    return not {name for cls in model.cls.classes() for name in cls.slots} & _OWN_WAYS


def _fits(machine: Interpreter, step: TrainStep) -> list[Run]:
    """The trainings of the step's class that are in sight."""
    assert step.model is not None
    return [
        run
        for run in runs(machine)
        if run.method in FITS
        and any(isinstance(one, Instance) and one.cls.is_subclass(step.model.cls) for one in run.model.alternatives())
    ]


def _is_called_by_hand(machine: Interpreter, step: TrainStep) -> bool:
    """True for a step that a loop of one's own calls, and no ``fit`` in sight."""
    function = step.function.function
    called = any(
        isinstance(event.callee, FunctionValue)
        and event.callee.function is function
        and event.call is not None
        and getattr(event.call.func, "attr", "") in _STEPS
        for event in machine.events
    )
    return called and not _fits(machine, step)


def _has_epochs(machine: Interpreter, step: TrainStep) -> bool:
    """False where every training in sight has one epoch, in which nothing is to be reset."""
    fits = _fits(machine, step)
    return not fits or any(_is_long(run) for run in fits)


def _is_long(run: Run) -> bool:
    given = run.arguments.get("epochs", run.arguments.get("nb_epoch"))
    if given is not None and constant(given) != 1:
        return True
    if not run.complete or run.arguments.keys() & {"validation_data", "validation_split"}:
        return True
    at = run.site.record.parent
    while at is not None and not isinstance(at, r.Function):
        if isinstance(at, (r.For, r.While)):
            return True
        at = at.parent
    return False


def _updated(event: CallEvent) -> LibraryObject | Instance | None:
    """The metric that a call tells of a batch."""
    callee = event.callee
    owner: Value | None = None
    if isinstance(callee, Native) and callee.name in {"update_state", "__call__"}:
        owner = callee.owner
    elif isinstance(callee, FunctionValue) and callee.function.name == "update_state":
        owner = callee.bound
    elif isinstance(callee, (LibraryObject, Instance)):
        owner = callee
    return owner if isinstance(owner, (LibraryObject, Instance)) and _is_metric(owner) else None


def _is_metric(value: Value) -> bool:
    return value.kind == "metric" if isinstance(value, LibraryObject) else "metric" in kinds(value)


def _is_made_before(metric: LibraryObject | Instance) -> bool:
    """True for one that is made where the file, or a function around the class, runs: not in a method of a model."""
    site = metric.site
    if site is None or (isinstance(metric, Instance) and metric.generic):
        return False
    return r.method_of(site.record) is None and not (isinstance(metric, LibraryObject) and metric.traced)


def _is_held(machine: Interpreter, metric: LibraryObject | Instance) -> bool:
    """True for one that a layer or model has, or ever had, or that a ``compile`` got."""
    for obj in machine.objects:
        if is_layer(obj):
            values = [*obj.slots.values(), *(write.value for writes in obj.writes.values() for write in writes)]
            if any(part is metric for value in values for part in held(value)):
                return True
    given = [value for run in runs(machine) for value in run.arguments.values()]
    return any(part is metric for value in given for part in leaves(value))


__all__ = ["StrayMetric", "stray_metrics"]
