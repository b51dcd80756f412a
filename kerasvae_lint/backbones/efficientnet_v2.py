"""EfficientNetV2 (Tan and Le, 2021), layer by layer as ``keras.applications`` of Keras 3 names them."""

# ruff: noqa: ARG001, N802 - the functions are called, and take arguments, as those of keras.applications

from __future__ import annotations

from typing import Any

import keras

LETTERS = "abcdefghijklmnopqrstuvwxyz"

# number of blocks, filters, expansion, stride of the first block, whether the first two convolutions are fused
STAGES_B = (
    (1, 16, 1, 1, True),
    (2, 32, 4, 2, True),
    (2, 48, 4, 2, True),
    (3, 96, 4, 2, False),
    (5, 112, 6, 1, False),
    (8, 192, 6, 2, False),
)
STAGES_S = (
    (2, 24, 1, 1, True),
    (4, 48, 4, 2, True),
    (4, 64, 4, 2, True),
    (6, 128, 4, 2, False),
    (9, 160, 6, 1, False),
    (15, 256, 6, 2, False),
)
STAGES_M = (
    (3, 24, 1, 1, True),
    (5, 48, 4, 2, True),
    (5, 80, 4, 2, True),
    (7, 160, 4, 2, False),
    (14, 176, 6, 1, False),
    (18, 304, 6, 2, False),
    (5, 512, 6, 1, False),
)
STAGES_L = (
    (4, 32, 1, 1, True),
    (7, 64, 4, 2, True),
    (7, 96, 4, 2, True),
    (10, 192, 4, 2, False),
    (19, 224, 6, 1, False),
    (25, 384, 6, 2, False),
    (7, 640, 6, 1, False),
)


def scaled_width(filters: int, tenths: int) -> int:
    """The filters of a wider network: the nearest multiple of 8."""
    return (filters * tenths + 40) // 80 * 8


def scaled_depth(blocks: int, tenths: int) -> int:
    """The blocks of a deeper network, rounded up."""
    return (blocks * tenths + 9) // 10


def normalized(x: Any, name: str) -> Any:
    """A batch normalization with the paper's momentum."""
    return keras.layers.BatchNormalization(axis=3, momentum=0.9, name=name)(x)


def convolved(x: Any, filters: int, kernel: int, stride: int, name: str) -> Any:
    """A convolution without bias."""
    return keras.layers.Conv2D(filters, kernel, strides=stride, padding="same", use_bias=False, name=name)(x)


def swish(x: Any, name: str) -> Any:
    """The activation."""
    return keras.layers.Activation("swish", name=name)(x)


def weighed(x: Any, entering: int, wide: int, name: str) -> Any:
    """The channels times the weights that their averages make."""
    weight = keras.layers.GlobalAveragePooling2D(name=name + "se_squeeze")(x)
    weight = keras.layers.Reshape((1, 1, wide), name=name + "se_reshape")(weight)
    narrow = max(1, entering // 4)
    weight = keras.layers.Conv2D(narrow, 1, padding="same", activation="swish", name=name + "se_reduce")(weight)
    weight = keras.layers.Conv2D(wide, 1, padding="same", activation="sigmoid", name=name + "se_expand")(weight)
    return keras.layers.Multiply(name=name + "se_excite")([x, weight])


def block(x: Any, entering: int, filters: int, stride: int, expansion: int, fused: bool, drop: float, name: str) -> Any:
    """A block, fused or not; and what came in is added where it fits."""
    shortcut = x
    wide = entering * expansion
    if fused:
        if expansion != 1:
            x = convolved(x, wide, 3, stride, name + "expand_conv")
            x = swish(normalized(x, name + "expand_bn"), name + "expand_activation")
            x = convolved(x, filters, 1, 1, name + "project_conv")
        else:
            x = convolved(x, filters, 3, stride, name + "project_conv")
        x = normalized(x, name + "project_bn")
        if expansion == 1:
            x = swish(x, name + "project_activation")
    else:
        x = convolved(x, wide, 1, 1, name + "expand_conv")
        x = swish(normalized(x, name + "expand_bn"), name + "expand_activation")
        x = keras.layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False, name=name + "dwconv2")(x)
        x = swish(normalized(x, name + "bn"), name + "activation")
        x = weighed(x, entering, wide, name)
        x = convolved(x, filters, 1, 1, name + "project_conv")
        x = normalized(x, name + "project_bn")
    if stride == 1 and entering == filters:
        if drop > 0:
            x = keras.layers.Dropout(drop, noise_shape=(None, 1, 1, 1), name=name + "drop")(x)
        x = keras.layers.Add(name=name + "add")([x, shortcut])
    return x


