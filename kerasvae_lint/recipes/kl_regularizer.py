"""The KL as an activity regularizer, the same in any Keras.

Its weight is warmed up by the optimizer's iterations. An activity regularizer sees one tensor, so mean and
log-variance come from one layer of twice the latent size. Keras 2 and Keras 3.15 divide what a regularizer returns by
the batch size, Keras 3.0 to 3.12 do not: this one asks the Keras that it runs in, once, and returns what makes the
loss the mean over the batch.
Needs TensorFlow, with Keras 2 (``TF_USE_LEGACY_KERAS=1``) or Keras 3.

- Kingma and Welling, Auto-Encoding Variational Bayes (arXiv 1312.6114), appendix B
- keras-team/keras issue 22018 and pull request 22021: the division by the batch size
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow import keras


def divides_by_batch_size() -> bool:
    """Whether this Keras divides activity regularizers by the batch size: 1.0 is asked of a batch of two."""
    with tf.init_scope():
        layer = keras.layers.Activation("linear", activity_regularizer=_one)
        layer(tf.zeros((2, 1)))
        return float(layer.losses[0]) < 0.75


def _one(activation: tf.Tensor) -> tf.Tensor:
    return tf.ones((), activation.dtype)


@keras.utils.register_keras_serializable(package="recipes")
class KLRegularizer(keras.regularizers.Regularizer):
    """``weight * KL(N(mean, exp(log_var)) || N(0, 1))``, summed per sample and averaged over the batch.

    The activation holds mean and log-variance one after the other: (batch, 2·latent). The weight rises from 0 to 1 over
    ``warm_up`` steps of the optimizer that it follows, and is 1 if it follows none: tell a loaded model before training
    goes on, with ``layer.activity_regularizer.follow(model.optimizer)``.
    """

    def __init__(self, warm_up: int = 0) -> None:
        self.warm_up = int(warm_up)
        self.divided = divides_by_batch_size()
        self.iterations: Any = None

    def follow(self, optimizer: Any) -> KLRegularizer:
        """Take the step from this optimizer: its own counter, saved and restored with it."""
        self.iterations = optimizer.iterations
        return self

    def weight(self) -> tf.Tensor:
        """The present weight, a scalar."""
        if self.iterations is None or self.warm_up < 1:
            return tf.constant(1.0)
        return tf.minimum(tf.cast(tf.convert_to_tensor(self.iterations), tf.float32) / self.warm_up, 1.0)

    def __call__(self, activation: tf.Tensor) -> tf.Tensor:
        mean, log_var = tf.split(activation, 2, axis=-1)
        kl = 0.5 * tf.reduce_sum(tf.square(mean) + tf.exp(log_var) - log_var - 1.0, axis=-1)
        total = tf.reduce_sum(kl) if self.divided else tf.reduce_mean(kl)
        return tf.cast(self.weight(), total.dtype) * total

    def get_config(self) -> dict[str, Any]:
        return {"warm_up": self.warm_up}


@keras.utils.register_keras_serializable(package="recipes")
class Sampling(keras.layers.Layer):
    """Draws from N(mean, exp(log_var)): from (batch, 2·latent) to (batch, latent)."""

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        mean, log_var = tf.split(inputs, 2, axis=-1)
        return mean + tf.exp(0.5 * log_var) * tf.random.normal(tf.shape(mean))


@keras.utils.register_keras_serializable(package="recipes")
def squared_error(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Summed over the features, as the KL is over the latent axis: two tensors (batch, n) to one of (batch,)."""
    return tf.reduce_sum(tf.square(target - output), axis=-1)


if __name__ == "__main__":
    data = np.random.default_rng(0).normal(size=(64, 8)).astype("float32")
    optimizer = keras.optimizers.Adam(0.01)
    inputs = keras.Input((8,))
    hidden = keras.layers.Dense(16, activation="tanh")(inputs)
    posterior = keras.layers.Dense(4, activity_regularizer=KLRegularizer(4).follow(optimizer), name="posterior")(hidden)
    model = keras.Model(inputs, keras.layers.Dense(8)(Sampling()(posterior)))
    model.compile(optimizer, squared_error)
    print("loss by epoch:", model.fit(data, data, epochs=3, verbose=0).history["loss"])
