"""Finds the posterior of a VAE in what its layers pass on: by what is drawn, not by what it is called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.feed import Batch
from kerasvae_lint.runtime.framework import is_own, is_tensor, to_numpy
from kerasvae_lint.runtime.probes import inline
from kerasvae_lint.runtime.probes.measures import READINGS
from kerasvae_lint.runtime.subject import Subject, Unit, arrays, call
from kerasvae_lint.runtime.trees import leaves, map_tree

DRAWS = 48
SLACK = 0.6
TRIAL = (0.4, 1.6)
"""Numbers for both heads that every reading can take, and that tell the readings apart, as heads near 0 do not."""


@dataclass(slots=True)
class Posterior:
    """A diagonal Gaussian: shapes ``(samples, latent dimensions)``, or maps of codes, samples first.

    Attributes:
        mean, variance: over one batch.
        spread: the second tensor itself, in whatever way it encodes the variance; None if there is none.
        reading: how the second tensor encodes the spread, and how that is known.
        sure: whether the draws fit no other reading.
        turned: whether the sampler is given the spread before the mean.
        sampler: the layer that draws from it; None if none does.
        normalizer: the BatchNormalization that made the mean, if one did.
        mean_makers, spread_makers: the layers that made the two, the last one first.
        drawn: how the user's own code draws from it where no sampler does.
        in_step: whether only the training step shows the draw, and no forward pass.
    """

    mean: Any
    variance: Any
    reading: str
    sampler: Any = None
    normalizer: Any = None
    spread: Any = None
    sure: bool = False
    turned: bool = False
    mean_makers: tuple[Any, ...] = ()
    spread_makers: tuple[Any, ...] = ()
    drawn: inline.Drawn | None = None
    in_step: bool = False

    @property
    def is_drawn(self) -> bool:
        """True if something draws from it."""
        return self.sampler is not None or self.drawn is not None


def posterior_of(subject: Subject, batch: Batch | None = None, *, like: Posterior | None = None) -> Posterior | None:
    """The posterior of one batch, or None where there is none to be seen.

    Args:
        like: of another batch or at other weights: what its draws told needs no new ones.
    """
    seen = inline.Pass()
    with subject.undone():
        with watch.listening(calls=seen.calls.append, draws=seen.draws.append):
            subject.pass_on(batch, training=True)
        calls = seen.calls
        found = _again(calls, like) if like is not None and like.sampler is not None else None
        found = found or _drawn(subject, calls) or _inline(subject, batch, seen, like)
        found = found or _distribution(calls) or _in_step(subject, batch, like) or _outputs(calls)
        if found is not None and found.spread is not None and not found.in_step:
            found.mean_makers, found.spread_makers = _makers(calls, found.mean), _makers(calls, found.spread)
        return found


def _of_loop(subject: Subject) -> Posterior | None:
    """What the last step of a loop of one's own showed, which can't be run again."""
    for seen in subject.notes.get("last_steps", ()):
        drawn = inline.find(seen)
        if drawn is not None:
            return _told(drawn, seen.calls, in_step=True)
    return None


def _inline(subject: Subject, batch: Batch | None, seen: inline.Pass, like: Posterior | None) -> Posterior | None:
    """A draw that the forward pass makes outside of any sampler."""
    if not seen.draws:
        return None

    def run(exchange: Any) -> inline.Pass:
        again = inline.Pass()
        with watch.listening(draws=exchange or again.draws.append, calls=again.calls.append):
            subject.forward(batch, training=True)
        return again

    return _sought(seen, run, like, in_step=False)


def _in_step(subject: Subject, batch: Batch | None, like: Posterior | None) -> Posterior | None:
    """The same in a ``train_step`` of one's own, where the forward pass draws nothing."""
    if subject.model is None:
        return _of_loop(subject)
    own = any({"train_step", "compute_loss"} & set(vars(cls)) for cls in type(subject.model).__mro__ if is_own(cls))
    if not (own or subject.units) or not subject.trains or subject.feed is None or subject.framework.backend == "jax":
        return None
    feed = subject.feed.of([batch]) if batch is not None else subject.feed.only(0)

    def run(exchange: Any) -> inline.Pass:
        seen = inline.Pass()
        listeners = {"draws": exchange or seen.draws.append, "calls": seen.calls.append}
        with subject.undone(), watch.idle(), watch.listening(**listeners):
            subject.train(feed, eager=True)
        return seen

    try:
        seen = run(None)
    except Exception:  # a step that raises is the gradients probe's to tell
        return None
    return _sought(seen, run, like, in_step=True) if seen.draws else None


