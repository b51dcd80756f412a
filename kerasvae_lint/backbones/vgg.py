"""VGG16 and VGG19: Simonyan and Zisserman, Very Deep Convolutional Networks (arXiv 1409.1556)."""

# ruff: noqa: ARG001, N802 - the functions are called, and take arguments, as those of keras.applications

from __future__ import annotations

import keras
from keras import layers

WIDTHS = (64, 128, 256, 512, 512)


def _vgg(
    depths: tuple[int, ...],
    include_top: bool,
    input_tensor: keras.KerasTensor | None,
    input_shape: tuple[int | None, ...] | None,
    pooling: str | None,
    classes: int,
    classifier_activation: str | None,
    name: str,
) -> keras.Model:
    """Five blocks of 3x3 convolutions, each halved by its pooling; ``depths`` says how many stand in each."""
    if input_shape is None:
        input_shape = (224, 224, 3) if include_top else (None, None, 3)
    image = input_tensor if input_tensor is not None else keras.Input(shape=input_shape)
    x = image
    for block in range(1, 6):
        for convolution in range(1, depths[block - 1] + 1):
            x = layers.Conv2D(
                WIDTHS[block - 1], 3, padding="same", activation="relu", name=f"block{block}_conv{convolution}"
            )(x)
        x = layers.MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)

    if include_top:
        x = layers.Flatten(name="flatten")(x)
        x = layers.Dense(4096, activation="relu", name="fc1")(x)
        x = layers.Dense(4096, activation="relu", name="fc2")(x)
        x = layers.Dense(classes, activation=classifier_activation, name="predictions")(x)
    elif pooling == "avg":
        x = layers.GlobalAveragePooling2D()(x)
    elif pooling == "max":
        x = layers.GlobalMaxPooling2D()(x)
    return keras.Model(image, x, name=name)


def VGG16(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: keras.KerasTensor | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "vgg16",
) -> keras.Model:
    """Configuration D of the paper."""
    return _vgg((2, 2, 3, 3, 3), include_top, input_tensor, input_shape, pooling, classes, classifier_activation, name)


def VGG19(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: keras.KerasTensor | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "vgg19",
) -> keras.Model:
    """Configuration E of the paper."""
    return _vgg((2, 2, 4, 4, 4), include_top, input_tensor, input_shape, pooling, classes, classifier_activation, name)
