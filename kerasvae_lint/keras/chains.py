"""The layers of a Sequential, one called on what the one before gives, from the input that the model declares."""

from __future__ import annotations

from dataclasses import dataclass

from kerasvae_lint.keras.kinds import is_application, is_layer, library_class
from kerasvae_lint.keras.layers import model_inputs, model_outputs, nodes_of, sequential_layers
from kerasvae_lint.keras.shaping import shape_value, shapes_of
from kerasvae_lint.library.shapes.dims import Shape
from kerasvae_lint.values.lattice import Computed, Instance, LibraryObject, Repeated, Site, Value, is_none
from kerasvae_lint.values.world import Arguments, Machine

_FIRST_SHAPES = ("batch_input_shape", "batch_shape")


@dataclass(frozen=True, eq=False, slots=True)
class Chain:
    """A Sequential, run once on the input that it declares.

    Attributes:
        input: what its first layer gets; of unknown shape if the model declares none.
        outputs: what each layer gives; None for several that nobody could count, and from one on that can't be told.
        declared: True if the model says what shape its input has.
    """

    input: Value
    outputs: tuple[Value | None, ...]
    declared: bool

    @property
    def output(self) -> Value | None:
        """What the last layer gives."""
        return self.outputs[-1] if self.outputs else None


def chain(machine: Machine, model: Value, site: Site, given: Shape | None = None) -> Chain | None:
    """A Sequential's layers, called in order; None for anything else.

    Args:
        given: the shape of what it gets, for a model that does not say so itself.
    """
    layers = sequential_layers(model)
    if layers is None or layers.rest is not None:
        return None
    place = ("chain", model.key, tuple(item.key for item in layers.items), given)
    known = machine.memory.get(place)
    if isinstance(known, Chain):
        return known
    shape = declared_shape(machine, model)
    declared = shape is not None
    shape = shape if shape is not None else given
    options = {"shape": shape_value(shape, site)} if shape is not None else None
    value: Value | None = _own_input(layers.items)
    first = value if value is not None else Computed("batch", (), "tensor", site, options, model)
    value = first
    outputs: list[Value | None] = []
    for item in layers.items:
        if is_input(item):
            outputs.append(first)
        elif isinstance(item, Repeated):
            outputs.append(None)
            value = Computed("hidden", (), "tensor", item.site or site, None, model)
        elif value is None or not is_layer(item.alternatives()[0]) or library_class(item) == "keras.layers.Merge":
            value = None
            outputs.append(value)
        else:
            value = machine.call(item, Arguments((value,)), item.site or site)
            outputs.append(value)
    made = Chain(first, tuple(outputs), declared)
    machine.memory[place] = made
    return made


def _own_input(items: tuple[Value, ...]) -> Value | None:
    first = items[0] if items else None
    return first if isinstance(first, Computed) and first.op == "input" else None


def is_input(item: Value) -> bool:
    """True for what a Sequential takes for its input, and does not count among its layers."""
    if isinstance(item, Computed):
        return item.op == "input"
    return is_none(item) or library_class(item) == "keras.layers.InputLayer"


def declared_shape(machine: Machine, model: Value) -> Shape | None:
    """The shape, batch axis included, of the input that a model declares for itself; None if it declares none."""
    built = machine.memory.get(("built for", model.key))
    shapes = shapes_of(machine)
    if isinstance(built, Value):
        return shapes.plain.shape(built)
    layers = sequential_layers(model)
    first = layers.items[0] if layers is not None and layers.items else None
    if isinstance(first, Computed):
        return shapes.shape(first)
    return first_shape(machine, first) if first is not None else None


def first_shape(machine: Machine, layer: Value) -> Shape | None:
    """The input that a layer declares: ``input_shape=``, ``batch_input_shape=``, ``input_dim=``; or that of a model."""
    shapes = shapes_of(machine)
    if sequential_layers(layer) is not None:
        return declared_shape(machine, layer)
    inputs = model_inputs(layer)
    if inputs is not None:
        return shapes.shape(inputs)
    if not isinstance(layer, (LibraryObject, Instance)):
        return None
    given = given_to(layer)
    for name in _FIRST_SHAPES:
        if name in given and not is_none(given[name]):
            return shapes.plain.shape(given[name])
    is_layer_of_inputs = library_class(layer) == "keras.layers.InputLayer"
    for name in ("input_shape", "shape") if is_layer_of_inputs else ("input_shape",):
        if name in given and not is_none(given[name]):
            found = shapes.plain.shape(given[name])
            batch = shapes.plain.dim(given["batch_size"]) if "batch_size" in given else None
            return (batch, *found) if found is not None else None
    if is_application(layer):
        return shapes.shape(Computed("input", (), "tensor", layer.site, None, layer))
    if library_class(layer) == "keras.layers.Embedding":
        length = given.get("input_length")
        return (None, shapes.plain.dim(length) if length is not None else None)
    if "input_dim" in given and not is_none(given["input_dim"]):
        size = shapes.plain.dim(given["input_dim"])
        length = given.get("input_length")
        if length is not None:
            return (None, shapes.plain.dim(length), size)
        return (None, None, size) if library_class(layer).rpartition(".")[2] in _SEQUENCES else (None, size)
    wrapped = given.get("layer")
    return first_shape(machine, wrapped) if wrapped is not None and is_layer(wrapped) else None


_SEQUENCES = frozenset({"LSTM", "GRU", "SimpleRNN", "Conv1D", "RNN", "CuDNNLSTM", "CuDNNGRU"})


def given_to(layer: LibraryObject | Instance) -> dict[str, Value]:
    """What a layer was made with, of a project's class what its library base got."""
    if isinstance(layer, LibraryObject):
        return dict(layer.arguments)
    return {name: value for given in layer.arguments.values() for name, value in given.items()}


def output_and_input(machine: Machine, obj: Value, site: Site) -> tuple[Value | None, Value | None]:
    """``layer.output`` and ``layer.input``: of its first call, of a Sequential those of its chain."""
    if model_outputs(obj) is not None:
        return model_outputs(obj), model_inputs(obj)
    if sequential_layers(obj) is not None:
        found = chain(machine, obj, site)
        if found is None or not found.declared:
            return None, None
        return found.output, found.input
    for node in nodes_of(machine, obj):
        if node.output is not None:
            return node.output, node.inputs
    return None, None
