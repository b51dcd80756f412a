"""Random numbers and variables of layers, for every backend."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K


class Noise(keras.layers.Layer):
    """Adds noise."""

    def call(self, inputs):
        return inputs + tf.random.normal(tf.shape(inputs), stddev=0.1)


class Sampling(keras.layers.Layer):
    def __init__(self, width, **kwargs):
        super(Sampling, self).__init__(**kwargs)
        self.scale = tf.Variable(width, trainable=True, name="scale", dtype="float32")
        self.count = tf.Variable(initial_value=0.0, trainable=False)

    def call(self, inputs):
        mean, log_var = inputs
        self.count.assign_add(1.0)
        epsilon = K.random_normal(shape=K.shape(mean), seed=7)
        return mean + self.scale * K.exp(0.5 * log_var) * epsilon + K.random_uniform(K.shape(mean), 0.0, 0.1)


def sampled(inputs):
    return inputs + K.random_normal(K.shape(inputs), seed=3)


x = keras.Input((3,))
hidden = Noise()(keras.layers.Dense(2)(x))
z = Sampling(1.0)([hidden, keras.layers.Dense(2)(x)])
model = keras.Model(x, keras.layers.Lambda(sampled, output_shape=(2,))(z))
model.compile("sgd", "mse")
model.fit(np.ones((4, 3)), np.ones((4, 2)), epochs=1, verbose=0)
assert len(model.trainable_weights) == 5
assert not np.array_equal(model.predict(np.ones((4, 3)), verbose=0), model.predict(np.ones((4, 3)), verbose=0))
