"""A loss on a draw of the output: the same distribution, drawn once more, gives another loss."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import to_numpy
from kerasvae_lint.runtime.probes.gradients import total
from kerasvae_lint.runtime.subject import Subject, Unit, call, is_distribution, quiet
from kerasvae_lint.runtime.trees import leaves

Answer = tuple[str, list[str]] | None


def ask(subject: Subject, figures: dict[str, Any]) -> Answer:
    """Compare the losses of two passes that give the same distribution, and of one pass twice."""
    judge = getattr(subject.model, "compiled_loss", None)
    if judge is None or subject.feed is None or "tensorflow_probability" not in sys.modules:
        return None
    batch = subject.feed.batches[0]
    with subject.undone(), quiet(), subject.framework.eagerly():
        outputs = [call(subject.framework, Unit(subject.model, (batch.x,)), True) for _ in range(2)]
        parts = [list(leaves(output)) for output in outputs]
        if not parts[0] or not all(is_distribution(part) for some in parts for part in some):
            return None
        if not all(_is_same(one, other) for one, other in zip(*parts, strict=True)):
            return None
        target = subject.framework.tensor(batch.y) if not isinstance(batch.y, (dict, list, tuple)) else batch.y
        first, again, second = (total(judge(target, output)) for output in (outputs[0], outputs[0], outputs[1]))
    if first is None or second is None or first != again or abs(first - second) <= 1e-5 * max(1.0, abs(first)):
        return None
    figures["draws"] = [first, second]
    return "the loss compares a draw of the output's distribution: the next draw gives another loss", ["KV313"]


def _is_same(one: Any, other: Any) -> bool:
    """True for two distributions with the same parameters, as far as these can be asked for."""
    try:
        moments = [(to_numpy(part.mean()), to_numpy(part.stddev())) for part in (one, other)]
    except Exception:  # a distribution that has no such figure
        return False
    return all(np.array_equal(first, second) for first, second in zip(*moments, strict=True))
