"""Layers that are given their weights."""
import numpy as np
from keras.layers import LSTM, BatchNormalization, Conv2D, Dense, Embedding, Flatten, Reshape
from keras.models import Sequential

rng = np.random.RandomState(0)
table = rng.normal(size=(6, 8)).astype("float32")
kernel, bias = rng.normal(size=(3, 3, 1, 2)).astype("float32"), rng.normal(size=2).astype("float32")
cell = [rng.normal(size=size).astype("float32") for size in ((2, 12), (3, 12), (12,))]
scales = [np.full(3, number, "float32") for number in (2.0, 1.0, 0.5, 4.0)]
first = Dense(4)
first.build((None, 3))

model = Sequential()
model.add(Embedding(6, 8, weights=[table], input_length=2, trainable=False))
model.add(Reshape((4, 4, 1)))
model.add(Conv2D(2, (3, 3), weights=[kernel, bias], activation="relu"))
model.add(Reshape((4, 2)))
model.add(LSTM(3, weights=cell, recurrent_activation="sigmoid"))
model.add(BatchNormalization(weights=scales))
model.add(Dense(4, kernel_initializer="uniform", weights=first.get_weights()))
model.add(Dense(1, use_bias=False, weights=[np.ones((4, 1), "float32")]))
model.add(Dense(1, weights=None))
model.compile("sgd", "mse")

assert np.array_equal(model.layers[0].get_weights()[0], table)
for layer, given in zip(model.layers[2:], [[kernel, bias], None, cell, scales, first.get_weights(), [np.ones((4, 1))]]):
    if given is not None:
        assert all(np.array_equal(old, new) for old, new in zip(given, layer.get_weights()))
model.fit(np.ones((4, 2)), np.ones((4, 1)), epochs=1, verbose=0)
