"""Trainings: what is done with a model in order of time, and what it is given, as ``kvlint show`` prints it."""

from __future__ import annotations

import pytest

from kerasvae_lint.binding.build import build
from kerasvae_lint.core.network import Network
from kerasvae_lint.keras.trainings import Training
from kerasvae_lint.model import Module
from kerasvae_lint.model.networks import networks_in
from kerasvae_lint.source import decode
from kerasvae_lint.source.syntax import parse_code

BEFORE = """\
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
import elsewhere
(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train = x_train / 255
x_test = x_test / 255
def own(a, b):
    return a - b
"""
MODEL = "model = keras.Sequential([layers.Flatten(), layers.Dense(10)])\n"


def network_of(text: str) -> Network:
    (found,) = networks_in(decode((BEFORE + text).encode(), "a.py"))
    return found


def trainings_of(text: str) -> list[Training]:
    tree, source = parse_code(decode((BEFORE + text).encode(), "a.py"))
    return Module(build(tree, source.text), source).trainings


COMPILED = [
    ('"adam", "mse"', "optimizer=Adam(learning_rate=0.001) | loss=mean_squared_error"),
    ("", "optimizer=RMSprop(learning_rate=0.001)"),
    ('optimizer="sgd"', "optimizer=SGD(learning_rate=0.01)"),
    ("keras.optimizers.Adam(1e-4)", "optimizer=Adam(learning_rate=0.0001)"),
    ("optimizer=keras.optimizers.SGD(lr=0.1)", "optimizer=SGD(learning_rate=0.1)"),
    ("optimizer=keras.optimizers.Adam(elsewhere.rate)", "optimizer=Adam"),
    ("optimizer=keras.optimizers.Adam(**elsewhere.options)", "optimizer=Adam"),
    (
        "optimizer=keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.1, 100, 0.9))",
        "optimizer=Adam(learning_rate=ExponentialDecay)",
    ),
    ("optimizer=elsewhere.optimizer", "optimizer=?"),
    (
        '"adam", keras.losses.CategoricalCrossentropy(from_logits=True), metrics=["accuracy", keras.metrics.AUC()]',
        "optimizer=Adam(learning_rate=0.001) | loss=categorical_crossentropy(from_logits=True) | metrics=accuracy, AUC",
    ),
    (
        '"adam", {"a": "bce", "b": keras.losses.Huber()}, metrics={"a": "acc"}',
        "optimizer=Adam(learning_rate=0.001) | loss=a: binary_crossentropy, b: huber | metrics=a: accuracy",
    ),
    ('"adam", elsewhere.loss', "optimizer=Adam(learning_rate=0.001) | loss=?"),
    ('"adam", lambda a, b: a - b', "optimizer=Adam(learning_rate=0.001) | loss=<lambda>"),
    ('"adam", own', "optimizer=Adam(learning_rate=0.001) | loss=own"),
    ('"adam", keras.losses.get(elsewhere.f() + 1)', "optimizer=Adam(learning_rate=0.001) | loss=?"),
    ("**elsewhere.options", "optimizer=?"),
]


@pytest.mark.parametrize(("arguments", "expected"), COMPILED)
def test_compiled(arguments: str, expected: str) -> None:
    (step,) = network_of(f"{MODEL}model.compile({arguments})\n").steps
    assert (step.method, step.line) == ("compile", 12)
    assert " | ".join(f"{name}={value}" for name, value in step.arguments) == expected


X = "x=keras.datasets.mnist train images, / 255"
Y = "y=keras.datasets.mnist train labels"
FITTED = [
    ("x_train, y_train, epochs=5, batch_size=32", f"{X} | {Y} | epochs=5 | batch_size=32"),
    ("x_train, keras.utils.to_categorical(y_train, 10)", f"{X} | {Y}, one-hot (10)"),
    ("x_train, y_train, epochs=elsewhere.EPOCHS", f"{X} | {Y} | epochs=elsewhere.EPOCHS"),
    ("x_train, y_train, validation_split=0.2", f"{X} | {Y} | validation=20 % of the data"),
    (
        "x_train, y_train, validation_data=(x_test, y_test)",
        f"{X} | {Y} | validation=keras.datasets.mnist test images, / 255",
    ),
    (
        "x_train, y_train, callbacks=[keras.callbacks.EarlyStopping(), elsewhere.c]",
        f"{X} | {Y} | callbacks=EarlyStopping, ?",
    ),
    (
        "tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(9).batch(8), epochs=2",
        f"{X}, shuffled | {Y}, shuffled | epochs=2",
    ),
    ("elsewhere.data", "x=? (elsewhere.data)"),
    ("x=elsewhere.x / 255, y=elsewhere.y", "x=?, / 255 | y=? (elsewhere.y)"),
    ("elsewhere.f(x_train), y_train", f"{X}, then f (not followed) | {Y}"),
    (
        "np.random.rand(8, 784), np.array([0, 1] * 4)",
        "x=random numbers | y=an array",
    ),
    ("*elsewhere.arguments", ""),
]


@pytest.mark.parametrize(("arguments", "expected"), FITTED)
def test_fitted(arguments: str, expected: str) -> None:
    (step,) = network_of(f"{MODEL}model.fit({arguments})\n").steps
    said = " | ".join(f"{name}={value}" for name, value in step.arguments)
    assert said == expected


