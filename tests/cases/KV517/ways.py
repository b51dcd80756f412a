"""Layers that nobody calls, and some that only look like it."""

import tensorflow as tf
from somewhere import Base
from tensorflow.keras import layers


class Block(layers.Layer):
    def __init__(self, filters):
        super().__init__()
        self.conv = layers.Conv2D(filters, 3)
        self.bn1, self.bn2 = layers.BatchNormalization(), layers.BatchNormalization()  # expect: bn2
        self.drop = None
        if filters > 3:
            self.drop = layers.Dropout(0.5)

    def call(self, inputs):
        outputs = self.bn1(self.conv(inputs))
        return outputs if self.drop is None else self.drop(outputs)


class Unseen(Base, layers.Layer):
    def __init__(self):
        super().__init__()
        self.projection = layers.Dense(3)

    def call(self, inputs):
        return self.project(inputs)


class Parent(layers.Layer):
    def __init__(self):
        super().__init__()
        self.inner_dense = layers.Dense(3)

    def call(self, inputs):
        return inputs


class Child(Parent):
    def __init__(self):
        super().__init__()
        self.outer = layers.Dense(3)

    def call(self, inputs):
        return self.outer(self.inner_dense(inputs))


class All(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.one = layers.Dense(3)
        self.two = layers.Dense(3)

    def call(self, inputs):
        for layer in self.layers:
            inputs = layer(inputs)
        return inputs
