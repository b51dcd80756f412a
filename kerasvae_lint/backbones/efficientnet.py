"""EfficientNet (Tan and Le, 2019), layer by layer as ``keras.applications`` of Keras 3 names them."""

# ruff: noqa: N802 - the functions are called as those of keras.applications

from __future__ import annotations

from typing import Any

import keras

LETTERS = "abcdefghijklmnopqrstuvwxyz"

# kernel size, number of blocks, filters, expansion, stride of the first block: the stages of B0
STAGES = (
    (3, 1, 16, 1, 1),
    (3, 2, 24, 6, 2),
    (5, 2, 40, 6, 2),
    (3, 3, 80, 6, 2),
    (5, 3, 112, 6, 1),
    (5, 4, 192, 6, 2),
    (3, 1, 320, 6, 1),
)


def scaled_width(filters: int, tenths: int) -> int:
    """The filters of a wider network: a multiple of 8, and no less than nine tenths of what was asked for."""
    wide = filters * tenths
    result = (wide + 40) // 80 * 8
    if result * 100 < wide * 9:
        result = result + 8
    return result


def scaled_depth(blocks: int, tenths: int) -> int:
    """The blocks of a deeper network, rounded up."""
    return (blocks * tenths + 9) // 10


def margin(size: int | None, kernel: int) -> tuple[int, int]:
    """What a convolution of stride 2 pads a side with; a free size counts as an even one."""
    half = kernel // 2
    if size is not None and size % 2 == 1:
        return (half, half)
    return (half - 1, half)


def padded(x: Any, kernel: int, name: str) -> Any:
    """The image with the margins that a convolution of stride 2 needs."""
    rows = margin(x.shape[1], kernel)
    columns = margin(x.shape[2], kernel)
    return keras.layers.ZeroPadding2D(padding=(rows, columns), name=name)(x)


