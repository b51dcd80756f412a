"""Does the KL vanish where the decoder is fed what it has to predict?"""

from __future__ import annotations

from typing import Any

import numpy as np

from kerasvae_lint.runtime.feed import Batch
from kerasvae_lint.runtime.framework import is_tensor, to_numpy
from kerasvae_lint.runtime.probes.measures import gaussian
from kerasvae_lint.runtime.probes.posterior import Posterior, posterior_of
from kerasvae_lint.runtime.subject import Subject
from kerasvae_lint.runtime.trees import leaves

STEPS = 120
VANISHED = 0.05
"""Nats, over all dimensions: less than a hundredth of what names one of a hundred samples."""
Answer = tuple[str, list[str]] | None


def ask(subject: Subject, before: Posterior, figures: dict[str, Any]) -> Answer:
    """Train a while on one batch, without the user's callbacks, and measure what is left.

    Asked only of models that see their target's own past (Bowman et al., arXiv 1511.06349, section 3): elsewhere a KL
    that falls for some steps says nothing.
    """
    if not subject.trains or subject.feed is None or subject.synthetic or subject.callbacks:
        return None
    if not sees_its_past(subject.feed.batches[0]):
        return None
    with subject.undone():
        subject.train(subject.feed.only(0), epochs=STEPS)
        after = posterior_of(subject, like=before)
    if after is None:
        return None
    start, end = (_total(posterior) for posterior in (before, after))
    figures["vanishing"] = {"before": start, "after": end, "steps": STEPS}
    if end < VANISHED and end < start:
        past = "the decoder sees the true past and does without its code"
        return f"the KL falls from {start:.3g} to {end:.2g} nats in {STEPS} steps: {past}", ["KV410"]
    return None


def _total(posterior: Posterior) -> float:
    return gaussian(lambda variance: variance)(posterior.mean, posterior.variance)


def sees_its_past(batch: Batch) -> bool:
    """True if one of the inputs is a sequence of the batch, one step late."""
    arrays = [to_numpy(leaf) for leaf in (*leaves(batch.x), *leaves(batch.y)) if is_tensor(leaf)]
    inputs = [to_numpy(leaf) for leaf in leaves(batch.x) if is_tensor(leaf)]
    for late in inputs:
        for true in arrays:
            if late.ndim < 2 or late.shape != true.shape or late.shape[1] < 3 or late is true:
                continue
            if np.array_equal(late[:, 1:], true[:, :-1]) and not np.array_equal(late, true):
                return True
    return False
