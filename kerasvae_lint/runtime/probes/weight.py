"""How much of which KL the loss holds: the heads are moved while the sample stays, and the loss is watched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from kerasvae_lint.runtime import draws, watch
from kerasvae_lint.runtime.feed import ARRAYS, Batch
from kerasvae_lint.runtime.framework import is_tensor, to_numpy
from kerasvae_lint.runtime.probes import inline
from kerasvae_lint.runtime.probes.measures import MEASURES, PROBABILITIES, READINGS, errors, gaussian
from kerasvae_lint.runtime.probes.objective import optimised
from kerasvae_lint.runtime.probes.posterior import Posterior, posterior_of
from kerasvae_lint.runtime.subject import Subject, same
from kerasvae_lint.runtime.trees import leaves, map_tree

MOVES = (("mean", 0.5), ("mean", -0.75), ("spread", 0.375), ("spread", -0.5))
"""What is added to every number of a head, one head at a time."""
CLOSE = 2e-3
Answer = tuple[str, list[str]] | None


def moves_for(posterior: Posterior) -> tuple[tuple[str, float], ...]:
    """The moves; a head that is a deviation or a variance stays above 0."""
    smallest = float(posterior.spread.min()) if posterior.spread is not None else 0.0
    if not posterior.reading.startswith(("standard deviation,", "variance,")) or not 0 < smallest < 1:
        return MOVES
    return (*MOVES[:3], ("spread", -0.5 * smallest))


@dataclass(slots=True)
class Held:
    """The loss as ``weight`` times a divergence, plus a rest; ``reading`` says how it takes the second head."""

    weight: float
    reading: str
    rest: float
    value: float


@dataclass(slots=True)
class _Moved:
    """Exchanges what passes between the layers in one step."""

    posterior: Posterior
    sample: Any  # of the backend
    tensor: Callable[[Any], Any]
    head: str = ""
    by: float = 0.0
    at_its_layer: bool = False

    def given(self, layer: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
        return map_tree(self._shifted, args) if layer is self.posterior.sampler else args

    def returned(self, layer: Any, output: Any) -> Any:
        if layer is self.posterior.sampler and self.sample is not None and is_tensor(output):
            return self.sample
        before = output
        output = map_tree(self._shifted, output) if isinstance(output, list | tuple | dict) else self._shifted(output)
        if is_tensor(before) and output is not before:
            self.at_its_layer = True
        return output

    def _shifted(self, leaf: Any) -> Any:
        """The same, but for a head (or the half that is one) moved."""
        head = {"mean": self.posterior.mean, "spread": self.posterior.spread}.get(self.head)
        if head is None or not is_tensor(leaf):
            return leaf
        shape, width = tuple(leaf.shape), head.shape[-1]
        if shape == head.shape:
            return leaf + self.by if same(to_numpy(leaf), head) else leaf
        if shape == (*head.shape[:-1], 2 * width):
            value = to_numpy(leaf)
            for part in (slice(0, width), slice(width, None)):
                if same(value[..., part], head):
                    offset = np.zeros(2 * width, value.dtype)
                    offset[part] = self.by
                    return leaf + self.tensor(offset)
        return leaf


def ask(subject: Subject, posterior: Posterior, figures: dict[str, Any]) -> Answer:
    """What the loss makes of the two heads; a verdict where it can be told."""
    if posterior.spread is None or not subject.trains or subject.feed is None or subject.synthetic:
        return None
    if np.array_equal(posterior.mean, posterior.spread):
        return "the mean and what should be the log-variance are equal, for all data", ["KV413", "KV419"]
    if len(subject.optimizers()) > 1 or subject.framework.backend == "jax":  # jax traces its step
        return None
    batch = subject.feed.batches[0]
    measured = _measured(subject, posterior, batch)
    if measured is None:
        return None
    held = _fitted(posterior, measured)
    if held is None:
        return None
    figures["weight"] = {"of": held.reading, "factor": held.weight, "rest": held.rest}
    return _judged(subject, posterior, held, measured, figures)


def holds_kl(subject: Subject, posterior: Posterior) -> bool:
    """Whether the loss holds a divergence of two heads from which nothing draws."""
    if posterior.spread is None or not subject.trains or subject.feed is None or subject.synthetic:
        return False
    if len(subject.optimizers()) > 1 or subject.framework.backend == "jax":
        return False
    if np.array_equal(posterior.mean, posterior.spread):
        return True
    measured = _measured(subject, posterior, subject.feed.batches[0])
    held = _fitted(posterior, measured) if measured is not None else None
    return held is not None and held.weight != 0.0


@dataclass(slots=True)
class _Measured:
    """The loss, its change for each move, whether the moves reached the heads' own layers, and what layers gave.

    ``terms`` are the parts of the loss that pass by themselves, in ``add_loss`` or a compiled loss, for each run.
    """

    value: float
    changes: list[float]
    direct: bool
    outputs: list[Any]
    terms: list[list[float]]


def _measured(
    subject: Subject, posterior: Posterior, batch: Batch, moves: tuple[tuple[str, float], ...] | None = None
) -> _Measured | None:
    moves = moves or moves_for(posterior)
    outputs: list[Any] = []
    samples: list[Any] = []
    calls: list[watch.Call] = []
    noise: list[draws.Draw] = []

    def seen(call: watch.Call) -> None:
        calls.append(call)
        given = [to_numpy(leaf) for leaf in leaves(call.output) if is_tensor(leaf)]
        outputs.extend(given)
        if call.layer is posterior.sampler:
            samples.extend(given)

    terms: list[list[float]] = [[]]

    def added(_: Any, value: Any) -> Any:
        terms[-1] += [float(np.sum(to_numpy(leaf))) for leaf in leaves(value) if is_tensor(leaf)]
        return value

    def judged(criterion: Any, value: Any) -> None:
        if is_tensor(value) and type(criterion).__name__ != "CompileLoss":
            terms[-1].append(float(np.mean(to_numpy(value))))

    with watch.listening(calls=seen, draws=noise.append, losses=added, judged=judged):
        before = optimised(subject, batch)
    if before is None or not np.isfinite(before) or (posterior.sampler is not None and not samples):
        return None
    drawn = inline.find(inline.Pass(calls, noise), posterior.drawn, exact=False) if posterior.drawn else None
    if posterior.drawn is not None and (drawn is None or drawn.shared):
        return None
    sample = subject.framework.tensor(samples[0]) if samples else None
    changes: list[float] = []
    direct = True
    for head, by in moves:
        if not posterior.is_drawn and head == "mean":  # it moves what is decoded, too
            changes.append(0.0)
            terms.append(list(terms[0]))
            continue
        moved = _Moved(posterior, sample, subject.framework.tensor, head, by)
        kept = _keeping(drawn, head, by, subject.framework.tensor) if drawn is not None else draws.unchanged
        terms.append([])
        listeners = {"given": moved.given, "returned": moved.returned, "draws": kept}
        with watch.listening(**listeners, losses=added, judged=judged):
            value = optimised(subject, batch)
        if value is None or not np.isfinite(value):
            return None
        direct = direct and moved.at_its_layer
        changes.append(value - before)
    return _Measured(before, changes, direct, outputs, terms)


def _keeping(drawn: inline.Drawn, head: str, by: float, tensor: Callable[[Any], Any]) -> Callable[[draws.Draw], Any]:
    """In place of the noise, what gives the very same code from heads of which one is moved."""
    spread = drawn.spread_head.value if drawn.spread_head is not None else drawn.variance
    mean = drawn.mean + (by if head == "mean" else 0.0)
    with np.errstate(over="ignore"):
        variance = READINGS[drawn.reading](spread + by) if head == "spread" else drawn.variance
    wanted = (drawn.code - mean) / np.sqrt(np.maximum(variance, 1e-30))
    noise = draws.as_drawn(drawn.draw, wanted, tensor)
    return draws.exchanged(drawn.number, lambda _: noise)


def _fitted(
    posterior: Posterior, measured: _Measured, moves: tuple[tuple[str, float], ...] | None = None
) -> Held | None:
    """The divergence whose changes are proportional to the loss's, with the factor; None if none is."""
    moves = moves or moves_for(posterior)
    observed, base = np.array(measured.changes), measured.value
    if np.all(np.abs(observed) <= 1e-6 * max(1.0, abs(base))):
        return Held(0.0, "none", base, base)
    mean, spread = posterior.mean, posterior.spread
    best: tuple[float, Held] | None = None
    for name, measure in MEASURES.items():
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            start = measure(mean, spread)
            moved = [(mean + by, spread) if head == "mean" else (mean, spread + by) for head, by in moves]
            expected = np.array([measure(*heads) - start for heads in moved])
        if not posterior.is_drawn:
            expected[[head == "mean" for head, _ in moves]] = 0.0
        if not np.isfinite(expected).all() or not np.any(expected):
            continue
        weight = float(observed @ expected / (expected @ expected))
        error = float(np.max(np.abs(observed - weight * expected)))
        if error <= CLOSE * float(np.max(np.abs(observed))) + 4e-6 * abs(base) and (best is None or error < best[0]):
            best = (error, Held(weight, name, base - weight * start, base))
    return best[1] if best else None


