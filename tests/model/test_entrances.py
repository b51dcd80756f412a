"""Entrances: which layers the inputs of a model reach first, and what the model does to them before."""

from __future__ import annotations

import pytest

from kerasvae_lint.binding.build import build
from kerasvae_lint.model import LibraryObject, Module
from kerasvae_lint.source import decode
from kerasvae_lint.source.syntax import parse_code

BEFORE = """\
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
import elsewhere
"""
MODELS = {
    "a first layer with weights": (
        "model = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(3), layers.Dense(2)])",
        [("Dense", ["reshaped Flatten"], True, False)],
    ),
    "layers that a loop makes": (
        "model = keras.Sequential([layers.Flatten(input_shape=(8, 8))])\n"
        "for _ in range(20):\n    model.add(layers.Dense(3))\n",
        [("Dense", ["reshaped Flatten"], True, False)],
    ),
    "scaled by a layer": (
        "model = keras.Sequential([keras.Input((8, 8, 1)), layers.Rescaling(1 / 255), layers.Conv2D(3, 3)])",
        [("Conv2D", ["scaled / 255"], True, False)],
    ),
    "normalised behind": (
        "model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(3, 3), layers.BatchNormalization()])",
        [("Conv2D", [], True, True)],
    ),
    "an operation": (
        "inputs = keras.Input((4,))\nmodel = keras.Model(inputs, layers.Dense(1)(inputs / 255.0))",
        [("Dense", ["scaled / 255"], True, False)],
    ),
    "a Lambda": (
        "model = keras.Sequential([keras.Input((4,)), layers.Lambda(lambda a: a / 127.5 - 1), layers.Dense(1)])",
        [("Dense", ["scaled / 127.5", "scaled - 1"], True, False)],
    ),
    "somebody else's layer": (
        "model = keras.Sequential([keras.Input((4,)), elsewhere.Layer(), layers.Dense(1)])",
        [],
    ),
    "a model in the model": (
        "inner = keras.Sequential([layers.RandomFlip(), layers.Rescaling(1 / 255)])\n"
        "base = keras.applications.VGG16(include_top=False)\n"
        "inputs = keras.Input((64, 64, 3))\nmodel = keras.Model(inputs, base(inner(inputs)))",
        [("VGG16", ["augmented RandomFlip", "scaled / 255"], True, False)],
    ),
    "two ways": (
        "inputs = keras.Input((4,))\na, b = layers.Dense(2)(inputs), layers.Dense(2)(inputs * 2)\n"
        "model = keras.Model(inputs, layers.Add()([a, b]))",
        [("Dense", [], True, False), ("Dense", ["scaled * 2"], True, False)],
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_entrances(name: str) -> None:
    text, expected = MODELS[name]
    tree, source = parse_code(decode((BEFORE + text + "\n").encode(), "a.py"))
    module = Module(build(tree, source.text), source)
    found = []
    for one in module.entrances(module.program.module.slots["model"]):
        assert isinstance(one.layer, LibraryObject)
        steps = [f"{step.kind} {step.detail}".strip() for step in one.steps]
        found.append((one.layer.name.rpartition(".")[2], steps, one.is_known, one.is_levelled))
    assert found == expected
