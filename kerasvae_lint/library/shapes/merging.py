"""Layers that take several tensors and give one."""

from __future__ import annotations

from collections.abc import Sequence

from kerasvae_lint.library.shapes.alternatives import UNKNOWN_RESULT, by_release
from kerasvae_lint.library.shapes.calls import Call, LayerFunction, Options, Result
from kerasvae_lint.library.shapes.checks import axis_of, listed, with_rank_from
from kerasvae_lint.library.shapes.dims import UNKNOWN, Dim, MismatchError, Shape, UnknownType, add, same


def elementwise(name: str, inputs: int | None = None) -> LayerFunction:
    """``Add`` and its like: number by number, with the batch axes side by side.

    Args:
        name: the layer.
        inputs: how many tensors it takes, if that is fixed.
    """

    @by_release
    def function(call: Call, options: Options) -> Result:
        _check_list(call, name)
        if call.is_list and inputs is not None and call.inputs and len(call.inputs) != inputs:
            raise MismatchError(f"{name} takes {inputs} inputs, not {len(call.inputs)}", *_known(call.inputs))
        shapes = _known(call.inputs)
        _check_batches(shapes, name)
        if not call.is_list or not shapes or len(shapes) != len(call.inputs):
            return Result(None)
        if not all(shapes):
            return Result(None)
        found = shapes[0][1:]
        for shape in shapes[1:]:
            found = _together(found, shape[1:], options.keras == 2, shapes, name)
        return Result((_batch(shapes), *found))

    return function


def _known(inputs: Sequence[Shape | None]) -> list[Shape]:
    return [shape for shape in inputs if shape is not None]


def _check_list(call: Call, name: str) -> None:
    if not call.is_list and call.shape is not None:
        raise MismatchError(f"{name} takes a list of tensors, not one of the shape {call.shape}", call.shape)


def _check_batches(shapes: Sequence[Shape], name: str) -> None:
    sizes = {shape[0] for shape in shapes if shape and isinstance(shape[0], int)}
    if len(sizes) > 1:
        raise MismatchError(f"{name}: the inputs {_spelled(shapes)} have batches of different sizes", *shapes)


def _spelled(shapes: Sequence[Shape]) -> str:
    return " and ".join(map(str, shapes))


def _batch(shapes: Sequence[Shape]) -> Dim:
    batch = shapes[0][0]
    for shape in shapes[1:]:
        batch = _merged(batch, shape[0])
    return batch


def _merged(one: Dim, other: Dim) -> Dim:
    """The size of an axis that two tensors share, as TensorFlow infers it: any size is surer than a free axis."""
    for dim in (one, other):
        if isinstance(dim, int):
            return dim
    return None if one is None and other is None else UNKNOWN


def _together(one: Shape, other: Shape, inferred: bool, shapes: Sequence[Shape], name: str) -> Shape:
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    offset = len(longer) - len(shorter)
    return longer[:offset] + tuple(
        _axis_together(a, b, inferred, shapes, name) for a, b in zip(longer[offset:], shorter, strict=True)
    )


def _axis_together(one: Dim, other: Dim, inferred: bool, shapes: Sequence[Shape], name: str) -> Dim:
    if same(one, other) is False and one != 1 and other != 1:
        raise MismatchError(f"{name}: the inputs {_spelled(shapes)} don't fit: {one} and {other}", *shapes)
    if one is None or other is None:
        # Keras 3 leaves the axis free; TensorFlow infers its size for Keras 2.
        rest = other if one is None else one
        return rest if inferred and rest != 1 else None
    if one == 1:
        return other
    if other == 1:
        return one
    if isinstance(one, UnknownType) or isinstance(other, UnknownType):
        return _merged(one, other) if inferred else UNKNOWN
    return one


