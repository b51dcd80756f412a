"""Ways to hide a layer in a Lambda, and some that only look like it."""

import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class Own(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(name="w", shape=(shape[-1],))

    def call(self, inputs):
        return inputs * self.w


own = Own()
embedding = layers.Embedding(10, 4)
block = keras.Sequential([layers.Dense(4), layers.Dense(4)])
features = keras.applications.VGG16(include_top=False)
alone = keras.Sequential([layers.Dense(4)])
alone.compile("adam", "mse")
inputs = keras.Input((4,))


def applied(tensor):
    return tf.nn.relu(own(tensor))  # expect


hidden = layers.Lambda(applied)(inputs)
hidden = layers.Lambda(lambda t: block(t) + 1.0)(hidden)  # expect
hidden = layers.Lambda(lambda t: alone(t))(hidden)
hidden = layers.Lambda(lambda t: features(t))(hidden)
hidden = layers.Lambda(lambda t: t + inputs)(hidden)
model = keras.Model(inputs, hidden)
model.compile("adam", "mse")