def _sought(seen: inline.Pass, run: inline.Run, like: Posterior | None, *, in_step: bool) -> Posterior | None:
    before = like.drawn if like is not None else None
    found = inline.find(seen, before) if before is None or before.reading else None
    found = found or inline.measured(run, before)
    return _told(found, seen.calls, in_step=in_step) if found is not None else None


def _told(drawn: inline.Drawn, calls: list[watch.Call], *, in_step: bool) -> Posterior:
    reading = f"{drawn.reading}, as the noise shows" if drawn.reading else "mean and deviation, as the noise shows them"
    spread = drawn.spread_head.value if drawn.spread_head is not None else None
    found = Posterior(drawn.mean, drawn.variance, reading, spread=spread, sure=drawn.sure, drawn=drawn, in_step=in_step)
    if spread is not None:
        found.mean_makers, found.spread_makers = _makers(calls, drawn.mean), _makers(calls, spread)
    made = next(iter(found.mean_makers), None)
    found.normalizer = made if type(made).__name__ == "BatchNormalization" else None
    return found


def _drawn(subject: Subject, calls: list[watch.Call]) -> Posterior | None:
    """A layer that is given two tensors of one shape and draws a third from them."""
    for seen in calls:
        pair = _pair(seen.args)
        if pair is None or not is_tensor(seen.output) or tuple(seen.output.shape) != tuple(pair[0].shape):
            continue
        if not subject.differ(*_draws(subject, seen, seen.args, 2)[:, None]):
            continue
        drawn = _draws(subject, seen, seen.args)
        found = _read(pair, drawn)
        if found is not None:
            found = _tried(subject, seen, pair, drawn) or found
            found.sampler = seen.layer
            found.normalizer = _maker(calls, seen, found)
            return found
    return None


def _again(calls: list[watch.Call], like: Posterior) -> Posterior | None:
    """What the same sampler is given, read as ``like`` was."""
    for seen in calls:
        pair = _pair(seen.args) if like.spread is not None and seen.layer is like.sampler else None
        if pair is None:
            continue
        mean, spread = pair[::-1] if like.turned else pair
        with np.errstate(over="ignore"):
            found = replace(like, mean=mean, spread=spread, variance=_variance(like.reading, spread))
        found.normalizer = _maker(calls, seen, found)
        return found
    return None


def _draws(subject: Subject, seen: watch.Call, args: tuple[Any, ...], count: int = DRAWS) -> Any:
    unit = Unit(seen.layer, args, seen.kwargs)
    return np.stack([arrays(call(subject.framework, unit, True))[0] for _ in range(count)])


def _tried(subject: Subject, seen: watch.Call, pair: tuple[Any, Any], real: Any) -> Posterior | None:
    """The posterior as the sampler shows it on heads made for the purpose; None where it takes none, or fits none.

    What it shows must fit the ``real`` draws too: a sampler may clip what it is given.
    """
    generator = np.random.default_rng(subject.options.seed)
    made = [generator.uniform(*TRIAL, size=array.shape).astype(array.dtype) for array in pair]
    numbers = iter(made)
    args = map_tree(lambda leaf: next(numbers) if is_tensor(leaf) else leaf, seen.args)
    try:
        trial = _read((made[0], made[1]), _draws(subject, seen, args), 0.3)
    except Exception:  # whatever it asks of its heads, these did not have it
        return None
    if trial is None:
        return None
    mean, spread = pair[::-1] if trial.turned else pair
    with np.errstate(over="ignore"):
        variance = _variance(trial.reading, spread)
    if not _error(variance, real.std(axis=0) + 1e-12) < SLACK:
        return None
    return Posterior(mean, variance, trial.reading, spread=spread, sure=True, turned=trial.turned)


def _pair(args: tuple[Any, ...]) -> tuple[Any, Any] | None:
    given = list(leaves(args))
    if len(given) != 2 or not all(is_tensor(leaf) and len(leaf.shape) >= 2 for leaf in given):
        return None
    if tuple(given[0].shape) != tuple(given[1].shape):
        return None
    first, second = (to_numpy(leaf) for leaf in given)
    return (first, second) if first.dtype.kind == "f" == second.dtype.kind else None


