"""A model that is ready to be asked: its variables, its batches, and how to run it."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.feed import Batch, Feed
from kerasvae_lint.runtime.framework import Framework, Variable, is_own, is_tensor, to_numpy, unique
from kerasvae_lint.runtime.options import Options
from kerasvae_lint.runtime.trees import leaves, map_tree

State = list[tuple[Variable, Any]]
SAFETY, COARSE = 16.0, 1e-4
"""Room above the rounding that was measured, and what is too much to be any."""


@dataclass(slots=True)
class Unit:
    """A layer or model with the inputs that the training step gave it."""

    layer: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Subject:
    """One model under examination.

    Attributes:
        feed: the first batches; None for a training loop of one's own.
        callbacks: the user's, as given to ``fit``.
        epochs: how many the user asked for.
        trains: whether ``fit`` can be run.
        synthetic: whether the objective (and not only the data) is made up.
        tape: what a hand-written loop's tape gave, step by step.
        given: the arguments of ``fit`` by name, as the script gave them.
        kept: the model's compiled step while it runs as plain Python, and the other way round.
    """

    model: Any
    framework: Framework
    options: Options
    name: str
    feed: Feed | None = None
    callbacks: list[Any] = field(default_factory=list)
    epochs: int = 1
    trains: bool = True
    synthetic: bool = False
    units: list[Unit] = field(default_factory=list)
    tape: list[TapeStep] = field(default_factory=list)
    extra: list[Variable] = field(default_factory=list)
    classes: dict[str, type] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    kept: Any = None

    @property
    def layers(self) -> list[Any]:
        """All layers, the model first; of a loop of one's own those that it calls."""
        roots = [self.model] if self.model is not None else [unit.layer for unit in self.units]
        found = [layer for root in roots for layer in self.framework.layers_of(root)]
        return list({id(layer): layer for layer in found}.values())

    def variables(self) -> list[Variable]:
        """Weights, those that Keras does not track included; not those of metrics, optimizers and seeds."""
        roots = [self.model] if self.model is not None else [unit.layer for unit in self.units]
        tracked = [Variable(raw) for root in roots for raw in root.variables if hasattr(raw, "assign")]
        measured = {id(raw) for root in roots for metric in _metrics(root) for raw in metric.variables}
        found = unique([*tracked, *self.extra, *self.untracked()])
        return [v for v in found if not self._is_internal(v) and id(v.raw) not in measured]

    def untracked(self) -> list[Variable]:
        """Variables that a layer holds as an attribute and that are no weight of any."""
        known = {
            i for layer in self.layers for raw in _weights(layer) if hasattr(raw, "assign") for i in Variable(raw).ids
        }
        found = []
        for layer in self.layers:
            if not is_own(type(layer)):
                continue
            for name, value in list(vars(layer).items()):
                if is_variable(value) and not Variable(value).ids & known:
                    found.append(Variable(value, f"{layer.name}/{name}"))
        return unique(found)

    def _is_internal(self, variable: Variable) -> bool:
        words = ("seed_generator", "random_seed_generator")
        return variable.dtype.startswith(("uint", "string")) or any(word in variable.path for word in words)

    def optimizers(self) -> list[Any]:
        """The compiled optimizer and those that the model keeps as attributes."""
        if self.model is None:
            return []
        found = [getattr(self.model, "optimizer", None), *vars(self.model).values()]
        kept = [o for o in found if hasattr(o, "apply_gradients") and hasattr(o, "iterations")]
        return list({id(o): o for o in kept}.values())

    def state(self) -> State:
        """Every number that training changes."""
        raws: list[Any] = []
        for root in [self.model] if self.model is not None else [unit.layer for unit in self.units]:
            raws += root.variables
            for metric in _metrics(root):
                raws += metric.variables
        for optimizer in self.optimizers():
            raws += _held_by(optimizer)
        variables = unique([*(Variable(raw) for raw in raws if hasattr(raw, "assign")), *self.variables()])
        return [(v, v.read()) for v in variables if not v.dtype.startswith("string")]

    def restore(self, state: State) -> None:
        """Back to ``state``; the random streams begin anew."""
        for variable, value in state:
            if variable.read().tobytes() != value.tobytes():  # reading costs far less than assigning
                variable.write(value)
        self._begin_anew({id(variable.raw) for variable, _ in state})
        self.framework.reseed(self.options.seed)

    def _begin_anew(self, known: set[int]) -> None:
        """Moments that an optimizer has made since: Keras 2 makes them in its first step."""
        for optimizer in self.optimizers():
            first = getattr(optimizer, "initial_accumulator_value", 0.0)
            for raw in _held_by(optimizer):
                if id(raw) not in known and hasattr(raw, "assign"):
                    variable = Variable(raw)
                    start = first if "accumulator" in variable.path else 0.0
                    variable.write(np.full(variable.shape, start))

    @contextmanager
    def undone(self) -> Iterator[State]:
        """Whatever is done inside leaves no trace in the variables."""
        state = self.state()
        try:
            self.framework.reseed(self.options.seed)
            yield state
        finally:
            self.restore(state)

    def forward(self, batch: Batch | None = None, *, training: bool = False) -> list[Any]:
        """Outputs and ``add_loss`` terms as arrays, all random streams begun anew.

        Those of each unit where the model has no ``call``.

        Leaves no trace: statistics and seeds that the pass moves are put back.
        """
        with self.undone():
            return self.pass_on(batch, training=training)

    @property
    def grain(self) -> float:
        """How far equal passes of this model are apart here, relative to their largest number.

        Nothing on a CPU; on a GPU sums are taken in any order, and the last bits differ.
        """
        if "grain" not in self.notes:
            self.notes["grain"] = 0.0  # while it is measured
            self.notes["grain"] = self._measured_grain()
        found: float = self.notes["grain"]
        return found

    def _measured_grain(self) -> float:
        apart = 0.0
        for training in (False, True):
            first, *others = (self.forward(training=training) for _ in range(3))
            for other in others:
                apart = max(apart, *(distance(a, b) for a, b in zip(first, other, strict=False)), 0.0)
        if apart > COARSE:  # no rounding: something draws what no seed restarts
            return 0.0
        return max(apart * SAFETY, 0.0 if self._on_cpu() else ROUNDING)

    def _on_cpu(self) -> bool:
        variables = self.variables()
        device = self.framework.device_of(variables[0].raw).lower() if variables else "cpu"
        return "gpu" not in device and "cuda" not in device

    def differ(self, left: Iterable[Any], right: Iterable[Any]) -> bool:
        """True if two passes gave different numbers, by more than equal passes do."""
        return differ(left, right, self.grain)

    def pass_on(self, batch: Batch | None = None, *, training: bool = False) -> list[Any]:
        """Outputs as arrays, the random streams going on."""
        first = batch or (self.feed.batches[0] if self.feed else None)
        units = self.units if self.units or first is None else [Unit(self.model, (first.x,))]
        outputs: list[Any] = []
        with quiet(), self.framework.eagerly():
            for unit in units:
                outputs += arrays(call(self.framework, unit, training))
            for unit in units:  # a model may give its input back and put all it does into add_loss
                outputs += arrays(getattr(unit.layer, "losses", ()))
        return outputs

    def train(
        self, feed: Feed | None = None, *, epochs: int = 1, callbacks: Sequence[Any] = (), eager: bool = False
    ) -> dict[str, list[float]]:
        """``fit`` on ``feed``; the history. ``eager`` shows every number and is slower."""
        model, feed = self.model, feed or self.feed
        if feed is None:
            raise ValueError("no batches")
        before = bool(getattr(model, "run_eagerly", False))
        wanted = eager or before
        if self.notes.get("eager", before) != wanted:
            self.kept, model.train_function = getattr(model, "train_function", None), self.kept
        model.run_eagerly = wanted
        self.notes["eager"] = wanted
        fit = watch.ORIGINALS.get("fit:" + self.framework.version) or type(model).fit
        arguments = feed.fit_arguments(self.framework)
        try:
            with quiet(), self.framework.eagerly() if eager else _nothing():
                history = fit(model, **arguments, epochs=epochs, verbose=0, callbacks=list(callbacks))
        finally:
            model.run_eagerly = before
        return {key: [float(v) for v in values] for key, values in history.history.items()}

    def forget_steps(self) -> None:
        """Have the step traced anew."""
        self.model.train_function = self.kept = None

    def callback(self, **hooks: Any) -> Any:
        """A callback of this Keras from functions ``hook(number)``."""
        base = self.framework.keras.callbacks.Callback
        return type("Probe", (base,), {name: _hook(function) for name, function in hooks.items()})()


