"""One unit under a softmax, an argmax or a loss over classes, and activations in a row, in models of every kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerasvae_lint import Settings, fix_source, lint_paths, lint_source

HEAD = """\
import sys
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.layers import Activation, Dense, Input, Softmax
from tensorflow.keras.models import Sequential

x, y = np.ones((8, 4)), np.ones((8, 1))
unknown = int(sys.argv[1])
"""
INPUT = "inputs = Input((4,))\n"
STEPS = "inputs = Input((6, 4))\n"
ONE = (
    'model = Sequential([Input((4,)), Dense(1, activation="sigmoid")])\nmodel.compile("adam", "binary_crossentropy")\n'
)
TWO = INPUT + 'heads = [Dense(n, activation="sigmoid")(inputs) for n in (3, 1)]\nmodel = keras.Model(inputs, heads)\n'


def codes(text: str, *skip: str) -> list[str]:
    """Of what is found, but for TensorFlow's functions on symbolic tensors (KV606)."""
    found = lint_source(HEAD + text, settings=Settings(preview=True))
    return [f.code for f in found if f.code not in ("KV606", *skip)]


def fixed(text: str, unsafe: bool = False) -> str:
    return fix_source(HEAD + text, unsafe=unsafe).text.removeprefix(HEAD)


SINGLE = {
    "a list": 'Sequential([Dense(1, activation="softmax")])',
    "a number by name": 'classes = 1\nSequential([Dense(classes, activation="softmax")])',
    "by position": 'Sequential([Dense(1, "softmax")])',
    "add": 'm = Sequential()\nm.add(Dense(1))\nm.add(Activation("softmax"))',
    "add in a loop": "m = Sequential()\nfor n in (8, 4, 1):\n    m.add(Dense(n))\nm.add(Softmax())",
    "behind a loop that nobody counts": "m = Sequential([Dense(8)])\nfor _ in range(unknown):\n    m.add(Dense(8))\n"
    'm.add(Dense(1, activation="softmax"))',
    "old names": 'm = Sequential()\nm.add(Dense(output_dim=1, input_dim=4))\nm.add(Activation("softmax"))',
    "functional": INPUT + 'keras.Model(inputs, Dense(1, activation="softmax")(inputs))',
    "a function": INPUT + "keras.Model(inputs, tf.nn.softmax(Dense(1)(inputs)))",
    "a function as activation": INPUT + "keras.Model(inputs, Dense(1, activation=tf.nn.softmax)(inputs))",
    "one of two": INPUT + 'keras.Model(inputs, [Dense(3, "softmax")(inputs), Dense(1, "softmax")(inputs)])',
    "an image of one channel": "inputs = Input((8, 8, 3))\n"
    'keras.Model(inputs, layers.Conv2D(1, 1, activation="softmax")(inputs))',
    "each step": STEPS + 'keras.Model(inputs, layers.TimeDistributed(Dense(1, activation="softmax"))(inputs))',
    "over the sequence's features": STEPS + "keras.Model(inputs, Softmax(axis=-1)(Dense(1)(inputs)))",
    "an axis that is named from the front": STEPS + "keras.Model(inputs, Softmax(axis=2)(Dense(1)(inputs)))",
    "through a nested model": INPUT + "body = Sequential([Dense(8, 'relu'), Dense(1)])\n"
    'keras.Model(inputs, Activation("softmax")(body(inputs)))',
    "a builder": 'def build(n):\n    return Sequential([Input((4,)), Dense(n, activation="softmax")])\n\nbuild(1)',
    "a builder of many": 'def build(n):\n    return Sequential([Dense(n, "softmax")])\n\nbuild(1)\nbuild(10)',
    "a class": "class Net(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
    '        self.head = Dense(1, activation="softmax")\n\n    def call(self, x):\n        return self.head(x)\n\n'
    'model = Net()\nmodel.compile("adam", "mse")\nmodel.fit(x, y)',
}
NOT_SINGLE = {
    "two": 'Sequential([Dense(2, activation="softmax")])',
    "unknown": 'Sequential([Dense(unknown, activation="softmax")])',
    "a default that nobody takes": 'def build(n=1):\n    return Sequential([Dense(n, activation="softmax")])',
    "sigmoid": 'Sequential([Dense(1, activation="sigmoid")])',
    "over time": STEPS + "keras.Model(inputs, Softmax(axis=1)(Dense(1)(inputs)))",
    "over time by a function": STEPS + "keras.Model(inputs, tf.nn.softmax(Dense(1)(inputs), axis=1))",
    "over time, flattened": STEPS + "keras.Model(inputs, Softmax()(layers.Flatten()(Dense(1)(inputs))))",
    "over time, permuted": STEPS + "keras.Model(inputs, Softmax()(layers.Permute((2, 1))(Dense(1)(inputs))))",
    "channels first": "Sequential([layers.Conv2D(1, 1, activation='softmax', data_format='channels_first')])",
    "an axis that is not known": STEPS + "keras.Model(inputs, Softmax(axis=unknown)(Dense(1)(inputs)))",
    "of either size": 'Sequential([Dense(1 if unknown else 3, activation="softmax")])',
    "inside an LSTM": 'Sequential([layers.LSTM(1, activation="softmax")])',
    "as it should be": 'Sequential([Dense(1, activation="sigmoid" if unknown else "softmax")])',
}


