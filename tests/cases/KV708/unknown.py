"""An axis of the output whose size nobody can tell: with as many axes in the targets it may be theirs."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers


def embedded():
    model = keras.Sequential()
    model.add(layers.Embedding(input_dim=1, output_dim=1))
    model.compile(optimizer="sgd", loss="mse")
    model.fit(np.array([[0]]), np.array([[[0.5]]]), epochs=1)


def steps():
    model = keras.Sequential([keras.Input((None, 2)), layers.LSTM(8, return_sequences=True), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((64, 5, 2)), np.zeros((64, 5, 1)))
    model.fit(np.zeros((64, 5, 2)), np.zeros((64, 1)))  # expect


def wide():
    model = keras.Sequential([keras.Input((None, 2)), layers.Conv1D(4, 3), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((64, 5, 2)), np.zeros((64, 3, 1)))
    model.fit(np.zeros((64, 5, 2)), np.zeros((64, 3, 4)))
    model.fit(np.zeros((64, 5, 2)), np.zeros(64))  # expect


embedded()
steps()
wide()
