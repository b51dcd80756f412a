"""The number that a training step makes smaller, with all noise begun anew."""

from __future__ import annotations

from typing import Any

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.feed import Batch
from kerasvae_lint.runtime.framework import to_numpy
from kerasvae_lint.runtime.probes.gradients import total
from kerasvae_lint.runtime.subject import Subject


def optimised(subject: Subject, batch: Batch | None = None) -> float | None:
    """The loss that is optimised, of one step run as plain Python, all noise begun anew."""
    assert subject.feed is not None
    feed = subject.feed.of([batch or subject.feed.batches[0]])
    seen: list[Any] = []
    scale = _loss_scale(subject)
    with subject.undone(), watch.idle(), watch.listening(tapes=lambda target, *_: seen.append(target)):
        history = subject.train(feed, eager=True)
    found = [value for value in map(total, seen) if value is not None]
    if len(found) == 1:
        return found[0] / scale
    losses = history.get("loss")
    return losses[0] if losses and not found else None


def _loss_scale(subject: Subject) -> float:
    """What a mixed-precision optimizer multiplies the loss by before it is differentiated."""
    optimizer = getattr(subject.model, "optimizer", None)
    held = getattr(optimizer, "dynamic_scale", getattr(optimizer, "loss_scale", None))
    try:
        return float(to_numpy(held)) if held is not None else 1.0
    except (TypeError, ValueError):
        return 1.0
