"""That the owner is a layer says nothing of what its attribute holds."""
from tensorflow import keras
from tensorflow.keras import backend as K


class Penalty(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.beta = K.variable(0.0)

    def call(self, inputs):
        self.add_loss(self.beta * K.mean(inputs))
        return inputs


class WarmUp(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        for layer in self.model.layers:
            if isinstance(layer, Penalty):
                layer.beta = epoch / 10  # expect


inputs = keras.Input((4,))
model = keras.Model(inputs, Penalty()(inputs))
model.compile("adam", "mse")
model.fit(x, x, epochs=20, callbacks=[WarmUp()])
