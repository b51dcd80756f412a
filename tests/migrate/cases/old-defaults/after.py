"""Defaults that are others now, and a function that is called as another one is."""
import numpy as np
from keras.layers import LSTM, ConvLSTM2D, Dense, Flatten
from keras.models import Sequential
from keras.regularizers import l1_l2
from keras import ops

model = Sequential()


def hard_sigmoid_2(x):
    """`hard_sigmoid` as it was in Keras 2."""
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)


model.add(ConvLSTM2D(2, (3, 3), input_shape=(3, 5, 5, 1), recurrent_activation=hard_sigmoid_2))
model.add(Flatten())
model.add(Dense(2, activation=hard_sigmoid_2, kernel_regularizer=l1_l2(0.1, l2=0.01)))
model.compile("sgd", "mse")
assert np.isclose(model.get_layer(index=2).activation(np.ones(1, "float32")), 0.7)

other = Sequential([LSTM(3, recurrent_activation=hard_sigmoid_2, activity_regularizer="l2", input_shape=(4, 2))])
other.compile("sgd", "mse")
other.fit(np.ones((4, 4, 2)), np.ones((4, 3)), epochs=1, verbose=0)
