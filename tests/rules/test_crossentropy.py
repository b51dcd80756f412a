"""A cross-entropy and the output it is given, with helpers, attributes and a ``compile`` of one's own between them."""

from __future__ import annotations

import pytest

from kerasvae_lint import fix_source, lint_source

HEAD = """import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
"""
SIGMOID = """
def make_critic():
    model = keras.Sequential()
    model.add(layers.Flatten(input_shape=(8, 8, 1)))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model
"""
LINEAR = SIGMOID.replace(', activation="sigmoid"', "")
HELPERS = """
entropy = keras.losses.BinaryCrossentropy(FLAG)

def critic_loss(real, made):
    return entropy(tf.ones_like(real), real) + entropy(tf.zeros_like(made), made)

def maker_loss(made):
    return entropy(tf.ones_like(made), made)
"""
STEP = """
critic = make_critic()

def step(images, generated):
    with tf.GradientTape() as tape:
        real = critic(images, training=True)
        made = critic(generated, training=True)
        loss = critic_loss(real, made) + maker_loss(made)
    return tape.gradient(loss, critic.trainable_variables)
"""
CLASS = """
class GAN(keras.Model):
    def __init__(self, critic):
        super().__init__()
        self.critic = critic

    def compile(self, optimizer, loss_fn):
        super().compile(optimizer)
        self.loss_fn = loss_fn

    def train_step(self, images):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(tf.ones((32, 1)), self.critic(images))
        grads = tape.gradient(loss, self.critic.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.critic.trainable_weights))
        return {"loss": loss}

gan = GAN(critic=make_critic())
gan.compile("adam", loss_fn=keras.losses.BinaryCrossentropy(FLAG))
"""
SECOND = """
other = GAN(critic=make_critic())
other.compile("adam", loss_fn=keras.losses.BinaryCrossentropy())
"""
ELSEWHERE = """
def judge(scores):
    return critic_loss(scores, scores)
"""
LOGITS = "from_logits=True"
FOUND = [
    pytest.param(SIGMOID + HELPERS + STEP, LOGITS, "BinaryCrossentropy(from_logits=False)", id="helpers"),
    pytest.param(LINEAR + HELPERS + STEP, "", "BinaryCrossentropy(from_logits=True)", id="helpers, no activation"),
    pytest.param(SIGMOID + CLASS, LOGITS, "BinaryCrossentropy(from_logits=False)", id="compile of one's own"),
    pytest.param(LINEAR + CLASS, "", "BinaryCrossentropy(from_logits=True)", id="the same, no activation"),
]
SILENT = [
    pytest.param(LINEAR + HELPERS + STEP, LOGITS, id="logits read as logits"),
    pytest.param(SIGMOID + HELPERS + STEP, "", id="probabilities read as probabilities"),
    pytest.param(SIGMOID + HELPERS + ELSEWHERE, LOGITS, id="a helper that is given nothing known"),
    pytest.param(SIGMOID + HELPERS + STEP.replace("= critic(", "= 2.0 * critic("), LOGITS, id="a product"),
    pytest.param(SIGMOID + CLASS + SECOND, LOGITS, id="two losses for one attribute"),
]


@pytest.mark.parametrize(("text", "flag", "fixed"), FOUND)
def test_found_and_fixed(text: str, flag: str, fixed: str) -> None:
    program = HEAD + text.replace("FLAG", flag)
    assert [finding.code for finding in lint_source(program)] == ["KV409"]
    result = fix_source(program, unsafe=True)
    assert result.remaining == []
    assert result.text == program.replace(f"BinaryCrossentropy({flag})", fixed)


@pytest.mark.parametrize(("text", "flag"), SILENT)
def test_silent(text: str, flag: str) -> None:
    assert [finding.code for finding in lint_source(HEAD + text.replace("FLAG", flag))] == []
