"""Keras in the version and on the backend that the command line names, and layers that the scenarios are made of."""

from __future__ import annotations

import os
import sys
from typing import Any

VERSION, BACKEND = sys.argv[1], sys.argv[2]
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
if VERSION == "2":
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tensorflow as tf
    import tf_keras as keras

    class ops:  # noqa: N801
        """The few functions of ``keras.ops`` that the models here use."""

        exp, square, round, shape = tf.exp, tf.square, tf.round, tf.shape
        matmul, transpose, reshape, cast = tf.matmul, tf.transpose, tf.reshape, tf.cast
        mean, sum, clip, log = tf.reduce_mean, tf.reduce_sum, tf.clip_by_value, tf.math.log

    def drawn(shape: Any, seed: Any) -> Any:
        """Standard normal noise."""
        return tf.random.normal(shape, seed=None if seed is None or not isinstance(seed, int) else seed)

    def seeds(_: int) -> Any:
        """No state is needed."""
        return None
else:
    os.environ["KERAS_BACKEND"] = BACKEND
    import keras
    from keras import ops

    def drawn(shape: Any, seed: Any) -> Any:
        """Standard normal noise."""
        return keras.random.normal(shape, seed=seed)

    def seeds(number: int) -> Any:
        """A seed that moves on."""
        return keras.random.SeedGenerator(number)


import numpy as np  # noqa: E402

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(160, 8)).astype("float32")


class Sampling(layers.Layer):
    """Draws a code and adds its KL, times ``scale``."""

    def __init__(self, scale: float = 1.0, per_batch: bool = False, fixed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale, self.per_batch, self.fixed = scale, per_batch, fixed
        self.seed = seeds(3)

    def call(self, inputs: Any) -> Any:
        mean, log_var = inputs
        kl = -0.5 * ops.sum(1 + log_var - ops.square(mean) - ops.exp(log_var), axis=-1)
        self.add_loss(self.scale * ops.mean(kl))
        shape = (1, 3) if self.per_batch else ops.shape(mean)
        noise = drawn(shape, self.seed if self.fixed is None else self.fixed)
        return mean + ops.exp(0.5 * log_var) * noise


class Weighted(layers.Layer):
    """An ``add_loss`` times a non-trainable weight that begins at 0."""

    def build(self, _: Any) -> None:
        self.beta = self.add_weight(name="beta", shape=(), initializer="zeros", trainable=False)

    def call(self, inputs: Any) -> Any:
        self.add_loss(self.beta * ops.mean(ops.square(inputs)))
        return inputs


class WarmUp(keras.callbacks.Callback):
    """Sets ``beta`` of a layer called ``kl`` or of the model."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        weight = self.model.get_layer("kl").beta
        if hasattr(weight, "assign"):
            weight.assign(min(1.0, epoch / 3))
        else:
            self.model.get_layer("kl").beta = min(1.0, epoch / 3)


class Scaled(layers.Layer):
    """Its loss times a Python number."""

    beta = 0.0

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.beta = 0.0

    def call(self, inputs: Any) -> Any:
        self.add_loss(self.beta * ops.mean(ops.square(inputs)))
        return inputs


class Tied(layers.Layer):
    """Multiplies with another layer's kernel, the other way round."""

    def __init__(self, other: Any, once: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.other, self.once = other, once

    def build(self, _: Any) -> None:
        if self.once:
            self.kept = ops.transpose(ops.cast(self.other.kernel, "float32"))

    def call(self, inputs: Any) -> Any:
        return ops.matmul(inputs, self.kept if self.once else ops.transpose(self.other.kernel))


class Unread(layers.Layer):
    """Has a weight that nothing reads."""

    def build(self, _: Any) -> None:
        self.forgotten = self.add_weight(name="forgotten", shape=(3,), initializer="ones")

    def call(self, inputs: Any) -> Any:
        return inputs * 1.0


class Rounded(layers.Layer):
    """Rounding has a gradient of zero everywhere."""

    def call(self, inputs: Any) -> Any:
        return ops.round(inputs * 3.0)


class Blind(layers.Layer):
    """Gives the same for every input."""

    def call(self, inputs: Any) -> Any:
        return inputs * 0.0


class NoFlag(keras.Model):
    """Its ``call`` has no ``training``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dropout, self.dense = layers.Dropout(0.5), layers.Dense(8)

    def call(self, inputs: Any) -> Any:
        return self.dense(self.dropout(inputs))
