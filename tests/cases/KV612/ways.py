"""Where the logs of a step come from, and who reads them."""

import tensorflow as tf
from tensorflow import keras


class Base(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.layers.Dense(4)
        self.kl = keras.metrics.Mean(name="kl")

    def call(self, inputs):
        return self.body(inputs)

    def learn(self, x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(x - self(x)))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return loss


class Mixed(Base):
    """With the result of a tracker beside it: in Keras 3 `loss` is the one that nobody updates."""

    def train_step(self, data):
        loss = self.learn(data)
        self.kl.update_state(loss)
        return {"loss": loss, "kl": self.kl.result()}  # expect


class Filled(Base):
    def train_step(self, data):
        logs = {"kl": self.kl.result()}  # expect
        logs["loss"] = self.learn(data)
        return logs


class Adversarial(Base):
    """Two losses, each of a network of its own."""

    def __init__(self):
        super().__init__()
        self.other = keras.layers.Dense(1)

    def train_step(self, data):
        with tf.GradientTape() as tape:
            d_loss = tf.reduce_mean(self.other(self.body(data)))
        weights = self.other.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(d_loss, weights), weights))
        with tf.GradientTape() as tape:
            g_loss = -tf.reduce_mean(self.other(self.body(data)))
        weights = self.body.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(g_loss, weights), weights))
        return {"d_loss": d_loss, "g_loss": g_loss}  # expect


class Fitted(Base):
    """Called by a loop too, but `fit` shows it."""

    def train_step(self, data):
        return {"loss": self.learn(data)}  # expect


fitted = Fitted()
fitted.compile("adam")
fitted.fit(data)
for batch in data:
    print(fitted.train_step(batch)["loss"])


class Looped(Base):
    """Its own loop reads the tensors."""

    def train_step(self, data):
        return {"loss": self.learn(data)}


looped = Looped()
looped.compile("adam")
for batch in data:
    print(looped.train_step(batch)["loss"])


class OwnFit(Base):
    def train_step(self, data):
        return {"loss": self.learn(data)}

    def fit(self, data):
        return [self.train_step(batch) for batch in data]


class Agent:
    """No model of Keras."""

    def __init__(self):
        self.model = Base()

    def train_step(self, data):
        return {"loss": self.model.learn(data)}
