"""A few dozen real steps from the script's own start, on samples of all its data: what `learning` and `layers` judge.

Everything is read from the model's outputs as arrays: a tensor may carry the logits it was made of, and TensorFlow's
losses then go by these, whatever the output says.
"""

from __future__ import annotations

import itertools
import operator
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.feed import ARRAYS, Batch, Feed, feed_of
from kerasvae_lint.runtime.framework import is_tensor, to_numpy
from kerasvae_lint.runtime.subject import Subject, Unit, call, quiet
from kerasvae_lint.runtime.trees import leaves, map_tree

STEPS = 40
BATCHES = 20
SECONDS = 6.0
"""For the steps; a model that is slower takes fewer."""
JUDGED = 256
"""Samples that outputs and losses are computed on."""
BYTES = 2**27
ALIKE = 1e-6
"""Of the largest number: what differs by less may be rounding."""
COLUMNS = 2**16
"""Numbers of each sample that are compared."""


@dataclass(slots=True)
class Look:
    """What one layer gave in a forward pass.

    Attributes:
        dead: for each unit (the last axis), whether it was 0 for every sample and position.
        alike: whether all samples got the same, though they gave it different numbers.
        finite: of the output; ``fed_finite`` of what went in.
        ends: share of outputs in the flat ends of a sigmoid or tanh.
    """

    layer: Any
    dead: Any = None
    alike: bool = False
    finite: bool = True
    fed_finite: bool = True
    ends: float = 0.0


@dataclass(slots=True)
class Seen:
    """Outputs (float arrays, all judged samples), the loss on them, and a look at each layer, in order."""

    outputs: list[Any] = field(default_factory=list)
    loss: float | None = None
    looks: list[Look] = field(default_factory=list)


@dataclass(slots=True)
class Trial:
    """Before, in the middle, and after; ``batches`` are what is judged.

    Attributes:
        logged: the loss of each pass over the batches, as ``fit`` logs it.
        start: every variable before the first step, by identity; ``end`` after the last.
    """

    feed: Feed
    batches: list[Batch]
    before: Seen = field(default_factory=Seen)
    middle: Seen = field(default_factory=Seen)
    after: Seen = field(default_factory=Seen)
    steps: int = 0
    logged: list[float] = field(default_factory=list)
    start: dict[int, Any] = field(default_factory=dict)
    end: dict[int, Any] = field(default_factory=dict)


def trial_of(subject: Subject) -> Trial | None:
    """The trial, run once for all who ask; None for what ``fit`` can't run."""
    if "trial" not in subject.notes:
        subject.notes["trial"] = _tried(subject)
    found: Trial | None = subject.notes["trial"]
    return found


