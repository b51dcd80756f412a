"""Trainings: what is done with a model, in order of time: compiled, fitted, evaluated, asked, or an own loop."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kerasvae_lint.keras.data import Data
from kerasvae_lint.keras.data_reader import DataReader, data_reader
from kerasvae_lint.keras.kinds import kinds
from kerasvae_lint.keras.layers import nodes_of
from kerasvae_lint.keras.pipelines import element
from kerasvae_lint.keras.training import FITS, Run, runs
from kerasvae_lint.library import lookup, string_alias
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import (
    Computed,
    DictObject,
    Entries,
    FunctionValue,
    Instance,
    LibraryName,
    LibraryObject,
    ListObject,
    Native,
    Site,
    Tuple,
    Union,
    Value,
    constant,
    is_none,
    leaves,
)
from kerasvae_lint.values.world import CallEvent

_STEPS = frozenset({"apply_gradients", "minimize", "apply"})
_SCHEDULE = "keras.optimizers.schedules.LearningRateSchedule"
_INSIDE_FIT = frozenset({"train_step", "make_train_function"})


@dataclass(frozen=True, eq=False, slots=True)
class Chosen:
    """An optimizer, a loss, a metric or a callback, as a training is given it.

    Attributes:
        name: a class (``Adam``) for optimizers and callbacks; for losses and metrics the function's word
            (``categorical_crossentropy``), or ``accuracy``; of the project's own the name of the class or function;
            empty if it can't be told.
        value: what was given; None for a default.
        arguments: what it was made with; empty for a word.
        own: True for one that the project defines.
        complete: False if it may have been made with more arguments than are known.
        key: under which name it was given, for one output of several.
    """

    name: str
    value: Value | None = None
    arguments: Mapping[str, Value] = field(default_factory=dict)
    own: bool = False
    complete: bool = True
    key: str = ""


class TrainingStep:
    """One thing that is done with a model.

    Attributes:
        method: ``compile``, ``fit``, ``fit_generator``, ``evaluate``, ``predict``, ``train_on_batch``, …, or ``loop``
            for an own loop.
        site: where.
        order: when.
        arguments: what it was given, by parameter name.
        complete: False if it may have been given more.
    """

    def __init__(
        self,
        method: str,
        site: Site,
        order: int,
        arguments: Mapping[str, Value],
        complete: bool,
        reader: DataReader,
        loop: Loop | None = None,
    ) -> None:
        self.method = method
        self.site = site
        self.order = order
        self.arguments = arguments
        self.complete = complete
        self._reader = reader
        self._loop = loop

    def __repr__(self) -> str:
        return f"<{self.method} at {self.site}>"

    @property
    def trains(self) -> bool:
        """True for what changes the model's weights."""
        return self.method in FITS or self.method in {"train_on_batch", "loop"}

    # what compile says --------------------------------------------------------------------------
    @cached_property
    def optimizer(self) -> Chosen | None:
        """The optimizer of ``compile`` or of an own loop; None for other steps."""
        if self._loop is not None:
            return optimizer_of(self._loop.optimizer)
        if self.method != "compile":
            return None
        given = self.arguments.get("optimizer")
        if given is None:
            return Chosen("RMSprop") if self.complete else Chosen("")
        return optimizer_of(given)

    @cached_property
    def rate(self) -> float | None:
        """The optimizer's learning rate, its default if the code says none; None if it is a schedule or not known."""
        chosen = self.optimizer
        return learning_rate(chosen) if chosen is not None else None

    @cached_property
    def schedule(self) -> Chosen | None:
        """The schedule that the optimizer's learning rate follows; None if it follows none."""
        given = _rate_value(self.optimizer) if self.optimizer is not None else None
        if isinstance(given, LibraryObject) and given.kind == "schedule":
            return Chosen(given.name.rpartition(".")[2], given, given.arguments, complete=given.complete)
        is_own = isinstance(given, Instance) and any(base.name == _SCHEDULE for base in given.cls.library_bases())
        return Chosen(given.cls.name, given, own=True) if isinstance(given, Instance) and is_own else None

    @cached_property
    def losses(self) -> tuple[Chosen, ...]:
        """The losses of ``compile`` or of an own loop, one for each that is given."""
        if self._loop is not None:
            return self._loop.losses
        given = self.arguments.get("loss") if self.method == "compile" else None
        return tuple(_each(given, "loss")) if given is not None else ()

    @cached_property
    def metrics(self) -> tuple[Chosen, ...]:
        """The metrics of ``compile``."""
        found: list[Chosen] = []
        for name in ("metrics", "weighted_metrics") if self.method == "compile" else ():
            given = self.arguments.get(name)
            found += _each(given, "metric") if given is not None else ()
        return tuple(found)

    def metrics_of(self, index: int, count: int, name: str) -> tuple[Chosen, ...]:
        """The metrics of one output of several: by its name, by its place in a list, or those for all.

        Args:
            index: which output it is, counted from 0.
            count: how many there are.
            name: its layer's name; empty if it has none.
        """
        found: list[Chosen] = []
        for word in ("metrics", "weighted_metrics") if self.method == "compile" else ():
            given = self.arguments.get(word)
            state = given.items if isinstance(given, ListObject) else given
            if count > 1 and isinstance(state, Tuple) and state.rest is None and len(state.items) == count:
                found += _each(state.items[index], "metric")
            elif given is not None:
                found += (chosen for chosen in _each(given, "metric") if not chosen.key or chosen.key == name)
        return tuple(found)

    # what fit is given --------------------------------------------------------------------------
    @property
    def data(self) -> Value | None:
        """What it is given for its data: arrays, a data set, a generator."""
        if self._loop is not None:
            return self._loop.inputs
        for name in ("x", "generator", "data", "inputs"):
            if name in self.arguments:
                return self.arguments[name]
        return None

    @cached_property
    def x(self) -> tuple[Data, ...]:
        """The inputs, several for a model of several inputs; empty if there are none, or nobody knows."""
        return self._sides[0]

    @cached_property
    def y(self) -> tuple[Data, ...]:
        """The targets."""
        return self._sides[1]

    @cached_property
    def _sides(self) -> tuple[tuple[Data, ...], tuple[Data, ...]]:
        if self._loop is not None:
            targets = self._loop.targets
            return self._several(self._loop.inputs), self._several(targets) if targets is not None else ()
        return self._of(self.data, self.arguments.get("y"))

    def _of(self, x: Value | None, y: Value | None) -> tuple[tuple[Data, ...], tuple[Data, ...]]:
        if x is None or is_none(x):
            return (), ()
        if y is not None and not is_none(y):
            return self._several(x), self._several(y)
        pair = batches(x)
        if isinstance(pair, Tuple) and pair.rest is None and len(pair.items) in (2, 3):
            return self._several(pair.items[0]), self._several(pair.items[1])
        if isinstance(x, ListObject) and x.kind == "iterator":
            return (self._reader.of(x, self.order),), ()
        return self._several(x), ()

    def _several(self, value: Value | None) -> tuple[Data, ...]:
        if value is None or is_none(value):
            return ()
        if isinstance(value, DictObject):
            parts = [part for _, part in value.entries.items.values()]
            return tuple(self._reader.of(part, self.order) for part in parts)
        state = value.items if isinstance(value, ListObject) and value.kind == "list" else value
        if isinstance(state, Tuple) and state.rest is None and state.items:
            if all(isinstance(part, (Computed, LibraryObject)) for part in state.items):
                return tuple(self._reader.of(part, self.order) for part in state.items)
        return (self._reader.of(value, self.order),)

    @cached_property
    def validation(self) -> tuple[tuple[Data, ...], tuple[Data, ...]]:
        """The inputs and targets of ``validation_data``; both empty if there are none."""
        given = self.arguments.get("validation_data")
        if given is None or is_none(given):
            return (), ()
        state = given.items if isinstance(given, ListObject) else given
        if isinstance(state, Tuple) and len(state.items) in (2, 3) and state.rest is None:
            return self._of(*state.items[:2])
        return self._of(given, None)

    @property
    def validation_split(self) -> float | None:
        """The share of the data that is held back; 0 if none is; None if that is not known."""
        given = self.arguments.get("validation_split")
        if given is None:
            return 0.0 if self.complete else None
        return self.number("validation_split")

    @property
    def epochs(self) -> int | None:
        """For how many epochs; 1 if ``fit`` is not told; None if it is not known."""
        return self._whole("epochs", "nb_epoch", nothing=1 if self.method in FITS else None)

    @property
    def batch_size(self) -> int | None:
        """How many samples a batch has; None if it is not known, or the data say so."""
        if self.method == "loop":
            return None
        return self._whole("batch_size", nothing=None)

    @property
    def shuffles(self) -> bool | None:
        """Whether ``fit`` mixes the samples of arrays before each epoch; None if that is not known."""
        given = self.arguments.get("shuffle")
        if given is None:
            return self.method in FITS if self.complete else None
        found = constant(given)
        return found if isinstance(found, bool) else None

    @cached_property
    def callbacks(self) -> tuple[Chosen, ...]:
        """The callbacks that it is given, as far as they can be seen."""
        given = self.arguments.get("callbacks")
        return tuple(_each(given, "callback")) if given is not None else ()

    def _whole(self, *names: str, nothing: int | None) -> int | None:
        if not any(name in self.arguments for name in names):
            return nothing if self.complete else None
        found = self.number(*names)
        return int(found) if found is not None and float(found).is_integer() else None

    def number(self, *names: str) -> float | None:
        """An argument that is a number."""
        given = next((self.arguments[name] for name in names if name in self.arguments), None)
        plain = self._reader.shapes.plain.of(given) if given is not None else None
        return plain if isinstance(plain, (int, float)) and not isinstance(plain, bool) else None