def _variance(reading: str, spread: Any) -> Any:
    """The variance that a second tensor stands for."""
    return READINGS[reading.partition(",")[0]](spread)


def _error(variance: Any, spread: Any) -> float:
    """How far a variance is from that of the draws, as the median of the logarithms' distances."""
    return float(np.median(np.abs(np.log(np.maximum(variance, 1e-30)) - 2 * np.log(spread))))


def _read(pair: tuple[Any, Any], drawn: Any, slack: float = SLACK) -> Posterior | None:
    """Which of the two is the mean, and what the other means, judged by the draws."""
    average, spread = drawn.mean(axis=0), drawn.std(axis=0) + 1e-12
    best: tuple[float, Posterior] | None = None
    for turned in (False, True):
        mean, other = pair[::-1] if turned else pair
        off = float(np.median(np.abs(average - mean) / spread))
        if off > 4.0 / np.sqrt(DRAWS):
            continue
        with np.errstate(over="ignore"):
            for name, variance_of in READINGS.items():
                variance = variance_of(other)
                error = _error(variance, spread)
                score = error + off
                if error < slack and (best is None or score < best[0]):
                    reading = f"{name}, as the draws show"
                    best = (score, Posterior(mean, variance, reading, spread=other, turned=turned))
    return best[1] if best else None


def _maker(calls: list[watch.Call], sampling: watch.Call, posterior: Posterior) -> Any:
    wanted = [leaf for leaf in leaves(sampling.args) if np.array_equal(to_numpy(leaf), posterior.mean)]
    for seen in calls:
        if type(seen.layer).__name__ == "BatchNormalization" and any(seen.output is leaf for leaf in wanted):
            return seen.layer
    return None


def _makers(calls: list[watch.Call], wanted: Any) -> tuple[Any, ...]:
    """The layer that gave an array, the one that gave it its input, and so on: three at most."""
    found: list[Any] = []
    while len(found) < 3:
        seen = next((c for c in calls if c.layer not in found and _gives(c.output, wanted)), None)
        if seen is None:
            break
        found.append(seen.layer)
        given = [leaf for leaf in leaves(seen.args) if is_tensor(leaf)]
        if len(given) != 1:
            break
        wanted = to_numpy(given[0])
    return tuple(found)


def _gives(output: Any, wanted: Any) -> bool:
    """True for the tensor itself, and for one that it is a half of."""
    if not is_tensor(output) or len(output.shape) != wanted.ndim:
        return False
    shape, width = tuple(output.shape), wanted.shape[-1]
    if shape == wanted.shape:
        return bool(np.array_equal(to_numpy(output), wanted))
    if shape != (*wanted.shape[:-1], 2 * width):
        return False
    array = to_numpy(output)
    return bool(np.array_equal(array[..., :width], wanted) or np.array_equal(array[..., width:], wanted))


def _distribution(calls: list[watch.Call]) -> Posterior | None:
    """A tfp distribution that a layer gives and another one takes."""
    for seen in calls:
        output = seen.output
        if not (hasattr(output, "stddev") and hasattr(output, "log_prob")):
            continue
        try:
            mean, variance = to_numpy(output.mean()), to_numpy(output.variance())
        except (AttributeError, NotImplementedError, ValueError):
            continue
        if mean.ndim >= 2 and variance.shape == mean.shape and any(_takes(other, seen) for other in calls):
            return Posterior(mean, variance, "the moments of a tfp distribution", seen.layer)
    return None


def _takes(other: watch.Call, made: watch.Call) -> bool:
    return other.layer is not made.layer and any(leaf is made.output for leaf in leaves(other.args))


def _outputs(calls: list[watch.Call]) -> Posterior | None:
    """An encoder that gives mean and log-variance (and perhaps a draw), taken by their order."""
    for seen in calls:
        output = list(leaves(seen.output)) if isinstance(seen.output, list | tuple) else []
        if len(output) not in {2, 3} or not all(is_tensor(leaf) and len(leaf.shape) == 2 for leaf in output):
            continue
        if len({tuple(leaf.shape) for leaf in output}) != 1 or _pair(seen.args) is not None:
            continue
        mean, spread = (to_numpy(leaf) for leaf in output[:2])
        if mean.dtype.kind == "f" and not np.array_equal(mean, spread):
            return Posterior(mean, np.exp(spread), "log-variance, by the order of mean and spread", spread=spread)
    return None
