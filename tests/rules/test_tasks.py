"""Outputs, losses, metrics and targets together: one finding for one root, in every spelling, and silence beside it."""

from __future__ import annotations

import pytest

from kerasvae_lint import Settings, fix_source, lint_source

CODES = ("KV409", "KV701", "KV702", "KV707", "KV710", "KV711", "KV714", "KV719", "KV722", "KV723", "KV731")
SETTINGS = Settings(select=CODES, preview=True)
STABLE = Settings(select=CODES)
BEFORE = """\
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.datasets import make_classification, make_multilabel_classification, make_regression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler, MultiLabelBinarizer, StandardScaler
from tensorflow import keras
from tensorflow.keras import layers
import elsewhere

tf.random.set_seed(0)
"""


def program(output: str, loss: str, y: str, metrics: str = "") -> str:
    given = f", metrics=[{metrics}]" if metrics else ""
    return (
        f"{BEFORE}model = keras.Sequential([keras.Input((4,)), layers.Dense(8, activation='relu'), {output}])\n"
        f"model.compile('adam', {loss}{given})\nmodel.fit(elsewhere.x, {y})\n"
    )


def codes(text: str, settings: Settings = SETTINGS) -> list[str]:
    return sorted({finding.code for finding in lint_source(text, "a.py", settings)})


LABELS = "make_classification()[1]"
NUMBERS = "make_regression()[1]"
SIGNS = "np.where(elsewhere.x > 0, 1, -1)"
FOUND = [
    ("layers.Dense(1, activation='sigmoid')", "'mse'", NUMBERS, "", "KV714"),
    ("layers.Dense(1, activation=tf.nn.sigmoid)", "keras.losses.Huber()", NUMBERS, "", "KV714"),
    ("layers.Dense(1), layers.Activation('tanh')", "'mae'", "100 * np.random.rand(50)", "", "KV714"),
    ("layers.Dense(1), layers.ReLU()", "'mse'", NUMBERS, "", "KV714"),
    ("layers.Dense(1, 'relu')", "'mse'", "StandardScaler().fit_transform(elsewhere.y)", "", "KV714"),
    ("layers.Dense(1, 'sigmoid')", "'mse'", "keras.datasets.boston_housing.load_data()[0][1]", "'mae'", "KV714"),
    ("layers.Dense(1, 'sigmoid')", "'mse'", "pd.read_csv('a.csv')['price']", "'mae'", "KV714"),
    ("layers.Dense(1, 'relu')", "'mse'", "np.random.uniform(5, 9, 100)", "'mae'", "KV714"),
    ("layers.Dense(1, 'softmax')", "'mse'", NUMBERS, "", "KV701"),
    ("layers.Dense(1, 'softmax')", "'binary_crossentropy'", SIGNS, "'binary_accuracy'", "KV701"),
    ("layers.Dense(1, 'relu')", "'binary_crossentropy'", LABELS, "", "KV702"),
    ("layers.Dense(3, 'elu')", "'sparse_categorical_crossentropy'", LABELS, "", "KV702"),
    ("layers.Dense(1), layers.Activation(tf.nn.tanh)", "keras.losses.BinaryCrossentropy()", LABELS, "", "KV702"),
    ("layers.Dense(1)", "'binary_crossentropy'", LABELS, "", "KV409"),
    ("layers.Dense(1, 'relu')", "'categorical_crossentropy'", LABELS, "", "KV710"),
    ("layers.Dense(1, 'sigmoid')", "'CategoricalCrossentropy'", LABELS, "", "KV710"),
    ("layers.Dense(1)", "'BinaryCrossentropy'", LABELS, "", "KV409"),
    ("layers.Dense(1)", "'mse'", NUMBERS, "'accuracy'", "KV707"),
    ("layers.Dense(1)", "'mae'", "elsewhere.y", "'acc'", "KV707"),
    ("layers.Dense(2)", "keras.losses.LogCosh()", "elsewhere.y", "keras.metrics.Accuracy()", "KV707"),
    ("layers.Dense(1, 'relu')", "'mse'", "elsewhere.y", "'accuracy'", "KV707"),
    ("layers.Dense(1, 'sigmoid')", "'binary_crossentropy'", SIGNS, "'accuracy'", "KV722"),
    ("layers.Dense(1, 'sigmoid')", "keras.losses.BinaryCrossentropy()", f"2 * {LABELS} - 1", "", "KV722"),
    ("layers.Dense(1, 'sigmoid')", "'binary_crossentropy'", "make_classification(n_classes=3)[1]", "", "KV722"),
    ("layers.Dense(1, 'sigmoid')", "'binary_crossentropy'", "pd.read_csv('a')['y'].map({'a': 1, 'b': 2})", "", "KV722"),
    ("layers.Dense(1, 'sigmoid')", "'binary_crossentropy'", NUMBERS, "", "KV722"),
    ("layers.Dense(3, 'softmax')", "'sparse_categorical_crossentropy'", "np.array([1, 2, 3, 3])", "", "KV722"),
    ("layers.Dense(3, 'softmax')", "'sparse_categorical_crossentropy'", "np.array([0, 1, -1, 1])", "", "KV722"),
    (
        "layers.Dense(10, 'softmax')",
        "'sparse_categorical_crossentropy'",
        "keras.datasets.mnist.load_data()[0][1] / 255",
        "",
        "KV722",
    ),
    (
        "layers.Dense(3, 'softmax')",
        "'categorical_crossentropy'",
        "make_multilabel_classification(n_classes=3)[1]",
        "",
        "KV723",
    ),
    (
        "layers.Dense(9), layers.Softmax()",
        "'binary_crossentropy'",
        "MultiLabelBinarizer().fit_transform(elsewhere.tags)",
        "",
        "KV723",
    ),
    ("layers.Dense(3, 'sigmoid')", "keras.losses.CategoricalCrossentropy()", "elsewhere.y", "", "KV731"),
    ("layers.Dense(9, 'softmax')", "'categorical_crossentropy'", "elsewhere.y", "'binary_accuracy'", "KV719"),
    (
        "layers.Dense(2, 'softmax')",
        "'sparse_categorical_crossentropy'",
        "elsewhere.y",
        "keras.metrics.BinaryAccuracy()",
        "KV719",
    ),
    (
        "layers.Dense(9, 'softmax')",
        "'sparse_categorical_crossentropy'",
        "elsewhere.y",
        "keras.metrics.categorical_accuracy",
        "KV719",
    ),
    ("layers.Dense(1, 'sigmoid')", "'binary_crossentropy'", "elsewhere.y", "'categorical_accuracy'", "KV719"),
    ("layers.Dense(1, 'sigmoid')", "'binary_crossentropy'", "elsewhere.y", "keras.metrics.Accuracy()", "KV719"),
    ("layers.Dense(1, 'sigmoid')", "'binary_crossentropy'", "elsewhere.y", "keras.metrics.MeanIoU(2)", "KV719"),
    ("layers.Dense(1)", "keras.losses.BinaryCrossentropy(from_logits=True)", "elsewhere.y", "'accuracy'", "KV719"),
]


