"""Code that raises: graphs that a test expects to be refused, and a layer with a misspelt keyword."""

import unittest

import pytest
from tensorflow import keras
from tensorflow.keras import layers


class TestGraphs(unittest.TestCase):
    def test_refused(self):
        unconnected = layers.Dense(32)(keras.Input((32,)))
        with pytest.raises(ValueError):
            keras.Model(keras.Input((32,)), layers.Dense(8)(unconnected))
        other = layers.Dense(32)(keras.Input((32,)))
        with self.assertRaisesRegex(ValueError, "disconnected"):
            keras.Model(keras.Input((32,)), layers.Dense(8)(other))

    def test_built(self):
        inputs = keras.Input((32,))
        model = keras.Model(inputs, layers.Dense(8)(layers.Dense(32)(inputs)))  # expect
        model.compile("sgd", "mse")
        with pytest.raises(ValueError):
            model.fit(None)


misspelt = keras.Sequential(
    [
        keras.Input((28,)),
        layers.Dense(150, activation="selu"),
        layers.Dense(100, activaiton="selu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
misspelt.compile("sgd", "binary_crossentropy")
sized = keras.Sequential()
sized.add(layers.Dense(100, input_shape=(28,), name="first", dtype="float32"))  # expect
sized.add(layers.Dense(1, activation="sigmoid"))
sized.compile("sgd", "binary_crossentropy")
