"""The KL of weights that are distributions: it belongs to all samples, and is to be weighed by their number."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import to_numpy
from kerasvae_lint.runtime.subject import Subject

WHOLE = 0.3
"""From which part of the exact KL on an estimate by one draw counts as all of it."""
FEW = 16
Answer = tuple[str, list[str]] | None


def ask(subject: Subject, figures: dict[str, Any]) -> Answer:
    """Compare what the layers add to the loss of a batch with the KL between their posterior and their prior."""
    tfp = sys.modules.get("tensorflow_probability")
    feed = subject.feed
    if tfp is None or feed is None or feed.kind != "arrays" or sum(batch.size for batch in feed.batches) < FEW:
        return None
    kl = added = 0.0
    with subject.undone():
        subject.pass_on(training=True)
        for layer in subject.framework.layers_of(subject.model):
            for posterior, prior in _pairs(layer):
                exact = _exact(tfp, posterior, prior)
                if exact is None:
                    return None
                kl += exact
                added += float(sum(np.sum(to_numpy(term)) for term in layer.losses))
    if kl <= 1e-6:
        return None
    figures["weight_kl"] = {"kl": kl, "added": added}
    if added > WHOLE * kl:
        return f"each batch gets the whole KL of the weights, {added:.4g}: it is not divided by the samples", ["KV309"]
    return None


def twice(subject: Subject, figures: dict[str, Any]) -> Answer:
    """Compare what a KL regularizer of a distribution layer adds with the KL of the posterior that the layer gives."""
    tfp = sys.modules.get("tensorflow_probability")
    if tfp is None or subject.feed is None:
        return None
    for layer in subject.framework.layers_of(subject.model):
        regularizer = getattr(layer, "activity_regularizer", None)
        prior = getattr(regularizer, "distribution_b", None)
        if type(regularizer).__name__ != "KLDivergenceRegularizer" or not hasattr(layer, "_make_distribution_fn"):
            continue
        seen: list[Any] = []
        with subject.undone(), _seeing(layer, seen):
            subject.pass_on(training=True)
            added = float(sum(np.sum(to_numpy(term)) for term in layer.losses))
        exact = _exact(tfp, seen[-1], prior() if callable(prior) else prior, mean=True) if seen else None
        if exact and abs(added / exact - 2.0) < 0.2:
            figures["regularizer"] = {"kl": exact, "added": added}
            return f"the KL is {exact:.4g}, and the regularizer of {layer.name} adds {added:.4g}: twice as much", [
                "KV310"
            ]
    return None


@contextmanager
def _seeing(layer: Any, seen: list[Any]) -> Iterator[None]:
    """Note the distributions that a layer makes."""
    function = layer.function

    def noting(*args: Any, **kwargs: Any) -> Any:
        made = function(*args, **kwargs)
        seen.append(made[0])
        return made

    layer.function = noting
    try:
        yield
    finally:
        layer.function = function


def _pairs(layer: Any) -> Iterator[tuple[Any, Any]]:
    """The posterior and the prior of a layer's weights."""
    if getattr(layer, "kernel_posterior", None) is not None and getattr(layer, "kernel_prior", None) is not None:
        yield layer.kernel_posterior, layer.kernel_prior
    elif type(layer).__name__ == "DenseVariational" and callable(getattr(layer, "_posterior", None)):
        given: Any = np.zeros((1, 1), "float32")
        yield layer._posterior(given), layer._prior(given)


def _exact(tfp: Any, posterior: Any, prior: Any, *, mean: bool = False) -> float | None:
    try:
        values = to_numpy(tfp.distributions.kl_divergence(posterior, prior))
        return float(np.mean(values) if mean else np.sum(values))
    except Exception:  # two families that have no formula
        return None
