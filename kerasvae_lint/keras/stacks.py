"""Stacks: which layer with weights feeds which, and what stands between the two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kerasvae_lint.keras.kinds import library_class
from kerasvae_lint.keras.layers import argument_of
from kerasvae_lint.keras.methods import name_of
from kerasvae_lint.keras.model_outputs import tensors_of
from kerasvae_lint.keras.networks import Network, networks
from kerasvae_lint.keras.outputs import activation_of
from kerasvae_lint.keras.shaping import Shapes, shapes_of
from kerasvae_lint.library import lookup
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import (
    Computed,
    DictObject,
    LibraryObject,
    ListObject,
    Site,
    Tuple,
    Union,
    Value,
)

Between = Literal["nothing", "linear", "other"]
"""What stands between two layers: only what keeps a linear map linear, or another layer of one input."""

DENSE = frozenset({"Dense"})
CONVOLUTIONS = frozenset({"Conv1D", "Conv2D", "Conv3D"})
_WEIGHTED = (
    DENSE
    | CONVOLUTIONS
    | {"Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "SeparableConv1D", "SeparableConv2D", "EinsumDense"}
)
_LINEAR = frozenset(
    {
        *("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "ActivityRegularization"),
        *("AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "GlobalAveragePooling1D"),
        *("GlobalAveragePooling2D", "GlobalAveragePooling3D", "Rescaling", "ZeroPadding1D", "ZeroPadding2D"),
        *("Cropping1D", "Cropping2D", "Cropping3D", "UpSampling1D", "UpSampling2D", "UpSampling3D", "Permute"),
    }
)
"""Layers that keep a linear map linear, when the model predicts."""
_ANY_LAYER = frozenset(
    {
        *("name", "dtype", "trainable", "dynamic", "autocast", "activity_regularizer", "implementation", "weights"),
        *("input_shape", "batch_input_shape", "input_dim", "input_length", "input_dtype", "batch_size"),
        *("dtype_policy", "experimental_autocast"),
    }
)
"""Keywords that a layer of some Keras takes without naming them."""
_FORMS = frozenset({"Flatten", "Reshape"})
_CHAINED = frozenset(
    {
        *("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "ThresholdedReLU"),
        *("BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization"),
        *("MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "GlobalMaxPooling1D", "GlobalMaxPooling2D"),
        *("GaussianNoise", "GaussianDropout", "AlphaDropout", "Masking"),
    }
)
_MAX = 6_000


@dataclass(frozen=True, eq=False, slots=True)
class Weighted:
    """A Dense or a convolution where a network calls it.

    Attributes:
        layer: the layer.
        value: what it gives.
        size: the size of the last axis of that; None if it is not known.
        inputs: the size of the last axis of what it gets; None if it is not known.
        kernel: of a convolution the size of its kernel along each axis; empty for a Dense, and if it is not known.
    """

    layer: LibraryObject
    value: Computed
    size: int | None
    inputs: int | None
    kernel: tuple[int, ...]

    @property
    def kind(self) -> str:
        """The layer's class, ``Dense``."""
        return library_class(self.layer).rpartition(".")[2]

    @property
    def activation(self) -> str:
        """The name of its activation, ``linear`` for none; empty if it can't be told."""
        found = activation_of(self.layer)
        return found.name if found is not None else ""

    @property
    def name(self) -> str:
        """The name that it was given; empty if it was given none."""
        return name_of(self.layer) or ""

    def argument(self, *names: str) -> Value | None:
        """What it was made with; None for a default."""
        return argument_of(self.layer, *names)

    @property
    def is_refused(self) -> bool:
        """True if it was given a keyword that no Keras knows, which is a TypeError."""
        entry = lookup(library_class(self.layer))
        known = [*entry.signatures()] if entry is not None else []
        names = set(self.layer.arguments) - _ANY_LAYER
        return bool(known) and any(all(name not in signature for signature in known) for name in names)


@dataclass(frozen=True, eq=False, slots=True)
class Joint:
    """Two layers with weights, of which one feeds the other and nobody else.

    Attributes:
        first: the one that feeds.
        second: the one that is fed.
        between: what stands between them.
        activation: the first activation behind the first one, its own or a layer's; ``linear`` for none.
        flattens: True if a Flatten or Reshape is there.
    """

    first: Weighted
    second: Weighted
    between: Between
    activation: str
    flattens: bool

    @property
    def site(self) -> Site | None:
        """Where the first one is made."""
        return self.first.layer.site