@dataclass(frozen=True, eq=False, slots=True)
class Loop:
    """What an own loop trains with.

    Attributes:
        optimizer: whose step it takes.
        losses: the losses that its gradients are of.
        inputs: what it calls the model on.
        targets: what the losses compare with.
    """

    optimizer: Value
    losses: tuple[Chosen, ...]
    inputs: Value | None
    targets: Value | None


@dataclass(eq=False, slots=True)
class Training:
    """What is done with one model.

    Attributes:
        model: the model; of a class that nobody knows what stands for it.
        steps: in order of time.
    """

    model: Value
    steps: list[TrainingStep] = field(default_factory=list)

    @property
    def compiled(self) -> TrainingStep | None:
        """The first ``compile``."""
        return next((step for step in self.steps if step.method == "compile"), None)

    @property
    def fits(self) -> list[TrainingStep]:
        """The steps that change the model's weights."""
        return [step for step in self.steps if step.trains]

    def compiled_for(self, step: TrainingStep) -> TrainingStep | None:
        """The ``compile`` that a step goes by: the last one before it."""
        before = [one for one in self.steps if one.method == "compile" and one.order <= step.order]
        return before[-1] if before else self.compiled


def trainings(machine: Interpreter) -> list[Training]:
    """What is done with each model of a program that something is done with, in order of the first step."""
    reader = data_reader(machine)
    found: dict[object, Training] = {}
    for model, step in sorted(_steps(machine, reader), key=lambda pair: pair[1].order):
        training = found.setdefault(model.key, Training(model))
        if not any(_is_same(step, other) for other in training.steps):
            training.steps.append(step)
    return list(found.values())