def _judged(subject: Subject, posterior: Posterior, held: Held, measured: _Measured, figures: dict[str, Any]) -> Answer:
    assert subject.feed is not None
    batch = subject.feed.batches[0]
    if held.weight == 0.0:
        return _unused(subject, posterior, batch) if measured.direct else None
    if held.reading == PROBABILITIES:
        return "the loss takes mean and log-variance for two probability distributions: that is no Gaussian KL", [
            "KV415"
        ]
    if held.weight < 0:
        return f"the loss holds {held.weight:.3g} times the KL: training makes it larger", ["KV401"]
    times = _times(posterior, held, measured)
    if times > 1:
        return f"the KL is in the loss {times} times: {times} of its terms hold it", ["KV421", "KV414"]
    if not posterior.is_drawn:
        return _undrawn(subject)
    told = posterior.reading.partition(",")[0]
    if held.reading != told and posterior.sure:
        return f"the sampler takes the second head for a {told}, the KL for a {held.reading}", ["KV402"]
    return _balance(subject, posterior, held, measured, figures)


def _times(posterior: Posterior, held: Held, measured: _Measured) -> int:
    """How often the loss holds the KL with one and the same weight, in its terms and in what the step adds itself."""
    counts = {len(values) for values in measured.terms}
    if len(counts) != 1:
        return 1
    base, *moved = measured.terms
    weights = []
    for index, value in enumerate(base):
        changes = [values[index] - value for values in moved]
        part = _Measured(value, changes, True, [], [])
        found = _fitted(posterior, part) if any(changes) else None
        if found is not None and found.reading == held.reading and abs(found.weight) > 1e-6:
            weights.append(found.weight)
    if not weights:
        return 1
    first = weights[0]
    equal = sum(abs(weight - first) <= 0.01 * abs(first) for weight in weights)
    total = held.weight / first
    if equal < len(weights) or total < 1.9 or abs(total - round(total)) > 0.02:
        return 1
    if abs(held.weight - 1.0) <= 0.02:  # parts that make one whole
        return 1
    return round(total)