def _hook(function: Any) -> Any:
    def hook(_self: Any, *numbers: Any, **_: Any) -> None:
        function(numbers[0])

    return hook


@dataclass(slots=True)
class TapeStep:
    """One ``tape.gradient``: loss, and a norm (or None) for each variable, by identity."""

    loss: float | None
    gradients: dict[int, float | None]


@contextmanager
def quiet() -> Iterator[None]:
    """Keras's warnings (no gradients, functions run eagerly) are what the probes tell, better placed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def call(framework: Framework, unit: Unit, training: bool) -> Any:
    """Call a unit's layer in a mode, whether or not its ``call`` has the parameter."""
    layer = unit.layer
    args = tuple(map_tree(framework.tensor, argument) for argument in unit.args)
    kwargs = {key: value for key, value in unit.kwargs.items() if key != "training"}
    if framework.version == "3" or getattr(layer, "_expects_training_arg", False):
        return layer(*args, **kwargs, training=training)
    if not training:
        return layer(*args, **kwargs)
    with framework.keras.backend.learning_phase_scope(1):
        return layer(*args, **kwargs)


def arrays(output: Any) -> list[Any]:
    """The float arrays in what a layer gave; a distribution stands for its draw."""
    found = []
    for leaf in leaves(output):
        if is_tensor(leaf):
            found.append(to_numpy(leaf))
        elif is_distribution(leaf):
            found.append(to_numpy(drawn(leaf)))
    return [array for array in found if array.dtype.kind == "f"]