def network(
    stages: tuple[tuple[int, int, int, int, bool], ...],
    width: int,
    depth: int,
    size: int,
    per_channel: bool,
    include_top: bool,
    input_tensor: Any,
    input_shape: tuple[int | None, ...] | None,
    pooling: str | None,
    classes: int,
    classifier_activation: str | None,
    include_preprocessing: bool,
    name: str,
) -> Any:
    """The network of such stages, as wide and as deep as so many tenths of them."""
    if input_shape is None:
        input_shape = (size, size, 3) if include_top else (None, None, 3)
    image = input_tensor if input_tensor is not None else keras.Input(shape=input_shape)
    x = image
    if include_preprocessing and per_channel:
        x = keras.layers.Rescaling(scale=1.0 / 255.0)(x)
        x = keras.layers.Normalization(mean=[0.485, 0.456, 0.406], variance=[0.052441, 0.050176, 0.050625], axis=3)(x)
    elif include_preprocessing:
        x = keras.layers.Rescaling(scale=1.0 / 128.0, offset=-1)(x)

    entering = scaled_width(stages[0][1] if not per_channel else 32, width)
    x = convolved(x, entering, 3, 2, "stem_conv")
    x = swish(normalized(x, "stem_bn"), "stem_activation")

    # The share of dropped blocks grows with what the stages count before they are made deeper.
    total = 0
    for blocks, _base, _expansion, _stride, _fused in stages:
        total = total + blocks

    done = 0
    stage = 1
    for blocks, base, expansion, first_stride, fused in stages:
        filters = scaled_width(base, width)
        stride = first_stride
        for place in range(scaled_depth(blocks, depth)):
            label = f"block{stage}{LETTERS[place]}_"
            x = block(x, entering, filters, stride, expansion, fused, 0.2 * done / total, label)
            stride = 1
            entering = filters
            done = done + 1
        stage = stage + 1

    x = convolved(x, scaled_width(1280, width), 1, 1, "top_conv")
    x = swish(normalized(x, "top_bn"), "top_activation")
    if include_top:
        x = keras.layers.GlobalAveragePooling2D(name="avg_pool")(x)
        x = keras.layers.Dropout(0.2, name="top_dropout")(x)
        x = keras.layers.Dense(classes, activation=classifier_activation, name="predictions")(x)
    elif pooling == "avg":
        x = keras.layers.GlobalAveragePooling2D(name="avg_pool")(x)
    elif pooling == "max":
        x = keras.layers.GlobalMaxPooling2D(name="max_pool")(x)
    return keras.Model(image, x, name=name)


def EfficientNetV2B0(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    include_preprocessing: bool = True,
    name: str = "efficientnetv2-b0",
) -> Any:
    """The network that B1, B2 and B3 are scaled from."""
    return network(
        STAGES_B,
        10,
        10,
        224,
        True,
        include_top,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
        include_preprocessing,
        name,
    )


def EfficientNetV2B1(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    include_preprocessing: bool = True,
    name: str = "efficientnetv2-b1",
) -> Any:
    """B0, 1.0 times as wide and 1.1 times as deep."""
    return network(
        STAGES_B,
        10,
        11,
        240,
        True,
        include_top,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
        include_preprocessing,
        name,
    )


def EfficientNetV2B2(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    include_preprocessing: bool = True,
    name: str = "efficientnetv2-b2",
) -> Any:
    """B0, 1.1 times as wide and 1.2 times as deep."""
    return network(
        STAGES_B,
        11,
        12,
        260,
        True,
        include_top,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
        include_preprocessing,
        name,
    )


def EfficientNetV2B3(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    include_preprocessing: bool = True,
    name: str = "efficientnetv2-b3",
) -> Any:
    """B0, 1.2 times as wide and 1.4 times as deep."""
    return network(
        STAGES_B,
        12,
        14,
        300,
        True,
        include_top,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
        include_preprocessing,
        name,
    )


def EfficientNetV2S(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    include_preprocessing: bool = True,
    name: str = "efficientnetv2-s",
) -> Any:
    """The small network of the paper."""
    return network(
        STAGES_S,
        10,
        10,
        384,
        False,
        include_top,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
        include_preprocessing,
        name,
    )


def EfficientNetV2M(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    include_preprocessing: bool = True,
    name: str = "efficientnetv2-m",
) -> Any:
    """The medium network of the paper."""
    return network(
        STAGES_M,
        10,
        10,
        480,
        False,
        include_top,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
        include_preprocessing,
        name,
    )


def EfficientNetV2L(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    include_preprocessing: bool = True,
    name: str = "efficientnetv2-l",
) -> Any:
    """The large network of the paper."""
    return network(
        STAGES_L,
        10,
        10,
        480,
        False,
        include_top,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
        include_preprocessing,
        name,
    )
