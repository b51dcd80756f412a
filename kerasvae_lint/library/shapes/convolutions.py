"""Convolutions: plain, transposed, depthwise, separable and locally connected."""

from __future__ import annotations

from kerasvae_lint.library.shapes.alternatives import FLAG, by_release, settled
from kerasvae_lint.library.shapes.calls import Call, LayerFunction, Options, Result
from kerasvae_lint.library.shapes.checks import (
    FORMATS,
    arranged,
    channel_axis,
    channels_first,
    count,
    if_so,
    unknown_axes,
    with_rank,
    with_rank_from,
)
from kerasvae_lint.library.shapes.dims import (
    UNKNOWN,
    Dim,
    MismatchError,
    Shape,
    UnknownType,
    add,
    ceil_divide,
    floor_divide,
    multiply,
)

PADDINGS: tuple[object, ...] = ("valid", "same")
"""How the borders can be treated; ``causal`` gives the lengths of ``same``."""


def convolved(shape: Shape, options: Options, space: Shape, layer: str) -> Shape:
    """The sizes that a window leaves of the axes of space.

    Raises:
        MismatchError: the window is larger than an axis.
    """
    kernel = options.sizes("kernel_size", len(space))
    strides = options.sizes("strides", len(space), 1)
    dilation = options.sizes("dilation_rate", len(space), 1)
    padded = padding_of(options) != "valid"
    return tuple(
        windowed(dim, dilated(k, d), s, padded, shape, layer)
        for dim, k, d, s in zip(space, kernel, dilation, strides, strict=True)
    )


def padding_of(options: Options) -> str:
    """How the borders are treated; the option itself is not unknown."""
    padding = options.text("padding", "valid")
    return padding.lower() if isinstance(padding, str) else "valid"


def dilated(kernel: Dim, dilation: Dim) -> Dim:
    """How much a window with holes covers."""
    if kernel == 1 or dilation == 1:
        return kernel
    return add(multiply(add(kernel, -1), dilation), 1)


def windowed(dim: Dim, window: Dim, stride: Dim, padded: bool, shape: Shape, layer: str) -> Dim:
    """How many windows fit on one axis.

    Raises:
        MismatchError: not one does.
    """
    if padded:
        return ceil_divide(dim, stride)
    if isinstance(dim, int) and isinstance(window, int) and dim < window:
        raise MismatchError(f"{layer}: a window of {window} doesn't fit an axis of {dim} in the input {shape}", shape)
    if dim is None:
        return None
    return ceil_divide(add(dim, 1, multiply(-1, window)), stride)


def convolution(rank: int) -> LayerFunction:
    """``Conv1D`` and its like, for so many axes of space."""
    layer = f"Conv{rank}D"

    @settled(data_format=FORMATS, padding=PADDINGS, use_bias=FLAG)
    @by_release
    def function(call: Call, options: Options) -> Result:
        # Keras 2 takes further axes before those of the image as axes of the batch.
        check = with_rank if options.keras == 3 else with_rank_from
        shape = check(call.shape, rank + 2, layer)
        filters, groups = options.size("filters"), options.size("groups", 1)
        _check_groups(filters, groups, "filters", layer, shape)
        _check_strides(options, rank, layer, shape)
        adapted = options.get("lora_rank") is not None
        if shape is None:
            return Result(_unread(options, rank, filters), UNKNOWN, UNKNOWN if adapted else 0)
        first = channels_first(options)
        batch_axes = len(shape) - rank - 1
        channels = shape[batch_axes if first else -1]
        _check_groups(channels, groups, "channels", layer, shape)
        space = shape[batch_axes + 1 :] if first else shape[batch_axes:-1]
        output = arranged(shape[:batch_axes], convolved(shape, options, space, layer), filters, first)
        if adapted:
            return Result(output, UNKNOWN, UNKNOWN)
        kernel = multiply(*options.sizes("kernel_size", rank), floor_divide(channels, groups), filters)
        return Result(output, count(kernel, if_so(options.flag("use_bias", True), filters)))

    return function


def _unread(options: Options, rank: int, filters: Dim) -> Shape | None:
    """What an unknown input gives: the rank is that of the layer, unless Keras 2 is given more axes."""
    return _of_rank(options, rank, filters) if options.keras == 3 else None


def _of_rank(options: Options, rank: int, channels: Dim) -> Shape:
    return arranged((UNKNOWN,), unknown_axes(rank), channels, channels_first(options))


def _check_groups(channels: Dim, groups: Dim, what: str, layer: str, shape: Shape | None) -> None:
    if isinstance(channels, int) and isinstance(groups, int) and groups > 0 and channels % groups:
        shapes = () if shape is None else (shape,)
        raise MismatchError(f"{layer}: {groups} groups don't divide {channels} {what}", *shapes)


def _check_strides(options: Options, rank: int, layer: str, shape: Shape | None) -> None:
    strides, dilation = options.sizes("strides", rank, 1), options.sizes("dilation_rate", rank, 1)
    if any(isinstance(s, int) and s > 1 for s in strides) and any(isinstance(d, int) and d > 1 for d in dilation):
        shapes = () if shape is None else (shape,)
        raise MismatchError(f"{layer} takes no strides {strides} together with a dilation of {dilation}", *shapes)


