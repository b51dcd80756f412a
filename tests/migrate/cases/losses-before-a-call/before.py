"""Losses that are read before there is any data."""
import numpy as np
from keras.layers.core import ActivityRegularization, Dense
from keras.models import Sequential

model = Sequential([Dense(2, activity_regularizer="l2", input_shape=(3,))])
print(len(model.losses))
model.predict(np.ones((2, 3)), verbose=0)
print(len(model.losses))

plain = Sequential([Dense(2, kernel_regularizer="l2", input_shape=(3,))])
print(sum(plain.losses))

other = Sequential([Dense(2, input_shape=(3,)), ActivityRegularization(l2=0.1)])
total = sum(other.losses)


def penalty():
    return sum(other.losses)


for _ in range(2):
    before = sum(other.losses)
    other(np.ones((2, 3)))


def build():
    made = Sequential([Dense(2, activity_regularizer="l2", input_shape=(3,))])
    made.compile("sgd", "mse")
    return made


built = build()
built.compile("adam", "mse")
assert len(built.losses) <= 1


def build_and_try():
    made = Sequential([Dense(2, activity_regularizer="l2", input_shape=(3,))])
    made.predict(np.ones((2, 3)), verbose=0)
    return made


tried = build_and_try()
assert len(tried.losses) == 1
