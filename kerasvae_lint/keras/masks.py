"""Masks of padded timesteps: which layers make them, which hand them on, and where they get lost.

Measured on both Kerases by what a layer downstream is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import library_class
from kerasvae_lint.keras.layers import Node, argument_of, every_node, products_of
from kerasvae_lint.keras.training import TRAINS, CompiledLoss, Run, compiled_losses_of, runs, trains_as_keras_does
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import (
    Computed,
    Constant,
    FunctionValue,
    Instance,
    LibraryObject,
    ListObject,
    Site,
    Tuple,
    Union,
    Value,
    is_none,
)

_PASS = frozenset(
    f"keras.layers.{name}"
    for name in (
        *("Dense", "Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "ThresholdedReLU"),
        *("Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout", "AlphaDropout", "ActivityRegularization"),
        *("BatchNormalization", "LayerNormalization", "UnitNormalization", "TimeDistributed"),
    )
)
_ALIKE = frozenset(f"keras.layers.{n}" for n in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"))
_CONCATENATE = "keras.layers.Concatenate"
_CONVOLUTIONS = frozenset(
    f"keras.layers.{n}"
    for n in ("Conv1D", "Convolution1D", "SeparableConv1D", "SeparableConvolution1D", "DepthwiseConv1D")
)
_RECURRENT = frozenset(f"keras.layers.{name}" for name in ("SimpleRNN", "GRU", "LSTM", "RNN"))
_BIDIRECTIONAL = "keras.layers.Bidirectional"
_ATTENTION = frozenset({"keras.layers.Attention", "keras.layers.AdditiveAttention"})
_MULTI_HEAD = frozenset({"keras.layers.MultiHeadAttention", "keras.layers.GroupQueryAttention"})
_AVERAGE = frozenset({"keras.layers.GlobalAveragePooling1D", "keras.layers.GlobalAvgPool1D"})
_LAMBDA = "keras.layers.Lambda"
_OPERATIONS = frozenset(
    {
        *("add", "subtract", "multiply", "divide", "power", "negative", "exp", "log", "sqrt", "rsqrt", "square", "abs"),
        *("tanh", "sigmoid", "relu", "relu6", "elu", "selu", "gelu", "silu", "softplus", "leaky_relu", "softmax"),
        *("maximum", "minimum", "clip", "l2_normalize", "dropout", "concatenate"),
    }
)
_SAME = frozenset({"identity", "convert", "cast", "stop_gradient"})
"""What may give the very tensor that it gets, mask and all."""
_MASKING = frozenset(
    {
        *("not_equal", "equal", "greater", "less", "greater_equal", "less_equal", "sequence_mask", "compute_mask"),
        *("logical_not", "where", "attribute"),
    }
)
"""The marks of a mask that the code makes by itself."""
_OWN_WORDS = frozenset({"compute_mask", "supports_masking", "_keras_mask", "mask"})
_MAX_DEPTH = 120
_MAX_OPERANDS = 40


@dataclass(frozen=True, eq=False, slots=True)
class Mask:
    """What is known of a tensor's mask.

    Attributes:
        origin: the layer that makes it.
        lost: where it was lost; None while the tensor has it.
        culprit: the layer that hands none on; None where an operation between layers does not.
    """

    origin: LibraryObject
    lost: Site | None = None
    culprit: LibraryObject | Instance | None = None


@dataclass(frozen=True, eq=False, slots=True)
class LostMask:
    """A layer or a loss that would heed a mask, and gets none because a layer before it dropped it.

    Attributes:
        mask: the mask, and where it was lost.
        lost: the same place.
        user: the call of the layer that would heed it, or the ``compile`` with the loss.
        name: that layer's class; None for a loss.
    """

    mask: Mask
    lost: Site
    user: Site
    name: str | None = None


def lost_masks(machine: Interpreter) -> list[LostMask]:
    """The masks of a program that get lost before a layer that would heed them, one for each place of loss."""
    masks = _Masks(machine)
    found: dict[r.Record, LostMask] = {}
    for node in every_node(machine):
        for given in _heeded(node):
            mask = masks.of(given)
            if mask is not None and mask.lost is not None:
                name = library_class(node.layer).rpartition(".")[2]
                found.setdefault(mask.lost.record, LostMask(mask, mask.lost, node.site, name))
    for loss in _heeding_losses(machine):
        mask = masks.of(loss.output) if loss.output is not None else None
        if mask is not None and mask.lost is not None:
            found.setdefault(mask.lost.record, LostMask(mask, mask.lost, loss.use))
    return list(found.values())


# who heeds a mask -------------------------------------------------------------------------------
def _heeded(node: Node) -> Iterator[Value]:
    """The inputs of a call whose masks would change what the layer makes of the timesteps that count."""
    arguments, name = node.arguments, library_class(node.layer)
    if not isinstance(node.layer, LibraryObject) or not arguments.complete or node.inputs is None:
        return
    if {"mask", "attention_mask"} & arguments.keywords.keys():
        return
    if name in _MULTI_HEAD:
        if arguments.get(3, "attention_mask") is None and _is_off(arguments.keywords.get("use_causal_mask")):
            value = arguments.get(1, "value")
            yield from (value,) if value is not None else ()
    elif name in _ATTENTION:
        given = _listed(node.inputs)
        if len(given) > 1 and _is_off(arguments.keywords.get("use_causal_mask")) and len(arguments.positional) < 2:
            yield given[1]
    elif len(arguments.positional) < 2 and (name in _AVERAGE or _sees_padding(node.layer)):
        yield node.inputs


def _heeding_losses(machine: Interpreter) -> Iterator[CompiledLoss]:
    """Keras's own losses of models that are trained on arrays, with no weights that could stand in for a mask."""
    every = runs(machine)
    for loss in compiled_losses_of(machine):
        model = next((run.model for run in every if run.site.record is loss.use.record), None)
        if model is None or not loss.name.startswith("keras.losses.") or not trains_as_keras_does(model):
            continue
        fits = [run for run in every if run.model is model and run.method in TRAINS]
        if fits and all(run.complete and "y" in run.arguments and not _is_weighted(run) for run in fits):
            yield loss


