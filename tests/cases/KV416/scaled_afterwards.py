"""The tanh is scaled: the log-variance goes from -5 to 5."""
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

inputs = keras.Input((8,))
mean = layers.Dense(2)(inputs)
bounded = layers.Dense(2, activation="tanh", name="z_log_var")(inputs)
z_log_var = layers.Lambda(lambda t: 5.0 * t)(bounded)
z = layers.Lambda(lambda parts: parts[0] + tf.exp(0.5 * parts[1]) * tf.random.normal(tf.shape(parts[0])))(
    [mean, z_log_var]
)
model = keras.Model(inputs, z)
