"""What an operation is given, as shapes, sizes and axes: the questions that all shape functions of operations ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kerasvae_lint.library.shapes.calls import Operand, OperationFunction, Options
from kerasvae_lint.library.shapes.dims import (
    UNKNOWN,
    Dim,
    MismatchError,
    Output,
    Shape,
    UnknownType,
    either,
    join,
    same,
)

Operands = tuple[Operand, ...]

Table = dict[str, OperationFunction]


def plain(value: object) -> object:
    """A value without the operand around it; ``UNKNOWN`` for a tensor."""
    return value.value if isinstance(value, Operand) else value


def argument(operands: Operands, options: Options, position: int, *names: str, default: object = UNKNOWN) -> object:
    """An argument by role, or else the operand at ``position``: methods are given theirs by position.

    What may be the operation's first operand is looked for there first: by role there may stand its default.
    """
    if position == 0 and operands:
        return operands[0]
    for name in names:
        if name in options:
            return options[name]
    return operands[position] if 0 <= position < len(operands) else default


def shape_of(value: object) -> Shape | None:
    """The shape that a value has as a tensor: numbers have none, lists are as long as they are."""
    if isinstance(value, Operand):
        return value.shape if value.shape is not None else shape_of(value.value)
    if isinstance(value, (int, float, complex, str, bytes)):
        return ()
    if isinstance(value, (list, tuple)):
        return stacked([shape_of(item) for item in value])
    return None


def stacked(shapes: Sequence[Shape | None]) -> Shape | None:
    """The shape of several tensors on top of each other."""
    if not shapes:
        return (0,)
    found = shapes[0]
    for shape in shapes[1:]:
        found = join(found, shape)
    return None if found is None else (len(shapes), *found)


def first(operands: Operands, options: Options | None = None, *names: str) -> Shape | None:
    """The shape of the first operand; of the option of one of these names if there is no operand."""
    if operands:
        return shape_of(operands[0])
    return next((shape_of(options[name]) for name in names if options and name in options), None)


def listed(value: object) -> list[object] | None:
    """The members of a list of tensors; None for what is not a list."""
    found = plain(value)
    return list(found) if isinstance(found, (list, tuple)) else None


def number(value: object) -> Dim:
    """A whole number, or None; ``UNKNOWN`` for anything else."""
    found = plain(value)
    if found is None:
        return None
    if isinstance(found, float) and found.is_integer():
        return int(found)
    return int(found) if isinstance(found, int) else UNKNOWN


def numbers(value: object) -> Shape | None:
    """Sizes in a list, or a single one; of a tensor as many unknown ones as it has. None if nobody knows how many."""
    found = plain(value)
    if isinstance(found, (list, tuple)):
        return tuple(number(item) for item in found)
    if isinstance(found, int):
        return (int(found),)
    if isinstance(value, Operand) and value.shape is not None:
        if value.shape == ():
            return (number(found),)
        if len(value.shape) == 1 and isinstance(value.shape[0], int):
            return (UNKNOWN,) * value.shape[0]
    return None


def repeated(value: object, count: int) -> Shape:
    """``count`` sizes: a single one is meant for all."""
    found = numbers(value)
    if found is None:
        return (UNKNOWN,) * count
    if len(found) == 1:
        return found * count
    return found if len(found) == count else (UNKNOWN,) * count


def sizes(operands: Operands, options: Options, *names: str, after: int = 1) -> Shape | None:
    """A shape that is given by role, or by position: ``x.reshape(2, 3)`` and ``x.reshape((2, 3))``."""
    for name in names:
        if name in options:
            return numbers(options[name])
    given = operands[after:]
    if len(given) == 1:
        return numbers(given[0])
    return tuple(number(value) for value in given) if given else None


def flag(value: object) -> bool | UnknownType:
    """The truth of a plain value; ``UNKNOWN`` if nobody knows."""
    found = plain(value)
    return UNKNOWN if isinstance(found, UnknownType) else bool(found)


def is_unknown(value: object) -> bool:
    """True for what can't be told, as a tensor's value."""
    return isinstance(plain(value), UnknownType)


def tensorflow(options: Options) -> bool:
    """True for a function of TensorFlow's: all of them take a ``name``, which Keras' and NumPy's do not."""
    return "name" in options


def position(axis: int, rank: int) -> int:
    """An axis counted from the front.

    Raises:
        MismatchError: there is no such axis.
    """
    if not -rank <= axis < rank:
        raise MismatchError(f"there is no axis {axis} among {rank}")
    return axis % rank


def axis_of(value: object, rank: int) -> int | None:
    """One axis from the front; None if nobody knows which."""
    axis = number(value)
    return position(axis, rank) if isinstance(axis, int) else None


def axes_of(value: object, rank: int) -> tuple[int, ...] | None:
    """Axes from the front, all for None; None if nobody knows which."""
    found = plain(value)
    if found is None:
        return tuple(range(rank))
    axes = numbers(value)
    if axes is None:
        return None
    known = [axis for axis in axes if isinstance(axis, int)]
    return tuple(position(axis, rank) for axis in known) if len(known) == len(axes) else None


def unknown(rank: int) -> Shape:
    """A shape of which only the rank is known."""
    return (UNKNOWN,) * rank


def replaced(shape: Shape, axis: int, dim: Dim) -> Shape:
    """A shape with another size at one axis."""
    axis = position(axis, len(shape))
    return (*shape[:axis], dim, *shape[axis + 1 :])


def grown(dim: Dim, *more: Dim) -> Dim:
    """A size and what is added to it: a free axis stays free."""
    if dim is None:
        return None
    total = 0
    for part in (dim, *more):
        if not isinstance(part, int):
            return UNKNOWN
        total += part
    return total


def merged(shapes: Iterable[Shape]) -> Shape:
    """What several shapes of one rank say about the shape that all of them have.

    Raises:
        MismatchError: two of them differ.
    """
    found: Shape | None = None
    for shape in shapes:
        if found is None:
            found = shape
        elif len(found) != len(shape):
            raise MismatchError(f"ranks {len(found)} and {len(shape)} differ", found, shape)
        else:
            for one, other in zip(found, shape, strict=True):
                if same(one, other) is False:
                    raise MismatchError(f"sizes {one} and {other} differ", found, shape)
            found = tuple(map(either, found, shape))
    return () if found is None else found


def channels_first(options: Options) -> bool | None:
    """Whether the channels stand before the space; the default is that they do not. None if nobody knows."""
    given = plain(options.get("data_format"))
    if isinstance(given, UnknownType):
        return None
    return isinstance(given, str) and (given == "channels_first" or (given.upper().startswith("NC") and given != "NC"))


def unchanged(operands: Operands, options: Options) -> Output:
    """The output has the shape of the first operand."""
    return first(operands, options, "x", "image", "v", "val")


def scalar(operands: Operands, options: Options) -> Output:
    """The output is a number."""
    del operands, options
    return ()


def words(text: str) -> tuple[str, ...]:
    """The names in a text."""
    return tuple(text.split())
