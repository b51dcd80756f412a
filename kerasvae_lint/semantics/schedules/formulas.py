"""Whether an ``if`` stands around what a schedule sets."""

from __future__ import annotations

import libcst as cst

from kerasvae_lint.semantics.facts import Block, Function


def is_guarded(block: Block, function: Function) -> bool:
    """True if an ``if`` of the function stands around the block."""
    at: Block | None = block
    while at is not None and at.owner is not function.node:
        if isinstance(at.owner, (cst.If, cst.Else, cst.While, cst.Try)):
            return True
        at = at.parent
    return False
