"""A variable that only callbacks have, beside those that a loss reads, and beside copies of another schedule."""

import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K


class Anneal(keras.callbacks.Callback):
    def __init__(self, weight):
        super().__init__()
        self.weight = weight

    def on_epoch_end(self, epoch, logs=None):
        new = K.get_value(self.weight)
        if new < 1:
            new = min(1.0, (epoch + 1) / 20)
            print("weight: " + str(new))
        K.set_value(self.weight, new)  # expect


class Own(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.beta = tf.Variable(0.0, trainable=False)

    def on_epoch_begin(self, epoch, logs=None):
        self.beta.assign(min(1.0, epoch / 10))  # expect
        print(f"beta {self.beta.numpy()}")


class Both(keras.callbacks.Callback):
    def __init__(self, layer):
        super().__init__()
        self.shown = tf.Variable(0.0, trainable=False)
        self.layer = layer

    def on_epoch_begin(self, epoch, logs=None):
        new = min(1.0, epoch / 10)
        self.shown.assign(new)
        self.layer.alpha.assign(new)


class Samples(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.spread = tf.Variable(1.0, trainable=False)

    def on_epoch_end(self, epoch, logs=None):
        self.spread.assign(1.0 / (epoch + 1))
        self.model.predict(noise * self.spread.numpy())


class Counter(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.epochs = tf.Variable(0.0, trainable=False)
        self.now = tf.Variable(0.0, trainable=False)

    def on_epoch_begin(self, epoch, logs=None):
        self.epochs.assign_add(1.0)
        self.now.assign(epoch)


class Rate(keras.callbacks.Callback):
    def __init__(self, weight):
        super().__init__()
        self.weight = weight

    def on_epoch_begin(self, epoch, logs=None):
        K.set_value(self.weight, min(1.0, epoch / 10))


def train(model, x):
    weight = K.variable(0.0)
    model.fit(x, x, epochs=30, callbacks=[Anneal(weight), Own(), Both(model.layers[0]), Samples(), Counter()])


def train_with(x):
    weight = K.variable(0.0)
    inputs = keras.Input((4,))
    outputs = keras.layers.Dense(4)(inputs)
    model = keras.Model(inputs, outputs)
    model.add_loss(weight * tf.reduce_mean(tf.square(outputs)))
    model.compile("adam", "mse")
    model.fit(x, x, epochs=30, callbacks=[Rate(weight)])
