"""Operations that make one number of many: along axes, or of all."""

from __future__ import annotations

from kerasvae_lint.library.shapes.calls import Options
from kerasvae_lint.library.shapes.dims import UNKNOWN, Output, Shape, UnknownType, broadcast, size
from kerasvae_lint.library.shapes.operands import (
    Operands,
    Table,
    argument,
    axes_of,
    axis_of,
    first,
    flag,
    grown,
    is_unknown,
    number,
    numbers,
    plain,
    replaced,
    scalar,
    shape_of,
    unknown,
    words,
)

_REDUCTIONS = words(
    """
    sum mean prod max min std var all any logsumexp median count_nonzero ptp average nansum nanmean nanprod
    nanmax nanmin nanstd nanvar nanmedian reduce_logmeanexp
    """
)


def reduced(shape: Shape | None, axis: object, keepdims: object = False) -> Shape | None:
    """The shape that is left after one number has been made of all along the axes; of all there are for None."""
    keep = flag(keepdims)
    if shape is None:
        return () if plain(axis) is None and keep is False else None
    if isinstance(keep, UnknownType):
        axes = axes_of(axis, len(shape))
        return shape if axes == () else None
    axes = axes_of(axis, len(shape))
    if axes is not None:
        if keep:
            return tuple(1 if index in axes else dim for index, dim in enumerate(shape))
        return tuple(dim for index, dim in enumerate(shape) if index not in axes)
    if keep:
        return unknown(len(shape))
    several = numbers(axis)
    return None if several is None else unknown(max(len(shape) - len(several), 0))


def _reduction(operands: Operands, options: Options) -> Output:
    if flag(options.get("returned")) is not False:
        return None
    axis = argument(operands, options, 1, "axis", default=None)
    return reduced(first(operands), axis, options.get("keepdims"))


def _place(operands: Operands, options: Options) -> Output:
    """``argmax`` and its like: TensorFlow's look along the first axis by default, the others at all numbers."""
    axis = argument(operands, options, 1, "axis", default=None)
    if plain(axis) is None and "output_type" in options:
        axis = 0
    return reduced(first(operands), axis, options.get("keepdims"))


def _norm(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    if "axis" not in options:  # of a matrix, or of all
        return reduced(shape, None, options.get("keepdims")) if shape is not None and len(shape) <= 2 else None
    return reduced(shape, options["axis"], options.get("keepdims"))


def _moments(operands: Operands, options: Options) -> Output:
    axis = argument(operands, options, 1, "axis", "axes")
    found = reduced(first(operands), axis, options.get("keepdims"))
    return [found, found]


def _quantile(operands: Operands, options: Options) -> Output:
    left = reduced(
        first(operands), argument(operands, options, 2, "axis", default=None), options.get("keepdims", False)
    )
    asked = shape_of(argument(operands, options, 1, "q"))
    return None if asked is None or left is None else asked + left


def _cumulative(operands: Operands, options: Options) -> Output:
    """Without an axis, all numbers in a row."""
    shape = first(operands)
    axis = argument(operands, options, 1, "axis", default=None)
    more = flag(options.get("include_initial", False))
    if is_unknown(axis) and "exclusive" not in options:
        return None
    if is_none(axis):
        if shape is None:
            return (UNKNOWN,)
        shape, axis = (size(shape),), 0
    if more is False or shape is None:
        return shape
    found = axis_of(axis, len(shape))
    if found is None:
        return unknown(len(shape))
    return replaced(shape, found, UNKNOWN if more is not True else grown(shape[found], 1))


def is_none(value: object) -> bool:
    """True for what is None without doubt."""
    return plain(value) is None


def _difference(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    if shape is None:
        return None
    axis = axis_of(options.get("axis", -1), len(shape))
    count = number(argument(operands, options, 1, "n", default=1))
    if axis is None:
        return unknown(len(shape))
    if not is_none(options.get("prepend")) or not is_none(options.get("append")):
        return replaced(shape, axis, UNKNOWN)
    less = grown(shape[axis], -count if isinstance(count, int) else UNKNOWN)
    return replaced(shape, axis, max(less, 0) if isinstance(less, int) else less)


def _trapezoid(operands: Operands, options: Options) -> Output:
    return reduced(shape_of(operands[-1]) if operands else None, options.get("axis", -1))


def _sorted(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    axis = plain(argument(operands, options, 1, "axis", default=-1))
    if isinstance(axis, UnknownType) or shape is None:
        return None
    return (size(shape),) if axis is None else shape


def _trace(operands: Operands, options: Options) -> Output:
    """Of the last two axes; NumPy's and ``keras.ops``' name the first two."""
    shape = first(operands)
    if shape is None:
        return None
    if "axis1" not in options and "axis2" not in options:
        return shape[:-2]
    axes = axes_of((options.get("axis1", 0), options.get("axis2", 1)), len(shape))
    return reduced(shape, axes) if axes is not None else unknown(len(shape) - 2)


def _last(operands: Operands, options: Options) -> Output:
    """One number for each row of the last axis."""
    del options
    return reduced(first(operands), -1)


def _scalars(operands: Operands, options: Options) -> Output:
    """One number that is made of all in two tensors."""
    broadcast(*(shape_of(operand) for operand in operands))
    return scalar(operands, options)


OPERATIONS: Table = {
    **dict.fromkeys(_REDUCTIONS, _reduction),
    **dict.fromkeys(("argmax", "argmin", "nanargmax", "nanargmin"), _place),
    **dict.fromkeys(("moments", "weighted_moments"), _moments),
    **dict.fromkeys(("quantile", "percentile", "nanquantile", "nanpercentile"), _quantile),
    **dict.fromkeys(("cumsum", "cumprod", "nancumsum", "nancumprod", "cumulative_logsumexp"), _cumulative),
    **dict.fromkeys(("sort", "argsort", "partition", "argpartition"), _sorted),
    **dict.fromkeys(
        ("l2_loss", "zero_fraction", "global_norm", "compute_average_loss", "scale_regularization_loss"), scalar
    ),
    "allclose": _scalars,
    "is_non_decreasing": scalar,
    "is_strictly_increasing": scalar,
    "lbeta": _last,
    "norm": _norm,
    "diff": _difference,
    "trapezoid": _trapezoid,
    "trapz": _trapezoid,
    "trace": _trace,
}
