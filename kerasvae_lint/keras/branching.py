"""Python's own control flow on tensors: Keras 2 rewrites it, Keras 3 runs it as it stands."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import Computed, LibraryName, Value

_TESTS = frozenset(
    {
        *("equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "not", "and", "or"),
        *("eq", "ne", "lt", "le", "gt", "ge"),
    }
)
_NOT_ASKED = frozenset(
    {"input", "output", "batch", "data", "call", "attribute", "element", "getitem", "layer", "hidden"}
)
"""What may be a list, or anything else, where code asks whether it is true."""


def tensor_branches(machine: Interpreter, function: r.Function) -> Iterator[r.Expression]:
    """The tests and ranges of a function's own code that are tensors, whose values nobody knows when it is traced."""
    for part in function.walk():
        if r.function_of(part) is not function:
            continue
        if isinstance(part, (r.If, r.While, r.Conditional)):
            value = machine.values.get(part.test)
            if value is not None and all(map(_is_tensor, value.alternatives())):
                yield part.test
        elif isinstance(part, r.For):
            value = machine.values.get(part.iterable)
            if value is not None and all(map(_is_range, value.alternatives())):
                yield part.iterable


def _is_tensor(value: Value) -> bool:
    """True for what a function of tensors computed, or a comparison of such a thing."""
    if not isinstance(value, Computed) or value.kind in {"shape", "object", "string", "number", "array"}:
        return False
    if value.op in _TESTS and not isinstance(value.maker, LibraryName):
        return any(map(_is_tensor, value.operands))
    if value.op in _NOT_ASKED or not isinstance(value.maker, LibraryName):
        return False
    return value.kind == "tensor" and value.maker.name.startswith(("tf.", "keras.ops.", "keras.backend."))


def _is_range(value: Value) -> bool:
    """True for ``tf.range(…)``."""
    return isinstance(value, Computed) and isinstance(value.maker, LibraryName) and value.maker.name == "tf.range"
