"""Convolutions, poolings and what else stands in networks, as functions of tensors and kernels."""

from __future__ import annotations

from kerasvae_lint.library.shapes.calls import Operand, OperationFunction, Options
from kerasvae_lint.library.shapes.dims import UNKNOWN, Dim, MismatchError, Output, Shape, multiply, same
from kerasvae_lint.library.shapes.operands import (
    Operands,
    Table,
    argument,
    axis_of,
    channels_first,
    first,
    flag,
    is_unknown,
    merged,
    number,
    numbers,
    plain,
    repeated,
    replaced,
    shape_of,
    unchanged,
    unknown,
    words,
)
from kerasvae_lint.library.shapes.windows import conv_size, transposed_size

_KERNELS = ("kernel", "filters", "filter", "depthwise_kernel", "depthwise_filter")


class _Image:
    """An input with its space taken out: where the channels are, and how the output is put together."""

    def __init__(self, shape: Shape, front: bool) -> None:
        self.shape = shape
        self.front = front

    @property
    def space(self) -> Shape:
        return self.shape[2:] if self.front else self.shape[1:-1]

    @property
    def channels(self) -> Dim:
        return self.shape[1] if self.front else self.shape[-1]

    def given(self, space: Shape, channels: Dim) -> Shape:
        """The output of a space and channels."""
        return (self.shape[0], channels, *space) if self.front else (self.shape[0], *space, channels)

    def spatial(self, value: object, default: Dim = 1) -> Shape:
        """Strides or sizes of the space: one for all, one for each axis of it, or one for each axis of the input."""
        count = len(self.space)
        found = numbers(default if plain(value) is None else value)
        if found == ():  # an empty list of dilations
            return (default,) * count
        if found is not None and len(found) == count + 2 and count > 0:
            return found[2:] if self.front else found[1:-1]
        return repeated(found, count)


def _image(operands: Operands, options: Options) -> _Image | None:
    shape = first(operands)
    front = channels_first(options)
    return None if shape is None or front is None or len(shape) < 3 else _Image(shape, front)


def _windows(image: _Image, kernel: Shape, options: Options, strides: Shape) -> Shape:
    # a rate of TensorFlow 1 is a dilation, too
    given = [options[name] for name in ("dilation_rate", "rate", "rates") if plain(options.get(name)) is not None]
    dilation = image.spatial(given[0] if given else 1)
    padding = plain(options.get("padding"))
    if not isinstance(padding, str):
        return tuple(None if dim is None else UNKNOWN for dim in image.space)
    return tuple(
        conv_size(dim, size, stride, spread, padding)
        for dim, size, stride, spread in zip(image.space, kernel, strides, dilation, strict=True)
    )


def _kernel(options: Options) -> Shape | None:
    return next((shape_of(options[name]) for name in _KERNELS if options.get(name) is not None), None)


def _unknown_rank(operands: Operands) -> Output:
    shape = first(operands)
    return None if shape is None else (*shape[:1], *unknown(len(shape) - 1))


# convolutions -------------------------------------------------------------------------------------
def _convolution(operands: Operands, options: Options) -> Output:
    image, kernel = _image(operands, options), _kernel(options)
    if image is None:
        return _unknown_rank(operands)
    count = len(image.space)
    if kernel is None:
        kernel = unknown(count + 2)
    if len(kernel) != count + 2:
        raise MismatchError(f"a kernel of {len(kernel)} axes for {count}", image.shape, kernel)
    inside, channels = kernel[-2], image.channels
    if isinstance(inside, int) and isinstance(channels, int) and (not inside or channels % inside):
        raise MismatchError(f"a kernel for {inside} channels meets {channels}", image.shape, kernel)
    strides = image.spatial(options.get("strides"))
    return image.given(_windows(image, kernel[:-2], options, strides), kernel[-1])


