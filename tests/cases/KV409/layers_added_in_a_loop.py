"""The head comes last out of a loop."""
from tensorflow import keras

model = keras.Sequential([keras.Input((8,))])
for units, activation in [(16, "relu"), (4, None)]:
    model.add(keras.layers.Dense(units, activation=activation))
model.compile("adam", loss="sparse_categorical_crossentropy")  # expect
