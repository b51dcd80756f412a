"""Small programs after what people report: each with the probes that are asked and the one that must fail, if any.

A program begins with ``HEAD``: arrays ``x`` and ``y``, and the usual names. Those that are for one Keras say so.
"""

from __future__ import annotations

from dataclasses import dataclass

HEAD = """\
import numpy as np
import tensorflow as tf
import keras
from keras import layers

x = np.random.default_rng(0).normal(size=(96, 6)).astype("float32")
y = x[:, :1]


def network(units=1, **kwargs):
    return keras.Sequential([keras.Input((6,)), layers.Dense(4, activation="tanh"), layers.Dense(units, **kwargs)])


def fitted(model, loss="mse", target=y, epochs=6, callbacks=()):
    model.compile("adam", loss)
    model.fit(x, target, epochs=epochs, verbose=0, callbacks=list(callbacks))
"""


@dataclass(frozen=True)
class Program:
    """What is run, and what must be said of it: ``fails`` is empty where every probe asked must pass or skip."""

    text: str
    fails: str
    asked: tuple[str, ...]
    keras: tuple[str, ...] = ("2", "3")
    fit: int = 1


PROGRAMS: dict[str, Program] = {}


def add(name: str, fails: str, text: str, asked: str = "", keras: str = "2 3", fit: int = 1) -> None:
    """One more."""
    probes = tuple((asked or fails).split())
    PROGRAMS[name] = Program(f"{HEAD}\n\n{text.strip()}\n", fails, probes, tuple(keras.split()), fit)


