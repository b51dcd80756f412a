"""A column that is popped from a file may be yes or no: a model trained by mse alone doesn't say which."""
import pandas as pd
from sklearn.model_selection import train_test_split
from tensorflow import keras
from tensorflow.keras import layers

rows = pd.read_csv("rows.csv")
survived = rows.pop("survived")

model = keras.Sequential([layers.Dense(128, activation="relu"), layers.Dense(1)])
model.compile(loss="mse", optimizer="adam", metrics=["accuracy"])
model.fit(rows, survived, epochs=10)

part, held, given, asked = train_test_split(rows, survived)
split = keras.Sequential([layers.Dense(1)])
split.compile(loss="mse", optimizer="adam", metrics=["accuracy"])
split.fit(part, given)

deep = keras.Sequential([layers.Dense(128, activation="relu"), layers.Dense(1)])
deep.compile(loss="mse", optimizer="adam", metrics=["accuracy"])

told = keras.Sequential([layers.Dense(1)])
told.compile(loss="mse", optimizer="adam", metrics=["mae", "accuracy"])  # expect
told.fit(rows, survived)

absolute = keras.Sequential([layers.Dense(1)])
absolute.compile(loss="mae", optimizer="adam", metrics=["accuracy"])  # expect
absolute.fit(rows, survived)

scaled = keras.Sequential([layers.Dense(1)])
scaled.compile(loss="mse", optimizer="adam", metrics=["accuracy"])  # expect
scaled.fit(rows, (survived - survived.mean()) / survived.std())
