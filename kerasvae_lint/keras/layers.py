"""What calling a layer or a model gives."""

from __future__ import annotations

from kerasvae_lint.binding.records import Function
from kerasvae_lint.keras.kinds import is_layer, library_class
from kerasvae_lint.keras.reuse import put_in
from kerasvae_lint.keras.shaping import shapes_of, static_shape
from kerasvae_lint.keras.tensors import is_callable
from kerasvae_lint.library import lookup, string_alias
from kerasvae_lint.values.interpreter import CONSTRUCTION, TRACING
from kerasvae_lint.values.lattice import (
    Computed,
    Constant,
    DictObject,
    Entries,
    Instance,
    LibraryName,
    LibraryObject,
    ListObject,
    Native,
    Repeated,
    Site,
    Tuple,
    Union,
    Unknown,
    Value,
    constant,
    held,
    is_none,
    join,
    plainly,
)
from kerasvae_lint.values.world import Arguments, Machine

MAX_LAYERS = 300
LAYER_LIST = "[layers]"
"""The slot in which a Sequential holds its layers, its input among them."""
MAX_NODES = 64
_ENDS = frozenset({"input", "output"})
_FUNCTION_LAYERS = frozenset({"keras.layers.Lambda", "tfp.layers.DistributionLambda"})
MAX_PRODUCTS = 16


def note_made(machine: Machine, made: LibraryObject | Instance) -> None:
    """Remember that a layer or model is made."""
    every = machine.memory.setdefault("layers", [])
    assert isinstance(every, list)
    every.append(made)
    machine.memory["root of", id(made)] = machine.memory.get("root")


_LAYERS_OF_FUNCTIONS = {
    "keras.layers.add": "Add",
    "keras.layers.subtract": "Subtract",
    "keras.layers.multiply": "Multiply",
    "keras.layers.average": "Average",
    "keras.layers.maximum": "Maximum",
    "keras.layers.minimum": "Minimum",
    "keras.layers.concatenate": "Concatenate",
    "keras.layers.dot": "Dot",
    "keras.layers.merge": "Merge",
}


def note_function_layer(machine: Machine, value: Value) -> None:
    """``add([a, b])`` makes a layer and calls it at once."""
    if not isinstance(value, Computed) or not isinstance(value.maker, LibraryName) or value.site is None:
        return
    name = _LAYERS_OF_FUNCTIONS.get(value.maker.name)
    if name is None:
        return
    options = {word: option for word, option in value.options.items() if word != "x"}
    layer = LibraryObject(f"keras.layers.{name}", "layer", value.site, options, order=value.order)
    note_made(machine, layer)
    machine.memory["function layer", id(value)] = (value, layer)
    note_node(machine, layer, Arguments(value.operands), value.site).output = value


def function_layer_of(machine: Machine, value: Value) -> Value | None:
    """The layer that a function made for what it gives; None for all else."""
    found = machine.memory.get(("function layer", id(value)))
    return found[1] if isinstance(found, tuple) else None


def made_layers(machine: Machine) -> list[LibraryObject | Instance]:
    """Every layer and model that the program made, in order."""
    found = machine.memory.get("layers")
    return found if isinstance(found, list) else []


def root_of(machine: Machine, made: Value) -> object:
    """The function that nobody calls and in whose run a layer was made; None for the program itself."""
    return machine.memory.get(("root of", id(made)))


def call_layer(machine: Machine, layer: Value, arguments: Arguments, site: Site) -> Value:
    """Call a layer or model: the project's own run their ``call``, models their layers, others are a formula."""
    arguments = _as_it_is(arguments)
    node = note_node(machine, layer, arguments, site)
    found = _followed(machine, layer, arguments, site)
    node.until = machine.now
    if found is None:
        node.output = output_of(machine, layer, arguments.get(0, "inputs", "x"), arguments, site)
        return node.output
    found = node.output = _told_apart(machine, layer, found, arguments, site)
    note_product(machine, found, layer, arguments)
    return found


