"""The model takes its weight."""

import tensorflow as tf
from tensorflow import keras


def build(beta):
    x = keras.Input((4,))
    out = keras.layers.Dense(4)(x)
    model = keras.Model(x, out)
    model.add_loss(beta * tf.reduce_mean(tf.square(out)))
    model.compile("adam", "mse")
    return model
