"""File names and what is read again."""
import os
import tempfile

import numpy as np
from keras.callbacks import ModelCheckpoint
from keras.layers import Dense
from keras.models import Sequential, load_model

folder = tempfile.mkdtemp()
model = Sequential([Dense(1, input_dim=2)])
model.compile("sgd", "mse")
best = os.path.join(folder, "best-{epoch:02d}.hdf5")
callbacks = [
    ModelCheckpoint(best, period=1),
    ModelCheckpoint(filepath=folder + "/last.h5", save_weights_only=True),
]
model.fit(np.ones((4, 2)), np.ones((4, 1)), epochs=1, verbose=0, callbacks=callbacks)
model.save(os.path.join(folder, "model"), save_format="tf")
again = load_model(os.path.join(folder, "model"))
model.save_weights(os.path.join(folder, "weights.h5"))
again.load_weights(os.path.join(folder, "weights.h5"))
if os.path.exists("elsewhere"):
    load_model("elsewhere")

if os.path.exists("elsewhere"):
    where = os.path.join(folder, "elsewhere.h5")
    model.load_weights(where)
else:
    where = os.path.join(folder, "once.tf")
    model.save_weights(where)
