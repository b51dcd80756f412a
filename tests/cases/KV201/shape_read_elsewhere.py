"""The copy of `weights[0]` is read for its shape too."""
import tensorflow as tf
from tensorflow import keras


class Tied(keras.layers.Layer):
    def __init__(self, source, **kwargs):
        super().__init__(**kwargs)
        self.source = source

    def build(self, input_shape):
        self.w = tf.transpose(self.source.weights[0])  # expect
        self.b = self.add_weight(name="b", shape=(self.w.shape[-1],))

    def call(self, inputs):
        return tf.matmul(inputs, self.w) + self.b

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.w.shape[1])
