"""Variables that are made anew, and some that only look like it."""

import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras import layers


class Gate(layers.Layer):
    def call(self, inputs):
        gate = K.variable(np.random.normal(size=(4,)))  # expect
        shape = K.variable([1, 2])
        return K.sigmoid(gate) * K.reshape(inputs, K.cast(shape, "int32"))


class Weighted(tf.keras.losses.Loss):
    def call(self, y_true, y_pred):
        weight = tf.Variable(1.0)  # expect
        return weight * tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)


class Once(layers.Layer):
    def __init__(self):
        super().__init__()
        self.scale = None

    def call(self, inputs):
        if self.scale is None:
            self.scale = self.add_weight(name="scale", shape=())
        return self.scale * inputs


class Parent(layers.Layer):
    """A helper for the `build` of subclasses."""

    def add_all(self, shape):
        self.kernel = self.add_weight(name="kernel", shape=shape)


class Child(Parent):
    def build(self, shape):
        self.add_all((shape[-1], 3))

    def call(self, inputs):
        return inputs @ self.kernel


class GivesBack(layers.Layer):
    """What a branch reads was there before; `K.zeros` is only numbers; on an error it is a stand-in."""

    def build(self, shape):
        self.scale = self.add_weight(name="scale", shape=())
        self.other = self.add_weight(name="other", shape=())

    def call(self, inputs, training=None):
        scale = tf.cond(training, lambda: self.scale, lambda: self.other)
        start = K.zeros((4,))
        step = tf.compat.v1.train.get_or_create_global_step()
        try:
            bias = self.bias
        except AttributeError:
            bias = tf.Variable(0.0)
        return inputs * scale + start + bias + tf.cast(step, tf.float32)
