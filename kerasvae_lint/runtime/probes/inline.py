"""A Gaussian code that the user's own code draws, with no layer around the draw: found by what is made of the noise.

The noise is known, and so are all tensors that go into layers and come out of them. Where one of these is
``mean + deviation * noise``, number by number, for two others, these are the heads. Where the heads are no layer's
output, the step is run again with noise of 0 and of 1, which gives mean and deviation themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.draws import Draw, exchanged, filled
from kerasvae_lint.runtime.framework import is_tensor, to_numpy
from kerasvae_lint.runtime.probes.measures import READINGS
from kerasvae_lint.runtime.trees import leaves

FIT = 0.01
"""How far logarithms of variances may be apart, in the middle; a clipped number or a floor under it is allowed for."""
MOST = 400
"""Tensors that are looked at: those of a large network are not all taken for heads."""
LEAST = 0.05
"""Noise nearer to 0 than this tells too little of what it was multiplied by."""


@dataclass(slots=True)
class Pass:
    """What one pass showed: layers' calls and draws, in order."""

    calls: list[watch.Call] = field(default_factory=list)
    draws: list[Draw] = field(default_factory=list)


Run = Callable[..., Pass]
"""Runs the pass again, the random streams begun anew, and notes its draws or tells them a listener."""


@dataclass(slots=True)
class Head:
    """A tensor that a layer gave, or a part of its last axis: ``part`` of ``whole``."""

    value: Any
    place: tuple[int, int]
    part: tuple[int, int] | None = None


@dataclass(slots=True)
class Drawn:
    """A code and how it came about.

    Attributes:
        number: which of the pass's draws is its noise.
        reading: how the spread's head encodes the variance; empty where it is no layer's output.
        sure: whether it fits no other reading.
    """

    number: int
    draw: Draw
    code: Any
    mean: Any
    variance: Any
    reading: str = ""
    sure: bool = False
    spread_head: Head | None = None

    @property
    def shared(self) -> bool:
        """True where all samples of the batch got one and the same noise."""
        shape = np.shape(self.draw.value)
        rank, size = self.code.ndim, len(self.code)
        return size > 1 and (len(shape) < rank or (len(shape) == rank and shape[0] == 1))

    @property
    def where(self) -> str:
        """``reparameterize at line 12``."""
        name = "the script" if self.draw.function == "<module>" else f"`{self.draw.function}`"
        return f"{name} at line {self.draw.row}" if self.draw.row else name


def find(seen: Pass, like: Drawn | None = None, *, exact: bool = True) -> Drawn | None:
    """What can be told from one pass; ``like`` says which reading it was before, and, if ``exact``, which draw."""
    outputs = _outputs(seen.calls)
    for number, draw in enumerate(seen.draws):
        if like is not None and exact and number != like.number:
            continue
        noise = _without_samples(to_numpy(draw.value))
        if noise.dtype.kind != "f" or noise.size < 2 or not noise.ndim:
            continue
        for code in _codes(seen.calls, noise):
            found = _solved(number, draw, np.asarray(noise, "float64"), code, outputs, like)
            if found is not None:
                return found
    return None


def _without_samples(noise: Any) -> Any:
    """Noise without the axis of the one sample that tfp's ``sample`` draws."""
    return noise[0] if noise.ndim > 2 and noise.shape[0] == 1 else noise


def measured(run: Run, like: Drawn | None = None) -> Drawn | None:
    """Mean and deviation by noise of 0 and of 1, where they are not what layers give."""
    seen = run(None)
    for number, draw in enumerate(seen.draws):
        if like is not None and number != like.number:
            continue
        noise = _without_samples(to_numpy(draw.value))
        if noise.dtype.kind != "f" or noise.ndim < 2 or noise.size < 4:
            continue
        passes = [run(exchanged(number, filled(value))) for value in (0.0, 1.0)]
        found = _between(number, draw, np.asarray(noise, "float64"), seen, *passes)
        if found is not None and (like is not None or _differs_within(found)):
            return found
    return None


def _between(number: int, draw: Draw, noise: Any, seen: Pass, zero: Pass, one: Pass) -> Drawn | None:
    """The first tensor that is linear in the noise, number by number."""
    if not len(seen.calls) == len(zero.calls) == len(one.calls):
        return None
    for calls in zip(seen.calls, zero.calls, one.calls, strict=True):
        lists = [[to_numpy(leaf) for leaf in (*leaves(c.args), *leaves(c.output)) if is_tensor(leaf)] for c in calls]
        for arrays in zip(*lists, strict=False):
            if len({array.shape for array in arrays}) != 1 or arrays[0].dtype.kind != "f":
                continue
            parts = zip(*(list(_parts_like(array, noise)) for array in arrays), strict=False)
            for real, mean, up in parts:
                sigma = np.asarray(up, "float64") - mean
                scale = float(np.abs(real).max()) or 1.0
                if not np.isfinite(sigma).all() or not np.median(np.abs(sigma)) > 1e-6 * scale:
                    continue
                if np.abs(mean + sigma * noise - real).max() <= 1e-4 * scale:
                    return Drawn(number, draw, real, mean, np.square(sigma))
    return None


