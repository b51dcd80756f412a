"""Branches that Keras 1 merged."""
import numpy as np
from keras.layers import Dense, Input, merge
from keras.models import Model

a, b = Input(shape=(3,)), Input(shape=(3,))
both = merge([a, b], mode="concat", concat_axis=1)
total = merge([Dense(3)(both), a], mode="sum")
model = Model(input=[a, b], output=total)
assert model.predict([np.ones((2, 3)), np.ones((2, 3))], verbose=0).shape == (2, 3)
