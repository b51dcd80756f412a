"""Branches that the `Merge` layer of Keras 1 joined in a Sequential."""
import numpy as np
from keras.layers import Activation, Dense, Embedding, Flatten, Input, Merge
from keras.models import Sequential

image = Sequential()
image.add(Dense(4, input_dim=3))
words = Sequential()
words.add(Embedding(10, 2, input_length=5))
words.add(Flatten())

model = Sequential()
model.add(Merge([image, words], mode="concat"))
model.add(Dense(8, activation="relu"))  # both
model.add(
    Dense(4)
)
model.compile("sgd", "mse")
model.fit([np.ones((4, 3)), np.ones((4, 5))], np.ones((4, 4)), nb_epoch=1, verbose=0)

other = Sequential([Dense(4, input_shape=(2,))])
merged = Merge([model, other], mode="cos", dot_axes=1)
final = Sequential(name="final")
final.add(merged)
final.add(Activation("tanh"))
given = [np.ones((2, 3)), np.ones((2, 5)), np.ones((2, 2))]
assert final.predict(given, verbose=0).shape == (2, 1)

a, b = Input((3,)), Input((3,))
product = Merge(mode="mul")([a, b])