def _steps(machine: Interpreter, reader: DataReader) -> Iterator[tuple[Value, TrainingStep]]:
    for run in runs(machine):
        for model in run.model.alternatives():
            yield model, _of_run(run, reader)
    seen: set[tuple[object, object]] = set()
    for event in machine.events:
        if isinstance(event.callee, Native) and event.callee.name in _STEPS and event.callee.owner is not None:
            if event.function is not None and event.function.name in _INSIDE_FIT and event.function.owner is not None:
                continue
            for model in _moved(event):
                place = (event.site.record, model.key)
                if place not in seen:
                    seen.add(place)
                    yield model, _of_loop(machine, event, model, reader)


def _of_run(run: Run, reader: DataReader) -> TrainingStep:
    return TrainingStep(run.method, run.site, run.order, run.arguments, run.complete, reader)


def _is_same(step: TrainingStep, other: TrainingStep) -> bool:
    """True for the same call in another round of a loop."""
    if step.method != other.method or step.site.record is not other.site.record:
        return False
    return step.method in {"compile", "loop"} or (step.x == other.x and step.y == other.y)


# own loops --------------------------------------------------------------------------------------
def _moved(event: CallEvent) -> list[Value]:
    """The models whose weights a step of an optimizer changes."""
    found: dict[object, Value] = {}
    for given in event.arguments.all():
        for leaf in _behind(given):
            if leaf.op == "weights" and leaf.operands and kinds(leaf.operands[0]) & {"layer", "model"}:
                found[leaf.operands[0].key] = leaf.operands[0]
    return list(found.values())


