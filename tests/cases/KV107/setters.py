"""The store stands in a method, or in a helper, that a callback or a loop around `fit` comes to call."""
import tensorflow as tf


class VAE(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = tf.keras.layers.Dense(4)
        self.beta = tf.Variable(0.0, trainable=False)
        self.gamma = tf.Variable(0.0, trainable=False)
        self.delta = tf.Variable(0.0, trainable=False)

    def set_beta(self, beta):
        self.beta = beta  # expect

    def reset(self):
        self.delta = tf.Variable(0.0, trainable=False)

    def call(self, inputs):
        code = self.dense(inputs)
        self.add_loss((self.beta + self.gamma + self.delta) * tf.reduce_mean(tf.square(code)))
        return code


class WarmUp(tf.keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.set_beta(min(1.0, epoch / 10))


def set_gamma(model, value):
    model.gamma = tf.Variable(value, trainable=False)  # expect


model = VAE()
model.reset()
model.compile("adam")
for epoch in range(10):
    set_gamma(model, epoch / 10)
    model.fit(x, x, epochs=1, callbacks=[WarmUp()])
