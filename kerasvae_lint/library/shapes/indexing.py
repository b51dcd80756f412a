"""Operations that look up parts of tensors: indexing, gathering, segments, masks."""

from __future__ import annotations

from kerasvae_lint.library.shapes.calls import Operand, Options
from kerasvae_lint.library.shapes.dims import (
    UNKNOWN,
    Dim,
    MismatchError,
    Output,
    Shape,
    UnknownType,
    broadcast,
    ceil_divide,
)
from kerasvae_lint.library.shapes.operands import (
    Operands,
    Table,
    argument,
    axis_of,
    first,
    is_unknown,
    listed,
    number,
    numbers,
    plain,
    replaced,
    shape_of,
    sizes,
    unchanged,
    unknown,
)


# x[…] ---------------------------------------------------------------------------------------------
def _getitem(operands: Operands, options: Options) -> Output:
    index = argument(operands, options, 1, "index", "key")
    index = plain(index) if isinstance(plain(index), tuple) else index
    members = operands[0].value if operands else None
    if isinstance(members, list):
        return _of_list(members, plain(index))
    shape = first(operands)
    if shape is None:
        return None
    return indexed(shape, index if isinstance(index, tuple) else (index,))


def _of_list(members: list[object], index: object) -> Output:
    if isinstance(index, int) and not isinstance(index, bool) and -len(members) <= index < len(members):
        return shape_of(members[index])
    if (
        isinstance(index, slice)
        and index.step != 0
        and all(_is_end(end) for end in (index.start, index.stop, index.step))
    ):
        return [shape_of(member) for member in members[index]]
    return None


def _is_end(value: object) -> bool:
    return value is None or isinstance(value, int)


def indexed(shape: Shape, index: tuple[object, ...]) -> Shape | None:
    """The shape of ``x[index]``; None if not even the rank of it can be told.

    Raises:
        MismatchError: there are more indices than axes, or one is out of range.
    """
    taken = [part for part in index if part is not None and part is not Ellipsis]
    if any(isinstance(plain(part), (bool, str)) for part in taken):
        return None
    if len(taken) > len(shape):
        raise MismatchError(f"{len(taken)} indices for {len(shape)} axes", shape)
    several = sum(isinstance(part, (list, tuple)) or shape_of(part) not in ((), None) for part in taken)
    if several > 1:
        return None
    found: list[Dim] = []
    axis = 0
    for part in index:
        if part is None:
            found.append(1)
        elif part is Ellipsis:
            skipped = len(shape) - len(taken)
            found += shape[axis : axis + skipped]
            axis += skipped
        else:
            left = _at(shape[axis], part)
            if left is None:
                return None
            found += left
            axis += 1
    return (*found, *shape[axis:])


def _at(dim: Dim, part: object) -> Shape | None:
    """What one index leaves of one axis; None if that can't be told."""
    value = plain(part)
    if isinstance(value, slice):
        return (_sliced(dim, value),)
    if isinstance(value, int):
        if isinstance(dim, int) and not -dim <= value < dim:
            raise MismatchError(f"there is no index {value} in an axis of {dim}")
        return ()
    if isinstance(value, (list, tuple)):
        inner = shape_of(value)
        return (len(value),) if inner is not None and len(inner) == 1 and not _has_truth(value) else None
    shape = shape_of(part)
    if shape == ():
        return ()
    # a vector chooses by places or by truth: how many are chosen is not known
    return (UNKNOWN,) if shape is not None and len(shape) == 1 else None


def _has_truth(value: list[object] | tuple[object, ...]) -> bool:
    return any(isinstance(plain(item), (bool, UnknownType)) for item in value)


def _sliced(dim: Dim, part: slice) -> Dim:
    ends = [number(end) for end in (part.start, part.stop, part.step)]
    start, stop, step = ends
    if start in (None, 0) and stop is None and step in (None, 1, -1) and not (start == 0 and step == -1):
        return dim
    if not isinstance(dim, int):
        return dim
    known = [end for end in ends if not isinstance(end, UnknownType)]
    return len(range(dim)[slice(*known)]) if len(known) == 3 and step != 0 else UNKNOWN


def _slice(operands: Operands, options: Options) -> Output:
    """``slice(x, begin, size)`` and ``strided_slice(x, begin, end)``."""
    shape = first(operands)
    begin = numbers(argument(operands, options, 1, "begin", "start_indices"))
    if "end" in options:
        return _strided(shape, begin, options)
    size = numbers(argument(operands, options, 2, "shape"))
    if size is None:
        return None if shape is None else unknown(len(shape))
    if begin is None or shape is None:
        return tuple(UNKNOWN if dim == -1 else dim for dim in size)
    if not len(begin) == len(size) == len(shape):
        raise MismatchError("begin and size name other axes than there are", shape)
    return tuple(
        (dim - start if isinstance(dim, int) and isinstance(start, int) else None if dim is None else UNKNOWN)
        if length == -1
        else length
        for dim, start, length in zip(shape, begin, size, strict=True)
    )


