"""A layer, a loss and a sampled tensor, written with TensorFlow."""
import numpy as np
import tensorflow as tf
from tensorflow import keras


class Scaled(keras.layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight("scale", shape=(input_shape[-1],), initializer="ones")

    def call(self, inputs):
        size = tf.cast(tf.shape(inputs)[0], tf.float32)
        norm = tf.reduce_sum(tf.square(inputs), axis=-1, keepdims=True)
        return tf.nn.relu(inputs * self.scale) / (tf.sqrt(norm) + 1.0) + tf.concat([inputs, -inputs], axis=0)[: tf.shape(inputs)[0]] / size


def distance(y_true, y_pred):
    error = tf.clip_by_value(y_true - y_pred, -1.0, clip_value_max=1.0)
    return tf.reduce_mean(tf.math.log(1.0 + tf.math.squared_difference(error, 0.0)), axis=-1)


data = tf.data.Dataset.from_tensor_slices((np.ones((8, 3), "float32"), np.ones((8, 3), "float32"))).batch(4)
model = keras.Sequential([keras.Input((3,)), Scaled(), keras.layers.Dense(3, activation=tf.nn.tanh)])
model.compile("sgd", distance)
model.fit(data, epochs=1, verbose=0)
