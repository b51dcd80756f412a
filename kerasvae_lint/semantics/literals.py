"""Literals as Python values."""

from __future__ import annotations

import libcst as cst


def literal(node: cst.BaseExpression) -> object:
    """The Python value of a literal number or string (with its sign), else None."""
    if isinstance(node, (cst.Integer, cst.Float)):
        number: int | float = node.evaluated_value
        return number
    if isinstance(node, (cst.SimpleString, cst.ConcatenatedString)):
        text = node.evaluated_value
        return text if isinstance(text, str) else None
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, (cst.Minus, cst.Plus)):
        value = literal(node.expression)
        if isinstance(value, (int, float)):
            return -value if isinstance(node.operator, cst.Minus) else value
    return None
