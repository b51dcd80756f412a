"""Operations that make tensors out of sizes and plain values, and those that ask for a shape."""

from __future__ import annotations

import math

from kerasvae_lint.library.shapes.calls import Options
from kerasvae_lint.library.shapes.dims import UNKNOWN, Dim, Output, Shape, broadcast, known
from kerasvae_lint.library.shapes.operands import (
    Operands,
    Table,
    argument,
    axis_of,
    first,
    grown,
    listed,
    number,
    numbers,
    plain,
    scalar,
    shape_of,
    sizes,
    unchanged,
    unknown,
    words,
)

_MOST_AXES = 64


# of a size ----------------------------------------------------------------------------------------
def _filled(operands: Operands, options: Options) -> Output:
    """``zeros(shape)``; ``tf.fill(dims, value)`` calls its shape ``dims``."""
    return sizes(operands, options, "shape", "axis", after=0)


def _like(operands: Operands, options: Options) -> Output:
    given = options.get("shape")
    return unchanged(operands, options) if plain(given) is None else numbers(given)


def _constant(operands: Operands, options: Options) -> Output:
    if plain(options.get("shape")) is not None:
        return numbers(options["shape"])
    found = first(operands, options, "object")
    least = number(options.get("ndmin", 0))
    if found is None or not isinstance(least, int) or least > _MOST_AXES:
        return None
    return (1,) * (least - len(found)) + found


def _eye(operands: Operands, options: Options) -> Output:
    rows = number(argument(operands, options, 0, "rows", "n", "N"))
    columns = number(argument(operands, options, 1, "M", "num_columns", default=None))
    rows = UNKNOWN if rows is None else rows
    batch = options.get("batch_shape")
    before = () if plain(batch) is None else numbers(batch)
    return None if before is None else (*before, rows, rows if columns is None else columns)


def _range(operands: Operands, options: Options) -> Output:
    start = argument(operands, options, 0, "start", "start_or_stop", default=0)
    stop = argument(operands, options, 1, "stop", "limit", default=None)
    step = argument(operands, options, 2, "step", "delta", default=1)
    if plain(stop) is None:
        start, stop = 0, start
    if plain(step) is None:
        step = 1
    ends = [plain(value) for value in (start, stop, step)]
    real = [float(end) for end in ends if isinstance(end, (int, float))]
    if len(real) < 3 or real[2] == 0 or not all(map(math.isfinite, real)):
        return (UNKNOWN,)
    return (max(0, math.ceil((real[1] - real[0]) / real[2])),)


def _linspace(operands: Operands, options: Options) -> Output:
    count = number(argument(operands, options, 2, "num", default=50))
    start = shape_of(argument(operands, options, 0, "start"))
    stop = shape_of(argument(operands, options, 1, "stop"))
    if plain(options.get("retstep", False)) is not False:
        return None
    ends = broadcast(start, stop)
    axis = number(options.get("axis", 0))
    if ends is None:
        return None
    if not ends:
        return (UNKNOWN if count is None else count,)
    return (count, *ends) if axis == 0 else unknown(len(ends) + 1)


def _window(operands: Operands, options: Options) -> Output:
    """A signal's window is as long as it is told."""
    length = number(argument(operands, options, 0, "window_length", "x"))
    return (UNKNOWN if length is None else length,)


def _indices(operands: Operands, options: Options) -> Output:
    found = numbers(argument(operands, options, 0, "dimensions"))
    return None if found is None else (len(found), *found)


def _meshgrid(operands: Operands, options: Options) -> Output:
    """The first two axes change places unless ``indexing="ij"``."""
    members = list(operands)
    if len(members) == 1 and (inner := listed(members[0])) and not isinstance(inner[0], (int, float)):
        return None
    shapes = [shape_of(operand) for operand in operands]
    lengths: list[Dim] = [
        shape[0] if shape is not None and len(shape) == 1 else 1 if shape == () else UNKNOWN for shape in shapes
    ]
    indexing = plain(options.get("indexing", "xy"))
    if indexing not in ("xy", "ij"):
        return [unknown(len(lengths))] * len(lengths)
    if indexing == "xy" and len(lengths) > 1:
        lengths[0], lengths[1] = lengths[1], lengths[0]
    return [tuple(lengths)] * len(lengths)


# a shape as a tensor ------------------------------------------------------------------------------
def _shape(operands: Operands, options: Options) -> Output:
    del options
    shape = first(operands)
    return (UNKNOWN if shape is None else len(shape),)


def _broadcast_shape(operands: Operands, options: Options) -> Output:
    one = shape_of(argument(operands, options, 0, "shape_x"))
    other = shape_of(argument(operands, options, 1, "shape_y"))
    if not known(one) or not known(other) or not one or not other:
        return (UNKNOWN,)
    lengths = [shape[0] for shape in (one, other) if isinstance(shape[0], int)]
    return (max(lengths) if len(lengths) == 2 else UNKNOWN,)


# by chance ----------------------------------------------------------------------------------------
_PARAMETERS = (
    *("mean", "stddev", "minimum", "maximum", "lam", "p", "n", "df", "x", "y", "left", "mode", "right", "kappa"),
    *("counts", "probs", "probabilities", "means", "stddevs", "alpha", "beta"),
)
_SAME = frozenset(
    words(
        """
        dropout shuffle permutation random_brightness random_contrast random_flip_left_right
        random_flip_up_down random_hue random_jpeg_quality random_saturation stateless_random_brightness
        stateless_random_contrast stateless_random_flip_left_right stateless_random_flip_up_down
        stateless_random_hue stateless_random_jpeg_quality stateless_random_saturation
        """
    )
)


