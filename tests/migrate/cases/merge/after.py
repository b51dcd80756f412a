"""Branches that Keras 1 merged."""
import numpy as np
from keras.layers import Dense, Input
from keras.models import Model
from keras.layers import concatenate, add

a, b = Input(shape=(3,)), Input(shape=(3,))
both = concatenate([a, b], axis=1)
total = add([Dense(3)(both), a])
model = Model(inputs=[a, b], outputs=total)
assert model.predict([np.ones((2, 3)), np.ones((2, 3))], verbose=0).shape == (2, 3)
