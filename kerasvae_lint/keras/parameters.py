"""How many numbers a layer holds, and how many of them an optimizer moves."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from kerasvae_lint.keras.chains import chain
from kerasvae_lint.keras.graph import Graph
from kerasvae_lint.keras.kinds import is_application, is_layer, library_class
from kerasvae_lint.keras.layers import argument_of, model_inputs, model_outputs, nodes_of, sequential_layers
from kerasvae_lint.keras.shaping import shapes_of
from kerasvae_lint.keras.variables import is_variable, trainable
from kerasvae_lint.library.shapes.calls import Call, Result
from kerasvae_lint.library.shapes.dims import size
from kerasvae_lint.values.lattice import (
    Computed,
    Instance,
    LibraryObject,
    ListObject,
    Repeated,
    Tuple,
    Union,
    Unknown,
    Value,
    held,
)
from kerasvae_lint.values.world import Machine

MAX_DEPTH = 12
_TRACKED_BY_KERAS3 = frozenset({"add_weight", "keras.Variable"})
"""What makes variables that Keras 3's layers take for their own; those of TensorFlow are theirs in Keras 2 only."""


@dataclass(frozen=True, slots=True)
class Count:
    """The numbers of a layer; None where they can't be told.

    Attributes:
        total: all of them.
        trained: those that an optimizer moves.
    """

    total: int | None
    trained: int | None

    def plus(self, other: Count) -> Count:
        """Both together."""
        return Count(_plus(self.total, other.total), _plus(self.trained, other.trained))


UNKNOWN_COUNT = Count(None, None)


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def count(machine: Machine, *layers: Value) -> Count:
    """The numbers of layers or models, those of the layers in them included, what several share once."""
    parts: dict[Hashable, Count] = {}
    counter = _Counter(machine, parts)
    for layer in layers:
        counter.add(layer, MAX_DEPTH, True)
    total = Count(0, 0)
    for part in parts.values():
        total = total.plus(part)
    return total


