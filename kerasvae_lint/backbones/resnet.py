"""ResNet50, ResNet101 and ResNet152: He et al., Deep Residual Learning for Image Recognition (arXiv 1512.03385).

A stage is halved by its first 1x1 convolution, as in the paper.
"""

# ruff: noqa: ARG001, N802 - the functions are called, and take arguments, as those of keras.applications

from __future__ import annotations

import keras
from keras import layers

EPSILON = 1.001e-5


def _normalized(x: keras.KerasTensor, filters: int, size: int, stride: int, name: str) -> keras.KerasTensor:
    """A convolution and its batch normalization; ``name`` is that of both, but for its end."""
    x = layers.Conv2D(filters, size, strides=stride, padding="same" if size == 3 else "valid", name=f"{name}_conv")(x)
    return layers.BatchNormalization(axis=3, epsilon=EPSILON, name=f"{name}_bn")(x)


def _bottleneck(x: keras.KerasTensor, filters: int, stride: int, projected: bool, name: str) -> keras.KerasTensor:
    """1x1, 3x3 and 1x1 convolutions beside the shortcut, which is a projection at the head of a stage."""
    shortcut = _normalized(x, 4 * filters, 1, stride, f"{name}_0") if projected else x
    x = _normalized(x, filters, 1, stride, f"{name}_1")
    x = layers.Activation("relu", name=f"{name}_1_relu")(x)
    x = _normalized(x, filters, 3, 1, f"{name}_2")
    x = layers.Activation("relu", name=f"{name}_2_relu")(x)
    x = _normalized(x, 4 * filters, 1, 1, f"{name}_3")
    x = layers.Add(name=f"{name}_add")([shortcut, x])
    return layers.Activation("relu", name=f"{name}_out")(x)


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
    x = layers.BatchNormalization(axis=3, epsilon=EPSILON, name="conv1_bn")(x)
    x = layers.Activation("relu", name="conv1_relu")(x)
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)

    for stage in range(4):
        filters = 64 * 2**stage
        for block in range(1, depths[stage] + 1):
            stride = 2 if stage > 0 and block == 1 else 1
            x = _bottleneck(x, filters, stride, block == 1, f"conv{stage + 2}_block{block}")

    if include_top:
        x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
        x = layers.Dense(classes, activation=classifier_activation, name="predictions")(x)
    elif pooling == "avg":
        x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    elif pooling == "max":
        x = layers.GlobalMaxPooling2D(name="max_pool")(x)
    return keras.Model(image, x, name=name)


def ResNet50(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: keras.KerasTensor | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "resnet50",
) -> keras.Model:
    """50 layers deep."""
    return _resnet((3, 4, 6, 3), include_top, input_tensor, input_shape, pooling, classes, classifier_activation, name)


def ResNet101(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: keras.KerasTensor | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "resnet101",
) -> keras.Model:
    """101 layers deep."""
    return _resnet((3, 4, 23, 3), include_top, input_tensor, input_shape, pooling, classes, classifier_activation, name)


def ResNet152(
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: keras.KerasTensor | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    name: str = "resnet152",
) -> keras.Model:
    """152 layers deep."""
    return _resnet((3, 8, 36, 3), include_top, input_tensor, input_shape, pooling, classes, classifier_activation, name)