def _tried(subject: Subject) -> Trial | None:
    if not subject.trains or subject.feed is None or subject.model is None or subject.units:
        return None
    few = sampled(subject)
    trial = Trial(_long(few), judged(few))
    feed = trial.feed
    with subject.undone():
        trial.start = _weights(subject)
        trial.before = seen(subject, trial.batches)
        trial.logged += run_steps(subject, feed, STEPS // 2, trial)
        trial.middle = seen(subject, trial.batches)
        trial.logged += run_steps(subject, feed, STEPS // 2, trial)
        trial.after = seen(subject, trial.batches)
        trial.end = _weights(subject)
    return trial


def _weights(subject: Subject) -> dict[int, Any]:
    return {id(v.raw): v.read() for v in subject.variables() if v.is_float}


def run_steps(subject: Subject, feed: Feed, steps: int, trial: Trial | None = None) -> list[float]:
    """Train about ``steps`` steps, compiled as the user's; the loss of each pass as it is logged."""
    begun, done = time.monotonic(), 0

    def step_ends(_: int) -> None:
        nonlocal done
        done += 1
        if time.monotonic() - begun > SECONDS / 2:
            subject.model.stop_training = True

    epochs = max(1, -(-steps // len(feed)))
    try:
        history = subject.train(feed, epochs=epochs, callbacks=[subject.callback(on_train_batch_end=step_ends)])
    finally:
        subject.model.stop_training = False
    if trial is not None:
        trial.steps += done
    return history.get("loss", [])


def sampled(subject: Subject) -> Feed:
    """Batches of the user's size from all over the data, where they can be had; else the first ones."""
    assert subject.feed is not None
    first = subject.feed.batches[0]
    size = sum(getattr(leaf, "nbytes", 0) for leaf in (*leaves(first.x), *leaves(first.y))) or 1
    count = int(min(BATCHES, max(1, BYTES // size)))
    if count <= len(subject.feed):
        return subject.feed
    source = subject.given.get("x")
    if subject.feed.kind == ARRAYS:
        return _from_arrays(subject, first.size, count)
    if hasattr(source, "element_spec"):
        return feed_of(_Hasty(source), count=count)
    return subject.feed


def _long(feed: Feed) -> Feed:
    """The batches again and again, for one long pass: beginning one costs more than a small model's step."""
    size = sum(getattr(leaf, "nbytes", 0) for b in feed.batches for leaf in (*leaves(b.x), *leaves(b.y))) or 1
    times = min(-(-BATCHES // len(feed)), BYTES // size) if feed.kind == ARRAYS else 1
    return feed.of((feed.batches * max(1, times))[: max(BATCHES, len(feed))])


class _Hasty:
    """A data set that ends when it has taken too long."""

    def __init__(self, source: Any) -> None:
        self.source = source
        self.element_spec = source.element_spec

    def __iter__(self) -> Iterator[Any]:
        begun = time.monotonic()
        return itertools.takewhile(lambda _: time.monotonic() - begun < SECONDS / 2, iter(self.source))


def _from_arrays(subject: Subject, size: int, count: int) -> Feed:
    """Rows drawn without repetition."""
    assert subject.feed is not None
    parts = [subject.given.get(name) for name in ("x", "y", "sample_weight")]
    parts = [_as_arrays(part) for part in parts]
    total = rows_of(parts[0])
    if total <= size or any(part is not None and rows_of(part) != total for part in parts):
        return subject.feed
    order: Any = np.random.default_rng(subject.options.seed).permutation(total)
    batches = []
    for number in range(min(count, total // size)):
        taken = operator.itemgetter(np.sort(order[number * size : (number + 1) * size]))
        batches.append(Batch(*(map_tree(taken, part) for part in parts)))
    return subject.feed.of(batches)


def _as_arrays(part: Any) -> Any:
    """Tables as arrays, lists of numbers too, tensors as they are on the machine."""
    if isinstance(part, list) and part and not is_tensor(part[0]) and not isinstance(part[0], dict):
        return np.asarray(part)
    return map_tree(lambda leaf: to_numpy(leaf) if is_tensor(leaf) else np.asarray(leaf), part)


def rows_of(tree: Any) -> int:
    """Samples in nested arrays; 0 if it can't be told."""
    counts = {len(leaf) if getattr(leaf, "shape", ()) else 0 for leaf in leaves(tree)}
    return counts.pop() if len(counts) == 1 else 0


def judged(feed: Feed) -> list[Batch]:
    """The first batches of a feed, no more samples than are looked at."""
    found: list[Batch] = []
    for batch in feed.batches:
        if found and sum(b.size for b in found) + batch.size > JUDGED:
            break
        found.append(batch)
    return found


def seen(subject: Subject, batches: list[Batch], *, training: bool = False) -> Seen:
    """Forward passes over some batches, run as plain Python; the random streams go on."""
    passes: list[list[Any]] = []
    losses: list[float | None] = []
    looks: dict[int, Look] = {}
    with quiet(), subject.framework.eagerly():
        for batch in batches:
            with watch.listening(calls=lambda made: _look(looks, made)):
                output = call(subject.framework, Unit(subject.model, (batch.x,)), training)
            plain = map_tree(lambda leaf: to_numpy(leaf) if is_tensor(leaf) else leaf, output)
            passes.append([leaf for leaf in leaves(plain) if is_tensor(leaf) and leaf.dtype.kind == "f"])
            losses.append(loss_of(subject, batch, plain))
    known = [value for value in losses if value is not None]
    outputs = [np.concatenate(parts) for parts in zip(*passes, strict=True) if all(part.ndim for part in parts)]
    mean = float(np.mean(known)) if known and len(known) == len(losses) else None
    return Seen(outputs, mean, list(looks.values()))


def loss_of(subject: Subject, batch: Batch, output: Any) -> float | None:
    """The compiled loss of outputs given as arrays; None where ``compile`` got none."""
    model = subject.model
    if getattr(model, "loss", None) is None or batch.y is None or not hasattr(model, "compute_loss"):
        return None
    predicted = map_tree(subject.framework.tensor, output)
    targets, weight = (map_tree(subject.framework.tensor, part) for part in (batch.y, batch.weight))
    try:
        value = model.compute_loss(x=batch.x, y=targets, y_pred=predicted, sample_weight=weight)
        return float(to_numpy(value).sum())
    except Exception:  # a loss of one's own that needs more than outputs and targets
        return None


def _look(looks: dict[int, Look], made: watch.Call) -> None:
    layer = made.layer
    if hasattr(layer, "_flatten_layers") and any(True for _ in layer._flatten_layers(include_self=False)):
        return
    try:
        given = [to_numpy(leaf) for leaf in leaves(made.args) if is_tensor(leaf)]
        output = [to_numpy(leaf) for leaf in leaves(made.output) if is_tensor(leaf)]
    except (AttributeError, NotImplementedError, TypeError, ValueError):  # a graph's tensors
        return
    if not output or output[0].dtype.kind != "f" or output[0].ndim < 2 or not output[0].size:
        return
    array = output[0]
    finite = bool(np.isfinite(array).all())
    fed_finite = all(bool(np.isfinite(a).all()) for a in given if a.dtype.kind == "f")
    dead = (array == 0).reshape(-1, array.shape[-1]).all(axis=0)
    alike = finite and is_alike(array) and any(a.ndim and not is_alike(a) for a in given)
    known = looks.get(id(layer))
    ends = _in_flat_ends(layer, array)
    if known is None:
        looks[id(layer)] = Look(layer, dead, alike, finite, fed_finite, ends)
        return
    known.dead = known.dead & dead if np.shape(known.dead) == np.shape(dead) else dead
    known.alike = known.alike and alike
    known.finite, known.fed_finite = known.finite and finite, known.fed_finite and fed_finite
    known.ends = max(known.ends, ends)


def is_alike(array: Any) -> bool:
    """True if every sample holds the same numbers; never of a single sample."""
    if len(array) < 2:
        return False
    if array.dtype.kind not in "fiu":
        return bool((array == array[:1]).all())
    rows = array.reshape(len(array), -1)
    flat = rows[:, :: max(1, rows.shape[1] // COLUMNS)].astype("float64")
    if not np.isfinite(flat).all():
        return False
    scale = float(np.abs(flat).max(initial=0.0))
    return float(np.ptp(flat, axis=0).max(initial=0.0)) <= ALIKE * scale


def activation_of(layer: Any) -> str:
    """The name of a layer's activation: its own, or what an activation layer applies; empty for none."""
    if type(layer).__name__ in {"ReLU", "Softmax"}:
        return str(type(layer).__name__).lower()
    activation = getattr(layer, "activation", None)
    return str(getattr(activation, "__name__", "")) if activation is not None else ""


def _in_flat_ends(layer: Any, array: Any) -> float:
    name = activation_of(layer)
    if name == "sigmoid":
        return float(np.mean((array < 0.01) | (array > 0.99)))
    if name == "tanh":
        return float(np.mean(np.abs(array) > 0.99))
    return 0.0


def bad_samples(subject: Subject) -> tuple[int, int]:
    """How many samples of what ``fit`` got hold a NaN or an infinity, and of how many that were looked at."""
    assert subject.feed is not None
    parts = [subject.given.get(name) for name in ("x", "y")] if subject.feed.kind == ARRAYS else []
    try:
        arrays = [_as_arrays(part) for part in parts] or [(b.x, b.y) for b in subject.feed.batches]
    except (TypeError, ValueError):
        return 0, 0
    found, total = 0, 0
    for leaf in leaves(arrays):
        array = np.asarray(leaf) if is_tensor(leaf) else None
        if array is None or array.dtype.kind != "f" or not array.ndim or array.nbytes > 4 * BYTES:
            continue
        rows = ~np.isfinite(array).reshape(len(array), -1).all(axis=1)
        found, total = max(found, int(rows.sum())), max(total, len(array))
    return found, total
