"""A snippet, an expression, where its value came from."""

from __future__ import annotations

import pytest

from kerasvae_lint.semantics import Project, SemanticModel
from kerasvae_lint.semantics.values import (
    Constant,
    Container,
    Deferred,
    Distribution,
    Draw,
    LayerObject,
    LayerOutput,
    Parameter,
    Snapshot,
    Tensor,
    Unknown,
    Value,
    Variable,
)
from kerasvae_lint.source import decode, parse

HEAD = """
import tensorflow as tf
import tensorflow_probability as tfp
from tensorflow import keras as tfk
from tensorflow.keras import backend as K
tfd = tfp.distributions
tfkl = tfk.layers
"""


def model_of(text: str, filename: str = "snippet.py") -> SemanticModel:
    module, source = parse(decode(text.encode(), filename))
    return SemanticModel(module, source, project=Project())


def value_of(text: str, attribute: str) -> str:
    model = model_of(HEAD + text)
    stores = [(cls, store) for cls in model.classes for store in cls.own_stores() if store.attribute == attribute]
    cls, store = stores[-1]
    assert store.value is not None
    values = model.evaluator.part(store.node, model.values(store.value, cls), store.path)
    return describe_values(model, values)


def describe_values(model: SemanticModel, values: tuple[Value, ...]) -> str:
    """The values in words, alternatives joined by ``or``."""
    return " or ".join(dict.fromkeys(_words(model, value) for value in values)) or "unknown"


def _words(model: SemanticModel, value: Value) -> str:
    match value:
        case Variable():
            trainable = {True: "trainable ", False: "non-trainable ", None: ""}[value.trainable]
            whose = " of another layer" if value.foreign else ""
            made = f".{value.attribute}" if value.maker == "attribute" else value.maker
            return f"{trainable}variable{whose} [{made}]"
        case Snapshot():
            of = ", ".join(dict.fromkeys(_words(model, v) for v in value.of))
            return f"{'symbolic ' if value.symbolic else ''}snapshot by {value.via} of {of}"
        case Deferred():
            return "deferred tensor"
        case Distribution():
            parts = ", ".join(f"{name}={describe_values(model, part)}" for name, part in value.parts)
            return f"distribution {value.name}({parts})"
        case LayerObject():
            return f"layer {value.name}"
        case LayerOutput():
            return f"output of {value.layer.name if value.layer else 'a layer'}"
        case Draw():
            return f"random draw [{value.name}]"
        case Constant():
            return f"constant {value.value!r}"
        case Tensor():
            return f"{'symbolic ' if value.symbolic else ''}tensor [{value.via}]"
        case Container():
            return f"container of {len(value.items)}"
        case Parameter():
            return f"parameter {value.name}"
        case Unknown():
            return f"unknown ({value.why})" if value.why else "unknown"
        case _:
            return value.kind


