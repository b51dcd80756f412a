import numpy as np
from keras.layers import Input, Dense
from keras.models import Model, Sequential
from keras.optimizers import Adam


class GAN:
    def __init__(self):
        optimizer = Adam(0.001, 0.5)
        self.critic = Sequential([Dense(1, activation="sigmoid", input_dim=4)])
        self.critic.compile(loss="binary_crossentropy", optimizer=optimizer, metrics=["accuracy"])
        self.generator = Sequential([Dense(4, input_dim=2)])
        z = Input(shape=(2,))
        self.critic.trainable = False
        self.combined = Model(z, self.critic(self.generator(z)))
        self.combined.compile(loss="binary_crossentropy", optimizer=optimizer.from_config(optimizer.get_config()))

    def train(self, epochs):
        valid, fake = np.ones((6, 1)), np.zeros((6, 1))
        for _ in range(epochs):
            noise = np.random.normal(size=(6, 2))
            made = self.generator.predict(noise)
            before = self.critic.get_weights()[0].copy()
            self.critic.trainable = True
            self.critic.train_on_batch(np.ones((6, 4)), valid)
            self.critic.train_on_batch(made, fake)
            assert (before != self.critic.get_weights()[0]).any()
            before = self.critic.get_weights()[0].copy()
            self.critic.trainable = False
            self.combined.train_on_batch(noise, valid)
            assert (before == self.critic.get_weights()[0]).all()


GAN().train(2)
