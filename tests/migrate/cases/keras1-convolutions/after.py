"""Layers as Keras 1 took them."""
import numpy as np
from keras.layers import Conv2D, MaxPooling2D, Activation, Dense, Dropout, Flatten
from keras.models import Sequential
from keras import utils as np_utils

np.random.seed(0)
x = np.random.rand(32, 8, 8, 1).astype("float32")
y = np_utils.to_categorical(np.random.randint(0, 3, 32), num_classes=3)

model = Sequential()
model.add(Conv2D(4, (3, 3), padding="same", data_format="channels_last", input_shape=(8, 8, 1)))  # one tuple
model.add(Activation("relu"))
model.add(MaxPooling2D(pool_size=(2, 2), padding="valid"))
model.add(Flatten())
model.add(Dropout(rate=0.25))
model.add(Dense(units=3, kernel_initializer="uniform", activation="softmax", kernel_regularizer=None))
model.compile(loss="categorical_crossentropy", optimizer="adadelta", metrics=["accuracy"])
history = model.fit(x, y, batch_size=16, epochs=1, verbose=0)
assert 0 <= history.history["accuracy"][0] <= 1
assert np.argmax(model.predict(x, verbose=0), axis=-1).shape == (32,)
