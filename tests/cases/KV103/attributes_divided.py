"""Two numbers of the object, one over the other: plainly a scalar."""
import tensorflow.keras.backend as K
from tensorflow import keras


class WarmUp(keras.callbacks.Callback):
    def __init__(self, weight, epochs):
        super().__init__()
        self.weight = weight
        self.epochs = epochs
        self.seen = 0

    def on_epoch_end(self, epoch, logs=None):
        self.seen += 1
        K.set_value(self.weight, K.min(self.seen / self.epochs, 1))  # expect


weight = K.variable(0.0)
callback = WarmUp(weight, 20)
