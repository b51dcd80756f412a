"""Many draws in a loop, two calls in a train step (Keras clears the losses before each), and a real double."""
import tensorflow as tf
from tensorflow import keras


class Encoder(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.head = keras.layers.Dense(2)

    def call(self, inputs):
        code = self.head(inputs)
        self.add_loss(tf.reduce_mean(tf.square(code)))
        return code + tf.random.normal(tf.shape(code))


class MonteCarlo(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.encoder = Encoder()

    def call(self, inputs):
        return tf.reduce_mean(tf.stack([self.encoder(inputs) for _ in range(8)]), axis=0)

    def train_step(self, data):
        with tf.GradientTape() as tape:
            first = self.encoder(data)
            second = self.encoder(data)
            loss = tf.reduce_mean(tf.square(first - second))
        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables))
        return {"loss": loss}


class Twice(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.encoder = Encoder()

    def encode(self, inputs):
        code = self.encoder(inputs)
        return code, self.encoder(inputs)  # expect

    def call(self, inputs, training=None):
        first, second = self.encode(inputs)
        return first * second