def _undrawn(subject: Subject) -> Answer:
    """A KL, and two passes in training mode that give the very same numbers."""
    with subject.undone():
        first, second = subject.pass_on(training=True), subject.pass_on(training=True)
    if subject.differ(first, second):
        return None
    return "the loss holds a KL, but nothing is drawn: the mean itself is decoded", ["KV420"]


def _unused(subject: Subject, posterior: Posterior, batch: Batch) -> Answer:
    """The loss does not know the heads, but the logs show their KL."""
    if subject.notes.get("written"):  # a weight that a callback raises from 0
        return None
    assert subject.feed is not None
    with subject.undone():
        history = subject.train(subject.feed.of([batch]), eager=True)
    for reading, variance_of in READINGS.items():
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            value = gaussian(variance_of)(posterior.mean, posterior.spread)
        for key, logged in history.items():
            if value > 1e-6 and any(
                abs(logged[0] - value * factor) <= CLOSE * value * factor
                for factor in (1.0, 1.0 / np.prod(posterior.mean.shape[1:]), float(len(posterior.mean)))
            ):
                return f"the KL is shown as `{key}`, but the loss does not hold it ({reading})", ["KV405"]
    return None


def _balance(
    subject: Subject, posterior: Posterior, held: Held, measured: _Measured, figures: dict[str, Any]
) -> Answer:
    """The factor of the KL against what the reconstruction is: a sum over the features, or their mean."""
    size = int(np.prod(posterior.mean.shape[1:]))
    if abs(held.rest) <= 1e-4 * abs(held.value):
        return "the loss is the KL and nothing else: the reconstruction is not in it", ["KV405"]
    assert subject.feed is not None
    batch = subject.feed.batches[0]
    grows = _grows(subject, posterior, held, batch)
    if grows is not None:
        return grows
    kind, features = _reconstruction(held, batch, measured.outputs)
    figures["weight"]["reconstruction"] = kind
    if kind == "sum" and size > 1 and abs(held.weight * size - 1) < 0.01:
        share = f"1/{size} of the KL, as if it were averaged over its {size} dimensions"
        return f"the loss holds {share}, beside a reconstruction summed over {features} features", ["KV403"]
    if kind == "mean" and features > 1 and abs(held.weight - 1) < 0.01:
        return f"the reconstruction is averaged over {features} features, beside the whole KL", ["KV404"]
    return None


