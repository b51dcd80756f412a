"""A guard that asks about the layer says nothing about its attribute; one that asks about the value does."""
import tensorflow as tf
from tensorflow.keras import backend as K


class KL(tf.keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.beta = K.variable(0.0)
        self.gamma = tf.Variable(0.0, trainable=False)
        self.delta = tf.Variable(0.0, trainable=False)

    def call(self, inputs):
        self.add_loss((self.beta + self.gamma + self.delta) * tf.reduce_mean(inputs))
        return inputs


class WarmUp(tf.keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        for layer in self.model.layers:
            if isinstance(layer, KL) and hasattr(layer, "beta"):
                layer.beta = epoch / 10  # expect


class Careful(tf.keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        layer = self.model.get_layer("kl")
        if hasattr(layer.gamma, "assign"):
            layer.gamma.assign(epoch / 10)
        else:
            layer.gamma = epoch / 10

    def on_epoch_end(self, epoch, logs=None):
        delta = self.model.get_layer("kl").delta
        if not isinstance(delta, tf.Variable):
            self.model.get_layer("kl").delta = epoch / 10
