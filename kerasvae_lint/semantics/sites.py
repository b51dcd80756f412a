"""Where functions are called."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from kerasvae_lint.semantics.calls import bind_arguments
from kerasvae_lint.semantics.facts import CallFacts, Function


@dataclass(frozen=True, eq=False, slots=True)
class Site:
    """A call of a function of this module; ``bound`` parameters (self) come before its arguments."""

    call: CallFacts
    function: Function
    bound: int

    def argument(self, name: str) -> cst.BaseExpression | None:
        """What the call gives parameter ``name``."""
        return bind_arguments(self.function, self.call.node, self.bound).get(name)
