"""Rates, decay and words for losses."""
import numpy as np
from keras import optimizers
from keras.layers import Dense, Input
from keras.models import Model
from keras.optimizers import SGD, Adam

inputs = Input(shape=(3,))
model = Model(input=inputs, output=Dense(1)(inputs))
x, y = np.ones((16, 3)), np.ones((16, 1))
for optimizer in (
    SGD(lr=0.01, decay=1e-3, momentum=0.9, nesterov=True),
    Adam(lr=1e-3, epsilon=None, decay=0.0),
    optimizers.RMSprop(decay=0.1),
):
    model.compile(optimizer, "logcosh", ["mae"])
    model.fit(x, y, epochs=1, verbose=0)
model.compile(loss="kullback_leibler_divergence", optimizer="sgd", metrics=["cosine_proximity"], sample_weight_mode=None)