def _draw(operands: Operands, options: Options) -> Output:
    """Random numbers: what distribution, the options say."""
    word = plain(options.get("distribution"))
    if not isinstance(word, str):
        return None
    if word in _SAME:
        return _shuffled(operands, options)
    if word in {"crop", "random_crop", "stateless_random_crop"}:
        return sizes((), options, "shape")
    if "logits" in options:
        return _categories(options)
    if "pvals" in options:
        return _with_last(options, shape_of(options["pvals"]))
    if word == "dirichlet":
        return _with_last(options, shape_of(options.get("alpha")))
    if word == "multivariate_normal":
        return _with_last(options, shape_of(options.get("mean")))
    if word in {"gamma", "poisson"} and any(shape_of(options[n]) != () for n in ("alpha", "lam") if n in options):
        return None  # TensorFlow appends the parameters' shape, NumPy and Keras don't
    return _drawn(options)


def _shuffled(operands: Operands, options: Options) -> Output:
    value = options.get("x", options.get("image", operands[0] if operands else UNKNOWN))
    count = plain(value)
    if isinstance(count, int) and plain(options.get("distribution")) == "permutation":
        return (int(count),)
    return shape_of(value)


def _categories(options: Options) -> Output:
    shape = shape_of(options["logits"])
    count = number(options.get("num_samples", UNKNOWN))
    return (UNKNOWN if not shape else shape[0], count)


def _with_last(options: Options, shape: Shape | None) -> Output:
    before = () if plain(options.get("shape")) is None else numbers(options["shape"])
    return None if before is None or not shape else (*before, shape[-1])


def _drawn(options: Options) -> Output:
    """As many as are asked for; one for each parameter if nothing is said."""
    if "rest" in options:
        return numbers(options["rest"])
    name = "size" if "size" in options else "shape"
    if plain(options.get(name)) is not None:
        return numbers(options[name])
    # np.random.choice(a) draws one of a list
    shapes = [
        () if plain(options.get("distribution")) == "choice" else shape_of(options[parameter])
        for parameter in (*_PARAMETERS, *(("shape",) if name == "size" else ()))
        if parameter in options and plain(options[parameter]) is not None
    ]
    return broadcast((), *shapes)


def _dense_matrix(operands: Operands, options: Options) -> Output:
    """``diag``: a matrix of a diagonal, or NumPy's diagonal of a matrix."""
    shape = first(operands)
    offset = number(options.get("k", 0))
    if shape is None:
        return None
    if "num_rows" in options:
        return _batch_of_diagonals(shape, offset, options)
    if "k" not in options:
        return shape + shape if len(shape) == 1 else None  # tf.tensor_diag
    if len(shape) == 1:
        more = grown(shape[0], abs(offset) if isinstance(offset, int) else UNKNOWN)
        return (more, more)
    return (diagonal(shape[0], shape[1], offset),) if len(shape) == 2 else None


def _batch_of_diagonals(shape: Shape, offset: Dim, options: Options) -> Output:
    rows, columns = number(options["num_rows"]), number(options.get("num_cols", -1))
    if not shape or not isinstance(offset, int) or rows != -1 or columns != -1:
        return None
    more = grown(shape[-1], abs(offset))
    return (*shape[:-1], more, more)


def diagonal(rows: Dim, columns: Dim, offset: Dim) -> Dim:
    """How long a diagonal of a matrix is."""
    if rows is None and columns is None and offset == 0:
        return None
    if not isinstance(rows, int) or not isinstance(columns, int) or not isinstance(offset, int):
        return UNKNOWN
    return max(0, min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns))


def _diagonal_part(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    if shape is None or len(shape) < 2:
        return None
    if "axis1" in options:
        one, other = axis_of(options["axis1"], len(shape)), axis_of(options.get("axis2", 1), len(shape))
    elif "offset" in options or "k" in options or len(shape) == 2:
        one, other = len(shape) - 2, len(shape) - 1
    else:
        return shape[: len(shape) // 2]  # tf.tensor_diag_part
    if one is None or other is None:
        return unknown(len(shape) - 1)
    offset = number(options.get("offset", options.get("k", 0)))
    rest = tuple(dim for index, dim in enumerate(shape) if index not in (one, other))
    return (*rest, diagonal(shape[one], shape[other], offset)) if isinstance(offset, int) else unknown(len(shape) - 1)


def _flat_diagonal(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    offset = number(options.get("k", 0))
    if shape is None or len(shape) != 1 or not isinstance(offset, int):
        return (UNKNOWN, UNKNOWN)
    return (grown(shape[0], abs(offset)),) * 2


OPERATIONS: Table = {
    **dict.fromkeys(("zeros", "ones", "fill"), _filled),
    **dict.fromkeys(("zeros_like", "ones_like", "full_like"), _like),
    "constant": _constant,
    "convert": _constant,
    "eye": _eye,
    "tri": _eye,
    "range": _range,
    **dict.fromkeys(("linspace", "logspace", "geomspace"), _linspace),
    **dict.fromkeys(
        ("hann_window", "hamming_window", "kaiser_window", "vorbis_window", "kaiser_bessel_derived_window"), _window
    ),
    **dict.fromkeys(("bartlett", "blackman", "hamming", "hanning", "kaiser"), _window),
    "indices": _indices,
    "meshgrid": _meshgrid,
    **dict.fromkeys(("shape", "int_shape", "get_shape"), _shape),
    **dict.fromkeys(("broadcast_dynamic_shape", "broadcast_static_shape"), _broadcast_shape),
    **dict.fromkeys(("rank", "ndim", "size", "len", "count_params"), scalar),
    "draw": _draw,
    "dropout": _shuffled,
    "diag": _dense_matrix,
    "diag_part": _diagonal_part,
    "diagflat": _flat_diagonal,
}
