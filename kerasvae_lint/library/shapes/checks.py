"""What the shape functions share: checks of ranks, the place of the channels, and counts of parameters."""

from __future__ import annotations

from kerasvae_lint.library.shapes.calls import Call, Options
from kerasvae_lint.library.shapes.dims import UNKNOWN, Dim, MismatchError, Output, Shape, UnknownType, add, multiply

FORMATS: tuple[object, ...] = ("channels_last", "channels_first")
"""Where the channels can stand."""


def with_rank(shape: Shape | None, rank: int, layer: str) -> Shape | None:
    """The shape; a known one has so many axes, the batch axis among them.

    Raises:
        MismatchError: it has not.
    """
    if shape is not None and len(shape) != rank:
        raise MismatchError(f"{layer} takes an input with {rank} axes, not one of the shape {shape}", shape)
    return shape


def with_rank_from(shape: Shape | None, rank: int, layer: str) -> Shape | None:
    """The shape; a known one has at least so many axes, the batch axis among them.

    Raises:
        MismatchError: it has fewer.
    """
    if shape is not None and len(shape) < rank:
        raise MismatchError(f"{layer} takes an input with at least {rank} axes, not one of the shape {shape}", shape)
    return shape


def axis_of(shape: Shape, axis: int, layer: str) -> int:
    """An axis, counted from the front.

    Raises:
        MismatchError: the shape has no such axis.
    """
    if not -len(shape) <= axis < len(shape):
        raise MismatchError(f"{layer}: axis {axis} is not one of the axes of the shape {shape}", shape)
    return axis % len(shape)


def channels_first(options: Options) -> bool:
    """True if the channels stand before the space; the option itself is not unknown."""
    return options.text("data_format", None) == "channels_first"


def channel_axis(options: Options) -> int:
    """The axis of the channels."""
    return 1 if channels_first(options) else -1


def arranged(batch: Shape, space: Shape, channels: Dim, first: bool) -> Shape:
    """A shape of its parts."""
    return (*batch, channels, *space) if first else (*batch, *space, channels)


def unknown_axes(count: int) -> Shape:
    """So many axes of unknown sizes."""
    return (UNKNOWN,) * count


def count(*terms: Dim) -> int | UnknownType:
    """The sum of some counts of parameters; free sizes make it unknown."""
    total = add(*terms)
    return total if isinstance(total, int) else UNKNOWN


def if_so(flag: bool | UnknownType, number: Dim) -> Dim:
    """A number where a switch is on, 0 where it is off."""
    if isinstance(flag, UnknownType):
        return UNKNOWN
    return number if flag else 0


def product(shape: Shape) -> Dim:
    """The product of sizes: free if any is free, whatever the others are."""
    return None if None in shape else multiply(*shape)


def one_of(value: Output) -> Shape | None:
    """The shape of the only output; None for several or an unknown one."""
    return None if isinstance(value, list) else value


def further(call: Call, name: str, position: int) -> tuple[bool, Shape | None]:
    """A further tensor of a call: whether it is given, and its shape."""
    for key in (name, f"#{position}"):
        if key in call.others:
            return True, one_of(call.others[key])
    return False, None


def listed(value: object) -> tuple[object, ...] | None:
    """The elements of a tuple or list; None for anything else."""
    return tuple(value) if isinstance(value, (tuple, list)) else None


def whole(value: object) -> Dim:
    """A whole number or None; ``UNKNOWN`` for anything else."""
    return value if value is None or isinstance(value, int) else UNKNOWN
