"""MobileNetV3 (Howard et al., 2019), layer by layer as ``keras.applications`` of Keras 3 names them."""

# ruff: noqa: ARG001, N802 - the functions are called, and take arguments, as those of keras.applications

from __future__ import annotations

from typing import Any

import keras

# kernel size, filters of the expansion, of the block, stride, whether channels are weighed, hard swish instead of ReLU
SMALL = (
    (3, 16, 16, 2, True, False),
    (3, 72, 24, 2, False, False),
    (3, 88, 24, 1, False, False),
    (5, 96, 40, 2, True, True),
    (5, 240, 40, 1, True, True),
    (5, 240, 40, 1, True, True),
    (5, 120, 48, 1, True, True),
    (5, 144, 48, 1, True, True),
    (5, 288, 96, 2, True, True),
    (5, 576, 96, 1, True, True),
    (5, 576, 96, 1, True, True),
)
LARGE = (
    (3, 16, 16, 1, False, False),
    (3, 64, 24, 2, False, False),
    (3, 72, 24, 1, False, False),
    (5, 72, 40, 2, True, False),
    (5, 120, 40, 1, True, False),
    (5, 120, 40, 1, True, False),
    (3, 240, 80, 2, False, True),
    (3, 200, 80, 1, False, True),
    (3, 184, 80, 1, False, True),
    (3, 184, 80, 1, False, True),
    (3, 480, 112, 1, True, True),
    (3, 672, 112, 1, True, True),
    (5, 672, 160, 2, True, True),
    (5, 960, 160, 1, True, True),
    (5, 960, 160, 1, True, True),
)


