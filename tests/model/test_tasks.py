"""What each output is trained for, which layers follow each other, what callbacks watch, what folds go on with."""

from __future__ import annotations

import pytest

from kerasvae_lint.binding.build import build
from kerasvae_lint.keras.monitors import better
from kerasvae_lint.model import Module
from kerasvae_lint.source import decode
from kerasvae_lint.source.syntax import parse_code

BEFORE = """\
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
from sklearn.model_selection import KFold
import elsewhere
x, y = elsewhere.x, elsewhere.y
"""


def module_of(text: str) -> Module:
    tree, source = parse_code(decode((BEFORE + text).encode(), "a.py"))
    return Module(build(tree, source.text), source)


# tasks ------------------------------------------------------------------------------------------
ONE = "m = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation={0})])\nm.compile('sgd', {1})\n"


@pytest.mark.parametrize(
    ("activation", "loss", "expected"),
    [
        ("'softmax'", "'categorical_crossentropy'", ("softmax", "categorical_crossentropy", False, False)),
        ("None", "'mse'", ("linear", "mean_squared_error", True, None)),
        ("'tanh'", "keras.losses.Huber()", ("tanh", "huber", True, None)),
        (
            "None",
            "keras.losses.BinaryCrossentropy(from_logits=True)",
            ("linear", "binary_crossentropy", False, True),
        ),
        (
            "None",
            "keras.losses.BinaryCrossentropy(from_logits=elsewhere.z)",
            ("linear", "binary_crossentropy", False, None),
        ),
        ("elsewhere.act", "lambda a, b: a - b", ("", "", False, None)),
    ],
)
def test_an_output_and_its_loss(activation: str, loss: str, expected: tuple[object, ...]) -> None:
    (task,) = module_of(ONE.format(activation, loss)).tasks
    assert (task.activation, task.loss_name, task.is_regression, task.takes_logits) == expected


def test_each_output_of_several_has_its_own() -> None:
    text = """
i = keras.Input((4,))
a = layers.Dense(2, activation="softmax", name="a")(i)
b = layers.Dense(1, name="b")(i)
m = keras.Model(i, [a, b])
m.compile("sgd", {"b": "mse", "a": "categorical_crossentropy"}, metrics={"b": ["mae"]})
m.fit(x, [np.zeros((8, 2)), np.arange(8)])
m.compile("sgd", ["categorical_crossentropy", "mae"])
"""
    first, second, third, fourth = module_of(text).tasks
    assert [task.loss_name for task in (first, second)] == ["categorical_crossentropy", "mean_squared_error"]
    assert [len(task.metrics) for task in (first, second)] == [0, 1]
    assert [task.targets[0].shape for task in (first, second)] == [(8, 2), (8,)]
    assert [task.loss_name for task in (third, fourth)] == ["categorical_crossentropy", "mean_absolute_error"]
    assert not third.targets, "the fit stands before the second compile"


def test_targets_of_each_fit_and_of_validation() -> None:
    text = ONE.format("None", "'mse'") + (
        "m.fit(x, np.zeros((8, 3)), validation_data=(x, np.ones((4, 3))))\nm.fit(x, x)\n"
        "m.evaluate(x, np.ones((2, 3)))\n"
    )
    (task,) = module_of(text).tasks
    assert [target.shape for target in task.targets] == [(8, 3), None]
    assert [target.shape for target in task.validation_targets] == [(4, 3), (2, 3)]
    assert task.reconstructs


def test_a_model_with_a_step_of_its_own_is_not_standard() -> None:
    text = """
class Own(keras.Model):
    def train_step(self, data):
        return {}
i = keras.Input((4,))
m = Own(i, layers.Dense(1)(i))
m.compile("sgd", "mse")
"""
    (task,) = module_of(text).tasks
    assert not task.is_standard


