"""The loss takes the variables of the other file."""

import tensorflow as tf
from schedule import Beta, WarmUp, beta
from tensorflow import keras


def build(warm_up):
    x = keras.Input((4,))
    out = keras.layers.Dense(4)(x)
    model = keras.Model(x, out)
    model.add_loss(beta * tf.reduce_mean(tf.square(out)) + warm_up.gamma * tf.reduce_mean(out))
    model.compile("adam", "mse")
    return model


def train(x):
    warm_up = WarmUp()
    build(warm_up).fit(x, x, epochs=20, callbacks=[warm_up, Beta()])
