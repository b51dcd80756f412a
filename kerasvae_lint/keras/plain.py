"""Values as plain Python data: numbers, tuples, strings, with what can't be told as ``UNKNOWN``."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from kerasvae_lint.keras.kinds import is_layer, library_class
from kerasvae_lint.library import lookup
from kerasvae_lint.library.roles import role_of
from kerasvae_lint.library.shapes.calls import Options, Part
from kerasvae_lint.library.shapes.dims import UNKNOWN, Dim, Output, Shape, UnknownType
from kerasvae_lint.library.signatures import NO_DEFAULT, OPAQUE, Signature
from kerasvae_lint.values.lattice import (
    Computed,
    Constant,
    DictObject,
    Instance,
    LibraryName,
    LibraryObject,
    ListObject,
    Tuple,
    Union,
    Value,
    plainly,
)
from kerasvae_lint.values.operators import is_huge, is_small_power


class Shapely(Protocol):
    """Who knows the shapes of tensors and what a layer inside of a layer is."""

    def of(self, value: Value) -> Output:
        """The shape of a value."""

    def part(self, layer: Value) -> Part | None:
        """A layer that another one is given."""


_BINARY: dict[str, Callable[[Any, Any], object]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "floordiv": operator.floordiv,
    "floor_divide": operator.floordiv,
    "mod": operator.mod,
    "power": operator.pow,
    "minimum": min,
    "maximum": max,
}
_UNARY: dict[str, Callable[[Any], object]] = {
    "negative": operator.neg,
    "int": int,
    "float": float,
    "round": round,
    "floor": math.floor,
    "ceil": math.ceil,
    "abs": abs,
    "sqrt": math.sqrt,
    "log2": math.log2,
}
_ITSELF = frozenset({"identity", "cast", "convert", "convert_to_tensor", "numpy", "read", "as_list", "array", "astype"})
_SHAPES = frozenset({"shape", "get_shape"})
_RANKS = frozenset({"ndim", "rank"})
_TOTALS: dict[str, Callable[[Any], object]] = {"prod": math.prod, "sum": sum, "add_n": sum, "min": min, "max": max}
_SETTINGS = frozenset({"initializer", "regularizer", "constraint", "loss", "metric", "optimizer", "schedule"})
"""What a layer or model is given that has a name and no size."""
MAX_DEPTH = 24
MAX_REPEATED = 10_000


class Plain:
    """Reads values as plain data.

    A number that depends on a free axis is None, as that axis is.

    Args:
        shapes: who knows the shapes of tensors.
        trusting: True to take what holds unless somebody says otherwise (the default of a parameter, of a command
            line's option) for what is.
    """

    def __init__(self, shapes: Shapely, trusting: bool = True) -> None:
        self._shapes = shapes
        self._trusting = trusting
        self._known: dict[int, tuple[Value, object]] = {}

    def of(self, value: Value, depth: int = MAX_DEPTH) -> object:
        """A number, string, tuple, list, dictionary, slice, layer (a ``Part``) or name; else ``UNKNOWN``."""
        if depth <= 0:
            return UNKNOWN
        value = plainly(value)
        if isinstance(value, Constant):
            return _finite(value.value) if self._trusting or not value.assumed else UNKNOWN
        if isinstance(value, (Union, Computed)):
            known = self._known.get(id(value))
            if known is None:
                found = self._computed(value, depth) if isinstance(value, Computed) else self._united(value, depth)
                known = self._known[id(value)] = (value, found)
            return known[1]
        if isinstance(value, Tuple):
            return UNKNOWN if value.rest is not None else self._items(value, depth)
        if isinstance(value, ListObject):
            items = self.of(value.items, depth)
            return list(items) if isinstance(items, tuple) else UNKNOWN
        if isinstance(value, DictObject):
            entries = value.entries
            if entries.rest is not None:
                return UNKNOWN
            return {key: self.of(part, depth - 1) for key, (_, part) in entries.items.items()}
        if isinstance(value, LibraryName):
            return value.name.removeprefix("tf.").removeprefix("np.") if value.name.count(".") == 1 else value.name
        if isinstance(value, (LibraryObject, Instance)) and is_layer(value):
            return self._shapes.part(value) or UNKNOWN
        if isinstance(value, LibraryObject):
            return value.name if value.kind in _SETTINGS else UNKNOWN
        return UNKNOWN

    def _united(self, value: Union, depth: int) -> object:
        found = [self.of(member, depth - 1) for member in value.members]
        return found[0] if all(type(f) is type(found[0]) and _same(f, found[0]) for f in found) else UNKNOWN

    def _items(self, value: Tuple, depth: int) -> object:
        found = tuple(self.of(item, depth - 1) for item in value.items)
        # a list of tensors is no plain data
        if found and all(part is UNKNOWN for part in found) and not all(map(_is_number, value.items)):
            return UNKNOWN
        return found

    def shape(self, value: Value) -> Shape | None:
        """A shape that the code gives: a tuple or list of sizes, or one size."""
        found = self.of(value)
        if isinstance(found, int) and not isinstance(found, bool):
            return (found,)
        if isinstance(found, (tuple, list)):
            return tuple(map(_size, found))
        if found is UNKNOWN and isinstance(value, (Tuple, ListObject)):
            state = value if isinstance(value, Tuple) else value.items
            return tuple(self.dim(item) for item in state.items) if state.rest is None else None
        return None

    def dim(self, value: Value) -> Dim:
        """One size that the code gives."""
        return _size(self.of(value))

    # formulas -----------------------------------------------------------------------------------
    def _computed(self, value: Computed, depth: int) -> object:
        op, operands = value.op, value.operands
        if op == "slice":
            parts = [self.of(part, depth - 1) for part in operands]
            return UNKNOWN if any(isinstance(part, UnknownType) for part in parts) else slice(*parts)
        if op in _SHAPES and operands:
            found = self._shapes.of(operands[0])
            return tuple(found) if isinstance(found, tuple) else UNKNOWN
        if op in _RANKS and operands:
            found = self._shapes.of(operands[0])
            return len(found) if isinstance(found, tuple) else UNKNOWN
        if op in _ITSELF and operands:
            return self.of(operands[0], depth - 1)
        if op == "attribute" and operands and _name(value.options.get("name")) in {"value", "shape"}:
            return self.of(operands[0], depth - 1)
        if op == "getitem" and operands:
            return self._item(value, depth)
        if op == "len" and operands:
            whole = self.of(operands[0], depth - 1)
            if isinstance(whole, (tuple, list, str, dict)):
                return len(whole)
            shape = self._shapes.of(operands[0])
            return _size(shape[0]) if isinstance(shape, tuple) and shape else UNKNOWN
        if op in _TOTALS and len(operands) == 1:
            return _total(_TOTALS[op], self.of(operands[0], depth - 1))
        if op in _BINARY and len(operands) == 2:
            return _combined(_BINARY[op], *(self.of(part, depth - 1) for part in operands))
        if op in _UNARY and operands:
            return _combined(_UNARY[op], self.of(operands[0], depth - 1))
        return UNKNOWN

    def _item(self, value: Computed, depth: int) -> object:
        whole = self.of(value.operands[0], depth - 1)
        index = self.of(value.options.get("index", Constant(None)), depth - 1)
        if isinstance(whole, (tuple, list)) and isinstance(index, (int, slice)):
            try:
                return whole[index]
            except IndexError:
                return UNKNOWN
        return UNKNOWN


def _is_number(value: Value) -> bool:
    return isinstance(value, Computed) and value.kind == "number"


def _same(one: object, other: object) -> bool:
    if isinstance(one, (UnknownType, Part)) or isinstance(other, (UnknownType, Part)):
        return one is other
    try:
        return bool(one == other)
    except TypeError:  # an unknown part of a tuple says neither yes nor no
        return False


def _name(value: Value | None) -> object:
    return value.value if isinstance(value, Constant) else None


def _size(value: object) -> Dim:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return UNKNOWN


def _total(function: Callable[[Any], object], whole: object) -> object:
    if not isinstance(whole, (tuple, list)) or any(isinstance(part, UnknownType) for part in whole):
        return UNKNOWN
    if None in whole:
        return None
    return _combined(function, whole)


def _combined(function: Callable[..., object], *parts: object) -> object:
    if any(isinstance(part, UnknownType) for part in parts):
        return UNKNOWN
    if any(part is None for part in parts):
        return None
    if len(parts) == 2 and function is operator.pow and not is_small_power(*parts):
        return UNKNOWN
    if function is operator.mul and _repeats_often(parts):
        return UNKNOWN
    try:
        result = function(*parts)
        return UNKNOWN if is_huge(result) else _finite(result)
    except (TypeError, ValueError, ArithmeticError):
        return UNKNOWN


def _finite(value: object) -> object:
    """A value; an infinity, or what is no number, is no size and not the like of one."""
    return UNKNOWN if isinstance(value, float) and not math.isfinite(value) else value


def _repeats_often(parts: tuple[object, ...]) -> bool:
    """True for a sequence that is repeated so often that nobody could hold it."""
    return any(hasattr(part, "__len__") for part in parts) and any(
        isinstance(part, int) and part > MAX_REPEATED for part in parts
    )


# what a layer was made with ---------------------------------------------------------------------
_OLD_NAMES = {
    "filter_length": "kernel_size",
    "subsample_length": "strides",
    "pool_length": "pool_size",
    "length": "size",
    "output_dim": "units",
    "nb_feature": "units",
}
_OLD_SIZES = ("nb_row", "nb_col", "kernel_dim1", "kernel_dim2", "kernel_dim3")
_OLD_WORDS = {"tf": "channels_last", "th": "channels_first", "default": None}
_CHANGEABLE = frozenset({"activation", "units", "filters", "return_sequences", "rate", "stateful"})


def options_of(layer: LibraryObject | Instance, plain: Plain, keras: int | None) -> Options:
    """What a layer was made with, by the names of today, with the defaults of its Keras."""
    name = library_class(layer)
    entry = lookup(name)
    signature = entry.signature(keras) if entry is not None else None
    given = _given(layer, name)
    complete = layer.complete if isinstance(layer, LibraryObject) else bool(layer.facts.get("complete", True))
    found: dict[str, object] = {}
    for parameter in signature.parameters if signature is not None else ():
        if parameter.kind in {"*", "**"}:
            continue
        opaque = parameter.default is OPAQUE or parameter.default is NO_DEFAULT
        found[parameter.name] = UNKNOWN if opaque or not complete else parameter.default
    for spelled, value in _renamed(given, signature).items():
        found[spelled] = plain.of(value)
    if isinstance(found.get("data_format"), str):
        word = str(found["data_format"])
        found["data_format"] = _OLD_WORDS.get(word, word)
    sizes = [found.pop(spelled) for spelled in _OLD_SIZES if spelled in found]
    if sizes:
        found["kernel_size"] = tuple(sizes)
    return Options(found, keras)


def _given(layer: LibraryObject | Instance, name: str) -> dict[str, Value]:
    if isinstance(layer, LibraryObject):
        given = dict(layer.arguments)
        if layer.positional and not given:
            given.update({f"#{index}": value for index, value in enumerate(layer.positional)})
    else:
        given = dict(layer.arguments.get(name, {}))
    given.update({word: layer.slots[word] for word in _CHANGEABLE & layer.slots.keys() if word in given})
    return given


def _renamed(given: Mapping[str, Value], signature: Signature | None) -> dict[str, Value]:
    """The arguments by the names that they have today."""
    found: dict[str, Value] = {}
    for spelled, value in given.items():
        name = spelled
        if signature is not None and spelled not in signature:
            old = _OLD_NAMES.get(spelled)
            today = signature.get(old) if old is not None else None
            if today is None:
                today = signature.with_role(role_of(spelled))
            name = today.name if today is not None and today.kind not in {"*", "**"} else spelled
        found.setdefault(name, value)
    return found
