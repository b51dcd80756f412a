"""Through which operations a gradient comes from a loss, and where it ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kerasvae_lint.values.lattice import (
    Computed,
    DictObject,
    LibraryName,
    LibraryObject,
    ListObject,
    Partial,
    Tuple,
    Union,
    Unknown,
    Value,
    constant,
)

MAX_VALUES = 6000
COMPARISONS = frozenset(
    {
        *("equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "isclose", "in_top_k"),
        *("logical_and", "logical_or", "logical_not", "logical_xor", "isnan", "isinf", "isfinite", "is_nan"),
        *("not", "and", "or", "bitand", "bitor", "bitxor", "any", "all", "contains", "not_contains", "is", "is_not"),
    }
)
STEPS = frozenset({"round", "rint", "sign", "floor", "ceil", "floordiv"})
INDICES = frozenset({"argmax", "argmin", "argsort", "nanargmax", "nanargmin", "one_hot", "searchsorted", "bincount"})
_SIZES = frozenset({"shape", "rank", "size", "ndim", "zeros_like", "ones_like"})
_ENDS = frozenset({"stop_gradient", "numpy"}) | _SIZES
_WHOLE = ("int", "uint", "bool")


def blocks(value: Computed) -> bool:
    """True for an operation that lets no gradient through to what it is applied to."""
    return value.op in _ENDS or steps(value)


def steps(value: Computed) -> bool:
    """True for a function that is flat wherever it has a slope at all: its gradient is 0 or None everywhere."""
    if value.op in COMPARISONS or value.op in STEPS or value.op in INDICES:
        return True
    return value.op == "cast" and is_whole(value)


def is_whole(cast: Computed) -> bool:
    """True for a cast to integers or truth values."""
    given = cast.options.get("dtype")
    if given is None and len(cast.operands) > 1:
        given = cast.operands[1]
    if given is None:
        return False
    found = constant(given)
    word = given.name.rpartition(".")[2] if isinstance(given, LibraryName) else found
    return isinstance(word, str) and word.startswith(_WHOLE)


def inner_values(value: Value) -> Iterator[Value]:
    """What a value is made of, as far as a gradient comes there: one step down."""
    if isinstance(value, Computed):
        if blocks(value):
            return
        yield from value.operands
        yield from (given for role, given in value.options.items() if role not in {"condition", "axis", "dtype"})
        if isinstance(value.maker, LibraryObject) and value.maker.kind == "distribution":
            yield value.maker
    elif isinstance(value, Union):
        yield from value.members
    elif isinstance(value, Tuple):
        yield from value.items
        if value.rest is not None:
            yield value.rest
    elif isinstance(value, ListObject):
        yield value.items
    elif isinstance(value, DictObject):
        yield from (part for _, part in value.entries.items.values())
    elif isinstance(value, LibraryObject) and value.kind == "distribution":
        yield from (*value.arguments.values(), *value.positional)
    elif isinstance(value, Partial):
        yield from (*value.arguments, *value.keywords.values())
    elif isinstance(value, Unknown) and value.base is not None:
        yield value.base


def reached(roots: Iterable[Value]) -> dict[int, Value]:
    """Everything that a gradient comes to from any of some values, these included, by identity."""
    found: dict[int, Value] = {}
    todo = list(roots)
    while todo and len(found) < MAX_VALUES:
        at = todo.pop()
        if id(at) not in found:
            found[id(at)] = at
            todo += inner_values(at)
    return found


__all__ = ["COMPARISONS", "INDICES", "STEPS", "blocks", "inner_values", "is_whole", "reached", "steps"]
