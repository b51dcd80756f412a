"""Is what the logs of an epoch show the loss of the epoch, where a ``train_step`` of one's own returns it?"""

from __future__ import annotations

from typing import Any

import numpy as np

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.framework import is_own, to_numpy
from kerasvae_lint.runtime.subject import Subject

CODES = ["KV612"]
BATCHES = 3
APART, EQUAL = 1e-3, 1e-6
"""The loss of a batch and that of an epoch that differ by this share are two; those that differ by that one are one."""


def ask(subject: Subject) -> tuple[str, list[str]] | None:
    """An epoch of a few batches: the logs are compared with what was differentiated in each."""
    if not has_own_step(subject) or subject.feed is None or len(subject.feed) < 2:
        return None
    count = min(len(subject.feed), BATCHES)
    seen: list[float] = []

    def differentiated(target: Any, *_: Any) -> None:
        seen.append(float(np.sum(to_numpy(target))) if getattr(target, "shape", None) is not None else np.nan)

    with subject.undone(), watch.idle(), watch.listening(tapes=differentiated):
        history = subject.train(subject.feed.only(*range(count)), eager=True)
    if not seen or len(seen) % count:
        return None
    for losses in np.reshape(seen, (count, -1)).T:
        last, mean = float(losses[-1]), float(np.mean(losses))
        if not np.isfinite(losses).all() or abs(last - mean) <= APART * abs(mean):
            continue
        for name, (shown, *_rest) in history.items():
            if abs(shown - last) <= EQUAL * abs(last):
                text = f"`{name}` is logged as {shown:.4g}, the loss of the last of {count} batches, and not {mean:.4g}"
                return f"{text}, that of all", CODES
            if name == "loss" and shown == 0.0 and losses.all():
                return (
                    f"`loss` is logged as 0.0, and was {mean:.4g} in {count} batches: no metric was told of it",
                    CODES,
                )
    return None


def has_own_step(subject: Subject) -> bool:
    """True for a model whose ``train_step`` is the user's."""
    owner = next((base for base in type(subject.model).__mro__ if "train_step" in base.__dict__), None)
    return owner is not None and is_own(owner)
