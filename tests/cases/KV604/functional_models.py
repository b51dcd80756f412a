"""Functional models however they are carried: attributes, subclasses, loops; a layer's `add_loss`; real tensors."""
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class Functional(keras.Model):
    def __init__(self, size):
        inputs = keras.Input((size,))
        outputs = layers.Dense(size)(inputs)
        super().__init__(inputs, outputs)
        self.add_loss(tf.reduce_mean(outputs))  # expect


class Wrapper:
    def __init__(self):
        inputs = keras.Input((4,))
        codes = [layers.Dense(2)(inputs) for _ in range(2)]
        self.model = keras.models.Model(inputs, layers.concatenate(codes))
        for code in codes:
            self.model.add_loss(0.1 * tf.reduce_sum(code))  # expect


def regularized(base):
    inputs = keras.Input((4,))
    model = keras.Model(inputs, base(inputs))
    for layer in model.layers:
        model.add_loss(lambda layer=layer: tf.reduce_sum(layer.kernel**2))  # expect
    dense = layers.Dense(3)
    dense.add_loss(tf.reduce_sum(dense(inputs)))  # expect
    return model


class Early(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(4)
        self.add_loss(tf.reduce_mean(self.dense(keras.Input((4,)))))  # expect


class Late(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(4)

    def penalise(self, value):
        self.add_loss(tf.reduce_mean(value))

    def call(self, inputs):
        outputs = self.dense(inputs)
        self.penalise(outputs)
        return outputs


late = Late()
Functional(3)
keras.Model(inputs := keras.Input((4,)), late(inputs))
