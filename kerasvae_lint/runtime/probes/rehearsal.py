"""One short ``fit`` with the user's callbacks, compiled as theirs is; several probes read what it showed."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kerasvae_lint.runtime.framework import Variable, is_own, unique
from kerasvae_lint.runtime.probes.flags import Flags, flags_seen
from kerasvae_lint.runtime.probes.named import Named, modes_seen, named_modes, predict_once
from kerasvae_lint.runtime.probes.places import Changes, Places
from kerasvae_lint.runtime.probes.ties import Tie, ties_of
from kerasvae_lint.runtime.subject import Subject, is_variable

PATIENCE = 25.0
MOST_STEPS = 200
_KEPT = {"LambdaCallback"}
Numbers = dict[tuple[int, str], tuple[Any, float]]
_PRIVATE = ("_", "built", "trainable", "stop_training", "seed", "supports_", "input_spec")


@dataclass(slots=True)
class Track:
    """One schedule: what it was set to and what it really was, by epoch."""

    name: str
    raw: Any
    set: list[float] = field(default_factory=list)
    real: list[float] = field(default_factory=list)
    batches: list[list[float]] = field(default_factory=list)
    moved: float = 0.0


@dataclass(slots=True)
class Rehearsal:
    """What the short training showed.

    Attributes:
        tracks: the scalar variables that callbacks wrote.
        attributes: ``(object, name, first value, last value)`` of Python numbers that callbacks wrote.
        counted: the same of numbers that something else changed: the step itself.
        weights: ``loss_weights`` as text, before and after.
        ties: tied kernels with their distance at the start and after each epoch.
        changes: what callbacks changed that is no layer's: numbers of their own, globals, names.
        flags: the ``training`` that each Dropout, BatchNormalization and the like got.
        modes: the layers that the code calls with a mode of its own, and the modes that they got.
        moved: variables that training itself changed, by identity.
    """

    epochs: int = 0
    history: dict[str, list[float]] = field(default_factory=dict)
    tracks: list[Track] = field(default_factory=list)
    attributes: list[tuple[Any, str, float, float]] = field(default_factory=list)
    counted: list[tuple[Any, str, float, float]] = field(default_factory=list)
    weights: tuple[str, str] = ("", "")
    ties: list[Tie] = field(default_factory=list)
    flags: Flags = field(default_factory=Flags)
    modes: dict[int, Named] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)
    moved: set[int] = field(default_factory=set)
    dropped: list[str] = field(default_factory=list)
    error: Exception | None = None


def own_callbacks(subject: Subject) -> list[Any]:
    """The user's callbacks that can write schedules; Keras's own (checkpoints, logs, early stopping) stay out."""
    return [c for c in subject.callbacks if is_own(type(c)) or type(c).__name__ in _KEPT]


def rehearse(subject: Subject) -> Rehearsal:
    """Train a little and undo it."""
    run = Rehearsal()
    callbacks = own_callbacks(subject)
    epochs = max(2, min(subject.epochs, subject.options.epochs)) if callbacks else 2
    run.ties = ties_of(subject)
    run.modes = named_modes(subject)
    before = {id(v.raw): v.read() for v in subject.variables()}
    numbers, weights = numbers_of(subject), _weights_of(subject)
    places = Places(subject, callbacks)
    loose = [(v, v.read()) for v in scalars_of(subject) if id(v.raw) not in before] if callbacks else []
    with (
        subject.undone(),
        _numbers_kept(subject),
        flags_seen(subject.framework, run.flags),
        modes_seen(run.modes, "fit"),
    ):
        try:
            _fit(subject, run, callbacks, epochs)
        except Exception as error:  # a callback that wants what is not here: without it, then
            run.error = error
            if callbacks:
                run.dropped = [type(c).__name__ for c in callbacks]
                _fit(subject, run, [], 2)
        run.weights = (weights, _weights_of(subject))
        run.changes = places.changes()
        _note_counted(run, numbers, numbers_of(subject))
        after = subject.variables()
        run.moved = {id(v.raw) for v in after if id(v.raw) in before and (v.read() != before[id(v.raw)]).any()}
    predict_once(subject, run.modes)
    for variable, value in loose:
        variable.write(value)
    if run.attributes or run.changes.numbers:  # the compiled step may have taken some of them in
        subject.forget_steps()
    run.tracks = [track for track in run.tracks if track.set]
    return run


def _weights_of(subject: Subject) -> str:
    """The loss weights that ``compile`` was given, as text; of those that are live only that they are."""
    config = getattr(getattr(subject.model, "_compile_config", None), "config", None)
    weights = config.get("loss_weights") if isinstance(config, dict) else None
    values = weights.values() if isinstance(weights, dict) else weights
    if not isinstance(values, list | tuple) and not isinstance(weights, dict):
        return ""
    return repr([value if isinstance(value, int | float) else "" for value in values or ()])


def _note_counted(run: Rehearsal, before: Numbers, after: Numbers) -> None:
    written = {(id(holder), name) for holder, name, _, _ in run.attributes}
    for place, (holder, value) in after.items():
        if place in before and before[place][1] != value and place not in written:
            run.counted.append((holder, place[1], before[place][1], value))


def _fit(subject: Subject, run: Rehearsal, callbacks: list[Any], epochs: int) -> None:
    assert subject.feed is not None
    started = time.monotonic()
    diary = _Diary(subject, run) if callbacks else None

    def epoch_end(number: int) -> None:
        for tie in run.ties:
            tie.measure()
        run.epochs = number + 1
        if diary is not None:
            diary.epoch_written()
        if time.monotonic() - started > PATIENCE:
            subject.model.stop_training = True

    first, last = [], [subject.callback(on_epoch_end=epoch_end)]
    if diary is not None:
        first = [
            subject.callback(
                on_epoch_begin=diary.before_hooks,
                on_train_batch_begin=diary.before_hooks,
                on_train_batch_end=diary.after_step,
                on_epoch_end=diary.after_epoch,
            )
        ]
        last.append(subject.callback(on_epoch_begin=diary.epoch_set, on_train_batch_begin=diary.batch_set))
    feed = subject.feed.only(*range(min(subject.options.steps, MOST_STEPS)))
    run.history = subject.train(feed, epochs=epochs, callbacks=[*first, *callbacks, *last])


class _Diary:
    """Reads small variables and Python numbers around the hooks of the user's callbacks."""

    def __init__(self, subject: Subject, run: Rehearsal) -> None:
        self.subject, self.run = subject, run
        self.scalars = scalars_of(subject)
        self.seen: dict[int, float] = {}
        self.set: dict[int, float] = {}
        self.numbers: dict[tuple[int, str], tuple[Any, float]] = {}
        self.first = {key: value for key, (_, value) in numbers_of(subject).items()}
        self.tracks: dict[int, Track] = {}

    def _read(self) -> dict[int, float]:
        found = {}
        for variable in self.scalars:
            try:
                found[id(variable.raw)] = float(variable.read().reshape(()))
            except (RuntimeError, TypeError, ValueError):  # JAX holds the values back inside an epoch
                continue
        return found

    def before_hooks(self, _: int) -> None:
        self.seen, self.numbers = self._read(), numbers_of(self.subject)

    def _written(self) -> None:
        now = self._read()
        for variable in self.scalars:
            key = id(variable.raw)
            if key in now and key in self.seen and now[key] != self.seen[key] and key not in self.tracks:
                track = self.tracks[key] = Track(variable.path, variable.raw)
                track.set += [self.seen[key]] * self.run.epochs
                track.real += [self.seen[key]] * self.run.epochs
                self.run.tracks.append(track)
        self.set = now
        for place, (holder, value) in numbers_of(self.subject).items():
            if place in self.numbers and self.numbers[place][1] != value:
                name = place[1]
                known = [entry for entry in self.run.attributes if entry[0] is holder and entry[1] == name]
                for entry in known:
                    self.run.attributes.remove(entry)
                self.run.attributes.append((holder, name, self.first.get(place, value), value))

    def epoch_set(self, _: int) -> None:
        self._written()
        for key, track in self.tracks.items():
            track.set.append(self.set[key])

    def batch_set(self, _: int) -> None:
        self._written()
        for key, track in self.tracks.items():
            while len(track.batches) <= self.run.epochs:
                track.batches.append([])
            track.batches[self.run.epochs].append(self.set.get(key, 0.0))

    def after_step(self, _: int) -> None:
        self._compare(self._read())

    def epoch_written(self) -> None:
        """What the user's callbacks wrote at the end of an epoch counts for the next one."""
        self._written()

    def after_epoch(self, _: int) -> None:
        now = self._read()
        self.seen, self.numbers = now, numbers_of(self.subject)
        self._compare(now)
        for key, track in self.tracks.items():
            if key in now:
                track.real.append(now[key])

    def _compare(self, now: dict[int, float]) -> None:
        for key, track in self.tracks.items():
            if key in now and key in self.set:
                track.moved = max(track.moved, abs(now[key] - self.set[key]))


