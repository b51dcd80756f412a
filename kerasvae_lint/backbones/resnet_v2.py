"""ResNet50V2, ResNet101V2 and ResNet152V2: He et al., Identity Mappings in Deep Residual Networks (arXiv 1603.05027).

Each stage but the last is halved by its last block.
"""

# ruff: noqa: ARG001, N802 - the functions are called, and take arguments, as those of keras.applications

from __future__ import annotations

import keras
from keras import layers

EPSILON = 1.001e-5


def _rectified(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """Batch normalization and ReLU; ``name`` is that of both, but for its end."""
    x = layers.BatchNormalization(axis=3, epsilon=EPSILON, name=f"{name}_bn")(x)
    return layers.Activation("relu", name=f"{name}_relu")(x)


def _bottleneck(x: keras.KerasTensor, filters: int, stride: int, projected: bool, name: str) -> keras.KerasTensor:
    """What is normalized goes in; the sum comes out as it is.

    The shortcut is a projection at the head of a stage, and takes every other pixel where the block is strided.
    """
    shortcut = x
    x = _rectified(x, f"{name}_preact")
    if projected:
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(x)
    elif stride > 1:
        shortcut = layers.MaxPooling2D(1, strides=stride)(shortcut)
    x = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_1_conv")(x)
    x = _rectified(x, f"{name}_1")
    x = layers.ZeroPadding2D(1, name=f"{name}_2_pad")(x)
    x = layers.Conv2D(filters, 3, strides=stride, use_bias=False, name=f"{name}_2_conv")(x)
    x = _rectified(x, f"{name}_2")
    x = layers.Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)
    return layers.Add(name=f"{name}_out")([shortcut, x])


def _resnet(
    depths: tuple[int, ...],
    include_top: bool,
    input_tensor: keras.KerasTensor | None,
    input_shape: tuple[int | None, ...] | None,
    pooling: str | None,
    classes: int,
    classifier_activation: str | None,
    name: str,
) -> keras.Model:
    """The stem, and four stages of as many bottlenecks as ``depths`` says, each twice as wide as the one before."""
    if input_shape is None:
        input_shape = (224, 224, 3) if include_top else (None, None, 3)
    image = input_tensor if input_tensor is not None else keras.Input(shape=input_shape)
    x = layers.ZeroPadding2D(3, name="conv1_pad")(image)
    x = layers.Conv2D(64, 7, strides=2, name="conv1_conv")(x)
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)

    for stage in range(4):
        filters = 64 * 2**stage
        for block in range(1, depths[stage] + 1):
            stride = 2 if stage < 3 and block == depths[stage] else 1
            x = _bottleneck(x, filters, stride, block == 1, f"conv{stage + 2}_block{block}")
    x = _rectified(x, "post")

    if include_top:
        x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
        x = layers.Dense(classes, activation=classifier_activation, name="predictions")(x)
    elif pooling == "avg":
        x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    elif pooling == "max":
        x = layers.GlobalMaxPooling2D(name="max_pool")(x)
    return keras.Model(image, x, name=name)


def ResNet50V2(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: keras.KerasTensor | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "resnet50v2",
) -> keras.Model:
    """50 layers deep."""
    return _resnet((3, 4, 6, 3), include_top, input_tensor, input_shape, pooling, classes, classifier_activation, name)


def ResNet101V2(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: keras.KerasTensor | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "resnet101v2",
) -> keras.Model:
    """101 layers deep."""
    return _resnet((3, 4, 23, 3), include_top, input_tensor, input_shape, pooling, classes, classifier_activation, name)


def ResNet152V2(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: keras.KerasTensor | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "resnet152v2",
) -> keras.Model:
    """152 layers deep."""
    return _resnet((3, 8, 36, 3), include_top, input_tensor, input_shape, pooling, classes, classifier_activation, name)
