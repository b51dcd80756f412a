"""Broadcasts: differences between targets and outputs whose shapes are stretched to a square of all pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.model_outputs import ModelOutput, ModelOutputs
from kerasvae_lint.library.shapes.dims import Shape
from kerasvae_lint.values.lattice import Computed, LibraryName, Value
from kerasvae_lint.values.unit import Unit

_DIFFERENCES = frozenset({"subtract", "squared_difference"})
_LOSSES = frozenset(
    {
        *("mean_squared_error", "mean_absolute_error", "mean_squared_logarithmic_error", "huber", "log_cosh", "mse"),
        *("mean_absolute_percentage_error", "mae"),
    }
)


@dataclass(frozen=True, eq=False, slots=True)
class Broadcast:
    """A difference of n targets and n outputs that has n times n numbers.

    Attributes:
        record: where it is written.
        function: the loss function that makes it; empty for plain arithmetic.
        output: the output of one unit.
        given: the shape of the other side.
        other: what stands on the other side.
        is_first: True if that is written first.
        is_array: True for a difference of NumPy arrays, outside the training.
    """

    record: r.Call | r.Binary
    function: str
    output: ModelOutput
    given: Shape
    other: Value
    is_first: bool
    is_array: bool


def broadcasts(outputs: ModelOutputs, unit: Unit) -> Iterator[Broadcast]:
    """The differences of a file in which targets of shape (B,) meet outputs of shape (B, 1), in source order."""
    for record in unit.module.walk():
        if not isinstance(record, (r.Binary, r.Call)):
            continue
        seen = list(outputs.machine.values.seen.get(record, ()))
        found = [_of(outputs, value, record) for value in seen]
        sure = [one for one in found if one is not None]
        if sure and len(sure) == len(found):
            yield sure[0]


def _of(outputs: ModelOutputs, value: Value, record: r.Call | r.Binary) -> Broadcast | None:
    if not isinstance(value, Computed) or len(value.operands) < 2:
        return None
    function = ""
    if isinstance(value.maker, LibraryName) and value.maker.name.startswith("keras.losses."):
        function = value.maker.name.rpartition(".")[2]
    if value.op not in _DIFFERENCES and not (function and value.op in _LOSSES):
        return None
    sides = value.operands[:2]
    for index in (0, 1):
        output = outputs.origin(sides[index])
        other = sides[1 - index]
        made, given = outputs.shape(sides[index]), outputs.shapes.shape(other)
        if output is None or made is None or given is None or outputs.origin(other) is not None:
            continue
        if len(made) == 2 and made[1] == 1 and len(given) == 1 and given[0] != 1 and made[0] != 1:
            return Broadcast(record, function, output, given, other, index == 1, value.kind == "array")
    return None


__all__ = ["Broadcast", "broadcasts"]
