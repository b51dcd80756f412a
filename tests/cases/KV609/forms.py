"""Losses and metrics in the forms that real code has, and lookalikes."""
from functools import partial

import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras import layers


def network():
    inputs = keras.Input((4,))
    mean, log_var = layers.Dense(2)(inputs), layers.Dense(2)(inputs)
    return inputs, mean, log_var, keras.Model(inputs, layers.Dense(4)(mean))


def kl_of(mean, log_var):
    return -0.5 * K.sum(1 + log_var - K.square(mean) - K.exp(log_var), axis=-1)


def by_helper():
    inputs, mean, log_var, model = network()

    def reconstruction(target, output):
        return K.mean(K.square(target - output), axis=-1)

    def divergence(target, output):
        return kl_of(mean, log_var)

    model.compile(
        optimizer="adam",
        loss=lambda t, o: reconstruction(t, o) + divergence(t, o),  # expect
        metrics=[reconstruction, divergence],
    )


def by_metric():
    inputs, mean, log_var, model = network()

    def divergence(target, output):
        return K.mean(kl_of(mean, log_var))

    model.compile("adam", "mse", metrics=[divergence])  # expect


def computed_before():
    inputs, mean, log_var, model = network()
    kl = kl_of(mean, log_var)
    model.compile("adam", {"dense": lambda target, output: K.mean(kl)})  # expect


def by_partial():
    inputs, mean, log_var, model = network()

    def loss(target, output, mean):
        return K.mean(K.square(mean))

    model.compile("adam", partial(loss, mean=mean))  # expect


def by_default():
    inputs, mean, log_var, model = network()

    def loss(target, output, mean=mean):
        return K.mean(K.square(mean))

    model.compile("adam", loss)  # expect


class Divergence:
    def __init__(self, mean, log_var):
        self.mean = mean
        self.log_var = log_var

    def loss(self, target, output):
        return K.mean(kl_of(self.mean, self.log_var))


class DivergenceLoss(keras.losses.Loss):
    def __init__(self, mean):
        super().__init__()
        self.mean = mean

    def call(self, target, output):
        return tf.reduce_mean(tf.square(self.mean), axis=-1)


def by_objects():
    inputs, mean, log_var, model = network()
    model.compile("adam", loss=[Divergence(mean, log_var).loss])  # expect


def by_loss_object():
    inputs, mean, log_var, model = network()
    model.compile("adam", loss=DivergenceLoss(mean))  # expect


def no_function():
    inputs, mean, log_var, model = network()
    model.compile("adam", loss=kl_of(mean, log_var))  # expect


def by_name(sizes):
    name = ""

    def contractive(target, output):
        return K.mean(model.get_layer(name).output)

    for size in sizes:
        inputs = keras.Input((4,))
        name = f"code_{size}"
        model = keras.Model(inputs, layers.Dense(4)(layers.Dense(size, name=name)(inputs)))
        model.compile("adam", contractive)  # expect


def slices_of_the_output():
    inputs, mean, log_var, model = network()

    def loss(target, output):
        mean, log_var = output[:, :2], output[:, 2:]
        return kl_of(mean, log_var)

    model.compile("adam", loss)


def perceived(judge):
    inputs, mean, log_var, model = network()
    judge = keras.applications.VGG16()

    def loss(target, output):
        features = keras.Model(judge.input, judge.get_layer("block3_conv3").output)
        return K.mean(K.square(features(target) - features(output)))

    model.compile("adam", loss)


def structures():
    inputs, mean, log_var, model = network()
    structure = {"mean": mean}

    def loss(target, output):
        tf.nest.assert_same_structure(structure, output)
        assert isinstance(structure["mean"], object)
        print(mean)
        return K.mean(output) * K.int_shape(mean)[-1] / len(mean.shape)

    model.compile("adam", loss)
