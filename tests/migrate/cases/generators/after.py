"""Generators: tuples, steps, and arguments that the data set has now."""
import numpy as np
from keras.layers import Dense, Input, concatenate
from keras.models import Model


def batches(size):
    while True:
        yield (np.ones((size, 2)), np.ones((size, 3))), np.ones((size, 1))


def pairs():
    while True:
        yield ((np.ones((4, 2)), np.ones((4, 3))), np.ones((4, 1)))


a, b = Input((2,)), Input((3,))
model = Model([a, b], Dense(1)(concatenate([a, b])))
model.compile("sgd", "mse")
model.fit(
    batches(4),
    steps_per_epoch=2,
    epochs=1,
    verbose=0,
    validation_data=pairs(),
    validation_steps=1,
)
model.evaluate(pairs(), steps=2, verbose=0)
assert model.predict(batches(4), steps=1).shape == (4, 1)
