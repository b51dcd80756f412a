import numpy as np
from keras.layers import Dense, Embedding, Flatten
from keras.models import Sequential

model = Sequential()
model.add(Embedding(100, 8))
model.add(Embedding(100, 8, trainable=False))
model.add(Flatten())
model.add(Dense(1))
model.compile("rmsprop", "mse", metrics=["accuracy"])
history = model.fit(np.array([[1, 1, 2]]), np.array([1.0]))
print(history.history["accuracy"])
