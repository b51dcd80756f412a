"""Settings of ``trainable`` that come too late for the training that they are meant for, in each Keras."""

from __future__ import annotations

import pytest

from kerasvae_lint.binding.build import build
from kerasvae_lint.model import Module
from kerasvae_lint.source import decode
from kerasvae_lint.source.syntax import parse_code

BEFORE = """\
import keras
from keras import layers
base = keras.Sequential([layers.Dense(4), layers.Dense(4)])
model = keras.Sequential([base, layers.Dense(1)])
head = keras.Sequential([base, layers.Dense(2)])
"""
COMPILE = "model.compile('adam', 'mse')\n"
FIT = "model.fit(x, y)\n"
FREEZE = "base.trainable = False\n"
THAW = "base.trainable = True\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (COMPILE + FIT + FREEZE + FIT, [(True, True)]),
        (FREEZE + COMPILE + FIT + THAW + FIT, [(True, True)]),
        (COMPILE + FREEZE + FIT, [(True, False)]),
        (FREEZE + COMPILE + FIT + THAW + COMPILE + FIT, []),
        (COMPILE + FIT + FREEZE, []),
        (COMPILE + FIT + THAW + FIT, []),
        (COMPILE + FIT + FREEZE + THAW + FIT, []),
        (COMPILE + FIT + FREEZE + "head.compile('adam', 'mse')\n" + FIT, []),
        ("model.compile('adam', 'mse', run_eagerly=True)\n" + FIT + FREEZE + FIT, []),
        (COMPILE + FIT + "for layer in base.layers:\n    layer.trainable = False\n" + FIT, [(True, True)]),
        (FREEZE + COMPILE + FIT + "model.trainable = True\n" + FIT, [(True, False)]),
        (COMPILE + FIT + FREEZE + "other(model)\n" + FIT, []),
        ("if a:\n    " + COMPILE + "    " + FIT + "else:\n    " + FREEZE + "    " + FIT, []),
    ],
)
def test_unheeded(text: str, found: list[tuple[bool, bool]]) -> None:
    tree, source = parse_code(decode((BEFORE + text).encode(), "a.py"))
    assert [(late.in2, late.in3) for late in Module(build(tree, source.text), source).unheeded] == found