def _depthwise(operands: Operands, options: Options) -> Output:
    image, kernel = _image(operands, options), _kernel(options)
    if image is None:
        return _unknown_rank(operands)
    found = kernel if kernel is not None else unknown(len(image.space) + 2)
    if len(found) != len(image.space) + 2:
        return _unknown_rank(operands)
    if same(found[-2], image.channels) is False:
        raise MismatchError(f"a kernel for {found[-2]} channels meets {image.channels}", image.shape, found)
    space = _windows(image, found[:-2], options, image.spatial(options.get("strides")))
    return image.given(space, multiply(image.channels, found[-1]))


def _separable(operands: Operands, options: Options) -> Output:
    found = _depthwise(operands, options)
    image = _image(operands, options)
    pointwise = shape_of(options.get("pointwise_kernel", options.get("pointwise_filter", UNKNOWN)))
    if image is None or not isinstance(found, tuple):
        return found
    channels = pointwise[-1] if pointwise else UNKNOWN
    return replaced(found, 1 if image.front else -1, channels)


def _transposed(operands: Operands, options: Options) -> Output:
    """The backward convolution: with its output's shape, or by arithmetic."""
    image, kernel = _image(operands, options), _kernel(options)
    if "shape" in options:
        return _as_told(image, numbers(options["shape"]), first(operands))
    if image is None:
        return _unknown_rank(operands)
    count = len(image.space)
    found = kernel if kernel is not None and len(kernel) == count + 2 else unknown(count + 2)
    strides, dilation = image.spatial(options.get("strides")), image.spatial(options.get("dilation_rate"))
    extra = options.get("output_padding")
    more = (None,) * count if plain(extra) is None else repeated(extra, count)
    space = tuple(
        transposed_size(dim, size, stride, spread, plain(options.get("padding")), added)
        for dim, size, stride, spread, added in zip(image.space, found[:-2], strides, dilation, more, strict=True)
    )
    return image.given(space, found[-2])


def _as_told(image: _Image | None, told: Shape | None, shape: Shape | None) -> Output:
    if told is None or (shape is not None and len(told) != len(shape)):
        return None if shape is None else (*shape[:1], *unknown(len(shape) - 1))
    if image is not None and told[:1] == (UNKNOWN,):
        return (image.shape[0], *told[1:])
    return told


def _atrous(operands: Operands, options: Options) -> Output:
    return _convolution(operands, Options({**options, "strides": 1}))


# poolings -----------------------------------------------------------------------------------------
def _pooling(operands: Operands, options: Options) -> Output:
    image = _image(operands, options)
    if image is None:
        return _unknown_rank(operands)
    window = image.spatial(options.get("pool_size", options.get("window_shape", UNKNOWN)), UNKNOWN)
    given = options.get("strides", UNKNOWN)
    if plain(given) is None:  # tf.nn.pool moves by 1, Keras by the window
        strides = image.spatial(1) if "window_shape" in options else window
    else:
        strides = image.spatial(given)
    return image.given(_windows(image, window, options, strides), image.channels)


def _pooling_with_places(operands: Operands, options: Options) -> Output:
    found = _pooling(operands, options)
    return [found, found] if not isinstance(found, list) else None


def _adaptive(operands: Operands, options: Options) -> Output:
    image = _image(operands, options)
    if image is None:
        return _unknown_rank(operands)
    return image.given(repeated(options.get("output_size", UNKNOWN), len(image.space)), image.channels)


