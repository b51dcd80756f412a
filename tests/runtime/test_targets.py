"""What can be verified besides scripts: classes of a file, factories, notebooks with made data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.runtime.running import needs_runtime, verify, written
from tests.source.notebooks import cell, document

pytestmark = needs_runtime

LAYERS = """\
import tensorflow as tf


class Shift(tf.keras.layers.Layer):
    def __init__(self, units, rate=0.5, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.shift = self.add_weight(name="shift", shape=(input_shape[-1],), initializer="zeros")

    def call(self, inputs):
        return inputs + self.shift


class Mystery(tf.keras.layers.Layer):
    def __init__(self, configuration):
        super().__init__()

    def call(self, inputs):
        return inputs
"""


def test_classes_of_a_file_are_built_from_guesses(tmp_path: Path) -> None:
    written(tmp_path, LAYERS)
    answer = verify("program.py", "--output-format", "json", cwd=tmp_path)
    models = {model["name"]: model for model in answer.targets[0]["runs"][0]["models"]}
    assert answer.status == 0
    assert set(models) == {"Shift", "Mystery"}
    assert models["Shift"]["variables"][0]["verdict"] == "ok"
    (reason,) = models["Mystery"]["probes"]
    assert reason["verdict"] == "skip"
    assert "configuration" in reason["message"]


FACTORY = """\
import numpy as np
import keras


def model():
    inputs = keras.Input((6,))
    return keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Dense(4, activation="relu")(inputs)))


def unbuilt():
    return keras.Sequential([keras.layers.Dense(3)])


def with_batch():
    made = model()
    made.compile("sgd", "mae")
    return made, (np.ones((16, 6), "float32") * np.arange(6), np.random.random((16, 2)))


def batch():
    return np.random.random((32, 5)).astype("float32")


NOTHING = dict
"""


def test_factories(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "models.py").write_text(FACTORY)
    arguments = [
        "package.models:model",
        "package.models:with_batch",
        "package.models:unbuilt",
        "package.models:NOTHING",
    ]
    answer = verify(*arguments, "no.such:thing", "--output-format", "json", cwd=tmp_path)
    found = {target["target"]: target for target in answer.targets}
    assert answer.status == 2
    assert [found[name]["status"] for name in arguments] == ["ok", "ok", "error", "error"]
    assert "--input-shape" in found["package.models:unbuilt"]["reason"]
    assert "dict, not a Keras model" in found["package.models:NOTHING"]["reason"]
    assert "no module no" in found["no.such:thing"]["reason"]
    shaped = verify("package.models:unbuilt", "--input-shape", "5", "--output-format", "json", cwd=tmp_path)
    assert shaped.status == 0
    assert shaped.targets[0]["runs"][0]["models"][0]["variables"][0]["shape"] == [5, 3]
    data = verify("package.models:unbuilt", "--data", "package.models:batch", cwd=tmp_path)
    assert data.status == 0, data.out


SYNTHETIC = """\
import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
from tensorflow.keras.datasets import mnist

(x, y), (x_test, _) = mnist.load_data()
assert x.shape == (60000, 28, 28) and x.dtype == "uint8" and x.max() > 200 and y.max() == 9
(words, labels), _ = tf.keras.datasets.imdb.load_data(num_words=500)
assert len(words) == 25000 and max(words[0]) < 500
data, info = tfds.load("cifar10", split="train", with_info=True, as_supervised=True)
image, label = next(iter(data))
assert image.shape == (32, 32, 3) and info.features["label"].num_classes == 10
base = tf.keras.applications.MobileNetV2(input_shape=(32, 32, 3), include_top=False, weights="imagenet")
model = tf.keras.Sequential([tf.keras.Input((784,)), tf.keras.layers.Dense(784, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
flat = x.reshape(60000, 784) / 255.0
model.fit(flat, flat, epochs=3)
"""


@pytest.mark.parametrize("keras", ["2", "3"])
def test_synthetic_data_sets(keras: str, tmp_path: Path) -> None:
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"language": "python", "name": "python3", "display_name": "Python 3"}},
        "cells": [
            {
                "cell_type": "code",
                "metadata": {},
                "outputs": [],
                "source": "%matplotlib inline\n!pip install x\nget_ipython()",
            },
            {"cell_type": "code", "metadata": {}, "outputs": [], "source": SYNTHETIC},
        ],
    }
    written(tmp_path, json.dumps(notebook), "train.ipynb")
    answer = verify("train.ipynb", "--synthetic", "--keras", keras, "--output-format", "json", cwd=tmp_path)
    assert answer.targets[0]["reason"] == ""
    assert answer.status == 0
    assert answer.verdicts()["loss"] == "pass"


def test_a_notebook_is_fixed_and_written_back(tmp_path: Path) -> None:
    """Its cells are run as one program; the fix goes back into the cell, if what is fixed passes."""
    fixture = Path(__file__).resolve().parents[2] / "fixtures" / "KV103-reduction-as-minimum"
    bad, fixed = (
        document([cell(part) for part in (fixture / name).read_text(encoding="utf-8").split("\n\n\n")])
        for name in ("bad.py", "fixed.py")
    )
    written(tmp_path, json.dumps(bad, indent=1), "train.ipynb")
    answer = verify("train.ipynb", "--fix", "--write", "--output-format", "json", cwd=tmp_path)
    assert answer.status == 0
    assert answer.targets[0]["fixes"] == ["KV103"]
    assert (tmp_path / "train.ipynb").read_text(encoding="utf-8") == json.dumps(fixed, indent=1)
