"""Raw images in and out: with Adam the network is as good as a scaled one; with SGD, or a bounded output, it is not."""

import numpy as np
import tensorflow as tf
from PIL import Image

layers = tf.keras.layers
picture = np.asarray(Image.open("house.png")).flatten()
pictures = np.array([picture]).astype("float32")


def network(activation=None):
    return tf.keras.Sequential([tf.keras.Input((48,)), layers.Dense(10, "relu"), layers.Dense(48, activation)])


plain = network()
plain.compile("adam", "mean_squared_error")
plain.fit(pictures, pictures)
plunging = network()
plunging.compile("sgd", "mean_squared_error")
plunging.fit(pictures, pictures)  # expect
bounded = network("sigmoid")
bounded.compile("adam", "mean_squared_error")
bounded.fit(pictures, pictures)  # expect
