"""The batch size is an item of the settings that build the model."""
from tensorflow import keras
from tensorflow.keras import backend as K

layers = keras.layers


def build(params):
    def sampling(args):
        mu, spread = args
        epsilon = K.random_normal(shape=(params["batch_size"], params["latent"]))  # expect
        return mu + K.exp(0.5 * spread) * epsilon

    inputs = keras.Input((4,))
    mean, log_var = layers.Dense(params["latent"])(inputs), layers.Dense(params["latent"])(inputs)
    return keras.Model(inputs, layers.Dense(4)(layers.Lambda(sampling)([mean, log_var])))
