"""The outputs of the models: how many numbers each gives, how it ends, which losses it meets, what is predicted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.keras.kinds import is_model, library_class
from kerasvae_lint.keras.layers import argument_of
from kerasvae_lint.keras.networks import Network, network_of, networks
from kerasvae_lint.keras.outputs import Ending, ending_of
from kerasvae_lint.keras.shaping import shapes_of
from kerasvae_lint.keras.training import CompiledLoss, compiled_losses_of
from kerasvae_lint.library.shapes.dims import Shape
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import (
    Computed,
    Constant,
    Instance,
    LibraryObject,
    ListObject,
    Site,
    Tuple,
    Value,
    constant,
    plainly,
)
from kerasvae_lint.values.operators import kind_of

MAX_STEPS = 60
_SIZED = ("units", "filters", "output_dim")
"""What the layers call the size of the last axis of what they give."""
_KEEPING = frozenset(
    {
        *("Activation", "Softmax", "ReLU", "LeakyReLU", "ELU", "PReLU", "ThresholdedReLU", "ActivityRegularization"),
        *("Dropout", "SpatialDropout1D", "SpatialDropout2D", "AlphaDropout", "GaussianNoise", "GaussianDropout"),
        *("BatchNormalization", "LayerNormalization", "Masking"),
    }
)
_SAME = frozenset({"identity", "numpy", "read", "cast", "convert", "convert_to_tensor", "array", "astype"})
_ELEMENTWISE = _SAME | {"sigmoid", "softmax", "hard_sigmoid", "tanh", "relu", "relu6", "softplus", "softsign", "exp"}


@dataclass(frozen=True, eq=False, slots=True)
class ModelOutput:
    """One output of a model.

    Attributes:
        network: the model.
        value: the tensor.
        ending: how it ends; None where that can't be told.
        shape: its shape; None if not even the number of axes is known.
        units: the size of its last axis; None if that is not known, or only by a parameter's default.
        losses: those that ``compile`` applies to it.
    """

    network: Network
    value: Value
    ending: Ending | None
    shape: Shape | None
    units: int | None
    losses: tuple[CompiledLoss, ...]


class ModelOutputs:
    """The outputs of a program's models, and what is asked of tensors that come out of them.

    Args:
        machine: the interpreter that ran the program.
    """

    def __init__(self, machine: Interpreter) -> None:
        self.machine = machine
        self.shapes = shapes_of(machine)
        self.networks = networks(machine)
        self._losses: dict[int, list[CompiledLoss]] = {}
        for loss in compiled_losses_of(machine):
            model = loss.target.maker if isinstance(loss.target, Computed) else None
            self._losses.setdefault(id(model), []).append(loss)
        self.every = [output for network in self.networks for output in self._of(network)]

    def _of(self, network: Network) -> Iterator[ModelOutput]:
        values = list(tensors_of(network.outputs))
        losses = self._losses.get(id(network.model), [])
        for value in values:
            ending = ending_of(value)
            applied = tuple(loss for loss in losses if len(values) == 1 or _is_for(loss, ending))
            yield ModelOutput(network, value, ending, self.shapes.shape(value), self.size(value), applied)

    # sizes --------------------------------------------------------------------------------------
    def size(self, value: Value, axis: int = -1) -> int | None:
        """The size of one axis of a tensor; None if it is not known, or only by a parameter's default."""
        shape = self.shape(value)
        if axis != -1 and (shape is None or axis != len(shape) - 1):
            found = shape[axis] if shape is not None and -len(shape) <= axis < len(shape) else None
            return found if isinstance(found, int) else None
        said = self._said(value, MAX_STEPS)
        if said is not None:
            number = plainly(said)
            known = number.value if isinstance(number, Constant) and not number.assumed else None
            return known if isinstance(known, int) else None
        found = shape[-1] if shape else None
        return found if isinstance(found, int) else None

    def size_written(self, value: Value) -> Site | None:
        """Where the size of the last axis is written."""
        said = self._said(value, MAX_STEPS)
        return said.site if said is not None else None

    def shape(self, value: Value) -> Shape | None:
        """The shape of a tensor, or of a prediction."""
        source, picked = self._predicted(value)
        if source is None:
            return self.shapes.shape(value)
        shape = self.shapes.shape(source)
        return shape[1:] if shape is not None and picked == "row" else shape

    def _said(self, value: Value, steps: int) -> Value | None:
        """The argument that says how large the last axis is."""
        source, _ = self._predicted(value)
        value = source if source is not None else value
        if steps <= 0 or not isinstance(value, Computed) or len(value.alternatives()) > 1:
            return None
        inner = value.operands[0] if value.operands else None
        if value.op == "layer" and value.maker is not None:
            layer = value.maker
            last = library_class(layer).rpartition(".")[2]
            if last in _KEEPING:
                return self._said(inner, steps - 1) if inner is not None else None
            if last == "TimeDistributed":
                wrapped = argument_of(layer, "layer")
                return argument_of(wrapped, *_SIZED) if wrapped is not None and _is_sized(wrapped) else None
            if is_model(layer):
                made = network_of(self.machine, layer)
                outputs = list(tensors_of(made.outputs)) if made is not None else []
                return self._said(outputs[0], steps - 1) if len(outputs) == 1 else None
            return argument_of(layer, *_SIZED) if _is_sized(layer) else None
        if value.op in _ELEMENTWISE and inner is not None:
            return self._said(inner, steps - 1)
        return None

    # predictions --------------------------------------------------------------------------------
    def origin(self, value: Value) -> ModelOutput | None:
        """The output that a tensor or a prediction is of; None for all else."""
        source, _ = self._predicted(value)
        ending = ending_of(value) if source is None else None
        for output in self.every:
            same = output.ending is not None and _is_same(output.ending, ending)
            if output.value is source or (source is None and same):
                return output
        return None

    def is_prediction(self, value: Value) -> bool:
        """True for an array that ``predict`` gave, or a part of it."""
        return self._predicted(value)[0] is not None

    def _predicted(self, value: Value) -> tuple[Value | None, str]:
        """The output of the model that predicts, and whether one row of it was taken (``row``)."""
        members = value.alternatives()
        if len(members) > 1:
            found = {self._predicted(member) for member in members}
            return found.pop() if len(found) == 1 else (None, "")
        if not isinstance(value, Computed):
            return None, ""
        if value.op.startswith("predict"):
            several = self._outputs_of(value)
            return (several[0], "") if len(several) == 1 else (None, "")
        inner = value.operands[0] if value.operands else None
        if inner is None:
            return None, ""
        if value.op in _SAME:
            return self._predicted(inner)
        if value.op in {"getitem", "element"}:
            return self._part(inner, value.options.get("index", Constant(0)))
        return None, ""

    def _part(self, whole: Value, index: Value) -> tuple[Value | None, str]:
        source, picked = self._predicted(whole)
        plain = self.shapes.plain.of(index)
        if source is not None:
            if picked or isinstance(plain, tuple) or kind_of(index) not in {"number", "any", "object"}:
                return None, ""
            if isinstance(plain, slice):
                return source, ""
            return (source, "row") if kind_of(index) == "number" else (None, "")
        several = self._outputs_of(whole) if isinstance(whole, Computed) and whole.op.startswith("predict") else []
        if isinstance(plain, int) and -len(several) <= plain < len(several):
            return several[plain], ""
        return None, ""

    def _outputs_of(self, value: Computed) -> list[Value]:
        made = network_of(self.machine, value.maker) if value.maker is not None else None
        return list(tensors_of(made.outputs)) if made is not None else []


def _is_same(one: Ending, other: Ending | None) -> bool:
    return other is not None and one.layer is other.layer and one.site is other.site


def _is_sized(layer: Value) -> bool:
    """True for a library's layer whose last axis is as large as one argument says."""
    name = library_class(layer)
    if isinstance(layer, Instance) and "call" in {n for c in layer.cls.classes() for n in c.slots}:
        return False
    if not isinstance(layer, (LibraryObject, Instance)) or not name.startswith("keras.layers."):
        return False
    form = argument_of(layer, "data_format", "dim_ordering")
    return form is None or constant(form) in {None, "channels_last", "tf"}


def _is_for(loss: CompiledLoss, ending: Ending | None) -> bool:
    """True for a loss of a model of several outputs that is applied to the one that ends so."""
    return ending is not None and loss.output is not None and _is_same(ending, ending_of(loss.output))


def tensors_of(values: list[Value]) -> Iterator[Value]:
    """The tensors in what a network gets or gives, one after the other."""
    for value in values:
        if isinstance(value, (Tuple, ListObject)):
            state = value if isinstance(value, Tuple) else value.items
            yield from tensors_of(list(state.items))
        else:
            yield value
