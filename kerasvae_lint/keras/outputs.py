"""The activation that a tensor comes out of, through layers and models of every kind."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kerasvae_lint.keras.kinds import library_class
from kerasvae_lint.keras.layers import activation_name, argument_of
from kerasvae_lint.library import lookup
from kerasvae_lint.values.lattice import Computed, Instance, LibraryObject, Site, Value, constant, is_none, plainly

MAX_STEPS = 40
_PASSING = frozenset(
    {"Reshape", "Flatten", "Permute", "Cropping1D", "Cropping2D", "Cropping3D", "Dropout", "SpatialDropout1D"}
)
_SAME = frozenset({"identity", "cast", "convert_to_tensor", "convert", "ensure_shape"})
_RESHAPING = frozenset({"reshape", "flatten", "batch_flatten", "squeeze", "expand_dims", "transpose", "permute"})
_FUNCTIONS = frozenset({"sigmoid", "softmax", "hard_sigmoid", "tanh", "relu", "relu6", "softplus", "softsign"})
_OWN = {"ReLU": "relu", "Softmax": "softmax"}
_ALONE = frozenset({"Activation", *_OWN})


@dataclass(frozen=True, eq=False, slots=True)
class Ending:
    """The last activation of a tensor.

    Attributes:
        name: ``sigmoid``, ``softmax``, …; ``linear`` where there is none.
        site: where it is written: the activation, or the layer that has none.
        literal: True for an activation given as a string, and for a layer that is given none.
        direct: False where another layer stands behind it.
        layer: the layer that it belongs to; None for a function.
        value: the tensor that comes out of it, before whatever stands behind it.
    """

    name: str
    site: Site | None
    literal: bool
    direct: bool = True
    layer: Value | None = None
    value: Value | None = None

    @property
    def units(self) -> int | None:
        """How many numbers the layer gives for each sample (or place); None if that can't be told."""
        given = argument_of(self.layer, "units", "output_dim", "filters") if self.layer is not None else None
        found = constant(given) if given is not None else None
        return found if isinstance(found, int) else None

    @property
    def axis(self) -> int | None:
        """The axis that a softmax is taken over; None if that can't be told."""
        given = argument_of(self.layer, "axis") if self.layer is not None else None
        if self.layer is None and isinstance(self.value, Computed):
            given = self.value.options.get("axis")
        if given is None or is_none(given):
            return -1
        found = constant(given)
        return found if isinstance(found, int) else None

    @property
    def before(self) -> Value | None:
        """What an activation gets that is a layer or function of its own; None for one that is part of a layer."""
        own = self.layer is None or library_class(self.layer).rpartition(".")[2] in _ALONE
        inner = self.value.operands if isinstance(self.value, Computed) else ()
        return inner[0] if own and inner else None


def ending_of(value: Value) -> Ending | None:
    """How a tensor was made; None where that can't be told with certainty."""
    return _ending(value, MAX_STEPS)


def _ending(value: Value, steps: int) -> Ending | None:
    if steps <= 0:
        return None
    members = value.alternatives()
    if len(members) > 1:
        return agreed([_ending(member, steps - 1) for member in members])
    if not isinstance(value, Computed):
        return None
    if value.op == "layer":
        return _of_layer(value, steps)
    if value.op in _FUNCTIONS and value.kind == "tensor":
        return Ending(value.op, value.site, False, value=value)
    inner = value.operands[0] if value.operands else None
    if inner is None:
        return None
    if value.op in _SAME:
        return _ending(inner, steps - 1)
    if value.op in _RESHAPING and value.kind == "tensor":
        found = _ending(inner, steps - 1)
        return replace(found, direct=False) if found is not None else None
    return None


def _of_layer(value: Computed, steps: int) -> Ending | None:
    layer = value.maker
    if not isinstance(layer, (LibraryObject, Instance)) or len(layer.alternatives()) > 1:
        return None
    last = library_class(layer).rpartition(".")[2]
    inner = value.operands[0] if value.operands else None
    if last in _PASSING and isinstance(layer, LibraryObject):
        found = _ending(inner, steps - 1) if inner is not None else None
        return replace(found, direct=False) if found is not None else None
    if last == "TimeDistributed":
        wrapped = argument_of(layer, "layer")
        found = activation_of(wrapped) if wrapped is not None else None
        return replace(found, value=value) if found is not None else None
    found = activation_of(layer)
    if last == "Activation" and found is not None and found.name == "linear":
        return _ending(inner, steps - 1) if inner is not None else None
    return replace(found, value=value) if found is not None else None


def activation_of(layer: Value) -> Ending | None:
    """The activation of a layer; None where it can't be told, and for layers that have none to give."""
    name = library_class(layer)
    last = name.rpartition(".")[2]
    if not name.startswith("keras.layers.") or not isinstance(layer, (LibraryObject, Instance)):
        return None
    if isinstance(layer, Instance) and "call" in {n for c in layer.cls.classes() for n in c.slots}:
        return None
    if last in _OWN:
        return Ending(_OWN[last], layer.site, False, layer=layer)
    entry = lookup(name)
    parameter = entry.parameter("activation") if entry is not None else None
    if parameter is None or last in _RECURRENT:
        return None
    given = argument_of(layer, "activation")
    if given is None:
        complete = layer.complete if isinstance(layer, LibraryObject) else bool(layer.facts.get("complete", True))
        return Ending("linear", layer.site, True, layer=layer) if complete and last != "Activation" else None
    names = {activation_name(member) for member in given.alternatives()}
    if "activation" in layer.slots and isinstance(layer, LibraryObject):  # which of the two a training met depends
        first = layer.arguments.get("activation")
        names |= {activation_name(first) if first is not None else "linear"}
    only = names.pop() if len(names) == 1 else None
    if only is None:
        return None
    plain = plainly(given)
    return Ending(only, plain.site or given.site or layer.site, _is_written(given), layer=layer)


_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "CuDNNLSTM", "CuDNNGRU"})
_RECURRENT |= {"LSTMCell", "GRUCell", "SimpleRNNCell"}


def _is_written(value: Value) -> bool:
    """True for a string that stands in the program (None is no string)."""
    constant = getattr(value, "value", None)
    return isinstance(constant, str) and not getattr(value, "assumed", False)


def agreed(endings: list[Ending | None]) -> Ending | None:
    """What all endings agree on, the least certain of them."""
    known = [ending for ending in endings if ending is not None]
    if not known or len(known) < len(endings) or len({ending.name for ending in known}) > 1:
        return None
    return min(known, key=lambda ending: (ending.direct, ending.literal))
