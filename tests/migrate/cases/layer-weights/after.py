"""Layers that are given their weights."""
import numpy as np
from keras.layers import LSTM, BatchNormalization, Conv2D, Dense, Embedding, Flatten, Reshape
from keras.models import Sequential
from keras import Input
import keras

rng = np.random.RandomState(0)
table = rng.normal(size=(6, 8)).astype("float32")
kernel, bias = rng.normal(size=(3, 3, 1, 2)).astype("float32"), rng.normal(size=2).astype("float32")
cell = [rng.normal(size=size).astype("float32") for size in ((2, 12), (3, 12), (12,))]
scales = [np.full(3, number, "float32") for number in (2.0, 1.0, 0.5, 4.0)]
first = Dense(4)
first.build((None, 3))

model = Sequential()
model.add(Input(shape=(2,)))
model.add(Embedding(6, 8, weights=[table], trainable=False))
model.add(Reshape((4, 4, 1)))
model.add(Conv2D(2, (3, 3), kernel_initializer=keras.initializers.Constant(kernel), bias_initializer=keras.initializers.Constant(bias), activation="relu"))
model.add(Reshape((4, 2)))
model.add(LSTM(3, kernel_initializer=keras.initializers.Constant(cell[0]), recurrent_initializer=keras.initializers.Constant(cell[1]), bias_initializer=keras.initializers.Constant(cell[2]), unit_forget_bias=False, recurrent_activation="sigmoid"))
model.add(BatchNormalization(gamma_initializer=keras.initializers.Constant(scales[0]), beta_initializer=keras.initializers.Constant(scales[1]), moving_mean_initializer=keras.initializers.Constant(scales[2]), moving_variance_initializer=keras.initializers.Constant(scales[3])))
model.add(Dense(4, kernel_initializer=keras.initializers.Constant(first.get_weights()[0]), bias_initializer=keras.initializers.Constant(first.get_weights()[1])))
model.add(Dense(1, use_bias=False, kernel_initializer=keras.initializers.Constant(np.ones((4, 1), "float32"))))
model.add(Dense(1))
model.compile("sgd", "mse")

assert np.array_equal(model.layers[0].get_weights()[0], table)
for layer, given in zip(model.layers[2:], [[kernel, bias], None, cell, scales, first.get_weights(), [np.ones((4, 1))]]):
    if given is not None:
        assert all(np.array_equal(old, new) for old, new in zip(given, layer.get_weights()))
model.fit(np.ones((4, 2)), np.ones((4, 1)), epochs=1, verbose=0)
