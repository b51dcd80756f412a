"""Models that nobody can see: those whose loss is made of their own ends, and those that are compiled beside it."""
from tensorflow.keras import backend as K
from tensorflow.keras.optimizers import Adam

from nowhere import Network, penalty


def wrapped(network=None):
    if network is None:
        network = Network(4)
        network.build()
    network.model.add_loss(penalty(network.model.input, network.model.output))  # expect
    network.model.compile(optimizer=Adam())
    return network


def smooth(model):
    steep = K.square(K.gradients(K.sum(model.output, axis=1), model.input))
    model.add_loss(0.1 * steep)  # expect


def trained(x, inputs, outputs, mean, log_var, vae, by_squares):
    if by_squares:
        distance = K.square(inputs - outputs)
    else:
        distance = K.abs(inputs - outputs)
    kl = -0.5 * K.sum(1 + log_var - K.square(mean) - K.exp(log_var), axis=-1)
    vae.add_loss(distance)  # expect
    vae.add_loss(K.mean(kl))  # expect
    vae.compile(optimizer="adam")
    vae.fit(x)


def of_a_graph(model, step):
    model.add_loss(step)
    model.add_optimizer(step)


def collected(losses, value):
    losses.add_loss(K.mean(value))
