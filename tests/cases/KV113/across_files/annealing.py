"""The callback."""

from tensorflow import keras
from tensorflow.keras import backend as K


class Annealing(keras.callbacks.Callback):
    def __init__(self, weight):
        super().__init__()
        self.weight = weight

    def on_epoch_end(self, epoch, logs=None):
        K.set_value(self.weight, min(1.0, epoch / 10))
