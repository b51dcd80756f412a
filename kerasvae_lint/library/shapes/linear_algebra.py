"""Products of tensors and what is done to matrices."""

from __future__ import annotations

from kerasvae_lint.library.shapes.calls import Options
from kerasvae_lint.library.shapes.dims import (
    UNKNOWN,
    Dim,
    MismatchError,
    Output,
    Shape,
    UnknownType,
    broadcast,
    either,
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
    first,
    flag,
    listed,
    number,
    numbers,
    plain,
    replaced,
    scalar,
    shape_of,
    tensorflow,
    unchanged,
    unknown,
    words,
)


def _pair(operands: Operands, options: Options, *names: str) -> tuple[Shape | None, Shape | None]:
    """The shapes of two operands, of which the second may stand among the options."""
    one = first(operands)
    other = next((options[name] for name in names if name in options), None)
    return one, shape_of(operands[1] if other is None and len(operands) > 1 else other)


def _check(one: Dim, other: Dim, *shapes: Shape) -> None:
    if same(one, other) is False:
        raise MismatchError(f"{one} numbers are multiplied with {other}", *shapes)


# products -----------------------------------------------------------------------------------------
def product(one: Shape | None, other: Shape | None) -> Shape | None:
    """``one @ other``.

    Raises:
        MismatchError: the inner sizes differ.
    """
    if one == () or other == ():
        raise MismatchError("a number is no matrix")
    if one is None or other is None:
        return None
    left = one if len(one) > 1 else (1, *one)
    right = other if len(other) > 1 else (*other, 1)
    _check(left[-1], right[-2], one, other)
    batch = broadcast(left[:-2], right[:-2])
    if batch is None:
        return None
    return (*batch, *left[-2:-1][: len(one) > 1], *right[-1:][: len(other) > 1])


def _turned(shape: Shape | None, flags: list[bool | UnknownType]) -> Shape | None:
    """A matrix that may be transposed before."""
    if shape is None or len(shape) < 2 or all(turn is False for turn in flags):
        return shape
    turned = (*shape[:-2], shape[-1], shape[-2])
    if any(turn is True for turn in flags):
        return turned
    return (*shape[:-2], UNKNOWN, UNKNOWN)


def _matmul(operands: Operands, options: Options) -> Output:
    one, other = _pair(operands, options)
    flags = [[flag(options.get(f"{word}_{side}", False)) for word in words] for side, words in _TURNS]
    if "axis" in options and isinstance(plain(options["axis"]), (list, tuple)):
        return None
    return product(_turned(one, flags[0] + flags[2]), _turned(other, flags[1] + flags[3]))


_TURNS = (("a", ("transpose", "adjoint")), ("b", ("transpose", "adjoint")), ("x", ("adj",)), ("y", ("adj",)))


def _matvec(operands: Operands, options: Options) -> Output:
    one, other = _pair(operands, options)
    one = _turned(one, [flag(options.get(name, False)) for name in ("transpose_a", "adjoint_a")])
    if one is None or not other:
        return None
    found = product(one, (*other, 1))
    return None if found is None else found[:-1]


def _dot(operands: Operands, options: Options) -> Output:
    """The last axis of one with the last but one of the other, whatever stands before it."""
    one, other = _pair(operands, options)
    if one == () or other == ():
        return other if one == () else one
    if one is None or other is None:
        return None
    axis = -2 if len(other) > 1 else -1
    _check(one[-1], other[axis], one, other)
    return (*one[:-1], *other[:axis], *(other[-1:] if len(other) > 1 else ()))


def _batch_dot(operands: Operands, options: Options) -> Output:
    """``K.batch_dot``: a batch of products along one axis of each."""
    one, other = _pair(operands, options)
    if one is None or other is None:
        return None
    return _dotted(one, other, options.get("axes"))


def _dot_n(operands: Operands, options: Options) -> Output:
    """``keras.layers.dot``."""
    members = listed(operands[0]) if operands else None
    if members is None or len(members) != 2:
        return None
    one, other = shape_of(members[0]), shape_of(members[1])
    return None if one is None or other is None else _dotted(one, other, options.get("axes", -1))


def _dotted(one: Shape, other: Shape, axes: object) -> Shape | None:
    given = plain(axes)
    if given is None:
        given = (len(one) - 1, 1 if len(other) == 2 else len(other) - 2)
    places = numbers(given)
    if not places or len(places) > 2 or any(not isinstance(axis, int) for axis in places):
        rank = len(one) + len(other) - 3
        return unknown(max(rank, 2))
    left, right = axis_of(places[0], len(one)), axis_of(places[-1], len(other))
    if not left or not right:
        return None
    _check(one[left], other[right], one, other)
    _check(one[0], other[0], one, other)
    found = (either(one[0], other[0]), *_without(one[1:], left - 1), *_without(other[1:], right - 1))
    return found if len(found) > 1 else (*found, 1)


def _without(shape: Shape, *axes: int) -> Shape:
    return tuple(dim for index, dim in enumerate(shape) if index not in axes)


