from keras.layers.core import Dense
from keras.models import Sequential

model = Sequential([Dense(8, activation="relu"), Dense(1, activation="relu")])
model.compile("sgd", "binary_crossentropy")
safe = Sequential([Dense(1, activation="sigmoid")])
safe.compile("sgd", "binary_crossentropy")
