"""The schedule sets a layer's weight by its index in the layer's lists: trainable ones come first."""

import tensorflow as tf
from tensorflow import keras


class Penalty(keras.layers.Layer):
    def build(self, input_shape):
        self.beta = self.add_weight(name="beta", shape=(), initializer="zeros", trainable=False)
        self.scale = self.add_weight(name="scale", shape=(), initializer="ones")

    def call(self, inputs):
        self.add_loss(self.beta * tf.reduce_mean(tf.square(inputs)))
        return self.scaled(inputs)

    def scaled(self, inputs):
        return self.scale * inputs


class Ramp(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.get_layer("kl").non_trainable_weights[0].assign(min(1.0, epoch / 10))


class SecondRamp(keras.callbacks.Callback):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def on_epoch_begin(self, epoch, logs=None):
        self.layer.variables[1].assign(min(1.0, epoch / 10))


class ScaleRamp(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.get_layer("kl").variables[0].assign(min(1.0, epoch / 10))


def train(x, make):
    model = keras.Sequential([keras.layers.Dense(4), Penalty(name="kl")])
    model.compile("adam", "mse")
    model.fit(x, x, epochs=30, callbacks=[Ramp(), keras.callbacks.EarlyStopping("loss", patience=3)])  # expect


def train_kept(x):
    penalty = Penalty()
    model = keras.Sequential([keras.layers.Dense(4), penalty])
    model.compile("adam", "mse")
    stopping = keras.callbacks.EarlyStopping("loss", patience=3)
    model.fit(x, x, epochs=30, callbacks=[SecondRamp(penalty), stopping])  # expect


def train_scale(x):
    model = keras.Sequential([keras.layers.Dense(4), Penalty(name="kl")])
    model.compile("adam", "mse")
    model.fit(x, x, epochs=30, callbacks=[ScaleRamp(), keras.callbacks.EarlyStopping("loss", patience=3)])
