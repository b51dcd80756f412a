"""Layers that change no more than the last axis, if any: dense layers, embeddings, activations, dropout."""

from __future__ import annotations

import re

from kerasvae_lint.library.shapes.alternatives import FLAG, UNKNOWN_RESULT, by_release, settled
from kerasvae_lint.library.shapes.calls import Call, LayerFunction, Options, Result
from kerasvae_lint.library.shapes.checks import count, if_so, listed, unknown_axes, whole, with_rank, with_rank_from
from kerasvae_lint.library.shapes.dims import (
    UNKNOWN,
    Dim,
    MismatchError,
    Shape,
    UnknownType,
    multiply,
    same,
    size,
)

_EQUATION = re.compile(r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?")


def unknown(call: Call, options: Options) -> Result:  # noqa: ARG001
    """A layer that runs what the reader of its code can't see."""
    return UNKNOWN_RESULT


def unchanged(call: Call, options: Options) -> Result:  # noqa: ARG001
    """A layer that holds nothing and keeps the shape."""
    return Result(None if call.is_list else call.shape)


def identity(call: Call, options: Options) -> Result:  # noqa: ARG001
    """``Identity``: gives what it gets, a list too."""
    return Result(list(call.inputs) if call.is_list else call.shape)


def lambda_layer(call: Call, options: Options) -> Result:  # noqa: ARG001
    """``Lambda``: what its function gives is not said by its options; it holds no parameters."""
    return Result(None)


def spatial_dropout(rank: int) -> LayerFunction:
    """``SpatialDropout1D`` and its like, for so many axes of space."""

    def function(call: Call, options: Options) -> Result:
        with_rank(call.shape, rank + 2, f"SpatialDropout{rank}D")
        return unchanged(call, options)

    return function


@settled(use_bias=FLAG)
def dense(call: Call, options: Options) -> Result:
    """``Dense``."""
    shape = with_rank_from(call.shape, 2, "Dense")
    units = options.size("units")
    bias = if_so(options.flag("use_bias", True), units)
    if shape is None:
        return Result(None, UNKNOWN)
    if _has_adapter(options):
        return Result((*shape[:-1], units), UNKNOWN, UNKNOWN)
    return Result((*shape[:-1], units), count(multiply(shape[-1], units), bias))


def _has_adapter(options: Options) -> bool:
    """True if low-rank adapters stand, or may stand, in for the kernel."""
    return options.get("lora_rank") is not None


@settled(use_bias=FLAG)
def maxout_dense(call: Call, options: Options) -> Result:
    """``MaxoutDense`` of Keras 1: the largest of several dense layers."""
    shape = with_rank(call.shape, 2, "MaxoutDense")
    units = options.size("units", options.get("output_dim", UNKNOWN))
    features = options.size("nb_feature", 4)
    bias = if_so(options.flag("use_bias", options.get("bias", True)), multiply(features, units))
    if shape is None:
        return Result((UNKNOWN, units), UNKNOWN)
    return Result((*shape[:-1], units), count(multiply(features, shape[-1], units), bias))


@settled(use_bias=FLAG)
def highway(call: Call, options: Options) -> Result:
    """``Highway`` of Keras 1: a dense layer and its gate."""
    shape = with_rank(call.shape, 2, "Highway")
    if shape is None:
        return Result(None, UNKNOWN)
    bias = if_so(options.flag("use_bias", options.get("bias", True)), multiply(2, shape[-1]))
    return Result(shape, count(multiply(2, shape[-1], shape[-1]), bias))


@settled(use_bias=FLAG)
def time_distributed_dense(call: Call, options: Options) -> Result:
    """``TimeDistributedDense`` of Keras 1: a dense layer at every step."""
    shape = with_rank(call.shape, 3, "TimeDistributedDense")
    units = options.size("units", options.get("output_dim", UNKNOWN))
    bias = if_so(options.flag("use_bias", options.get("bias", True)), units)
    if shape is None:
        return Result((UNKNOWN, UNKNOWN, units), UNKNOWN)
    return Result((*shape[:-1], units), count(multiply(shape[-1], units), bias))


def embedding(call: Call, options: Options) -> Result:
    """``Embedding``."""
    width = options.size("output_dim")
    params = UNKNOWN if _has_adapter(options) else count(multiply(options.size("input_dim"), width))
    fixed = UNKNOWN if _has_adapter(options) else 0
    return Result(None if call.shape is None else (*call.shape, width), params, fixed)


@settled(tie_weights=FLAG, reverse=FLAG)
def reversible_embedding(call: Call, options: Options) -> Result:
    """``ReversibleEmbedding``; the call's argument ``reverse`` is read as an option."""
    words, width = options.size("input_dim"), options.size("output_dim")
    params = count(multiply(words, width, 1 if options.flag("tie_weights", True) else 2))
    if call.shape is None:
        return Result(None, params)
    if options.flag("reverse", False):
        return Result((*call.shape[:-1], words), params)
    return Result((*call.shape, width), params)


def prelu(call: Call, options: Options) -> Result:
    """``PReLU``: one slope for every number of an example, unless axes share them."""
    shape = call.shape
    if shape is None:
        return Result(None, UNKNOWN)
    value = options.get("shared_axes")
    shared = (value,) if isinstance(value, int) else () if value is None else listed(value)
    if shared is None or not all(isinstance(axis, int) for axis in shared):
        return Result(shape, UNKNOWN)
    slopes = list(shape[1:])
    for axis in shared:
        if isinstance(axis, int) and -len(slopes) <= axis - 1 < len(slopes):
            slopes[axis - 1] = 1
    return Result(shape, count(size(slopes)))


def per_channel(weights: int) -> LayerFunction:
    """Old activations with so many parameters for every number of an example (``SReLU``)."""

    def function(call: Call, options: Options) -> Result:
        own = prelu(call, options)
        return Result(own.output, UNKNOWN if isinstance(own.params, UnknownType) else weights * own.params)

    return function


def input_layer(call: Call, options: Options) -> Result:
    """``InputLayer``: the shape that it is given, with the batch axis."""
    whole_shape = listed(options.get("batch_shape", options.get("batch_input_shape")))
    if whole_shape is not None:
        return Result(tuple(map(whole, whole_shape)))
    given = listed(options.get("shape", options.get("input_shape")))
    if given is None:
        return Result(call.shape)
    return Result((options.size("batch_size", None), *map(whole, given)))


@by_release
def einsum_dense(call: Call, options: Options) -> Result:
    """``EinsumDense``: the kernel's axes are named in an equation."""
    equation = options.text("equation")
    parts = _EQUATION.fullmatch(equation.replace(" ", "")) if isinstance(equation, str) else None
    shape = call.shape
    if parts is None:
        return UNKNOWN_RESULT
    before, inputs, after, kernel, _, outputs, _ = parts.groups()
    value = options.get("output_shape", UNKNOWN)
    given = (whole(value),) if not isinstance(value, (tuple, list)) else tuple(map(whole, value))
    if isinstance(value, UnknownType):
        given = unknown_axes(len(outputs) if before else len(outputs) - 1)
    if shape is None:
        return Result(None, UNKNOWN, UNKNOWN if _has_adapter(options) else 0)
    fits = len(shape) == len(inputs) or (len(shape) > len(inputs) and bool(before or after))
    if not fits and options.keras == 3 and len(shape) > len(inputs):
        # Keras 3 finds out as it runs.
        return UNKNOWN_RESULT
    if not fits:
        raise MismatchError(f"EinsumDense: the equation {equation} doesn't fit an input of the shape {shape}", shape)
    elided = len(shape) - len(inputs)
    kept = shape[elided:] if before else shape[: len(inputs)]
    sizes = dict(zip(inputs, kept, strict=True))
    # Behind elided axes, of which the first is the batch, every letter has its place in output_shape.
    letters = given if before and elided else (shape[0], *given)
    if len(letters) != len(outputs):
        return UNKNOWN_RESULT
    if options.keras == 2:
        letters = tuple(sizes.get(name) if dim is None else dim for name, dim in zip(outputs, letters, strict=True))
    out = dict(zip(outputs, letters, strict=True))
    full = (*_elided(shape[:elided], options), *letters) if before else (*letters, *shape[len(inputs) :])
    return _einsum_result(options, shape, full, kernel, sizes, out)


def _elided(axes: Shape, options: Options) -> Shape:
    """The axes before the named ones. Keras 3 tells them in the wrong order, and gives them in the right one."""
    if options.keras == 3 and len(set(axes[1:])) > 1:
        return (axes[0], *unknown_axes(len(axes) - 1))
    return axes


def _einsum_result(
    options: Options, shape: Shape, full: Shape, kernel: str, sizes: dict[str, Dim], out: dict[str, Dim]
) -> Result:
    for letter in sizes.keys() & out.keys():
        if same(sizes[letter], out[letter]) is False:
            raise MismatchError(
                f"EinsumDense: output_shape says {out[letter]} for {letter} of the input {shape}", shape
            )
    if _has_adapter(options):
        return Result(full, UNKNOWN, UNKNOWN)
    weights = multiply(*(out.get(letter, sizes.get(letter, UNKNOWN)) for letter in kernel))
    return Result(full, count(weights, _einsum_bias(options, out)))


def _einsum_bias(options: Options, out: dict[str, Dim]) -> Dim:
    axes = options.text("bias_axes", None)
    if axes is None:
        return 0
    return multiply(*(out.get(letter, UNKNOWN) for letter in axes)) if isinstance(axes, str) else UNKNOWN