@pytest.mark.parametrize("text", SINGLE.values(), ids=SINGLE.keys())
def test_a_softmax_of_one_number(text: str) -> None:
    assert codes(text) == ["KV701"]


@pytest.mark.parametrize("text", NOT_SINGLE.values(), ids=NOT_SINGLE.keys())
def test_a_softmax_that_may_be_meant(text: str) -> None:
    assert codes(text) == []


def test_a_builder_of_many_is_told_at_the_number() -> None:
    (found,) = lint_source(HEAD + SINGLE["a builder of many"])
    assert (HEAD + SINGLE["a builder of many"]).split("\n")[found.location.row - 1] == "build(1)"
    assert found.fix is None


@pytest.mark.parametrize(
    ("written", "better"),
    [
        ('Dense(1, activation="softmax")', 'Dense(1, activation="sigmoid")'),
        ("Dense(1, activation='softmax')", "Dense(1, activation='sigmoid')"),
        ("Dense(1), layers.Softmax()", 'Dense(1), layers.Activation("sigmoid")'),
        ("Dense(1, activation=tf.nn.softmax)", "Dense(1, activation=tf.nn.sigmoid)"),
    ],
)
def test_a_sigmoid_in_its_place(written: str, better: str) -> None:
    text = f'model = Sequential([{written}])\nmodel.compile("adam", "binary_crossentropy")\n'
    assert fixed(text, unsafe=True) == text.replace(written, better)
    is_string = "'softmax'" in written.replace('"', "'")
    assert (fixed(text) != text) is is_string
    other = text.replace("binary_crossentropy", "mae")
    assert fixed(other) == other


def test_no_safe_fix_where_the_loss_takes_logits() -> None:
    text = 'm = Sequential([Dense(1, activation="softmax")])\n'
    text += 'm.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))\n'
    assert codes(text) == ["KV701"], "the root, and not KV409"
    assert fixed(text) == text


LOSSES = ['"categorical_crossentropy"', "keras.losses.CategoricalCrossentropy()", '"sparse_categorical_crossentropy"']
LOSSES += ["keras.losses.categorical_crossentropy", "keras.losses.SparseCategoricalCrossentropy(from_logits=True)"]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ["sigmoid", "linear", "tanh", None])
def test_a_loss_over_classes_of_one_unit(loss: str, activation: str | None) -> None:
    text = f'm = Sequential([Dense(1, activation={activation!r})])\nm.compile("adam", loss={loss})\n'
    assert codes(text) == ["KV710"]
    others = ("KV409", "KV702", "KV731")  # what is to be said of more than one unit
    assert codes(text.replace("Dense(1", "Dense(3"), *others) == []
    assert codes(text.replace("Dense(1", "Dense(unknown"), *others) == []


