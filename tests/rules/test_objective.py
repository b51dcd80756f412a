"""The objective in spellings that real code has: attributes bound again, several KLs, adversaries, ``model.losses``."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from kerasvae_lint import Settings, lint_source

STEP = """\
import tensorflow as tf
bce = tf.keras.losses.BinaryCrossentropy()

class VAE(tf.keras.Model):
    def train_step(self, x):
        with tf.GradientTape() as tape:
            m, lv, z = self.encoder(x)
            y = self.decoder(z)
            rec = tf.reduce_sum(tf.square(x - y), axis=-1)
{body}
            total = tf.reduce_mean({total})
        grads = tape.gradient(total, self.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.trainable_weights))
        return {{"loss": total}}
"""
LAYERS = """\
from keras import backend as K
from keras.layers import Layer

class KLLoss(Layer):
    def call(self, inputs):
        m, lv, n, lw = inputs
        a = {a}(1.0 + lv - K.square(m) - K.exp(lv){axis})
        b = {a}(1.0 + lw - K.square(n) - K.exp(lw){axis})
        self.add_loss({sum})
        return m

class Rec(Layer):
    def call(self, inputs):
        x, y = inputs
        self.add_loss(K.mean(K.sum(K.square(x - y), axis=-1)))
        return y
"""
ADDED = """\
import tensorflow as tf
bce = tf.keras.losses.BinaryCrossentropy()

class VAE(tf.keras.Model):
    def call(self, x):
        m, lv, z = self.encoder(x)
        self.add_loss(tf.reduce_mean(-0.5 * tf.reduce_sum(1 + lv - tf.square(m) - tf.exp(lv), axis=-1)))
        return self.decoder(z)

    def train_step(self, x):
        with tf.GradientTape() as tape:
            y = self(x, training=True)
            {loss}
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
"""
KL = "1 + lv - tf.square(m) - tf.exp(lv)"
ADVERSARY = """\
import keras
from keras import backend as K
from keras.layers import Layer

class Adversary(Layer):
    def call(self, inputs):
        real, made = inputs
        self.add_loss(K.mean(keras.losses.binary_crossentropy(K.ones_like(real), real)))
        return real

class KLLoss(Layer):
    def call(self, inputs):
        m, lv = inputs
        self.add_loss(K.mean(-0.5 * K.sum(1.0 + lv - K.square(m) - K.exp(lv), axis=-1)))
        return m
"""
CRITIC = """
def build(generator, critic):
    critic.compile("adam", loss="binary_crossentropy")
"""


def step(*lines: str, total: str = "rec + self.kl") -> str:
    return STEP.format(body="\n".join("            " + line for line in lines), total=total)


def codes(text: str) -> list[tuple[str, int]]:
    return [(f.code, f.location.row) for f in lint_source(text, settings=Settings(select=("KV4",)))]


@pytest.mark.parametrize(
    "text",
    [
        step(f"self.kl = tf.reduce_sum({KL}, axis=-1)", "self.kl *= -0.5"),
        step(f"self.kl = {KL}", "self.kl = -0.5 * tf.reduce_sum(self.kl, axis=-1)"),
        step(f"self.kl = {KL}", "self.kl = tf.reduce_sum(self.kl, axis=-1)", "self.kl *= -0.5"),
        step(
            f"self.kl = -0.5 * tf.reduce_sum({KL}, axis=-1)",
            "self.rec = tf.reduce_mean(tf.square(x - y), axis=-1)",
            "self.rec *= 784",
            total="self.rec + self.kl",
        ),
    ],
)
def test_attributes_bound_again_are_read_in_order(text: str) -> None:
    assert codes(text) == []


def test_a_wrong_sign_is_seen_through_them() -> None:
    text = step(f"self.kl = tf.reduce_sum({KL}, axis=-1)", "self.kl *= 0.5")
    assert [code for code, _ in codes(text)] == ["KV401"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LAYERS.format(a="-0.5 * K.sum", axis="", sum="a + b"), [("KV418", 7), ("KV418", 8)]),
        (LAYERS.format(a="-0.5 * K.mean", axis=", axis=-1", sum="K.mean(a + b)"), [("KV403", 7), ("KV403", 8)]),
        (LAYERS.format(a="-0.5 * K.sum", axis=", axis=-1", sum="a + b"), [("KV412", 9)]),
        (LAYERS.format(a="-0.5 * K.sum", axis=", axis=-1", sum="K.mean(a + b)"), []),
    ],
)
def test_a_sum_of_two_kls_is_two_kls(text: str, expected: list[tuple[str, int]]) -> None:
    found = lint_source(text, settings=Settings(select=("KV4",), preview=True))
    assert [(f.code, f.location.row) for f in found] == expected


def test_findings_do_not_hang_on_hashes() -> None:
    text = LAYERS.format(a="-0.5 * K.sum", axis="", sum="a + b")
    program = "import sys; from kerasvae_lint import lint_source; print([str(f) for f in lint_source(sys.argv[1])])"
    told = {
        subprocess.run(
            [sys.executable, "-c", program, text],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1


@pytest.mark.parametrize(
    "text",
    [
        ADVERSARY,
        step(
            f"kl = -0.5 * tf.reduce_sum({KL}, axis=-1)",
            "made = self.critic(y)",
            "adversarial = bce(tf.ones_like(made), made)",
            total="kl + adversarial",
        ),
        ADVERSARY.partition("class Adversary")[0] + "class KLLoss" + ADVERSARY.partition("class KLLoss")[2] + CRITIC,
    ],
)
def test_an_adversary_is_no_reconstruction(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("loss = bce(x, y) + sum(self.losses)", [("KV404", 13)]),
        ("loss = bce(x, y) + tf.add_n(self.losses)", [("KV404", 13)]),
        ("loss = bce(x, y); loss += sum(self.losses)", [("KV404", 13)]),
        ("kl = sum(self.losses); loss = bce(x, y) + kl", [("KV404", 13)]),
        ("loss = bce(x, y) + 0.01 * sum(self.losses)", []),
        ("kl = sum(self.losses); loss = bce(x, y) + self.beta * kl", []),
        ("loss = 784 * bce(x, y) + sum(self.losses)", []),
        ("loss = tf.reduce_mean(tf.keras.losses.binary_crossentropy(x, y))", []),
    ],
)
def test_the_losses_that_a_tape_adds(loss: str, expected: list[tuple[str, int]]) -> None:
    assert codes(ADDED.format(loss=loss)) == expected


def test_one_mistake_is_reported_once() -> None:
    text = """\
from keras import backend as K
from keras.layers import Layer

class Objective(Layer):
    def both(self, x, y, m, lv):
        rec = K.mean(K.square(x - y))
        kl = K.mean(-0.5 * K.sum(1.0 + lv - K.square(m) - K.exp(lv), axis=-1))
        return rec + kl

    def call(self, inputs):
        loss = self.both(*inputs)
        self.add_loss(loss)
        return inputs[0]
"""
    assert codes(text.replace("*inputs", "inputs[0], inputs[1], inputs[2], inputs[3]")) == [("KV404", 6)]
