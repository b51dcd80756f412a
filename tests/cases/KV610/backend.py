"""The rate handed to the backend, and read under its old name: AttributeError in Keras 3, in the middle of `fit`."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K

rates = []


class Halve(tf.keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        return K.set_value(self.model.optimizer.lr, 0.04)  # expect: KV610

    def on_epoch_begin(self, epoch, logs=None):
        K.set_value(self.model.optimizer.learning_rate, 0.5 * K.get_value(self.model.optimizer.learning_rate))  # expect: KV610

    def on_epoch_end(self, epoch, logs=None):
        rates.append(float(K.get_value(self.model.optimizer.lr)))  # expect: KV610


tf.keras.utils.set_random_seed(0)
x = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
model = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(x, x[:, :1], epochs=2, callbacks=[Halve()], verbose=0)
assert np.allclose(rates, [0.02, 0.01]), rates
