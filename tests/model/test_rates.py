"""Learning rates by name: whose they are, what is done with them, who asks first."""

from __future__ import annotations

import pytest

from kerasvae_lint.binding.build import build
from kerasvae_lint.model import Module
from kerasvae_lint.source import decode
from kerasvae_lint.source.syntax import parse_code

BEFORE = """\
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
import elsewhere
model = keras.Sequential([keras.layers.Dense(1)])
model.compile("adam", "mse")
class Watched(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        pass
"""
USES = [
    ("model.optimizer.lr = 0.1", ["set lr"]),
    ("setattr(model.optimizer, 'lr', 0.1)", ["set lr"]),
    ("print(model.optimizer.lr)", ["read lr"]),
    ("o = keras.optimizers.SGD(0.1)\no.lr = o.lr * 2", ["set lr", "read lr"]),
    ("K.set_value(model.optimizer.lr, 0.1)", ["handed lr"]),
    ("K.set_value(model.optimizer.learning_rate, 0.1)", ["handed learning_rate"]),
    ("K.get_value(model.optimizer.learning_rate)", []),
    ("def f(net):\n    K.set_value(net.optimizer.lr, 0.1)\n", ["handed lr"]),
    ("def f(net):\n    return net.optimizer.lr\n", []),
    ("print(elsewhere.config.optimizer.lr, elsewhere.args.lr)", []),
    ("class Own(keras.optimizers.Optimizer):\n    lr = 0.1\nprint(Own().lr)", []),
    ("if hasattr(model.optimizer, 'lr'):\n    print(model.optimizer.lr)", []),
    ("if tf.__version__ < '2.16':\n    print(model.optimizer.lr)", []),
    ("try:\n    print(model.optimizer.lr)\nexcept AttributeError:\n    pass", []),
]


@pytest.mark.parametrize(("text", "expected"), USES)
def test_uses(text: str, expected: list[str]) -> None:
    tree, source = parse_code(decode((BEFORE + text).encode(), "a.py"))
    found = Module(build(tree, source.text), source).old_rates
    assert [f"{use.kind} {use.name}" for use in found] == expected
