"""Nothing but the constructor's argument holds the embedding."""
import tensorflow as tf
from tensorflow import keras


class Logits(keras.layers.Layer):
    def __init__(self, embedding):
        super().__init__()
        self.table = tf.transpose(embedding.embeddings)  # expect

    def call(self, inputs):
        return tf.matmul(inputs, self.table)