def is_distribution(value: Any) -> bool:
    """True for a tfp distribution."""
    return hasattr(value, "sample") and hasattr(value, "log_prob")


def drawn(distribution: Any) -> Any:
    """What a distribution stands for as a tensor: what its layer chose, else a draw."""
    import tensorflow as tf

    try:
        return tf.convert_to_tensor(distribution)
    except (TypeError, ValueError):
        return distribution.sample()


ROUNDING = 1e-5
"""Two passes over the same numbers agree to so much of their largest, on any device."""


def same(left: Any, right: Any) -> bool:
    """True for the same tensor of two passes, whose last bits may differ."""
    return left.shape == right.shape and _near(left, right, ROUNDING)


def differ(left: Iterable[Any], right: Iterable[Any], tolerance: float = 0.0) -> bool:
    """True if two passes gave different numbers; :meth:`Subject.differ` knows how much is rounding."""
    pairs = list(zip(left, right, strict=False))
    return any(a.shape != b.shape or not _near(a, b, tolerance) for a, b in pairs)


def distance(a: Any, b: Any) -> float:
    """The largest difference, relative to the largest number."""
    if a.shape != b.shape:
        return float("inf")
    scale = float(np.nanmax(np.abs(a), initial=0.0)) or 1.0
    return float(np.nanmax(np.abs(a - b), initial=0.0)) / scale


def _near(a: Any, b: Any, tolerance: float) -> bool:
    if tolerance == 0.0:
        return bool(np.array_equal(a, b, equal_nan=True))
    return bool(np.array_equal(a, b, equal_nan=True)) or distance(a, b) <= tolerance


def is_variable(value: Any) -> bool:
    """True for a variable of any backend."""
    return type(value).__name__ in {"ResourceVariable", "Variable", "KerasVariable"} or (
        hasattr(value, "assign") and hasattr(value, "trainable") and hasattr(value, "shape")
    )


def _weights(layer: Any) -> list[Any]:
    found = list(layer.variables)
    for metric in _metrics(layer):
        found += metric.variables
    return found


def _metrics(layer: Any) -> list[Any]:
    metrics = list(getattr(layer, "_metrics", None) or [])
    with suppress(AttributeError, ValueError):  # a `metrics` property that needs what is not made yet
        metrics += getattr(layer, "metrics", None) or []
    return [metric for metric in metrics if hasattr(metric, "variables")]


def _held_by(optimizer: Any) -> list[Any]:
    held = optimizer.variables
    return list(held() if callable(held) else held)
