import numpy as np
from keras import backend as K
from keras.layers import Dense, Input
from keras.models import Model

inputs = Input(shape=(8,))
mean = Dense(2)(inputs)
encoder = Model(inputs, [mean, Dense(2)(inputs)], name="encoder")
latent = Input(shape=(2,))
decoder = Model(latent, Dense(8)(latent))
outer = Model(inputs, decoder(encoder(inputs)[0]))
outer.add_loss(K.mean(K.square(mean)))
outer.compile("adam")
outer.fit(np.ones((6, 8)), epochs=1)

made, _ = encoder(inputs)
right = Model(inputs, decoder(made))
right.add_loss(K.mean(K.square(made)))
right.compile("adam")
right.fit(np.ones((6, 8)), epochs=1)
