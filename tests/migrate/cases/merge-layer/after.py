"""Branches that the `Merge` layer of Keras 1 joined in a Sequential."""
import numpy as np
from keras.layers import Activation, Dense, Embedding, Flatten, Input
from keras.models import Sequential
from keras.layers import concatenate
import keras
from keras.layers import dot, multiply

image = Sequential()
image.add(Dense(4, input_dim=3))
words = Sequential()
words.add(Input(shape=(5,)))
words.add(Embedding(10, 2))
words.add(Flatten())

model_output = concatenate([image.outputs[0], words.outputs[0]])
model_output = Dense(8, activation="relu")(model_output)  # both
model_output = Dense(4)(model_output)
model = keras.Model([*image.inputs, *words.inputs], model_output)
model.compile("sgd", "mse")
model.fit([np.ones((4, 3)), np.ones((4, 5))], np.ones((4, 4)), epochs=1, verbose=0)

other = Sequential([Dense(4, input_shape=(2,))])
final_output = dot([model.outputs[0], other.outputs[0]], axes=1, normalize=True)
final_output = Activation("tanh")(final_output)
final = keras.Model([*model.inputs, *other.inputs], final_output, name="final")
given = [np.ones((2, 3)), np.ones((2, 5)), np.ones((2, 2))]
assert final.predict(given, verbose=0).shape == (2, 1)

a, b = Input((3,)), Input((3,))
product = multiply([a, b])
