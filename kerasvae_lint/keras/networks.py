"""The networks of a program: each model with its layers in Keras's order, however it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.backbones import is_of_backbone
from kerasvae_lint.keras.chains import Chain, chain
from kerasvae_lint.keras.graph import Graph, Vertex, in_one_loop, stands_in_loop
from kerasvae_lint.keras.guards import is_expected_to_raise
from kerasvae_lint.keras.kinds import is_application, is_layer, is_model, library_class
from kerasvae_lint.keras.layers import (
    Node,
    added_losses,
    made_layers,
    model_inputs,
    model_outputs,
    nodes_of,
    root_of,
    sequential_layers,
)
from kerasvae_lint.keras.methods import name_of, tracked_layers
from kerasvae_lint.keras.shaping import shapes_of
from kerasvae_lint.keras.variables import is_variable
from kerasvae_lint.library import lookup
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import (
    Computed,
    FunctionValue,
    Instance,
    LibraryObject,
    ListObject,
    Repeated,
    Site,
    Tuple,
    Value,
    held,
)
from kerasvae_lint.values.unit import Unit

Kind = Literal["sequential", "functional", "subclassed"]
MAX_NETWORKS = 200


@dataclass(eq=False, slots=True)
class Member:
    """A layer of a network.

    Attributes:
        layer: the layer.
        inputs: what its first call in the network gets; None if it is not called.
        output: what that call gives.
        inbound: the layers (and inputs) that the input comes from.
        repeated: True if it stands for as many as a loop of unknown length makes.
        optional: True if only some way through the program makes it.
        shared: how often the network calls it.
        tied: the layer of the network whose weights it uses; None if it has its own.
    """

    layer: LibraryObject | Instance
    inputs: Value | None = None
    output: Value | None = None
    inbound: tuple[Value, ...] = ()
    repeated: bool = False
    optional: bool = False
    shared: int = 1
    tied: Value | None = None


@dataclass(eq=False, slots=True)
class Network:
    """A model.

    Attributes:
        model: the model.
        kind: how it is written.
        members: its layers, in the order of ``model.layers``, without its input layers.
        inputs: what it gets.
        outputs: what it gives.
    """

    model: LibraryObject | Instance
    kind: Kind
    members: list[Member] = field(default_factory=list)
    inputs: list[Value] = field(default_factory=list)
    outputs: list[Value] = field(default_factory=list)

    @property
    def site(self) -> Site | None:
        """Where it is made."""
        return self.model.site


def networks(machine: Interpreter) -> list[Network]:
    """Every model that the program made and that has layers to show, in order."""
    found: list[Network] = []
    models = [layer for layer in made_layers(machine) if is_model(layer) and not is_of_backbone(layer.site)]
    for made in models[:MAX_NETWORKS]:
        if made.site is not None and is_expected_to_raise(made.site.record):
            continue
        network = network_of(machine, made)
        if network is not None and network.members:
            found.append(network)
    return found


def network_of(machine: Interpreter, model: Value) -> Network | None:
    """A model's layers and how they are connected; None for one that nobody can see into."""
    if not isinstance(model, (LibraryObject, Instance)) or model.site is None:
        return None
    known = machine.memory.get(("network", model.key))
    if isinstance(known, Network):
        return known
    made = _made(machine, model, model.site)
    if made is not None:
        machine.memory["network", model.key] = made
        _tie(made)
    return made


def _tie(network: Network) -> None:
    """Say which of the project's layers use the weights of others."""
    members = {id(member.layer): member.layer for member in network.members}
    for member in network.members:
        for part in held(ListObject(Tuple(member.layer.slots.values()))) if isinstance(member.layer, Instance) else ():
            owner = part.owner if isinstance(part, LibraryObject) and is_variable(part) else part
            if owner is not None and owner is not member.layer and id(owner) in members:
                member.tied = owner


def _made(machine: Interpreter, model: LibraryObject | Instance, site: Site) -> Network | None:
    if sequential_layers(model) is not None:
        return _sequential(machine, model, site)
    outputs = model_outputs(model)
    if outputs is not None:
        before = model.order if isinstance(model, LibraryObject) else 1 << 60
        network = _functional(machine, model, Graph(machine, outputs, model_inputs(model), before))
        for loss in added_losses(machine, model):
            more = _functional(machine, model, Graph(machine, loss, model_inputs(model), 1 << 60))
            known = {id(member.layer) for member in network.members}
            network.members += [member for member in more.members if id(member.layer) not in known]
        return network
    return _subclassed(machine, model) if isinstance(model, Instance) else None


# sequential -------------------------------------------------------------------------------------
def _sequential(machine: Interpreter, model: LibraryObject | Instance, site: Site) -> Network:
    network = Network(model, "sequential")
    listed = sequential_layers(model)
    assert listed is not None
    found = chain(machine, model, site)
    before: Value | None = None
    items = [*listed.items, *([Repeated(listed.rest)] if listed.rest is not None else [])]
    for index, item in enumerate(items):
        output = found.outputs[index] if found is not None and index < len(found.outputs) else None
        for member in _members_of_item(item):
            member.inbound = (before,) if before is not None else ()
            _called_in_chain(machine, member, found, output)
            network.members.append(member)
            before = member.layer
    if found is not None:
        network.inputs = [found.input]
        network.outputs = [found.output] if found.output is not None else []
    called = _best_node(machine, model) if found is None or not found.declared else None
    if called is not None and called.inputs is not None and called.output is not None:
        network.inputs, network.outputs = [called.inputs], [called.output]
    return network


