"""The Input of the sampler's model fixes the batch: the noise fits it."""
from tensorflow import keras
from tensorflow.keras import backend as K

layers = keras.layers
batch_size, latent = 32, 2
inputs = keras.Input(batch_shape=(batch_size, 4))
mean, log_var = layers.Dense(latent)(inputs), layers.Dense(latent)(inputs)


def sampling(args):
    mu, spread = args
    epsilon = K.random_normal(shape=(batch_size, latent))
    return mu + K.exp(0.5 * spread) * epsilon


vae = keras.Model(inputs, layers.Dense(4)(layers.Lambda(sampling)([mean, log_var])))
