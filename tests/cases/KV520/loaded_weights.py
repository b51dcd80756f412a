"""Weights that come from a file, behind the copy."""
from tensorflow import keras

model = keras.models.load_model("model.keras")
copy = keras.models.clone_model(model)
copy.load_weights("model.weights.h5")
copy.predict(x)
