"""Callbacks that a statement makes and drops, or a helper makes for nobody."""

import tensorflow as tf
from pytest import raises
from tensorflow.keras.callbacks import EarlyStopping, ModelCheckpoint

beta = tf.Variable(0.0, trainable=False)


class WarmUp(tf.keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        beta.assign(min(1.0, epoch / 10))


class Stopper(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs["loss"] < 0.1:
            self.model.stop_training = True


def made():
    return WarmUp()


def train(model, x):
    checkpoint = ModelCheckpoint("best.h5")
    EarlyStopping(monitor="val_loss", patience=40),  # expect
    WarmUp()  # expect
    model.fit(x, x, callbacks=[checkpoint])


def train_by_helper(model, x):
    warm_up = made()  # expect
    model.fit(x, x)


def train_with_all(model, x):
    warm_up = made()
    model.fit(x, x, callbacks=[warm_up])


def train_with_options(model, x, **options):
    WarmUp()
    model.fit(x, x, **options)


def train_before(model, x):
    model.fit(x, x)
    EarlyStopping(monitor="val_loss")


def tries_a_constructor(model, x):
    with raises(ValueError):
        EarlyStopping(monitor="val_loss", mode="unknown")
    model.fit(x, x)
    EarlyStopping(monitor="val_loss", mode="min")
    model.fit(x, x)


def train_without_stopping(model, x):
    """Nobody forgot these: they are no schedule, and have a name to be given by."""
    stopping = EarlyStopping(monitor="val_loss")
    stopper = Stopper()
    model.fit(x, x)
