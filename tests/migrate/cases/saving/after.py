"""File names and what is read again."""
import os
import tempfile

import numpy as np
from keras.callbacks import ModelCheckpoint
from keras.layers import Dense
from keras.models import Sequential, load_model

folder = tempfile.mkdtemp()
model = Sequential([Dense(1, input_dim=2)])
model.compile("sgd", "mean_squared_error")
best = os.path.join(folder, "best-{epoch:02d}.keras")
callbacks = [
    ModelCheckpoint(best),
    ModelCheckpoint(filepath=folder + "/last.weights.h5", save_weights_only=True),
]
model.fit(np.ones((4, 2)), np.ones((4, 1)), epochs=1, verbose=0, callbacks=callbacks)
model.save(os.path.join(folder, "model.keras"))
again = load_model(os.path.join(folder, "model.keras"))
model.save_weights(os.path.join(folder, "weights.weights.h5"))
again.load_weights(os.path.join(folder, "weights.weights.h5"))
if os.path.exists("elsewhere"):
    load_model("elsewhere")

if os.path.exists("elsewhere"):
    where = os.path.join(folder, "elsewhere.h5")
    model.load_weights(where)
else:
    where = os.path.join(folder, "once.weights.h5")
    model.save_weights(where)
