"""From Keras 2.3 on `mae` is logged as it is written."""

import keras
import numpy as np

x, y = np.zeros((8, 4)), np.zeros((8, 1))
model = keras.Sequential([keras.layers.Dense(1)])
model.compile("adam", "mse", metrics=["mae"])
stop = keras.callbacks.EarlyStopping(monitor="val_mean_absolute_error")  # expect
model.fit(x, y, validation_split=0.5, callbacks=[stop])
