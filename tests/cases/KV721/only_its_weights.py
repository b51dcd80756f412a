"""Models of zeros: one whose weights alone are read, others that are trained or handed on."""

import tensorflow as tf

from nowhere import learn, send

layers = tf.keras.layers


def zeros():
    return tf.keras.Sequential(
        [
            tf.keras.Input((2,)),
            layers.Dense(4, activation="tanh", kernel_initializer="zeros"),
            layers.Dense(2, activation="softmax", kernel_initializer="zeros"),
        ]
    )


weights = zeros().weights
send(weights)

fitted = tf.keras.Sequential([tf.keras.Input((2,))])
fitted.add(layers.Dense(4, activation="relu", kernel_initializer="zeros"))  # expect
fitted.add(layers.Dense(1))
fitted.compile("sgd", "mse")
send(fitted.get_weights())

handed = tf.keras.Sequential([tf.keras.Input((2,))])
handed.add(layers.Dense(4, activation="relu", kernel_initializer="zeros"))  # expect
handed.add(layers.Dense(1))
send(handed.get_weights())
learn(handed)