def test_labels_of_one_column() -> None:
    """One class by a setting: the argmax of one column is 0, as is the loss, and nobody is misled."""
    text = "m = Sequential([keras.Input((4,)), Dense(1)])\nm.compile('adam', loss)\n"
    loss = "def loss(y, p):\n    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels={}, logits=p)\n"
    assert codes(loss.format("tf.argmax(y, -1)") + text) == []
    assert codes(loss.format("y[:, 0]") + text) == ["KV710"]


def test_one_root_of_softmax_and_loss() -> None:
    text = 'm = Sequential([Dense(1, activation="softmax")])\nm.compile("adam", "categorical_crossentropy")\n'
    assert codes(text) == ["KV701"]


def test_the_loss_of_one_of_two_outputs() -> None:
    found = lint_source(
        HEAD + TWO + 'model.compile("adam", ["categorical_crossentropy", "categorical_crossentropy"])\n'
    )
    assert [f.code for f in found] == ["KV710"]


ARGMAX = {
    "predict": "np.argmax(model.predict(x), axis=1)",
    "by name": "p = model.predict(x)\nnp.argmax(p, -1)",
    "a method": "model.predict(x).argmax(axis=-1)",
    "a method, by position": "model.predict(x).argmax(1)",
    "a row": "np.argmax(model.predict(x)[0])",
    "rows": "p = model.predict(x)\n[np.argmax(p[i]) for i in range(8)]",
    "each row": "for row in model.predict(x):\n    np.argmax(row)",
    "tensorflow": "tf.argmax(model.predict(x), axis=-1)",
    "a call": "tf.math.argmax(model(x), axis=-1)",
    "a slice": "np.argmax(model.predict(x)[:4], axis=-1)",
}
NOT_ARGMAX = {
    "which sample": "np.argmax(model.predict(x))",
    "along the batch": "np.argmax(model.predict(x), axis=0)",
    "of the labels": "np.argmax(y, axis=1)",
    "of something else": "np.argmax(unknown, axis=1)",
}


@pytest.mark.parametrize("text", ARGMAX.values(), ids=ARGMAX.keys())
def test_an_argmax_of_one_unit(text: str) -> None:
    assert codes(ONE + text) == ["KV709"]
    assert codes(ONE.replace("Dense(1", "Dense(2") + text) == []


@pytest.mark.parametrize("text", NOT_ARGMAX.values(), ids=NOT_ARGMAX.keys())
def test_an_argmax_that_may_be_meant(text: str) -> None:
    assert codes(ONE + text) == []


def test_an_argmax_of_one_of_two_outputs() -> None:
    assert codes(TWO + "np.argmax(model.predict(x)[1], axis=1)\n") == ["KV709"]
    assert codes(TWO + "np.argmax(model.predict(x)[0], axis=1)\n") == []
    assert codes(TWO + "a, b = model.predict(x)\nb.argmax(axis=-1)\n") == ["KV709"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("np.argmax(model.predict(x), axis=1)", "(model.predict(x)[:, 0] > 0.5).astype(int)"),
        ("np.argmax(model.predict(x)[0])", "int(model.predict(x)[0][0] > 0.5)"),
        ("tf.argmax(model.predict(x), axis=1)", "tf.cast(model.predict(x)[:, 0] > 0.5, tf.int64)"),
        ("np.argmax(model.predict(x), axis=1, keepdims=True)", "np.argmax(model.predict(x), axis=1, keepdims=True)"),
    ],
)
def test_a_comparison_in_its_place(before: str, after: str) -> None:
    assert fixed(ONE + before) == ONE + after
    linear = ONE.replace("sigmoid", "linear")
    assert before in fixed(linear + before)