# layers as functions, of TensorFlow 1 ---------------------------------------------------------------
def _dense(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    units = number(options.get("units", options.get("num_outputs", UNKNOWN)))
    return None if not shape else (*shape[:-1], units)


def _layer(apply: OperationFunction, rank: int, backward: bool = False) -> OperationFunction:
    """A convolution layer as a function: it makes its own kernel."""

    def found(operands: Operands, options: Options) -> Output:
        shape = first(operands)
        if shape is None or len(shape) != rank + 2:
            return unknown(rank + 2)
        channels = UNKNOWN if channels_first(options) is None else shape[1 if channels_first(options) else -1]
        made = number(options.get("filters", options.get("num_outputs", UNKNOWN)))
        size = repeated(options.get("kernel_size", UNKNOWN), rank)
        kernel = (*size, made, channels) if backward else (*size, channels, made)
        rest = {name: value for name, value in options.items() if name not in ("filters", "kernel_size")}
        return apply(operands, Options({**rest, "kernel": Operand(kernel)}))

    return found


# what else networks have ----------------------------------------------------------------------------
def _bias_add(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    bias = shape_of(argument(operands, options, 1, "use_bias", "bias"))
    front = channels_first(options)
    if shape and bias is not None and len(bias) == 1 and front is False and same(shape[-1], bias[0]) is False:
        raise MismatchError(f"{bias[0]} biases for {shape[-1]} channels", shape, bias)
    return shape


def _batch_normalization(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    if "is_training" not in options:
        return shape
    front = channels_first(options)
    each = (UNKNOWN,) if not shape or front is None else (shape[1] if front else shape[-1],)
    return [shape, each, each]


def _normalize(operands: Operands, options: Options) -> Output:
    """``tf.linalg.normalize`` gives the norm, too."""
    shape = first(operands)
    if "ord" not in options:
        return shape
    axis = plain(options.get("axis"))
    if shape is None or is_unknown(axis):
        return [shape, None]
    if axis is None:
        return [shape, (1,) * len(shape)]
    places = numbers(axis) or ()
    norm = shape
    for place in places:
        norm = replaced(norm, place, 1) if isinstance(place, int) else unknown(len(shape))
    return [shape, norm]


def _normalize_batch(operands: Operands, options: Options) -> Output:
    """``K.normalize_batch_in_training``: the batch, its mean and its variance."""
    del options
    return [first(operands), None, None]


def _double(operands: Operands, options: Options) -> Output:
    """``crelu``: what is positive beside what is negative."""
    shape = first(operands)
    axis = axis_of(options.get("axis", -1), len(shape)) if shape else None
    if not shape or axis is None:
        return None if not shape else unknown(len(shape))
    return replaced(shape, axis, multiply(shape[axis], 2))


def _half(operands: Operands, options: Options) -> Output:
    """``glu``: one half gates the other."""
    shape = first(operands)
    axis = axis_of(options.get("axis", -1), len(shape)) if shape else None
    if not shape or axis is None:
        return None if not shape else unknown(len(shape))
    dim = shape[axis]
    if isinstance(dim, int) and dim % 2:
        raise MismatchError(f"{dim} has no halves", shape)
    return replaced(shape, axis, dim // 2 if isinstance(dim, int) else dim)


def _affine(operands: Operands, options: Options) -> Output:
    """``x @ weights + biases``."""
    shape, weights = first(operands), shape_of(options.get("weights", UNKNOWN))
    if shape is None or weights is None or len(shape) != 2 or len(weights) != 2:
        return (UNKNOWN, UNKNOWN)
    if same(shape[1], weights[0]) is False:
        raise MismatchError(f"{shape[1]} inputs for {weights[0]} weights", shape, weights)
    return (shape[0], weights[1])


def _attention(operands: Operands, options: Options) -> Output:
    query, value = shape_of(options.get("query", UNKNOWN)), first(operands)
    if query is None or value is None or not query or not value:
        return None
    return (*query[:-1], value[-1])


def _embedding_sparse(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    del options
    return None if shape is None or len(shape) != 2 else (UNKNOWN, shape[1])


def _sampled_loss(operands: Operands, options: Options) -> Output:
    """One number for each of a batch's."""
    shape = first(operands)
    del options
    return (UNKNOWN,) if not shape else shape[:1]


def _rows_of(operands: Operands, options: Options) -> Output:
    """``ctc_batch_cost``: a column with one number for each of a batch's."""
    shapes = [shape_of(options[name]) for name in ("target", "output") if name in options]
    shapes += [shape_of(operand) for operand in operands]
    batch = merged(shape[:1] for shape in shapes if shape)
    return (batch[0] if batch else UNKNOWN, 1)


def _ctc_loss(operands: Operands, options: Options) -> Output:
    logits = shape_of(options["logits"]) if "logits" in options else None
    if "logits" in options:
        major = flag(options.get("logits_time_major", options.get("time_major", True)))
        if not logits or len(logits) != 3 or major not in (True, False):
            return (UNKNOWN,)
        return (logits[1 if major else 0],)
    found = _rows_of(operands, options)
    return found[:1] if isinstance(found, tuple) else None


def _depth_to_space(operands: Operands, options: Options) -> Output:
    image, block = _image(operands, options), number(options.get("block_size", UNKNOWN))
    if image is None or len(image.shape) != 4:
        return unknown(4)
    if not isinstance(block, int) or block < 1:
        return (image.shape[0], *unknown(3))
    channels = image.channels
    if isinstance(channels, int) and channels % block**2:
        raise MismatchError(f"{channels} channels are not {block} times {block} as many", image.shape)
    left = channels // block**2 if isinstance(channels, int) else channels
    return image.given(tuple(multiply(dim, block) for dim in image.space), left)


def _space_to_depth(operands: Operands, options: Options) -> Output:
    image, block = _image(operands, options), number(options.get("block_size", UNKNOWN))
    if image is None or len(image.shape) != 4:
        return unknown(4)
    if not isinstance(block, int) or block < 1:
        return (image.shape[0], *unknown(3))
    for dim in image.space:
        if isinstance(dim, int) and dim % block:
            raise MismatchError(f"{dim} is no multiple of {block}", image.shape)
    space = tuple(dim // block if isinstance(dim, int) else dim for dim in image.space)
    return image.given(space, multiply(image.channels, block * block))


def _local(operands: Operands, options: Options) -> Output:
    """``K.local_conv2d`` is told the size of its output."""
    image, kernel = _image(operands, options), _kernel(options)
    if image is None or kernel is None or "shape" not in options:
        return _unknown_rank(operands)
    return image.given(repeated(options["shape"], len(image.space)), kernel[-1])


_CONVOLUTIONS = ["conv", "conv1d", "conv2d", "conv3d", "convolution"]
_POOLINGS = words(
    """
    average_pool avg_pool avg_pool1d avg_pool2d avg_pool3d max_pool max_pool1d max_pool2d max_pool3d
    max_pool_v2 pool pool2d pool3d AveragePooling2D MaxPooling2D
    """
)
_SAME = words(
    """
    lrn local_response_normalization layer_normalization rms_normalization BatchNormalization
    normalize_moments batch_norm_with_global_normalization isotonic_regression
    """
)

OPERATIONS: Table = {
    **dict.fromkeys(_CONVOLUTIONS, _convolution),
    **dict.fromkeys(("depthwise_conv", "depthwise_conv2d"), _depthwise),
    **dict.fromkeys(("separable_conv", "separable_conv2d"), _separable),
    **dict.fromkeys(("conv_transpose", "conv1d_transpose", "conv2d_transpose", "conv3d_transpose"), _transposed),
    "atrous_conv2d": _atrous,
    "atrous_conv2d_transpose": _transposed,
    "local_conv2d": _local,
    **dict.fromkeys(_POOLINGS, _pooling),
    "max_pool_with_argmax": _pooling_with_places,
    **dict.fromkeys(("adaptive_average_pool", "adaptive_max_pool"), _adaptive),
    "Dense": _dense,
    "Conv1D": _layer(_convolution, 1),
    "Conv2D": _layer(_convolution, 2),
    "Conv2DTranspose": _layer(_transposed, 2, backward=True),
    **dict.fromkeys(_SAME, unchanged),
    "bias_add": _bias_add,
    "batch_normalization": _batch_normalization,
    "normalize": _normalize,
    "normalize_batch_in_training": _normalize_batch,
    "crelu": _double,
    "glu": _half,
    "xw_plus_b": _affine,
    "relu_layer": _affine,
    "dot_product_attention": _attention,
    "embedding_lookup_sparse": _embedding_sparse,
    "nce_loss": _sampled_loss,
    "sampled_softmax_loss": _sampled_loss,
    "ctc_batch_cost": _rows_of,
    "ctc_loss": _ctc_loss,
    "ctc": _ctc_loss,
    "depth_to_space": _depth_to_space,
    "space_to_depth": _space_to_depth,
}
