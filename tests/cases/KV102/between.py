"""Between two trainings of one model, and before the first, and after a `compile`."""
import tensorflow as tf


class VAE(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.beta = 0.0
        self.dense = tf.keras.layers.Dense(4)

    def call(self, inputs):
        self.add_loss(self.beta * tf.reduce_mean(inputs))
        return self.dense(inputs)


def train():
    model = VAE()
    model.beta = 0.1
    model.compile("adam", "mse")
    model.fit(x, x)
    model.beta = 0.5  # expect
    model.fit(x, x)
    model.beta = 1.0
    model.compile("adam", "mse")
    model.fit(x, x)


def batches(model: VAE):
    for step in range(100):
        model.beta = step / 100  # expect
        model.train_on_batch(x, x)


train()
