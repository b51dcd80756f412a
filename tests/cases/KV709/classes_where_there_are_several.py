"""A plot for any model: it takes the largest where there are several classes, and rounds where there is one."""

import numpy as np
import tensorflow as tf


def boundary(model, points):
    predicted = model.predict(points)
    if len(predicted[0]) > 1:
        return np.argmax(predicted, axis=1)
    return np.round(predicted)


def decided(model, points):
    predicted = model.predict(points)
    return np.argmax(predicted, axis=-1) if predicted.shape[-1] > 1 else predicted > 0.5


def wrong(model, points, verbose):
    predicted = model.predict(points)
    if verbose:
        print(np.argmax(predicted, axis=1))  # expect
    return predicted


x = np.zeros((8, 2))
one = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(1, activation="sigmoid")])
one.compile("adam", "binary_crossentropy")
one.fit(x, x[:, :1])
boundary(one, x)
decided(one, x)
wrong(one, x, True)
