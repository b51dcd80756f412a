"""A variable of the module and one of a callback; another file takes both."""

from tensorflow import keras
from tensorflow.keras import backend as K

beta = K.variable(0.0)
forgotten = K.variable(0.0)


class WarmUp(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.gamma = K.variable(0.0)

    def on_epoch_begin(self, epoch, logs=None):
        K.set_value(self.gamma, min(1.0, epoch / 20))


class Beta(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        K.set_value(beta, min(1.0, epoch / 10))


class Forgotten(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        K.set_value(forgotten, min(1.0, epoch / 10))  # expect
