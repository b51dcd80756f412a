import numpy as np
from keras.layers import Dense, Input
from keras.models import Model, Sequential
from keras.optimizers import Adam


class GAN:
    def __init__(self):
        self.shape = (4, 4, 1)
        optimizer = Adam(0.0002, 0.5)
        self.critic = Sequential([Dense(1, activation="sigmoid")])
        self.critic.compile(loss="binary_crossentropy", optimizer=optimizer)
        self.critic.compile(loss="mse", optimizer=optimizer)
        z = Input((3,))
        self.both = Model(z, self.critic(Dense(int(np.prod(self.shape)))(z)))
        self.both.compile(optimizer.from_config(optimizer.get_config()), "binary_crossentropy")


labels = np.array([0, 2, 1])
classes = np.max(labels) + 1
head = Dense(int(classes))
exact = Dense(int(labels.max()))
