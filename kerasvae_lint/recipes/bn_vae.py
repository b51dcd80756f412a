"""A Gaussian posterior whose KL has a lower bound (BN-VAE).

BatchNormalization without scale and offset gives the mean and the standard deviation a second moment of 1 over the
batch. The scaler shares that 1 out between the two, ``gamma_mu² + gamma_sigma² = 1`` in each latent dimension, so that
the aggregate posterior has the prior's moments; ``gamma_mu² ≥ tau`` keeps the KL at or above ``Σ gamma_mu² / 2``, at
least ``latent * tau / 2``. The bound holds for the moments that are used: the batch's own in training, the moving
averages after it. It rests on a small epsilon: under Keras's default of 1e-3 an encoder can shrink its output until
the epsilon outweighs the variance, and the KL vanishes after all (seen in training). A deviation that is normalised
about 0 passes through it, which costs KL: where that is too much, normalise the mean alone, with a fixed scale.
Needs TensorFlow, with Keras 2 (``TF_USE_LEGACY_KERAS=1``) or Keras 3.

- Zhu et al., A Batch Normalized Inference Network Keeps the KL Vanishing Away (arXiv 2004.12585)
- Su Jianlin, VAE + BN (https://kexue.fm/archives/7381): normalising the standard deviation too, and the scaler
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow import keras

EPSILON = 1e-8
SMALLEST = 1e-12


@keras.utils.register_keras_serializable(package="recipes")
class Scaler(keras.layers.Layer):
    """Scales normalised ``[mean, std]``, both (batch, latent), by ``gamma_mu`` and ``gamma_sigma``, both (latent,)."""

    def __init__(self, tau: float = 0.5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0.0 < tau < 1.0:
            raise ValueError("tau is between 0 and 1")
        self.tau = float(tau)

    def build(self, input_shape: list[tuple[int | None, ...]]) -> None:
        self.theta = self.add_weight(name="theta", shape=(input_shape[0][-1],), initializer="zeros")
        super().build(input_shape)

    def gammas(self) -> tuple[tf.Tensor, tf.Tensor]:
        """``gamma_mu`` and ``gamma_sigma``."""
        theta = tf.convert_to_tensor(self.theta)
        gamma_mu = tf.sqrt(self.tau + (1.0 - self.tau) * tf.sigmoid(theta))
        return gamma_mu, tf.sqrt((1.0 - self.tau) * tf.sigmoid(-theta))

    def call(self, inputs: list[tf.Tensor]) -> list[tf.Tensor]:
        mean, std = inputs
        gamma_mu, gamma_sigma = self.gammas()
        return [mean * gamma_mu, std * gamma_sigma]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "tau": self.tau}


def posterior(features: tf.Tensor, latent: int, tau: float = 0.5) -> list[tf.Tensor]:
    """Mean and standard deviation, both (batch, latent), of an encoder's ``features`` (batch, n).

    The second can be negative: its sign means nothing, as only its square and its product with noise are used.
    """
    heads = []
    for name in ("mean", "std"):
        head = keras.layers.Dense(latent, use_bias=False, name=name)(features)
        heads.append(keras.layers.BatchNormalization(center=False, scale=False, epsilon=EPSILON)(head))
    return list(Scaler(tau)(heads))


def kl_loss(mean: tf.Tensor, std: tf.Tensor) -> tf.Tensor:
    """``KL(N(mean, std²) || N(0, 1))``, summed over the latent axis, averaged over the batch: a scalar."""
    variance = tf.maximum(tf.square(std), SMALLEST)
    return tf.reduce_mean(0.5 * tf.reduce_sum(tf.square(mean) + variance - tf.math.log(variance) - 1.0, axis=-1))


@keras.utils.register_keras_serializable(package="recipes")
class Sampling(keras.layers.Layer):
    """Draws from N(mean, std²) and adds the KL to the loss: two inputs and an output of shape (batch, latent)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kl_metric = keras.metrics.Mean(name="kl")

    def call(self, inputs: list[tf.Tensor]) -> tf.Tensor:
        mean, std = inputs
        kl = kl_loss(mean, std)
        self.add_loss(kl)
        self.kl_metric.update_state(kl)
        return mean + std * tf.random.normal(tf.shape(mean))


@keras.utils.register_keras_serializable(package="recipes")
def squared_error(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Summed over the features, as the KL is over the latent axis: two tensors (batch, n) to one of (batch,)."""
    return tf.reduce_sum(tf.square(target - output), axis=-1)


if __name__ == "__main__":
    data = np.random.default_rng(0).normal(size=(64, 8)).astype("float32")
    inputs = keras.Input((8,))
    mean_and_std = posterior(keras.layers.Dense(16, activation="tanh")(inputs), latent=2)
    model = keras.Model(inputs, keras.layers.Dense(8)(Sampling()(mean_and_std)))
    model.compile(keras.optimizers.Adam(0.01), squared_error)
    history = model.fit(data, data, batch_size=32, epochs=3, verbose=0).history
    print("KL by epoch, at least 0.5 with tau = 0.5 and two dimensions:", history["kl"])
