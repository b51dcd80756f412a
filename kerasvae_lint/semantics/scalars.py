"""Which expressions are plainly one number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.values import Constant, Value, Variable

if TYPE_CHECKING:
    from kerasvae_lint.semantics.model import SemanticModel

_CASTS = frozenset({"tf.cast", "keras.backend.cast", "keras.ops.cast", "tf.to_float", "tf.constant"})


def is_scalar(model: SemanticModel, node: cst.BaseExpression) -> bool:
    """True for expressions that are plainly one number: counters, literals, scalar variables, arithmetic on them."""
    if literal(node) is not None:
        return True
    if isinstance(node, cst.UnaryOperation):
        return is_scalar(model, node.expression)
    if isinstance(node, cst.BinaryOperation):
        sides = (node.left, node.right)
        known = [side for side in sides if is_scalar(model, side)]
        return len(known) == 2 or (bool(known) and any(_is_step(model, side) for side in known))
    if isinstance(node, cst.Call):
        name = model.name(node.func) or ""
        if name in {"tf.cast", "keras.backend.cast", "keras.ops.cast", "tf.to_float", "tf.constant"} and node.args:
            return is_scalar(model, node.args[0].value)
        if isinstance(node.func, cst.Name) and node.func.value in {"float", "int", "len"}:
            return True
    if _is_step(model, node):
        return True
    return bool(values := model.values(node)) and all(_scalar_value(value) for value in values)


def _scalar_value(value: Value) -> bool:
    if isinstance(value, Constant):
        return isinstance(value.value, (int, float))
    return isinstance(value, Variable) and is_scalar_variable(value)


def is_scalar_variable(variable: Variable) -> bool:
    """True if the variable is made from a number, or with the shape ``()``."""
    if not isinstance(variable.node, cst.Call):
        return False
    arguments = variable.node.args
    given = {a.keyword.value: a.value for a in arguments if a.keyword is not None}
    if variable.maker == "add_weight":
        shape = given.get("shape")
        return isinstance(shape, (cst.Tuple, cst.List)) and not shape.elements
    first = given.get("initial_value") or given.get("value") or (arguments[0].value if arguments else None)
    if first is None or (arguments and arguments[0].star):
        return False
    if isinstance(first, cst.Call) and isinstance(first.func, (cst.Name, cst.Attribute)) and first.args:
        wraps = first.func.value if isinstance(first.func, cst.Name) else first.func.attr.value
        if wraps in {"float", "int"} or (isinstance(wraps, str) and wraps in {"constant", "float32", "cast"}):
            first = first.args[0].value
            if isinstance(first, cst.Name):
                return True
    return isinstance(literal(first), (int, float))


def _is_step(model: SemanticModel, node: cst.BaseExpression) -> bool:
    """True for an optimizer's ``iterations`` and for what holds it."""
    if isinstance(node, cst.Call) and (model.name(node.func) or "") in _CASTS and node.args:
        return _is_step(model, node.args[0].value)
    if _names_a_step(node):
        return True
    values = model.values(node) if isinstance(node, (cst.Name, cst.Attribute)) else ()
    return bool(values) and all(_names_a_step(value.node) for value in values)


def _names_a_step(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Attribute) and node.attr.value in {"iterations", "global_step"}
