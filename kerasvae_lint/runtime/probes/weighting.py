"""Do the sample weights that ``fit`` is given weigh anything: does it matter which samples they are put on?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from kerasvae_lint.runtime.feed import ARRAYS, Batch
from kerasvae_lint.runtime.probes.objective import optimised
from kerasvae_lint.runtime.subject import Subject

CODES = ["KV515"]
GIVEN = ("sample_weight", "class_weight")
APART, EQUAL = 1e-3, 1e-6


def ask(subject: Subject, figures: dict[str, Any]) -> tuple[str, list[str]] | None:
    """The loss with all weight on every other sample, and with all of it on the rest, where these are apart."""
    name = next((name for name in GIVEN if subject.given.get(name) is not None), None)
    feed = subject.feed
    if name is None or feed is None or feed.kind != ARRAYS or feed.batches[0].size < 4:
        return None
    batch = feed.batches[0]
    odd: Any = np.arange(batch.size) % 2
    alone = [optimised(subject, _of(batch, odd == side)) for side in (0, 1)]
    weighted = [optimised(subject, replace(batch, weight=weight)) for weight in (2.0 * (1 - odd), 2.0 * odd)]
    if None in alone or None in weighted:
        return None
    (a, b), (c, d) = [[float(value or 0.0) for value in pair] for pair in (alone, weighted)]
    if abs(a - b) <= APART * max(abs(a), abs(b)):
        return None  # the samples are alike
    figures["weighted"] = [c, d]
    if abs(c - d) > EQUAL * max(abs(c), abs(d)):
        return None
    return f"`{name}` weighs nothing: all on one half of the samples or all on the other, the loss is {c:.4g}", CODES


def _of(batch: Batch, rows: Any) -> Batch:
    size = batch.size

    def some(leaf: Any) -> Any:
        return leaf[rows] if getattr(leaf, "shape", ())[:1] == (size,) else leaf

    return replace(batch.map(some), weight=None)
