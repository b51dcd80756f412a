"""In the child: what one program's model is and does on its first batch, written down for the comparison."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.feed import Batch, Feed
from kerasvae_lint.runtime.framework import Variable, to_numpy
from kerasvae_lint.runtime.old.arguments import KEPT_DECAY
from kerasvae_lint.runtime.subject import Subject, Unit, arrays, call, distance, quiet
from kerasvae_lint.runtime.trees import leaves, map_tree
from kerasvae_lint.runtime.twins import structure
from kerasvae_lint.runtime.twins.alike import Source
from kerasvae_lint.runtime.twins.structure import Matching, Place
from kerasvae_lint.runtime.words import first_line

MOST = 2**16
"""Numbers kept of one tensor: taken at even distances."""
LARGE, FEW = 200_000, 8
"""Numbers in a batch of which a few samples are enough."""
STEPS = 3
RATES = (0, 1, 10, 100, 1_000, 100_000)
_NOISE = ("dropout", "gaussiannoise", "gaussiandropout", "alphadropout", "random")
_SETTINGS = ("rate", "stddev", "dropout", "recurrent_dropout")


@dataclass(slots=True)
class Kept:
    """A record in the making: JSON beside arrays by key."""

    body: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, Any] = field(default_factory=dict)

    def keep(self, value: Any, *, whole: bool = False) -> str:
        """The key of an array, thinned out where it is large."""
        key = f"a{len(self.arrays)}"
        self.arrays[key] = np.asarray(value) if whole else thinned(np.asarray(value))
        return key

    def write(self, folder: Path) -> None:
        """Two files."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(folder / "arrays.npz", **self.arrays)
        (folder / "record.json").write_text(json.dumps(self.body, default=_plain), encoding="utf-8")


@dataclass(slots=True)
class Read:
    """A record that was written; ``array`` gives what is behind a key."""

    body: dict[str, Any]
    arrays: Any

    def array(self, key: str) -> Any:
        """Behind a key."""
        return self.arrays[key]


def read(folder: Path) -> Read:
    """The record in a folder.

    Raises:
        OSError: there is none.
    """
    body = json.loads((folder / "record.json").read_text(encoding="utf-8"))
    return Read(body, np.load(folder / "arrays.npz", allow_pickle=False))


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    return str(value)