add("targets_of_another_length", "build", "model = network()\nmodel.compile('adam', 'mse')\nmodel.fit(x, y[:50])")
add("fit_before_compile", "build", "network().fit(x, y)")
add(
    "validation_data_of_another_width",
    "build",
    "model = network()\nmodel.compile('adam', 'mse')\nmodel.fit(x, y, validation_data=(x[:, :2], y))",
)
add(
    "callback_that_raises",
    "build",
    """
class Broken(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.missing.assign(1.0)


fitted(network(), callbacks=[Broken()])
""",
)
add(
    "callback_that_reads_the_validation_loss",
    "",
    """
class Reads(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.last = logs["val_loss"]


model = network()
model.compile("adam", "mse")
model.fit(x, y, epochs=3, verbose=0, validation_split=0.2, callbacks=[Reads()])
""",
    "build schedule",
)
add(
    "loop_that_raises_in_its_first_step",
    "build",
    """
dense, optimizer = layers.Dense(1), keras.optimizers.SGD(0.1)
for _ in range(50):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((dense(x) - y) ** 2)
    gradients = tape.gradient(loss, dense.trainable_variables)
    optimizer.apply_gradients(gradients[0])
""",
)
add("everything_frozen", "gradients", "model = network()\nmodel.trainable = False\nfitted(model)")
add(
    "discriminator_frozen_behind_its_compile",
    "gradients",
    """
judge, maker = network(activation="sigmoid"), keras.Sequential([keras.Input((2,)), layers.Dense(6)])
judge.compile("adam", "binary_crossentropy")
judge.trainable = False
noise = keras.Input((2,))
both = keras.Model(noise, judge(maker(noise)))
both.compile("adam", "binary_crossentropy")
for _ in range(9):
    judge.train_on_batch(x[:16], np.ones((16, 1)))
    both.train_on_batch(x[:16, :2], np.ones((16, 1)))
""",
    keras="3",
)
add(
    "base_unfrozen_without_compile",
    "gradients",
    """
base = keras.Sequential([keras.Input((6,)), layers.Dense(4, activation="tanh")])
base.trainable = False
model = keras.Sequential([keras.Input((6,)), base, layers.Dense(1)])
fitted(model, epochs=1)
base.trainable = True
model.fit(x, y, epochs=2, verbose=0)
""",
    fit=2,
    asked="build gradients",
)
add(
    "base_unfrozen_with_compile",
    "",
    """
base = keras.Sequential([keras.Input((6,)), layers.Dense(4, activation="tanh")])
base.trainable = False
model = keras.Sequential([keras.Input((6,)), base, layers.Dense(1)])
fitted(model, epochs=1)
base.trainable = True
fitted(model, epochs=2)
""",
    fit=2,
    asked="build gradients",
)
FREEZING = """
base = keras.Sequential([keras.Input((6,)), layers.Dense(4, activation="tanh"), layers.BatchNormalization()])
model = keras.Sequential([keras.Input((6,)), base, layers.Dense(1)])
fitted(model, epochs=1)
base.trainable = False
"""
add(
    "base_frozen_without_compile",
    "gradients",
    FREEZING + "model.fit(x, y, epochs=2, verbose=0)",
    fit=2,
    asked="build gradients",
)
add("base_frozen_with_compile", "", FREEZING + "fitted(model, epochs=2)", fit=2, asked="build gradients")
add(
    "base_frozen_between_compile_and_fit",
    "gradients",
    """
base = keras.Sequential([keras.Input((6,)), layers.Dense(4, activation="tanh")])
model = keras.Sequential([keras.Input((6,)), base, layers.Dense(1)])
model.compile("adam", "mse")
base.trainable = False
model.fit(x, y, epochs=2, verbose=0)
""",
    asked="build gradients",
    keras="2",
)
PENALTY = """
def loss(true, made):
    return tf.reduce_mean((true - made) ** 2) + {} * tf.reduce_mean(made**2)


"""
add(
    "schedule_in_a_global",
    "schedule",
    """
strength = 0.0


class Raise(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        global strength
        strength = epoch / 3

"""
    + PENALTY.format("strength")
    + "fitted(network(), loss, callbacks=[Raise()])",
)
add(
    "schedule_in_a_dictionary",
    "schedule",
    """
state = {"strength": 0.0}


def raised(epoch, logs):
    state["strength"] = epoch / 3

"""
    + PENALTY.format('state["strength"]')
    + "fitted(network(), loss, callbacks=[keras.callbacks.LambdaCallback(on_epoch_begin=raised)])",
)
add(
    "schedule_in_a_number_of_the_callback",
    "schedule",
    """
strength = tf.Variable(0.0, trainable=False)


class Raise(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.strength = 0.0

    def on_epoch_begin(self, epoch, logs=None):
        self.strength = epoch / 3

"""
    + PENALTY.format("strength")
    + "fitted(network(), loss, callbacks=[Raise()])",
)
add(
    "loss_weights_kept_by_the_callback",
    "schedule",
    """
class Shift(keras.callbacks.Callback):
    def __init__(self, first, second):
        super().__init__()
        self.first, self.second = first, second

    def on_epoch_end(self, epoch, logs=None):
        self.first *= 0.5
        self.second = 1.0 - self.first


inputs = keras.Input((6,))
hidden = layers.Dense(4, activation="tanh")(inputs)
model = keras.Model(inputs, [layers.Dense(1)(hidden), layers.Dense(1)(hidden)])
model.compile("adam", ["mse", "mse"], loss_weights=[0.9, 0.1])
model.fit(x, [y, -y], epochs=5, verbose=0, callbacks=[Shift(0.9, 0.1)])
""",
)
add(
    "schedule_that_binds_its_variable_anew",
    "schedule",
    """
strength = tf.Variable(1.0, trainable=False)


class Halve(keras.callbacks.Callback):
    def __init__(self, strength):
        super().__init__()
        self.strength = strength

    def on_epoch_end(self, epoch, logs=None):
        self.strength = self.strength * 0.5

"""
    + PENALTY.format("strength")
    + "fitted(network(), loss, callbacks=[Halve(strength)])",
)
add(
    "rate_by_its_old_name",
    "schedule",
    """
class Slower(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.optimizer.lr = 0.01 / (epoch + 1)


fitted(network(), callbacks=[Slower()])
""",
    keras="3",
)
add(
    "callback_that_keeps_count",
    "",
    """
batches = 0


class Count(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.best, self.sum, self.alpha = float("inf"), 0.0, 1.0

    def on_train_batch_end(self, batch, logs=None):
        global batches
        batches += 1

    def on_epoch_end(self, epoch, logs=None):
        self.best, self.sum = min(self.best, logs["loss"]), self.sum + logs["loss"]


fitted(network(), callbacks=[Count()])
""",
    "build schedule",
)
add(
    "head_of_a_later_phase",
    "",
    """
from keras import backend

first, second = tf.Variable(1.0, trainable=False), tf.Variable(0.0, trainable=False)


class Turn(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2:
            first.assign(0.0)
            second.assign(1.0)


inputs = keras.Input((6,))
hidden = layers.Dense(4, activation="tanh")(inputs)
model = keras.Model(inputs, [layers.Dense(1)(hidden), layers.Dense(1)(hidden)])
model.compile("adam", ["mse", "mse"], loss_weights=[first, second])
model.fit(x, [y, -y], epochs=5, verbose=0, callbacks=[Turn()])
""",
    "build gradients reaction schedule kl",
    keras="2",
)
add(
    "variable_of_a_lambda",
    "gradients",
    """
matrix = tf.Variable(tf.ones((6, 4)))
inputs = keras.Input((6,))
hidden = layers.Lambda(lambda t: tf.matmul(t, matrix), output_shape=(4,))(inputs)
fitted(keras.Model(inputs, layers.Dense(1)(hidden)))
""",
    keras="3",
)
add(
    "layer_of_a_lambda",
    "gradients",
    """
hidden = layers.Dense(4, activation="tanh")
hidden.build((None, 6))
inputs = keras.Input((6,))
outputs = layers.Dense(1)(layers.Lambda(lambda t: hidden(t), output_shape=(4,))(inputs))
fitted(keras.Model(inputs, outputs))
""",
    keras="3",
)
add(
    "variable_of_a_loss",
    "gradients",
    """
log_scale = tf.Variable(0.5)
fitted(network(), lambda true, made: tf.reduce_mean(tf.exp(-log_scale) * (true - made) ** 2 + log_scale))
""",
)
add(
    "weight_of_a_term",
    "",
    "share = tf.Variable(0.1)\n" + PENALTY.format("share") + "fitted(network(), loss)",
    "gradients",
)
add(
    "network_that_a_loss_looks_through",
    "",
    """
eyes = keras.Sequential([keras.Input((1,)), layers.Dense(3, activation="tanh")])
fitted(network(), lambda true, made: tf.reduce_mean((eyes(true) - eyes(made)) ** 2))
""",
    "gradients",
)
OWN_STEP = """
class Own(keras.Model):
    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((self(data[0], training=True) - data[1]) ** 2){}
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {{"loss": loss}}


inputs = keras.Input((6,))
fitted(Own(inputs, layers.Dense(1)(layers.Dense(4, {})(inputs))), None)
"""
add("sparse_weights_left_out", "loss", OWN_STEP.format("", "kernel_regularizer=keras.regularizers.L1(0.01)"))
add("small_outputs_left_out", "loss", OWN_STEP.format("", "activity_regularizer='l2'"))
add("sparse_weights_in", "", OWN_STEP.format(" + sum(self.losses)", "kernel_regularizer='l1'"), "loss")
DENSITY = """
import tensorflow_probability as tfp


def loss(true, made):
    return -tf.reduce_mean(tfp.distributions.Normal(made[:, :1], tf.nn.softplus(made[:, 1:])).{}(true))


fitted(network(2), loss)
"""
add("likelihood_itself", "loss", DENSITY.format("prob"))
add("logarithm_of_the_likelihood", "", DENSITY.format("log_prob"), "loss")
add(
    "model_that_gives_its_input_back",
    "",
    """
def sampling(heads):
    mean, log_variance = heads
    return mean + tf.exp(0.5 * log_variance) * tf.random.normal((tf.shape(mean)[0], 2))


class Losses(layers.Layer):
    def call(self, given):
        true, made, mean, log_variance = given
        kl = -0.5 * tf.reduce_sum(1 + log_variance - mean**2 - tf.exp(log_variance), -1)
        self.add_loss(tf.reduce_mean(tf.reduce_sum((true - made) ** 2, -1) + kl))
        return true


inputs = keras.Input((6,))
hidden = layers.Dense(4, activation="tanh")(inputs)
heads = [layers.Dense(2)(hidden), layers.Dense(2)(hidden)]
code = layers.Lambda(sampling, output_shape=(2,))(heads)
model = keras.Model(inputs, Losses()([inputs, layers.Dense(6)(code), *heads]))
model.compile("adam")
model.fit(x, epochs=2, verbose=0)
""",
    "noise kl",
)

OWN_STEP = """
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = layers.Dense(1)

    def call(self, inputs):
        return self.head(inputs)

    def train_step(self, data):
        inputs, targets = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(targets + 2.0 - self(inputs)))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"mse": loss}


model = Own()
model.compile("adam"COMPILED)
model.fit(x, y, validation_data=(x, y), verbose=0)
"""
add("train_step_without_test_step", "build", OWN_STEP.replace("COMPILED", ""))
add("train_step_with_a_loss_to_validate_by", "", OWN_STEP.replace("COMPILED", ", 'mse'"), asked="build")
