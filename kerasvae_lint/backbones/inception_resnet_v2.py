"""Inception-ResNet v2 (Szegedy et al., 2016), layer by layer as ``keras.applications`` of Keras 3 names them."""

# ruff: noqa: ARG001, N802 - the functions are called, and take arguments, as those of keras.applications

from __future__ import annotations

from typing import Any

import keras


class CustomScaleLayer(keras.layers.Layer):
    """The first input plus the second one times a factor."""

    def __init__(self, scale: float, **options: Any) -> None:
        super().__init__(**options)
        self.scale = scale

    def call(self, inputs: Any) -> Any:
        return inputs[0] + inputs[1] * self.scale


def unit(x: Any, filters: int, rows: int, columns: int, stride: int = 1, padding: str = "same") -> Any:
    """A convolution without bias, its normalization without scale, and ReLU; none has a name of its own."""
    x = keras.layers.Conv2D(filters, (rows, columns), strides=(stride, stride), padding=padding, use_bias=False)(x)
    x = keras.layers.BatchNormalization(axis=3, scale=False)(x)
    return keras.layers.Activation("relu")(x)


def residual(x: Any, branch: Any, filters: int, scale: float, label: str) -> Any:
    """The block's branches, brought to the width of what came in, scaled and added to it."""
    branch = keras.layers.Conv2D(filters, 1, padding="same", name=label + "_conv")(branch)
    return CustomScaleLayer(scale)([x, branch])


def block_35(x: Any, number: int) -> Any:
    """A block of the 35 x 35 grid."""
    label = f"block35_{number}"
    single = unit(x, 32, 1, 1)
    three = unit(unit(x, 32, 1, 1), 32, 3, 3)
    double = unit(unit(unit(x, 32, 1, 1), 48, 3, 3), 64, 3, 3)
    branch = keras.layers.Concatenate(axis=3, name=label + "_mixed")([single, three, double])
    x = residual(x, branch, 320, 0.17, label)
    return keras.layers.Activation("relu", name=label + "_ac")(x)


def block_17(x: Any, number: int) -> Any:
    """A block of the 17 x 17 grid."""
    label = f"block17_{number}"
    single = unit(x, 192, 1, 1)
    seven = unit(unit(unit(x, 128, 1, 1), 160, 1, 7), 192, 7, 1)
    branch = keras.layers.Concatenate(axis=3, name=label + "_mixed")([single, seven])
    x = residual(x, branch, 1088, 0.1, label)
    return keras.layers.Activation("relu", name=label + "_ac")(x)


def block_8(x: Any, number: int) -> Any:
    """A block of the 8 x 8 grid; the tenth and last one is neither scaled down nor activated."""
    label = f"block8_{number}"
    single = unit(x, 192, 1, 1)
    three = unit(unit(unit(x, 192, 1, 1), 224, 1, 3), 256, 3, 1)
    branch = keras.layers.Concatenate(axis=3, name=label + "_mixed")([single, three])
    if number == 10:
        return residual(x, branch, 2080, 1.0, label)
    x = residual(x, branch, 2080, 0.2, label)
    return keras.layers.Activation("relu", name=label + "_ac")(x)


def InceptionResNetV2(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "inception_resnet_v2",
) -> Any:
    """The network of the paper."""
    if input_shape is None:
        input_shape = (299, 299, 3) if include_top else (None, None, 3)
    image = input_tensor if input_tensor is not None else keras.Input(shape=input_shape)
    x = unit(image, 32, 3, 3, 2, "valid")
    x = unit(x, 32, 3, 3, 1, "valid")
    x = unit(x, 64, 3, 3)
    x = keras.layers.MaxPooling2D(3, strides=2)(x)
    x = unit(x, 80, 1, 1, 1, "valid")
    x = unit(x, 192, 3, 3, 1, "valid")
    x = keras.layers.MaxPooling2D(3, strides=2)(x)

    single = unit(x, 96, 1, 1)
    wide = unit(unit(x, 48, 1, 1), 64, 5, 5)
    double = unit(unit(unit(x, 64, 1, 1), 96, 3, 3), 96, 3, 3)
    pool = keras.layers.AveragePooling2D(3, strides=1, padding="same")(x)
    pool = unit(pool, 64, 1, 1)
    x = keras.layers.Concatenate(axis=3, name="mixed_5b")([single, wide, double, pool])
    for number in range(1, 11):
        x = block_35(x, number)

    three = unit(x, 384, 3, 3, 2, "valid")
    double = unit(unit(x, 256, 1, 1), 256, 3, 3)
    double = unit(double, 384, 3, 3, 2, "valid")
    pool = keras.layers.MaxPooling2D(3, strides=2)(x)
    x = keras.layers.Concatenate(axis=3, name="mixed_6a")([three, double, pool])
    for number in range(1, 21):
        x = block_17(x, number)

    three = unit(x, 256, 1, 1)
    three = unit(three, 384, 3, 3, 2, "valid")
    second = unit(x, 256, 1, 1)
    second = unit(second, 288, 3, 3, 2, "valid")
    double = unit(unit(x, 256, 1, 1), 288, 3, 3)
    double = unit(double, 320, 3, 3, 2, "valid")
    pool = keras.layers.MaxPooling2D(3, strides=2)(x)
    x = keras.layers.Concatenate(axis=3, name="mixed_7a")([three, second, double, pool])
    for number in range(1, 11):
        x = block_8(x, number)

    x = keras.layers.Conv2D(1536, 1, padding="same", use_bias=False, name="conv_7b")(x)
    x = keras.layers.BatchNormalization(axis=3, scale=False, name="conv_7b_bn")(x)
    x = keras.layers.Activation("relu", name="conv_7b_ac")(x)
    if include_top:
        x = keras.layers.GlobalAveragePooling2D(name="avg_pool")(x)
        x = keras.layers.Dense(classes, activation=classifier_activation, name="predictions")(x)
    elif pooling == "avg":
        x = keras.layers.GlobalAveragePooling2D()(x)
    elif pooling == "max":
        x = keras.layers.GlobalMaxPooling2D()(x)
    return keras.Model(image, x, name=name)
