"""Configs that hold numbers: the value of a variable, and what the layer was given before it made the variable."""

import tensorflow as tf
from tensorflow import keras


class Fetched(keras.layers.Layer):
    def __init__(self, beta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.beta = keras.backend.variable(beta)

    def get_config(self):
        config = super().get_config()
        config["beta"] = float(keras.backend.get_value(self.beta))
        config.update(start=float(self.beta.numpy()))
        return config


class KeptApart(keras.layers.Layer):
    def __init__(self, beta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.start = beta
        self.beta = tf.Variable(beta, trainable=False)

    def get_config(self):
        return {**super().get_config(), "beta": self.start}


layer = KeptApart(beta=0.5)
