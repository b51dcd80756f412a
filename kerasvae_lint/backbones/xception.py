"""Xception (Chollet, 2017), layer by layer as ``keras.applications`` names them."""

# ruff: noqa: ARG001, N802 - the functions are called, and take arguments, as those of keras.applications

from __future__ import annotations

from typing import Any

import keras


def separable(x: Any, filters: int, name: str) -> Any:
    """A separable convolution with its normalization."""
    x = keras.layers.SeparableConv2D(filters, (3, 3), padding="same", use_bias=False, name=name)(x)
    return keras.layers.BatchNormalization(name=name + "_bn")(x)


def reducing_block(x: Any, number: int, first: int, second: int) -> Any:
    """Two separable convolutions, halved, beside a convolution of one pixel."""
    shortcut = keras.layers.Conv2D(second, (1, 1), strides=(2, 2), padding="same", use_bias=False)(x)
    shortcut = keras.layers.BatchNormalization()(shortcut)
    if number > 2:  # what comes into block 2 has just been activated
        x = keras.layers.Activation("relu", name=f"block{number}_sepconv1_act")(x)
    x = separable(x, first, f"block{number}_sepconv1")
    x = keras.layers.Activation("relu", name=f"block{number}_sepconv2_act")(x)
    x = separable(x, second, f"block{number}_sepconv2")
    x = keras.layers.MaxPooling2D((3, 3), strides=(2, 2), padding="same", name=f"block{number}_pool")(x)
    return keras.layers.Add()([x, shortcut])


def middle_block(x: Any, number: int) -> Any:
    """Three separable convolutions beside the identity."""
    shortcut = x
    for step in (1, 2, 3):
        x = keras.layers.Activation("relu", name=f"block{number}_sepconv{step}_act")(x)
        x = separable(x, 728, f"block{number}_sepconv{step}")
    return keras.layers.Add()([x, shortcut])


def Xception(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "xception",
) -> Any:
    """The network of the paper."""
    if input_shape is None:
        input_shape = (299, 299, 3) if include_top else (None, None, 3)
    image = input_tensor if input_tensor is not None else keras.Input(shape=input_shape)
    x = image
    for step, filters, stride in ((1, 32, 2), (2, 64, 1)):
        label = f"block1_conv{step}"
        x = keras.layers.Conv2D(filters, (3, 3), strides=(stride, stride), use_bias=False, name=label)(x)
        x = keras.layers.BatchNormalization(name=label + "_bn")(x)
        x = keras.layers.Activation("relu", name=label + "_act")(x)
    for number, filters in ((2, 128), (3, 256), (4, 728)):
        x = reducing_block(x, number, filters, filters)
    for number in range(5, 13):
        x = middle_block(x, number)
    x = reducing_block(x, 13, 728, 1024)
    for step, filters in ((1, 1536), (2, 2048)):
        x = separable(x, filters, f"block14_sepconv{step}")
        x = keras.layers.Activation("relu", name=f"block14_sepconv{step}_act")(x)
    if include_top:
        x = keras.layers.GlobalAveragePooling2D(name="avg_pool")(x)
        x = keras.layers.Dense(classes, activation=classifier_activation, name="predictions")(x)
    elif pooling == "avg":
        x = keras.layers.GlobalAveragePooling2D()(x)
    elif pooling == "max":
        x = keras.layers.GlobalMaxPooling2D()(x)
    return keras.Model(image, x, name=name)