class _Counter:
    """Takes layers apart into those that hold numbers themselves, each once."""

    def __init__(self, machine: Machine, parts: dict[Hashable, Count]) -> None:
        self.machine = machine
        self.parts = parts
        self.shapes = shapes_of(machine)

    def add(self, layer: Value, depth: int, trained: bool | None) -> None:
        """Note the numbers of a layer; ``trained`` says whether what it stands in is trainable."""
        if depth <= 0 or not isinstance(layer, (LibraryObject, Instance)):
            self.parts[layer.key] = UNKNOWN_COUNT
            return
        own = is_trainable(layer)
        trained = False if trained is False or own is False else None if trained is None or own is None else True
        inner = self._inner(layer)
        if inner is not None:
            for part in inner:
                self.add(part, depth - 1, trained)
        elif isinstance(layer, Instance) and self._runs_itself(layer):
            self._own(layer, depth, trained)
        else:
            found = self._of_library(layer)
            wrapped = argument_of(layer, "layer") if found.total is None and _hands_down(layer) else None
            if wrapped is not None and is_layer(wrapped):
                self.add(wrapped, depth - 1, trained)
            else:
                self._note(layer.key, found, trained)

    def _note(self, key: Hashable, found: Count, trained: bool | None) -> None:
        self.parts[key] = found if trained else Count(found.total, 0 if trained is False else None)

    def _inner(self, layer: LibraryObject | Instance) -> Iterable[Value] | None:
        """The layers that a Sequential or functional model is made of; None for anything else."""
        listed = sequential_layers(layer)
        if listed is not None and layer.site is not None:
            chain(self.machine, layer, layer.site)
            rest = [listed.rest] if listed.rest is not None else []
            return [item for item in listed.items if isinstance(item, Repeated) or _is_some_layer(item)] + rest
        outputs = model_outputs(layer)
        if outputs is None:
            return None
        before = layer.order if isinstance(layer, LibraryObject) else 1 << 60
        graph = Graph(self.machine, outputs, model_inputs(layer), before)
        if any(vertex.kind == "choice" for vertex in graph.finished) or any(
            isinstance(part, Unknown) for part in held(outputs)
        ):
            return [outputs]  # no layer: its numbers can't be told
        return [part for part in graph.layers if _is_some_layer(part)]

    def _runs_itself(self, layer: Instance) -> bool:
        if library_class(layer) in {"keras.layers.Layer", "keras.Model", ""}:
            return True
        return all(self.machine.method(layer, name) is not None for name in ("call", "build"))

    def _of_library(self, layer: LibraryObject | Instance) -> Count:
        """The numbers of a library's layer, as its first call with a known input shows them."""
        for node in nodes_of(self.machine, layer):
            if isinstance(node.output, Computed) and node.output.op == "layer":
                result = self.shapes.result(node.output)
            elif node.inputs is not None:
                result = self.shapes.layer_result(layer, Call(tuple(self.shapes.each(node.inputs))))
            else:
                continue
            if isinstance(result.params, int) and isinstance(result.fixed, int):
                return _counted(result)
        if is_application(layer):
            return _counted(self.shapes.result(Computed("layer", (), "tensor", layer.site, None, layer)))
        return _counted(self.shapes.layer_result(layer, Call((None,))))

    def _own(self, layer: Instance, depth: int, trained: bool | None) -> None:
        """The variables that a project's layer makes, and the layers that it holds."""
        if layer.cls.is_open or (layer.generic and self.machine.method(layer, "build") is not None):
            self.parts[layer.key] = UNKNOWN_COUNT
            return
        for value in layer.slots.values():
            if not _is_certain(value):
                self.parts[layer.key] = UNKNOWN_COUNT
                return
        for part in [part for value in layer.slots.values() for part in held(value)]:
            if is_variable(part) and isinstance(part, LibraryObject) and (part.owner is None or part.owner is layer):
                self._note(part.key, self._of_variable(part), trained)
            elif is_layer(part) and part is not layer:
                self.add(part, depth - 1, trained)

    def _of_variable(self, variable: LibraryObject) -> Count:
        if variable.name not in _TRACKED_BY_KERAS3 and self.shapes.keras != 2:
            return Count(0, 0) if self.shapes.keras == 3 else UNKNOWN_COUNT
        shape = self.shapes.shape(variable)
        numbers = size(shape) if shape is not None else None
        if not isinstance(numbers, int):
            return UNKNOWN_COUNT
        moves = trainable(variable)
        return Count(numbers, None if moves is None else numbers if moves else 0)


def _is_certain(value: Value) -> bool:
    """False where one of several layers or variables stands, or as many as a loop that nobody could count makes."""
    if isinstance(value, Union):
        return not any(is_layer(member) or is_variable(member) for member in held(value))
    state = value.items if isinstance(value, ListObject) else value
    if isinstance(state, Tuple):
        rest = state.rest is not None and any(is_layer(part) or is_variable(part) for part in held(state.rest))
        return not rest and all(_is_certain(item) for item in state.items)
    return True


def _hands_down(layer: Value) -> bool:
    """True for a layer that has no numbers but those of the one that it wraps."""
    return library_class(layer) in {"keras.layers.TimeDistributed", "keras.layers.Wrapper"}


def _is_some_layer(value: Value) -> bool:
    return any(is_layer(member) for member in value.alternatives())


def _counted(result: Result) -> Count:
    if isinstance(result.params, int) and isinstance(result.fixed, int):
        return Count(result.params + result.fixed, result.params)
    return UNKNOWN_COUNT


def is_trainable(layer: LibraryObject | Instance) -> bool | None:
    """A layer's ``trainable`` at the end of the program; None where that can't be told."""
    own = layer.slots.get("trainable")
    if own is None and isinstance(layer, LibraryObject):
        own = layer.arguments.get("trainable")
    elif own is None and isinstance(layer, Instance):
        own = next((given["trainable"] for given in layer.arguments.values() if "trainable" in given), None)
    if own is None:
        return True
    values = {getattr(member, "value", None) for member in own.alternatives()}
    if len(values) != 1:
        return None
    value = values.pop()
    return bool(value) if isinstance(value, (bool, int)) else None


__all__ = ["Count", "count", "is_trainable"]