def _tensordot(operands: Operands, options: Options) -> Output:
    one, other = _pair(operands, options)
    if one is None or other is None:
        return None
    axes = plain(argument(operands, options, 2, "axes", default=2))
    if isinstance(axes, int):
        if not 0 <= axes <= min(len(one), len(other)):
            raise MismatchError(f"there are no {axes} axes to multiply", one, other)
        left: tuple[int, ...] | None = tuple(range(len(one) - axes, len(one)))
        right: tuple[int, ...] | None = tuple(range(axes))
    elif isinstance(axes, (list, tuple)) and len(axes) == 2:
        left, right = axes_of(axes[0], len(one)), axes_of(axes[1], len(other))
    else:
        return None
    if left is None or right is None or len(left) != len(right):
        return None
    for a, b in zip(left, right, strict=True):
        _check(one[a], other[b], one, other)
    return (*_without(one, *left), *_without(other, *right))


def _inner(operands: Operands, options: Options) -> Output:
    one, other = _pair(operands, options)
    if one == () or other == ():
        return other if one == () else one
    if one is None or other is None:
        return None
    _check(one[-1], other[-1], one, other)
    return (*one[:-1], *other[:-1])


def _outer(operands: Operands, options: Options) -> Output:
    one, other = _pair(operands, options)
    return (UNKNOWN if one is None else size(one), UNKNOWN if other is None else size(other))


def _kron(operands: Operands, options: Options) -> Output:
    one, other = _pair(operands, options)
    if one is None or other is None:
        return None
    rank = max(len(one), len(other))
    one, other = (1,) * (rank - len(one)) + one, (1,) * (rank - len(other)) + other
    return tuple(map(multiply, one, other))


def _cross(operands: Operands, options: Options) -> Output:
    one, other = _pair(operands, options)
    if one is None or other is None or 2 in (one[-1:] + other[-1:]):
        return None
    asked = [options.get(name, -1) for name in ("axisa", "axisb", "axisc")]
    if any(plain(axis) != -1 for axis in asked) or plain(options.get("axis")) not in (None, -1):
        return None
    return broadcast(one, other)


def _vecdot(operands: Operands, options: Options) -> Output:
    one, other = _pair(operands, options)
    found = broadcast(one, other)
    axis = axis_of(options.get("axis", -1), len(found)) if found else None
    return None if found is None or axis is None else _without(found, axis)


def _multi_dot(operands: Operands, options: Options) -> Output:
    members = listed(operands[0]) if operands else None
    del options
    if not members:
        return None
    found = shape_of(members[0])
    for member in members[1:]:
        found = product(found, shape_of(member))
    return found


# einsum -------------------------------------------------------------------------------------------
def _einsum(operands: Operands, options: Options) -> Output:
    equation = plain(options.get("subscripts", options.get("equation")))
    if equation is None and operands:
        equation, operands = operands[0].value, operands[1:]
    if not isinstance(equation, str):
        return None
    return summed(equation, [shape_of(operand) for operand in operands])


def summed(equation: str, shapes: list[Shape | None]) -> Shape | None:
    """The shape that ``einsum`` gives.

    Raises:
        MismatchError: one letter stands for two sizes, or a tensor has another rank than its letters.
    """
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(shapes):
        return None
    sizes: dict[str, Dim] = {}
    between: Shape | None = ()
    for term, shape in zip(terms, shapes, strict=True):
        if shape is None:
            between = None if "..." in term else between
            continue
        before, dots, after = term.partition("...")
        if len(before) + len(after) > len(shape) or (not dots and len(before) != len(shape)):
            raise MismatchError(f"{term} are not the {len(shape)} axes", shape)
        end = len(shape) - len(after)
        _note(sizes, before + after, (*shape[: len(before)], *shape[end:]))
        if dots:
            between = broadcast(between, shape[len(before) : end])
    if not arrow:
        letters = left.replace(",", "").replace("...", "")
        right = ("..." if "..." in left else "") + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    before, dots, after = right.partition("...")
    if dots and between is None:
        return None
    middle = between if dots and between is not None else ()
    return (*(sizes.get(c, UNKNOWN) for c in before), *middle, *(sizes.get(c, UNKNOWN) for c in after))


def _note(sizes: dict[str, Dim], letters: str, dims: Shape) -> None:
    for letter, dim in zip(letters, dims, strict=True):
        here = sizes.get(letter, dim)
        if same(here, dim) is False and 1 not in (here, dim):
            raise MismatchError(f"{letter} is {here} and {dim}", dims)
        # a size of 1 is broadcast by some
        if letter not in sizes or here == 1 or not (dim == 1 and isinstance(here, int)):
            sizes[letter] = dim if here == 1 else either(here, dim)


# matrices -----------------------------------------------------------------------------------------
def _batch(operands: Operands, options: Options) -> Output:
    """One number for each matrix."""
    shape = first(operands, options, "matrix")
    return None if shape is None else shape[:-2]


