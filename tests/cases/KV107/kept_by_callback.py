"""A callback replaces the variable that it was given: the loss goes on with the first."""
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras import layers

alpha = K.variable(0.5)
beta = K.variable(0.5)
unused = K.variable(0.5)


class Shift(keras.callbacks.Callback):
    def __init__(self, alpha, beta, unused):
        super().__init__()
        self.alpha = alpha
        self.beta = beta
        self.unused = unused

    def on_epoch_end(self, epoch, logs=None):
        self.alpha = self.alpha - 0.1  # expect
        K.set_value(self.beta, K.get_value(self.beta) + 0.1)
        self.unused = self.unused + 0.1


inputs = keras.Input((8,))
hidden = layers.Dense(16, "relu")(inputs)
model = keras.Model(inputs, [layers.Dense(1, name="a")(hidden), layers.Dense(1, name="b")(hidden)])
model.compile("adam", loss=["mse", "mse"], loss_weights=[alpha, beta])
model.fit(x, [y, z], epochs=4, callbacks=[Shift(alpha, beta, unused)])
