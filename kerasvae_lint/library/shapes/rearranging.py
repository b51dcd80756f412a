"""Operations that put the numbers of tensors elsewhere: reshape, transpose, concatenate, split, pad."""

from __future__ import annotations

from collections.abc import Sequence

from kerasvae_lint.library.shapes.calls import OperationFunction, Options
from kerasvae_lint.library.shapes.dims import (
    UNKNOWN,
    Dim,
    MismatchError,
    Output,
    Shape,
    UnknownType,
    add,
    join,
    multiply,
    same,
    size,
)
from kerasvae_lint.library.shapes.operands import (
    Operands,
    Table,
    argument,
    axes_of,
    axis_of,
    channels_first,
    first,
    grown,
    is_unknown,
    listed,
    merged,
    number,
    numbers,
    plain,
    position,
    repeated,
    replaced,
    shape_of,
    sizes,
    tensorflow,
    unchanged,
    unknown,
)

MOST_PARTS = 4096
"""Into more parts than this nothing is taken apart."""


# reshape ------------------------------------------------------------------------------------------
def reshaped(shape: Shape | None, target: Shape | None) -> Shape | None:
    """A tensor of a shape in another: ``-1`` stands for what is left.

    Raises:
        MismatchError: the numbers don't fit.
    """
    if target is None:
        return None
    holes = [index for index, dim in enumerate(target) if dim == -1]
    others = tuple(dim for dim in target if dim != -1)
    if len(holes) > 1:
        raise MismatchError("only one size can be left open", target)
    if not holes:
        _check_size(shape, others)
        return target
    return replaced(target, holes[0], _left(shape, others))


def _left(shape: Shape | None, others: Shape) -> Dim:
    """The size that ``-1`` stands for."""
    if shape is None or UNKNOWN in shape:
        return UNKNOWN
    total, rest = size(shape), size(others)
    if not isinstance(rest, int) or rest == 0:
        return UNKNOWN
    if not isinstance(total, int):
        return None
    if total % rest:
        raise MismatchError(f"{total} numbers can't be shared among {rest}", shape, others)
    return total // rest


def _check_size(shape: Shape | None, target: Shape) -> None:
    total = size(target)
    if shape is None or not isinstance(total, int):
        return
    here = size(shape)
    if isinstance(here, int) and here != total:
        raise MismatchError(f"{here} numbers don't make {total}", shape, target)
    least = size(dim for dim in shape if isinstance(dim, int))
    if not isinstance(here, int) and isinstance(least, int) and (total % least if least else total):
        raise MismatchError(f"{total} numbers are no multiple of {least}", shape, target)


def _reshape(operands: Operands, options: Options) -> Output:
    return reshaped(first(operands), sizes(operands, options, "shape", "new_shape"))


def _flatten(operands: Operands, options: Options) -> Output:
    """All in a row; as a layer's function of each of a batch."""
    shape = first(operands)
    if "data_format" in options or "outputs_collections" in options:
        return _rows(shape)
    return (UNKNOWN if shape is None else size(shape),)


def _rows(shape: Shape | None) -> Shape:
    return (UNKNOWN, UNKNOWN) if shape is None else (*shape[:1], size(shape[1:]))


def _batch_flatten(operands: Operands, options: Options) -> Output:
    del options
    shape = first(operands)
    if shape and not isinstance(shape[0], int):
        return (shape[0], UNKNOWN)  # TensorFlow loses sight of the other, too
    return _rows(shape)


def _ensure_shape(operands: Operands, options: Options) -> Output:
    shape, target = first(operands), sizes(operands, options, "shape")
    if shape is None or target is None:
        return target if shape is None else shape
    return merged((shape, target))


def _broadcast_to(operands: Operands, options: Options) -> Output:
    target = sizes(operands, options, "shape")
    return None if target is None else tuple(UNKNOWN if isinstance(d, int) and d < 0 else d for d in target)


