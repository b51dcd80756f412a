"""Is the posterior alive? KL for each latent dimension, active units, and the bound of a BN-VAE."""

from __future__ import annotations

from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import Variable
from kerasvae_lint.runtime.probes import kl_heads, vanishing, weight
from kerasvae_lint.runtime.probes.posterior import Posterior, posterior_of
from kerasvae_lint.runtime.results import FAIL, PASS, SKIP, ProbeResult
from kerasvae_lint.runtime.subject import Subject

ACTIVE = 0.01
"""Burda, Grosse, Salakhutdinov, Importance Weighted Autoencoders (2016): a unit is active if the variance of its
posterior mean over the data is larger than this."""


def kl_per_dimension(mean: Any, variance: Any) -> Any:
    """``½(μ² + σ² - log σ² - 1)``, averaged over the samples; shape ``(latent dimensions,)``, in nats.

    Kingma and Welling, Auto-Encoding Variational Bayes (2014), appendix B.
    """
    with np.errstate(divide="ignore", over="ignore"):
        return (0.5 * (np.square(mean) + variance - np.log(variance) - 1.0)).mean(axis=0)


def ask(subject: Subject) -> ProbeResult:
    """Measure over the batches at hand."""
    first = posterior_of(subject)
    if first is None:
        return ProbeResult("kl", SKIP, "no Gaussian posterior was seen")
    if not first.is_drawn and not weight.holds_kl(subject, first):  # two heads of anything
        return ProbeResult("kl", SKIP, "no Gaussian posterior was seen: nothing draws from two heads of one shape")
    subject.notes["posterior"] = first
    parts = [first]
    for batch in subject.feed.batches[1:] if subject.feed else ():
        part = posterior_of(subject, batch, like=first)
        parts += [part] if part is not None and part.mean.shape[1:] == first.mean.shape[1:] else []
    mean = np.concatenate([_flat(part.mean) for part in parts])
    per = kl_per_dimension(mean, np.concatenate([_flat(part.variance) for part in parts]))
    spread = mean.var(axis=0)
    active = spread > ACTIVE
    figures: dict[str, Any] = {
        "kl": [float(value) for value in per],
        "total": float(per.sum()),
        "active_units": int(active.sum()),
        "dimensions": int(per.size),
        "collapsed_share": float(1.0 - active.mean()),
        "variance_of_mean": [float(value) for value in spread],
        "samples": int(mean.shape[0]),
        "reading": first.reading,
    }
    bound = _bound(first)
    if bound is not None:
        figures["bound"] = bound
    answer = _judge(per, spread, mean, bound, first, figures)
    if not answer.failed:
        found = kl_heads.ask(subject, first) or weight.ask(subject, first, figures)
        found = found or vanishing.ask(subject, first, figures)
        if found is not None:
            return ProbeResult("kl", FAIL, *found, figures)
    return answer


def _flat(array: Any) -> Any:
    """One row for each sample: of a map of codes each place has its own dimensions."""
    return array.reshape(len(array), -1)


def _judge(
    per: Any, spread: Any, mean: Any, bound: float | None, first: Posterior, figures: dict[str, Any]
) -> ProbeResult:
    if not np.isfinite(per).all():
        return ProbeResult("kl", FAIL, "the KL is not finite", ["KV417", "KV402"], figures)
    if len(mean) > 1 and not (spread > 0).any():
        message = "the posterior mean is the same for all data: the latent code carries nothing"
        return ProbeResult("kl", FAIL, message, ["KV410"], figures)
    if bound is not None:
        measured = float(kl_per_dimension(_flat(first.mean), _flat(first.variance)).sum())
        if measured < 0.95 * bound:
            message = f"KL {measured:.3g} lies below the bound {bound:.3g} of its BatchNormalization"
            return ProbeResult("kl", FAIL, message, ["KV407", "KV506", "KV608"], figures)
    message = f"KL {figures['total']:.3g} nats, {figures['active_units']} of {figures['dimensions']} units active"
    return ProbeResult("kl", PASS, message, [], figures)


def _bound(posterior: Posterior) -> float | None:
    """``Σ (γ² + β²) / 2``: Zhu et al., A Batch Normalized Inference Network Keeps the KL Vanishing Away
    (arXiv 2004.12585), where the mean comes straight from BatchNormalization."""
    layer = posterior.normalizer
    if layer is None:
        return None
    size = posterior.mean.shape[-1]
    places = int(np.prod(posterior.mean.shape[1:-1]))
    gamma = Variable(layer.gamma).read() if getattr(layer, "gamma", None) is not None else np.ones(size)
    beta = Variable(layer.beta).read() if getattr(layer, "beta", None) is not None else np.zeros(size)
    return places * float(np.sum(np.square(gamma) + np.square(beta)) / 2)
