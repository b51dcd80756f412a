"""Ways to fetch another layer's numbers while a layer is made."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K


class DenseTied(tf.keras.layers.Layer):
    def __init__(self, tied_to):
        super().__init__()
        self.tied_to = tied_to

    def build(self, input_shape):
        self.one = tf.Variable(tf.transpose(self.tied_to.kernel))  # expect
        self.two = K.variable(self.tied_to.get_weights()[0].T)  # expect
        self.three = np.transpose(self.tied_to.kernel.numpy())  # expect
        self.four = K.transpose(K.get_value(self.tied_to.kernel))  # expect
        self.five = tf.identity(self.tied_to.kernel)  # expect
        self.six = self.add_weight(name="six", shape=(3, 8))
        self.seven = self.tied_to.get_weights()[0].T

    def call(self, inputs):
        every = self.one + self.two + self.three + self.four + tf.transpose(self.five) + self.six
        return tf.matmul(inputs, every)
