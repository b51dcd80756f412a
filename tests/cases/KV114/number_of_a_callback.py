"""`compile` reads the number of a callback's attribute, or a global, once."""

from tensorflow import keras

weight = 0.0
still = 0.25


class WarmUp(keras.callbacks.Callback):
    def __init__(self, start=0.0, end=1.0):
        super().__init__()
        self.beta = start
        self.end = end

    def on_epoch_begin(self, epoch, logs=None):
        global weight
        self.beta = min(self.end, epoch / 10)
        weight = self.beta


def net():
    x = keras.Input((4,))
    return keras.Model(x, [keras.layers.Dense(4, name="out")(x), keras.layers.Dense(2, name="kl")(x)])


warm_up = WarmUp()
model = net()
model.compile("adam", ["mse", "mae"], loss_weights=[1.0, warm_up.beta])  # expect
model.fit(a, b, epochs=20, callbacks=[warm_up])

kl_weight = 0.1 * warm_up.beta
other = net()
other.compile("adam", {"out": "mse", "kl": "mae"}, loss_weights={"out": warm_up.end, "kl": kl_weight})  # expect
other.fit(a, b, epochs=20, callbacks=[warm_up])

third = net()
third.compile("adam", ["mse", "mae"], loss_weights=[still, weight])  # expect
third.fit(a, b, epochs=20, callbacks=[warm_up])
