"""What shape functions are given and what they give back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from kerasvae_lint.library.shapes.dims import UNKNOWN, Dim, Output, Shape, UnknownType


class Options(Mapping[str, object]):
    """What a layer or a function was given, as plain Python values by Keras 2's or 3's parameter name.

    Defaults stand in it too. A value that can't be told is ``UNKNOWN``; so are the unknown parts of a tuple or list.
    A layer that is given (``TimeDistributed(layer)``) is a :class:`Part`, a class or function of a library its name.

    Args:
        values: by name.
        keras: which Keras it is, 2 or 3; None if nobody knows.
    """

    def __init__(self, values: Mapping[str, object], keras: int | None = None) -> None:
        self._values = values
        self.keras = keras

    def __getitem__(self, name: str) -> object:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def size(self, name: str, default: object = UNKNOWN) -> Dim:
        """A whole number, None, or ``UNKNOWN`` for anything else."""
        value = self._values.get(name, default)
        if value is None:
            return None
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return int(value) if isinstance(value, int) else UNKNOWN

    def sizes(self, name: str, count: int, default: object = UNKNOWN) -> tuple[Dim, ...]:
        """``count`` whole numbers: a single one is repeated."""
        value = self._values.get(name, default)
        if isinstance(value, (tuple, list)):
            if len(value) == 1:
                value = tuple(value) * count
            parts = tuple(v if isinstance(v, int) or v is None else UNKNOWN for v in value)
            return parts if len(parts) == count else (UNKNOWN,) * count
        return (value if isinstance(value, int) or value is None else UNKNOWN,) * count

    def text(self, name: str, default: object = UNKNOWN) -> str | UnknownType | None:
        """A string; None for None, ``UNKNOWN`` for anything else."""
        value = self._values.get(name, default)
        return value if isinstance(value, str) or value is None else UNKNOWN

    def flag(self, name: str, default: object = UNKNOWN) -> bool | UnknownType:
        """The truth of a value; ``UNKNOWN`` if it is not known."""
        value = self._values.get(name, default)
        return UNKNOWN if isinstance(value, UnknownType) else bool(value)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a layer.

    Attributes:
        inputs: the shapes of its first argument: one, or those of the list that it is, in order.
        is_list: True if the first argument is a list (or tuple, or dictionary) of tensors.
        others: the shapes of further tensors, by parameter name (``value``, ``initial_state``), or ``#1``, ``#2`` by
            position; one that is given as None is not in it.
    """

    inputs: tuple[Shape | None, ...]
    is_list: bool = False
    others: Mapping[str, Output] = field(default_factory=dict)

    @property
    def shape(self) -> Shape | None:
        """The shape of the only input; None if it is not known or there are several."""
        return self.inputs[0] if len(self.inputs) == 1 else None


@dataclass(frozen=True, slots=True)
class Result:
    """What one call of a layer gives, and how many numbers the layer holds.

    Attributes:
        output: the output's shape, a list of shapes for several outputs.
        params: how many numbers the optimizer trains as long as the layer is trainable; ``UNKNOWN`` if nobody knows.
        fixed: how many it never trains (moving averages, statistics).
    """

    output: Output
    params: int | UnknownType = 0
    fixed: int | UnknownType = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A layer that another layer is given.

    Attributes:
        name: its class, ``LSTM``; of the project's own classes their name.
        options: what it was made with.
        apply: what calling it gives.
    """

    name: str
    options: Options
    apply: Callable[[Call], Result]


LayerFunction = Callable[[Call, Options], Result]
"""The shape function of a layer."""


@dataclass(frozen=True, slots=True)
class Operand:
    """What a function or an operator is applied to.

    Attributes:
        shape: the tensor's shape, ``()`` for a number; None if it is not known.
        value: the plain Python value, if it is one (a number, a tuple of sizes, a slice); a list of tensors is a list
            of operands; else ``UNKNOWN``.
    """

    shape: Shape | None
    value: object = UNKNOWN


OperationFunction = Callable[[tuple[Operand, ...], Options], Output]
"""The shape function of an operation on tensors: its operands, and the other arguments by role."""