def _called_in_chain(machine: Interpreter, member: Member, found: Chain | None, output: Value | None) -> None:
    node = _node_with(machine, member.layer, output)
    if found is not None and found.declared:
        member.inputs = node.inputs if node is not None else None
        member.output = output
        if output is not None or node is None:
            return
    first = _best_node(machine, member.layer)
    if first is not None:
        member.inputs, member.output = first.inputs, first.output


def _node_with(machine: Interpreter, layer: Value, output: Value | None) -> Node | None:
    if output is None:
        return None
    return next((n for n in nodes_of(machine, layer) if n.output is output or _holds(n.output, output)), None)


def _holds(outputs: Value | None, output: Value) -> bool:
    state = outputs.items if isinstance(outputs, ListObject) else outputs
    return isinstance(state, Tuple) and any(item is output for item in state.items)


def _best_node(machine: Interpreter, layer: Value) -> Node | None:
    """The first call whose shape is known; else the first one."""
    nodes = [node for node in nodes_of(machine, layer) if node.output is not None]
    shapes = shapes_of(machine)
    known = (node for node in nodes if node.output is not None and shapes.of(node.output) is not None)
    return next(known, nodes[0] if nodes else None)


def _members_of_item(item: Value) -> Iterator[Member]:
    """The layers that one place of a Sequential can be, in order: several if a loop or a branch decides."""
    if isinstance(item, Repeated):
        kept: list[Value] = []
        for part in held(item.value):
            twin = next((one for one in kept if in_one_loop(one, part) or one.site is part.site), None)
            if twin is None and is_layer(part):
                kept.append(part)
        for part in kept:
            if isinstance(part, (LibraryObject, Instance)) and not _is_input_layer(part):
                loops = stands_in_loop(part)
                yield Member(part, repeated=loops, optional=not loops)
        return
    members = item.alternatives()
    for part in members:
        if isinstance(part, (LibraryObject, Instance)) and is_layer(part) and not _is_input_layer(part):
            yield Member(part, optional=len(members) > 1)


def _is_input_layer(layer: Value) -> bool:
    return library_class(layer) == "keras.layers.InputLayer"


# functional -------------------------------------------------------------------------------------
def _functional(machine: Interpreter, model: LibraryObject | Instance, graph: Graph) -> Network:
    network = Network(model, "functional", inputs=list(graph.inputs), outputs=list(graph.outputs))
    optional = _optional(graph)
    calls: dict[int, list[Vertex]] = {}
    for vertex in graph.finished:
        if vertex.layer is not None:
            calls.setdefault(id(vertex.layer), []).append(vertex)
    kept: list[Member] = []
    for value in graph.layers:
        vertices = calls[id(value)]
        for layer in value.alternatives():
            if not isinstance(layer, (LibraryObject, Instance)) or not is_layer(layer) or _is_input_layer(layer):
                continue
            first = vertices[0]
            member = Member(layer, None, first.value, tuple(_inbound(graph, first)), shared=len(vertices))
            member.optional = id(value) in optional or len(value.alternatives()) > 1
            node = _node_with(machine, layer, first.value)
            member.inputs = node.inputs if node is not None else first.tensors[0] if first.tensors else None
            member.output = node.output if node is not None else first.value
            twin = next((one for one in kept if in_one_loop(one.layer, layer)), None) if member.optional else None
            if twin is not None:
                twin.repeated = True
            else:
                kept.append(member)
    network.members = kept
    return network


def _inbound(graph: Graph, vertex: Vertex) -> Iterator[Value]:
    for source in graph.sources(vertex):
        if source.layer is not None:
            yield source.layer


def _optional(graph: Graph) -> set[int]:
    """The layers that not every way through the program's branches has."""
    found: set[int] = set()
    for vertex in graph.finished:
        if vertex.kind == "choice":
            ways = [_behind(parent) for parent in vertex.parents]
            every = {layer for way in ways for layer in way}
            found |= {layer for layer in every if not all(layer in way for way in ways)}
    return found


def _behind(vertex: Vertex) -> set[int]:
    found: set[int] = set()
    todo, seen = [vertex], set[int]()
    while todo:
        at = todo.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        if at.layer is not None:
            found.add(id(at.layer))
        todo += at.parents
    return found


# subclassed -------------------------------------------------------------------------------------
def _subclassed(machine: Interpreter, model: Instance) -> Network:
    network = Network(model, "subclassed")
    for part in tracked_layers(model):
        if not isinstance(part, (LibraryObject, Instance)) or _is_input_layer(part):
            continue
        member = Member(part)
        node = _best_node(machine, part)
        if node is not None:
            member.inputs, member.output = node.inputs, node.output
            member.shared = max(1, len({n.site.record for n in nodes_of(machine, part)}))
        network.members.append(member)
    called = _best_node(machine, model)
    if called is not None:
        network.inputs = [called.inputs] if called.inputs is not None else []
        network.outputs = [called.output] if called.output is not None else []
    return network


