"""Where the inputs of a model first meet weights, and what the model does to them before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.keras.data import Step
from kerasvae_lint.keras.data_reader import DataReader, data_reader
from kerasvae_lint.keras.kinds import is_application, is_layer, is_model, library_class
from kerasvae_lint.keras.layers import argument_of, sequential_layers
from kerasvae_lint.keras.networks import Member, Network, network_of
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import Computed, Instance, LibraryObject, ListObject, Repeated, Tuple, Value

_WEIGHTED = frozenset(
    {
        *("Dense", "Conv1D", "Conv2D", "Conv3D", "Convolution1D", "Convolution2D", "Convolution3D"),
        *("SeparableConv1D", "SeparableConv2D", "SeparableConvolution1D", "SeparableConvolution2D"),
        *("DepthwiseConv1D", "DepthwiseConv2D", "Conv2DTranspose", "LocallyConnected1D", "LocallyConnected2D"),
        *("LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "CuDNNLSTM", "CuDNNGRU"),
    }
)
_WRAPPERS = frozenset({"TimeDistributed", "Bidirectional"})
_LEVELLING = frozenset(
    {"BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization", "InstanceNormalization"}
)
_MAX_DEPTH = 4


@dataclass(frozen=True, eq=False, slots=True)
class Entrance:
    """A layer that gets the inputs of a model before any other weights do.

    Attributes:
        layer: the layer, or a ready-made network of ``keras.applications``.
        steps: what the model does to its inputs before.
        is_known: False if the layer, or something before it, is nobody's that can be followed.
        is_levelled: True if a normalisation follows at once, after which the scale of the inputs matters little.
    """

    layer: Value
    steps: tuple[Step, ...]
    is_known: bool
    is_levelled: bool

    @property
    def is_application(self) -> bool:
        """True for a ready-made network."""
        return is_application(self.layer)


def entrances(machine: Interpreter, network: Network) -> list[Entrance]:
    """The layers of a model that its inputs reach first; none if it is not known how they are called."""
    return list(_entrances(machine, data_reader(machine), network, (), _MAX_DEPTH))


def _entrances(
    machine: Interpreter, reader: DataReader, network: Network, before: tuple[Step, ...], depth: int
) -> Iterator[Entrance]:
    if network.kind == "sequential" and not _is_all_known(network.model):
        return
    behind: tuple[Step, ...] | None = () if network.kind == "sequential" else None
    for index, member in enumerate(network.members):
        found = _steps_before(reader, member) if member.inputs is not None else behind
        if found is None and index == 0 and not member.inbound and is_application(member.layer):
            found = ()
        own = _steps_of(reader, member.layer)
        behind = (*behind, *own) if behind is not None and own is not None else None
        if found is None:
            continue
        steps, known = (*before, *found), not any(step.kind == "unknown" for step in found)
        layer = member.layer
        levelled = _is_levelled(network.members[index + 1 :])
        if is_application(layer) or _is_weighted(layer):
            yield Entrance(layer, steps, known, levelled)
        elif is_model(layer):
            inner = network_of(machine, layer) if depth > 0 else None
            if inner is not None:
                yield from _entrances(machine, reader, inner, steps, depth - 1)
            else:
                yield Entrance(layer, steps, False, levelled)
        elif own is None and not _is_followed(reader, member):
            yield Entrance(layer, steps, False, levelled)


def _is_all_known(model: Value) -> bool:
    """True for a Sequential of which every layer is known."""
    listed = sequential_layers(model)
    items = [*listed.items, *([listed.rest] if listed.rest is not None else [])] if listed is not None else []
    return all(_is_layer_or_input(part) for item in items for part in item.alternatives())


def _is_layer_or_input(value: Value) -> bool:
    if isinstance(value, Repeated):
        return all(_is_layer_or_input(part) for part in value.value.alternatives())
    return is_layer(value) or (isinstance(value, Computed) and value.op == "input")


def _steps_before(reader: DataReader, member: Member) -> tuple[Step, ...] | None:
    """What is done to the model's inputs before a layer gets them; None for a layer that gets something else."""
    given = member.inputs
    state = given.items if isinstance(given, ListObject) else given
    parts = state.items if isinstance(state, Tuple) else (given,)
    datas = [reader.of(part) for part in parts if part is not None]
    if not datas or any(data.source.kind != "input" or data.did("learned") for data in datas):
        return None
    return datas[0].steps


def _is_followed(reader: DataReader, member: Member) -> bool:
    """True for a layer whose output is a formula that can be read: a Lambda, a layer of the project's own."""
    data = reader.of(member.output) if member.output is not None else None
    return data is not None and data.source.kind == "input" and not data.did("unknown", "learned")


def _steps_of(reader: DataReader, layer: Value) -> tuple[Step, ...] | None:
    """What a layer of Keras's without weights does to data; None for all other layers."""
    if not isinstance(layer, LibraryObject):
        return None
    known = reader.machine.memory.get(("steps of", layer.key))
    if known is None:
        inputs = Computed("input", (), "tensor", layer.site)
        data = reader.of(_called(layer, inputs))
        known = (data.steps,) if data.source.kind == "input" and not data.did("unknown", "learned") else ()
        reader.machine.memory["steps of", layer.key] = known
    assert isinstance(known, tuple)
    found: tuple[Step, ...] | None = known[0] if known else None
    return found


def _called(layer: LibraryObject, inputs: Value) -> Computed:
    """What a layer makes of an input, as a formula."""
    return Computed("layer", (inputs,), "tensor", layer.site, None, layer)


def _is_weighted(layer: Value) -> bool:
    if isinstance(layer, Instance) and "call" in {n for c in layer.cls.classes() for n in c.slots}:
        return False
    last = library_class(layer).rpartition(".")[2]
    if last in _WRAPPERS:
        inner = argument_of(layer, "layer")
        return inner is not None and _is_weighted(inner)
    return last in _WEIGHTED


def _is_levelled(behind: list[Member]) -> bool:
    """True if a normalisation comes before the next weights."""
    for member in behind:
        if library_class(member.layer).rpartition(".")[2] in _LEVELLING:
            return True
        if is_application(member.layer) or is_model(member.layer) or _is_weighted(member.layer):
            return False
    return False


__all__ = ["Entrance", "entrances"]
