"""Utilities of another Keras."""

import tensorflow.keras as tk
from keras.utils import plot_model
from tensorflow.python.keras.callbacks import EarlyStopping
from tf_keras.preprocessing.image import ImageDataGenerator

model = tk.Sequential([tk.layers.Dense(1)])
model.compile("adam", "mse")
plot_model(model)
model.fit(ImageDataGenerator().flow_from_directory("x"), callbacks=[EarlyStopping()])
