"""The schedule's value in a dictionary or a list of weights, however it is written."""

import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K

beta = K.variable(0.0)
gamma = K.variable(0.0)
fixed = K.variable(0.3)


class WarmUp(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        K.set_value(beta, min(1.0, epoch / 10))
        K.set_value(gamma, min(1.0, epoch / 20))


def net():
    x = keras.Input((4,))
    return keras.Model(x, [keras.layers.Dense(4, name="out")(x), keras.layers.Dense(2, name="kl")(x)])


first = net()
first.compile("adam", {"out": "mse", "kl": "mae"}, loss_weights={"out": 1.0, "kl": K.get_value(beta)})  # expect
first.fit(a, b, epochs=20, callbacks=[WarmUp()])

weights = {"out": 1.0, "kl": 0.5 * beta}  # expect
second = net()
second.compile("adam", {"out": "mse", "kl": "mae"}, loss_weights=weights)
second.fit(a, b, epochs=20, callbacks=[WarmUp()])

weights = dict(out=1.0, kl=float(gamma))  # expect
third = net()
third.compile("adam", {"out": "mse", "kl": "mae"}, loss_weights=weights)
third.fit(a, b, epochs=20, callbacks=[WarmUp()])

grown = {"out": 1.0}
grown["kl"] = gamma.numpy() * 2  # expect
fourth = net()
fourth.compile("adam", {"out": "mse", "kl": "mae"}, loss_weights=grown)
fourth.fit(a, b, epochs=20, callbacks=[WarmUp()])

listed = [1.0]
listed.append(1.0 - tf.identity(beta))  # expect
fifth = net()
fifth.compile("adam", ["mse", "mae"], loss_weights=listed)
fifth.fit(a, b, epochs=20, callbacks=[WarmUp()])

sound = {"out": K.get_value(fixed), "kl": beta}
sixth = net()
sixth.compile("adam", {"out": "mse", "kl": "mae"}, loss_weights=sound)
sixth.fit(a, b, epochs=20, callbacks=[WarmUp()])