@by_release
def concatenate(call: Call, options: Options) -> Result:
    """``Concatenate``: side by side along an axis."""
    _check_list(call, "Concatenate")
    shapes = _known(call.inputs)
    axis = options.size("axis", -1)
    if not call.is_list or not shapes:
        return Result(None)
    if len({len(shape) for shape in shapes}) > 1:
        raise MismatchError(f"Concatenate: the inputs {_spelled(shapes)} have unlike ranks", *shapes)
    rank = len(shapes[0])
    if not isinstance(axis, int):
        return Result((UNKNOWN,) * rank)
    along = axis_of(shapes[0], axis, "Concatenate")
    columns = list(zip(*shapes, strict=True))
    complete = len(shapes) == len(call.inputs)
    output = [
        _side_by_side(column, complete) if place == along else _alike(column, shapes, complete, options.keras == 2)
        for place, column in enumerate(columns)
    ]
    return Result(tuple(output))


def _side_by_side(sizes: Sequence[Dim], complete: bool) -> Dim:
    if None in sizes:
        return None
    return add(*sizes) if complete else UNKNOWN


def _alike(sizes: Sequence[Dim], shapes: Sequence[Shape], complete: bool, inferred: bool) -> Dim:
    numbers = {size for size in sizes if isinstance(size, int)}
    if len(numbers) > 1:
        raise MismatchError(f"Concatenate: the inputs {_spelled(shapes)} differ beside the axis", *shapes)
    if not complete:
        return next(iter(numbers)) if numbers and inferred else UNKNOWN
    if not inferred:
        # Keras 3 takes these axes from the first input.
        return sizes[0]
    found = sizes[0]
    for size in sizes[1:]:
        found = _merged(found, size)
    return found


@by_release
def dot(call: Call, options: Options) -> Result:
    """``Dot``: sums over one axis of each of two tensors."""
    _check_list(call, "Dot")
    if not call.is_list or not call.inputs:
        return Result(None)
    if len(call.inputs) != 2:
        raise MismatchError(f"Dot takes two inputs, not {len(call.inputs)}", *_known(call.inputs))
    one, other = call.inputs
    shapes = _known(call.inputs)
    for shape in shapes:
        with_rank_from(shape, 2, "Dot")
    if options.keras == 2:
        # Keras 3 finds out as it runs.
        _check_batches(shapes, "Dot")
    if one is None or other is None:
        return Result(None)
    axes = _dot_axes(options, one, other)
    batch = _merged(one[0], other[0]) if options.keras == 2 else one[0]
    if axes is None:
        return Result(
            (batch, 1) if len(one) == len(other) == 2 else (batch, *((UNKNOWN,) * (len(one) + len(other) - 4)))
        )
    first, second = axes
    if same(one[first], other[second]) is False:
        raise MismatchError(
            f"Dot: axis {first} of {one} and axis {second} of {other} differ: {one[first]} and {other[second]}",
            one,
            other,
        )
    rest = one[1:first] + one[first + 1 :] + other[1:second] + other[second + 1 :]
    return Result((batch, *(rest or (1,))))


def _dot_axes(options: Options, one: Shape, other: Shape) -> tuple[int, int] | None:
    axes = options.get("axes", UNKNOWN)
    pair = (axes, axes) if isinstance(axes, int) else listed(axes)
    if pair is None or len(pair) != 2:
        return None
    first, second = pair
    if not isinstance(first, int) or not isinstance(second, int):
        return None
    found = axis_of(one, first, "Dot"), axis_of(other, second, "Dot")
    if 0 in found:
        raise MismatchError(f"Dot: the batch axis of {one} and {other} can't be summed over", one, other)
    return found


def merge(call: Call, options: Options) -> Result:
    """``Merge`` of Keras 1: its mode says how."""
    mode = options.text("mode", "sum")
    if mode in ("sum", "mul", "ave", "max"):
        return elementwise("Merge")(call, options)
    if mode == "concat":
        axis = options.get("concat_axis", -1)
        return concatenate(call, Options({"axis": axis}, options.keras))
    if mode in ("dot", "cos"):
        return dot(call, Options({"axes": options.get("dot_axes", -1)}, options.keras))
    return UNKNOWN_RESULT
