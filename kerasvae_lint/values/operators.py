"""Operators on values: computed where both sides are constants, kept as a formula where not."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from kerasvae_lint.values.lattice import (
    Builtin,
    ClassValue,
    Computed,
    Constant,
    DictObject,
    FunctionValue,
    Instance,
    LibraryName,
    LibraryObject,
    ListObject,
    ModuleObject,
    Parameter,
    Partial,
    Tuple,
    Union,
    Unknown,
    Value,
)

MAX_TEXT = 10_000
MAX_BITS = 256

WORDS = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "divide",
    "//": "floordiv",
    "%": "mod",
    "**": "power",
    "@": "matmul",
    "&": "bitand",
    "|": "bitor",
    "^": "bitxor",
    "<<": "shift_left",
    ">>": "shift_right",
    "==": "equal",
    "!=": "not_equal",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
    "in": "contains",
    "not in": "not_contains",
    "is": "is",
    "is not": "is_not",
}
"""The operation's word for each operator."""

_PYTHON: dict[str, Callable[[Any, Any], object]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
    "is": lambda a, b: a is b or (type(a) is type(b) and a == b),
    "is not": lambda a, b: not (a is b or (type(a) is type(b) and a == b)),
}


def fold(symbol: str, left: object, right: object) -> Constant | None:
    """``left symbol right`` of two constants; None where Python would raise or the result would be huge."""
    if symbol not in _PYTHON:
        return None
    if symbol == "**" and not is_small_power(left, right):
        return None
    if symbol in {"*", "<<"} and not _small_product(left, right):
        return None
    try:
        value = _PYTHON[symbol](left, right)
    except Exception:  # whatever the program would raise there
        return None
    if isinstance(value, (str, bytes)) and len(value) > MAX_TEXT:
        return None
    if is_huge(value):
        return None
    return Constant(value)


def is_huge(value: object) -> bool:
    """True for an integer that nobody means: written out, or as a float, Python may refuse it."""
    return isinstance(value, int) and value.bit_length() > MAX_BITS


def is_small_power(left: object, right: object) -> bool:
    """True if one number can be raised to the power of another without taking long."""
    if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
        return False
    if isinstance(left, int) and left.bit_length() > 64:
        return False
    return abs(right) <= 64


def _small_product(left: object, right: object) -> bool:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, (str, bytes)):
            return isinstance(other, int) and len(one) * max(other, 0) <= MAX_TEXT
        if is_huge(one):
            return False
    return True


def kind_of(value: Value) -> str:
    """What kind of thing a value is: ``tensor``, ``number``, ``bool``, ``string``, ``array``, ``object`` or ``any``."""
    if isinstance(value, Computed):
        return value.kind
    if isinstance(value, Constant):
        if isinstance(value.value, bool):
            return "bool"
        if isinstance(value.value, (int, float, complex)):
            return "number"
        return "string" if isinstance(value.value, (str, bytes)) else "object"
    if isinstance(value, LibraryObject):
        return "tensor" if value.kind == "variable" else "object"
    if isinstance(value, Union):
        kinds = {kind_of(member) for member in value.members}
        return kinds.pop() if len(kinds) == 1 else "any"
    if isinstance(value, (Parameter, Unknown)):
        return "any"
    if isinstance(value, LibraryName):
        return "any"
    return "object"


def result_kind(operands: tuple[Value, ...]) -> str:
    """What an arithmetic operation on these makes."""
    kinds = {kind_of(value) for value in operands}
    for kind in ("tensor", "any", "array"):
        if kind in kinds:
            return kind
    if kinds <= {"number", "bool"}:
        return "number"
    return "shape" if "shape" in kinds else "any"


def is_scalar(value: Value) -> bool:
    """True for what is plainly a Python number (or a bool)."""
    return kind_of(value) in {"number", "bool"}


def truth(value: Value) -> bool | None:
    """What ``if value`` decides; None where that can't be told (or holds only unless somebody says otherwise)."""
    found: bool | None = None
    for index, member in enumerate(value.alternatives()):
        one = _truth(member)
        if one is None or (index and one is not found):
            return None
        found = one
    return found


def _truth(value: Value) -> bool | None:
    if isinstance(value, Constant):
        return None if value.assumed else bool(value.value)
    if isinstance(value, Tuple):
        return bool(value.items) or (None if value.rest is not None else False)
    if isinstance(value, ListObject):
        return None if value.escaped else _truth(value.items)
    if isinstance(value, DictObject):
        entries = value.entries
        return bool(entries.items) or (None if entries.rest is not None or value.escaped else False)
    if isinstance(value, (FunctionValue, ClassValue, ModuleObject, Builtin, Partial)):
        return True
    if isinstance(value, LibraryObject):
        return True if value.kind not in {"variable", "array", "dataset", "host"} else None
    if isinstance(value, Instance):
        found = [value.cls.find(name) for name in ("__bool__", "__len__")]
        return True if all(f is None for f in found) else None
    return None


def identical(left: Value, right: Value) -> bool | None:
    """What ``left is right`` decides, as far as it can be told."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Constant) and one.value is None and not one.assumed:
            verdicts = {_is_none(member) for member in other.alternatives()}
            return verdicts.pop() if len(verdicts) == 1 else None
    if isinstance(left, Constant) and isinstance(right, Constant) and not (left.assumed or right.assumed):
        return left.key == right.key
    return None


def _is_none(value: Value) -> bool | None:
    if isinstance(value, Constant):
        if value.assumed:
            return None
        return value.value is None
    if isinstance(value, Unknown):
        return None
    if isinstance(value, Computed):
        return False if value.kind != "any" and value.op != "get" else None
    return False