def _is_weighted(run: Run) -> bool:
    return any(word in run.arguments for word in ("sample_weight", "class_weight"))


def _is_off(value: Value | None) -> bool:
    return value is None or (isinstance(value, Constant) and not value.value)


def _sees_padding(layer: LibraryObject) -> bool:
    """True for a recurrent layer whose last state counts, or that also goes backwards.

    One that goes forward and gives each timestep comes to padding at the end when all that counts is done.
    """
    if layer.name == _BIDIRECTIONAL:
        inner = argument_of(layer, "layer")
        return isinstance(inner, LibraryObject) and inner.name in _RECURRENT
    if layer.name not in _RECURRENT or not layer.complete:
        return False
    return _is_off(argument_of(layer, "return_sequences")) or not _is_off(argument_of(layer, "return_state"))


def _listed(value: Value) -> tuple[Value, ...]:
    state = value.items if isinstance(value, ListObject) else value
    return state.items if isinstance(state, Tuple) and state.rest is None else ()


# what becomes of a mask -------------------------------------------------------------------------
class _Masks:
    """The masks of tensors."""

    def __init__(self, machine: Interpreter) -> None:
        self._machine = machine
        self._known: dict[int, tuple[Value, Mask | None]] = {}
        self._depth = 0

    def of(self, value: Value) -> Mask | None:
        """A tensor's mask, lost or not; None where there is none, or nobody can tell."""
        known = self._known.get(id(value))
        if known is not None:
            return known[1]
        if self._depth > _MAX_DEPTH:
            return None
        self._known[id(value)] = (value, None)  # a circle ends here
        self._depth += 1
        found = self._of(value)
        self._depth -= 1
        self._known[id(value)] = (value, found)
        return found

    def _of(self, value: Value) -> Mask | None:
        if isinstance(value, Union):
            every = [self.of(member) for member in value.members]
            return every[0] if all(mask is not None and mask.lost is not None for mask in every) else None
        if not isinstance(value, Computed):
            return None
        products = products_of(self._machine, value)
        mask = self._of_formula(value)
        for product in products:
            mask = self._behind(product.layer, mask)
        return mask

    def _behind(self, layer: Value, mask: Mask | None) -> Mask | None:
        """What a layer that was followed hands on, by what its formula gives."""
        if library_class(layer) == _LAMBDA and isinstance(layer, LibraryObject):
            if argument_of(layer, "mask") is not None or _takes_mask(argument_of(layer, "function")):
                return None
        elif isinstance(layer, Instance):
            if not _drops_masks(layer):
                return None
        else:
            return mask
        if mask is None or mask.lost is None or layer.site is None:
            return mask
        if mask.culprit is not None and mask.lost is not mask.culprit.site:
            return mask
        if not _stands_in(mask.lost, layer):
            return mask
        return Mask(mask.origin, layer.site, layer)

    def _of_formula(self, value: Computed) -> Mask | None:
        if value.op == "layer":
            return self._of_layer(value, value.maker)
        if value.op in _SAME and value.operands:
            return self.of(value.operands[0])
        if value.op not in _OPERATIONS or value.site is None:
            return None
        operands = [part for operand in value.operands for part in (_listed(operand) or (operand,))]
        every = [mask for mask in map(self.of, operands) if mask is not None]
        if not every or any(_makes_mask(operand) for operand in operands):
            return None
        kept = next((mask for mask in every if mask.lost is None), None)
        return Mask(kept.origin, value.site) if kept is not None else every[0]

    def _of_layer(self, value: Computed, layer: Value | None) -> Mask | None:
        if not isinstance(layer, LibraryObject) or not value.operands:
            return None
        name, given = layer.name, value.operands[0]
        if name == "keras.layers.Embedding":
            zero = argument_of(layer, "mask_zero")
            return Mask(layer) if isinstance(zero, Constant) and zero.value is True and not zero.assumed else None
        if name == "keras.layers.Masking":
            return Mask(layer)
        if name in _PASS or (name in _RECURRENT | {_BIDIRECTIONAL} and _gives_timesteps(layer)):
            return self.of(given)
        if name in _ALIKE or name == _CONCATENATE:
            return self._merged(name, _listed(given))
        if name in _CONVOLUTIONS and _keeps_length(layer):
            return self._dropped(given, layer)
        if name == _LAMBDA and argument_of(layer, "mask") is None and not _takes_mask(argument_of(layer, "function")):
            return self._dropped(given, layer)
        return None

    def _dropped(self, given: Value, layer: LibraryObject) -> Mask | None:
        mask = self.of(given)
        return Mask(mask.origin, layer.site, layer) if mask is not None and mask.lost is None else mask

    def _merged(self, name: str, given: tuple[Value, ...]) -> Mask | None:
        """The mask of several tensors; where only some have one, Keras 2 goes by these and Keras 3 by none."""
        every = [self.of(one) for one in given]
        kept = [mask for mask in every if mask is not None and mask.lost is None]
        lost = [mask for mask in every if mask is not None and mask.lost is not None]
        if kept:
            return kept[0] if name == _CONCATENATE or len(kept) == len(every) else None
        return lost[0] if lost else None


