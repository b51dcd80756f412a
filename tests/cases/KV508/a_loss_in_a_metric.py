"""A function that is a loss by name, called by a metric on what it has cut off."""
from tensorflow.keras import backend as K
from tensorflow.keras import layers, models


def overlap_loss(y_true, y_pred):
    return 1.0 - K.sum(y_true * y_pred) / K.sum(y_true + y_pred)


def competition(y_true, y_pred):
    return 1.0 - overlap_loss(y_true, K.cast(K.greater(y_pred, 0.5), K.floatx()))


model = models.Sequential([layers.Dense(3, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=[competition])
