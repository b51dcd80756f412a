"""A scale on its many ways from a linear head, and softplus on one; a weight is reported once."""
import tensorflow as tf
import tensorflow_probability as tfp
from tensorflow import keras
from tensorflow.keras import layers

tfd = tfp.distributions


def split(hidden):
    loc, scale = tf.split(layers.Dense(4)(hidden), 2, axis=-1)
    return tfd.Normal(loc, scale)  # expect


def sequential(hidden):
    both = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(4)])(hidden)
    return tfd.MultivariateNormalDiag(loc=both[..., :2], scale_diag=both[..., 2:])  # expect


def convolution(images):
    maps = layers.Conv2D(4, 3)(images)
    return tfd.Normal(maps, tf.reshape(tf.cast(maps, tf.float32), (-1, 4)))  # expect


def sound(hidden):
    both = layers.Dense(4)(hidden)
    return tfd.Normal(both[..., :2], 1e-3 + tf.nn.softplus(both[..., 2:]))


model = keras.Sequential(
    [
        layers.Dense(2),
        tfp.layers.DistributionLambda(lambda t: tfd.Normal(t[..., :1], t[..., 1:])),  # expect
    ]
)
model.compile("adam", loss=lambda y, d: -d.log_prob(y))


class Likelihood(layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(name="scale", shape=())

    def call(self, inputs):
        one = tfd.Normal(0.0, self.scale).log_prob(inputs)  # expect
        return one + tfd.Normal(1.0, self.scale).log_prob(inputs)