def _behind(value: Value) -> Iterator[Computed]:
    """The formulas that a value is made of, not those of the loss in it."""
    todo, seen = [value], set[int]()
    while todo and len(seen) < 200:
        at = todo.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        if isinstance(at, Computed):
            yield at
            skipped = 1 if at.op in {"gradient", "gradients", "compute_gradients"} else 0
            todo += at.operands[skipped:]
        elif isinstance(at, ListObject):
            todo.append(at.items)
        elif isinstance(at, Tuple):
            todo += [*at.items, *([at.rest] if at.rest is not None else [])]
        elif not isinstance(at, (LibraryObject, Instance)):
            todo += [part for part in at.alternatives() if part is not at]


def _of_loop(machine: Interpreter, event: CallEvent, model: Value, reader: DataReader) -> TrainingStep:
    assert isinstance(event.callee, Native)
    assert event.callee.owner is not None
    gradients = [
        leaf
        for given in event.arguments.all()
        for leaf in leaves(given)
        if isinstance(leaf, Computed) and leaf.op in {"gradient", "gradients"} and leaf.operands
    ]
    made = event.result.operands if isinstance(event.result, Computed) else ()
    given = next(iter((*made, *event.arguments.positional)), None)
    whole = gradients[0].operands[0] if gradients else given
    losses: list[Chosen] = []
    targets: Value | None = None
    for leaf in leaves(whole) if whole is not None else ():
        chosen = _applied_loss(leaf)
        if chosen is not None and all(one.name != chosen.name for one in losses):
            losses.append(chosen)
            if targets is None and isinstance(leaf, Computed) and len(leaf.operands) > 1:
                targets = leaf.operands[0]
    called = [node for node in nodes_of(machine, model) if node.order < event.order]
    near = [node for node in called if node.function is event.function] or called
    inputs = near[-1].inputs if near else None
    loop = Loop(event.callee.owner, tuple(losses), inputs, targets)
    return TrainingStep("loop", event.site, event.order, {}, True, reader, loop)


def _applied_loss(value: Value) -> Chosen | None:
    """The loss that a formula applies."""
    if not isinstance(value, Computed):
        return None
    maker = value.maker
    if isinstance(maker, LibraryObject) and maker.kind == "loss":
        return _chosen(maker, "loss")
    if isinstance(maker, LibraryName):
        entry = lookup(maker.name)
        if entry is not None and entry.makes == "lossfunction":
            return Chosen(maker.name.rpartition(".")[2], maker, value.options)
    return None


# what is chosen ---------------------------------------------------------------------------------
def optimizer_of(given: Value) -> Chosen:
    """An optimizer: a word, an object, a class."""
    return _chosen(given, "optimizer")


