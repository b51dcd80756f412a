"""Stateful and embedded sequences."""
import numpy as np
from keras.layers import Dense, Embedding
from keras import layers as recurrent
from keras.models import Sequential
from keras import Input

model = Sequential()
model.add(Input(shape=(6,)))
model.add(Embedding(20, 4))
model.add(recurrent.LSTM(8, recurrent_activation="sigmoid", dropout=0.1))
model.add(Dense(1))
model.compile("sgd", "mse")
model.fit(np.zeros((8, 6)), np.zeros((8, 1)), epochs=1, verbose=0)

stateful = Sequential(
    [
        Input(batch_shape=(2, 3, 1)),
        recurrent.LSTM(4, stateful=True),
        Dense(1),
    ]
)
stateful.compile(loss="mse", optimizer="sgd")
stateful.fit(np.zeros((4, 3, 1)), np.zeros((4, 1)), batch_size=2, epochs=1, verbose=0)
for layer in stateful.layers:
    if getattr(layer, "stateful", False):
        layer.reset_states()
