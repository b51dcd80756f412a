"""Training steps: Keras's own once more, and some that do more."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from keras import ops


class Same(keras.Model):
    """What guides show."""


class Clipped(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.seen = keras.metrics.Sum(name="seen")

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        gradients = [tf.clip_by_norm(gradient, 0.1) for gradient in gradients]
        self.seen.update_state(1.0)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss, sample_weight=ops.shape(y_pred)[0])
            elif metric.name == "compile_metrics":
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


class Weighted(keras.Model):
    pass


class Tracked(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.tracker = keras.metrics.Mean(name="total")

    @property
    def metrics(self):
        return [self.tracker]

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables))
        self.tracker.update_state(loss)
        self.compiled_metrics.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


keras.utils.set_random_seed(0)
x, y = np.random.default_rng(0).normal(size=(10, 3)).astype("float32"), np.ones((10, 2), "float32")
expected = {Same: (4.45578, 1.53739, 3.87706), Clipped: (4.52384, 1.548998, 4.499675)}
for kind in (Same, Clipped, Weighted, Tracked):
    inputs = keras.Input((3,))
    layer = keras.layers.Dense(2, kernel_initializer="ones", kernel_regularizer="l2")
    model = kind(inputs, layer(inputs))
    model.compile("sgd", "mse", metrics=["mae"])
    history = model.fit(x, y, epochs=2, batch_size=4, shuffle=False, verbose=0).history
    if kind is Tracked:
        continue
    found = history["loss"][0], history["mae"][0], model.evaluate(x, y, verbose=0)[0]
    assert len(history) == (3 if kind is Clipped else 2)
    assert kind is not Clipped or history["seen"][0] == 3
    np.testing.assert_allclose(found, expected.get(kind, expected[Same]), rtol=1e-4)
