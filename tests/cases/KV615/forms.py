"""Tests and ranges that are tensors, and those that may be none."""
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras import layers


class Layer(layers.Layer):
    def __init__(self, steps):
        super().__init__()
        self.steps = steps

    def call(self, inputs, training=None, mask=None, scale=None):
        if tf.equal(tf.reduce_sum(inputs), 0.0):  # expect
            return inputs
        size = tf.shape(inputs)[0]
        for _ in tf.range(size):  # expect
            inputs = inputs + 1.0
        while not tf.reduce_all(inputs < 10.0):  # expect
            inputs = inputs / 2.0
        inputs = inputs if K.max(inputs) > 1.0 else -inputs  # expect
        if training or mask is not None or scale:
            return inputs
        if inputs.shape[0] == 3 or K.int_shape(inputs)[1] > 2 or isinstance(inputs, list):
            return inputs
        for step in range(self.steps):
            if step > 2:
                inputs = inputs + step
        first, second = tf.split(inputs, 2)
        if first is None:
            return second
        return tf.cond(K.max(inputs) > 1.0, lambda: first, lambda: second)


class Other:
    def call(self, inputs):
        if tf.reduce_sum(inputs) > 0.0:
            return inputs
        return -inputs


class Wrapped(layers.Layer):
    @tf.function(jit_compile=False)
    def call(self, inputs):
        for _ in tf.range(3):
            inputs = inputs + 1.0
        return inputs


class Loop(keras.Model):
    """No `fit` in this file: a loop of one's own may run it eagerly."""

    def call(self, inputs):
        if tf.reduce_sum(inputs) > 0.0:
            return inputs
        return -inputs


Layer(3)(keras.Input((4,)))
Wrapped()(keras.Input((4,)))