def _gives_timesteps(layer: LibraryObject) -> bool:
    """True for a recurrent layer that surely gives one output per timestep, and nothing else."""
    inner = argument_of(layer, "layer") if layer.name == _BIDIRECTIONAL else layer
    if not isinstance(inner, LibraryObject) or not _is_off(argument_of(inner, "return_state")):
        return False
    merged = argument_of(layer, "merge_mode")
    whole = argument_of(inner, "return_sequences")
    return isinstance(whole, Constant) and whole.value is True and (merged is None or not is_none(merged))


def _keeps_length(layer: LibraryObject) -> bool:
    padding, strides = argument_of(layer, "padding"), argument_of(layer, "strides")
    if strides is not None and not (isinstance(strides, Constant) and strides.value == 1):
        return False
    return isinstance(padding, Constant) and padding.value in {"same", "causal", "SAME", "CAUSAL"}


def _takes_mask(function: Value | None) -> bool:
    """True for a function that is given the mask, and may apply it itself; and for one that can't be seen."""
    if not isinstance(function, FunctionValue):
        return True
    return any(parameter.name == "mask" or parameter.kind == "**" for parameter in function.function.parameters)


def _drops_masks(layer: Instance) -> bool:
    """True for an object of a class that says nothing of masks: Keras hands none on for it."""
    if layer.cls.is_open or library_class(layer) not in {"keras.layers.Layer", "keras.Model"}:
        return False
    for cls in layer.cls.classes():
        if cls.cls is None:
            return False
        for record in cls.cls.walk():
            if isinstance(record, r.Function) and any(parameter.name == "mask" for parameter in record.parameters):
                return False
            name = getattr(record, "name", None) or getattr(record, "attr", None) or getattr(record, "id", None)
            if name in _OWN_WORDS:
                return False
    return True


def _stands_in(site: Site, layer: Value) -> bool:
    """True if a place is in the code of a layer: of its class, or of its function."""
    if isinstance(layer, Instance):
        return any(
            cls.unit is site.unit
            and cls.cls is not None
            and cls.cls.start <= site.record.start
            and site.record.end <= cls.cls.end
            for cls in layer.cls.classes()
        )
    function = argument_of(layer, "function")
    if not isinstance(function, FunctionValue) or function.unit is not site.unit:
        return not isinstance(function, FunctionValue)
    return function.function.start <= site.record.start and site.record.end <= function.function.end


def _makes_mask(value: Value) -> bool:
    """True for a tensor in which a mask of the code's own making is."""
    todo, seen = [value], set[int]()
    while todo and len(seen) < _MAX_OPERANDS:
        at = todo.pop()
        if id(at) in seen or not isinstance(at, Computed):
            continue
        seen.add(id(at))
        if at.op in _MASKING:
            return True
        if at.op != "layer":
            todo += at.operands
    return False
