"""Which of two numbers of one name is meant."""
import tensorflow as tf
from tensorflow import keras

beta = 0.5
alpha = 2.0
gamma = 3.0
tau = 0.1
units = 8
scale = 1.0


class Reads(keras.layers.Layer):
    def __init__(self, beta, alpha, gamma, units, tau=1.0):
        super().__init__()
        self.beta = beta
        self.alpha = alpha
        self.gamma = gamma
        self.units = units
        self.tau = tau

    def call(self, inputs):
        if inputs.shape[0] == units:
            inputs = inputs * self.alpha
        self.add_loss(alpha * tf.reduce_sum(inputs))

        def inner(x):
            return x / tau  # expect

        return inner(inputs) * beta + gamma


class Local(keras.layers.Layer):
    def __init__(self, scale):
        super().__init__()
        self.scale = scale

    def call(self, inputs):
        scale = tf.reduce_max(inputs)
        return inputs / scale


class Turned(keras.layers.Layer):
    def __init__(self, gamma):
        super().__init__()
        self.gamma = gamma

    def call(self, inputs):
        return inputs * gamma  # expect


class Raises(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.layers[1].beta = epoch


def turn():
    global gamma2
    gamma2 = 4.0


layer = Reads(0.5, 2.0, 3.0, 8, 1.0)
other = Turned(9.0)
local = Local(4.0)
inputs = keras.Input((4,))
model = keras.Model(inputs, local(other(layer(inputs))))
