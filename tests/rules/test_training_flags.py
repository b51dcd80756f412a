"""KV616: which calls lose their mode in a functional model of Keras 3, when a base is trainable, what a fix is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kerasvae_lint import Settings, fix_source, lint_paths, lint_source

HEAD = """\
import keras
import tensorflow as tf
from keras import layers

inputs = keras.Input((32, 32, 3))
"""
BASE = """\
base = keras.applications.ResNet50(include_top=False, weights=None)
{before}
features = base(inputs, training=False)
model = keras.Model(inputs, layers.Dense(1)(features))
model.compile("adam", "mse")
model.fit(x, y)
{after}
model.compile("adam", "mse")
model.fit(x, y)
"""
FROZEN = "base.trainable = False"


def rows(text: str) -> list[int]:
    return [finding.location.row for finding in lint_source(text) if finding.code == "KV616"]


def is_found(text: str) -> bool:
    return bool(rows(HEAD + text))


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("", "", True),
        (FROZEN, "", False),
        (FROZEN, "base.trainable = True", True),
        (FROZEN, "model.layers[1].trainable = True", True),
        (FROZEN, "for layer in base.layers:\n    layer.trainable = True", True),
        (FROZEN, "for layer in base.layers[-20:]:\n    layer.trainable = True", True),
        (FROZEN, "base.trainable = True\nfor layer in base.layers[:100]:\n    layer.trainable = False", True),
        (FROZEN, "base.trainable = True\nfor layer in base.layers:\n    layer.trainable = False", False),
        (FROZEN, "if fine_tune:\n    base.trainable = True", True),
        ("for layer in base.layers:\n    layer.trainable = False", "", False),
        ("for i, layer in enumerate(base.layers):\n    layer.trainable = False", "", False),
        ("if freeze:\n    base.trainable = False", "", False),
        # Keras 3 on TensorFlow: setting what is set already tells no layer
        (FROZEN, "model.trainable = True", False),
        (FROZEN, "model.trainable = False\nmodel.trainable = True", True),
        (
            FROZEN,
            "base.trainable = True\nfor layer in base.layers:\n"
            "    if isinstance(layer, layers.BatchNormalization):\n        layer.trainable = False",
            False,
        ),
        (
            FROZEN,
            "for layer in base.layers[-20:]:\n"
            "    if not isinstance(layer, layers.BatchNormalization):\n        layer.trainable = True",
            False,
        ),
        (
            FROZEN,
            "base.trainable = True\nfor layer in base.layers:\n    if 'bn' in layer.name:\n"
            "        layer.trainable = False",
            False,
        ),
    ],
)
def test_whether_a_base_is_trainable_in_fit(before: str, after: str, found: bool) -> None:
    assert is_found(BASE.format(before=before, after=after)) is found


@pytest.mark.parametrize(
    ("base", "found"),
    [
        ("keras.applications.VGG16(include_top=False, weights=None)", False),
        ("keras.applications.ConvNeXtTiny(include_top=False, weights=None)", False),
        ("keras.applications.EfficientNetB0(include_top=False, weights=None)", True),
        ("keras.Sequential([layers.Dense(4), layers.BatchNormalization()])", True),
        ("keras.Sequential([layers.Dense(4), layers.LayerNormalization()])", False),
        ("keras.Sequential([layers.Dense(4), layers.BatchNormalization(trainable=False)])", False),
        ("keras.Sequential([keras.Sequential([layers.BatchNormalization()])])", True),
        ("layers.BatchNormalization()", True),
        ("layers.TimeDistributed(layers.BatchNormalization())", True),
        ("layers.Dense(4)", False),
        ("load_base()", False),
    ],
)
def test_what_holds_batch_normalization(base: str, found: bool) -> None:
    text = f"base = {base}\nmodel = keras.Model(inputs, layers.Dense(1)(base(inputs, training=False)))\n"
    assert is_found(f'{text}model.compile("adam", "mse")\nmodel.fit(x, y)\n') is found


@pytest.mark.parametrize(
    ("layer", "found"),
    [
        ("layers.Dropout(0.5)", True),
        ("layers.Dropout(rate)", True),
        ("layers.Dropout(0.0)", False),
        ("layers.GaussianNoise(0.1)", True),
        ("layers.SpatialDropout2D(0.1)", True),
        ("layers.BatchNormalization()", True),
        ("layers.LSTM(4, dropout=0.2)", True),
        ("layers.LSTM(4)", False),
        ("layers.Bidirectional(layers.LSTM(4, dropout=0.2))", True),
        ("layers.TimeDistributed(layers.Dropout(0.2))", True),
        ("keras.Sequential([layers.Dense(4), layers.Dropout(0.2)])", True),
        ("keras.Sequential([layers.Dense(4), layers.BatchNormalization()])", False),
        ("layers.RandomFlip()", False),
        ("layers.Dense(4)", False),
    ],
)
def test_what_is_random_in_training(layer: str, found: bool) -> None:
    text = f"h = {layer}(inputs, training=True)\nmodel = keras.Model(inputs, layers.Dense(1)(h))\nmodel.predict(x)\n"
    assert is_found(text) is found


MADE = "model = keras.Model(inputs, layers.Dropout(0.5)(inputs, training=True))\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (MADE, True),
        (MADE + "model.fit(x, y)\n", True),
        (MADE + "draws = [model(x) for _ in range(10)]\n", False),
        (MADE + "draws = [model(x, training=True) for _ in range(10)]\n", False),
        (MADE + "mean = model(x, training=False)\n", True),
        (MADE + "draws = [model(x) for _ in range(10)]\nmodel.evaluate(x, y)\n", True),
        (MADE + "model.compile('adam', 'mse')\nmodel.train_on_batch(x, y)\n", False),
        ("h = layers.Dropout(0.5)(inputs, training=True)\n", False),
        ("h = layers.Dropout(0.5)(x, training=True)\nmodel.predict(x)\n", False),
        (
            "model = keras.Model(inputs, layers.Lambda(lambda t: layers.Dropout(0.5)(t, training=True))(inputs))\n",
            False,
        ),
        ("model = keras.Model(inputs, layers.Dropout(0.5)(inputs, training=None))\n", False),
        ("def make(on):\n    return keras.Model(inputs, layers.Dropout(0.5)(inputs, training=on))\n", False),
        ("def make(on):\n    return keras.Model(inputs, layers.Dropout(0.5)(inputs, training=on))\nmake(True)\n", True),
        ("class Net(keras.Model):\n    def call(self, x):\n        return self.drop(x, training=True)\n", False),
        (
            "class Net(keras.Model):\n    def __init__(self):\n        i = keras.Input((4,))\n"
            "        super().__init__(inputs=i, outputs=layers.Dropout(0.5)(i, training=True))\nNet().predict(x)\n",
            True,
        ),
        (
            "class MC(layers.Dropout):\n    def call(self, x, training=None):\n"
            "        return super().call(x, training=True)\nkeras.Model(inputs, MC(0.5)(inputs, training=True))\n",
            False,
        ),
    ],
)
def test_where_a_mode_is_lost(text: str, found: bool) -> None:
    assert is_found(text) is found


@pytest.mark.parametrize(("pin", "found"), [("keras>=3.16", 0), ("keras==3.15.1", 1), ("keras>=3", 1), ("keras<3", 0)])
def test_which_keras_the_project_pins(pin: str, found: int, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text(pin + "\n", encoding="utf-8")
    (tmp_path / "net.py").write_text(HEAD + MADE, encoding="utf-8")
    assert len(lint_paths([tmp_path], Settings(select=("KV616",))).findings) == found


def test_not_in_keras_2() -> None:
    assert rows(HEAD + MADE) == [6]
    assert lint_source(HEAD.replace("import keras\n", "import tf_keras as keras\n") + MADE) == []
    assert lint_source('import os\nos.environ["TF_USE_LEGACY_KERAS"] = "1"\n' + HEAD + MADE) == []


def fixed(text: str) -> str:
    return fix_source(text, settings=Settings(select=("KV616",)), unsafe=True).text


def test_the_fix_uses_a_class_that_is_there() -> None:
    own = (
        "\n\nclass Always(layers.Dropout):\n    def call(self, inputs, training=None):\n"
        "        return super().call(inputs, training=True)\n\n\n"
    )
    before = HEAD + own + "h = layers.Dropout(0.5)(inputs, training=True)\nmodel = keras.Model(inputs, h)\n"
    assert fixed(before) == before.replace("layers.Dropout(0.5)(inputs, training=True)", "Always(0.5)(inputs)")


def test_the_fix_in_functions_and_under_other_names() -> None:
    before = (
        "import tensorflow as tf\nfrom tensorflow.keras.layers import Dropout, Input\n\n\ndef make():\n"
        "    inputs = Input((8,))\n    h = Dropout(0.5)(inputs, training=True)\n"
        "    h = Dropout(0.2)(h, training=True)\n    return tf.keras.Model(inputs, h)\n"
    )
    assert fixed(before) == (
        "import tensorflow as tf\nfrom tensorflow.keras.layers import Dropout, Input\n\n\n"
        "class MonteCarloDropout(Dropout):\n    def call(self, inputs, training=None):\n"
        "        return super().call(inputs, training=True)\n\n\ndef make():\n"
        "    inputs = Input((8,))\n    h = MonteCarloDropout(0.5)(inputs)\n    h = MonteCarloDropout(0.2)(h)\n"
        "    return tf.keras.Model(inputs, h)\n"
    )


def test_the_fix_freezes_behind_what_unfreezes() -> None:
    loop = (
        "for layer in {}.layers:\n    if isinstance(layer, keras.layers.BatchNormalization):\n"
        "        layer.trainable = False\n"
    )
    partly = HEAD + BASE.format(before=FROZEN, after="for layer in base.layers[-20:]:\n    layer.trainable = True")
    assert fixed(partly) == re.sub(r"(    layer\.trainable = True\n)", rf"\g<1>{loop.format('base')}", partly)
    by_index = HEAD + BASE.format(before=FROZEN, after="model.layers[1].trainable = True")
    assert fixed(by_index) == by_index.replace(
        "model.layers[1].trainable = True\n", "model.layers[1].trainable = True\n" + loop.format("model.layers[1]")
    )
    never = HEAD + BASE.format(before="", after="")
    called = "features = base(inputs, training=False)\n"
    assert fixed(never) == never.replace(called, called + loop.format("base"))


def test_the_page_shows_what_is_right() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "training-flag.md").read_text(encoding="utf-8")
    programs = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert [rows(program) for program in programs] == [[], []]
    assert rows(programs[0].replace("MonteCarloDropout(0.5)(h)", "layers.Dropout(0.5)(h, training=True)"))
    assert rows(re.sub(r"for layer in .*?False\n", "", programs[1], flags=re.DOTALL))
