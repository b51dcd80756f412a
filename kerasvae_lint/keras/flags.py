"""The ``training`` that layers are called with where a functional model is built; who heeds it, and how models run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.backbones import is_of_backbone
from kerasvae_lint.keras.graph import Graph
from kerasvae_lint.keras.kinds import is_application, is_layer, is_model, library_class
from kerasvae_lint.keras.layers import (
    Node,
    argument_of,
    every_node,
    made_layers,
    model_inputs,
    model_outputs,
    nodes_of,
    sequential_layers,
)
from kerasvae_lint.keras.methods import tracked_layers
from kerasvae_lint.keras.training import TRAINS, Run, runs
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import (
    Constant,
    FunctionValue,
    Instance,
    LibraryObject,
    ListObject,
    Tuple,
    Value,
    constant,
    held,
    is_none,
)
from kerasvae_lint.values.unit import Unit

MAX_DEPTH = 6
RATES = {
    **{f"keras.layers.{name}": "rate" for name in ("Dropout", "GaussianDropout", "AlphaDropout")},
    **{f"keras.layers.SpatialDropout{rank}D": "rate" for rank in (1, 2, 3)},
    "keras.layers.GaussianNoise": "stddev",
}
"""The layers that draw at random in training and hand on what they get else, with the parameter that says how much."""
NORMALIZATIONS = frozenset(
    {"keras.layers.BatchNormalization", "keras.layers.experimental.SyncBatchNormalization"},
)
"""The layers that go by the batch, and note its statistics, in training, and by these statistics else."""
_DROP_INSIDE = frozenset(
    f"keras.layers.{name}"
    for name in (
        *("SimpleRNN", "GRU", "LSTM", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "SimpleRNNCell", "GRUCell", "LSTMCell"),
        *("MultiHeadAttention", "GroupQueryAttention", "Attention", "AdditiveAttention"),
    )
)
_HELD_BY_WRAPPERS = ("layer", "cell", "backward_layer")
_WITHOUT = ("VGG", "ConvNeXt")
"""How the names of those networks of ``keras.applications`` begin that hold no BatchNormalization."""
_ASKS = frozenset({"evaluate", "predict", "evaluate_generator", "predict_generator", "test_on_batch"})
ASKS = _ASKS | {"predict_on_batch"}
"""The methods that run a model with ``training=False``."""
Path = tuple[LibraryObject | Instance, ...]


@dataclass(eq=False, slots=True)
class GivenFlag:
    """One call of a layer with ``training=True`` or ``False`` while functional models are built.

    Attributes:
        node: the call.
        layer: what is called.
        training: what is asked for.
        models: the functional models that the call is part of.
    """

    node: Node
    layer: LibraryObject | Instance
    training: bool
    models: list[LibraryObject | Instance] = field(default_factory=list)


def given_flags(machine: Interpreter, unit: Unit) -> list[GivenFlag]:
    """The calls of a file that name a mode and that functional models are made of, in order of time."""
    found: dict[int, GivenFlag] = {}
    for node in every_node(machine):
        training = flag_of(node)
        if training is not None and node.site.unit is unit and isinstance(node.layer, (LibraryObject, Instance)):
            found[id(node)] = GivenFlag(node, node.layer, training)
    if not found:
        return []
    for model, graph in _functional(machine):
        for vertex in graph.finished:
            for layer in vertex.layer.alternatives() if vertex.kind == "layer" and vertex.layer is not None else ():
                for node in nodes_of(machine, layer):
                    flag = found.get(id(node))
                    if flag is not None and _gives(node, vertex.value) and model not in flag.models:
                        flag.models.append(model)
    return [flag for flag in found.values() if flag.models]


def flag_of(node: Node) -> bool | None:
    """The mode that a call names; None for one that leaves it open, and where it is not known."""
    given = node.arguments.keywords.get("training")
    if not isinstance(given, Constant) or given.assumed or not isinstance(given.value, (bool, int)):
        return None
    return bool(given.value)


def _functional(machine: Interpreter) -> list[tuple[LibraryObject | Instance, Graph]]:
    """The functional models that have been made up to now, each with its calls."""
    place = ("functional models", len(made_layers(machine)))
    known = machine.memory.get(place)
    if isinstance(known, list):
        return known
    found: list[tuple[LibraryObject | Instance, Graph]] = []
    for model in made_layers(machine):
        outputs = model_outputs(model)
        if outputs is not None and is_model(model) and not is_of_backbone(model.site):
            before = model.order if isinstance(model, LibraryObject) else 1 << 60
            found.append((model, Graph(machine, outputs, model_inputs(model), before)))
    machine.memory[place] = found
    return found


def _gives(node: Node, value: Value) -> bool:
    if node.output is value:
        return True
    state = node.output.items if isinstance(node.output, ListObject) else node.output
    return isinstance(state, Tuple) and any(item is value for item in state.items)


# who heeds a mode -------------------------------------------------------------------------------
def draws(machine: Interpreter, layer: Value) -> bool:
    """True for a layer whose output is random in training: dropout or noise, its own or in it."""
    return any(_is_random(path[-1]) for path in _reached(machine, layer))


def normalizations(machine: Interpreter, layer: Value) -> list[Path]:
    """The BatchNormalization layers that a layer's mode reaches, each with the layers around it, outermost first.

    A network of ``keras.applications`` stands for those in it.
    """
    return [path for path in _reached(machine, layer) if is_normalization(path[-1])]


def is_normalization(layer: Value) -> bool:
    """True for BatchNormalization, and for a network of ``keras.applications`` that has some."""
    if is_application(layer) and isinstance(layer, LibraryObject):
        word = layer.name.rpartition(".")[2]
        return word[:1].isupper() and not word.startswith(_WITHOUT)
    return library_class(layer) in NORMALIZATIONS


def _is_random(layer: Value) -> bool:
    name = library_class(layer)
    words = (RATES[name],) if name in RATES else ("dropout", "recurrent_dropout") if name in _DROP_INSIDE else ()
    for word in words:
        given = argument_of(layer, word)
        if given is not None and not is_none(given) and constant(given) not in (0, 0.0, False):
            return True
    return False


def heeding(machine: Interpreter, node: Node) -> list[Path]:
    """The layers that one call reaches and that do something else in training, each with those around it.

    Not those that are frozen, and none below a ``call`` that trains unless it is told otherwise.
    """
    return [
        path
        for path in _reached(machine, node.layer, during=(node.order, node.until))
        if _is_random(path[-1]) or (is_normalization(path[-1]) and not any(map(_may_be_frozen, path)))
        if not any(_trains_by_itself(machine, layer) for layer in path)
    ]


def _may_be_frozen(layer: Value) -> bool:
    given = argument_of(layer, "trainable")
    return given is not None and any(constant(member) is not True for member in given.alternatives())


def _trains_by_itself(machine: Interpreter, layer: Value) -> bool:
    method = machine.method(layer, "call")
    given = method.defaults.get("training") if isinstance(method, FunctionValue) else None
    return given is not None and any(constant(member) not in (None, False, 0) for member in given.alternatives())


def _reached(
    machine: Interpreter, layer: Value, around: Path = (), during: tuple[int, int] | None = None
) -> Iterator[Path]:
    """The layers without others in them that a layer hands its mode down to, each with those around it.

    Args:
        machine: the interpreter, after it ran.
        layer: the layer.
        around: the layers that it is in.
        during: from when until when those in it are called; None for at any time.
    """
    if not isinstance(layer, (LibraryObject, Instance)) or not is_layer(layer) or len(around) > MAX_DEPTH:
        return
    path = (*around, layer)
    if isinstance(layer, Instance) and isinstance(machine.method(layer, "call"), FunctionValue):
        for part in tracked_layers(layer):
            nodes = nodes_of(machine, part)
            if during is not None:
                nodes = [node for node in nodes if during[0] < node.order < during[1]]
            if nodes and not any(_names_own_mode(node) for node in nodes):
                yield from _reached(machine, part, path, during)
        return
    inner = list(parts(machine, layer))
    for part in inner:
        yield from _reached(machine, part, path, during)
    if not inner:
        yield path


def parts(machine: Interpreter, layer: LibraryObject | Instance) -> Iterator[Value]:
    """The layers that a Sequential, a functional model or a wrapper holds."""
    listed = sequential_layers(layer)
    outputs = model_outputs(layer)
    if listed is not None:
        yield from (part for item in listed.items for part in held(item) if is_layer(part))
    elif outputs is not None:
        before = layer.order if isinstance(layer, LibraryObject) else 1 << 60
        for value in Graph(machine, outputs, model_inputs(layer), before).layers:
            yield from (part for part in value.alternatives() if is_layer(part))
    else:
        for word in _HELD_BY_WRAPPERS:
            given = argument_of(layer, word)
            yield from (part for part in given.alternatives() if is_layer(part)) if given is not None else ()


def _names_own_mode(node: Node) -> bool:
    """True for a call in a layer's own code that does not go by the mode of that layer: there the code's word holds."""
    record = node.site.record
    for argument in record.arguments if isinstance(record, r.Call) else ():
        if argument.name == "training":
            value = argument.value
            return not (isinstance(value, r.Name) and value.id == "training")
    return False


# how models run ---------------------------------------------------------------------------------
def outer_models(machine: Interpreter, models: list[LibraryObject | Instance]) -> list[LibraryObject | Instance]:
    """Models, and those that run them in their own mode, from the inside out."""
    found = list(models)
    for model in made_layers(machine):
        if not is_model(model) or any(model is one for one in found):
            continue
        inside = {id(part) for part in _run_by(machine, model)}
        if any(id(one) in inside for one in found):
            found.append(model)
    return found


def _run_by(machine: Interpreter, model: LibraryObject | Instance) -> Iterator[Value]:
    if not isinstance(model, Instance) or model_outputs(model) is not None or sequential_layers(model) is not None:
        yield from parts(machine, model)
        return
    method = machine.method(model, "call")
    if isinstance(method, FunctionValue) and any(p.name == "training" for p in method.function.parameters):
        yield from tracked_layers(model)


def runs_of(machine: Interpreter, models: list[LibraryObject | Instance]) -> list[Run]:
    """What is done with any of several models, in order of time."""
    keys = {model.key for model in models}
    return [run for run in runs(machine) if any(model.key in keys for model in run.model.alternatives())]


def data_calls(machine: Interpreter, models: list[LibraryObject | Instance], flags: list[GivenFlag]) -> list[Node]:
    """The calls of models that build no functional model: on data, or in a step of one's own."""
    built = {id(flag.node) for flag in flags}
    nodes = [node for model in models for node in nodes_of(machine, model) if id(node) not in built]
    used = {id(vertex.value) for _, graph in _functional(machine) for vertex in graph.finished}
    return [node for node in nodes if node.output is None or id(node.output) not in used]


def trainings_of(machine: Interpreter, models: list[LibraryObject | Instance]) -> Iterator[tuple[int, r.Record]]:
    """When and where the step of ``fit`` that trains models is traced: at the first one after each ``compile``."""
    compiled = True
    for run in runs_of(machine, models):
        if run.method == "compile":
            compiled = True
        elif run.method in TRAINS and compiled:
            compiled = False
            yield run.order, run.site.record


__all__ = [
    "ASKS",
    "NORMALIZATIONS",
    "RATES",
    "GivenFlag",
    "data_calls",
    "draws",
    "flag_of",
    "given_flags",
    "heeding",
    "is_normalization",
    "normalizations",
    "outer_models",
    "parts",
    "runs_of",
    "trainings_of",
]