@pytest.mark.parametrize(("output", "loss", "y", "metrics", "code"), FOUND)
def test_one_finding_says_the_root(output: str, loss: str, y: str, metrics: str, code: str) -> None:
    assert codes(program(output, loss, y, metrics)) == [code]


SILENT = [
    ("layers.Dense(1)", "'mse'", NUMBERS, "'mae'"),
    ("layers.Dense(1, 'sigmoid')", "'mse'", LABELS, "'accuracy'"),
    ("layers.Dense(1, 'sigmoid')", "'mse'", "elsewhere.y", "'accuracy'"),
    ("layers.Dense(1, 'sigmoid')", "'mse'", "elsewhere.y", ""),
    ("layers.Dense(1, 'sigmoid')", "'mse'", "MinMaxScaler().fit_transform(elsewhere.y)", "'mae'"),
    ("layers.Dense(1, 'tanh')", "'mse'", "np.sin(elsewhere.x)", "'mae'"),
    ("layers.Dense(1, 'tanh')", "'mse'", SIGNS, ""),
    ("layers.Dense(1, 'relu')", "'mse'", "elsewhere.y", ""),
    ("layers.Dense(1, elsewhere.f)", "'mse'", NUMBERS, ""),
    ("layers.Dense(1, 'sigmoid'), elsewhere.layer", "'mse'", NUMBERS, ""),
    ("layers.Dense(1, 'sigmoid')", "elsewhere.loss", NUMBERS, ""),
    ("layers.Dense(4, 'sigmoid')", "'mse'", "elsewhere.x", ""),
    ("layers.Dense(10, 'softmax')", "'mse'", "keras.datasets.mnist.load_data()[0][1]", ""),
    ("layers.Dense(2)", "'mse'", "keras.utils.to_categorical(elsewhere.y)", "'accuracy'"),
    ("layers.Dense(1)", "'mse'", "elsewhere.y > 1", "'accuracy'"),
    ("layers.Dense(1)", "'mse'", NUMBERS, "elsewhere.accuracy"),
    ("layers.Dense(1, 'relu')", "'hinge'", SIGNS, ""),
    ("layers.Dense(3, 'softplus')", "'categorical_crossentropy'", "elsewhere.y", ""),
    ("layers.Dense(1), layers.ReLU(max_value=1)", "'binary_crossentropy'", LABELS, ""),
    ("layers.Dense(1, 'relu'), layers.Dense(1, 'sigmoid')", "'binary_crossentropy'", LABELS, "'accuracy'"),
    ("layers.Dense(1, 'relu')", "keras.losses.BinaryCrossentropy(from_logits=elsewhere.b)", LABELS, ""),
    ("layers.Dense(1, 'sigmoid')", "'binary_crossentropy'", "elsewhere.y", "'accuracy'"),
    ("layers.Dense(1, 'sigmoid')", "'binary_crossentropy'", "make_classification(n_classes=elsewhere.n)[1]", ""),
    ("layers.Dense(1, 'sigmoid')", "'binary_crossentropy'", "np.random.uniform(0, 1, 100)", ""),
    ("layers.Dense(1, 'tanh')", "'hinge'", SIGNS, ""),
    ("layers.Dense(4, 'softmax')", "'sparse_categorical_crossentropy'", "np.array([1, 2, 3, 3])", ""),
    (
        "layers.Dense(10, 'softmax')",
        "'sparse_categorical_crossentropy'",
        "keras.datasets.reuters.load_data()[0][1]",
        "",
    ),
    ("layers.Dense(3, 'softmax')", "'categorical_crossentropy'", "pd.get_dummies(elsewhere.y)", "'accuracy'"),
    ("layers.Dense(3, 'sigmoid')", "'binary_crossentropy'", "elsewhere.y", "'binary_accuracy'"),
    ("layers.Dense(2, 'softmax')", "'categorical_crossentropy'", "elsewhere.y", "'binary_accuracy'"),
    ("layers.Dense(elsewhere.n, 'softmax')", "'categorical_crossentropy'", "elsewhere.y", "'binary_accuracy'"),
    (
        "layers.Dense(9, 'softmax')",
        "'sparse_categorical_crossentropy'",
        "elsewhere.y",
        "keras.metrics.MeanIoU(9, sparse_y_pred=False)",
    ),
    (
        "layers.Dense(1)",
        "keras.losses.BinaryCrossentropy(from_logits=True)",
        "elsewhere.y",
        "keras.metrics.BinaryAccuracy(threshold=0.0)",
    ),
]