# axes ---------------------------------------------------------------------------------------------
def _transpose(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    if "permutation" in options:
        order = plain(options["permutation"])
        if isinstance(order, UnknownType):
            given = numbers(options["permutation"])
            count = len(shape) if shape is not None else None if given is None else len(given)
            return None if count is None else unknown(count)
        return _reversed(shape) if order is None else permuted(shape, numbers(order))
    if len(operands) > 1:
        return permuted(shape, sizes(operands, options))
    if shape is None or len(shape) <= 2:
        return _reversed(shape)
    # one word for K.transpose, which turns all axes, for matrices in a batch, and for images
    found = join(_reversed(shape), _swapped(shape, -1, -2))
    image = _swapped(shape, -2, -3)
    return join(found, image) if len(shape) <= 4 else found


def _reversed(shape: Shape | None) -> Shape | None:
    return None if shape is None else shape[::-1]


def _swapped(shape: Shape, one: int, other: int) -> Shape:
    one, other = position(one, len(shape)), position(other, len(shape))
    return replaced(replaced(shape, one, shape[other]), other, shape[one])


def permuted(shape: Shape | None, order: Shape | None) -> Shape | None:
    """The axes of a shape in another order."""
    if order is None:
        return None if shape is None else unknown(len(shape))
    if shape is None:
        return unknown(len(order))
    if len(order) != len(shape):
        raise MismatchError(f"{len(order)} axes are named of {len(shape)}", shape)
    return tuple(shape[position(axis, len(shape))] if isinstance(axis, int) else UNKNOWN for axis in order)


def _matrix_transpose(operands: Operands, options: Options) -> Output:
    del options
    shape = first(operands)
    return None if shape is None else _swapped(shape, -1, -2)


def _image_transpose(operands: Operands, options: Options) -> Output:
    del options
    shape = first(operands)
    return None if shape is None else _swapped(shape, -2, -3)


def _swapaxes(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    if shape is None:
        return None
    one = number(argument(operands, options, 1, "axis1"))
    other = number(argument(operands, options, 2, "axis2"))
    return _swapped(shape, one, other) if isinstance(one, int) and isinstance(other, int) else unknown(len(shape))


def _moveaxis(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    if shape is None:
        return None
    rank = len(shape)
    sources = _some_axes(argument(operands, options, 1, "source"), rank)
    targets = _some_axes(argument(operands, options, 2, "destination"), rank)
    if sources is None or targets is None or len(sources) != len(targets):
        return unknown(rank)
    rest = [axis for axis in range(rank) if axis not in sources]
    for target, source in sorted(zip(targets, sources, strict=True)):
        rest.insert(target, source)
    return tuple(shape[axis] for axis in rest)


def _some_axes(value: object, rank: int) -> tuple[int, ...] | None:
    return None if plain(value) is None else axes_of(value, rank)


def _expand_dims(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    axes = numbers(argument(operands, options, 1, "axis"))
    if shape is None or axes is None:
        return None
    rank = len(shape) + len(axes)
    places = [position(axis, rank) for axis in axes if isinstance(axis, int)]
    if len(places) != len(axes):
        return unknown(rank)
    rest = list(shape)
    for place in sorted(places):
        rest.insert(place, 1)
    return tuple(rest)


def _squeeze(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    axis = argument(operands, options, 1, "axis", default=None)
    if shape is None or is_unknown(axis):
        return None
    if plain(axis) is None or plain(axis) in ([], ()):
        known_all = all(isinstance(dim, int) for dim in shape)
        return tuple(dim for dim in shape if dim != 1) if known_all else None
    axes = axes_of(axis, len(shape))
    if axes is None:
        return unknown(max(len(shape) - len(numbers(axis) or ()), 0))
    for index in axes:
        if same(shape[index], 1) is False:
            raise MismatchError(f"axis {index} has the size {shape[index]}, not 1", shape)
    return tuple(dim for index, dim in enumerate(shape) if index not in axes)


def _rot90(operands: Operands, options: Options) -> Output:
    """NumPy's turns the first two axes, TensorFlow's an image's height and width."""
    shape = first(operands)
    turns = number(options.get("k", 1))
    if shape is None:
        return None
    if not isinstance(turns, int):
        return unknown(len(shape))
    if turns % 2 == 0:
        return shape
    axes = axes_of(options["axis"], len(shape)) if "axis" in options else (len(shape) - 3, len(shape) - 2)
    return _swapped(shape, *axes) if axes is not None and len(axes) == 2 else unknown(len(shape))


# putting together ---------------------------------------------------------------------------------
def concatenated(shapes: Sequence[Shape | None], axis: object) -> Shape | None:
    """Tensors one behind the other along an axis.

    Raises:
        MismatchError: they differ along another axis.
    """
    found = [shape for shape in shapes if shape is not None]
    if not found or is_unknown(axis):
        return None
    rank = len(found[0])
    if any(len(shape) != rank for shape in found):
        raise MismatchError("tensors of different ranks are put together", *found)
    index = axis_of(axis, rank)
    if index is None:
        return unknown(rank)
    rest = merged(replaced(shape, index, 0) for shape in found)
    together = add(*(shape[index] for shape in found)) if len(found) == len(shapes) else UNKNOWN
    return replaced(rest, index, together)


def _concatenate(operands: Operands, options: Options) -> Output:
    members = listed(operands[0]) if operands else None
    if members is None or len(operands) > 1:
        return None
    shapes = [shape_of(member) for member in members]
    axis = argument(operands, options, 1, "axis")
    if plain(axis) is None:
        return (add(*(UNKNOWN if shape is None else size(shape) for shape in shapes)),)
    return concatenated(shapes, axis)


def _stack(operands: Operands, options: Options) -> Output:
    members = listed(operands[0]) if operands else None
    axis = number(options.get("axis", 0))
    if members is None:
        return first(operands) if axis == 0 else None
    shapes = [shape for shape in map(shape_of, members) if shape is not None]
    if not shapes:
        return None
    inner = merged(shapes)
    if not isinstance(axis, int):
        return unknown(len(inner) + 1)
    place = position(axis, len(inner) + 1)
    return (*inner[:place], len(members), *inner[place:])


def _members(operands: Operands) -> list[Shape] | None:
    members = listed(operands[0]) if operands else None
    shapes = [shape_of(member) for member in members] if members is not None else []
    found = [shape for shape in shapes if shape is not None]
    return found if found and len(found) == len(shapes) else None


def _at_least(shape: Shape, rank: int) -> Shape:
    if rank == 3 and len(shape) < 3:
        return (*((1, *shape) if len(shape) == 1 else shape or (1, 1)), 1)
    return (1,) * (rank - len(shape)) + shape


def _stacks(rank: int, axis: int) -> OperationFunction:
    def stacked(operands: Operands, options: Options) -> Output:
        del options
        shapes = _members(operands)
        if shapes is None:
            return None
        return concatenated([_at_least(shape, rank) for shape in shapes], axis)

    return stacked


def _hstack(operands: Operands, options: Options) -> Output:
    del options
    shapes = _members(operands)
    if shapes is None:
        return None
    shapes = [_at_least(shape, 1) for shape in shapes]
    return concatenated(shapes, 0 if len(shapes[0]) == 1 else 1)


def _column_stack(operands: Operands, options: Options) -> Output:
    del options
    shapes = _members(operands)
    if shapes is None:
        return None
    return concatenated([shape if len(shape) > 1 else (*(shape or (1,)), 1) for shape in shapes], 1)


def _atleast(rank: int) -> OperationFunction:
    def found(operands: Operands, options: Options) -> Output:
        shapes = [shape_of(operand) for operand in operands] or [first(operands, options, "x")]
        larger = [None if shape is None else _at_least(shape, rank) for shape in shapes]
        return larger[0] if len(larger) == 1 else list(larger)

    return found


# taking apart -------------------------------------------------------------------------------------
def _split(operands: Operands, options: Options) -> Output:
    return parts(
        first(operands),
        argument(operands, options, 1, "sections"),
        argument(operands, options, 2, "axis", default=0),
        as_sizes="num" in options,
        count=number(options.get("num")),
    )


def parts(shape: Shape | None, sections: object, axis: object, as_sizes: bool = False, count: Dim = None) -> Output:
    """The shapes of the parts of a tensor; None if nobody knows how many there are.

    Args:
        shape: the tensor's.
        sections: into how many, or where: a list of places, of sizes if ``as_sizes``.
        axis: along which axis.
        as_sizes: TensorFlow's lists say how long each part is.
        count: how many there are, if a function is told so.
    """
    given = plain(sections)
    if (isinstance(given, int) and given > MOST_PARTS) or (isinstance(count, int) and count > MOST_PARTS):
        return None
    index = axis_of(axis, len(shape)) if shape is not None else None
    dim = shape[index] if shape is not None and index is not None else UNKNOWN
    if isinstance(given, int):
        lengths = _equal_parts(dim, int(given), as_sizes)
    elif (found := numbers(sections)) is not None:
        lengths = _of_sizes(dim, found) if as_sizes else _between(dim, found)
    elif isinstance(count, int):
        lengths = (UNKNOWN,) * count
    else:
        return None
    if shape is None or index is None:
        return [None if shape is None else unknown(len(shape)) for _ in lengths]
    return [replaced(shape, index, length) for length in lengths]


def _equal_parts(dim: Dim, count: int, equal: bool) -> Shape:
    if not isinstance(dim, int) or count < 1:
        return (dim if not isinstance(dim, int) else UNKNOWN,) * max(count, 0)
    each, more = divmod(dim, count)
    if more and equal:
        raise MismatchError(f"{dim} can't be split into {count} equal parts")
    return tuple(each + 1 if index < more else each for index in range(count))  # as np.array_split does


def _of_sizes(dim: Dim, lengths: Shape) -> Shape:
    """Parts of given sizes, of which one may be ``-1``."""
    told = [length for length in lengths if length != -1]
    total = add(*told)
    if len(told) < len(lengths):
        rest = dim - total if isinstance(dim, int) and isinstance(total, int) else UNKNOWN
        return tuple(rest if length == -1 else length for length in lengths)
    if isinstance(dim, int) and isinstance(total, int) and dim != total:
        raise MismatchError(f"parts of {total} are not the {dim} that there are")
    return lengths


def _between(dim: Dim, places: Shape) -> Shape:
    """Parts between places."""
    if not isinstance(dim, int) or not all(isinstance(place, int) for place in places):
        return (dim if dim is None else UNKNOWN,) * (len(places) + 1)
    ends = [place for place in places if isinstance(place, int)]
    starts = [0, *ends]
    return tuple(
        len(range(dim)[start:end])
        for start, end in zip(starts, [*ends, None], strict=True)  # as a slice reads them
    )


def _splits(axis: int) -> OperationFunction:
    def found(operands: Operands, options: Options) -> Output:
        shape = first(operands)
        along = 0 if axis == 1 and shape is not None and len(shape) == 1 else axis
        return parts(shape, argument(operands, options, 1, "sections"), along)

    return found


def _unstack(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    count = number(options.get("num"))
    if isinstance(count, int) and count > MOST_PARTS:
        return None
    if shape is None:
        return [None] * count if isinstance(count, int) else None
    index = axis_of(options.get("axis", 0), len(shape))
    if index is None:
        return [unknown(len(shape) - 1)] * count if isinstance(count, int) else None
    length = shape[index]
    if not isinstance(length, int):
        length = count
    elif isinstance(count, int) and count != length:
        raise MismatchError(f"{length} are to be {count}", shape)
    rest = (*shape[:index], *shape[index + 1 :])
    return [rest] * length if isinstance(length, int) and length <= MOST_PARTS else None


# repeating and padding ----------------------------------------------------------------------------
def _tile(operands: Operands, options: Options) -> Output:
    """A shorter list of repeats is meant for the last axes."""
    shape = first(operands)
    repeats = numbers(argument(operands, options, 1, "repeats", "n"))
    if shape is None or repeats is None:
        return None if shape is None or tuple(options) == () else _tiled_rank(shape, options)
    rank = max(len(shape), len(repeats))
    shape = (1,) * (rank - len(shape)) + shape
    repeats = (1,) * (rank - len(repeats)) + repeats
    return tuple(
        dim if times == 1 else multiply(dim, times if times is not None else UNKNOWN)
        for dim, times in zip(shape, repeats, strict=True)
    )


def _tiled_rank(shape: Shape, options: Options) -> Shape | None:
    return unknown(len(shape)) if tensorflow(options) else None


def _repeat(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    repeats = argument(operands, options, 1, "repeats")
    axis = argument(operands, options, 2, "axis", default=None)
    if is_unknown(axis):
        return None
    if plain(axis) is None:
        return (_repeated(UNKNOWN if shape is None else size(shape), repeats),)
    if shape is None:
        return None
    index = axis_of(axis, len(shape))
    return unknown(len(shape)) if index is None else replaced(shape, index, _repeated(shape[index], repeats))


def _repeated(dim: Dim, repeats: object) -> Dim:
    given = plain(repeats)
    if isinstance(given, int):
        return multiply(dim, int(given))
    several = numbers(repeats)
    if several is None or not all(isinstance(times, int) for times in several):
        return UNKNOWN
    return multiply(dim, several[0]) if len(several) == 1 else add(*several)


def _repeat_vector(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    times = number(argument(operands, options, 1, "n"))
    times = UNKNOWN if times is None else times
    return (UNKNOWN, times, UNKNOWN) if shape is None else (*shape[:1], times, *shape[1:])


def padded(shape: Shape, amounts: Sequence[tuple[Dim, Dim]]) -> Shape:
    """A shape with something added before and behind each axis."""
    return tuple(grown(dim, *both) for dim, both in zip(shape, amounts, strict=True))


def _pad(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    given = plain(argument(operands, options, 1, "padding"))
    if shape is None:
        return unknown(len(given)) if isinstance(given, (list, tuple)) and tensorflow(options) else None
    amounts = _amounts(given, len(shape), not tensorflow(options))
    if amounts is not None and len(amounts) != len(shape):
        raise MismatchError(f"{len(amounts)} axes are padded of {len(shape)}", shape)
    return unknown(len(shape)) if amounts is None else padded(shape, amounts)


def _amounts(given: object, rank: int, repeats: bool) -> list[tuple[Dim, Dim]] | None:
    """How much is added at each axis: ``1``, ``(1, 2)``, ``((1, 2),)`` or a pair for each."""
    if isinstance(given, int):
        return [(int(given), int(given))] * rank
    if not isinstance(given, (list, tuple)):
        return None
    pairs: list[tuple[Dim, Dim]] = []
    for part in given:
        found = plain(part)
        if isinstance(found, int) and len(given) <= 2:  # the same for all axes
            before, behind = (*given, *given)[:2]
            return [(number(before), number(behind))] * rank
        both = numbers(part)
        if both is None or len(both) > 2:
            pairs.append((UNKNOWN, UNKNOWN))
        else:
            pairs.append((both[0], both[-1]))
    return pairs * rank if len(pairs) == 1 and repeats else pairs


def _spatial_padding(count: int) -> OperationFunction:
    def found(operands: Operands, options: Options) -> Output:
        shape = first(operands)
        if shape is None or len(shape) != count + 2:
            return unknown(count + 2)
        given = plain(argument(operands, options, 1, "padding", default=1))
        amounts = [_pair(part) for part in given] if isinstance(given, (list, tuple)) and count > 1 else [_pair(given)]
        if len(amounts) != count:
            amounts = [(UNKNOWN, UNKNOWN)] * count
        front = channels_first(options)
        if front is None:
            return (shape[0], *unknown(count + 1))
        nothing: tuple[Dim, Dim] = (0, 0)
        order = [nothing, nothing, *amounts] if front else [nothing, *amounts, nothing]
        return padded(shape, order)

    return found


def _pair(value: object) -> tuple[Dim, Dim]:
    both = repeated(value, 2)
    return both[0], both[1]


OPERATIONS: Table = {
    "reshape": _reshape,
    "flatten": _flatten,
    "batch_flatten": _batch_flatten,
    "ensure_shape": _ensure_shape,
    "broadcast_to": _broadcast_to,
    "transpose": _transpose,
    "matrix_transpose": _matrix_transpose,
    "adjoint": _matrix_transpose,
    "image_transpose": _image_transpose,
    "swapaxes": _swapaxes,
    "moveaxis": _moveaxis,
    "expand_dims": _expand_dims,
    "squeeze": _squeeze,
    "rot90": _rot90,
    "concatenate": _concatenate,
    "stack": _stack,
    "hstack": _hstack,
    "vstack": _stacks(2, 0),
    "dstack": _stacks(3, 2),
    "column_stack": _column_stack,
    "atleast_1d": _atleast(1),
    "atleast_2d": _atleast(2),
    "atleast_3d": _atleast(3),
    "split": _split,
    "hsplit": _splits(1),
    "vsplit": _splits(0),
    "dsplit": _splits(2),
    "unstack": _unstack,
    "tile": _tile,
    "repeat": _repeat,
    "repeat_vector": _repeat_vector,
    "pad": _pad,
    "temporal_padding": _spatial_padding(1),
    "spatial_2d_padding": _spatial_padding(2),
    "spatial_3d_padding": _spatial_padding(3),
    **dict.fromkeys(("reverse", "reverse_sequence", "roll", "fftshift", "ifftshift"), unchanged),
}
