"""Each round makes a model of its own."""
from tensorflow import keras

for width in (8, 16):
    model = keras.Sequential()
    for _ in range(2):
        model.add(keras.layers.Dense(width, activation="relu"))
    model.add(keras.layers.Dense(1))
    model.compile("adam", loss="binary_crossentropy")  # expect
