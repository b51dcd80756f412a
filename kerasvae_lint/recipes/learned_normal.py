"""A normal likelihood with a trained mean and scale.

Everything that is computed from the two variables is computed in ``call``: a distribution made in ``build`` holds
tensors that no later assignment reaches, and in Keras 3 the gradient is gone from the second step on. The scale is a
softplus of an unbounded variable, so that it is always positive. With tensorflow-probability the same is
``tfp.distributions.Normal(loc, scale).log_prob(inputs)``, made in ``call``.
Needs TensorFlow, with Keras 2 (``TF_USE_LEGACY_KERAS=1``) or Keras 3.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow import keras

SMALLEST = 1e-6


@keras.utils.register_keras_serializable(package="recipes")
class LearnedNormal(keras.layers.Layer):
    """``log N(inputs; loc, scale²)``, summed over the features: from (batch, features) to (batch,).

    ``loc`` and ``scale`` are of shape (features,). The loss gets the negative log-likelihood, averaged over the batch.
    The sum is one of logarithms: a product of densities would underflow.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        features = (input_shape[-1],)
        self.loc = self.add_weight(name="loc", shape=features, initializer="zeros")
        self.raw_scale = self.add_weight(name="raw_scale", shape=features, initializer="zeros")
        super().build(input_shape)

    def scale(self) -> tf.Tensor:
        """The present scale, positive whatever the optimizer does."""
        return tf.nn.softplus(tf.convert_to_tensor(self.raw_scale)) + SMALLEST

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        scale = self.scale()
        standard = (inputs - self.loc) / scale
        log_density = -0.5 * tf.square(standard) - tf.math.log(scale) - 0.5 * math.log(2.0 * math.pi)
        log_likelihood = tf.reduce_sum(log_density, axis=-1)
        self.add_loss(-tf.reduce_mean(log_likelihood))
        return log_likelihood

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (input_shape[0],)


if __name__ == "__main__":
    data: Any = np.random.default_rng(0).normal(3.0, 2.0, size=(256, 1)).astype("float32")
    inputs = keras.Input((1,))
    layer = LearnedNormal(name="likelihood")
    model = keras.Model(inputs, layer(inputs))
    model.compile(keras.optimizers.Adam(0.1))
    model.fit(data, epochs=30, verbose=0)
    print(f"mean {float(data.mean()):.2f} and {layer.loc.numpy()[0]:.2f}, ", end="")
    print(f"scale {float(data.std()):.2f} and {layer.scale().numpy()[0]:.2f}")
