"""TensorFlow 1, and Keras before 2.3, log `mae` as `mean_absolute_error`, and so on."""

import keras
import numpy as np
import tensorflow.contrib.tensorrt as trt

x, y = np.zeros((8, 4)), np.zeros((8, 1))
model = keras.Sequential([keras.layers.Dense(1)])
model.compile("adam", "mse", metrics=["mae", "mape"])
stop = keras.callbacks.EarlyStopping(monitor="val_mean_absolute_error")
best = keras.callbacks.ModelCheckpoint("a.h5", monitor="mean_absolute_percentage_error", save_best_only=True)
lost = keras.callbacks.EarlyStopping(monitor="val_mean_squared_error")  # expect
model.fit(x, y, validation_split=0.5, callbacks=[stop, best, lost])
trt.create_inference_graph(model)
