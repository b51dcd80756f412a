"""KV604, KV606, KV609: of a loss that a functional model can't be given, one rule speaks, and only of it."""

from __future__ import annotations

import pytest

from kerasvae_lint import Settings, fix_source, lint_source
from kerasvae_lint.core import TargetKeras

HEAD = """\
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras import layers

inputs = keras.Input((4,))
mean, log_var = layers.Dense(2)(inputs), layers.Dense(2)(inputs)
code = mean
vae = keras.Model(inputs, layers.Dense(4)(code))
"""
KL = """\
kl = 1 + log_var - K.square(mean) - K.exp(log_var)
kl = -0.5 * tf.reduce_sum(kl, axis=-1)
"""
ADDED = HEAD + KL + "vae.add_loss(K.mean(kl))\n"
CLOSURE = HEAD + KL + "vae.compile('adam', lambda target, output: K.mean(K.square(target - output)) + K.mean(kl))\n"


def _codes(text: str) -> list[str]:
    return [finding.code for finding in lint_source(text, settings=Settings(select=("KV6",), preview=True))]


@pytest.mark.parametrize(("text", "code"), [(ADDED, "KV604"), (CLOSURE, "KV609")])
def test_the_root_speaks_alone(text: str, code: str) -> None:
    assert _codes(text) == [code]


def test_what_the_model_needs_as_well_is_told_too() -> None:
    text = ADDED.replace("code = mean", "code = mean + tf.exp(log_var)")
    assert _codes(text) == ["KV606", "KV604"]


@pytest.mark.parametrize(
    "head",
    ["import os\nos.environ['TF_USE_LEGACY_KERAS'] = '1'\n", "from tensorflow.python.keras.losses import mse\n"],
)
def test_keras_2_alone_takes_the_loss_but_no_closure(head: str) -> None:
    assert _codes(head + ADDED) == []
    assert _codes(head + CLOSURE) == ["KV609"]


@pytest.mark.parametrize(
    "head",
    [
        "tf.compat.v1.disable_eager_execution()\n",
        "from tensorflow.python.framework.ops import disable_eager_execution\ndisable_eager_execution()\n",
    ],
)
def test_graphs_take_all(head: str) -> None:
    for text in (ADDED, CLOSURE):
        assert _codes(text.replace("\ninputs", f"\n{head}inputs", 1)) == []


def test_no_fix_for_both_kerases() -> None:
    text = HEAD.replace("code = mean", "code = tf.exp(mean)")
    for target in (None, TargetKeras.BOTH, TargetKeras.KERAS3):
        settings = Settings(select=("KV606",), target_keras=target)
        fixed = fix_source(text, settings=settings, unsafe=True).text
        assert ("ops.exp(mean)" in fixed) is (target is not TargetKeras.BOTH)
