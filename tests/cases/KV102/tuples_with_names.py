"""A tuple with names has no class in the file; what is set in it is nobody's schedule."""
import collections

import tensorflow as tf

Result = collections.namedtuple("Result", ["beta", "loss"])


class VAE(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.beta = 1.0
        self.dense = tf.keras.layers.Dense(4)

    def call(self, inputs):
        self.add_loss(self.beta * tf.reduce_mean(inputs))
        return self.dense(inputs)


def train(x):
    model = VAE()
    model.compile("adam", "mse")
    results = []
    for epoch in range(3):
        model.fit(x, x)
        results.append(Result(beta=1.0, loss=epoch))
    return results
