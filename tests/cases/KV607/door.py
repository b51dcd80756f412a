"""What tf.keras stands for is said in the file."""

import os

os.environ["TF_USE_LEGACY_KERAS"] = "1"
import keras
import tensorflow as tf
import tf_keras
from tensorflow.python.keras.layers import Dense

inputs = tf.keras.Input((4,))
hidden = tf_keras.layers.Dense(8)(inputs)
outputs = keras.layers.Dense(1)(hidden)  # expect
copied = Dense(2)(inputs)  # expect
listed = tf.keras.Sequential([keras.layers.Dense(2)])  # expect
fine = tf.keras.Sequential([tf_keras.layers.Dense(2)])


class Holder(tf.keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(2)  # expect

    def call(self, inputs):
        return self.dense(inputs)


holder = Holder()