# joints -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ("layers.Dense(8), layers.Dense(1)", [("nothing", "linear", False)]),
        ("layers.Dense(8), layers.Dropout(0.1), layers.Dense(1)", [("linear", "linear", False)]),
        ("layers.Dense(8), layers.Activation('tanh'), layers.Dense(1)", [("other", "tanh", False)]),
        ("layers.Dense(8, 'relu'), layers.BatchNormalization(), layers.Dense(1)", [("other", "relu", False)]),
        ("layers.Dense(8), layers.Reshape((2, 4)), layers.Dense(1)", [("linear", "linear", True)]),
        ("layers.Dense(8), layers.Lambda(elsewhere.f), layers.Dense(1)", []),
        ("layers.Dense(8), elsewhere.Layer(), layers.Dense(1)", []),
    ],
)
def test_what_stands_between_two_layers(layers: str, expected: list[object]) -> None:
    joints = module_of(f"m = keras.Sequential([keras.Input((4,)), {layers}])\n").joints
    assert [(joint.between, joint.activation, joint.flattens) for joint in joints] == expected


@pytest.mark.parametrize(
    "rest",
    [
        "m = keras.Model(i, layers.Dense(1)(layers.Add()([h, i])))",
        "m = keras.Model(i, [layers.Dense(1)(h), layers.Dense(2)(h)])",
        "code = keras.Model(i, h)\nm = keras.Model(i, layers.Dense(1)(h))",
    ],
)
def test_a_tensor_that_is_used_twice_is_no_joint(rest: str) -> None:
    assert not module_of(f"i = keras.Input((4,))\nh = layers.Dense(4)(i)\n{rest}\n").joints


# monitors ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "way"),
    [
        *(("val_loss", "min"), ("val_dice_loss", "min"), ("mae", "min"), ("val_root_mean_squared_error", "min")),
        *(("val_acc", "max"), ("val_auc", "max"), ("f1_score", "max"), ("val_mean_io_u", "max"), ("val_iou", "max")),
        *(("lr", ""), ("reward", ""), ("elbo", ""), ("my_number", ""), ("val_macc_count", "")),
    ],
)
def test_which_way_is_better(name: str, way: str) -> None:
    assert better(name) == way


def test_what_a_callback_watches() -> None:
    text = """
keras.callbacks.EarlyStopping()
keras.callbacks.ModelCheckpoint("f", "val_acc", mode="min")
keras.callbacks.ModelCheckpoint("f", monitor=elsewhere.name, save_best_only=True)
"""
    found = [monitor for _, monitor in module_of(text).monitors()]
    assert [(m.name, m.is_written, m.mode, m.decides) for m in found] == [
        ("val_loss", False, "auto", True),
        ("val_acc", True, "min", False),
        (None, True, "auto", True),
    ]


# folds ------------------------------------------------------------------------------------------
MADE = "m = keras.Sequential([keras.Input((4,)), layers.Dense(1)])\nm.compile('sgd', 'mse')\n"
FOLDS = "for a, b in KFold(3).split(x):\n"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (MADE + FOLDS + "    m.fit(x[a], y[a])\n", 1),
        (MADE + "for n, (a, b) in enumerate(KFold(3).split(x, y), 1):\n    m.fit(x[a], y[a])\n", 1),
        (MADE + FOLDS + "    m.set_weights(w)\n    m.fit(x[a], y[a])\n", 0),
        (MADE + FOLDS + "    reset(m)\n    m.fit(x[a], y[a])\n", 0),
        (
            FOLDS + "    m = keras.Sequential([layers.Dense(1)])\n    m.compile('sgd', 'mse')\n    m.fit(x[a], y[a])\n",
            0,
        ),
        (MADE + "for a in elsewhere.parts(x):\n    m.fit(x[a], y[a])\n", 0),
    ],
)
def test_a_model_that_goes_on_from_fold_to_fold(text: str, count: int) -> None:
    assert len(module_of(text).reused_models) == count


# broadcasts -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("difference", "count"),
    [
        *(
            ("np.arange(8.0) - m(z)", 1),
            ("m(z) - np.arange(8.0)", 1),
            ("tf.math.squared_difference(np.ones(8), m(z))", 1),
        ),
        *(("np.ones(8) - m.predict(z)", 1), ("np.ones(8) - m.predict(z)[:, 0]", 0), ("np.ones((8, 1)) - m(z)", 0)),
        *(("np.ones(8) - tf.squeeze(m(z))", 0), ("elsewhere.y - m(z)", 0), ("np.ones(1) - m(z)", 0)),
        ("keras.losses.mean_squared_error(np.ones(8), m(z))", 1),
    ],
)
def test_a_difference_of_all_pairs(difference: str, count: int) -> None:
    assert len(module_of(f"{MADE}z = np.zeros((8, 4))\nd = {difference}\n").broadcasts) == count
