"""Operations on each number for itself: of one tensor, or of several that are broadcast."""

from __future__ import annotations

from kerasvae_lint.library.shapes.calls import OperationFunction, Options
from kerasvae_lint.library.shapes.dims import MismatchError, Output, Shape, broadcast, join, known
from kerasvae_lint.library.shapes.operands import Operands, Table, listed, plain, shape_of, unchanged, words

_UNARY = words(
    """
    abs acos acosh angle asin asinh atan atanh bessel_i0 bessel_i0e bessel_i1 bessel_i1e bitcast
    bitwise_invert bitwise_not cast cbrt ceil celu check_numerics clip clip_by_average_norm clip_by_norm conj
    cos cosh deg2rad digamma elu erf erfc erfcinv erfinv exp exp2 expm1 fix floor gelu guarantee_const
    hard_shrink hard_sigmoid hard_silu hard_tanh i0 identity imag invert is_finite is_inf is_nan isneginf
    isposinf isreal l2_normalize leaky_relu lgamma log log10 log1p log2 log_sigmoid log_softmax logical_not
    mish nan_to_num ndtri negative numpy print_tensor rad2deg real reciprocal relu relu6 round rsqrt selu
    sigmoid sign signbit silu sin sinc sinh soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid
    sparsemax sqrt square squareplus tan tanh tanh_shrink threshold trunc verify_tensor_all_finite as_string
    read_value value initialized_value to_dense nan_to_num preprocess_input softplus_inverse log1mexp sqrt1pm1
    log1psquare clip_by_value_preserve_gradient soft_threshold invert_permutation interp
    """
)

# the operation, and which options stand beside its operands
_BROADCAST: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        words(
            """
            add subtract multiply divide divide_no_nan floordiv mod power maximum minimum squared_difference
            atan2 copysign equal not_equal greater greater_equal less less_equal logical_and logical_or
            logical_xor isclose bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift
            bitand bitor bitxor shift_left shift_right left_shift right_shift gcd lcm heaviside hypot ldexp
            logaddexp logaddexp2 nextafter xdivy xlog1py xlogy atan_difference
            log_add_exp log_sub_exp
            """
        ),
        (),
    ),
    "power": ("a",),
    "multiply": ("scalar",),
    "complex": ("imag",),
    "igamma": ("a",),
    "igammac": ("a",),
    "betainc": ("a",),
    "polygamma": ("a",),
    "zeta": ("q",),
    "polar": ("angle",),
}


def _binary(operands: Operands, options: Options, names: tuple[str, ...]) -> Output:
    if operands and all(isinstance(operand.value, (list, tuple)) for operand in operands[:2]):
        return None  # Python's own lists: added up, they are put together
    shapes = [shape_of(operand) for operand in operands]
    shapes += [shape_of(options[name]) for name in names if name in options]
    return broadcast(*shapes) if len(shapes) > 1 else None


def _binary_with(names: tuple[str, ...]) -> OperationFunction:
    return lambda operands, options: _binary(operands, options, names)


def _merged(operands: Operands, options: Options) -> Output:
    """``add_n`` and what Keras' merging layers do as functions: a list of tensors of one rank, broadcast."""
    del options
    members = listed(operands[0]) if operands else None
    if members is None:
        return None
    shapes = [shape_of(member) for member in members]
    ranks = {None if shape is None else len(shape) for shape in shapes}
    return broadcast(*shapes) if len(ranks) == 1 else None


def _one_of(operands: Operands, options: Options, *names: str) -> Output:
    """What is one thing or the other: the shape that both have."""
    shapes = [shape_of(options[name]) for name in names if plain(options.get(name)) is not None]
    if not shapes:
        shapes = [shape_of(operand) for operand in operands[1:]]
    found = shapes[0] if shapes else None
    for shape in shapes[1:]:
        found = join(found, shape)
    return found if len(shapes) > 1 else None


def _where(operands: Operands, options: Options) -> Output:
    """``where(condition, x, y)``; where only the condition is given, the answer is places."""
    given = [options[name] for name in ("condition", "x", "y", "t", "e") if plain(options.get(name)) is not None]
    shapes: list[Shape | None] = [shape_of(value) for value in (*given, *operands)]
    if len(shapes) != 3:
        return None
    condition = shape_of(options["condition"] if "condition" in options else operands[0])
    try:
        return broadcast(*shapes)
    except MismatchError:
        if condition is not None and len(condition) == 1:
            return None  # TensorFlow 1 chose rows by a vector
        raise


def _phase(operands: Operands, options: Options) -> Output:
    """``in_train_phase(x, alt)``."""
    one = shape_of(operands[0]) if operands else None
    other = shape_of(options["alt"]) if "alt" in options else None
    return join(one, other) if known(one) else None


def _same_list(operands: Operands, options: Options) -> Output:
    """A list of tensors as it is, or a single one."""
    value = operands[0] if operands else options.get("variables", options.get("variable"))
    members = plain(value)
    return [shape_of(member) for member in members] if isinstance(members, list) else shape_of(value)


def _twice(operands: Operands, options: Options) -> Output:
    found = _binary(operands, options, ()) if len(operands) > 1 else unchanged(operands, options)
    return [found, found] if not isinstance(found, list) else None


OPERATIONS: Table = {
    **dict.fromkeys(_UNARY, unchanged),
    **{word: _binary_with(names) for word, names in _BROADCAST.items()},
    **dict.fromkeys(("add_n", "multiply_n", "subtract_n", "mean_n", "maximum_n", "minimum_n"), _merged),
    **dict.fromkeys(("stop_gradient", "identity_n", "tuple"), _same_list),
    **dict.fromkeys(("modf", "frexp", "divmod"), _twice),
    "cond": lambda operands, options: _one_of(operands, options, "true_fn", "false_fn", "fn1", "fn2"),
    "switch": lambda operands, options: _one_of(operands, options, "then_expression", "else_expression"),
    "where": _where,
    "in_train_phase": _phase,
    "in_test_phase": _phase,
}