TWICE = {
    "layers": 'Sequential([Dense(3, activation="softmax"), Softmax()])',
    "sigmoids": 'Sequential([Dense(3), Activation("sigmoid"), Activation("sigmoid")])',
    "a function": INPUT + 'keras.Model(inputs, tf.nn.softmax(Dense(3, activation="softmax")(inputs)))',
    "a relu": 'Sequential([Dense(3, activation="relu"), Activation("softmax")])',
    "a layer of relu": 'Sequential([Dense(3), layers.ReLU(), Activation("sigmoid")])',
    "a model's output": 'm = Sequential([Dense(3, activation="softmax")])\nSequential([m, Softmax()])',
}
NOT_TWICE = {
    "a layer between": 'Sequential([Dense(3, activation="softmax"), Dense(3, activation="softmax")])',
    "a pooling between": 'Sequential([layers.Conv1D(3, 1, activation="relu"), layers.GlobalMaxPooling1D(), Softmax()])',
    "a normalization between": 'Sequential([Dense(3, "relu"), layers.BatchNormalization(), Softmax()])',
    "relus": 'Sequential([Dense(3, activation="relu"), layers.ReLU()])',
    "linear": 'Sequential([Dense(3, activation="linear"), Activation("softmax")])',
    "tanh": 'Sequential([Dense(3, activation="tanh"), Activation("softmax")])',
    "another axis": STEPS + 'keras.Model(inputs, Softmax(axis=1)(Dense(3, activation="softmax")(inputs)))',
    "a gate": INPUT
    + 'a = Dense(3, "sigmoid")(inputs)\nkeras.Model(inputs, layers.Multiply()([a, Dense(3, "relu")(inputs)]))',
    "either": 'Sequential([Dense(3, activation="relu" if unknown else None), Activation("softmax")])',
}


@pytest.mark.parametrize("text", TWICE.values(), ids=TWICE.keys())
def test_two_activations(text: str) -> None:
    assert codes(text) == ["KV711"]


@pytest.mark.parametrize("text", NOT_TWICE.values(), ids=NOT_TWICE.keys())
def test_activations_that_may_be_meant(text: str) -> None:
    assert codes(text) == []


def test_the_first_one_is_dropped() -> None:
    assert fixed('Sequential([Dense(3, activation="softmax"), Softmax()])') == "Sequential([Dense(3), Softmax()])"
    relu = 'Sequential([Dense(3, activation="relu", use_bias=False), Softmax()])'
    assert fixed(relu) == relu
    assert fixed(relu, unsafe=True) == "Sequential([Dense(3, use_bias=False), Softmax()])"
    model = TWICE["a model's output"]
    assert fixed(model, unsafe=True) == model, "the inner model has an output of its own"


def test_a_model_of_another_file(tmp_path: Path) -> None:
    made = "from tensorflow import keras\nlayers = keras.layers\n\n\ndef build(units, last):\n"
    made += "    return keras.Sequential([keras.Input((4,)), layers.Dense(8), layers.Dense(units, activation=last)])\n"
    (tmp_path / "models.py").write_text(made)
    run = HEAD + 'from models import build\n\nmodel = build(1, "sigmoid")\n'
    run += (
        'model.compile("adam", "categorical_crossentropy")\nnp.argmax(model.predict(x), axis=1)\nbuild(1, "softmax")\n'
    )
    (tmp_path / "run.py").write_text(run)
    found = [(f.code, run.split("\n")[f.location.row - 1]) for f in lint_paths([str(tmp_path)]).findings]
    assert found == [
        ("KV710", 'model.compile("adam", "categorical_crossentropy")'),
        ("KV709", "np.argmax(model.predict(x), axis=1)"),
        ("KV701", 'build(1, "softmax")'),
    ]
