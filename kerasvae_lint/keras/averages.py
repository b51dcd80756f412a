"""What a function gives for a batch of activations: a mean over the batch, or something that grows with it."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import (
    Computed,
    FunctionValue,
    Instance,
    ListObject,
    Tuple,
    Union,
    Unknown,
    Value,
    constant,
    is_none,
)

_SUMS = frozenset({"sum", "prod", "max", "min", "norm", "l2_loss", "any", "all"})
_ELEMENTWISE = frozenset(
    {
        *(
            "add",
            "subtract",
            "multiply",
            "divide",
            "truediv",
            "negative",
            "square",
            "power",
            "exp",
            "log",
            "abs",
            "sqrt",
        ),
        *("maximum", "minimum", "clip", "log1p", "expm1", "sigmoid", "softplus", "relu", "tanh", "cast", "identity"),
        *("convert", "stop_gradient", "kl_divergence", "kullback_leibler_divergence", "mean_squared_error"),
        *("mean_absolute_error", "binary_crossentropy", "getitem", "flatten", "rsqrt", "sign"),
    }
)
"""What keeps the batch apart from the other axes."""


def averages_batch(machine: Interpreter, function: Value) -> r.Record | None:
    """Where a regularizer takes the mean over the batch, if all that it returns is such a mean; else None."""
    found: list[r.Record] = []
    for code in _functions(machine, function):
        given = code.function.parameters
        name = next((p.name for p in given[1 if code.bound is not None or code.owner is not None else 0 :]), "")
        returns = [part for part in code.function.walk() if isinstance(part, r.Return) and part.value is not None]
        if not name or not returns:
            return None
        batches = _values_of(machine, code.function, name)
        for statement in returns:
            value = machine.values.get(statement.value) if statement.value is not None else None
            for member in value.alternatives() if value is not None else ():
                places: list[r.Record] = []
                if _state(member, batches, places) != "mean" or not places:
                    return None
                found += places
            if value is None:
                return None
    return found[0] if found else None


def _functions(machine: Interpreter, value: Value) -> Iterator[FunctionValue]:
    for member in value.alternatives():
        code = machine.method(member, "__call__") if isinstance(member, Instance) else member
        if isinstance(code, FunctionValue):
            yield code


def _values_of(machine: Interpreter, function: r.Function, name: str) -> dict[int, Value]:
    """What a parameter has been in any run."""
    found: dict[int, Value] = {}
    for part in function.walk():
        if isinstance(part, r.Name) and part.id == name and r.home_of(part) is function.scope:
            known = machine.values.get(part)
            found.update((id(member), member) for member in (known.alternatives() if known is not None else ()))
    return found


def _state(value: Value, batches: dict[int, Value], places: list[r.Record]) -> str:
    """What becomes of the batch: ``none`` for a value without it, ``batch``, ``mean``, or ``other``."""
    if id(value) in batches:
        return "batch"
    if isinstance(value, Unknown):
        return _state(value.base, batches, places) if value.base is not None else "none"
    if isinstance(value, (Tuple, ListObject)):
        items = value.items if isinstance(value, Tuple) else value.items.items
        return _worst(_state(item, batches, places) for item in items)
    if isinstance(value, Union):
        return _worst(_state(member, batches, places) for member in value.members)
    if not isinstance(value, Computed):
        return "none"
    if value.op == "shape":
        return "other"  # the batch's size, which may undo the division
    state = _worst(_state(operand, batches, places) for operand in value.operands)
    if state != "batch":
        return (
            state if value.op in _ELEMENTWISE or value.op in _SUMS or value.op == "mean" or state == "none" else "other"
        )
    if value.op == "mean":
        if _takes_batch(value):
            if value.site is not None:
                places.append(value.site.record)
            return "mean"
        return "batch"
    if value.op in _SUMS:
        return "other" if _takes_batch(value) else "batch"
    return "batch" if value.op in _ELEMENTWISE else "other"


def _takes_batch(value: Computed) -> bool:
    axis = value.options.get("axis")
    if axis is None or is_none(axis):
        return True
    parts = axis.items if isinstance(axis, Tuple) else axis.items.items if isinstance(axis, ListObject) else (axis,)
    return any(constant(part) == 0 for part in parts)


def _worst(states: Iterator[str]) -> str:
    found = set(states)
    for state in ("other", "batch", "mean"):
        if state in found:
            return state
    return "none"
