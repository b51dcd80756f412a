"""Two models over the same two networks, one for each of them: what was set last holds in both."""

from tensorflow import keras
from tensorflow.keras import layers


def set_trainable(network, value):
    network.trainable = value
    for layer in network.layers:
        layer.trainable = value


class WGAN:
    def __init__(self):
        self.generator = keras.Sequential([keras.Input((4,)), layers.Dense(8), layers.Dense(4)])
        self.critic = keras.Sequential([keras.Input((4,)), layers.Dense(8), layers.Dense(1)])
        real, noise = keras.Input((4,)), keras.Input((4,))
        set_trainable(self.generator, False)
        scores = [self.critic(real), self.critic(self.generator(noise))]
        self.critic_model = keras.Model([real, noise], scores)
        self.critic_model.compile("adam", "mse")
        set_trainable(self.critic, False)  # expect
        set_trainable(self.generator, True)
        self.generator_model = keras.Model(noise, self.critic(self.generator(noise)))
        self.generator_model.compile("adam", "mse")

    def train(self, real, noise, ones):
        self.critic_model.train_on_batch([real, noise], [ones, -ones])
        self.generator_model.train_on_batch(noise, ones)


class Toggled(WGAN):
    def train(self, real, noise, ones):
        set_trainable(self.critic, True)
        set_trainable(self.generator, False)
        self.critic_model.train_on_batch([real, noise], [ones, -ones])
        set_trainable(self.critic, False)
        set_trainable(self.generator, True)
        self.generator_model.train_on_batch(noise, ones)
