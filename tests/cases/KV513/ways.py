"""Ways to add a loss too early, and some that only look like it."""

import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras import layers


class Concrete(layers.Wrapper):
    """The loss goes to the wrapped layer."""

    def build(self, input_shape):
        super().build(input_shape)
        self.p_logit = self.add_weight(name="p_logit", shape=(1,))
        p = K.sigmoid(self.p_logit[0])
        regularizer = K.sum(p * K.log(p))
        self.layer.add_loss(regularizer)  # expect

    def call(self, inputs):
        return self.layer.call(inputs) * K.sigmoid(self.p_logit[0])


class Helped(layers.Layer):
    def __init__(self):
        super().__init__()
        self.w = self.add_weight(name="w", shape=(3,))
        self._penalize()

    def _penalize(self):
        self.add_loss([tf.reduce_sum(self.w**2)])  # expect

    def call(self, inputs):
        return inputs * self.w


class Callable(layers.Layer):
    """Keras 2 asks it at each step."""

    def build(self, shape):
        self.w = self.add_weight(name="w", shape=(3,))
        self.add_loss(lambda: tf.reduce_sum(self.w**2))

    def call(self, inputs):
        return inputs * self.w


class Functional(tf.keras.Model):
    def __init__(self):
        inputs = layers.Input((4,))
        code = layers.Dense(2)(inputs)
        super().__init__(inputs, layers.Dense(4)(code))
        self.add_loss(tf.reduce_sum(code))


class Both(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(name="w", shape=(3,))
        self.penalize()

    def penalize(self):
        self.add_loss(tf.reduce_sum(self.w**2))

    def call(self, inputs):
        self.penalize()
        return inputs * self.w
