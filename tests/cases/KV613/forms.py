"""Means over the batch in the forms that code has; sums, weights' regularizers, and what can't be told."""
import tensorflow as tf
from nowhere import penalty
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras import layers, regularizers

divergence = keras.losses.kullback_leibler_divergence


class Divergence(regularizers.Regularizer):
    def __init__(self, weight, target):
        self.weight = weight
        self.target = target

    def __call__(self, inputs):
        mean = tf.reduce_mean(inputs, axis=0)
        return self.weight * (divergence(self.target, mean) + divergence(1.0 - self.target, 1.0 - mean))


def kl(inputs):
    mean, log_var = inputs[:, :2], inputs[:, 2:]
    per_sample = -0.5 * K.sum(1 + log_var - K.square(mean) - K.exp(log_var), axis=-1)
    return K.mean(per_sample)


def branching(inputs):
    if inputs.shape[-1] > 2:
        return K.mean(inputs)
    return K.sum(inputs)


def scaled(inputs):
    return tf.reduce_mean(tf.square(inputs)) * tf.cast(tf.shape(inputs)[0], tf.float32)


made = Divergence(5e-3, target=0.1)
layers.Dense(
    300,
    activation="sigmoid",
    activity_regularizer=made,  # expect
)
layers.Dense(4, activity_regularizer=kl)  # expect
layers.Dense(4, activity_regularizer=lambda a: 0.1 * tf.reduce_mean(tf.abs(a)))  # expect
layers.Dense(4, activity_regularizer=lambda a: tf.reduce_sum(tf.reduce_mean(a, axis=-1)))
layers.Dense(4, activity_regularizer=regularizers.l1(1e-5))
layers.Dense(4, activity_regularizer=penalty)
layers.Dense(4, activity_regularizer=branching)
layers.Dense(4, activity_regularizer=scaled)
layers.Dense(4, activity_regularizer=lambda a: keras.ops.sum(a))
layers.Dense(4, kernel_regularizer=lambda w: tf.reduce_mean(tf.abs(w)))
