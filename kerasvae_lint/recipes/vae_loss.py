"""Reconstruction and KL with the right sums and means.

Each is summed per sample and averaged over the batch, and they are returned apart. The evidence lower bound is a sum
over everything that one sample holds: pixels, tokens, latent dimensions. A mean over features beside a sum over the
latent axis makes the KL as many times too heavy as there are features. Both terms are means over the batch, so that
the batch size changes neither.
Needs TensorFlow, with Keras 2 (``TF_USE_LEGACY_KERAS=1``) or Keras 3.

- Kingma and Welling, Auto-Encoding Variational Bayes (arXiv 1312.6114), section 3 and appendix B
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow import keras


def per_sample(values: tf.Tensor) -> tf.Tensor:
    """Sums over all axes but the first: (batch, …) to (batch,)."""
    return tf.reduce_sum(tf.reshape(values, (tf.shape(values)[0], -1)), axis=-1)


def reconstruction_loss(target: tf.Tensor, output: tf.Tensor, kind: str = "bce") -> tf.Tensor:
    """``-log p(target | z)`` in nats, summed per sample, averaged over the batch: a scalar.

    Args:
        target: (batch, …); for ``"categorical"`` integer classes.
        output: of the same shape; for ``"categorical"`` with one more axis, the classes.
        kind: ``"bce"``: Bernoulli, from logits; ``"categorical"``: from logits; ``"mse"``: a normal of variance 1, half
            the squared error, without the constant ½·log 2π for each feature.
    """
    if kind == "bce":
        loss = tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.cast(target, output.dtype), logits=output)
    elif kind == "mse":
        loss = 0.5 * tf.square(tf.cast(target, output.dtype) - output)
    elif kind == "categorical":
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.cast(target, tf.int32), logits=output)
    else:
        raise ValueError(f"kind is 'bce', 'mse' or 'categorical', not {kind!r}")
    return tf.reduce_mean(per_sample(loss))


def kl_loss(mean: tf.Tensor, log_var: tf.Tensor) -> tf.Tensor:
    """``KL(N(mean, exp(log_var)) || N(0, 1))`` of two tensors (batch, latent), averaged over the batch: a scalar."""
    kl = 0.5 * tf.reduce_sum(tf.square(mean) + tf.exp(log_var) - log_var - 1.0, axis=-1)
    return tf.reduce_mean(kl)


def vae_loss(
    target: tf.Tensor, output: tf.Tensor, mean: tf.Tensor, log_var: tf.Tensor, kind: str = "bce"
) -> tuple[tf.Tensor, tf.Tensor]:
    """Reconstruction and KL, two scalars; minimise their sum, or weigh the second."""
    return reconstruction_loss(target, output, kind), kl_loss(mean, log_var)


@keras.utils.register_keras_serializable(package="recipes")
class VAELoss(keras.layers.Layer):
    """Adds the loss to the model that it stands in, from ``[target, output, mean, log_var]``; gives ``output`` back."""

    def __init__(self, kind: str = "bce", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = kind
        self.reconstruction_metric = keras.metrics.Mean(name="reconstruction")
        self.kl_metric = keras.metrics.Mean(name="kl")

    def call(self, inputs: list[tf.Tensor]) -> tf.Tensor:
        target, output, mean, log_var = inputs
        reconstruction, kl = vae_loss(target, output, mean, log_var, self.kind)
        self.add_loss(reconstruction + kl)
        self.reconstruction_metric.update_state(reconstruction)
        self.kl_metric.update_state(kl)
        return output

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "kind": self.kind}


@keras.utils.register_keras_serializable(package="recipes")
class Sampling(keras.layers.Layer):
    """Draws from N(mean, exp(log_var)): two inputs and an output of shape (batch, latent)."""

    def call(self, inputs: list[tf.Tensor]) -> tf.Tensor:
        mean, log_var = inputs
        return mean + tf.exp(0.5 * log_var) * tf.random.normal(tf.shape(mean))


if __name__ == "__main__":
    data = (np.random.default_rng(0).random((64, 8)) < 0.3).astype("float32")
    inputs = keras.Input((8,))
    hidden = keras.layers.Dense(16, activation="tanh")(inputs)
    mean, log_var = keras.layers.Dense(2)(hidden), keras.layers.Dense(2)(hidden)
    logits = keras.layers.Dense(8)(Sampling()([mean, log_var]))
    model = keras.Model(inputs, VAELoss("bce")([inputs, logits, mean, log_var]))
    model.compile(keras.optimizers.Adam(0.01))
    history = model.fit(data, epochs=3, verbose=0).history
    print("reconstruction:", history["reconstruction"], "KL:", history["kl"])
