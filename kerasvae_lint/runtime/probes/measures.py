"""What a loss may hold: divergences of the two heads, errors of a reconstruction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

READINGS: dict[str, Callable[[Any], Any]] = {
    "log-variance": np.exp,
    "log of the standard deviation": lambda spread: np.exp(2 * spread),
    "standard deviation": np.square,
    "variance": np.abs,
    "standard deviation before its softplus": lambda spread: np.square(np.logaddexp(0.0, spread)),
}
"""The variance that a second head stands for, by what it may be."""
EPSILON = 1e-7
"""Keras's own fuzz factor."""
PROBABILITIES = "two probability distributions"
Measure = Callable[[Any, Any], float]


def gaussian(variance_of: Callable[[Any], Any]) -> Measure:
    """The KL from N(0, 1), summed over a sample's code, averaged over the batch (Kingma and Welling 2014, B)."""

    def measure(mean: Any, spread: Any) -> float:
        variance = variance_of(spread.astype("float64"))
        terms = 0.5 * (np.square(mean.astype("float64")) + variance - np.log(np.maximum(variance, 1e-30)) - 1.0)
        return float(terms.reshape(len(terms), -1).sum(axis=1).mean())

    return measure


def relative_entropy(mean: Any, spread: Any) -> float:
    """What ``keras.losses.KLDivergence`` makes of the two, as if they were probabilities."""
    true, predicted = (np.clip(array.astype("float64"), EPSILON, 1.0) for array in (mean, spread))
    return float((true * np.log(true / predicted)).sum(axis=-1).mean())


MEASURES: dict[str, Measure] = {
    **{name: gaussian(variance_of) for name, variance_of in READINGS.items()},
    PROBABILITIES: relative_entropy,
}


def errors(target: Any, output: Any) -> list[Any]:
    """Per-element errors that a reconstruction may be made of; cross-entropies where the targets lie in [0, 1]."""
    found = [np.square(target - output), 0.5 * np.square(target - output), np.abs(target - output)]
    if target.min() >= 0 and target.max() <= 1:
        with np.errstate(over="ignore"):
            inside = output.min() >= 0 and output.max() <= 1
            p = np.clip(output if inside else 1 / (1 + np.exp(-output)), EPSILON, 1 - EPSILON)
        found.append(-(target * np.log(p) + (1 - target) * np.log(1 - p)))
    return found
