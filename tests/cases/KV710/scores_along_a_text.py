"""A score for each word of a text: Keras drops the axis of size 1 beside targets of two axes, and compares the words."""

import numpy as np
import tensorflow as tf

x = np.random.default_rng(0).normal(size=(8, 5, 3)).astype("float32")
places = np.random.default_rng(1).integers(0, 5, size=(8, 1))
shares = np.eye(5, dtype="float32")[places[:, 0]]
own = np.ones((8, 5, 1), "float32")


def scores() -> tf.keras.Model:
    inputs = tf.keras.Input((5, 3))
    return tf.keras.Model(inputs, tf.keras.layers.Dense(1)(inputs))


pointer = scores()
pointer.compile("sgd", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
pointer.fit(x, places)
shared = scores()
shared.compile("sgd", tf.keras.losses.CategoricalCrossentropy(from_logits=True))
shared.fit(x, shares)
constant = scores()
constant.compile("sgd", tf.keras.losses.CategoricalCrossentropy(from_logits=True))  # expect
constant.fit(x, own)
