"""Gradients that an optimizer is given for another variable than the one that they were taken for."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.framework import Variable
from kerasvae_lint.runtime.trees import places

_TAPES = 8
"""How many tapes are remembered: those of one step."""


@dataclass(slots=True)
class Astray:
    """Watches tapes and optimizers, and notes the pairs that don't belong together.

    Only of variables that the loss was computed with too: what a copy of a network learns may be meant for the other.

    Attributes:
        found: the paths of the variables that are moved, each with that of the variable whose gradient moves it.
    """

    found: dict[str, str] = field(default_factory=dict)
    _taken: deque[dict[int, tuple[Any, Any, frozenset[int]]]] = field(default_factory=lambda: deque(maxlen=_TAPES))

    def taken(self, target: Any, sources: Any, gradients: Any) -> None:
        """A tape has given gradients."""
        del target
        tape = watch.LISTENERS.tape
        if tape is None:
            return
        read = frozenset(id(variable) for variable in tape.watched_variables())
        pairs = zip(places(gradients), places(sources), strict=False)
        self._taken.append({id(g): (g, v, read) for g, v in pairs if g is not None and hasattr(v, "assign")})

    def given(self, pairs: list[tuple[Any, Any]], optimizer: Any) -> None:
        """An optimizer is given gradients, each with the variable that it is to move."""
        del optimizer
        for gradient, variable in pairs:
            known = next((step[id(gradient)] for step in reversed(self._taken) if id(gradient) in step), None)
            if gradient is None or known is None:
                continue
            _, source, read = known
            moved, own = Variable(variable), Variable(source)
            if not moved.ids & own.ids and moved.ids & read:
                self.found[moved.path] = own.path


__all__ = ["Astray"]
