"""A VAE with its loss as a tensor."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Dense, Input, Lambda
from tensorflow.keras.models import Model

tf.compat.v1.disable_eager_execution()


def sample(args):
    mean, log_var = args
    return mean + K.exp(0.5 * log_var) * K.random_normal(K.shape(mean))


inputs = Input(shape=(5,))
mean, log_var = Dense(2)(inputs), Dense(2)(inputs)
outputs = Dense(5)(Lambda(sample)([mean, log_var]))
vae = Model(inputs, outputs, name="vae")
rate = K.sum(1 + log_var - K.square(mean) - K.exp(log_var), axis=-1) * -0.5
vae.add_loss(K.mean(K.sum(K.square(inputs - outputs), axis=-1) + rate))
vae.add_metric(K.mean(rate), name="rate", aggregation="mean")
vae.compile(optimizer="adam")
history = vae.fit(np.ones((16, 5), "float32"), epochs=1, batch_size=8, verbose=0).history
assert "rate" in history and vae.name == "vae"