def _differs_within(found: Drawn) -> bool:
    """True for a deviation that is not one number for a whole sample, as that of noise added on purpose is."""
    rows = np.sqrt(found.variance).reshape(len(found.variance), -1)
    return bool(np.mean(np.ptp(rows, axis=1) > 1e-3 * np.abs(rows).mean(axis=1)) > 0.5)


def _outputs(calls: list[watch.Call]) -> list[Head]:
    """What layers gave, each tensor once."""
    found: list[Head] = []
    known: set[int] = set()
    for number, call in enumerate(calls):
        for index, leaf in enumerate(leaves(call.output)):
            if is_tensor(leaf) and id(leaf) not in known and len(leaf.shape) >= 2 and len(found) < MOST:
                known.add(id(leaf))
                found.append(Head(to_numpy(leaf), (number, index)))
    return [head for head in found if head.value.dtype.kind == "f"]


def _codes(calls: list[watch.Call], noise: Any) -> Iterator[Any]:
    """What goes into layers and comes out of them, of a shape that the noise can have been spread over."""
    known: set[int] = set()
    for call in calls:
        for leaf in (*leaves(call.args), *leaves(call.output)):
            if is_tensor(leaf) and id(leaf) not in known and len(known) < 4 * MOST:
                known.add(id(leaf))
                array = to_numpy(leaf)
                if array.dtype.kind == "f" and array.ndim >= 2 and len(array) > 1:
                    yield from _parts_like(array, noise)


def _parts_like(array: Any, noise: Any) -> Iterator[Any]:
    """An array, the same in another shape, or one end of its last axis, if it suits the noise."""
    if array.ndim < 1 or not array.size:
        return
    width = noise.shape[-1]
    if array.shape == noise.shape or _spreads(noise, array.shape):
        yield array
    elif array.size == noise.size and array.shape[0] in noise.shape[:2]:
        yield array.reshape(noise.shape)
    elif array.ndim == noise.ndim and array.shape[-1] > width and array.shape[:-1] == noise.shape[:-1]:
        yield array[..., :width]
        yield array[..., -width:]


def _spreads(noise: Any, shape: tuple[int, ...]) -> bool:
    try:
        return bool(np.broadcast_shapes(noise.shape, shape) == shape and noise.shape[-1] == shape[-1])
    except ValueError:
        return False


def _heads_like(outputs: list[Head], code: Any) -> list[Head]:
    """Tensors of the code's shape, halves of twice its width, and the same in another shape."""
    found: list[Head] = []
    for head in outputs:
        value = head.value
        width = code.shape[-1]
        if value.shape == code.shape:
            found.append(head)
        elif value.ndim == code.ndim and value.shape == (*code.shape[:-1], 2 * width):
            found += [Head(value[..., a : a + width], head.place, (a, a + width)) for a in (0, width)]
        elif value.size == code.size and len(value) == len(code):
            found.append(Head(value.reshape(code.shape), head.place))
    return found


def _solved(number: int, draw: Draw, noise: Any, code: Any, outputs: list[Head], like: Drawn | None) -> Drawn | None:
    heads = _heads_like(outputs, code)
    spread_noise = np.broadcast_to(noise, code.shape)
    clear = np.abs(spread_noise) > LEAST
    if not clear.any():
        return None
    exact = np.asarray(code, "float64")
    for mean in heads:
        sigma = (exact - mean.value)[clear] / spread_noise[clear]
        if not np.mean(sigma > 0) > 0.99:
            continue
        wanted = 2 * np.log(np.maximum(sigma, 1e-30))
        fits: list[tuple[float, str, Head]] = []
        for spread in heads:
            if spread is mean or (spread.place == mean.place and spread.part == mean.part):
                continue
            for reading, variance_of in READINGS.items():
                error = _error(variance_of, spread.value[clear], wanted)
                if error is not None:
                    fits.append((error, reading, spread))
        if like is not None:
            fits = [fit for fit in fits if fit[1] == like.reading] or fits
        if fits:
            _, reading, spread = _best(fits)
            with np.errstate(over="ignore"):
                variance = READINGS[reading](spread.value)
            sure = len({name for _, name, _ in fits}) == 1 if like is None else like.sure
            return Drawn(number, draw, code, mean.value, variance, reading, sure, spread)
    return None


def _best(fits: list[tuple[float, str, Head]]) -> tuple[float, str, Head]:
    """The first reading that fits as well as any: heads that are all 0 fit several."""
    least = min(error for error, _, _ in fits)
    return next(fit for fit in fits if fit[0] <= 2 * least + 1e-5)


def _error(variance_of: Callable[[Any], Any], spread: Any, wanted: Any) -> float | None:
    """How far a reading of the spread is from the variance that the noise shows; None if it doesn't fit."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        apart = np.abs(np.log(np.maximum(variance_of(np.asarray(spread, "float64")), 1e-30)) - wanted)
    if not np.isfinite(apart).all():
        return None
    middle = float(np.median(apart))
    return middle if middle < FIT and float(np.quantile(apart, 0.8)) < 10 * FIT else None
