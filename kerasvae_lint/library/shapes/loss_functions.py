"""Losses and metrics as functions: what is left of a batch."""

from __future__ import annotations

from kerasvae_lint.library.shapes.calls import Options
from kerasvae_lint.library.shapes.dims import Output, Shape, broadcast
from kerasvae_lint.library.shapes.operands import (
    Operands,
    Table,
    axis_of,
    merged,
    plain,
    scalar,
    shape_of,
    unknown,
    words,
)
from kerasvae_lint.library.shapes.reductions import reduced


def _pair(operands: Operands, options: Options) -> tuple[Shape | None, Shape | None]:
    """The shapes of what should come out and of what does: operands, or by role."""
    left = list(operands)
    found: list[Shape | None] = []
    for names in (("target",), ("output", "logits")):
        name = next((name for name in names if plain(options.get(name)) is not None), None)
        found.append(shape_of(options[name]) if name else shape_of(left.pop(0)) if left else None)
    return found[0], found[1]


def _is_total(options: Options) -> bool | None:
    """True for TensorFlow 1's ``tf.losses``: they make one number unless told not to."""
    if "loss_collection" not in options:
        return False
    way = plain(options.get("reduction", ""))  # a string, or a name: ``tf.losses.Reduction.NONE``
    return way.rpartition(".")[2].lower() != "none" if isinstance(way, str) else None


def _elements(one: Shape | None, other: Shape | None) -> Shape | None:
    """One number for each of two tensors' numbers; None where their ranks differ: some losses drop axes of 1."""
    if one is None or other is None or len(one) != len(other):
        return None
    return broadcast(one, other)


def _lacks(options: Options, *names: str) -> bool:
    return not any(name in options for name in names)


def _element(operands: Operands, options: Options) -> Output:
    total = _is_total(options)
    if total is not False:
        return () if total else None
    return _elements(*_pair(operands, options))


def _feature(operands: Operands, options: Options) -> Output:
    """The mean over the last axis, or the one that is named."""
    total = _is_total(options)
    if total is not False:
        return () if total else None
    if "loss_collection" in options:  # ``tf.losses`` leave every number, ``cosine_distance`` excepted
        return _elements(*_pair(operands, options)) if "axis" not in options else None
    return _dropped(_elements(*_pair(operands, options)), options)


def _dropped(shape: Shape | None, options: Options) -> Shape | None:
    return reduced(shape, options.get("axis", -1)) if shape else None


def _mixed(operands: Operands, options: Options) -> Output:
    """A name that stands for a mean in ``keras.losses`` and for single numbers in ``keras.backend``."""
    way = plain(options.get("reduced"))
    if way == "element" or (way is None and _lacks(options, "label_smoothing", "loss_collection")):
        return _element(operands, options)
    return _feature(operands, options)


def _classes(operands: Operands, options: Options) -> Output:
    """One number for all classes: target and output have the same shape."""
    total = _is_total(options)
    if total is not False:
        return () if total else None
    one, other = _pair(operands, options)
    if one is not None and other is not None and len(one) != len(other):
        return None
    return _dropped(broadcast(*(shape for shape in (one, other) if shape is not None)), options)


def _sparse(operands: Operands, options: Options) -> Output:
    """The targets are numbers of classes: the output without the axis of the classes."""
    total = _is_total(options)
    if total is not False:
        return () if total else None
    target, output = _pair(operands, options)
    if output is None:
        return None
    axis = axis_of(options.get("axis", -1), len(output))
    if axis is None:
        return unknown(len(output) - 1)
    left = (*output[:axis], *output[axis + 1 :])
    return merged((left, target)) if target is not None and len(target) == len(left) else left


def _keras_all(operands: Operands, options: Options) -> Output:
    """``dice`` and ``tversky``: of all there is, unless axes are named."""
    axis = plain(options.get("axis"))
    return scalar(operands, options) if axis is None else None


_FEATURE = words(
    """
    hinge huber log_cosh mean_absolute_error mean_absolute_percentage_error mean_squared_error
    mean_squared_logarithmic_error poisson squared_hinge binary_accuracy cosine_similarity kl_divergence
    categorical_hinge cosine_distance hinge_loss mean_pairwise_squared_error
    """
)
_CLASSES = [
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
    "softmax_cross_entropy_with_logits",
    "categorical_accuracy",
    "top_k_categorical_accuracy",
]
_SPARSE = [
    "sparse_categorical_crossentropy",
    "sparse_softmax_cross_entropy_with_logits",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
]

OPERATIONS: Table = {
    **dict.fromkeys(_FEATURE, _feature),
    **dict.fromkeys(_CLASSES, _classes),
    **dict.fromkeys(_SPARSE, _sparse),
    **dict.fromkeys(("binary_crossentropy", "binary_focal_crossentropy"), _mixed),
    **dict.fromkeys(
        ("sigmoid_cross_entropy_with_logits", "weighted_cross_entropy_with_logits", "log_poisson_loss"), _element
    ),
    "dice": _keras_all,
    "tversky": _keras_all,
    "weighted_loss": scalar,
}
