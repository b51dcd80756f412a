"""A probability that is maximised as it is: without its logarithm, one sample near the model outweighs all others."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from kerasvae_lint.runtime.probes.objective import optimised
from kerasvae_lint.runtime.subject import Subject

FACTORS = (1.0, 2.0, 4.0)
Answer = tuple[str, list[str]] | None


def ask(subject: Subject, figures: dict[str, Any]) -> Answer:
    """Multiply what tfp's distributions give as a probability: a loss that takes logarithms moves by equal steps."""
    tfp = sys.modules.get("tensorflow_probability")
    if tfp is None or subject.framework.tf is None:
        return None
    losses: list[float] = []
    for factor in FACTORS:
        asked: list[str] = []
        with _multiplied(tfp.distributions.Distribution, factor, asked):
            value = optimised(subject)
        if not asked or value is None or not np.isfinite(value):
            return None
        losses.append(value)
    one, two, four = losses
    rise, next_rise = two - one, four - two
    if rise >= 0 or abs(rise) <= 1e-6 * abs(one):
        return None
    figures["likelihood"] = losses
    if abs(next_rise - 2 * rise) <= 0.02 * abs(next_rise):
        return "the loss holds a likelihood and not its logarithm: it is in proportion to what `prob` gives", ["KV306"]
    return None


@contextmanager
def _multiplied(cls: Any, factor: float, asked: list[str]) -> Iterator[None]:
    """Every outermost ``prob`` and ``log_prob`` answers as if all densities were so many times as large."""
    inside = False

    def made(original: Any, change: Any) -> Any:
        @functools.wraps(original)
        def answering(self: Any, *args: Any, **kwargs: Any) -> Any:
            nonlocal inside
            if inside:
                return original(self, *args, **kwargs)
            inside = True
            try:
                value = original(self, *args, **kwargs)
            finally:
                inside = False
            asked.append(original.__name__)
            return change(value)

        return answering

    kept = {name: cls.__dict__[name] for name in ("prob", "log_prob") if name in cls.__dict__}
    changes = {"prob": lambda value: value * factor, "log_prob": lambda value: value + float(np.log(factor))}
    for name, original in kept.items():
        setattr(cls, name, made(original, changes[name]))
    try:
        yield
    finally:
        for name, original in kept.items():
            setattr(cls, name, original)
