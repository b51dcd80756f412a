"""Ways by which a Python number of traced code is set during a training."""
import tensorflow as tf
from tensorflow.keras import backend as K

weight = 0.0


class KL(tf.keras.layers.Layer):
    def __init__(self, beta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.beta = beta
        self._rate = 0.0
        self.huge = 10**400
        self.mode = "sum"
        self.inner = tf.keras.layers.Dense(3)
        self.capacity = 0.0
        self.temperature = tf.Variable(1.0, trainable=False)

    @property
    def rate(self):
        return self._rate

    @rate.setter
    def rate(self, value):
        self._rate = value

    def call(self, inputs):
        loss = (self.beta + self.rate + self.huge + self.capacity) * tf.reduce_mean(self.inner(inputs))
        self.add_loss(loss / K.get_value(self.temperature))  # expect
        return inputs if self.mode == "sum" else -inputs


def loss(y_true, y_pred):
    return weight * tf.reduce_mean(tf.square(y_true - y_pred))


class WarmUp(tf.keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.model.get_layer("kl").beta = 0.0

    def on_epoch_begin(self, epoch, logs=None):
        global weight
        weight = epoch / 10  # expect
        layer = self.model.get_layer("kl")
        setattr(layer, "beta", min(1.0, epoch / 10))  # expect
        layer.rate = epoch / 10  # expect
        layer.huge = 10**400 + epoch  # expect
        layer.mode = "mean"
        layer.inner = tf.keras.layers.Dense(3)
        K.set_value(layer.temperature, 1 / (epoch + 1))


inputs = tf.keras.Input((4,))
model = tf.keras.Model(inputs, KL(name="kl")(inputs))
model.compile("adam", loss)
model.fit(x, x, epochs=10, callbacks=[WarmUp()])
model.get_layer("kl").capacity = 5.0
model.predict(x)


class Sampler(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = tf.keras.layers.Dense(4)
        self.sampling = False

    def set_sampling(self, sampling):
        self.sampling = bool(sampling)

    def call(self, inputs):
        return self.dense(inputs) if self.sampling else inputs


class Show(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.set_sampling(True)
        print(self.model(x))
        self.model.set_sampling(False)


sampler = Sampler()
sampler.compile("adam", "mse")
sampler.fit(x, x, callbacks=[Show()])