def joints(machine: Interpreter) -> list[Joint]:
    """Every pair of layers with weights that follow each other in a network, in order of the networks' calls."""
    shapes = shapes_of(machine)
    found: dict[tuple[int, int], Joint] = {}
    everywhere = networks(machine)
    exposed = {id(value) for network in everywhere for value in tensors_of(network.outputs)}
    inside = {id(member.layer) for network in everywhere for member in network.members}
    ends = [value for network in everywhere if id(network.model) in inside for value in tensors_of(network.outputs)]
    exposed |= {id(value.maker) for value in ends if isinstance(value, Computed) and value.maker is not None}
    for network in everywhere:
        users, values = _users(network)
        for value in values:
            second = _weighted(value, shapes)
            joint = _joint(second, users, exposed, shapes) if second is not None else None
            if joint is not None:
                found.setdefault((id(joint.first.layer), id(joint.second.layer)), joint)
    return list(found.values())


def _joint(second: Weighted, users: dict[int, int], exposed: set[int], shapes: Shapes) -> Joint | None:
    at = second.value.operands[0] if second.value.operands else None
    between: Between = "nothing"
    activation = "linear"
    flattens = False
    for _ in range(40):
        if not isinstance(at, Computed) or users.get(id(at), 0) != 1 or id(at) in exposed:
            return None
        first = _weighted(at, shapes)
        if first is not None and id(first.layer) in exposed:
            return None  # the end of a model within this one: an encoder's code
        if first is not None:
            own = first.activation
            return Joint(first, second, between, activation if own == "linear" else own, flattens)
        last = library_class(at.maker).rpartition(".")[2] if at.op == "layer" and at.maker is not None else ""
        if not isinstance(at.maker, LibraryObject):
            return None
        if last in _FORMS:
            flattens = True
        elif last in _CHAINED:
            between = "other"
            found = activation_of(at.maker)
            activation = found.name if found is not None else activation
        elif last not in _LINEAR:
            return None
        if between == "nothing":
            between = "linear"
        at = at.operands[0] if at.operands else None
    return None


def _weighted(value: Value, shapes: Shapes) -> Weighted | None:
    if not isinstance(value, Computed) or value.op != "layer" or not isinstance(value.maker, LibraryObject):
        return None
    name = library_class(value.maker)
    if not name.startswith("keras.layers.") or name.rpartition(".")[2] not in _WEIGHTED:
        return None
    inner = value.operands[0] if value.operands else None
    return Weighted(value.maker, value, _last(shapes, value), _last(shapes, inner), _kernel(shapes, value.maker))


def _kernel(shapes: Shapes, layer: LibraryObject) -> tuple[int, ...]:
    given = argument_of(layer, "kernel_size")
    plain = shapes.plain.of(given) if given is not None else None
    axes = int(name[4]) if (name := library_class(layer).rpartition(".")[2]).startswith("Conv") else 2
    sizes = (plain,) * axes if isinstance(plain, int) else plain
    return tuple(sizes) if isinstance(sizes, (tuple, list)) and all(isinstance(n, int) for n in sizes) else ()


def _last(shapes: Shapes, value: Value | None) -> int | None:
    shape = shapes.shape(value) if value is not None else None
    return shape[-1] if shape and isinstance(shape[-1], int) else None


def _users(network: Network) -> tuple[dict[int, int], list[Value]]:
    """How often each tensor of a network is used in it, and the tensors, outputs first."""
    users: dict[int, int] = {}
    found: list[Value] = []
    todo = list(network.outputs)
    seen: set[int] = set()
    while todo and len(seen) < _MAX:
        at = todo.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        inner: tuple[Value, ...] = ()
        if isinstance(at, Computed):
            found.append(at)
            inner = at.operands
        elif isinstance(at, Union):
            inner = at.members
        elif isinstance(at, ListObject):
            inner = tuple(at.items.items)
        elif isinstance(at, Tuple):
            inner = tuple(at.items)
        elif isinstance(at, DictObject):
            inner = tuple(part for _, part in at.entries.items.values())
        for part in inner:
            users[id(part)] = users.get(id(part), 0) + 1 + isinstance(at, Union)
            todo.append(part)
    return users, found


__all__ = ["CONVOLUTIONS", "DENSE", "Joint", "Weighted", "joints"]