def test_in_order_of_time() -> None:
    text = f"""{MODEL}model.compile("adam", "mse")
model.fit(x_train, y_train)
model.evaluate(x_test, y_test)
model.compile("sgd", "mse")
for epoch in range(3):
    model.train_on_batch(x_train[:8], y_train[:8])
model.predict(x_test)
"""
    assert [(step.method, step.line) for step in network_of(text).steps] == [
        ("compile", 12),
        ("fit", 13),
        ("evaluate", 14),
        ("compile", 15),
        ("train_on_batch", 17),
        ("predict", 18),
    ]
    (training,) = trainings_of(text)
    fit, batch = training.fits
    compiled = training.compiled_for(fit), training.compiled_for(batch)
    assert [step.optimizer.name for step in compiled if step is not None and step.optimizer] == ["Adam", "SGD"]


LOOP = """
optimizer = keras.optimizers.Adam(0.01)
loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
data = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(100).batch(64)
@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = loss_of(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    {step}
for epoch in range(3):
    for x, y in data:
        step(x, y)
"""
STEPPED = [
    "optimizer.apply_gradients(zip(gradients, model.trainable_variables))",
    "optimizer.apply_gradients([(g, v) for g, v in zip(gradients, model.trainable_variables)])",
    "optimizer.apply(gradients, model.trainable_variables)",
    "optimizer.minimize(lambda: loss_of(y, model(x)), model.trainable_variables)",
]


@pytest.mark.parametrize("code", STEPPED)
def test_own_loops(code: str) -> None:
    found = network_of(MODEL + LOOP.format(step=code))
    (step,) = found.steps
    assert step.method == "loop"
    assert dict(step.arguments) == {
        "optimizer": "Adam(learning_rate=0.01)",
        "loss": "sparse_categorical_crossentropy(from_logits=True)",
        "x": "keras.datasets.mnist train images, / 255, shuffled",
        "y": "keras.datasets.mnist train labels, shuffled",
    }
    assert found.layers[-1].outputs[0].shape == (None, 10)


def test_a_step_inside_of_fit_is_no_loop() -> None:
    found = network_of(OWN_STEP)
    assert [step.method for step in found.steps] == ["compile", "fit"]


OWN_STEP = """
class Model(keras.Model):
    def __init__(self):
        super().__init__()
        self.flatten = layers.Flatten()
        self.dense = layers.Dense(3)
    def call(self, x):
        return self.dense(self.flatten(x))
    def train_step(self, data):
        if isinstance(data, tuple):
            data = data[0]
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self(data))
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        return {"loss": loss}
model = Model()
model.compile("adam")
model.fit(x_train)
"""

FED = [
    ("x_train, y_train", (None, 28, 28)),
    ("x_train.reshape(-1, 784), y_train", (None, 784)),
    ("tf.data.Dataset.from_tensor_slices((x_train, y_train)).batch(8)", (None, 28, 28)),
    ("tf.data.Dataset.from_tensor_slices((x_train, y_train)).batch(8, drop_remainder=True)", (None, 28, 28)),
    ("keras.utils.image_dataset_from_directory('a', image_size=(32, 48))", (None, 32, 48, 3)),
    ("elsewhere.x, elsewhere.y", None),
    ("elsewhere.f(x_train), y_train", None),
]


@pytest.mark.parametrize(("arguments", "shape"), FED)
def test_a_model_that_declares_no_input_takes_the_shape_of_its_data(
    arguments: str, shape: tuple[object, ...] | None
) -> None:
    found = network_of(f"{MODEL}model.compile('adam', 'mse')\nmodel.fit({arguments})\n")
    assert found.inputs[0].shape == shape
    assert (found.params is None) is (shape is None)


def test_so_does_a_subclass() -> None:
    found = network_of(OWN_STEP)
    assert [layer.outputs[0].shape for layer in found.layers] == [(None, 784), (None, 3)]


def test_a_model_that_declares_its_input_keeps_it() -> None:
    text = "model = keras.Sequential([keras.Input((28, 28)), layers.Flatten()])\nmodel.fit(elsewhere.x, y_train)\n"
    assert network_of(text).inputs[0].shape == (None, 28, 28)


def test_facts_for_rules() -> None:
    (training,) = trainings_of(
        f"{MODEL}model.compile('adam', 'mse', metrics=['mae'])\n"
        "model.fit(x_train, y_train, epochs=3, batch_size=16, validation_split=0.1, shuffle=False)\n"
    )
    compiled, fit = training.steps
    assert compiled.rate == 0.001
    assert [metric.name for metric in compiled.metrics] == ["mean_absolute_error"]
    assert (fit.epochs, fit.batch_size, fit.validation_split, fit.shuffles) == (3, 16, 0.1, False)
    assert fit.x[0].is_scaled is True
    assert fit.y[0].classes == 10


def test_what_may_have_been_given_is_not_denied() -> None:
    (training,) = trainings_of(f"{MODEL}model.fit(x_train, y_train, **elsewhere.options)\n")
    (fit,) = training.steps
    assert (fit.epochs, fit.validation_split, fit.shuffles) == (None, None, None)
