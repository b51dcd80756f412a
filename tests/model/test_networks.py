"""Networks read from code, however they are written: layers in Keras's order, shapes, parameters, what is frozen."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest

from kerasvae_lint import LintError, networks
from kerasvae_lint.core.network import Layer, Network

HEAD = """
import keras
from keras import layers, Sequential, Model, Input
from keras.layers import Dense
"""


def read(code: str, name: str = "") -> Network:
    """The network of that name, or the last one that a program makes."""
    found = networks(HEAD + dedent(code))
    named = [network for network in found if network.name == name] if name else list(found)
    assert named, [network.name for network in found]
    return named[-1]


def words(layer: Layer) -> str:
    """``Dense(8) 72``: class, shape without the batch, parameters."""
    shapes = [
        "?" if tensor.shape is None else ",".join("N" if size is None else str(size) for size in tensor.shape[1:])
        for tensor in layer.outputs
    ]
    marks = ("*" if layer.repeated else "") + ("?" if layer.optional else "") + ("" if layer.trainable else "!")
    return f"{layer.kind}({'; '.join(shapes)}) {layer.params}{marks}"


SEQUENTIAL = {
    "a list": "m = Sequential([Input((4,)), Dense(8), Dense(2)])",
    "add": "m = Sequential()\nm.add(Input((4,)))\nm.add(Dense(8))\nm.add(Dense(2))",
    "an input layer": "m = Sequential([layers.InputLayer(input_shape=(4,)), Dense(8), Dense(2)])",
    "input_shape": "m = Sequential([Dense(8, input_shape=(4,)), Dense(2)])",
    "input_dim": "m = Sequential([Dense(8, input_dim=4), Dense(2)])",
    "batch_input_shape": "m = Sequential([Dense(8, batch_input_shape=(None, 4)), Dense(2)])",
    "old names": "m = Sequential()\nm.add(Dense(output_dim=8, input_dim=4))\nm.add(Dense(output_dim=2))",
    "build": "m = Sequential([Dense(8), Dense(2)])\nm.build((None, 4))",
    "a call": "m = Sequential([Dense(8), Dense(2)])\nm(Input((4,)))",
    "a loop": "m = Sequential([Input((4,))])\nfor n in (8, 2):\n    m.add(Dense(n))",
    "a counted loop": "m = Sequential([Input((4,))])\nfor i in range(2):\n    m.add(Dense([8, 2][i]))",
    "a sum of lists": "front = [Input((4,)), Dense(8)]\nm = Sequential(front + [Dense(2)])",
    "a slice": "every = [Input((4,)), Dense(8), Dense(2), Dense(3)]\nm = Sequential(every[:3])",
    "a comprehension": "m = Sequential([Input((4,))] + [Dense(n) for n in [8, 2]])",
    "pop": "m = Sequential([Input((4,)), Dense(8), Dense(2), Dense(1)])\nm.pop()",
    "insert": "parts = [Input((4,)), Dense(2)]\nparts.insert(1, Dense(8))\nm = Sequential(parts)",
    "extend": "parts = [Input((4,))]\nparts.extend([Dense(8), Dense(2)])\nm = Sequential(parts)",
    "a builder": "def make(n, d=2):\n    m = Sequential([Input((n,)), Dense(2 * n)])\n"
    "    m.add(Dense(d))\n    return m\nm = make(4)",
    "a method": "class Maker:\n    def __init__(self):\n        self.n = 4\n        self.model = self.make()\n"
    "    def make(self):\n        return Sequential([Input((self.n,)), Dense(8), Dense(2)])\nMaker()",
    "a main": "def main():\n    m = Sequential([Input((4,)), Dense(8), Dense(2)])\n"
    "if __name__ == '__main__':\n    main()",
    "a subclass": "class Net(Sequential):\n    def __init__(self):\n"
    "        super().__init__([Input((4,)), Dense(8), Dense(2)])\nNet()",
    "clone_model": "m = keras.models.clone_model(Sequential([Input((4,)), Dense(8), Dense(2)]))",
    "a constant": "UNITS = {'hidden': 8, 'out': 2}\n"
    "m = Sequential([Input((4,)), Dense(UNITS['hidden']), Dense(UNITS['out'])])",
}


@pytest.mark.parametrize("code", SEQUENTIAL.values(), ids=SEQUENTIAL)
def test_sequential(code: str) -> None:
    network = read(code)
    assert network.kind == "sequential"
    assert [words(layer) for layer in network.layers] == ["Dense(8) 40", "Dense(2) 18"]
    assert (network.params, network.trained_params) == (58, 58)
    assert network.layers[1].inbound == (network.layers[0].name,)


CONV = ["Conv2D(26,26,8) 80", "MaxPooling2D(13,13,8) 0", "Flatten(1352) 0", "Dense(10) 13530"]
FUNCTIONAL = {
    "plain": (
        "x = Input((28, 28, 1))\ny = layers.Conv2D(8, 3)(x)\ny = layers.MaxPooling2D()(y)\n"
        "y = layers.Flatten()(y)\nm = Model(x, Dense(10)(y))",
        CONV,
    ),
    "old names": (
        "x = Input((28, 28, 1))\ny = layers.Convolution2D(nb_filter=8, nb_row=3, nb_col=3, border_mode='valid')(x)\n"
        "y = layers.MaxPooling2D(pool_size=(2, 2))(y)\ny = layers.Flatten()(y)\n"
        "m = Model(input=x, output=Dense(output_dim=10)(y))",
        CONV,
    ),
    "two inputs": (
        "a = Input((3,))\nb = Input((4,))\nm = Model([a, b], Dense(1)(layers.concatenate([a, Dense(5)(b)])))",
        ["Dense(5) 25", "Concatenate(8) 0", "Dense(1) 9"],
    ),
    "two outputs": (
        "x = Input((3,))\nh = Dense(5)(x)\nm = Model(x, [Dense(1)(h), Dense(2)(h)])",
        ["Dense(5) 20", "Dense(1) 6", "Dense(2) 12"],
    ),
    "outputs by name": (
        "x = Input((3,))\nh = Dense(5)(x)\nm = Model(x, {'a': Dense(1)(h), 'b': Dense(2)(h)})",
        ["Dense(5) 20", "Dense(1) 6", "Dense(2) 12"],
    ),
    "a shared layer": (
        "a = Input((3,))\nb = Input((3,))\nd = Dense(5)\nm = Model([a, b], layers.Add()([d(a), d(b)]))",
        ["Dense(5) 20", "Add(5) 0"],
    ),
    "a cut": (
        "x = Input((3,))\ninner = Model(x, Dense(1)(Dense(5)(x)))\nm = Model(inner.input, inner.layers[-2].output)",
        ["Dense(5) 20"],
    ),
    "get_layer": (
        "x = Input((3,))\ninner = Model(x, Dense(1)(Dense(5, name='code')(x)))\n"
        "m = Model(inner.input, inner.get_layer('code').output)",
        ["Dense(5) 20"],
    ),
    "a cut of a Sequential": (
        "inner = Sequential([Input((3,)), Dense(5), Dense(1)])\nm = Model(inner.inputs, inner.layers[0].output)",
        ["Dense(5) 20"],
    ),
    "nested": (
        "x = Input((3,))\ninner = Model(x, Dense(5)(x))\ny = Input((3,))\nm = Model(y, Dense(1)(inner(y)))",
        ["Functional(5) 20", "Dense(1) 6"],
    ),
    "nested at another size": (
        "x = Input((None, None, 1))\ninner = Model(x, layers.Conv2D(2, 3)(x))\ny = Input((8, 8, 1))\n"
        "m = Model(y, layers.Flatten()(inner(y)))",
        ["Functional(6,6,2) 20", "Flatten(72) 0"],
    ),
    "a loop": (
        "x = y = Input((3,))\nfor i in range(3):\n    y = Dense(2 ** i)(y)\nm = Model(x, y)",
        ["Dense(1) 4", "Dense(2) 4", "Dense(4) 12"],
    ),
    "a block with defaults": (
        "def block(x, f=4, act='relu'):\n    x = layers.Conv2D(f, 3, padding='same')(x)\n"
        "    return layers.Activation(act)(layers.BatchNormalization()(x))\n"
        "x = Input((8, 8, 2))\nm = Model(x, block(block(x), f=6))",
        [
            *("Conv2D(8,8,4) 76", "BatchNormalization(8,8,4) 16", "Activation(8,8,4) 0"),
            *("Conv2D(8,8,6) 222", "BatchNormalization(8,8,6) 24", "Activation(8,8,6) 0"),
        ],
    ),
    "a shape decides": (
        "def block(x, f):\n    y = Dense(f)(x)\n    if x.shape[-1] == f:\n"
        "        y = layers.add([x, y])\n    return y\n"
        "x = Input((4,))\nm = Model(x, block(block(x, 4), 2))",
        ["Dense(4) 20", "Add(4) 0", "Dense(2) 10"],
    ),
    "operators": (
        "x = Input((4,))\ny = Dense(4)(x) * 2 + x\nm = Model(x, Dense(1)(keras.ops.mean(y, axis=-1, keepdims=True)))",
        ["Dense(4) 20", "Dense(1) 2"],
    ),
    "a Lambda": (
        "x = Input((4, 3))\nm = Model(x, layers.Lambda(lambda t: t[:, -1] / 2)(x))",
        ["Lambda(3) 0"],
    ),
    "an own layer": (
        "class Scale(layers.Layer):\n    def build(self, input_shape):\n"
        "        self.w = self.add_weight(shape=(input_shape[-1],))\n    def call(self, x):\n"
        "        return x * self.w\n"
        "x = Input((4,))\nm = Model(x, Scale()(x))",
        ["Scale(4) 4"],
    ),
    "an own layer that hands on": (
        "class Loss(layers.Layer):\n    def call(self, x):\n        self.add_loss(keras.ops.sum(x))\n        return x\n"
        "x = Input((4,))\nm = Model(x, Dense(1)(Loss()(Dense(2)(x))))",
        ["Dense(2) 10", "Loss(2) 0", "Dense(1) 3"],
    ),
    "recurrent": (
        "x = Input((None, 4))\ny, h, c = layers.LSTM(5, return_sequences=True, return_state=True)(x)\n"
        "y = layers.Bidirectional(layers.GRU(3))(y)\nm = Model(x, [y, h])",
        ["LSTM(N,5; 5; 5) 200", "Bidirectional(6) 180"],
    ),
    "attention": (
        "x = Input((7, 8))\nm = Model(x, layers.MultiHeadAttention(2, 4)(x, x))",
        ["MultiHeadAttention(7,8) 288"],
    ),
    "time distributed": (
        "x = Input((5, 8, 8, 1))\ninner = Sequential([layers.Conv2D(2, 3), layers.Flatten()])\n"
        "m = Model(x, layers.TimeDistributed(inner)(x))",
        ["TimeDistributed(5,72) 20"],
    ),
    "a reshape": (
        "x = Input((4, 6))\nm = Model(x, layers.Permute((2, 1))(layers.Reshape((-1, 3))(x)))",
        ["Reshape(8,3) 0", "Permute(3,8) 0"],
    ),
    "a subclass": (
        "class Net(Model):\n    def __init__(self):\n"
        "        x = Input((4,))\n        super().__init__(x, Dense(1)(x))\nNet()",
        ["Dense(1) 5"],
    ),
}


@pytest.mark.parametrize(("code", "expected"), FUNCTIONAL.values(), ids=FUNCTIONAL)
def test_functional(code: str, expected: list[str]) -> None:
    network = read(code)
    assert network.kind == "functional"
    assert [words(layer) for layer in network.layers] == expected


SUBCLASSED = {
    "attributes": "self.a = Dense(8)\n        self.b = Dense(2)",
    "a list": "self.parts = [Dense(8), Dense(2)]",
    "a list that grows": "self.parts = []\n        for n in (8, 2):\n            self.parts.append(Dense(n))",
    "a dictionary": "self.parts = {'a': Dense(8), 'b': Dense(2)}",
    "setattr": "for i, n in enumerate((8, 2)):\n            setattr(self, f'd{i}', Dense(n))",
}


@pytest.mark.parametrize("code", SUBCLASSED.values(), ids=SUBCLASSED)
def test_subclassed_layers(code: str) -> None:
    network = read(
        f"class Net(Model):\n    def __init__(self):\n        super().__init__()\n        {code}\nnet = Net()"
    )
    assert (network.kind, network.name) == ("subclassed", "net")
    assert [layer.kind for layer in network.layers] == ["Dense", "Dense"]


SUBCLASS = """
class Net(Model):
    def __init__(self, units=8):
        super().__init__()
        self.front = Dense(units)
        self.inner = Sequential([Dense(2)])
    def call(self, x, training=None):
        return self.inner(self.front(x))
