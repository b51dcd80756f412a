"""Weights of another layer that a layer copies by value when it is made: what is to be tied drifts apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kept import reads_only_shape
from kerasvae_lint.keras.kinds import is_layer, kinds_of
from kerasvae_lint.keras.variables import is_variable
from kerasvae_lint.values.interpreter import CONSTRUCTION, TRACING
from kerasvae_lint.values.lattice import Access, Computed, Instance, LibraryObject, Unknown, Value, leaves

_FETCHED = frozenset({"get_weights", "numpy", "get_value", "eval", "convert_to_numpy"})
_COPIED = frozenset({"identity", "convert", "convert_to_tensor", "read"})
_TURNED = frozenset({"transpose", "permute", "permute_dimensions", "swapaxes", "moveaxis"})
_STARTS = ("initial_value", "value", "initializer")
_TIED = re.compile(r"ti(e|ed|es|ing)(?![a-z])|tied|shared|transpos", re.IGNORECASE)


@dataclass(frozen=True, eq=False, slots=True)
class ValueCopy:
    """An attribute that holds the numbers which another layer's weight had when this one was made.

    Attributes:
        owner: the layer that keeps them.
        attribute: under which name.
        write: where.
        read: where traced code reads them.
    """

    owner: Instance
    attribute: str
    write: Access
    read: Access


def value_copies(objects: list[Instance]) -> Iterator[ValueCopy]:
    """The copies by value that are plainly to tie a layer to another one, each store once."""
    seen: set[r.Record] = set()
    for obj in objects:
        if not kinds_of(obj.cls) & {"layer", "model"}:
            continue
        for name, writes in obj.writes.items():
            if any(write.phase == TRACING for write in writes):
                continue
            for write in writes:
                if write.phase != CONSTRUCTION or write.site.record in seen:
                    continue
                read = _read(obj, name)
                if read is not None and any(_is_copy(obj, name, value) for value in write.value.alternatives()):
                    seen.add(write.site.record)
                    yield ValueCopy(obj, name, write, read)


def _read(obj: Instance, name: str) -> Access | None:
    """Where traced code computes with the attribute."""
    reads = [read for read in obj.reads.get(name, ()) if read.phase == TRACING]
    return next((read for read in reads if not reads_only_shape(read.site.record)), None)


def _is_copy(obj: Instance, name: str, value: Value) -> bool:
    start = _start_of(value)
    if start is None:
        return False
    parts = list(leaves(start))
    fetched = any(isinstance(part, Computed) and (part.op in _FETCHED or _asks_unknown(part)) for part in parts)
    if not is_variable(value) and not fetched and not (isinstance(start, Computed) and start.op in _COPIED):
        return False  # a tensor that is computed from the weight itself is no copy by value
    if not any(_is_foreign(obj, part) for part in parts):
        return False
    turned = any(isinstance(part, Computed) and part.op in _TURNED for part in parts)
    return turned or any(_TIED.search(word) for word in (name, *(cls.name for cls in obj.cls.classes())))


def _start_of(value: Value) -> Value | None:
    """What a variable begins with, or a tensor or array itself."""
    if isinstance(value, Computed):
        return value
    if not isinstance(value, LibraryObject) or not is_variable(value) or value.name == "weight":
        return None
    given = next((value.arguments[word] for word in _STARTS if word in value.arguments), None)
    if isinstance(given, LibraryObject) and given.kind == "initializer":
        inner = [*given.arguments.values(), *given.positional]
        return inner[0] if inner else None
    return given


def _is_foreign(obj: Instance, part: Value) -> bool:
    """True for another layer whose weights are fetched, and for a weight of one."""
    if isinstance(part, Computed):
        if part.op == "get_weights":
            return any(is_layer(owner) and owner.key != obj.key for owner in part.operands)
        return _asks_unknown(part)
    if not is_variable(part) or not isinstance(part, LibraryObject):
        return False
    return part.owner is not None and part.owner.key != obj.key


def _asks_unknown(part: Computed) -> bool:
    """True for ``get_weights`` of a layer that nobody in sight makes."""
    maker = part.maker
    return part.op == "call" and isinstance(maker, Unknown) and maker.name == "get_weights" and maker.base is not None


__all__ = ["ValueCopy", "value_copies"]
