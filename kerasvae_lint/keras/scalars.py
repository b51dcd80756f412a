"""Which values are plainly one number."""

from __future__ import annotations

from kerasvae_lint.binding import records as r
from kerasvae_lint.values.lattice import (
    Computed,
    Constant,
    LibraryName,
    LibraryObject,
    ListObject,
    Parameter,
    Tuple,
    Union,
    Unknown,
    Value,
    constant,
    plainly,
)

_ELEMENTWISE = frozenset(
    {
        *("add", "subtract", "multiply", "divide", "floordiv", "mod", "power", "negative", "identity", "cast"),
        *("exp", "log", "sqrt", "square", "abs", "sign", "round", "floor", "ceil", "sigmoid", "tanh", "minimum"),
        *("maximum", "constant", "convert", "stop_gradient", "read", "clip", "cos", "sin", "float", "int", "numpy"),
        "get_value",
    }
)
_REDUCTIONS = frozenset({"sum", "mean", "max", "min", "prod", "std", "var"})
_COUNTERS = frozenset({"epoch", "batch", "len", "index", "range", "time", "size"})
_STEPS = frozenset({"iterations", "global_step"})


def is_scalar(value: Value) -> bool:
    """True for what is plainly one number: counters, numbers, scalar variables, arithmetic on them."""
    return all(_is_scalar(member, 12) for member in value.alternatives())


def _is_scalar(value: Value, depth: int) -> bool:
    if depth == 0:
        return False
    plain = plainly(value)
    if isinstance(plain, Constant):
        return isinstance(plain.value, (int, float))
    if isinstance(plain, Union):
        return all(_is_scalar(member, depth - 1) for member in plain.members)
    if isinstance(plain, LibraryObject):
        return plain.kind == "variable" and is_scalar_variable(plain)
    if is_counter(plain):
        return True
    if not isinstance(plain, Computed):
        return isinstance(plain, Unknown) and plain.name in _STEPS
    if plain.kind in {"number", "bool"}:
        return True
    if plain.op in _REDUCTIONS:
        axis = plain.options.get("axis")
        return plain.kind == "tensor" and len(plain.operands) == 1 and (axis is None or _is_none(axis))
    if plain.op not in _ELEMENTWISE or not plain.operands:
        return False
    known = [_is_scalar(operand, depth - 1) for operand in plain.operands]
    if all(known):
        return True
    loose = [operand for operand, scalar in zip(plain.operands, known, strict=True) if not scalar]
    counts = any(is_counter(operand) for operand in plain.operands)
    return counts and all(isinstance(operand, (Parameter, Unknown)) for operand in loose)


def is_python(value: Value) -> bool:
    """True for what is plainly a number of Python's own, or a parameter that nobody in sight gives anything else."""
    members = [member for member in value.alternatives() if not _is_none(member)]
    numbers = [member for member in members if isinstance(plainly(member), Constant)]
    if any(isinstance(getattr(plainly(member), "value", None), str) for member in numbers):
        return False
    return bool(members) and all(member in numbers or is_plain_number(member) for member in members)


def is_plain_number(value: Value) -> bool:
    """True for a parameter, and for a number that Python itself computes."""
    return isinstance(value, Parameter) or (isinstance(value, Computed) and value.kind == "number")


def _is_none(value: Value) -> bool:
    return isinstance(value, Constant) and value.value is None


def is_counter(value: Value) -> bool:
    """True for a number that counts: an epoch, an optimizer's iterations, what is added to again and again."""
    if isinstance(value, Union):
        return any(is_counter(member) for member in value.members)
    if isinstance(value, LibraryObject):
        return value.kind == "variable" and value.facts.get("weight") in _STEPS
    if isinstance(value, Unknown):
        return value.name in _STEPS
    if not isinstance(value, Computed):
        return False
    if value.op in _COUNTERS and value.kind == "number":
        return True
    if value.op in {"cast", "convert_to_tensor", "convert", "identity", "read", "float", "int", "constant"}:
        return any(is_counter(operand) for operand in value.operands[:1])
    return value.kind == "number" and value.site is not None and isinstance(value.site.record, r.Augmented)


def is_scalar_variable(variable: LibraryObject) -> bool:
    """True if a variable is made from a number, or with the shape ``()``."""
    if variable.facts.get("weight") in {*_STEPS, "learning_rate"}:
        return True
    shape = variable.arguments.get("shape")
    if isinstance(shape, (Tuple, ListObject)):
        items = shape if isinstance(shape, Tuple) else shape.items
        return not items.items and items.rest is None
    if variable.name == "add_weight":
        return False
    for name in ("initial_value", "value", "initializer"):
        if name in variable.arguments:
            return is_scalar(variable.arguments[name])
    return bool(variable.positional) and is_scalar(variable.positional[0])


def is_one_number(variable: LibraryObject) -> bool | None:
    """True for a variable of one element that gradients can move, False for any other; None where nobody can tell."""
    if _is_whole(variable):
        return False
    shape = variable.arguments.get("shape")
    if isinstance(shape, (Tuple, ListObject)):
        items = shape if isinstance(shape, Tuple) else shape.items
        return items.rest is None and all(constant(item) == 1 for item in items.items)
    if variable.name == "add_weight":
        named = not variable.positional or isinstance(constant(variable.positional[0]), str)
        return variable.complete and named and (shape is None or _is_none(shape))
    if is_scalar_variable(variable):
        return True
    first = _start_of(variable)
    if first is None or shape is not None:
        return False
    return None if all(_may_be_anything(member) for member in first.alternatives()) else False


def _start_of(variable: LibraryObject) -> Value | None:
    names = ("initial_value", "value", "initializer")
    given = next((variable.arguments[name] for name in names if name in variable.arguments), None)
    return given if given is not None or not variable.positional else variable.positional[0]


def _may_be_anything(value: Value) -> bool:
    return isinstance(value, Unknown) or (isinstance(value, Computed) and value.kind == "any")


def _is_whole(variable: LibraryObject) -> bool:
    """True for counters and flags: no gradient goes to an integer or a bool."""
    given = variable.arguments.get("dtype")
    if given is not None and not _is_none(given):
        name = given.name.rpartition(".")[2] if isinstance(given, LibraryName) else constant(given)
        return isinstance(name, str) and name.startswith(("int", "uint", "bool"))
    first = _start_of(variable)
    plain = plainly(first) if first is not None else None
    if variable.name not in {"tf.Variable", "keras.Variable"} or not isinstance(plain, Constant):
        return False
    return isinstance(plain.value, int)
