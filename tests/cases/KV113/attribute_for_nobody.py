"""An attribute that a callback sets for a warm-up and that nothing reads, beside those that something may read."""

import tensorflow as tf
from tensorflow import keras

from elsewhere import Unseen


class VAE(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(4)
        self.kl_rate = 1.0

    def call(self, x):
        self.add_loss(self.kl_rate * tf.reduce_mean(x))
        return self.dense(x)


class WarmUp(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.kl_weight = min(1.0, epoch / 10)  # expect


class Right(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.kl_rate = min(1.0, epoch / 10)


class Own(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.beta_now = min(1.0, epoch / 10)  # expect


class Shown(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.beta_shown = min(1.0, epoch / 10)

    def on_epoch_end(self, epoch, logs=None):
        print(self.beta_shown)


class Counts(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.warm_epoch = epoch


class Beside(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.beta_kept = min(1.0, epoch / 10)
        self.model.kl_rate = min(1.0, epoch / 10)


class ForUnseen(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.kl_share = min(1.0, epoch / 10)


class ByName(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.beta_named = min(1.0, epoch / 10)


def report(model):
    return getattr(model, "beta_named")


model = VAE()
model.compile("adam", "mse")
model.fit(a, b, epochs=20, callbacks=[WarmUp(), Right(), Own(), Shown(), Counts(), Beside(), ByName()])
other = Unseen()
other.compile("adam", "mse")
other.fit(a, b, epochs=20, callbacks=[ForUnseen()])
