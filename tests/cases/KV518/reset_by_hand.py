"""A callback resets what lies outside the model."""
from tensorflow import keras

tracker = keras.metrics.Mean(name="tracker")


class Model(keras.Model):
    def train_step(self, data):
        tracker.update_state(1.0)
        return {"a": tracker.result()}


class Anew(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        tracker.reset_state()


inputs = keras.Input((4,))
model = Model(inputs, keras.layers.Dense(4)(inputs))
model.fit(data, epochs=3, callbacks=[Anew()])