def thinned(array: Any) -> Any:
    """At most :data:`MOST` numbers of an array, the same ones of each array of its shape."""
    array = np.asarray(array, dtype="float32") if array.dtype.kind == "f" and array.dtype.itemsize < 4 else array
    flat = np.ravel(array)
    return flat[:: -(-flat.size // MOST)] if flat.size > MOST else array


class Recorder:
    """Asks one model, subject by subject, and keeps the answers."""

    def __init__(self, kept: Kept, source: Source, against: Read | None) -> None:
        self.kept, self.source, self.against = kept, source, against
        self.kept.body["subjects"] = []

    def record(self, subjects: list[Subject]) -> None:
        """All of them."""
        olds = self.against.body["subjects"] if self.against is not None else []
        for number, subject in enumerate(subjects):
            old = olds[number] if number < len(olds) else None
            self.kept.body["subjects"].append(_One(self, subject, old).answers())


class _One:
    def __init__(self, recorder: Recorder, subject: Subject, old: dict[str, Any] | None) -> None:
        self.kept, self.source, self.against = recorder.kept, recorder.source, recorder.against
        self.subject, self.old = subject, old
        self.held = structure.places(subject)
        self.matching = Matching([(i, i) for i in range(len(self.held))])
        self.said: dict[str, Any] = {}

    def answers(self) -> dict[str, Any]:
        """Everything, each thing by itself: what can't be asked is said with the reason."""
        said, subject = self.said, self.subject
        said["name"] = subject.name
        said["kind"] = "loop" if subject.model is None else "fit" if subject.notes.get("fit") else "batches"
        said["dtype"] = _dtype(subject)
        said["weights"] = [self._weight(place, variable) for place, variable in self.held]
        self._put_weights()
        self._batch()
        with self._state():
            self._ask("inference", self._inference)
            if subject.model is None:
                self._ask("tape", self._tape)
                return said
            self._ask("evaluate", self._evaluate)
            self._ask("step", self._step)
            said["noise"] = [[structure.kind_of(layer), _strength(layer)] for layer in self._noisy()]
            if said["noise"] and not self._step_agrees():
                with self._silent():
                    self._ask("silent", self._step)
            self._ask("optimizer", self._optimizer)
            self._ask("save", self._save)
            if self.against is None:
                self._ask("moved", self._moved)
        return said

    def _ask(self, name: str, question: Callable[[], Any]) -> None:
        began = time.monotonic()
        try:
            with self.subject.undone():
                self.source.restart()
                self.said[name] = question()
        except Exception as error:  # the user's code, or Keras: it may be what differs
            self.said[name] = {"error": first_line(error, 300)}
        self.said.setdefault("seconds", {})[name] = round(time.monotonic() - began, 2)

    @contextmanager
    def _state(self) -> Iterator[None]:
        state = self.subject.state()
        try:
            yield
        finally:
            self.subject.restore(state)

    def _weight(self, place: Place, variable: Variable) -> dict[str, Any]:
        whole = self.against is None
        return place.to_dict() | {"dtype": variable.dtype, "value": self.kept.keep(variable.read(), whole=whole)}

    def _put_weights(self) -> None:
        if self.against is None or self.old is None:
            return
        olds = [{k: v for k, v in w.items() if k not in {"dtype", "value"}} for w in self.old["weights"]]
        self.matching = structure.match([structure.place_from(w) for w in olds], [place for place, _ in self.held])
        structure.put(self.matching, [self.against.array(w["value"]) for w in self.old["weights"]], self.held)
        self.said["matching"] = {
            "pairs": self.matching.pairs,
            "reordered": self.matching.reordered,
            "lost": self.matching.lost,
            "added": self.matching.added,
        }

    def _batch(self) -> None:
        subject = self.subject
        if subject.feed is None:
            self._units()
            return
        batch = self._first()
        if self.against is None:
            batch = self._cut(batch)
        parts = {name: list(leaves(getattr(batch, name))) for name in ("x", "y", "weight")}
        self.said["batch"] = {
            name: [self.kept.keep(leaf, whole=True) for leaf in held if isinstance(leaf, np.ndarray)]
            for name, held in parts.items()
        }
        if self.against is not None and self.old is not None and "batch" in self.old:
            batch = _of_old(batch, self.old["batch"], self.against)
        subject.feed = Feed(subject.feed.kind, [batch])

    def _cut(self, batch: Batch) -> Batch:
        """Of large inputs the first samples, where the model takes them: the whole takes minutes on a CPU."""
        total = sum(leaf.size for leaf in leaves(batch.x) if isinstance(leaf, np.ndarray))
        if total <= LARGE or batch.size <= FEW or not all(_is_row_of(leaf, batch.size) for leaf in leaves(batch.x)):
            return batch
        cut = batch.map(lambda leaf: leaf[:FEW] if _is_row_of(leaf, batch.size) else leaf)
        try:
            outputs = self.subject.forward(cut)
        except Exception:  # it counts on its batch size
            return batch
        return cut if all(not a.shape or a.shape[0] == FEW for a in outputs) else batch

    def _units(self) -> None:
        """Of a loop of one's own: the inputs that its layers got, Keras 2's in both."""
        found, subject = [], self.subject
        for number, unit in enumerate(subject.units):
            held = [to_numpy(leaf) for leaf in leaves(unit.args) if hasattr(leaf, "shape")]
            found.append([self.kept.keep(leaf, whole=True) for leaf in held])
            if self.against is None or self.old is None or number >= len(self.old.get("units", ())):
                continue
            given = [self.against.array(key) for key in self.old["units"][number]]
            if [leaf.shape for leaf in given] == [leaf.shape for leaf in held]:
                waiting = iter(given)
                unit.args = tuple(map_tree(lambda leaf, w=waiting: _next(leaf, w), arg) for arg in unit.args)  # type: ignore[misc]
        self.said["units"] = found

    def _inference(self) -> dict[str, Any]:
        calls: list[dict[str, Any]] = []
        seen: set[int] = set()

        def called(made: watch.Call) -> None:
            if id(made.layer) in seen or not made.depth:
                return
            seen.add(id(made.layer))
            found = arrays(made.output)
            if found:
                shapes, keys = [list(a.shape) for a in found], [self.kept.keep(a) for a in found]
                kind = structure.kind_of(made.layer)
                calls.append({"name": str(made.layer.name), "kind": kind, "shapes": shapes, "outputs": keys})

        subject = self.subject
        subject.framework.reseed(subject.options.seed)
        outputs: list[Any] = []
        units = subject.units or [Unit(subject.model, (self._first().x,))]
        with quiet(), subject.framework.eagerly(), watch.listening(calls=called):
            for unit in units:
                outputs += arrays(call(subject.framework, unit, False))
            losses = [float(np.sum(loss)) for unit in units for loss in arrays(getattr(unit.layer, "losses", ()))]
        return {"calls": calls, "outputs": [self.kept.keep(a) for a in outputs], "losses": losses}

    def _first(self) -> Batch:
        assert self.subject.feed is not None
        return self.subject.feed.batches[0]

    def _step_agrees(self) -> bool:
        """True if noise drawn alike has done: what the step gives without noise is not asked then."""
        if self.old is None:
            return False
        a, b = (side.get("step", {}).get("logs", {}).get("loss") for side in (self.old, self.said))
        return a is not None and b is not None and abs(a - b) <= 1e-6 * abs(a)

    def _evaluate(self) -> dict[str, Any]:
        subject = self.subject
        assert subject.feed is not None
        given = {k: v for k, v in subject.feed.fit_arguments(subject.framework).items() if k != "shuffle"}
        subject.model.run_eagerly, before = True, bool(getattr(subject.model, "run_eagerly", False))
        subject.model.test_function = None
        try:
            with quiet(), subject.framework.eagerly():
                logs = subject.model.evaluate(**given, verbose=0, return_dict=True)
        finally:
            subject.model.run_eagerly = before
            subject.model.test_function = None
        return {"logs": {str(name): float(np.sum(to_numpy(value))) for name, value in logs.items()}}

    def _step(self) -> dict[str, Any]:
        """One step of ``fit``: its logs, each variable's gradient, and all variables after it."""
        subject = self.subject
        numbers = {i: new for new, (_, variable) in enumerate(self.held) for i in variable.ids}
        gradients: dict[int, Any] = {}
        sparse: set[int] = set()

        def taped(_target: Any, sources: Any, found: Any) -> None:
            for source, gradient in zip(leaves(sources), _with_none(found), strict=False):
                number = numbers.get(id(source))
                if number is not None and number not in gradients:
                    gradients[number] = None if gradient is None else dense(gradient)
                    if type(gradient).__name__ == "IndexedSlices" and _repeats(gradient):
                        sparse.add(number)

        with watch.listening(tapes=taped):
            history = subject.train(eager=True)
        names = self._old_numbers()
        return {
            "logs": {name: values[0] for name, values in history.items()},
            "gradients": {
                names[n]: None if g is None else self.kept.keep(g) for n, g in gradients.items() if n in names
            },
            "after": {names[n]: self.kept.keep(v.read()) for n, (_, v) in enumerate(self.held) if n in names},
            "sparse": sorted(names[n] for n in sparse if n in names),
        }

    def _old_numbers(self) -> dict[int, int]:
        """New number → old number."""
        return {b: a for a, b in self.matching.pairs}

    def _optimizer(self) -> dict[str, Any]:
        """Its kind and settings, its rates, and where three steps of made gradients lead."""
        optimizer = self.subject.model.optimizer
        if optimizer is None:
            return {}
        said: dict[str, Any] = {"class": type(optimizer).__name__, "config": _settings(optimizer)}
        decay = _decay(optimizer)
        rate = _rate(optimizer, decay)
        said["rates"] = {str(step): rate(step) for step in RATES}
        trained = {i for raw in self.subject.model.trainable_variables for i in Variable(raw).ids}
        names = self._old_numbers()
        chosen = [(names[n], v) for n, (_, v) in enumerate(self.held) if n in names and v.ids & trained]
        shapes = {a: tuple(self.old["weights"][a]["shape"]) for a, _ in chosen} if self.old is not None else {}
        start = rate(0)
        for step in range(STEPS):
            if decay:
                optimizer.learning_rate = start / (1.0 + decay * step)
            pairs = []
            for number, variable in chosen:
                made = _made_gradient(number, step, shapes.get(number, variable.shape)).reshape(variable.shape)
                pairs.append((self.subject.framework.tensor(made.astype(variable.dtype)), variable.raw))
            with quiet(), self.subject.framework.eagerly():
                optimizer.apply_gradients(pairs)
        if decay:
            optimizer.learning_rate = start
        said["after"] = {number: self.kept.keep(variable.read()) for number, variable in chosen}
        return said

    def _own(self) -> dict[str, Any]:
        """The program's classes, and the functions of its ``Lambda`` layers: Keras 2 saves these by their code."""
        layers = self.subject.model._flatten_layers()
        found = [getattr(layer, "function", None) for layer in layers if type(layer).__name__ == "Lambda"]
        functions = {getattr(one, "__name__", "<lambda>"): one for one in found}
        return {**functions, **self.subject.classes}

    def _save(self) -> dict[str, Any]:
        """Written, read back, and asked again."""
        subject = self.subject
        before = subject.forward()
        problem = ""
        for end in (".keras", ".h5"):
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "model" + end)
                try:
                    with quiet(), subject.framework.keras.utils.custom_object_scope(self._own()):
                        subject.model.save(path)
                        loaded = subject.framework.keras.models.load_model(path, compile=False, safe_mode=False)
                    subject.framework.reseed(subject.options.seed)
                    self.source.restart()
                    with quiet(), subject.framework.eagerly():
                        after = arrays(call(subject.framework, Unit(loaded, (self._first().x,)), False))
                except Exception as error:  # not made to be saved in this way
                    problem = problem or first_line(error)
                    continue
            self.source.restart()
            before = subject.forward()[: len(after)]
            apart = max((distance(a, b) for a, b in zip(before, after, strict=False)), default=0.0)
            return {"way": end, "apart": apart, "weights": len(loaded.weights)}
        return {"error": problem}

    def _moved(self) -> dict[str, Any]:
        """How far one rounding of each weight moves the outputs: no comparison can be finer."""
        stream = np.random.default_rng(self.subject.options.seed)
        for _, variable in self.held:
            if variable.is_float:
                value = variable.read()
                grain = np.finfo("float32" if variable.dtype == "bfloat16" else variable.dtype).eps
                variable.write(value * (1 + grain * stream.choice([-1.0, 1.0], size=value.shape)))
        self.source.restart()
        return {"inference": self._inference()}

    def _tape(self) -> dict[str, Any]:
        """What the loop's own tape gave: losses and the norms of gradients, step by step."""
        numbers = {i: new for new, (_, variable) in enumerate(self.held) for i in variable.ids}
        names = self._old_numbers()
        steps = []
        for step in self.subject.tape:
            norms = {names[numbers[i]]: norm for i, norm in step.gradients.items() if numbers.get(i) in names}
            steps.append({"loss": step.loss, "norms": norms})
        return {"steps": steps}

    def _noisy(self) -> list[Any]:
        return [
            layer
            for layer in self.subject.layers
            if any(structure.kind_of(layer).startswith(word) or word in structure.kind_of(layer) for word in _NOISE)
            or any(_number(getattr(layer, name, 0)) for name in ("dropout", "recurrent_dropout"))
        ]

    @contextmanager
    def _silent(self) -> Iterator[None]:
        """Noise layers give back what they get."""
        kept: list[tuple[Any, str, Any]] = []
        given: dict[int, Any] = {}
        for layer in self._noisy():
            for name in _SETTINGS:
                if _number(getattr(layer, name, 0)):
                    with suppress(Exception):  # of a layer whose cell holds it: that is among the layers too
                        value = getattr(layer, name)
                        setattr(layer, name, 0.0)
                        kept.append((layer, name, value))

        def entering(layer: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
            if structure.kind_of(layer).startswith("random") and args:
                given[id(layer)] = args[0]
            return args

        def leaving(layer: Any, output: Any) -> Any:
            return given.pop(id(layer), output)

        try:
            with watch.listening(given=entering, returned=leaving):
                yield
        finally:
            for layer, name, value in kept:
                setattr(layer, name, value)


def _strength(layer: Any) -> dict[str, float]:
    """``rate`` and the like, of those that are not 0."""
    return {name: float(getattr(layer, name)) for name in _SETTINGS if _number(getattr(layer, name, 0))}


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _next(leaf: Any, waiting: Iterator[Any]) -> Any:
    return next(waiting) if hasattr(leaf, "shape") else leaf


def _with_none(tree: Any) -> Iterator[Any]:
    if isinstance(tree, dict):
        for value in tree.values():
            yield from _with_none(value)
    elif isinstance(tree, list | tuple) and type(tree).__name__ != "IndexedSlices":
        for value in tree:
            yield from _with_none(value)
    else:
        yield tree


def _repeats(gradient: Any) -> bool:
    """True where a row has more than one gradient of its own."""
    rows = to_numpy(gradient.indices)
    return bool(len(np.unique(rows)) < rows.size)


def dense(gradient: Any) -> Any:
    """A gradient as an array, sparse rows added up."""
    if type(gradient).__name__ != "IndexedSlices":
        return np.array(to_numpy(gradient))
    values, rows = to_numpy(gradient.values), to_numpy(gradient.indices)
    shape = [int(n) for n in to_numpy(gradient.dense_shape)] if gradient.dense_shape is not None else None
    found = np.zeros(shape or (int(rows.max()) + 1, *values.shape[1:]), values.dtype)
    np.add.at(found, rows, values)
    return found


def _of_old(batch: Batch, said: dict[str, Any], against: Read) -> Batch:
    """The batch with Keras 2's numbers, where they have its shapes."""
    for name in ("x", "y", "weight"):
        held = list(leaves(getattr(batch, name)))
        given = [against.array(key) for key in said[name]]
        if [np.shape(leaf)[1:] for leaf in held] != [leaf.shape[1:] for leaf in given]:
            return batch
    streams = {name: iter([against.array(key) for key in said[name]]) for name in ("x", "y", "weight")}
    parts = {name: map_tree(lambda leaf, w=w: _cast(leaf, w), getattr(batch, name)) for name, w in streams.items()}  # type: ignore[misc]
    raw = batch.raw
    if isinstance(raw, tuple):
        raw = tuple((parts["x"], parts["y"], parts["weight"])[: len(raw)])
    elif raw is not None:
        raw = parts["x"]
    return Batch(parts["x"], parts["y"], parts["weight"], raw)


def _is_row_of(leaf: Any, size: int) -> bool:
    return isinstance(leaf, np.ndarray) and leaf.ndim > 0 and len(leaf) == size


def _cast(leaf: Any, waiting: Iterator[Any]) -> Any:
    return next(waiting).astype(leaf.dtype)


def _dtype(subject: Subject) -> str:
    policies = [getattr(layer, "compute_dtype", None) for layer in subject.layers]
    found = {str(p) for p in policies if p}
    for name in ("bfloat16", "float16", "float32", "float64"):
        if name in found:
            return name
    return "float32"


_PLAIN = (
    *("learning_rate", "momentum", "nesterov", "rho", "epsilon", "centered", "beta_1", "beta_2", "amsgrad"),
    *(
        "clipnorm",
        "clipvalue",
        "global_clipnorm",
        "weight_decay",
        "use_ema",
        "ema_momentum",
        "initial_accumulator_value",
    ),
)


def _settings(optimizer: Any) -> dict[str, Any]:
    with suppress(Exception):
        config = optimizer.get_config()
        return {name: _value(config[name]) for name in _PLAIN if name in config and name != "learning_rate"}
    return {}


def _value(value: Any) -> Any:
    return float(to_numpy(value)) if hasattr(value, "dtype") else value


def _decay(optimizer: Any) -> float:
    """Of an optimizer of old, whose rate falls as 1 / (1 + decay · step)."""
    noted = getattr(optimizer, KEPT_DECAY, None)
    return float(noted) if noted else 0.0


def _rate(optimizer: Any, decay: float) -> Callable[[int], float]:
    raw = getattr(optimizer, "_learning_rate", None)
    hyper = getattr(optimizer, "_hyper", None)
    if isinstance(hyper, dict) and "learning_rate" in hyper:
        raw = hyper["learning_rate"]
        decay = decay or float(to_numpy(hyper.get("decay", 0.0)) if not callable(hyper.get("decay")) else 0.0)
    if raw is None:
        raw = optimizer.learning_rate

    def rate(step: int) -> float:
        if hasattr(raw, "get_config") and callable(raw):
            return float(to_numpy(raw(step)))
        value = raw() if callable(raw) and not hasattr(raw, "assign") else raw
        return float(to_numpy(value)) / (1.0 + decay * step)

    return rate


def _made_gradient(number: int, step: int, shape: tuple[int, ...]) -> Any:
    return np.random.default_rng([number, step]).standard_normal(shape) * 0.1
