"""Random numbers and variables of layers, for every backend."""
import numpy as np
from tensorflow import keras
from keras import ops


class Noise(keras.layers.Layer):
    """Adds noise."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, inputs):
        return inputs + keras.random.normal(ops.shape(inputs), stddev=0.1, seed=self.seed_generator)


class Sampling(keras.layers.Layer):
    def __init__(self, width, **kwargs):
        super(Sampling, self).__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator()
        self.scale = keras.Variable(width, trainable=True, name="scale", dtype="float32")
        self.count = keras.Variable(initializer=0.0, trainable=False)

    def call(self, inputs):
        mean, log_var = inputs
        self.count.assign_add(1.0)
        epsilon = keras.random.normal(shape=ops.shape(mean), seed=self.seed_generator)
        return mean + self.scale * ops.exp(0.5 * log_var) * epsilon + keras.random.uniform(ops.shape(mean), 0.0, 0.1, seed=self.seed_generator)


def sampled(inputs):
    return inputs + keras.random.normal(ops.shape(inputs))


x = keras.Input((3,))
hidden = Noise()(keras.layers.Dense(2)(x))
z = Sampling(1.0)([hidden, keras.layers.Dense(2)(x)])
model = keras.Model(x, keras.layers.Lambda(sampled, output_shape=(2,))(z))
model.compile("sgd", "mse")
model.fit(np.ones((4, 3)), np.ones((4, 2)), epochs=1, verbose=0)
assert len(model.trainable_weights) == 5
assert not np.array_equal(model.predict(np.ones((4, 3)), verbose=0), model.predict(np.ones((4, 3)), verbose=0))
