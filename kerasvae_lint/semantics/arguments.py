"""Arguments of a call, read off the tree."""

from __future__ import annotations

import libcst as cst


def argument(node: cst.Call, position: int | None, *names: str) -> cst.BaseExpression | None:
    """An argument of a call, by keyword or position."""
    for index, given in enumerate(node.args):
        if given.star:
            return None
        if given.keyword is not None:
            if given.keyword.value in names:
                return given.value
        elif index == position:
            return given.value
    return None