@pytest.mark.parametrize(("output", "loss", "y", "metrics"), SILENT)
def test_what_is_no_fault_is_left_alone(output: str, loss: str, y: str, metrics: str) -> None:
    assert codes(program(output, loss, y, metrics)) == []


PREVIEW = [
    ("layers.Dense(1, 'sigmoid')", "'mse'", "pd.read_csv('a.csv')['price']", "'mae'"),
    ("layers.Dense(1, 'relu')", "'mse'", "np.random.uniform(5, 9, 100)", "'mae'"),
    ("layers.Dense(3, 'sigmoid')", "'categorical_crossentropy'", "elsewhere.y", ""),
    ("layers.Dense(1)", "keras.losses.BinaryCrossentropy(from_logits=True)", "elsewhere.y", "'accuracy'"),
]


@pytest.mark.parametrize(("output", "loss", "y", "metrics"), PREVIEW)
def test_what_is_not_sure_is_said_in_preview_only(output: str, loss: str, y: str, metrics: str) -> None:
    assert codes(program(output, loss, y, metrics))
    assert codes(program(output, loss, y, metrics), STABLE) == []


def test_the_accuracy_of_an_autoencoder_is_left_alone() -> None:
    text = program("layers.Dense(4)", "'mse'", "data", "'accuracy'").replace("fit(elsewhere.x", "fit(data")
    assert codes(f"data = 0\n{text}".replace("model = ", "data = elsewhere.load()\nmodel = ")) == []
    assert codes(text.replace("fit(data, data)", "fit(elsewhere.x, elsewhere.y)")) == ["KV707"]


TABLE = """
table = pd.read_csv('digits.csv')
x = table.drop([{dropped}], axis=1)
y = table['label']
x_train, x_test, y_train, y_test = train_test_split(x, y)
x_train = x_train / 255.0
y_train = y_train / {by}
model = keras.Sequential([keras.Input((784,)), layers.Dense(10, 'softmax')])
model.compile('adam', '{loss}')
"""


@pytest.mark.parametrize(
    ("dropped", "by", "loss", "found"),
    [
        ("'label'", "255.0", "sparse_categorical_crossentropy", ["KV722"]),
        ("'label'", "10", "sparse_categorical_crossentropy", []),
        ("'id'", "255.0", "sparse_categorical_crossentropy", []),
        ("'label'", "255.0", "categorical_crossentropy", []),
    ],
)
def test_a_column_that_is_divided_as_pixels_are(dropped: str, by: str, loss: str, found: list[str]) -> None:
    assert codes(BEFORE + TABLE.format(dropped=dropped, by=by, loss=loss)) == found


