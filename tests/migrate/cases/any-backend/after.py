"""A layer, a loss and a sampled tensor, written with TensorFlow."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from keras import ops


class Scaled(keras.layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(name="scale", shape=(input_shape[-1],), initializer="ones")

    def call(self, inputs):
        size = ops.cast(ops.shape(inputs)[0], "float32")
        norm = ops.sum(ops.square(inputs), axis=-1, keepdims=True)
        return ops.relu(inputs * self.scale) / (ops.sqrt(norm) + 1.0) + ops.concatenate([inputs, -inputs], axis=0)[: ops.shape(inputs)[0]] / size


def distance(y_true, y_pred):
    error = ops.clip(y_true - y_pred, -1.0, x_max=1.0)
    return ops.mean(ops.log(1.0 + ops.square(ops.subtract(error, 0.0))), axis=-1)


data = tf.data.Dataset.from_tensor_slices((np.ones((8, 3), "float32"), np.ones((8, 3), "float32"))).batch(4)
model = keras.Sequential([keras.Input((3,)), Scaled(), keras.layers.Dense(3, activation=ops.tanh)])
model.compile("sgd", distance)
model.fit(data, epochs=1, verbose=0)