def scalars_of(subject: Subject) -> list[Variable]:
    """Float variables of one number: the model's and any other alive, which a callback may hold."""
    own = [v for v in subject.variables() if v.is_float]
    internal = {id(v.raw) for v, _ in subject.state()} - {id(v.raw) for v in own}
    loose = [Variable(raw) for raw in gc.get_objects() if _is_loose(raw)]
    scalars = [v for v in unique([*own, *loose]) if v.is_float and all(n == 1 for n in v.shape)]
    inner = {i for v in own for i in v.ids if i != id(v.raw)}
    return [v for v in scalars if id(v.raw) not in internal | inner]


def _is_loose(value: Any) -> bool:
    return type(value).__name__ in {"ResourceVariable", "Variable"} and hasattr(value, "assign")


def _put_back(layer: Any, name: str, variable: Any) -> None:
    try:
        setattr(layer, name, variable)
    except ValueError:  # Keras 3 lets no state be added to what is built
        object.__setattr__(layer, name, variable)


def numbers_of(subject: Subject) -> Numbers:
    """Python numbers on the model, on its layers, and on what those hold that is the user's own."""
    holders: dict[int, Any] = {}
    for layer in subject.layers:
        holders[id(layer)] = layer
        for value in list(vars(layer).values()):
            if hasattr(value, "__dict__") and not isinstance(value, type) and is_own(type(value)):
                holders[id(value)] = value
    return {
        (key, name): (holder, float(value))
        for key, holder in holders.items()
        for name, value in list(vars(holder).items())
        if type(value) in {int, float} or type(value).__name__ in {"float32", "float64", "int64"}
        if not name.startswith(_PRIVATE)
    }


@contextmanager
def _numbers_kept(subject: Subject) -> Iterator[None]:
    """Puts Python numbers back that callbacks changed."""
    before = numbers_of(subject)
    held = [(layer, n, v) for layer in subject.layers for n, v in vars(layer).items() if n[0] != "_" and is_variable(v)]
    try:
        yield
    finally:
        for layer, name, variable in held:
            if vars(layer).get(name) is not variable:
                _put_back(layer, name, variable)
        for (_, name), (holder, value) in before.items():
            now = vars(holder).get(name)
            if now is not None and now != value:
                setattr(holder, name, type(now)(value) if isinstance(now, int | float) else value)
