"""What the functions of Keras, TensorFlow and NumPy mean in the algebra."""

from __future__ import annotations

_HOMES = (
    "tf.",
    "keras.backend.",
    "keras.ops.",
    "np.",
    "jnp.",
    "keras.layers.",
    "keras.activations.",
    "tf.nn.",
    "math.",
)

_ARITHMETIC = {
    "add": "add",
    "add_n": "add_all",
    "sum_of": "add_all",
    "subtract": "subtract",
    "sub": "subtract",
    "multiply": "multiply",
    "mul": "multiply",
    "scalar_mul": "multiply",
    "divide": "divide",
    "div": "divide",
    "truediv": "divide",
    "true_divide": "divide",
    "realdiv": "divide",
    "div_no_nan": "divide",
    "negative": "negate",
    "neg": "negate",
    "exp": "exp",
    "log": "log",
    "sqrt": "sqrt",
    "rsqrt": "rsqrt",
    "square": "square",
    "pow": "power",
    "power": "power",
    "reciprocal": "reciprocal",
    "squared_difference": "squared_difference",
    "sum": "sum",
    "reduce_sum": "sum",
    "mean": "mean",
    "reduce_mean": "mean",
    "average": "mean",
    "max": "max",
    "reduce_max": "max",
    "zeros_like": "zero",
    "ones_like": "one",
    "abs": "abs",
    "absolute": "abs",
}
_SAME = frozenset(
    [
        "cast",
        "convert_to_tensor",
        "identity",
        "constant",
        "array",
        "asarray",
        "reshape",
        "flatten",
        "batch_flatten",
        "squeeze",
        "expand_dims",
        "variable",
        "float32",
        "float64",
        "to_float",
        "copy",
        "debugging_check_numerics",
        "check_numerics",
        "print_tensor",
        "in_train_phase",
        "ensure_shape",
        "broadcast_to",
        "concrete",
    ]
)
_LAYERS = {"Add": "add_all", "Subtract": "subtract_all", "Multiply": "multiply_all"}
_LAYER_FUNCTIONS = {
    "keras.layers.add": "add_all",
    "keras.layers.subtract": "subtract_all",
    "keras.layers.multiply": "multiply_all",
}

_ERROR_HOMES = (
    "keras.losses.",
    "keras.metrics.",
    "keras.objectives.",
    "keras.backend.",
    "tf.nn.",
    "keras.ops.",
    "tf.losses.",
)
_PER_FEATURE = frozenset(
    [
        "mean_squared_error",
        "mse",
        "MSE",
        "mean_absolute_error",
        "mae",
        "MAE",
        "binary_crossentropy",
        "mean_squared_logarithmic_error",
        "msle",
        "MSLE",
        "log_cosh",
        "logcosh",
        "huber",
        "huber_loss",
        "mean_absolute_percentage_error",
        "mape",
        "poisson",
    ]
)
_PER_CLASS = frozenset(
    [
        "categorical_crossentropy",
        "sparse_categorical_crossentropy",
        "softmax_cross_entropy_with_logits",
        "sparse_softmax_cross_entropy_with_logits",
        "softmax_cross_entropy_with_logits_v2",
    ]
)
RELATIVE_ENTROPY = frozenset({"kl_divergence", "kld", "KLD", "kullback_leibler_divergence", "KLDivergence"})
"""Keras's names for the divergence of two probability distributions."""
_ELEMENTWISE = frozenset({"sigmoid_cross_entropy_with_logits", "weighted_cross_entropy_with_logits"})
_CLASSES = frozenset(
    [
        "MeanSquaredError",
        "MeanAbsoluteError",
        "BinaryCrossentropy",
        "MeanSquaredLogarithmicError",
        "Huber",
        "LogCosh",
        "Poisson",
        "CategoricalCrossentropy",
        "SparseCategoricalCrossentropy",
        "KLDivergence",
    ]
)


def operation(name: str) -> str | None:
    """The algebra's word for a function, ``same`` for those that hand their argument on, or None."""
    if name in _LAYER_FUNCTIONS:
        return _LAYER_FUNCTIONS[name]
    home, _, last = name.rpartition(".")
    if home + "." not in _HOMES or home == "keras.layers":
        return None
    if last in _SAME:
        return "same"
    return _ARITHMETIC.get(last)


def merging_layer(name: str) -> str | None:
    """What a merging layer does with the list that it is called on."""
    home, _, last = name.rpartition(".")
    return _LAYERS.get(last) if home == "keras.layers" else None


def error_function(name: str) -> tuple[str, str] | None:
    """The name of a library's loss function and what it has averaged: ``feature``, ``class`` or ``element``."""
    home, _, last = name.rpartition(".")
    if home + "." not in _ERROR_HOMES:
        return None
    if home == "keras.backend" or last in _ELEMENTWISE:
        if last in {"binary_crossentropy", *_ELEMENTWISE}:
            return last, "element"
        return (last, "class") if last in _PER_CLASS else None
    if home == "keras.ops":
        return (last, "element") if last == "binary_crossentropy" else (last, "class") if last in _PER_CLASS else None
    if last in _PER_FEATURE:
        return last, "feature"
    if last in RELATIVE_ENTROPY and home in {"keras.losses", "keras.metrics"}:
        return last, "class"
    return (last, "class") if last in _PER_CLASS else None


def error_class(name: str) -> str | None:
    """The name of a library's loss class, if ``name`` is one."""
    home, _, last = name.rpartition(".")
    return last if home in {"keras.losses", "tf.losses"} and last in _CLASSES else None


def error_string(name: str) -> tuple[str, str] | None:
    """The same as :func:`error_function`, for ``compile(loss="mse")``."""
    if name in _PER_FEATURE:
        return name, "feature"
    return (name, "class") if name in _PER_CLASS else None
