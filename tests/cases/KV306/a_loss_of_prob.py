"""A loss goes through the logarithm of a probability."""
import tensorflow as tf
import tensorflow_probability as tfp
from tensorflow import keras

model = keras.Sequential([keras.layers.Dense(1)])


def negative_log_likelihood(y, mean):
    return -tf.reduce_mean(tf.math.log(tfp.distributions.Normal(mean, 1.0).prob(y)))  # expect


model.compile("adam", loss=negative_log_likelihood)
