"""How several outputs get one function, and KLs that enter once."""
import tensorflow as tf
from tensorflow import keras


def divergence(mean, log_var):
    return -0.5 * tf.reduce_sum(1 + log_var - tf.square(mean) - tf.exp(log_var), axis=-1)


def error(target, output):
    return tf.reduce_sum(tf.square(target - output), axis=-1)


inputs = keras.Input((8,))
mean, log_var = keras.layers.Dense(2)(inputs), keras.layers.Dense(2)(inputs)
z = mean + tf.exp(0.5 * log_var) * tf.random.normal(tf.shape(mean))
outputs = [keras.layers.Dense(8, name="left")(z), keras.layers.Dense(8, name="right")(z)]


def with_kl(target, output):
    return error(target, output) + divergence(mean, log_var)


def with_half(target, output):
    return error(target, output) + 0.5 * divergence(mean, log_var)


def of_its_own(target, output):
    return error(target, output) + divergence(output[:, :4], output[:, 4:])


listed = keras.Model(inputs, outputs)
listed.compile("adam", loss=[with_kl, with_kl])  # expect
listed.fit(x, [y, y])

named = keras.Model(inputs, outputs)
named.compile("adam", loss={"left": with_kl, "right": with_kl}, loss_weights=[1.0, 1])  # expect
named.fit(x, [y, y])

alone = keras.Model(inputs, outputs)
alone.compile("adam", loss=with_kl)  # expect
alone.fit(x, [y, y])

once = keras.Model(inputs, outputs)
once.compile("adam", loss=[with_kl, error])
once.fit(x, [y, y])

halves = keras.Model(inputs, outputs)
halves.compile("adam", loss=[with_half, with_half])
halves.fit(x, [y, y])

own = keras.Model(inputs, outputs)
own.compile("adam", loss=[of_its_own, of_its_own])
own.fit(x, [y, y])

weighed = keras.Model(inputs, outputs)
weighed.compile("adam", loss=[with_kl, with_kl], loss_weights=[0.7, 0.3])
weighed.fit(x, [y, y])

unknown = keras.Model(inputs, outputs)
unknown.compile("adam", loss=[with_kl, with_kl], loss_weights=weights)
unknown.fit(x, [y, y])

single = keras.Model(inputs, outputs[0])
single.compile("adam", loss=with_kl)
single.fit(x, y)
