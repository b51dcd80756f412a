"""Trackers made in a `compile` that nobody calls here; the KL's weight as it is beside their results."""

import tensorflow as tf
from tensorflow import keras


class Weighted(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.layers.Dense(4)

    def compile(self, optimizer):
        super().compile(optimizer)
        self.alpha = tf.Variable(0.0, trainable=False)
        self.total = keras.metrics.Mean(name="total")
        self.rec_loss = keras.metrics.Mean(name="rec_loss")

    def call(self, inputs):
        return self.body(inputs)

    def train_step(self, data):
        with tf.GradientTape() as tape:
            rec_loss = tf.reduce_mean(tf.square(data - self(data)))
            loss = rec_loss + self.alpha * tf.reduce_sum(self.body.kernel**2)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.total.update_state(loss)
        self.rec_loss.update_state(rec_loss)
        return {"total": self.total.result(), "rec_loss": self.rec_loss.result(), "alpha": self.alpha}

    def test_step(self, data):
        rec_loss = tf.reduce_mean(tf.square(data - self(data)))
        self.total.update_state(rec_loss)
        self.rec_loss.update_state(rec_loss)
        return {"total": self.total.result(), "rec_loss": self.rec_loss.result(), "alpha": self.alpha}


class Unaveraged(Weighted):
    def test_step(self, data):
        rec_loss = tf.reduce_mean(tf.square(data - self(data)))
        return {"rec_loss": rec_loss, "alpha": self.alpha}  # expect
