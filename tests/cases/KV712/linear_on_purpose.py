"""What is linear on purpose: a classifier that is called so, and the code that an encoder hands on."""

import tensorflow as tf

layers = tf.keras.layers


class LinearClassifier:
    def __init__(self, size, classes):
        inputs = tf.keras.Input((size,))
        hidden = layers.Dense(256)(inputs)
        self.model = tf.keras.Model(inputs, layers.Dense(classes, activation="softmax")(hidden))
        self.model.compile("adam", "categorical_crossentropy")


class Classifier:
    def __init__(self, size, classes):
        inputs = tf.keras.Input((size,))
        hidden = layers.Dense(256)(inputs)  # expect
        self.model = tf.keras.Model(inputs, layers.Dense(classes, activation="softmax")(hidden))
        self.model.compile("adam", "categorical_crossentropy")


LinearClassifier(10, 10)
Classifier(10, 10)

encoder = tf.keras.Sequential([tf.keras.Input((8,)), layers.Dense(32, activation="relu"), layers.Dense(16)])
decoder = tf.keras.Sequential([layers.Dense(16), layers.ReLU(), layers.Dense(8)])
autoencoder = tf.keras.Sequential([encoder, decoder])
autoencoder.compile("adam", "mse")
