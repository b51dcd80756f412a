"""Networks that come from outside: their names say which is which; copies work for one another."""

import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class GAN(keras.Model):
    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator = generator
        self.discriminator = discriminator

    def train_step(self, real):
        with tf.GradientTape(persistent=True) as tape:
            fake = self.generator(real)
            g_loss = tf.reduce_mean(self.discriminator(fake))
            d_loss = tf.reduce_mean(self.discriminator(real)) - g_loss
        grads = tape.gradient(d_loss, self.discriminator.trainable_weights)
        self.d_optimizer.apply_gradients(zip(grads, self.discriminator.trainable_weights))
        grads = tape.gradient(g_loss, self.generator.trainable_weights)
        self.g_optimizer.apply_gradients(zip(grads, self.discriminator.trainable_weights))  # expect
        return {}


def learn(model, global_model, optimizer, x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x))
    grads = tape.gradient(loss, model.trainable_weights)
    optimizer.apply_gradients(zip(grads, global_model.trainable_weights))


def network():
    return keras.Sequential([layers.Dense(4, activation="relu"), layers.Dense(2)])


class Worker:
    def __init__(self):
        self.local, self.shared = network(), network()
        self.copy = keras.Sequential([layers.Dense(4, activation="relu"), layers.Dense(2)])
        self.optimizer = keras.optimizers.Adam()

    def learn(self, x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self.local(x))
        grads = tape.gradient(loss, self.local.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.shared.trainable_weights))
        self.optimizer.apply_gradients(zip(grads, self.copy.trainable_weights))

    def learn_by_name(self, x, part):
        for net in (self.local, self.shared):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(net(x))
            variables = [v for v in net.trainable_variables if part in v.name]
            grads = tape.gradient(loss, variables)
            self.optimizer.apply_gradients(zip(grads, variables))
            grads = tape.gradient(loss, net.trainable_variables)
            self.optimizer.apply_gradients(zip(grads, variables))


class Actors:
    def __init__(self):
        self.actor = keras.Sequential([layers.Dense(4, activation="relu"), layers.Dense(2)])
        self.critic = keras.Sequential([layers.Dense(4, activation="relu"), layers.Dense(2)])
        self.optimizer = keras.optimizers.Adam()

    def learn(self, x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self.actor(x))
        grads = tape.gradient(loss, self.actor.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.critic.trainable_weights))  # expect


Worker().learn(tf.zeros((2, 4)))
Worker().learn_by_name(tf.zeros((2, 4)), "kernel")
Actors().learn(tf.zeros((2, 4)))