def rounded(filters: float) -> int:
    """A multiple of 8, and no less than nine tenths of what was asked for."""
    result = max(8, int(filters + 4) // 8 * 8)
    if result < 0.9 * filters:
        result = result + 8
    return result


def activated(x: Any, hard: bool) -> Any:
    """The activation of the block, which has no name of its own."""
    if hard:
        return keras.layers.Activation("hard_swish")(x)
    return keras.layers.ReLU()(x)


def normalized(x: Any, name: str) -> Any:
    """A batch normalization with the paper's momentum."""
    return keras.layers.BatchNormalization(axis=-1, epsilon=1e-3, momentum=0.999, name=name)(x)


def margin(size: int | None, kernel: int) -> tuple[int, int]:
    """What a convolution of stride 2 pads a side with; a free size counts as an even one."""
    half = kernel // 2
    if size is not None and size % 2 == 1:
        return (half, half)
    return (half - 1, half)


def weighed(x: Any, filters: int, label: str) -> Any:
    """The channels times the weights that their averages make."""
    weight = keras.layers.GlobalAveragePooling2D(keepdims=True, name=label + "avg_pool")(x)
    weight = keras.layers.Conv2D(rounded(filters / 4), 1, padding="same", name=label + "conv")(weight)
    weight = keras.layers.ReLU(name=label + "relu")(weight)
    weight = keras.layers.Conv2D(filters, 1, padding="same", name=label + "conv_1")(weight)
    # The hard sigmoid is made of three layers: an addition, ReLU up to 6, and a multiplication.
    weight = keras.layers.ReLU(6.0)(weight + 3.0) * (1.0 / 6.0)
    return keras.layers.Multiply(name=label + "mul")([x, weight])


def block(
    x: Any, number: int, entering: int, wide: int, filters: int, kernel: int, stride: int, weigh: bool, hard: bool
) -> Any:
    """Expand, convolve each channel, weigh the channels, project; and add what came in where it fits."""
    label = "expanded_conv_" if number == 0 else f"expanded_conv_{number}_"
    shortcut = x
    if number > 0:
        x = keras.layers.Conv2D(wide, 1, padding="same", use_bias=False, name=label + "expand")(x)
        x = normalized(x, label + "expand_bn")
        x = activated(x, hard)
    padding = "same"
    if stride == 2:
        margins = (margin(x.shape[1], kernel), margin(x.shape[2], kernel))
        x = keras.layers.ZeroPadding2D(padding=margins, name=label + "depthwise_pad")(x)
        padding = "valid"
    x = keras.layers.DepthwiseConv2D(kernel, strides=stride, padding=padding, use_bias=False, name=label + "depthwise")(
        x
    )
    x = normalized(x, label + "depthwise_bn")
    x = activated(x, hard)
    if weigh:
        x = weighed(x, wide, label + "squeeze_excite_")
    x = keras.layers.Conv2D(filters, 1, padding="same", use_bias=False, name=label + "project")(x)
    x = normalized(x, label + "project_bn")
    if stride == 1 and entering == filters:
        x = keras.layers.Add(name=label + "add")([shortcut, x])
    return x


def network(
    blocks: tuple[tuple[int, int, int, int, bool, bool], ...],
    last: int,
    input_shape: tuple[int | None, ...] | None,
    alpha: float,
    minimalistic: bool,
    include_top: bool,
    input_tensor: Any,
    classes: int,
    pooling: str | None,
    dropout_rate: float,
    classifier_activation: str | None,
    include_preprocessing: bool,
    name: str,
) -> Any:
    """The network of such blocks; the minimalistic one has no weights of channels, hard swish or 5 x 5 kernels."""
    if input_shape is None:
        input_shape = (None, None, 3)
    image = input_tensor if input_tensor is not None else keras.Input(shape=input_shape)
    x = image
    if include_preprocessing:
        x = keras.layers.Rescaling(scale=1.0 / 127.5, offset=-1.0)(x)
    x = keras.layers.Conv2D(16, 3, strides=(2, 2), padding="same", use_bias=False, name="conv")(x)
    x = normalized(x, "conv_bn")
    x = activated(x, not minimalistic)

    number = 0
    entering = 16
    usual = 16
    for kernel, wide, base, stride, weigh, hard in blocks:
        filters = rounded(base * alpha)
        # the expansion keeps its ratio to what enters the block, whatever alpha is
        expansion = rounded(entering * wide / usual)
        x = block(
            x,
            number,
            entering,
            expansion,
            filters,
            3 if minimalistic else kernel,
            stride,
            weigh and not minimalistic,
            hard and not minimalistic,
        )
        entering = filters
        usual = base
        number = number + 1

    wide_top = rounded(entering * 6)
    if alpha > 1.0:
        last = rounded(last * alpha)
    x = keras.layers.Conv2D(wide_top, 1, padding="same", use_bias=False, name="conv_1")(x)
    x = normalized(x, "conv_1_bn")
    x = activated(x, not minimalistic)
    if include_top:
        x = keras.layers.GlobalAveragePooling2D(keepdims=True)(x)
        x = keras.layers.Conv2D(last, 1, padding="same", name="conv_2")(x)
        x = activated(x, not minimalistic)
        if dropout_rate > 0:
            x = keras.layers.Dropout(dropout_rate)(x)
        x = keras.layers.Conv2D(classes, 1, padding="same", name="logits")(x)
        x = keras.layers.Flatten()(x)
        x = keras.layers.Activation(classifier_activation, name="predictions")(x)
    elif pooling == "avg":
        x = keras.layers.GlobalAveragePooling2D(name="avg_pool")(x)
    elif pooling == "max":
        x = keras.layers.GlobalMaxPooling2D(name="max_pool")(x)
    return keras.Model(image, x, name=name)


def MobileNetV3Small(
    input_shape: tuple[int | None, ...] | None = None,
    alpha: float = 1.0,
    minimalistic: bool = False,
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    classes: int = 1000,
    pooling: str | None = None,
    dropout_rate: float = 0.2,
    classifier_activation: str | None = "softmax",
    include_preprocessing: bool = True,
    name: str = "MobileNetV3Small",
) -> Any:
    """The small network of the paper."""
    return network(
        SMALL,
        1024,
        input_shape,
        alpha,
        minimalistic,
        include_top,
        input_tensor,
        classes,
        pooling,
        dropout_rate,
        classifier_activation,
        include_preprocessing,
        name,
    )


def MobileNetV3Large(
    input_shape: tuple[int | None, ...] | None = None,
    alpha: float = 1.0,
    minimalistic: bool = False,
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    classes: int = 1000,
    pooling: str | None = None,
    dropout_rate: float = 0.2,
    classifier_activation: str | None = "softmax",
    include_preprocessing: bool = True,
    name: str = "MobileNetV3Large",
) -> Any:
    """The large network of the paper."""
    return network(
        LARGE,
        1280,
        input_shape,
        alpha,
        minimalistic,
        include_top,
        input_tensor,
        classes,
        pooling,
        dropout_rate,
        classifier_activation,
        include_preprocessing,
        name,
    )
