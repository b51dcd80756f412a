"""Pooling: over windows, over the whole space, and to a given size."""

from __future__ import annotations

from kerasvae_lint.library.shapes.alternatives import FLAG, settled
from kerasvae_lint.library.shapes.calls import Call, LayerFunction, Options, Result
from kerasvae_lint.library.shapes.checks import FORMATS, arranged, channel_axis, channels_first, unknown_axes, with_rank
from kerasvae_lint.library.shapes.convolutions import PADDINGS, padding_of, windowed
from kerasvae_lint.library.shapes.dims import UNKNOWN, Dim, Shape


def pooling(rank: int, name: str) -> LayerFunction:
    """``MaxPooling1D``, ``AveragePooling1D`` and their like, for so many axes of space."""

    @settled(data_format=FORMATS, padding=PADDINGS)
    def function(call: Call, options: Options) -> Result:
        shape = with_rank(call.shape, rank + 2, name)
        first = channels_first(options)
        if shape is None:
            return Result(arranged((UNKNOWN,), unknown_axes(rank), UNKNOWN, first))
        windows = options.sizes("pool_size", rank, 2)
        strides = windows if options.get("strides") is None else options.sizes("strides", rank)
        padded = padding_of(options) == "same"
        space = tuple(
            windowed(dim, window, stride, padded, shape, name)
            for dim, window, stride in zip(shape[2:] if first else shape[1:-1], windows, strides, strict=True)
        )
        return Result(arranged(shape[:1], space, shape[channel_axis(options)], first))

    return function


def global_pooling(rank: int, name: str) -> LayerFunction:
    """``GlobalMaxPooling1D``, ``GlobalAveragePooling1D`` and their like, for so many axes of space."""

    @settled(data_format=FORMATS, keepdims=FLAG)
    def function(call: Call, options: Options) -> Result:
        shape = with_rank(call.shape, rank + 2, name)
        batch: Dim = UNKNOWN if shape is None else shape[0]
        channels: Dim = UNKNOWN if shape is None else shape[channel_axis(options)]
        space: Shape = (1,) * rank if options.flag("keepdims", False) else ()
        return Result(arranged((batch,), space, channels, channels_first(options)))

    return function


def adaptive_pooling(rank: int, name: str) -> LayerFunction:
    """``AdaptiveMaxPooling1D``, ``AdaptiveAveragePooling1D`` and their like, for so many axes of space."""

    @settled(data_format=FORMATS)
    def function(call: Call, options: Options) -> Result:
        shape = with_rank(call.shape, rank + 2, name)
        batch: Dim = UNKNOWN if shape is None else shape[0]
        channels: Dim = UNKNOWN if shape is None else shape[channel_axis(options)]
        return Result(arranged((batch,), options.sizes("output_size", rank), channels, channels_first(options)))

    return function
