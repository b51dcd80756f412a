"""The tensors that functional models are made of: places for numbers, which no number is in before the model runs."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import is_layer, is_model
from kerasvae_lint.keras.layers import is_unseen_end, made_layers, model_outputs, products_of
from kerasvae_lint.values.lattice import (
    Computed,
    DictObject,
    Instance,
    LibraryName,
    ListObject,
    Site,
    Tuple,
    Union,
    Unknown,
    Value,
    held,
    is_none,
)
from kerasvae_lint.values.world import Machine

_NO_TENSOR = frozenset({"shape", "object", "string"})
_NUMBERS = frozenset({"predict", "numpy", "get_weights", "weights", "losses", "metrics", "get_value", "attribute"})
"""What gives numbers, or something that is no tensor, whatever it was asked about."""
_ENDS = frozenset({"input", "output"})


class Symbolic:
    """Which values are symbolic tensors: an ``Input``, a layer's ``output``, and all that is computed from one.

    Args:
        machine: the interpreter, after it ran.
    """

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._known: dict[int, tuple[Value, bool]] = {}

    def is_symbolic(self, value: Value) -> bool:
        """True for a symbolic tensor; of one of several values, if each of them that is known is one."""
        if products_of(self.machine, value):
            return self._depends(value)
        members = [m for m in value.alternatives() if not is_none(m) and (_is_end(m) or not isinstance(m, Unknown))]
        return bool(members) and all(isinstance(m, (Computed, Unknown)) and self._depends(m) for m in members)

    def among(self, value: Value) -> bool:
        """True for a symbolic tensor, and for a list, tuple or dictionary that holds one."""
        return self.is_symbolic(value) or any(self.is_symbolic(part) for part in held(value))

    def _depends(self, value: Value) -> bool:
        """True for what is computed from an end of a functional model."""
        todo, seen, found = [value], dict[int, Value](), False
        while todo and not found:
            at = todo.pop()
            known = self._known.get(id(at))
            if known is not None:
                found = known[1]
            elif id(at) not in seen:
                seen[id(at)] = at
                found = _is_end(at)
                todo.extend(self._given(at))
        if found:
            self._known[id(value)] = (value, True)
        else:
            self._known.update((place, (at, False)) for place, at in seen.items())
        return found

    def _given(self, value: Value) -> Iterator[Value]:
        """What a value hangs on: what a layer or model was called with, whatever its mathematics are."""
        products = products_of(self.machine, value)
        if products:
            yield from products[-1].inputs
        else:
            yield from _behind(value)

    def computed_for(self, value: Value) -> list[r.Record]:
        """Where the code computes what leads from the layers' outputs to a value, and to no model's output."""
        self_made = self._for_outputs
        todo, seen, found = [value], set[int](), []
        while todo:
            at = todo.pop()
            if id(at) in seen or id(at) in self_made:
                continue
            seen.add(id(at))
            if isinstance(at, Computed):
                if at.site is not None and at.op != "layer":
                    found.append(at.site.record)
                if at.op == "layer" or _is_end(at) or products_of(self.machine, at):
                    continue
            todo.extend(_behind(at, shapes=True))
        return found

    @property
    def _for_outputs(self) -> set[int]:
        known = self.machine.memory.get("for outputs")
        if isinstance(known, set):
            return known
        outputs = [given for model in made_layers(self.machine) if (given := model_outputs(model)) is not None]
        todo, seen = list(outputs), set[int]()
        while todo:
            at = todo.pop()
            if id(at) not in seen:
                seen.add(id(at))
                todo.extend(_behind(at, shapes=True))
        self.machine.memory["for outputs"] = seen
        return seen


def is_functional(model: Value) -> bool:
    """True for a model that is made of its inputs and outputs, not of a ``call``."""
    return is_model(model) and model_outputs(model) is not None


def _is_end(value: Value) -> bool:
    """True for an ``Input``, and for what a layer or model gives as its ``input`` or ``output``."""
    if is_unseen_end(value):
        return True
    if not isinstance(value, Computed) or value.op not in _ENDS or value.maker is None:
        return False
    if isinstance(value.maker, LibraryName):
        return value.maker.name == "keras.layers.Input"
    if isinstance(value.maker, Instance) and is_model(value.maker) and not is_functional(value.maker):
        return False  # a model that is made of its `call` alone has no tensors of its own before it is called on one
    return is_layer(value.maker) and value.site is not None and _reads_end(value.site)


def _reads_end(site: Site) -> bool:
    """True where the code itself says ``layer.output``: not for what stands for the data of a step."""
    return isinstance(site.record, r.Attribute) and site.record.attr.rstrip("s") in _ENDS


def _behind(value: Value, shapes: bool = False) -> Iterator[Value]:
    """What a value is computed from, as far as it is then a tensor itself."""
    if isinstance(value, Union):
        yield from value.members
    elif isinstance(value, (Tuple, ListObject)):
        state = value if isinstance(value, Tuple) else value.items
        yield from (*state.items, *([state.rest] if state.rest is not None else []))
    elif isinstance(value, DictObject):
        yield from (part for _, part in value.entries.items.values())
    elif isinstance(value, Computed):
        if value.op in _NUMBERS or (value.kind in _NO_TENSOR and not shapes):
            return
        if value.op == "gradient":
            return  # a tape gives numbers
        if value.op == "call" and not _is_layer_like(value.maker):
            return
        yield from value.operands
        yield from value.options.values()


def _is_layer_like(callee: Value | None) -> bool:
    """True for what a class of another project was called for: ``Attention(64)``, which is called in turn."""
    if not isinstance(callee, Computed) or callee.op != "call":
        return False
    maker = callee.maker
    name = maker.name.rpartition(".")[2] if isinstance(maker, (Unknown, LibraryName)) else ""
    return name[:1].isupper()


def symbolic_of(machine: Machine) -> Symbolic:
    """The symbolic tensors of a program."""
    known = machine.memory.get("symbolic")
    if not isinstance(known, Symbolic):
        known = Symbolic(machine)
        machine.memory["symbolic"] = known
    return known


__all__ = ["Symbolic", "is_functional", "symbolic_of"]
