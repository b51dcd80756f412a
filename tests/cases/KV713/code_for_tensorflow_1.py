"""TensorFlow 1, and Keras before 2.3, log `accuracy` as `acc`."""

import keras
import numpy as np
import tensorflow.contrib.tensorrt as trt

x, y = np.zeros((8, 4)), np.zeros((8, 1))
model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
best = keras.callbacks.ModelCheckpoint("best.h5", monitor="val_acc", save_best_only=True)
model.fit(x, y, validation_split=0.5, callbacks=[best])
trt.create_inference_graph(model)