def _told_apart(machine: Machine, layer: Value, output: Value, arguments: Arguments, site: Site) -> Value:
    """What a layer hands on as it is, as a tensor of its own: what comes out is told from what goes in."""
    same = [*arguments.positional[:1]]
    declared = model_outputs(layer)
    if declared is not None:
        same.append(declared)  # a model that is called gives tensors of its own, not those that it was made with
    given = {id(part) for value in same for part in held(value) if _is_tensor_of_model(part)}
    if not given:
        return output

    def own(value: Value) -> Value:
        if id(value) in given:
            kind = value.kind if isinstance(value, Computed) else "tensor"
            return Computed("identity", (value,), kind, site, None, None, None, machine.phase, machine.now)
        if isinstance(value, Union):
            return join(*map(own, value.members)) if any(id(member) in given for member in value.members) else value
        if not any(id(part) in given for part in held(value)):
            return value
        if isinstance(value, Tuple):
            return Tuple(map(own, value.items), value.site, value.rest and own(value.rest))
        if isinstance(value, ListObject) and isinstance(state := own(value.items), Tuple):
            return ListObject(state, value.site, value.kind)
        if isinstance(value, DictObject):
            entries = value.entries
            items = {key: (word, own(part)) for key, (word, part) in entries.items.items()}
            return DictObject(Entries(items, entries.rest), value.site)
        return value

    return own(output)


def _is_tensor_of_model(value: Value) -> bool:
    """True for a formula, and for the output of a layer that was asked for by name and that nobody can tell."""
    return isinstance(value, Computed) or is_unseen_end(value)


def is_unseen_end(value: Value) -> bool:
    """True for ``model.get_layer(name).output`` of a layer that nobody can tell."""
    if not isinstance(value, Unknown) or value.name not in _ENDS or not isinstance(value.base, Unknown):
        return False
    return value.base.reason == "get_layer"


def _as_it_is(arguments: Arguments) -> Arguments:
    """The same with lists as they are now: the code may go on to fill them."""
    if not any(isinstance(value, ListObject) for value in arguments.positional):
        return arguments
    now = [ListObject(v.items, v.site, v.kind) if isinstance(v, ListObject) else v for v in arguments.positional]
    return Arguments(tuple(now), arguments.keywords, arguments.more, arguments.others)


def _followed(machine: Machine, layer: Value, arguments: Arguments, site: Site) -> Value | None:
    """What a layer gives whose mathematics can be followed."""
    if isinstance(layer, Instance):
        found = _own_call(machine, layer, arguments, site)
        if found is not None:
            return found
    name = library_class(layer)
    if name in _FUNCTION_LAYERS:
        found = _lambda(machine, layer, arguments, site)
        if found is not None:
            return found
    if name == "keras.Sequential":
        found = _sequential(machine, layer, arguments, site)
        if found is not None:
            return found
    if name == "keras.Model":
        return _functional(machine, layer, arguments, site)
    return None


def _functional(machine: Machine, model: Value, arguments: Arguments, site: Site) -> Value | None:
    """What a functional model gives: its outputs, and from the second call on those of the inputs that it gets."""
    outputs, declared, given = model_outputs(model), model_inputs(model), arguments.get(0, "inputs", "x")
    if outputs is None or declared is None or given is None:
        return outputs
    places, _ = _items(machine, declared, site)
    values, _ = _items(machine, given, site)
    calls = machine.memory.setdefault(("inputs", model.key), [])
    assert isinstance(calls, list)
    for earlier, given_then in calls:
        if [v.key for v in earlier] == [v.key for v in values]:
            return given_then if isinstance(given_then, Value) else outputs
    result: Value = outputs
    if (calls or _is_resized(machine, places, values)) and len(places) == len(values):
        found = put_in(outputs, {id(place): value for place, value in zip(places, values, strict=True)})
        if found is not None:
            result = found[0]
            rebuilt_values(machine).extend(found[1])
    if len(calls) < MAX_PRODUCTS:
        calls.append((values, result))
    return result


def rebuilt_values(machine: Machine) -> list[Value]:
    """What was computed anew because a functional model was called on other inputs: no code of its own computes it."""
    found = machine.memory.setdefault("rebuilt", [])
    assert isinstance(found, list)
    return found


def _is_resized(machine: Machine, places: tuple[Value, ...], values: tuple[Value, ...]) -> bool:
    """True where a model gets inputs of another shape than it was made for: all its shapes change with it.

    An axis of size 1 that is left out is not another shape: Keras puts it there.
    """
    shapes = shapes_of(machine)
    pairs = [(shapes.shape(place), shapes.shape(value)) for place, value in zip(places, values, strict=False)]
    known = [(place, given) for place, given in pairs if given is not None]
    return any(given != place and (place is None or len(place) == len(given)) for place, given in known)


def _items(machine: Machine, value: Value, site: Site) -> tuple[tuple[Value, ...], Value | None]:
    """The tensors that one argument of a model holds: itself, or those of a list."""
    if isinstance(value, (ListObject, Tuple)):
        return machine.iterate(value, site)
    return (value,), None