def _rate_value(chosen: Chosen | None) -> Value | None:
    if chosen is None:
        return None
    return next((chosen.arguments[name] for name in ("learning_rate", "lr") if name in chosen.arguments), None)


def learning_rate(chosen: Chosen) -> float | None:
    """The learning rate of an optimizer, its default if it was not given one."""
    given = _rate_value(chosen)
    if given is not None:
        found = constant(given)
        return float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else None
    if chosen.own or not chosen.name or not chosen.complete:
        return None
    entry = lookup(f"keras.optimizers.{chosen.name}")
    default = entry.default("learning_rate") if entry is not None else None
    return default if isinstance(default, float) else None


def _each(given: Value, kind: str) -> Iterator[Chosen]:
    """Every loss, metric or callback of a list, a dictionary, or alone."""
    if isinstance(given, DictObject):
        entries = given.entries
        for key, (_, part) in entries.items.items():
            for chosen in _each(part, kind):
                word = key if isinstance(key, str) else ""
                yield Chosen(chosen.name, chosen.value, chosen.arguments, chosen.own, chosen.complete, word)
        return
    state = given.items if isinstance(given, ListObject) else given
    if isinstance(state, (Tuple, Entries)):
        parts = state.items if isinstance(state, Tuple) else ()
        for part in parts:
            yield from _each(part, kind)
        if state.rest is not None:
            yield Chosen("", state.rest, complete=False)
        return
    if not is_none(given):
        yield _chosen(given, kind)


def _chosen(given: Value, kind: str) -> Chosen:
    word = constant(given)
    if isinstance(word, str):
        name = string_alias(kind, word)
        if kind == "metric" and word in {"acc", "accuracy"}:
            return Chosen("accuracy", given)
        last = name.rpartition(".")[2] if name is not None else word if kind in {"metric", "loss"} else ""
        return Chosen(_word(last, kind), given)
    if isinstance(given, LibraryName):
        entry = lookup(given.name)
        last = (entry.name if entry is not None else given.name).rpartition(".")[2]
        return Chosen(_word(last, kind), given)
    if isinstance(given, LibraryObject):
        if given.name == "keras.mixed_precision.LossScaleOptimizer" and "inner_optimizer" in given.arguments:
            return _chosen(given.arguments["inner_optimizer"], kind)
        return Chosen(_word(given.name.rpartition(".")[2], kind), given, given.arguments, complete=given.complete)
    if isinstance(given, FunctionValue):
        return Chosen(given.function.name, given, own=True)
    if isinstance(given, Instance):
        arguments = {name: value for bound in given.arguments.values() for name, value in bound.items()}
        return Chosen(given.cls.name, given, arguments, own=True)
    members = [_chosen(member, kind) for member in given.members] if isinstance(given, Union) else []
    if len(members) > 1 and len({member.name for member in members}) == 1:
        return Chosen(members[0].name, given, complete=False)
    return Chosen("", given, complete=False)


def _word(name: str, kind: str) -> str:
    """A loss's or metric's class as the function's word: ``BinaryCrossentropy`` → ``binary_crossentropy``."""
    if kind in {"loss", "metric"} and name[:1].isupper() and not name.isupper():
        spelled = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
        return re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", spelled).lower()
    return _LONG.get(name, name) if kind == "loss" else name


_LONG = {
    "mse": "mean_squared_error",
    "MSE": "mean_squared_error",
    "mae": "mean_absolute_error",
    "MAE": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "MAPE": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "MSLE": "mean_squared_logarithmic_error",
    "kld": "kl_divergence",
    "KLD": "kl_divergence",
    "bce": "binary_crossentropy",
    "BCE": "binary_crossentropy",
}


def batches(value: Value) -> Value | None:
    """What a data set or a generator gives at a time; None for arrays, and if it is not known."""
    if isinstance(value, ListObject) and value.kind == "iterator":
        return value.items.rest
    return element(value)


__all__ = ["Chosen", "Training", "TrainingStep", "learning_rate", "optimizer_of", "trainings"]
