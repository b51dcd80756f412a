"""A factor of a loss that starts at 0 and that nobody can set, beside those that somebody may."""

from tensorflow import keras
from tensorflow.keras import backend as K

from elsewhere import full_loss, start


def kl_loss(mean, log_var):
    return -0.5 * K.sum(1 + log_var - K.square(mean) - K.exp(log_var), axis=-1)


def vae_loss(target, output, mean, log_var, weight):
    return K.mean(K.sum(K.square(target - output), axis=-1) + weight * kl_loss(mean, log_var))


def layers():
    x = keras.Input((4,))
    mean, log_var = keras.layers.Dense(2)(x), keras.layers.Dense(2)(x)
    output = keras.layers.Dense(4)(mean)
    return x, mean, log_var, output, keras.Model(x, output)


def build():
    x, mean, log_var, output, model = layers()
    weight = K.variable(0.0)  # expect
    model.add_loss(vae_loss(x, output, mean, log_var, weight))
    return model


def build_by_another():
    x, mean, log_var, output, model = layers()
    weight = K.variable(0.0)  # expect
    model.add_loss(full_loss(x, output, mean, log_var, weight))
    return model


def build_in_a_closure():
    _, mean, log_var, _, model = layers()
    beta = K.variable(value=0)  # expect

    def loss(y_true, y_pred):
        return K.mean(K.square(y_true - y_pred)) + beta * K.mean(kl_loss(mean, log_var))

    model.compile("adam", loss)
    return model


def build_and_return():
    x, mean, log_var, output, model = layers()
    weight = K.variable(0.0)
    model.add_loss(vae_loss(x, output, mean, log_var, weight))
    return model, weight


def build_and_keep():
    x, mean, log_var, output, model = layers()
    weight = K.variable(0.0)
    model.kl_weight = weight
    model.add_loss(vae_loss(x, output, mean, log_var, weight))
    return model


def build_and_start():
    x, mean, log_var, output, model = layers()
    weight = K.variable(0.0)
    start(weight)
    model.add_loss(vae_loss(x, output, mean, log_var, weight))
    return model


def build_fixed():
    x, mean, log_var, output, model = layers()
    weight = K.variable(0.5)
    model.add_loss(vae_loss(x, output, mean, log_var, weight))
    return model


def build_and_set():
    x, mean, log_var, output, model = layers()
    weight = K.variable(0.0)
    model.add_loss(vae_loss(x, output, mean, log_var, weight))
    K.set_value(weight, 0.5)
    return model
