"""How many numbers a layer holds, and how many of them an optimizer moves."""

from __future__ import annotations

from dataclasses import dataclass

from kerasvae_lint.keras.chains import chain
from kerasvae_lint.keras.graph import Graph
from kerasvae_lint.keras.kinds import is_layer, is_model, library_class
from kerasvae_lint.keras.layers import model_inputs, model_outputs, nodes_of, sequential_layers
from kerasvae_lint.keras.shaping import Shapes, shapes_of
from kerasvae_lint.keras.variables import is_variable, trainable
from kerasvae_lint.library.shapes.calls import Call
from kerasvae_lint.library.shapes.dims import size
from kerasvae_lint.values.lattice import Computed, Instance, LibraryObject, Repeated, Site, Value, held
from kerasvae_lint.values.world import Machine

MAX_DEPTH = 12


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


def count(machine: Machine, layer: Value, depth: int = MAX_DEPTH) -> Count:
    """The numbers of a layer or model, those of the layers in it included."""
    if depth <= 0 or not isinstance(layer, (LibraryObject, Instance)):
        return UNKNOWN_COUNT
    found = _counted(machine, layer, depth)
    frozen = is_trainable(layer)
    if frozen is False:
        return Count(found.total, 0)
    return found if frozen else Count(found.total, None)


def _counted(machine: Machine, layer: LibraryObject | Instance, depth: int) -> Count:
    site = layer.site
    listed = sequential_layers(layer)
    if listed is not None and site is not None:
        chain(machine, layer, site)
        if listed.rest is not None or any(isinstance(item, Repeated) for item in listed.items):
            return UNKNOWN_COUNT
        return _sum(machine, [item for item in listed.items if is_layer(item)], depth)
    outputs = model_outputs(layer)
    if outputs is not None:
        before = layer.order if isinstance(layer, LibraryObject) else 1 << 60
        graph = Graph(machine, outputs, model_inputs(layer), before)
        if any(vertex.kind == "choice" for vertex in graph.finished):
            return UNKNOWN_COUNT
        return _sum(machine, [part for part in graph.layers if is_layer(part)], depth)
    if isinstance(layer, Instance) and _runs_itself(machine, layer):
        return _own(machine, layer, depth)
    return _of_library(shapes_of(machine), machine, layer)


def _runs_itself(machine: Machine, layer: Instance) -> bool:
    return library_class(layer) in {"keras.layers.Layer", "keras.Model", ""} or (
        machine.method(layer, "call") is not None and machine.method(layer, "build") is not None
    )


def _of_library(shapes: Shapes, machine: Machine, layer: LibraryObject | Instance) -> Count:
    best = UNKNOWN_COUNT
    for node in nodes_of(machine, layer):
        if isinstance(node.output, Computed) and node.output.op == "layer":
            result = shapes.result(node.output)
        elif node.inputs is not None:
            result = shapes.layer_result(layer, Call(tuple(shapes.each(node.inputs))))
        else:
            continue
        if isinstance(result.params, int) and isinstance(result.fixed, int):
            return Count(result.params + result.fixed, result.params)
    if isinstance(layer, LibraryObject) and layer.name.startswith("keras.applications."):
        site = layer.site or Site.__new__(Site)
        output = Computed("layer", (), "tensor", site, None, layer)
        result = shapes.result(output)
    else:
        result = shapes.layer_result(layer, Call((None,)))
    if isinstance(result.params, int) and isinstance(result.fixed, int):
        best = Count(result.params + result.fixed, result.params)
    return best


def _own(machine: Machine, layer: Instance, depth: int) -> Count:
    """The variables that a project's layer makes, and the layers that it holds."""
    if layer.cls.is_open:
        return UNKNOWN_COUNT
    if layer.generic and machine.method(layer, "build") is not None:
        return UNKNOWN_COUNT
    shapes = shapes_of(machine)
    parts = [part for value in layer.slots.values() for part in held(value)]
    total = Count(0, 0)
    seen: set[int] = set()
    for part in parts:
        if id(part) in seen or not isinstance(part, LibraryObject) or not is_variable(part):
            continue
        seen.add(id(part))
        if part.owner is not None and part.owner is not layer:
            continue
        shape = shapes.shape(part)
        numbers = size(shape) if shape is not None else None
        if not isinstance(numbers, int):
            return UNKNOWN_COUNT
        total = total.plus(Count(numbers, numbers if trainable(part) is not False else 0))
    layers = list({id(part): part for part in parts if is_layer(part) and part is not layer}.values())
    return total.plus(_sum(machine, layers, depth))


def _sum(machine: Machine, layers: list[Value], depth: int) -> Count:
    total = Count(0, 0)
    for layer in {id(layer): layer for layer in layers}.values():
        if len(layer.alternatives()) > 1:
            return UNKNOWN_COUNT
        total = total.plus(count(machine, layer, depth - 1))
    return total


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


__all__ = ["Count", "count", "is_model", "is_trainable"]
