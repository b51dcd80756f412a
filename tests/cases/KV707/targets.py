"""Targets that come later, or that nobody can tell: labels of two classes may be trained by mse."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers


def later(inputs):
    targets = np.vstack((np.zeros((100, 1)), np.ones((100, 1))))
    model = keras.Sequential([layers.Dense(1)])
    model.compile("rmsprop", "mean_squared_error", metrics=["accuracy"])
    model.compile("rmsprop", keras.losses.MeanSquaredError(), metrics=[keras.metrics.BinaryAccuracy()])
    model.fit(inputs, targets)


def drawn(inputs):
    model = keras.Sequential([layers.Dense(1)])
    model.compile("rmsprop", "mse", metrics=["accuracy"])  # expect
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(inputs, np.random.normal(size=(200, 1)))


def untrained():
    model = keras.Sequential([layers.Dense(1)])
    model.compile("rmsprop", "mse", metrics=["accuracy"])  # expect


later(np.zeros((200, 2)))
drawn(np.zeros((200, 2)))
untrained()
