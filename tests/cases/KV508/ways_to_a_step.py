"""Losses through argmax, a cast in Keras's backend and a `where` between numbers; one with another way beside."""
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras import layers, models


def accuracy_loss(y_true, y_pred):
    same = K.equal(K.argmax(y_true, axis=-1), K.argmax(y_pred, axis=-1))  # expect
    return 1.0 - K.mean(K.cast(same, K.floatx()))


def counted_loss(y_true, y_pred):
    return K.mean(K.abs(y_true - K.cast(y_pred, "int32")))  # expect


def chosen_loss(y_true, y_pred):
    return tf.reduce_mean(tf.where(y_pred > 0.5, 1.0, 0.0) * y_true)  # expect


def weighted_loss(y_true, y_pred):
    weight = K.cast(K.greater(y_pred, 0.5), K.floatx())
    return K.mean(weight * K.square(y_true - y_pred))


for loss in (accuracy_loss, counted_loss, chosen_loss, weighted_loss):
    model = models.Sequential([layers.Dense(3, activation="softmax")])
    model.compile("adam", loss)
