"""One model of the file fixes its batch, a comment says `batch_shape`; the sampler of the other one is still wrong."""
from tensorflow import keras
from tensorflow.keras import backend as K

layers = keras.layers
batch_size, latent = 32, 2
recurrent_inputs = keras.Input(batch_shape=(batch_size, 10, 4))
recurrent = keras.Model(recurrent_inputs, layers.LSTM(3, stateful=False)(recurrent_inputs))

# inputs = keras.Input(batch_shape=(batch_size, 4))
inputs = keras.Input((4,))
mean, log_var = layers.Dense(latent)(inputs), layers.Dense(latent)(inputs)


def sampling(args):
    mu, spread = args
    epsilon = K.random_normal(shape=(batch_size, latent))  # expect
    return mu + K.exp(0.5 * spread) * epsilon


vae = keras.Model(inputs, layers.Dense(4)(layers.Lambda(sampling)([mean, log_var])))