def note_loss(machine: Machine, model: Value, loss: Value) -> None:
    """Remember a loss that a model is given from outside."""
    added_losses(machine, model).append(loss)


def added_losses(machine: Machine, model: Value) -> list[Value]:
    """The tensors that ``model.add_loss`` was given: Keras 2 makes the layers behind them layers of the model."""
    found = machine.memory.setdefault(("added losses", model.key), [])
    assert isinstance(found, list)
    return found


class Product:
    """What a layer gave that was followed into its mathematics.

    Attributes:
        value: the output.
        layer: the layer that was called.
        inputs: what it was called with.
        order: when.
    """

    __slots__ = ("inputs", "layer", "order", "value")

    def __init__(self, value: Value, layer: Value, inputs: tuple[Value, ...], order: int) -> None:
        self.value = value
        self.layer = layer
        self.inputs = inputs
        self.order = order


def note_product(machine: Machine, value: Value, layer: Value, arguments: Arguments) -> None:
    """Remember which layer an output comes from, where its formula doesn't say so any more."""
    inputs = (*arguments.positional, *arguments.keywords.values())
    state = value.items if isinstance(value, ListObject) else value
    order = machine.now
    parts = [value, *(state.items if isinstance(state, Tuple) else ())]
    parts += [part for _, part in value.entries.items.values()] if isinstance(value, DictObject) else []
    parts += [member for part in parts if isinstance(part, Union) for member in part.members]
    for part in parts:
        machine.memory["product", id(part)] = [
            *products_of(machine, part)[-MAX_PRODUCTS:],
            Product(part, layer, inputs, order),
        ]


def products_of(machine: Machine, value: Value) -> list[Product]:
    """The layers that gave an output and were followed, those inside of others first."""
    found = machine.memory.get(("product", id(value)))
    return found if isinstance(found, list) else []


def output_of(machine: Machine, layer: Value, inputs: Value | None, arguments: Arguments, site: Site) -> Computed:
    """The output of a layer whose mathematics nobody follows, as a formula over its inputs."""
    operands = (inputs,) if inputs is not None else arguments.positional
    options = dict(arguments.keywords)
    for position, value in enumerate(arguments.positional[1:], 1):
        options[f"#{position}"] = value
    return Computed("layer", operands, "tensor", site, options, layer, None, machine.phase, machine.now)


class Node:
    """One call of a layer.

    Attributes:
        layer: what is called.
        arguments: with what.
        output: what it gives; None while the call goes on.
        site: where.
        function: the function whose code the call is; None at module level.
        order: when.
        until: when it is over; 0 while it goes on.
    """

    __slots__ = ("arguments", "function", "layer", "order", "output", "site", "until")

    def __init__(self, layer: Value, arguments: Arguments, site: Site, function: Function | None, order: int) -> None:
        self.layer = layer
        self.arguments = arguments
        self.output: Value | None = None
        self.site = site
        self.function = function
        self.order = order
        self.until = 0

    @property
    def inputs(self) -> Value | None:
        """What it is called on."""
        return self.arguments.get(0, "inputs", "x")


def note_node(machine: Machine, layer: Value, arguments: Arguments, site: Site) -> Node:
    """Remember that a layer is called."""
    node = Node(layer, arguments, site, machine.function, machine.now)
    nodes = nodes_of(machine, layer)
    if len(nodes) < MAX_NODES:
        nodes.append(node)
        every_node(machine).append(node)
    return node


def nodes_of(machine: Machine, layer: Value) -> list[Node]:
    """The calls of a layer, in order of time."""
    found = machine.memory.setdefault(("nodes", layer.key), [])
    assert isinstance(found, list)
    return found


def every_node(machine: Machine) -> list[Node]:
    """The calls of all layers, in order of time."""
    found = machine.memory.setdefault("nodes", [])
    assert isinstance(found, list)
    return found


def _own_call(machine: Machine, layer: Instance, arguments: Arguments, site: Site) -> Value | None:
    build_once(machine, layer, site, arguments.get(0, "inputs", "x"))
    method = machine.method(layer, "call")
    if method is None:
        return None
    return machine.call(method, arguments, site)


def build_once(machine: Machine, layer: Instance, site: Site, inputs: Value | None = None) -> None:
    """Run a layer's ``build`` before its first call, for the shape of what it is called on."""
    if layer.facts.get("built"):
        return
    layer.facts["built"] = True
    build = machine.method(layer, "build")
    if build is not None:
        shape = static_shape(machine, inputs, site) if inputs is not None else None
        if shape is None:
            shape = Computed("shape", (), "shape", site)
        with machine.in_phase(CONSTRUCTION):
            machine.call(build, Arguments((shape,)), site)