LAYER = """
class Layer(tfkl.Layer):
    def __init__(self, tied, units=3):
        super().__init__()
        self.tied = tied
        self.units = units
    def build(self, shape):
        self.w = self.add_weight(name="w")
        {}
    def helper(self, weight):
        return tf.exp(weight)
"""
WEIGHT = "trainable variable [add_weight]"
WEIGHTS = "variable of another layer [.weights]"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("self.x = self.w", WEIGHT),
        ("self.x = self.w[0]", f"snapshot by [] of {WEIGHT}"),
        ("self.x = 2 * self.w", f"snapshot by Multiply of {WEIGHT}"),
        ("self.x = tf.nn.softplus(self.w)", f"snapshot by tf.nn.softplus of {WEIGHT}"),
        ("self.x = K.exp(self.w)", f"snapshot by keras.backend.exp of {WEIGHT}"),
        ("self.x = self.helper(self.w)", f"snapshot by tf.exp of {WEIGHT}"),
        ("y = self.w; self.x = y + 1", f"snapshot by Add of {WEIGHT}"),
        ("a, self.x = 1, tf.sqrt(self.w)", f"snapshot by tf.sqrt of {WEIGHT}"),
        ("self.x = (y := tf.sqrt(self.w))", f"snapshot by tf.sqrt of {WEIGHT}"),
        ("self.x: object = tf.sqrt(self.w)", f"snapshot by tf.sqrt of {WEIGHT}"),
        ('setattr(self, "x", tf.sqrt(self.w))', f"snapshot by tf.sqrt of {WEIGHT}"),
        ("self.x = (lambda v: tf.sqrt(v))(self.w)", f"snapshot by tf.sqrt of {WEIGHT}"),
        ("self.x = self.w.shape", "static"),
        ("self.x = tf.shape(self.w)[0]", "static"),
        ("self.x = self.w.numpy()", "static"),
        ("self.x = self.tied.kernel", "variable of another layer [.kernel]"),
        ("self.x = tf.transpose(self.tied.kernel)", "snapshot by tf.transpose of variable of another layer [.kernel]"),
        ("self.x = K.exp(self.tied.weights[0])", "snapshot by keras.backend.exp of " + WEIGHTS),
        ("self.x = tf.Variable(1.0)", "trainable variable [tf.Variable]"),
        ("self.x = tf.Variable(1.0, False)", "non-trainable variable [tf.Variable]"),
        ("self.x = tf.compat.v1.Variable(1.0, trainable=False)", "non-trainable variable [tf.Variable]"),
        ("self.x = K.variable(0.0)", "trainable variable [keras.backend.variable]"),
        ("self.x = self.units", "parameter units"),
        ("self.x = tf.random.normal((2,))", "random draw [tf.random.normal]"),
        ("self.x = tfkl.Dense(3)", "layer keras.layers.Dense"),
        ("self.x = tfkl.Dense(3)(shape)", "output of keras.layers.Dense"),
        ("self.x = tfd.Poisson(2.0)", "distribution tfp.distributions.Poisson(0=constant 2.0)"),
        ("self.x = 'a'", "constant 'a'"),
    ],
)  # fmt: skip
def test_value(statement: str, expected: str) -> None:
    assert value_of(LAYER.format(statement), "x") == expected


@pytest.mark.parametrize(
    ("imports", "expression", "name"),
    [
        ("import tensorflow as tf\nK = tf.keras.backend", "K.exp", "keras.backend.exp"),
        ("import tensorflow.compat.v2 as tf", "tf.math.log", "tf.log"),
        ("import tensorflow.compat.v1 as tf", "tf.keras.layers.Dense", "keras.layers.Dense"),
        ("from tensorflow.python.keras import backend as KB", "KB.exp", "keras.backend.exp"),
        ("from keras import ops", "ops.min", "keras.ops.min"),
        ("import tf_keras as keras\ntfkl = keras.layers", "tfkl.Layer", "keras.layers.Layer"),
        ("from keras.engine.topology import Layer", "Layer", "keras.layers.Layer"),
        ("from keras.layers import *", "Dense", "keras.layers.Dense"),
        ("import tensorflow_probability as tfp\ntfd = tfp.distributions", "tfd.Normal", "tfp.distributions.Normal"),
        ("from tensorflow_probability.python.distributions.normal import Normal", "Normal", "tfp.distributions.Normal"),
        ("try:\n    import tf_keras as k\nexcept ImportError:\n    import keras as k", "k.Model", "keras.Model"),
    ],
)  # fmt: skip
def test_names(imports: str, expression: str, name: str) -> None:
    model = model_of(f"{imports}\n{expression}(1)\n")
    assert model.name(model.facts.calls[-1].node.func) == name


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("import tensorflow as tf", "either"),
        ("import os\nos.environ['TF_USE_LEGACY_KERAS'] = '1'\nimport tensorflow as tf", "2"),
        ("import tf_keras", "2"),
        ("from keras import ops", "3"),
        ("from keras.engine import Layer", "either"),
    ],
)
def test_flavour(text: str, only: str) -> None:
    flavour = model_of(text).flavour
    assert only == ("2" if flavour.only2 else "3" if flavour.only3 else "either")


def test_phases_follow_self_and_super() -> None:
    model = model_of(
        HEAD
        + """
class Base(tfkl.Layer):
    def build(self, shape):
        self.make()
    def make(self): pass
class Child(Base):
    def call(self, x):
        return self.step(x)
    def step(self, x):
        return super().scale(x)
    def make(self): pass
    def host(self): pass
class Base2(Base):
    pass
"""
    )
    child = model.classes[1]
    assert child.kinds == {"layer"}
    phases = {f.name: sorted(model.phases(child, f)) for _, f in child.functions()}
    assert phases == {
        "build": ["construction"],
        "make": ["host"],
        "call": ["tracing"],
        "step": ["tracing"],
        "host": ["host"],
    } or phases["host"] == ["host"]
    assert model.phases(child, child.facts.methods["make"]) == {"construction"}
