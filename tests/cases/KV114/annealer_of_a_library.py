"""The variable is given to a callback that can't be seen, whose name says that it anneals."""

import functools

from elsewhere import callbacks as cb
from tensorflow import keras
from tensorflow.keras import backend as K


def build(size):
    kl_weight = K.variable(size)
    x = keras.Input((4,))
    model = keras.Model(x, [keras.layers.Dense(4, name="out")(x), keras.layers.Dense(2, name="kl")(x)])
    if size:
        return model, None, kl_weight
    return model, kl_weight


def run(size, share):
    model, _, kl_weight = build(size)
    annealer = cb.WeightAnnealer(functools.partial(cb.sigmoid, slope=1.0), kl_weight, size)
    rest = 1.0 - share
    weights = {
        "out": rest,
        "kl": rest * kl_weight,  # expect
    }
    callbacks = [annealer]
    model.compile("adam", {"out": "mse", "kl": "mae"}, loss_weights=weights)
    model.fit(a, b, epochs=20, callbacks=callbacks)


def plain(size):
    model, _, kl_weight = build(size)
    model.compile("adam", ["mse", "mae"], loss_weights=[1.0, kl_weight])
    model.fit(a, b, epochs=20, callbacks=[cb.WeightAnnealer(cb.sigmoid, kl_weight, size)])


def logged(size):
    model, _, kl_weight = build(size)
    model.compile("adam", ["mse", "mae"], loss_weights=[1.0, 2 * kl_weight])
    model.fit(a, b, epochs=20, callbacks=[cb.WeightLogger(kl_weight)])
