"""Inception v3 (Szegedy et al., 2015), layer by layer as ``keras.applications`` names them."""

# ruff: noqa: ARG001, N802 - the functions are called, and take arguments, as those of keras.applications

from __future__ import annotations

from typing import Any

import keras


def unit(x: Any, filters: int, rows: int, columns: int, stride: int = 1, padding: str = "same") -> Any:
    """A convolution without bias, its normalization without scale, and ReLU; none has a name of its own."""
    x = keras.layers.Conv2D(filters, (rows, columns), strides=(stride, stride), padding=padding, use_bias=False)(x)
    x = keras.layers.BatchNormalization(axis=3, scale=False)(x)
    return keras.layers.Activation("relu")(x)


def pooled(x: Any, filters: int) -> Any:
    """The branch that averages before it convolves."""
    x = keras.layers.AveragePooling2D((3, 3), strides=(1, 1), padding="same")(x)
    return unit(x, filters, 1, 1)


def block_35(x: Any, after_pool: int, name: str) -> Any:
    """A block of the 35 x 35 grid."""
    single = unit(x, 64, 1, 1)
    wide = unit(unit(x, 48, 1, 1), 64, 5, 5)
    double = unit(unit(unit(x, 64, 1, 1), 96, 3, 3), 96, 3, 3)
    pool = pooled(x, after_pool)
    return keras.layers.Concatenate(axis=3, name=name)([single, wide, double, pool])


def block_17(x: Any, inner: int, name: str) -> Any:
    """A block of the 17 x 17 grid, whose 7 x 7 convolutions come as a row and a column."""
    single = unit(x, 192, 1, 1)
    seven = unit(x, inner, 1, 1)
    seven = unit(seven, inner, 1, 7)
    seven = unit(seven, 192, 7, 1)
    double = unit(x, inner, 1, 1)
    double = unit(double, inner, 7, 1)
    double = unit(double, inner, 1, 7)
    double = unit(double, inner, 7, 1)
    double = unit(double, 192, 1, 7)
    pool = pooled(x, 192)
    return keras.layers.Concatenate(axis=3, name=name)([single, seven, double, pool])


def block_8(x: Any, number: int) -> Any:
    """A block of the 8 x 8 grid, whose last convolutions stand side by side."""
    single = unit(x, 320, 1, 1)
    three = unit(x, 384, 1, 1)
    row = unit(three, 384, 1, 3)
    column = unit(three, 384, 3, 1)
    three = keras.layers.Concatenate(axis=3, name=f"mixed9_{number}")([row, column])
    double = unit(unit(x, 448, 1, 1), 384, 3, 3)
    row = unit(double, 384, 1, 3)
    column = unit(double, 384, 3, 1)
    double = keras.layers.Concatenate(axis=3)([row, column])
    pool = pooled(x, 192)
    return keras.layers.Concatenate(axis=3, name=f"mixed{9 + number}")([single, three, double, pool])


def InceptionV3(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "inception_v3",
) -> Any:
    """The network of the paper."""
    if input_shape is None:
        input_shape = (299, 299, 3) if include_top else (None, None, 3)
    image = input_tensor if input_tensor is not None else keras.Input(shape=input_shape)
    x = unit(image, 32, 3, 3, 2, "valid")
    x = unit(x, 32, 3, 3, 1, "valid")
    x = unit(x, 64, 3, 3)
    x = keras.layers.MaxPooling2D((3, 3), strides=(2, 2))(x)
    x = unit(x, 80, 1, 1, 1, "valid")
    x = unit(x, 192, 3, 3, 1, "valid")
    x = keras.layers.MaxPooling2D((3, 3), strides=(2, 2))(x)

    x = block_35(x, 32, "mixed0")
    x = block_35(x, 64, "mixed1")
    x = block_35(x, 64, "mixed2")

    three = unit(x, 384, 3, 3, 2, "valid")
    double = unit(unit(x, 64, 1, 1), 96, 3, 3)
    double = unit(double, 96, 3, 3, 2, "valid")
    pool = keras.layers.MaxPooling2D((3, 3), strides=(2, 2))(x)
    x = keras.layers.Concatenate(axis=3, name="mixed3")([three, double, pool])

    for number, inner in ((4, 128), (5, 160), (6, 160), (7, 192)):
        x = block_17(x, inner, f"mixed{number}")

    three = unit(x, 192, 1, 1)
    three = unit(three, 320, 3, 3, 2, "valid")
    seven = unit(unit(unit(x, 192, 1, 1), 192, 1, 7), 192, 7, 1)
    seven = unit(seven, 192, 3, 3, 2, "valid")
    pool = keras.layers.MaxPooling2D((3, 3), strides=(2, 2))(x)
    x = keras.layers.Concatenate(axis=3, name="mixed8")([three, seven, pool])

    for number in (0, 1):
        x = block_8(x, number)

    if include_top:
        x = keras.layers.GlobalAveragePooling2D(name="avg_pool")(x)
        x = keras.layers.Dense(classes, activation=classifier_activation, name="predictions")(x)
    elif pooling == "avg":
        x = keras.layers.GlobalAveragePooling2D()(x)
    elif pooling == "max":
        x = keras.layers.GlobalMaxPooling2D()(x)
    return keras.Model(image, x, name=name)
