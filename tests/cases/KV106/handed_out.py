"""Configs that hold a variable: by an item, in a dictionary that takes in another, from the call that makes the layer."""

import tensorflow as tf
from tensorflow import keras

KEY = "beta"


class ByItem(keras.layers.Layer):
    def __init__(self, beta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.beta = tf.Variable(beta, trainable=False)

    def get_config(self):
        config = super().get_config()
        config["beta"] = self.beta  # expect
        return config


class ByCaller(keras.layers.Layer):
    def __init__(self, beta, **kwargs):
        super().__init__(**kwargs)
        self.beta = beta

    def get_config(self):
        return {**super().get_config(), "beta": self.beta}  # expect


class ByNamedKey(keras.layers.Layer):
    def __init__(self, beta, **kwargs):
        super().__init__(**kwargs)
        self.beta = keras.backend.variable(beta)

    def get_config(self):
        config = super().get_config()
        config.update({KEY: self.beta})  # expect
        return config


layer = ByCaller(beta=tf.Variable(1.0))
