"""`test_step` runs the helper too, and must not train there: the mode has to come in, no fix says so."""

import tensorflow as tf
from tensorflow import keras


class Autoencoder(keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4), keras.layers.BatchNormalization()])
        self.decoder = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8)])

    def compute(self, x):
        z = self.encoder(x)  # expect
        return tf.reduce_mean(tf.square(x - self.decoder(z)))

    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = self.compute(data)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        return {"loss": loss}

    def test_step(self, data):
        return {"loss": self.compute(data)}


model = Autoencoder()
model.compile("adam")
model.fit(x)
