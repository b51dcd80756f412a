"""Steps of one's own: which calls leave their mode open, which losses are left out, who is judged by nobody."""

from __future__ import annotations

import pytest

from kerasvae_lint.binding.build import build
from kerasvae_lint.model import Module
from kerasvae_lint.source import decode
from kerasvae_lint.source.syntax import parse_code

MODEL = """\
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.Sequential([layers.Dense(4, kernel_regularizer="l2"), layers.Dropout(0.5), layers.Dense(1)])
        self.plain = layers.Dense(1)
    def call(self, inputs, training=None):
        return self.plain(self.body(inputs, training=training))
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - {made}))
            {more}
        weights = self.{moved}.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return {{"loss": loss}}
"""
COMPILED = "model = Own()\nmodel.compile({compiled})\nmodel.fit(None, None)\n"


def module_of(text: str) -> Module:
    tree, source = parse_code(decode(text.encode(), "a.py"))
    return Module(build(tree, source.text), source)


def step(made: str = "self(x)", more: str = "pass", moved: str = "body") -> Module:
    return module_of(MODEL.format(made=made, more=more, moved=moved))


def test_a_step_runs_once_and_calls_the_model() -> None:
    (run,) = step().train_steps
    assert [function.name for function in run.functions] == ["train_step"]
    assert len(run.nodes) == len(run.gradients) == 1


UNTOLD = [
    ("self(x)", "body", 1),
    ("self.body(x)", "body", 1),
    ("self.body(x) + self.body(x, training=True)", "body", 1),
    ("self(x, training=True)", "body", 0),
    ("self(x, True)", "body", 0),
    ("self(x, training=None)", "body", 0),
    ("self.plain(x)", "plain", 0),
    ("tf.stop_gradient(self.body(x)) * self.plain(x)", "body", 0),
    ("self.plain(self.body(x))", "plain", 0),
]


@pytest.mark.parametrize(("made", "moved", "count"), UNTOLD)
def test_untold_modes(made: str, moved: str, count: int) -> None:
    assert len(step(made, moved=moved).untold_modes) == count


LEFT_OUT = [
    ("pass", "body", 1),
    ("loss = loss * 2.0", "body", 1),
    ("loss = loss + self.compiled_loss(y, self(x))", "body", 1),
    ("loss += sum(self.losses)", "body", 0),
    ("loss += tf.add_n(self.body.losses)", "body", 0),
    ("loss = self.compiled_loss(y, self(x), regularization_losses=self.losses)", "body", 0),
    ("loss = self.compute_loss(y=y, y_pred=self(x))", "body", 0),
    ("pass", "plain", 0),
]


@pytest.mark.parametrize(("more", "moved", "count"), LEFT_OUT)
def test_left_out_losses(more: str, moved: str, count: int) -> None:
    assert len(step(more=more, moved=moved).left_out_losses) == count


def test_who_is_judged_without_a_test_step() -> None:
    text = MODEL.format(made="self(x)", more="pass", moved="body").replace(', kernel_regularizer="l2"', "")
    made = COMPILED.format(compiled="'adam'")
    for extra, found in (("", True), ("    def test_step(self, data):\n        return {}\n", False)):
        module = module_of(text + extra + made)
        (training,) = module.trainings
        assert (module.step_without_test(training.model) is not None) is found


def test_a_regularizer_is_a_loss_that_keras_judges_by() -> None:
    module = module_of(MODEL.format(made="self(x)", more="pass", moved="body") + COMPILED.format(compiled="'adam'"))
    (training,) = module.trainings
    assert module.step_without_test(training.model) is None