def _strided(shape: Shape | None, begin: Shape | None, options: Options) -> Shape | None:
    end = numbers(options["end"])
    steps = numbers(options["strides"]) if options.get("strides") is not None else None
    masks = [value for name, value in options.items() if name.endswith("_mask")]
    if shape is None or begin is None or end is None or any(number(mask) != 0 for mask in masks):
        return None
    if len(begin) != len(end) or (options.get("strides") is not None and steps is None):
        return None
    by: Shape = steps if steps is not None else (1,) * len(begin)
    return indexed(shape, tuple(slice(*ends) for ends in zip(begin, end, by, strict=False)))


# gathering ----------------------------------------------------------------------------------------
def _gather(operands: Operands, options: Options) -> Output:
    """``keras.ops`` and NumPy's look into all numbers without an axis, TensorFlow's along the first that is free."""
    shape = first(operands)
    if "indices" not in options and "ids" not in options and len(operands) < 2:
        return None
    indices = shape_of(argument(operands, options, 1, "indices", "ids"))
    axis = argument(operands, options, 2, "axis", default=0)
    batch = number(options.get("batch_dims", 0))
    if is_unknown(axis) and "batch_dims" not in options:
        return None
    if plain(axis) is None and "batch_dims" not in options:
        return indices
    if shape is None or indices is None or not isinstance(batch, int):
        return None
    place = axis_of(batch if plain(axis) is None else axis, len(shape))
    batch = batch % len(indices) if indices and batch < 0 else batch
    if place is None:
        return unknown(len(shape) + len(indices) - batch - 1)
    return (*shape[:place], *indices[batch:], *shape[place + 1 :])


def _batch_gather(operands: Operands, options: Options) -> Output:
    shape, indices = first(operands), shape_of(argument(operands, options, 1, "indices"))
    return None if shape is None or indices is None else (*indices, *shape[len(indices) :])


def _gather_nd(operands: Operands, options: Options) -> Output:
    shape, indices = first(operands), shape_of(argument(operands, options, 1, "indices"))
    batch = number(options.get("batch_dims", 0))
    if shape is None or not indices or not isinstance(batch, int) or not isinstance(indices[-1], int):
        return None
    if batch + indices[-1] > len(shape):
        raise MismatchError(f"places of {indices[-1]} indices in {len(shape)} axes", shape, indices)
    return (*indices[:-1], *shape[batch + indices[-1] :])


def _take_along_axis(operands: Operands, options: Options) -> Output:
    shape, indices = first(operands), shape_of(argument(operands, options, 1, "indices"))
    axis = argument(operands, options, 2, "axis", default=-1)
    if plain(axis) is None:
        return indices
    if shape is None or indices is None or len(shape) != len(indices):
        return None
    place = axis_of(axis, len(shape))
    if place is None:
        return unknown(len(shape))
    rest = broadcast(replaced(shape, place, 1), replaced(indices, place, 1))
    return None if rest is None else replaced(rest, place, indices[place])


def _boolean_mask(operands: Operands, options: Options) -> Output:
    shape, mask = first(operands), shape_of(argument(operands, options, 1, "mask"))
    axis = argument(operands, options, 2, "axis", default=None)
    place = 0 if plain(axis) is None else number(axis)
    if shape is None or mask is None or not isinstance(place, int) or place < 0:
        return None
    return (*shape[:place], None, *shape[place + len(mask) :])


