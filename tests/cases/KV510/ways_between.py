"""How gradients come to the optimizer: clipped, unpacked, in a helper, rebound; and what pairs them."""

import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class VAE(keras.Model):
    def __init__(self):
        super().__init__()
        self.enc = layers.Dense(4)
        self.dec = keras.Sequential([keras.Input((4,)), layers.Dense(4), layers.Dense(4)])
        self.drop = layers.Dropout(0.1)

    def call(self, x):
        return self.dec(self.drop(self.enc(x)))

    def move(self, tape, loss, weights, others):
        return self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), others))

    def train_step(self, data):
        with tf.GradientTape(persistent=True) as tape:
            loss = tf.reduce_mean(tf.square(data - self(data)))
        g = tape.gradient(loss, self.dec.trainable_variables)
        self.optimizer.apply_gradients(zip([tf.clip_by_norm(a, 1) for a in g], self.trainable_variables))  # expect
        clipped, _ = tf.clip_by_global_norm(g, 1.0)
        self.optimizer.apply_gradients(zip(clipped, self.dec.trainable_weights))
        self.optimizer.apply_gradients(zip(clipped, self.trainable_weights))  # expect
        self.optimizer.apply(g, self.enc.trainable_variables)  # expect
        self.optimizer.apply(g, self.dec.trainable_variables)
        pairs = [(tf.clip_by_value(a, -1, 1), v) for a, v in zip(g, self.trainable_variables) if a is not None]
        self.optimizer.apply_gradients(pairs)  # expect
        ours, theirs = tape.gradient(loss, [self.enc.trainable_variables, self.dec.trainable_variables])
        self.optimizer.apply_gradients(zip(ours, self.dec.trainable_variables))  # expect
        self.optimizer.apply_gradients(zip(theirs, self.dec.trainable_variables))
        self.optimizer.apply_gradients(zip(ours + theirs, self.trainable_variables))
        self.optimizer.apply_gradients(list(zip(theirs + ours, self.trainable_variables)))
        both = self.enc.trainable_variables + self.dec.trainable_variables
        self.optimizer.apply_gradients(zip(theirs + ours, both))  # expect
        self.optimizer.apply_gradients(zip(ours + theirs, both))
        whole = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(whole, self.enc.trainable_variables))  # the rest is cut off, the pairs are right
        self.optimizer.apply_gradients(zip(whole, self.dec.trainable_variables))  # expect
        g = whole
        self.optimizer.apply_gradients(zip(g, self.trainable_variables))
        self.optimizer.apply_gradients(zip(g[2:], self.dec.trainable_variables))
        self.move(tape, loss, self.enc.trainable_variables, self.enc.trainable_weights)
        return {"loss": loss}


model = VAE()
model.compile("adam")
model.fit(x)
