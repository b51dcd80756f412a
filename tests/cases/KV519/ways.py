"""Ways to share an initializer."""

import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

options = dict(kernel_initializer=keras.initializers.TruncatedNormal(stddev=0.02), padding="same")  # expect
seeded = keras.initializers.glorot_normal(seed=3)  # expect
fresh = keras.initializers.GlorotNormal(seed=keras.random.SeedGenerator(3))
own = tf.random_uniform_initializer(-0.1, 0.1)
other = keras.initializers.HeNormal()

inputs = keras.Input((8, 8, 4))
left = layers.Conv2D(16, 3, **options)(inputs)
right = layers.Conv2D(16, 3, **options)(inputs)
third = layers.Conv2D(16, 5, kernel_initializer=other)(inputs)
fourth = layers.Conv2D(16, 3, kernel_initializer=other)(inputs)
flat = layers.Flatten()(inputs)
one = layers.Dense(3, kernel_initializer=seeded)(flat)
two = layers.Dense(3, kernel_initializer=seeded)(flat)
three = layers.Dense(3, kernel_initializer=fresh)(flat)
four = layers.Dense(3, kernel_initializer=fresh)(flat)
five = layers.Dense(7, kernel_initializer=own)(flat)
six = layers.Dense(7, kernel_initializer=own)(flat)


class Heads(keras.Model):
    def __init__(self, latent):
        super().__init__()
        initializer = keras.initializers.he_uniform()  # expect
        self.mean = layers.Dense(latent, kernel_initializer=initializer)
        self.log_var = layers.Dense(latent, kernel_initializer=initializer)

    def call(self, inputs):
        return self.mean(inputs), self.log_var(inputs)


class Either(layers.Layer):
    """One or the other."""

    def build(self, shape):
        init = keras.initializers.RandomNormal()
        if self.trainable:
            self.w = self.add_weight(name="w", shape=(4,), initializer=init)
        else:
            self.w = self.add_weight(name="w", shape=(4,), initializer=init, trainable=False)