def _one_hot(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    if "num_classes" not in options and len(operands) < 2:
        return None
    depth = number(argument(operands, options, 1, "num_classes"))
    depth = UNKNOWN if depth is None else depth
    if shape is None:
        return None
    if "axis" not in options and shape and (not isinstance(shape[-1], int) or shape[-1] == 1):
        return None  # to_categorical gives the last axis to the classes if it has the size 1
    axis = number(options.get("axis", -1))
    axis = -1 if axis is None else axis
    if not isinstance(axis, int):
        return unknown(len(shape) + 1)
    place = len(shape) if axis == -1 else axis
    return (*shape[:place], depth, *shape[place:])


def _multi_hot(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    depth = number(options.get("num_classes", UNKNOWN))
    if not shape or number(options.get("axis", -1)) != -1 or len(shape) > 2:
        return None
    return (*shape[:-1], UNKNOWN if depth is None else depth)


def _top_k(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    count = number(argument(operands, options, 1, "k"))
    count = UNKNOWN if count is None else count
    if not shape:
        return [None, None]
    last = shape[-1]
    if isinstance(last, int) and isinstance(count, int) and count > last:
        raise MismatchError(f"there are no {count} among {last}", shape)
    found = (*shape[:-1], count)
    return [found, found]


def _approximate_k(operands: Operands, options: Options) -> Output:
    shape, count = first(operands), number(options.get("k", UNKNOWN))
    axis = axis_of(options.get("reduction_dimension", -1), len(shape)) if shape else None
    if shape is None or axis is None:
        return [None, None]
    found = replaced(shape, axis, count)
    return [found, found]


def _in_top_k(operands: Operands, options: Options) -> Output:
    return shape_of(options.get("target", operands[0] if operands else UNKNOWN))


def _unique(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    if "out_idx" in options:
        return [(None,), None if shape is None else shape[:1]]
    asked = [options.get(name) for name in ("return_index", "return_inverse", "return_counts")]
    plainly = all(plain(value) in (None, False) for value in asked) and plain(options.get("axis")) is None
    return (UNKNOWN,) if plainly else None


# segments and scattering --------------------------------------------------------------------------
def _segments(operands: Operands, options: Options) -> Output:
    """One sum for each segment: how many there are, only the data say."""
    shape = first(operands, options, "data")
    ids = shape_of(argument(operands, options, 1, "segment_ids"))
    if shape is None or ids is None:
        return None
    count = number(options.get("num_segments"))
    return (count, *shape[len(ids) :])


def _scattered(operands: Operands, options: Options) -> Output:
    return sizes(operands, options, "shape", after=2)


def _dynamic_partition(operands: Operands, options: Options) -> Output:
    shape = first(operands, options, "data")
    places = shape_of(argument(operands, options, 1, "partitions"))
    count = number(argument(operands, options, 2, "num_partitions"))
    if not isinstance(count, int) or count > 4096:
        return None
    part: Shape | None = None if shape is None or places is None else (None, *shape[len(places) :])
    return [part] * count


def _search(operands: Operands, options: Options) -> Output:
    """One place for each value that is looked for."""
    value = options.get("v", operands[-1] if operands else UNKNOWN)
    return shape_of(value)


def _element(operands: Operands, options: Options) -> Output:
    """What iterating over a tensor gives."""
    del options
    shape = first(operands)
    return shape[1:] if shape else None


def _nonzero(operands: Operands, options: Options) -> Output:
    """The places of what is not zero, an array for each axis."""
    del options
    shape = first(operands)
    return None if shape is None else [(None,)] * len(shape)


def _argwhere(operands: Operands, options: Options) -> Output:
    del options
    shape = first(operands)
    return None if shape is None else (None, len(shape))


def _sequence_mask(operands: Operands, options: Options) -> Output:
    shape = first(operands, options, "lengths")
    longest = number(argument(operands, options, 1, "maxlen", default=None))
    return None if shape is None else (*shape, longest)


def _confusion_matrix(operands: Operands, options: Options) -> Output:
    del operands
    classes = number(options.get("num_classes"))
    classes = UNKNOWN if classes is None else classes
    return (classes, classes)


def _gradients(operands: Operands, options: Options) -> Output:
    """A gradient has the shape of what it is taken by."""
    by = options.get("variables", options.get("sources", options.get("x", operands[0] if operands else UNKNOWN)))
    members = listed(by)
    if members is not None:
        return [shape_of(member) for member in members]
    return shape_of(by) if "sources" in options and isinstance(by, Operand) else None


def _every(operands: Operands, options: Options) -> Output:
    """``x[::n]`` of a length, for windows that move along the last axis."""
    shape = first(operands)
    step = number(options.get("sequence_stride", UNKNOWN))
    long = number(options.get("sequence_length", UNKNOWN))
    if not shape:
        return None
    last = shape[-1]
    if not isinstance(last, int) or not isinstance(long, int) or not isinstance(step, int) or last < long:
        return (*shape[:-1], None if last is None else UNKNOWN, long)
    return (*shape[:-1], ceil_divide(last - long + 1, step), long)


OPERATIONS: Table = {
    "getitem": _getitem,
    "get_item": _getitem,
    "element": _element,
    "slice": _slice,
    "gather": _gather,
    "batch_gather": _batch_gather,
    "gather_nd": _gather_nd,
    "take_along_axis": _take_along_axis,
    "boolean_mask": _boolean_mask,
    "one_hot": _one_hot,
    "multi_hot": _multi_hot,
    "top_k": _top_k,
    "approx_max_k": _approximate_k,
    "approx_min_k": _approximate_k,
    "in_top_k": _in_top_k,
    "unique": _unique,
    "nonzero": _nonzero,
    "argwhere": _argwhere,
    **dict.fromkeys((f"segment_{what}" for what in ("sum", "mean", "max", "min", "prod")), _segments),
    **dict.fromkeys(
        (f"unsorted_segment_{what}" for what in ("sum", "mean", "max", "min", "prod", "sqrt_n")), _segments
    ),
    "scatter": _scattered,
    "scatter_nd": _scattered,
    "sparse_to_dense": _scattered,
    **dict.fromkeys((f"tensor_scatter_nd_{what}" for what in ("add", "sub", "min", "max", "update")), unchanged),
    "scatter_update": unchanged,
    "slice_update": unchanged,
    "dynamic_partition": _dynamic_partition,
    "searchsorted": _search,
    "digitize": unchanged,
    "isin": unchanged,
    "sequence_mask": _sequence_mask,
    "confusion_matrix": _confusion_matrix,
    "gradients": _gradients,
    "extract_sequences": _every,
}