def _lambda(machine: Machine, layer: Value, arguments: Arguments, site: Site) -> Value | None:
    given = argument_of(layer, "function", "make_distribution_fn")
    if given is None:
        return None
    inputs = arguments.positional
    extra = argument_of(layer, "arguments")
    keywords = dict(arguments.keywords)
    if extra is not None:
        items = machine.call(machine.get_attribute(extra, "items", site), Arguments(), site)
        pairs, _ = machine.iterate(items, site)
        for pair in pairs:
            if isinstance(pair, Tuple) and len(pair.items) == 2:
                name = constant(pair.items[0])
                if isinstance(name, str):
                    keywords[name] = pair.items[1]
    if not any(is_callable(member) or isinstance(member, (LibraryName, Native)) for member in given.alternatives()):
        return None
    keywords = {k: v for k, v in keywords.items() if k not in {"training", "mask"}}
    with machine.in_phase(TRACING):
        return machine.call(given, Arguments(inputs, keywords), site)


def _sequential(machine: Machine, layer: Value, arguments: Arguments, site: Site) -> Value | None:
    layers = sequential_layers(layer)
    inputs = arguments.get(0, "inputs", "x")
    if layers is None or inputs is None or layers.rest is not None or len(layers.items) > MAX_LAYERS:
        return None
    value = inputs
    if not layers.items:  # an exercise to be filled in: whatever it will give, it is not the input
        return Computed("hidden", (value,), "tensor", site, None, layer)
    for item in layers.items:
        if isinstance(item, Repeated):
            value = Computed("hidden", (value,), "tensor", item.site or site, None, layer)
            continue
        member = item.alternatives()[0]
        if (isinstance(member, Computed) and member.op == "input") or is_none(member):
            continue
        value = machine.call(item, Arguments((value,)), site)
    return value


def sequential_layers(model: Value) -> Tuple | None:
    """The layers of a Sequential in order; None if it is none."""
    if not isinstance(model, (LibraryObject, Instance)):
        return None
    own = model.slots.get(LAYER_LIST)
    return own.items if isinstance(own, ListObject) else None


def model_outputs(model: Value) -> Value | None:
    """What a functional model was told that its outputs are."""
    if isinstance(model, LibraryObject):
        given = model.arguments.get("outputs", model.arguments.get("output"))
        if given is None and len(model.positional) > 1:
            given = model.positional[1]
        return given
    if isinstance(model, Instance):
        for arguments in model.arguments.values():
            if "outputs" in arguments:
                return arguments["outputs"]
    return None


def model_inputs(model: Value) -> Value | None:
    """What a functional model was told that its inputs are."""
    if isinstance(model, LibraryObject):
        given = model.arguments.get("inputs", model.arguments.get("input"))
        if given is None and model.positional:
            given = model.positional[0]
        return given
    if isinstance(model, Instance):
        for arguments in model.arguments.values():
            if "inputs" in arguments:
                return arguments["inputs"]
    return None


def argument_of(obj: Value, *names: str) -> Value | None:
    """What an object was made with, by parameter name; its attribute of that name if it has been set since."""
    if isinstance(obj, (LibraryObject, Instance)):
        for name in names:
            if name in obj.slots:
                return obj.slots[name]
    if isinstance(obj, LibraryObject):
        for name in names:
            if name in obj.arguments:
                return obj.arguments[name]
    elif isinstance(obj, Instance):
        for given in obj.arguments.values():
            for name in names:
                if name in given:
                    return given[name]
    return None


def activation_name(value: Value) -> str | None:
    """The name of an activation: ``sigmoid``; ``linear`` for None; None if it can't be told."""
    plain = plainly(value)
    if isinstance(plain, Constant):
        if plain.value is None:
            return "linear"
        if isinstance(plain.value, str):
            found = string_alias("activation", plain.value)
            return found.rpartition(".")[2] if found is not None else plain.value
        return None
    if isinstance(plain, LibraryName):
        entry = lookup(plain.name)
        word = entry.operation if entry is not None else plain.name.rpartition(".")[2]
        return "linear" if word == "identity" else word
    if isinstance(plain, LibraryObject) and plain.kind == "layer":
        return plain.name.rpartition(".")[2].lower()
    return None


__all__ = [
    "LAYER_LIST",
    "Node",
    "activation_name",
    "argument_of",
    "build_once",
    "call_layer",
    "every_node",
    "is_layer",
    "model_inputs",
    "model_outputs",
    "nodes_of",
    "sequential_layers",
]
