"""What made the posterior's mean and spread: an activation that bounds them, a normalization that does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import Variable
from kerasvae_lint.runtime.probes.posterior import Posterior, posterior_of
from kerasvae_lint.runtime.subject import Subject

Answer = tuple[str, list[str]] | None
RANGES = {
    "relu": (0.0, np.inf),
    "relu6": (0.0, 6.0),
    "softplus": (0.0, np.inf),
    "exponential": (0.0, np.inf),
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
}


def ask(subject: Subject, posterior: Posterior) -> Answer:
    """The first thing that is wrong with the heads."""
    answers = (_bounded(posterior), _layer_normalized(posterior), _rescaled(subject, posterior))
    return next((answer for answer in answers if answer), None)


def _bounded(posterior: Posterior) -> Answer:
    """An activation on a head, and numbers that keep to its range."""
    for role, links, numbers in (
        ("mean", posterior.mean_makers, posterior.mean),
        ("spread", posterior.spread_makers, posterior.spread),
    ):
        name = _activation(links[0]) if links else ""
        if name not in RANGES or numbers is None or (role == "spread" and not posterior.reading.startswith("log")):
            continue
        low, high = RANGES[name]
        if float(numbers.min()) < low or float(numbers.max()) > high:
            continue
        if role == "mean":
            return f"`{name}` keeps every posterior mean between {low:g} and {high:g}", ["KV416"]
        smallest = float(np.sqrt(posterior.variance.min()))
        return f"`{name}` keeps the posterior's {posterior.reading.partition(',')[0]} between {low:g} and {high:g}:" + (
            f" its standard deviation is never below {smallest:.3g}"
        ), ["KV416"]
    return None


def _activation(layer: Any) -> str:
    if type(layer).__name__ == "ReLU":
        return "relu"
    return str(getattr(getattr(layer, "activation", None), "__name__", ""))


def _parameters(layer: Any, size: int) -> Iterator[Any]:
    for name, start in (("gamma", 1.0), ("beta", 0.0)):
        raw = getattr(layer, name, None)
        yield Variable(raw).read() if raw is not None else np.full(size, start)


def _layer_normalized(posterior: Posterior) -> Answer:
    """Each sample's mean has the same length, whatever the sample."""
    layer = next(iter(posterior.mean_makers), None)
    if type(layer).__name__ != "LayerNormalization" or len(posterior.mean) < 2:
        return None
    gamma, beta = _parameters(layer, posterior.mean.shape[-1])
    lengths = np.square((posterior.mean - beta) / np.where(gamma == 0.0, 1.0, gamma)).mean(axis=-1)
    low, high = np.quantile(lengths, [0.25, 0.75])
    if high - low > 0.05 * max(float(high), 1e-6):
        return None
    message = "LayerNormalization gives every sample's posterior mean the same length; nothing makes samples differ"
    return message, ["KV408"]


def _rescaled(subject: Subject, posterior: Posterior) -> Answer:
    """With a small scale on the BatchNormalization of the mean, which training may choose, the KL has no floor."""
    layer = next((made for made in posterior.mean_makers[:2] if type(made).__name__ == "BatchNormalization"), None)
    gamma = getattr(layer, "gamma", None)
    if layer is None or gamma is None or all(raw is not gamma for raw in layer.trainable_weights):
        return None
    with subject.undone():
        for raw, value in ((gamma, 1e-3), (getattr(layer, "beta", None), 0.0)):
            if raw is not None:
                Variable(raw).write(np.full(tuple(raw.shape), value))
        after = posterior_of(subject, like=posterior)
    before, left = (_part_of_mean(found) for found in (posterior, after or posterior))
    if left > 0.01 * before:
        return None
    return (
        f"with the trained scale of its BatchNormalization at 0.001 the mean's part of the KL falls from {before:.3g}"
        f" to {left:.3g}: the KL has no lower bound"
    ), ["KV407"]


def _part_of_mean(posterior: Posterior) -> float:
    return float(0.5 * np.square(posterior.mean).reshape(len(posterior.mean), -1).sum(axis=1).mean())
