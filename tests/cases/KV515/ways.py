"""Ways in which weights are given, and lost or kept."""

import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K


def network():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])


def penalised(weight):
    def loss(y_true, y_pred):
        return K.mean(K.square(y_true - y_pred)) + weight * tf.reduce_mean(tf.abs(y_pred))

    return loss


model = network()
model.compile("adam", loss=penalised(0.1))
model.fit(x, y, class_weight={0: 1.0, 1: 5.0})  # expect
model.train_on_batch(x, y, sample_weight=w)  # expect


class Total(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return tf.reduce_sum(tf.square(y_true - y_pred))


total = network()
total.compile("adam", Total())
total.fit(x, y, sample_weight=w)  # expect


# two losses, of which one obeys
inputs = keras.Input((4,))
both = keras.Model(inputs, [keras.layers.Dense(1)(inputs), keras.layers.Dense(1)(inputs)])
both.compile("adam", loss=[penalised(0.1), "mse"])
both.fit(x, [y, y], sample_weight=w)


class Base(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)

    def call(self, inputs):
        return self.head(inputs)

    def move(self, tape, loss):
        weights = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return {}


class Replaced(Base):
    def train_step(self, data):
        if isinstance(data, tuple):
            data = data[0]
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(data - self(data)))
        return self.move(tape, loss)


replaced = Replaced()
replaced.compile("adam")
replaced.fit(x, y, sample_weight=w)  # expect


class Unread(Base):
    def train_step(self, data):
        x, y, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - self(x)))
        return self.move(tape, loss)


unread = Unread()
unread.compile("adam")
unread.fit(x, y, sample_weight=w)  # expect


class Read(Base):
    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x), sample_weight)
        return self.move(tape, loss)


read = Read()
read.compile("adam", "mse")
read.fit(x, y, sample_weight=w)


class Handed(Base):
    def train_step(self, data):
        return self.helper(data)

    def helper(self, data):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(data[2] * tf.square(data[1] - self(data[0])))
        return self.move(tape, loss)


handed = Handed()
handed.compile("adam")
handed.fit(x, y, sample_weight=w)
