"""Numbers that a loss or a global shares with a callback, and callbacks that hand theirs on."""
from tensorflow import keras
from tensorflow.keras import backend as K

weight = 0.5
factor = 0.5
shown = 0.5
units = 8
margin = 0.25
handed = 0.125
wanted = 0.75


def weighted(weight):
    def loss(y_true, y_pred):
        return weight * K.mean(K.square(y_true - y_pred))

    return loss


def by_global(y_true, y_pred):
    return factor * margin * handed * K.mean(K.square(y_true - y_pred))


class Shift(keras.callbacks.Callback):
    def __init__(self, weight, factor, units):
        super().__init__()
        self.weight = weight
        self.factor = factor
        self.left = units
        self.own = 0.5

    def on_epoch_begin(self, epoch, logs=None):
        new = 0.9 * self.weight
        logs["weight"] = new
        self.weight = new  # expect
        self.factor += 0.1  # expect
        self.left -= 1
        self.own += 0.1


class Through(keras.callbacks.Callback):
    def __init__(self, margin, setter):
        super().__init__()
        self.margin = margin
        self.setter = setter

    def on_epoch_begin(self, epoch, logs=None):
        self.margin += 0.1
        self.setter(self.margin)


class ToModel(keras.callbacks.Callback):
    def __init__(self, handed):
        super().__init__()
        self.handed = handed

    def on_epoch_begin(self, epoch, logs=None):
        self.handed += 0.1
        self.model.handed = self.handed


class Scale(keras.layers.Layer):
    def __init__(self, units, wanted):
        super().__init__()
        self.units = units
        self.wanted = wanted

    def call(self, inputs):
        return inputs * self.units * self.wanted


class Stops(keras.callbacks.Callback):
    def __init__(self, wanted):
        super().__init__()
        self.wanted = wanted

    def on_epoch_end(self, epoch, logs=None):
        if logs["loss"] < self.wanted:
            self.model.stop_training = True


inputs = keras.Input((8,))
model = keras.Model(inputs, [keras.layers.Dense(8, name="a")(Scale(units, wanted)(inputs)), keras.layers.Dense(1)(inputs)])
model.compile("adam", loss=[weighted(weight), by_global])
callbacks = [Shift(weight, factor, units), Through(margin, set_it), ToModel(handed), Stops(wanted)]
model.fit(x, [y, z], epochs=4, callbacks=callbacks)
