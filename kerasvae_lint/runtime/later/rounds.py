"""Rounds of training and judging, as in a cross-validation: does a round begin with what the last one has learnt?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kerasvae_lint.runtime.feed import is_source
from kerasvae_lint.runtime.framework import is_tensor, to_numpy
from kerasvae_lint.runtime.trees import leaves

MOST = 100_000
SHARE = 0.25
ROUNDS = 3
Answer = tuple[str, list[str]]


@dataclass(slots=True)
class Round:
    """One ``fit``: samples trained on, samples judged, and the weights at both ends."""

    model: Any
    row: int
    start: int
    end: int = 0
    trained: set[int] = field(default_factory=set)
    judged: set[int] = field(default_factory=set)


class Rounds:
    """The rounds of a script, in order."""

    def __init__(self) -> None:
        self.all: list[Round] = []

    @property
    def enough(self) -> bool:
        """True if more of them would say the same."""
        return len(self.all) >= ROUNDS

    def fitted(self, model: Any, given: dict[str, Any], row: int) -> Answer | None:
        """A ``fit`` begins."""
        held = given.get("validation_data")
        judged = _keys(held[0] if isinstance(held, list | tuple) and held else held)
        self.all.append(Round(model, row, _digest(model), 0, _keys(given.get("x")), judged))
        return self._leak()

    def left(self, model: Any) -> None:
        """The ``fit`` has ended."""
        if self.all:
            self.all[-1].end = _digest(model)

    def judged(self, model: Any, x: Any) -> Answer | None:
        """The model is evaluated, or predicts."""
        if not self.all or self.all[-1].model is not model:
            return None
        self.all[-1].judged |= _keys(x)
        return self._leak()

    def _leak(self) -> Answer | None:
        """Each of the two rounds judges samples that the other one trains on, and the weights were handed on."""
        if len(self.all) < 2:
            return None
        before, now = self.all[-2:]
        if before.model is not now.model or now.start != before.end or now.start == before.start:
            return None
        held, held_before = now.judged - now.trained, before.judged - before.trained
        known, known_before = held & before.trained, held_before & now.trained
        if min(len(known), len(known_before)) < 2:
            return None
        if len(known) < SHARE * len(held) or len(known_before) < SHARE * len(held_before):
            return None
        seen = f"{len(known)} of the {len(held)} samples that it is judged on were trained on before"
        return f"the second `fit` (line {now.row}) begins with the weights that the first one left: {seen}", ["KV705"]


def _digest(model: Any) -> int:
    return hash(tuple(np.asarray(weight).tobytes() for weight in model.get_weights()))


def _keys(x: Any) -> set[int]:
    """A number for each sample; nothing for what is no array, or too large."""
    if x is None or is_source(x):
        return set()
    part = next(leaves(x), None) if not isinstance(x, list) else np.asarray(x)
    try:
        array = np.ascontiguousarray(to_numpy(part) if is_tensor(part) else np.asarray(part))
    except (TypeError, ValueError):
        return set()
    if not array.ndim or len(array) > MOST or array.dtype.kind == "O":
        return set()
    return {hash(row.tobytes()) for row in array}