def _square(operands: Operands, options: Options) -> Output:
    """A matrix for each matrix; the two sizes must be the same."""
    shape = first(operands, options, "matrix")
    if shape is not None:
        if len(shape) < 2:
            raise MismatchError("this is no matrix", shape)
        if same(shape[-1], shape[-2]) is False:
            raise MismatchError("the matrix is not square", shape)
    return shape


def _transposed(operands: Operands, options: Options) -> Output:
    del options
    shape = first(operands)
    return None if shape is None or len(shape) < 2 else (*shape[:-2], shape[-1], shape[-2])


def _solve(operands: Operands, options: Options) -> Output:
    """What is solved has the shape of the right side."""
    one, other = _pair(operands, options, "rhs")
    return other if one is not None and other is not None and len(one) == len(other) else None


def _least_squares(operands: Operands, options: Options) -> Output:
    if "rcond" in options:
        return None
    one, other = _pair(operands, options, "rhs")
    if one is None or other is None or len(one) != len(other) or len(one) < 2:
        return None
    return replaced(one, -2, one[-1])[:-1] + other[-1:]


def _eigen(operands: Operands, options: Options) -> Output:
    del options
    shape = first(operands)
    return [None if shape is None else shape[:-1], shape]


def _eigenvalues(operands: Operands, options: Options) -> Output:
    del options
    shape = first(operands)
    return None if shape is None else shape[:-1]


def _signed(operands: Operands, options: Options) -> Output:
    found = _batch(operands, options)
    return [found, found] if not isinstance(found, list) else None


def _least(one: Dim, other: Dim) -> Dim:
    if isinstance(one, int) and isinstance(other, int):
        return min(one, other)
    return None if one is None and other is None else UNKNOWN


def _svd(operands: Operands, options: Options) -> Output:
    """TensorFlow gives the singular values first and ``v`` as it is, the others ``u, s, v`` turned."""
    shape = first(operands)
    whole = flag(options.get("full_matrices", not tensorflow(options)))
    vectors = flag(options.get("compute_uv", True))
    if shape is None or len(shape) < 2:
        return None if vectors is not True else [None, None, None]
    rows, columns = shape[-2:]
    least = _least(rows, columns)
    values = (*shape[:-2], least)
    if vectors is not True:
        return values if vectors is False else None
    inner_rows = rows if whole is True else least if whole is False else UNKNOWN
    inner_columns = columns if whole is True else least if whole is False else UNKNOWN
    left = (*shape[:-2], rows, inner_rows)
    if tensorflow(options):
        return [values, left, (*shape[:-2], columns, inner_columns)]
    return [left, values, (*shape[:-2], inner_columns, columns)]


def _qr(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    mode = plain(options.get("mode", "complete" if options.get("full_matrices") is True else "reduced"))
    if shape is None or len(shape) < 2 or mode not in ("reduced", "complete"):
        return [None, None] if mode in ("reduced", "complete") else None
    rows, columns = shape[-2:]
    inner = rows if mode == "complete" else _least(rows, columns)
    return [(*shape[:-2], rows, inner), (*shape[:-2], inner, columns)]


def _distances(operands: Operands, options: Options) -> Output:
    one, other = _pair(operands, options)
    if one is None or other is None or len(one) < 2 or len(other) < 2:
        return None
    batch = broadcast(one[:-2], other[:-2])
    return None if batch is None else (*batch, one[-2], other[-2])


def _vandermonde(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    columns = number(options.get("N"))
    if shape is None or len(shape) != 1:
        return (UNKNOWN, UNKNOWN)
    return (shape[0], shape[0] if columns is None else columns)


_MATRICES = ["band_part", "matrix_band_part", "set_diag", "matrix_set_diag", "tril", "triu"]
_SQUARE = words(
    """
    cholesky cholesky_inverse inv matrix_inverse expm sqrtm logm matrix_square_root matrix_power
    """
)

OPERATIONS: Table = {
    "matmul": _matmul,
    "sparse_matmul": _matmul,
    "matvec": _matvec,
    "dot": _dot,
    "batch_dot": _batch_dot,
    "dot_n": _dot_n,
    "tensordot": _tensordot,
    "inner": _inner,
    "outer": _outer,
    "kron": _kron,
    "cross": _cross,
    "vdot": scalar,
    "vecdot": _vecdot,
    "multi_dot": _multi_dot,
    "einsum": _einsum,
    **dict.fromkeys(("det", "logdet", "matrix_determinant", "matrix_rank"), _batch),
    **dict.fromkeys(_MATRICES, unchanged),
    **dict.fromkeys(_SQUARE, _square),
    "pinv": _transposed,
    **dict.fromkeys(
        ("solve", "matrix_solve", "solve_triangular", "triangular_solve", "matrix_triangular_solve", "cholesky_solve"),
        _solve,
    ),
    "lstsq": _least_squares,
    **dict.fromkeys(("eig", "eigh", "self_adjoint_eig"), _eigen),
    **dict.fromkeys(("eigvals", "eigvalsh"), _eigenvalues),
    "slogdet": _signed,
    "svd": _svd,
    "qr": _qr,
    "cdist": _distances,
    "vander": _vandermonde,
}
