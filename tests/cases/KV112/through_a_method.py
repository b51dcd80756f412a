"""The hook hands its index to a method that writes the variable; a count of one's own goes on."""
import tensorflow as tf


class Annealing(tf.keras.callbacks.Callback):
    def __init__(self, beta):
        super().__init__()
        self.beta = beta

    def on_train_batch_begin(self, batch, logs=None):
        self.move_to(batch)

    def move_to(self, step):
        self.beta.assign(tf.minimum(1.0, tf.cast(step, tf.float32) / 1000.0))  # expect


class Counting(tf.keras.callbacks.Callback):
    def __init__(self, beta):
        super().__init__()
        self.beta = beta
        self.seen = 0

    def on_train_batch_begin(self, batch, logs=None):
        self.seen += 1
        self.move_to(self.seen)

    def move_to(self, step):
        self.beta.assign(min(1.0, step / 1000.0))
