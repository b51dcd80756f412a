"""What a rule asks of one file: names, values of attributes, phases, which Keras it is for."""

from __future__ import annotations

import pytest

from kerasvae_lint.binding.build import build
from kerasvae_lint.model import Computed, Constant, LibraryName, LibraryObject, Module, Parameter, Value
from kerasvae_lint.source import Source
from kerasvae_lint.source.syntax import parse_code

HEAD = """
import tensorflow as tf
import tensorflow_probability as tfp
from tensorflow import keras as tfk
from tensorflow.keras import backend as K
tfd = tfp.distributions
tfkl = tfk.layers
"""
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


def module_of(text: str) -> Module:
    tree, source = parse_code(Source("snippet.py", text))
    return Module(build(tree, source.text), source)


def words(value: Value | None) -> str:
    """A value in words: an operation with what it is applied to, an object by its name."""
    match value:
        case Constant():
            return repr(value.value)
        case LibraryObject():
            return value.name
        case Parameter():
            return f"parameter {value.name}"
        case Computed():
            return f"{value.op}({', '.join(words(operand) for operand in value.operands)})"
        case LibraryName():
            return value.name
        case _:
            return type(value).__name__


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("self.x = self.w", "add_weight"),
        ("self.x = self.w[0]", "getitem(add_weight)"),
        ("self.x = 2 * self.w", "multiply(2, add_weight)"),
        ("self.x = tf.nn.softplus(self.w)", "softplus(add_weight)"),
        ("self.x = K.exp(self.w)", "exp(add_weight)"),
        ("self.x = self.helper(self.w)", "exp(add_weight)"),
        ("y = self.w; self.x = y + 1", "add(add_weight, 1)"),
        ("a, self.x = 1, tf.sqrt(self.w)", "sqrt(add_weight)"),
        ("self.x = (y := tf.sqrt(self.w))", "sqrt(add_weight)"),
        ("self.x: object = tf.sqrt(self.w)", "sqrt(add_weight)"),
        ('setattr(self, "x", tf.sqrt(self.w))', "sqrt(add_weight)"),
        ("self.x = (lambda v: tf.sqrt(v))(self.w)", "sqrt(add_weight)"),
        ("self.x = tf.Variable(1.0)", "tf.Variable"),
        ("self.x = tf.compat.v1.Variable(1.0, trainable=False)", "tf.Variable"),
        ("self.x = K.variable(0.0)", "keras.backend.variable"),
        ("self.x = self.units", "parameter units"),
        ("self.x = tfkl.Dense(3)", "keras.layers.Dense"),
        ("self.x = tfd.Poisson(2.0)", "tfp.distributions.Poisson"),
        ("self.x = 'a'", "'a'"),
    ],
)
def test_value_of_an_attribute(statement: str, expected: str) -> None:
    module = module_of(HEAD + LAYER.format(statement))
    assert words(module.classes[0].attributes["x"].value) == expected


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
        ("from keras.models import *\nfrom keras.layers import *", "Model", "keras.Model"),
        ("from keras.layers import *\nfrom keras.optimizers import *", "Dropout", "keras.layers.Dropout"),
        ("import tensorflow_probability as tfp\ntfd = tfp.distributions", "tfd.Normal", "tfp.distributions.Normal"),
        ("from tensorflow_probability.python.distributions.normal import Normal", "Normal", "tfp.distributions.Normal"),
        ("try:\n    import tf_keras as k\nexcept ImportError:\n    import keras as k", "k.Model", "keras.Model"),
    ],
)
def test_names(imports: str, expression: str, name: str) -> None:
    module = module_of(f"{imports}\n{expression}(1)\n")
    values = module.value(module.all_calls[-1].record.func).alternatives()
    assert {words(value) for value in values} == {name}


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
    flavour = module_of(text).flavour
    assert only == ("2" if flavour.only2 else "3" if flavour.only3 else "either")


def test_phases_follow_self_and_super() -> None:
    module = module_of(
        HEAD
        + """
class Base(tfkl.Layer):
    def build(self, shape):
        self.make()
    def make(self): pass
    def scale(self, x):
        return tf.sqrt(x)
class Child(Base):
    def call(self, x):
        return self.step(x)
    def step(self, x):
        return super().scale(x)
    def make(self):
        return tf.exp(1.0)
    def host(self):
        return tf.abs(1.0)
"""
    )
    phases = {name: next(module.calls(f"tf.{name}")).phases for name in ("sqrt", "exp", "abs")}
    assert "tracing" in phases["sqrt"]
    assert set(phases["exp"]) == {"construction"}
    assert set(phases["abs"]) == {"host"}
