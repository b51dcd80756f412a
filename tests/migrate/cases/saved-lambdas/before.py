"""Models with a lambda in them, saved and loaded; a loss with a short name."""
import os
import tempfile

import numpy as np
from keras.layers.core import Dense, Lambda
from keras.models import Sequential, clone_model, load_model

path = os.path.join(tempfile.mkdtemp(), "model.h5")
model = Sequential([Dense(2, input_shape=(3,)), Lambda(lambda x: 2 * x)])
model.compile(optimizer="sgd", loss="mse", metrics=["mae"])
model.fit(np.ones((4, 3)), np.ones((4, 2)), epochs=1, verbose=0)
model.save(path)
again = load_model(path)
assert np.array_equal(again.predict(np.ones((2, 3)), verbose=0), model.predict(np.ones((2, 3)), verbose=0))
assert abs(again.evaluate(np.ones((2, 3)), np.ones((2, 2)), verbose=0)[0] - 1) < 9


def copied():
    return clone_model(model)
