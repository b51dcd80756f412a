"""Layers as Keras 1 took them."""
import numpy as np
from keras.layers.convolutional import Convolution2D, MaxPooling2D
from keras.layers.core import Activation, Dense, Dropout, Flatten
from keras.models import Sequential
from keras.utils import np_utils

np.random.seed(0)
x = np.random.rand(32, 8, 8, 1).astype("float32")
y = np_utils.to_categorical(np.random.randint(0, 3, 32), nb_classes=3)

model = Sequential()
model.add(Convolution2D(4, 3, 3, border_mode="same", dim_ordering="tf", input_shape=(8, 8, 1)))  # one tuple
model.add(Activation("relu"))
model.add(MaxPooling2D(pool_size=(2, 2), border_mode="valid"))
model.add(Flatten())
model.add(Dropout(p=0.25))
model.add(Dense(output_dim=3, init="uniform", activation="softmax", W_regularizer=None))
model.compile(loss="categorical_crossentropy", optimizer="adadelta", metrics=["accuracy"])
history = model.fit(x, y, batch_size=16, nb_epoch=1, verbose=0)
assert 0 <= history.history["acc"][0] <= 1
assert model.predict_classes(x, verbose=0).shape == (32,)