"""


@pytest.mark.parametrize("use", ["net.build((None, 4))", "net(Input((4,)))", "net(keras.ops.zeros((3, 4)))"])
def test_subclassed_shapes(use: str) -> None:
    network = read(f"{SUBCLASS}\nnet = Net()\n{use}", "net")
    assert [words(layer) for layer in network.layers] == ["Dense(8) 40", "Sequential(2) 18"]
    assert network.params == 58


def test_a_class_that_nobody_makes_an_object_of() -> None:
    network = read(SUBCLASS, "Net")
    assert (network.name, network.line) == ("Net", HEAD.count("\n") + 2)
    assert [layer.kind for layer in network.layers] == ["Dense", "Sequential"]
    assert network.params is None
    assert network.layers[0].note


# names ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("m = Sequential([Dense(1)])", "m"),
        ("def build():\n    m = Sequential([Dense(1)])\n    return m", "build"),
        ("def build():\n    m = Sequential([Dense(1)])\n    return m\nnet = build()", "net"),
        ("def build():\n    return Sequential([Dense(1)])\ndef main():\n    net = build()\nmain()", "net"),
        ("class A:\n    def __init__(self):\n        self.net = Sequential([Dense(1)])\nA()", "net"),
        ("class Net(Model):\n    def __init__(self):\n        super().__init__()\n        self.d = Dense(1)", "Net"),
    ],
)
def test_what_a_network_is_called(code: str, name: str) -> None:
    assert read(code).name == name


def test_layers_are_named_as_keras_names_them() -> None:
    network = read(
        "x = Input((8, 8, 3), name='image')\ny = layers.Conv2D(2, 3)(x)\ny = layers.BatchNormalization()(y)\n"
        "y = layers.Conv2D(2, 3, name='second')(y)\nm = Model(x, layers.GlobalAveragePooling2D()(y))"
    )
    assert [layer.name for layer in network.layers] == [
        *("conv2d", "batch_normalization", "second", "global_average_pooling2d")
    ]
    assert network.layers[0].inbound == network.input_names == ("image",)
    assert network.layers[2].inbound == ("batch_normalization",)


# what is not certain ----------------------------------------------------------------------------
def test_a_loop_of_unknown_length() -> None:
    network = read(
        "import sys\nm = Sequential([Input((4,))])\n"
        "for i in range(len(sys.argv)):\n    m.add(Dense(4))\nm.add(Dense(1))"
    )
    assert [(layer.kind, layer.repeated) for layer in network.layers] == [("Dense", True), ("Dense", False)]
    assert network.params is None


def test_a_functional_loop_of_unknown_length() -> None:
    network = read(
        "import sys\nx = y = Input((4,))\n"
        "for i in range(len(sys.argv)):\n    y = Dense(4)(y)\nm = Model(x, Dense(1)(y))"
    )
    assert [words(layer) for layer in network.layers] == ["Dense(4) 20*?", "Dense(1) 5"]


def test_a_layer_that_a_flag_decides() -> None:
    network = read(
        "import sys\nx = Input((4,))\ny = Dense(4)(x)\n"
        "if len(sys.argv) > 1:\n    y = layers.Dropout(0.5)(y)\nm = Model(x, Dense(1)(y))"
    )
    assert [words(layer) for layer in network.layers] == ["Dense(4) 20", "Dropout(4) 0?", "Dense(1) 5"]


def test_what_is_not_known_stays_so() -> None:
    network = read("import sys\nm = Sequential([Input((4,)), Dense(int(sys.argv[1])), Dense(2)])")
    first, second = network.layers
    assert first.outputs[0].shape == (None, "?")
    assert (first.params, second.outputs[0].shape, second.params) == (None, (None, 2), None)
    assert "units" in first.note


# what is frozen ---------------------------------------------------------------------------------
BASE = "m = Sequential([Input((4,)), Dense(3), Dense(2), Dense(1)])\n"


@pytest.mark.parametrize(
    ("code", "trained"),
    [
        ("m.layers[0].trainable = False", [False, True, True]),
        ("for layer in m.layers[:-1]:\n    layer.trainable = False", [False, False, True]),
        ("m.trainable = False", [False, False, False]),
        ("for i, layer in enumerate(m.layers):\n    layer.trainable = i > 0", [False, True, True]),
    ],
)
def test_frozen_layers(code: str, trained: list[bool]) -> None:
    network = read(BASE + code)
    assert [layer.trainable for layer in network.layers] == trained
    moved = sum(n for n, is_trained in zip((15, 8, 3), trained, strict=True) if is_trained)
    assert (network.params, network.trained_params) == (26, moved)


def test_a_layer_of_a_frozen_model_stays_frozen_whatever_it_says_itself() -> None:
    network = read(BASE + "m.trainable = False\nm.layers[-1].trainable = True")
    assert [layer.trainable for layer in network.layers] == [False, False, True]
    assert (network.params, network.trained_params) == (26, 0)


def test_a_backbone_with_a_head() -> None:
    network = read(
        """
        base = keras.applications.MobileNetV2(include_top=False, input_shape=(96, 96, 3), pooling="avg")
        base.trainable = False
        x = Input((96, 96, 3))
        m = Model(x, Dense(5)(base(x, training=False)))
        """
    )
    assert [words(layer) for layer in network.layers] == ["Functional(1280) 2257984!", "Dense(5) 6405"]
    assert network.layers[0].name == "mobilenetv2_1.00_96" or network.layers[0].name.startswith("mobilenet")
    assert network.trained_params == 6405


def test_a_backbone_that_is_taken_apart() -> None:
    network = read(
        """
        base = keras.applications.VGG16(include_top=False, input_shape=(64, 64, 3))
        for layer in base.layers[:-4]:
            layer.trainable = False
        y = layers.Flatten()(base.output)
        m = Model(base.input, Dense(2)(y))
        cut = Model(base.inputs, base.get_layer("block3_pool").output)
        """,
        "m",
    )
    assert [layer.name for layer in network.layers[-6:]] == [
        *("block5_conv1", "block5_conv2", "block5_conv3", "block5_pool", "flatten", "dense")
    ]
    assert [layer.trainable for layer in network.layers[-7:]] == [False, *[True] * 6]
    assert (len(network.layers), network.params) == (20, 14_714_688 + 2 * 2048 + 2)
    assert {layer.line for layer in network.layers[:18]} == {HEAD.count("\n") + 2}


# files ------------------------------------------------------------------------------------------
def test_a_builder_in_another_file(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "models.py").write_text(
        f"{HEAD}def build(n):\n    return Sequential([Input((n,)), Dense(2)])\n", encoding="utf-8"
    )
    main = tmp_path / "main.py"
    main.write_text("from models import build\nnet = build(3)\n", encoding="utf-8")
    (network,) = networks(main.read_text(), str(main))
    assert (network.name, Path(network.file).name) == ("net", "models.py")
    assert [words(layer) for layer in network.layers] == ["Dense(2) 8"]


def test_a_notebook() -> None:
    rest: dict[str, object] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [
        {"source": "from keras import layers, Sequential, Input\nm = Sequential()", **rest},
        {"source": "m.add(Input((3,)))\nm.add(layers.Dense(2))", **rest},
    ]
    notebook = {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 4}
    (network,) = networks(json.dumps(notebook), "model.ipynb")
    assert [words(layer) for layer in network.layers] == ["Dense(2) 8"]


def test_what_can_not_be_parsed() -> None:
    with pytest.raises(LintError):
        networks("def")
