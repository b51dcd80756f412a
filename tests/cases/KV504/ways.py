"""Ways to compute on tensors with NumPy, and some that only look like it."""

import math

import jax.numpy as jnp
import numpy as np
import tensorflow as tf
from numpy import mean as average
from tensorflow.keras import layers


class Layer(layers.Layer):
    def build(self, shape):
        self.kernel = self.add_weight(name="kernel", shape=(4, 3))
        self.units = 3

    def normalized(self, tensor):
        return tensor / np.std(tensor)  # expect

    def call(self, inputs):
        x = inputs - average(inputs, axis=0)  # expect
        x = np.dot(x, self.kernel)  # expect
        x = self.normalized(tf.matmul(inputs, self.kernel)) + x
        size = np.prod(x.shape[1:]) * np.sqrt(self.units) * np.ndim(x) + math.sqrt(self.units)
        return jnp.tanh(x) * size + np.array([1.0, 2.0, 3.0])

    def train_step(self, data):
        x, y = data
        loss = tf.reduce_mean(self(x) - y)
        print(loss.numpy())  # expect
        if tf.executing_eagerly():
            print(loss.numpy())
        return {"loss": loss}


class Metric(tf.keras.metrics.Metric):
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign(np.sum([tf.reduce_sum(y_true), 1.0]))  # expect


def on_arrays(y_true, y_pred):
    """For arrays: nobody compiles it."""
    return np.mean(np.square(y_true - y_pred))


def inside(values):
    return np.sort(values)


def sorted_loss(y_true, y_pred):
    return tf.py_function(func=inside, inp=[y_pred], Tout=tf.float32)


model = tf.keras.Sequential([layers.Dense(3), layers.Lambda(lambda t: np.exp(t))])  # expect
model.compile("adam", sorted_loss)
