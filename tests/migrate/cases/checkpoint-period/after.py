"""A model that is saved every few epochs."""
import os
import tempfile

import numpy as np
from keras import callbacks
from keras.layers import Dense
from keras.models import Sequential

folder = tempfile.mkdtemp()
model = Sequential([Dense(1, input_dim=2)])
model.compile("sgd", "mean_squared_error")
x, y = np.ones((8, 2)), np.ones((8, 1))
every = 2


class EpochCheckpoint(callbacks.ModelCheckpoint):
    """A `ModelCheckpoint` that looks at every `period`-th epoch only."""

    def __init__(self, *args, period=1, **kwargs):
        super().__init__(*args, **kwargs)
        self.period = period
        self.waited = 0

    def on_epoch_end(self, epoch, logs=None):
        self.waited += 1
        if self.waited >= self.period:
            self.waited = 0
            super().on_epoch_end(epoch, logs)


saved = EpochCheckpoint(os.path.join(folder, "model-{epoch:02d}.h5"), period=every)
best = EpochCheckpoint(
    os.path.join(folder, "best-{epoch:02d}-{val_loss:.1f}.weights.h5"), monitor="val_loss", save_best_only=True,
    save_weights_only=True, period=3,  # not too often
)
model.fit(x, y, epochs=7, validation_data=(x, y), verbose=0, callbacks=[saved, best])
epochs = sorted(name.split("-")[1][:2] for name in os.listdir(folder) if name.startswith("model"))
assert epochs == ["02", "04", "06"], epochs
assert sorted(name.split("-")[1] for name in os.listdir(folder) if name.startswith("best")) == ["03", "06"]