def block(x: Any, entering: int, filters: int, kernel: int, stride: int, expansion: int, drop: float, name: str) -> Any:
    """Expand, convolve each channel, weigh the channels, project; and add what came in where it fits."""
    shortcut = x
    wide = entering * expansion
    if expansion != 1:
        x = keras.layers.Conv2D(wide, 1, padding="same", use_bias=False, name=name + "expand_conv")(x)
        x = keras.layers.BatchNormalization(axis=3, name=name + "expand_bn")(x)
        x = keras.layers.Activation("swish", name=name + "expand_activation")(x)

    padding = "same"
    if stride == 2:
        x = padded(x, kernel, name + "dwconv_pad")
        padding = "valid"
    x = keras.layers.DepthwiseConv2D(kernel, strides=stride, padding=padding, use_bias=False, name=name + "dwconv")(x)
    x = keras.layers.BatchNormalization(axis=3, name=name + "bn")(x)
    x = keras.layers.Activation("swish", name=name + "activation")(x)

    weight = keras.layers.GlobalAveragePooling2D(name=name + "se_squeeze")(x)
    weight = keras.layers.Reshape((1, 1, wide), name=name + "se_reshape")(weight)
    narrow = max(1, entering // 4)
    weight = keras.layers.Conv2D(narrow, 1, padding="same", activation="swish", name=name + "se_reduce")(weight)
    weight = keras.layers.Conv2D(wide, 1, padding="same", activation="sigmoid", name=name + "se_expand")(weight)
    x = keras.layers.Multiply(name=name + "se_excite")([x, weight])

    x = keras.layers.Conv2D(filters, 1, padding="same", use_bias=False, name=name + "project_conv")(x)
    x = keras.layers.BatchNormalization(axis=3, name=name + "project_bn")(x)
    if stride == 1 and entering == filters:
        if drop > 0:
            x = keras.layers.Dropout(drop, noise_shape=(None, 1, 1, 1), name=name + "drop")(x)
        x = keras.layers.Add(name=name + "add")([x, shortcut])
    return x


def network(
    width: int,
    depth: int,
    size: int,
    dropout: float,
    include_top: bool,
    weights: str | None,
    input_tensor: Any,
    input_shape: tuple[int | None, ...] | None,
    pooling: str | None,
    classes: int,
    classifier_activation: str | None,
    name: str,
) -> Any:
    """The network as wide and as deep as so many tenths of B0."""
    if input_shape is None:
        input_shape = (size, size, 3) if include_top else (None, None, 3)
    image = input_tensor if input_tensor is not None else keras.Input(shape=input_shape)
    x = keras.layers.Rescaling(1.0 / 255.0)(image)
    x = keras.layers.Normalization(axis=3)(x)
    if weights == "imagenet":
        # Its weights were trained on images divided by the square roots of these deviations.
        x = keras.layers.Rescaling([1 / 0.229**0.5, 1 / 0.224**0.5, 1 / 0.225**0.5])(x)
    entering = scaled_width(32, width)
    x = padded(x, 3, "stem_conv_pad")
    x = keras.layers.Conv2D(entering, 3, strides=2, padding="valid", use_bias=False, name="stem_conv")(x)
    x = keras.layers.BatchNormalization(axis=3, name="stem_bn")(x)
    x = keras.layers.Activation("swish", name="stem_activation")(x)

    total = 0
    for _kernel, blocks, _base, _expansion, _stride in STAGES:
        total = total + scaled_depth(blocks, depth)

    done = 0
    stage = 1
    for kernel, blocks, base, expansion, first_stride in STAGES:
        filters = scaled_width(base, width)
        stride = first_stride
        for place in range(scaled_depth(blocks, depth)):
            label = f"block{stage}{LETTERS[place]}_"
            x = block(x, entering, filters, kernel, stride, expansion, 0.2 * done / total, label)
            stride = 1
            entering = filters
            done = done + 1
        stage = stage + 1

    x = keras.layers.Conv2D(scaled_width(1280, width), 1, padding="same", use_bias=False, name="top_conv")(x)
    x = keras.layers.BatchNormalization(axis=3, name="top_bn")(x)
    x = keras.layers.Activation("swish", name="top_activation")(x)
    if include_top:
        x = keras.layers.GlobalAveragePooling2D(name="avg_pool")(x)
        x = keras.layers.Dropout(dropout, name="top_dropout")(x)
        x = keras.layers.Dense(classes, activation=classifier_activation, name="predictions")(x)
    elif pooling == "avg":
        x = keras.layers.GlobalAveragePooling2D(name="avg_pool")(x)
    elif pooling == "max":
        x = keras.layers.GlobalMaxPooling2D(name="max_pool")(x)
    return keras.Model(image, x, name=name)


def EfficientNetB0(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "efficientnetb0",
) -> Any:
    """The network that the others are scaled from."""
    return network(
        10,
        10,
        224,
        0.2,
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
        name,
    )


def EfficientNetB1(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "efficientnetb1",
) -> Any:
    """B0, 1.0 times as wide and 1.1 times as deep."""
    return network(
        10,
        11,
        240,
        0.2,
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
        name,
    )


def EfficientNetB2(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "efficientnetb2",
) -> Any:
    """B0, 1.1 times as wide and 1.2 times as deep."""
    return network(
        11,
        12,
        260,
        0.3,
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
        name,
    )


def EfficientNetB3(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "efficientnetb3",
) -> Any:
    """B0, 1.2 times as wide and 1.4 times as deep."""
    return network(
        12,
        14,
        300,
        0.3,
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
        name,
    )


def EfficientNetB4(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "efficientnetb4",
) -> Any:
    """B0, 1.4 times as wide and 1.8 times as deep."""
    return network(
        14,
        18,
        380,
        0.4,
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
        name,
    )


def EfficientNetB5(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "efficientnetb5",
) -> Any:
    """B0, 1.6 times as wide and 2.2 times as deep."""
    return network(
        16,
        22,
        456,
        0.4,
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
        name,
    )


def EfficientNetB6(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "efficientnetb6",
) -> Any:
    """B0, 1.8 times as wide and 2.6 times as deep."""
    return network(
        18,
        26,
        528,
        0.5,
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
        name,
    )


def EfficientNetB7(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "efficientnetb7",
) -> Any:
    """B0, 2.0 times as wide and 3.1 times as deep."""
    return network(
        20,
        31,
        600,
        0.5,
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
        name,
    )
