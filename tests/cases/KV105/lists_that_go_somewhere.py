"""A callback in lists: returned, extended, starred, kept; and in one that nobody reads."""

import tensorflow as tf


class Model(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.beta = tf.Variable(0.0, trainable=False)

    def call(self, inputs):
        self.add_loss(self.beta * tf.reduce_mean(inputs))
        return inputs


class WarmUp(tf.keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.beta.assign(min(1.0, epoch / 10))


def returned(model, x):
    warm_up = WarmUp()
    model.fit(x, x)
    return warm_up


def nested(model, x):
    warm_up = WarmUp()
    some = [warm_up]
    every = [*some, tf.keras.callbacks.History()]
    model.fit(x, x, callbacks=every)


def extended(model, x):
    warm_up = WarmUp()
    callbacks = []
    callbacks.extend([warm_up])
    model.fit(x, x, callbacks=callbacks)


def closed_over(model, x):
    warm_up = WarmUp()

    def run():
        model.fit(x, x, callbacks=[warm_up])

    run()
    model.fit(x, x)


def dead_list(model, x):
    warm_up = WarmUp()  # expect
    callbacks = [tf.keras.callbacks.History()]
    callbacks.insert(0, warm_up)
    model.fit(x, x, callbacks=[tf.keras.callbacks.History()])


def lambdas(model, x):
    def ramp(epoch, logs):
        model.beta.assign(min(1.0, epoch / 10))

    warm_up = tf.keras.callbacks.LambdaCallback(on_epoch_begin=ramp)  # expect
    model.fit(x, x)


model = Model()
returned(model, x)
