"""A model that is saved every few epochs."""
import os
import tempfile

import numpy as np
from keras import callbacks
from keras.layers import Dense
from keras.models import Sequential

folder = tempfile.mkdtemp()
model = Sequential([Dense(1, input_dim=2)])
model.compile("sgd", "mse")
x, y = np.ones((8, 2)), np.ones((8, 1))
every = 2
saved = callbacks.ModelCheckpoint(os.path.join(folder, "model-{epoch:02d}.h5"), period=every)
best = callbacks.ModelCheckpoint(
    os.path.join(folder, "best-{epoch:02d}-{val_loss:.1f}.hdf5"), monitor="val_loss", save_best_only=True,
    save_weights_only=True, period=3,  # not too often
)
model.fit(x, y, epochs=7, validation_data=(x, y), verbose=0, callbacks=[saved, best])
epochs = sorted(name.split("-")[1][:2] for name in os.listdir(folder) if name.startswith("model"))
assert epochs == ["02", "04", "06"], epochs
assert sorted(name.split("-")[1] for name in os.listdir(folder) if name.startswith("best")) == ["03", "06"]
