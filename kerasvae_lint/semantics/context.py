"""What an evaluation knows of its surroundings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kerasvae_lint.semantics.facts import Function
from kerasvae_lint.semantics.values import Value

if TYPE_CHECKING:
    from kerasvae_lint.semantics.classes import ClassInfo

Values = tuple[Value, ...]
MAX_DEPTH = 40
MAX_ALTERNATIVES = 12


@dataclass(frozen=True)
class Context:
    """Whose ``self`` is running, what the parameters of inlined functions are, and how deep we are."""

    cls: ClassInfo | None = None
    arguments: dict[tuple[Function, str], Values] = field(default_factory=dict)
    depth: int = 0

    def deeper(self, **changes: object) -> Context:
        """A copy one level down."""
        return replace(self, depth=self.depth + 1, **changes)  # type: ignore[arg-type]


def union(groups: Iterable[Values]) -> Values:
    """All values of ``groups``, each once, at most a dozen."""
    found: dict[Value, None] = {}
    for group in groups:
        found.update(dict.fromkeys(group))
    return tuple(found)[:MAX_ALTERNATIVES]
