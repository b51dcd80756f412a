"""DenseNet121, 169 and 201: Huang et al., Densely Connected Convolutional Networks (arXiv 1608.06993)."""

# ruff: noqa: ARG001, N802 - the functions are called, and take arguments, as those of keras.applications

from __future__ import annotations

import keras
from keras import layers

EPSILON = 1.001e-5
GROWTH = 32


def _activated(x: keras.KerasTensor, prefix: str) -> keras.KerasTensor:
    """Batch normalization and ReLU, their names behind ``prefix``."""
    x = layers.BatchNormalization(axis=3, epsilon=EPSILON, name=f"{prefix}bn")(x)
    return layers.Activation("relu", name=f"{prefix}relu")(x)


def _grown(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """``x`` and, behind it, the new channels that a bottleneck computes from it."""
    new = _activated(x, f"{name}_0_")
    new = layers.Conv2D(4 * GROWTH, 1, use_bias=False, name=f"{name}_1_conv")(new)
    new = _activated(new, f"{name}_1_")
    new = layers.Conv2D(GROWTH, 3, padding="same", use_bias=False, name=f"{name}_2_conv")(new)
    return layers.Concatenate(axis=3, name=f"{name}_concat")([x, new])


def _densenet(
    depths: tuple[int, ...],
    include_top: bool,
    input_tensor: keras.KerasTensor | None,
    input_shape: tuple[int | None, ...] | None,
    pooling: str | None,
    classes: int,
    classifier_activation: str | None,
    name: str,
) -> keras.Model:
    """The stem, and four dense blocks with a transition, which halves channels and size, between any two."""
    if input_shape is None:
        input_shape = (224, 224, 3) if include_top else (None, None, 3)
    image = input_tensor if input_tensor is not None else keras.Input(shape=input_shape)
    x = layers.ZeroPadding2D(3)(image)
    x = layers.Conv2D(64, 7, strides=2, use_bias=False, name="conv1_conv")(x)
    x = _activated(x, "conv1_")
    x = layers.ZeroPadding2D(1)(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1")(x)

    channels = 64
    for stage in range(4):
        if stage > 0:
            channels = channels // 2
            x = _activated(x, f"pool{stage + 1}_")
            x = layers.Conv2D(channels, 1, use_bias=False, name=f"pool{stage + 1}_conv")(x)
            x = layers.AveragePooling2D(2, strides=2, name=f"pool{stage + 1}_pool")(x)
        for block in range(1, depths[stage] + 1):
            x = _grown(x, f"conv{stage + 2}_block{block}")
            channels = channels + GROWTH
    x = _activated(x, "")

    if include_top:
        x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
        x = layers.Dense(classes, activation=classifier_activation, name="predictions")(x)
    elif pooling == "avg":
        x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    elif pooling == "max":
        x = layers.GlobalMaxPooling2D(name="max_pool")(x)
    return keras.Model(image, x, name=name)


def DenseNet121(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: keras.KerasTensor | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "densenet121",
) -> keras.Model:
    """121 layers deep."""
    return _densenet(
        (6, 12, 24, 16), include_top, input_tensor, input_shape, pooling, classes, classifier_activation, name
    )


def DenseNet169(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: keras.KerasTensor | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "densenet169",
) -> keras.Model:
    """169 layers deep."""
    return _densenet(
        (6, 12, 32, 32), include_top, input_tensor, input_shape, pooling, classes, classifier_activation, name
    )


def DenseNet201(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: keras.KerasTensor | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "densenet201",
) -> keras.Model:
    """201 layers deep."""
    return _densenet(
        (6, 12, 48, 32), include_top, input_tensor, input_shape, pooling, classes, classifier_activation, name
    )