def transposed_convolution(rank: int) -> LayerFunction:
    """``Conv1DTranspose`` and its like, for so many axes of space."""
    layer = f"Conv{rank}DTranspose"

    @settled(data_format=FORMATS, padding=PADDINGS, use_bias=FLAG)
    def function(call: Call, options: Options) -> Result:
        shape = with_rank(call.shape, rank + 2, layer)
        filters = options.size("filters")
        if shape is None:
            return Result(_of_rank(options, rank, filters), UNKNOWN)
        first = channels_first(options)
        space = shape[2:] if first else shape[1:-1]
        output = arranged(shape[:1], _spread(space, options), filters, first)
        kernel = multiply(*options.sizes("kernel_size", rank), filters, shape[channel_axis(options)])
        return Result(output, count(kernel, if_so(options.flag("use_bias", True), filters)))

    return function


def _spread(space: Shape, options: Options) -> Shape:
    rank = len(space)
    kernel = options.sizes("kernel_size", rank)
    strides = options.sizes("strides", rank, 1)
    dilation = options.sizes("dilation_rate", rank, 1)
    extra = options.sizes("output_padding", rank, None)
    padded = padding_of(options) == "same"
    return tuple(
        _spread_axis(dim, dilated(k, d), s, e, padded)
        for dim, k, d, s, e in zip(space, kernel, dilation, strides, extra, strict=True)
    )


def _spread_axis(dim: Dim, window: Dim, stride: Dim, extra: Dim, padded: bool) -> Dim:
    if dim is None:
        return None
    if isinstance(extra, UnknownType):
        return UNKNOWN
    if extra is None and padded:
        return multiply(dim, stride)
    if not isinstance(window, int) or not isinstance(stride, int):
        return UNKNOWN
    steps = multiply(add(dim, -1), stride)
    if extra is None:
        return add(steps, max(window, stride))
    return add(steps, window % 2 if padded else window, extra)


def depthwise_convolution(rank: int) -> LayerFunction:
    """``DepthwiseConv1D`` and its like, for so many axes of space."""
    layer = f"DepthwiseConv{rank}D"

    @settled(data_format=FORMATS, padding=PADDINGS, use_bias=FLAG)
    def function(call: Call, options: Options) -> Result:
        shape = with_rank(call.shape, rank + 2, layer)
        _check_strides(options, rank, layer, shape)
        if shape is None:
            return Result(_of_rank(options, rank, UNKNOWN), UNKNOWN)
        output, channels = _every_channel(shape, options, layer)
        kernel = multiply(*options.sizes("kernel_size", rank), channels)
        return Result(output, count(kernel, if_so(options.flag("use_bias", True), channels)))

    return function


def _every_channel(shape: Shape, options: Options, layer: str) -> tuple[Shape, Dim]:
    """What filtering every channel for itself gives, and how many channels that has."""
    first = channels_first(options)
    space = shape[2:] if first else shape[1:-1]
    channels = multiply(shape[channel_axis(options)], options.size("depth_multiplier", 1))
    return arranged(shape[:1], convolved(shape, options, space, layer), channels, first), channels


def separable_convolution(rank: int) -> LayerFunction:
    """``SeparableConv1D`` and its like, for so many axes of space."""
    layer = f"SeparableConv{rank}D"

    @settled(data_format=FORMATS, padding=PADDINGS, use_bias=FLAG)
    def function(call: Call, options: Options) -> Result:
        shape = with_rank(call.shape, rank + 2, layer)
        filters = options.size("filters")
        _check_strides(options, rank, layer, shape)
        if shape is None:
            return Result(_of_rank(options, rank, filters), UNKNOWN)
        between, channels = _every_channel(shape, options, layer)
        first = channels_first(options)
        output = arranged(shape[:1], between[2:] if first else between[1:-1], filters, first)
        kernels = add(multiply(*options.sizes("kernel_size", rank), channels), multiply(channels, filters))
        return Result(output, count(kernels, if_so(options.flag("use_bias", True), filters)))

    return function


def locally_connected(rank: int) -> LayerFunction:
    """``LocallyConnected1D`` and its like: a convolution with its own kernel at every place."""
    layer = f"LocallyConnected{rank}D"

    @settled(data_format=FORMATS, padding=PADDINGS, use_bias=FLAG)
    def function(call: Call, options: Options) -> Result:
        shape = with_rank(call.shape, rank + 2, layer)
        filters = options.size("filters")
        if shape is None:
            return Result(_of_rank(options, rank, filters), UNKNOWN)
        first = channels_first(options)
        space = shape[2:] if first else shape[1:-1]
        places = convolved(shape, options, space, layer)
        implementation = options.size("implementation", 1)
        reach: Shape = (UNKNOWN,)
        if implementation == 1:
            reach = options.sizes("kernel_size", rank)
        elif implementation == 2:
            reach = space
        kernel = multiply(*places, *reach, shape[channel_axis(options)], filters)
        bias = if_so(options.flag("use_bias", True), multiply(*places, filters))
        return Result(arranged(shape[:1], places, filters, first), count(kernel, bias))

    return function
