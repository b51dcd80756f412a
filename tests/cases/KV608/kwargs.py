"""Dropout in an encoder, below a `call` that would hand on whatever it is given: Keras 3 gives it nothing."""
import numpy as np
import tensorflow as tf

layers = tf.keras.layers


def make_encoder():
    return tf.keras.Sequential([layers.Dense(32, activation="relu"), layers.Dropout(0.5)])


class Autoencoder(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = make_encoder()
        self.decoder = layers.Dense(8)
        self.dropped = self.add_weight(name="dropped", shape=(), initializer="zeros", trainable=False)

    def call(self, inputs, **kwargs):  # expect: KV608
        code = self.encoder(inputs)
        self.dropped.assign(tf.reduce_mean(tf.cast(code == 0.0, "float32")))
        return self.decoder(code)


tf.keras.utils.set_random_seed(0)
x = np.abs(np.random.default_rng(0).normal(size=(128, 8))).astype("float32")
model = Autoencoder()
model.compile("adam", "mse")
model.encoder.build((None, 8))
model.encoder.layers[0].set_weights([np.ones((8, 32)), np.ones(32)])
model.fit(x, x, epochs=1, verbose=0)
share = float(model.dropped.numpy())
assert share > 0.3, f"{share:.2f} of the code was dropped in training"
