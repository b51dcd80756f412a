"""Ways to hold a metric, or to reset it by hand, and steps that no `fit` runs."""
import tensorflow as tf
from tensorflow import keras

given = keras.metrics.Mean(name="given")
compiled = keras.metrics.Mean(name="compiled")
once = keras.metrics.Mean(name="once")
by_hand = keras.metrics.Mean(name="by_hand")
stray = keras.metrics.Mean(name="stray")  # expect
judged = keras.metrics.MeanSquaredError(name="judged")  # expect


class Taking(keras.Model):
    def __init__(self, tracker):
        super().__init__()
        self.tracker = tracker

    def train_step(self, data):
        self.tracker.update_state(1.0)
        return {"a": given.result()}


class Compiled(keras.Model):
    def train_step(self, data):
        compiled.update_state(1.0)
        return {"a": compiled.result()}


class Once(keras.Model):
    def train_step(self, data):
        once.update_state(1.0)
        return {"a": once.result()}


class ByHand(keras.Model):
    def train_step(self, data):
        by_hand.update_state(1.0)
        return {"a": by_hand.result()}


class Stray(keras.Model):
    def train_step(self, data):
        x, y = data
        stray.update_state(self.compute_loss(x, y))
        return {"a": stray.result()}

    def test_step(self, data):
        x, y = data
        judged.update_state(y, self(x, training=False))
        return {"a": judged.result()}


class Unseen(keras.Model):
    def train_step(self, data):
        self.local = keras.metrics.Mean()
        self.local.update_state(1.0)
        return {"a": self.local.result()}


inputs = keras.Input((4,))
outputs = keras.layers.Dense(4)(inputs)
Taking(given).fit(data, epochs=3)
model = Compiled(inputs, outputs)
model.compile("adam", metrics=[compiled])
model.fit(data, epochs=3)
Once(inputs, outputs).fit(data, epochs=1)
loop = ByHand(inputs, outputs)
for batch in data:
    loop.train_step(batch)
Stray(inputs, outputs).fit(data, validation_data=data, epochs=9)
