"""The seed comes from the object: the noise is the same on each call in Keras 2 and 3 alike."""
from tensorflow import keras


class Noise(keras.layers.Layer):
    def __init__(self, seed=7):
        super().__init__()
        self.seed = seed

    def call(self, inputs):
        return inputs + keras.random.normal((4,), seed=self.seed)  # expect


layer = Noise()