# names ------------------------------------------------------------------------------------------
class Names:
    """The names that Keras gives layers: those that the code gives, else by class, counted in order.

    Args:
        machine: the interpreter that ran the program.
        keras: which Keras it is for, 2 or 3.
    """

    def __init__(self, machine: Interpreter, keras: int | None) -> None:
        self._names: dict[int, str] = {}
        self._keras = keras
        counts: dict[tuple[object, str], int] = {}
        for layer in made_layers(machine):
            given = name_of(layer)
            if given is None:
                root = root_of(machine, layer)
                stem = _stem(layer, keras)
                number = counts.get((root, stem), 0)
                counts[root, stem] = number + 1
                given = f"{stem}_{number}" if number else stem
            self._names[id(layer)] = given

    def of(self, layer: Value) -> str:
        """A layer's name; an input's by its own name, ``input`` if it has none."""
        found = self._names.get(id(layer))
        if found is not None:
            return found
        if isinstance(layer, Computed):
            given = layer.options.get("name")
            word = getattr(given, "value", None)
            return word if isinstance(word, str) else "input"
        return name_of(layer) or _stem(layer, self._keras)


def _stem(layer: Value, keras: int | None) -> str:
    """What Keras names a layer of a class, before it counts."""
    if isinstance(layer, LibraryObject) and is_application(layer):
        entry = lookup(layer.name)
        given = entry.default("name") if entry is not None else None
        return given if isinstance(given, str) else layer.name.rpartition(".")[2].lower()
    if isinstance(layer, LibraryObject) and layer.name == "keras.Model" and keras == 2:
        return "model"
    return snake_case(class_name(layer))


def class_name(layer: Value) -> str:
    """A layer's class, ``Dense``; of the project's own classes their name."""
    if isinstance(layer, Instance):
        return layer.cls.name
    name = layer.name if isinstance(layer, LibraryObject) else ""
    if name == "keras.Model" or is_application(layer):
        return "Functional"
    return _TODAY.get(name.rpartition(".")[2], name.rpartition(".")[2])


_TODAY = {
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "MaxPool1D": "MaxPooling1D",
    "MaxPool2D": "MaxPooling2D",
    "MaxPool3D": "MaxPooling3D",
    "AvgPool1D": "AveragePooling1D",
    "AvgPool2D": "AveragePooling2D",
    "AvgPool3D": "AveragePooling3D",
    "GlobalMaxPool1D": "GlobalMaxPooling1D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D",
    "GlobalMaxPool3D": "GlobalMaxPooling3D",
    "GlobalAvgPool1D": "GlobalAveragePooling1D",
    "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "GlobalAvgPool3D": "GlobalAveragePooling3D",
    "Convolution2DTranspose": "Conv2DTranspose",
    "Convolution1DTranspose": "Conv1DTranspose",
    "Convolution3DTranspose": "Conv3DTranspose",
    "Deconvolution2D": "Conv2DTranspose",
    "SeparableConvolution1D": "SeparableConv1D",
    "SeparableConvolution2D": "SeparableConv2D",
}


def snake_case(name: str) -> str:
    """``BatchNormalization`` → ``batch_normalization``, as Keras names layers."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


class Holders:
    """What a reader calls networks: the variable or attribute that holds one, the function or class that makes it.

    Args:
        machine: the interpreter that ran the program.
        unit: the file that was asked about.
    """

    def __init__(self, machine: Interpreter, unit: Unit) -> None:
        self._machine = machine
        self._held: dict[int, str] = {}
        module = machine.modules.get(unit.filename)
        for holder in (module, *machine.objects):
            for name, value in holder.slots.items() if holder is not None else ():
                self._note(self._held, value, name)
        self._handed: dict[int, str] = {}
        for event in sorted(machine.events, key=lambda event: event.depth):
            if isinstance(event.callee, FunctionValue) and event.call is not None:
                self._note(self._handed, event.result, _target(event.call) or event.callee.function.name)

    @staticmethod
    def _note(names: dict[int, str], value: Value, name: str) -> None:
        for member in value.alternatives():
            if is_model(member):
                names.setdefault(id(member), name)

    def name(self, network: Network) -> str:
        """What a network is called."""
        model = network.model
        held = self._held.get(id(model))
        if held is not None:
            return held
        root = root_of(self._machine, model)
        if isinstance(root, str) and self._machine.memory.get(("returned", id(model))) == root:
            return root
        handed = self._handed.get(id(model)) or (_target(model.site.record) if model.site is not None else None)
        return handed or (model.cls.name if isinstance(model, Instance) else "model")


def _target(record: r.Record) -> str | None:
    parent = record.parent
    if isinstance(parent, r.Assign) and len(parent.targets) == 1:
        target = parent.targets[0]
        if isinstance(target, r.Name):
            return target.id
        if isinstance(target, r.Attribute):
            return target.attr
    return None
