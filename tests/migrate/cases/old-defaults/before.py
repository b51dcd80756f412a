"""Defaults that are others now, and a function that is called as another one is."""
import numpy as np
from keras.layers import LSTM, ConvLSTM2D, Dense
from keras.layers.core import Flatten
from keras.models import Sequential
from keras.regularizers import l1_l2

model = Sequential()
model.add(ConvLSTM2D(2, (3, 3), input_shape=(3, 5, 5, 1)))
model.add(Flatten())
model.add(Dense(2, activation="hard_sigmoid", kernel_regularizer=l1_l2(0.1)))
model.compile("sgd", "mse")
assert np.isclose(model.get_layer(index=2).activation(np.ones(1, "float32")), 0.7)

other = Sequential([LSTM(3, recurrent_activation="hard_sigmoid", activity_regularizer="l2", input_dim=2, input_length=4)])
other.compile("sgd", "mse")
other.fit(np.ones((4, 4, 2)), np.ones((4, 3)), epochs=1, verbose=0)
