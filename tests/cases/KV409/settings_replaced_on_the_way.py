"""The dictionary said softmax once; when the head is made it says nothing."""
from dataclasses import dataclass

from tensorflow import keras
from tensorflow.keras import layers


@dataclass
class Head:
    units: int = 10
    activation: str = "softmax"


def classifier(settings, head):
    return keras.Sequential(
        [
            layers.Dense(32, activation=settings["hidden"]),
            layers.Dense(head.units, activation=head.activation),
            layers.Dense(10, activation=settings["last"]),
        ]
    )


settings = {"hidden": "relu", "last": "softmax"}
settings["last"] = None
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model = classifier(settings, Head(activation="relu"))
model.compile("adam", loss=loss)
