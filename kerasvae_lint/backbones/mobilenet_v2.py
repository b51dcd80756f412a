"""MobileNetV2: Sandler et al., Inverted Residuals and Linear Bottlenecks (arXiv 1801.04381)."""

# ruff: noqa: ARG001, N802 - the functions are called, and take arguments, as those of keras.applications

from __future__ import annotations

import keras
from keras import layers

# Table 2 of the paper, behind its first bottleneck: channels, repetitions, and the stride of the first of them.
STAGES = ((24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1))


def _width(channels: int, alpha: float) -> int:
    """``channels`` times ``alpha``, to the nearest multiple of 8 that is not more than a tenth below."""
    wanted = channels * alpha
    rounded = max(8, int(wanted + 4) // 8 * 8)
    if rounded < 0.9 * wanted:
        rounded = rounded + 8
    return rounded


def _normalized(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """Batch normalization as all of the network has it."""
    return layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name=name)(x)


def _padding(x: keras.KerasTensor) -> tuple[tuple[int, int], tuple[int, int]]:
    """What a strided 3x3 convolution needs around ``x``: nothing ahead of an even size, nor of a free one."""
    rows = x.shape[1]
    columns = x.shape[2]
    if rows is None:
        return ((0, 1), (0, 1))
    return ((rows % 2, 1), (columns % 2, 1))


def _filtered(x: keras.KerasTensor, filters: int, stride: int, prefix: str) -> keras.KerasTensor:
    """The depthwise convolution of a bottleneck, and its linear projection to ``filters`` channels."""
    if stride == 2:
        x = layers.ZeroPadding2D(_padding(x), name=f"{prefix}_pad")(x)
    x = layers.DepthwiseConv2D(
        3,
        strides=stride,
        padding="valid" if stride == 2 else "same",
        use_bias=False,
        name=f"{prefix}_depthwise",
    )(x)
    x = _normalized(x, f"{prefix}_depthwise_BN")
    x = layers.ReLU(6.0, name=f"{prefix}_depthwise_relu")(x)
    x = layers.Conv2D(filters, 1, padding="same", use_bias=False, name=f"{prefix}_project")(x)
    return _normalized(x, f"{prefix}_project_BN")


def MobileNetV2(
    input_shape: tuple[int | None, ...] | None = None,
    alpha: float = 1.0,
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: keras.KerasTensor | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str | None = None,
) -> keras.Model:
    """``alpha`` scales every width, but the last one only upwards."""
    if input_shape is None:
        input_shape = (224, 224, 3) if include_top else (None, None, 3)
        if include_top and input_tensor is not None:
            input_shape = input_tensor.shape[1:]
    image = input_tensor if input_tensor is not None else keras.Input(shape=input_shape)
    x = layers.Conv2D(_width(32, alpha), 3, strides=2, padding="same", use_bias=False, name="Conv1")(image)
    x = _normalized(x, "bn_Conv1")
    x = layers.ReLU(6.0, name="Conv1_relu")(x)

    shortcut = x
    channels = _width(16, alpha)
    x = _filtered(x, channels, 1, "expanded_conv")
    if channels == _width(32, alpha):  # of a very thin network
        x = layers.Add(name="expanded_conv_add")([shortcut, x])
    number = 0
    for unscaled, repetitions, first_stride in STAGES:
        filters = _width(unscaled, alpha)
        for repetition in range(repetitions):
            number = number + 1
            prefix = f"block_{number}"
            stride = first_stride if repetition == 0 else 1
            shortcut = x
            x = layers.Conv2D(6 * channels, 1, padding="same", use_bias=False, name=f"{prefix}_expand")(x)
            x = _normalized(x, f"{prefix}_expand_BN")
            x = layers.ReLU(6.0, name=f"{prefix}_expand_relu")(x)
            x = _filtered(x, filters, stride, prefix)
            if stride == 1 and channels == filters:
                x = layers.Add(name=f"{prefix}_add")([shortcut, x])
            channels = filters

    last = _width(1280, alpha) if alpha > 1.0 else 1280
    x = layers.Conv2D(last, 1, use_bias=False, name="Conv_1")(x)
    x = _normalized(x, "Conv_1_bn")
    x = layers.ReLU(6.0, name="out_relu")(x)

    if include_top:
        x = layers.GlobalAveragePooling2D()(x)
        x = layers.Dense(classes, activation=classifier_activation, name="predictions")(x)
    elif pooling == "avg":
        x = layers.GlobalAveragePooling2D()(x)
    elif pooling == "max":
        x = layers.GlobalMaxPooling2D()(x)
    if name is None:
        name = f"mobilenetv2_{alpha:.2f}_{input_shape[0]}"
    return keras.Model(image, x, name=name)