SEVERAL = """
inputs = keras.Input((4,))
price = layers.Dense(1, activation='sigmoid', name='price')(inputs)
kind = layers.Dense(1, activation='sigmoid', name='kind')(inputs)
model = keras.Model(inputs, [price, kind])
model.compile('adam', {losses}, metrics={metrics})
model.fit(elsewhere.x, [make_regression()[1], make_classification()[1]])
"""


@pytest.mark.parametrize(
    ("losses", "metrics", "found"),
    [
        ("['mse', 'binary_crossentropy']", "['mae', 'accuracy']", ["KV714"]),
        ("{'price': 'mse', 'kind': 'binary_crossentropy'}", "{'kind': 'accuracy'}", ["KV714"]),
        ("['mse', 'binary_crossentropy']", "[['mae'], ['accuracy']]", ["KV714"]),
        ("['mse', 'binary_crossentropy']", "[['mae', 'accuracy'], ['accuracy']]", ["KV707", "KV714"]),
        ("['binary_crossentropy', 'mse']", "[[], []]", ["KV722"]),
    ],
)
def test_each_output_has_its_own(losses: str, metrics: str, found: list[str]) -> None:
    assert codes(BEFORE + SEVERAL.format(losses=losses, metrics=metrics)) == found


@pytest.mark.parametrize(
    ("after", "unsafe", "changed"),
    [
        ("", False, True),
        ("print('accuracy:', model.evaluate(elsewhere.x, elsewhere.y)[1])\n", False, False),
        ("print('accuracy:', model.evaluate(elsewhere.x, elsewhere.y)[1])\n", True, True),
        ("print(history.history['val_accuracy'])\n", True, False),
    ],
)
def test_the_accuracy_is_replaced_where_nothing_asks_for_it(after: str, unsafe: bool, changed: bool) -> None:
    text = program("layers.Dense(1)", "'mse'", NUMBERS, '"accuracy"') + after
    fixed = fix_source(text, "a.py", SETTINGS, unsafe=unsafe).text
    assert ('metrics=["mae"]' in fixed) is changed


@pytest.mark.parametrize(
    ("metric", "fixed"),
    [
        ("'binary_accuracy'", "'categorical_accuracy'"),
        ("keras.metrics.BinaryAccuracy(name='a')", "keras.metrics.CategoricalAccuracy(name='a')"),
        ("keras.metrics.binary_accuracy", "keras.metrics.categorical_accuracy"),
        ("keras.metrics.Accuracy()", '"accuracy"'),
    ],
)
def test_the_metric_that_fits(metric: str, fixed: str) -> None:
    text = program("layers.Dense(9, activation='softmax')", "'categorical_crossentropy'", "elsewhere.y", metric)
    assert fix_source(text, "a.py", SETTINGS).text == text.replace(metric, fixed)
    watched = f"{text}stop = keras.callbacks.EarlyStopping(monitor='val_binary_accuracy')\n"
    kept = metric.endswith("Accuracy()")
    assert (fix_source(watched, "a.py", SETTINGS).text == watched) is not kept


@pytest.mark.parametrize(
    ("output", "fixed"),
    [
        ("layers.Dense(1, activation='sigmoid')", "layers.Dense(1)"),
        ("layers.Dense(1, activation=tf.nn.sigmoid)", "layers.Dense(1)"),
        ("layers.Dense(1), layers.Activation('sigmoid')", "layers.Dense(1), layers.Activation('linear')"),
        ("layers.Dense(1, 'sigmoid')", "layers.Dense(1, 'linear')"),
    ],
)
def test_the_activation_is_dropped(output: str, fixed: str) -> None:
    text = program(output, "'mse'", NUMBERS)
    assert fix_source(text, "a.py", SETTINGS).text == text
    assert fix_source(text, "a.py", SETTINGS, unsafe=True).text == text.replace(output, fixed)


@pytest.mark.parametrize(
    ("optimizer", "found"),
    [
        ("Adamax(1.0)", ["KV734"]),
        ("Adamax(learning_rate=0.5)", []),
        ("Nadam(0.3)", ["KV734"]),
        ("Nadam(0.1)", []),
        ("AdamW(learning_rate=1.0)", ["KV734"]),
        ("AdamW(0.1)", []),
        ("Adagrad(1.0)", []),
    ],
)
def test_each_optimizer_has_a_bound_of_its_own(optimizer: str, found: list[str]) -> None:
    text = program("layers.Dense(1)", "'mse'", NUMBERS).replace("'adam'", f"keras.optimizers.{optimizer}")
    assert codes(text, Settings(select=("KV734",), preview=True)) == found