def _grows(subject: Subject, posterior: Posterior, held: Held, batch: Batch) -> Answer:
    """The same with half of the batch: a weight that halves is a sum over the batch."""
    assert subject.feed is not None
    if subject.feed.kind != ARRAYS or batch.size < 4:
        return None
    half = batch.size // 2

    def halved(leaf: Any) -> Any:
        same = getattr(leaf, "shape", ()) and leaf.shape[0] == batch.size
        return leaf[:half] if same else leaf

    smaller = batch.map(halved)
    try:
        other = posterior_of(subject, smaller, like=posterior)
        other = other if other is not None and other.spread is not None else None
        measured = _measured(subject, other, smaller, MOVES[:1]) if other is not None else None
    except Exception:  # a model of a fixed batch size
        return None
    if other is None or measured is None:
        return None
    again = _fitted(other, measured, MOVES[:1])
    if again is None or again.weight <= 0 or again.rest == 0:
        return None
    ratio = batch.size / half
    if abs(held.weight / again.weight - ratio) < 0.05 and abs(held.rest / again.rest - ratio) > 0.25 * ratio:
        return "the weight of the KL grows with the batch size, that of the rest does not", ["KV418", "KV412"]
    return None


def _reconstruction(held: Held, batch: Batch, outputs: list[Any]) -> tuple[str, int]:
    """What the rest of the loss is: ``sum`` or ``mean`` over the features of a squared error or a cross-entropy."""
    given = [leaf for leaf in (*leaves(batch.y), *leaves(batch.x)) if is_tensor(leaf)]
    targets = [np.asarray(to_numpy(leaf), "float64") for leaf in given]
    for target in targets:
        for output in outputs[::-1]:
            if target.ndim < 2 or output.shape != target.shape or output.dtype.kind != "f":
                continue
            for per_element in errors(target, output.astype("float64")):
                total = float(per_element.reshape(len(target), -1).sum(axis=1).mean())
                features = int(np.prod(target.shape[1:]))
                for kind, value in (("sum", total), ("mean", total / features)):
                    if abs(held.rest - value) <= 5e-3 * abs(value):
                        return kind, features
    return "unknown", 0
