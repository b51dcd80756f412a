"""The KL as a layer: its weight not trained, both shown as metrics.

``add_loss`` takes a scalar, the mean over the batch: Keras 2 and Keras 3 then train on the same number. The weight is
made with ``add_weight(trainable=False)``: the optimizer leaves it alone, and it is saved with the model.
Needs TensorFlow, with Keras 2 (``TF_USE_LEGACY_KERAS=1``) or Keras 3.

- Kingma and Welling, Auto-Encoding Variational Bayes (arXiv 1312.6114), appendix B
- Sønderby et al., Ladder Variational Autoencoders (arXiv 1602.02282): warm-up
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow import keras


@keras.utils.register_keras_serializable(package="recipes")
class KLDivergenceLayer(keras.layers.Layer):
    """Adds ``beta * KL(N(mean, exp(log_var)) || N(0, 1))`` to the loss; ``[mean, log_var]`` pass through.

    Both are of shape (batch, latent). The metrics ``kl`` (unweighted, in nats per sample) and ``kl_weight`` stand
    beside the loss in the logs. A callback sets the weight: ``layer.beta.assign(0.5)``.
    """

    def __init__(self, beta: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.first_beta = float(beta)
        start = keras.initializers.Constant(self.first_beta)
        self.beta = self.add_weight(name="beta", shape=(), initializer=start, trainable=False)
        self.kl_metric = keras.metrics.Mean(name="kl")
        self.weight_metric = keras.metrics.Mean(name="kl_weight")

    def call(self, inputs: list[tf.Tensor]) -> list[tf.Tensor]:
        mean, log_var = inputs
        kl = tf.reduce_mean(0.5 * tf.reduce_sum(tf.square(mean) + tf.exp(log_var) - log_var - 1.0, axis=-1))
        self.add_loss(self.beta * kl)
        self.kl_metric.update_state(kl)
        self.weight_metric.update_state(tf.convert_to_tensor(self.beta))
        return [mean, log_var]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "beta": self.first_beta}


def warm_up(layer: KLDivergenceLayer, epochs: int) -> keras.callbacks.Callback:
    """From 0 in the first epoch to 1 after ``epochs``, and 1 from then on."""
    return keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: layer.beta.assign(min(epoch / epochs, 1.0))
    )


@keras.utils.register_keras_serializable(package="recipes")
class Sampling(keras.layers.Layer):
    """Draws from N(mean, exp(log_var)): two inputs and an output of shape (batch, latent)."""

    def call(self, inputs: list[tf.Tensor]) -> tf.Tensor:
        mean, log_var = inputs
        return mean + tf.exp(0.5 * log_var) * tf.random.normal(tf.shape(mean))


@keras.utils.register_keras_serializable(package="recipes")
def squared_error(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Summed over the features, as the KL is over the latent axis: two tensors (batch, n) to one of (batch,)."""
    return tf.reduce_sum(tf.square(target - output), axis=-1)


if __name__ == "__main__":
    data = np.random.default_rng(0).normal(size=(64, 8)).astype("float32")
    inputs = keras.Input((8,))
    hidden = keras.layers.Dense(16, activation="tanh")(inputs)
    kl_layer = KLDivergenceLayer(beta=0.0, name="kl_divergence")
    mean, log_var = kl_layer([keras.layers.Dense(2)(hidden), keras.layers.Dense(2)(hidden)])
    model = keras.Model(inputs, keras.layers.Dense(8)(Sampling()([mean, log_var])))
    model.compile(keras.optimizers.Adam(0.01), squared_error)
    history = model.fit(data, data, epochs=4, verbose=0, callbacks=[warm_up(kl_layer, 2)])
    print("KL:", history.history["kl"], "weight:", history.history["kl_weight"])
