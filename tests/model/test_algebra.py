"""A Gaussian KL, a sample and a loss are known by their algebra, however they are written."""

from __future__ import annotations

import textwrap

import pytest

from kerasvae_lint.binding.build import build
from kerasvae_lint.keras.objective.losses import Part, Variant
from kerasvae_lint.model import Module, Objective
from kerasvae_lint.source import Source
from kerasvae_lint.source.syntax import parse_code

IMPORTS = """
import numpy as np
import tensorflow as tf
import tensorflow.keras.backend as K
import tensorflow_probability as tfp
from tensorflow import keras
from keras import ops
from tensorflow.keras import layers
tfd = tfp.distributions


def odds(logit):
    return tf.exp(logit)
"""
LAYER = """
class Regularized(layers.Layer):
    def call(self, inputs):
        m, s = inputs
{body}
        self.add_loss({loss})
        return m
"""


def objective(text: str) -> Objective:
    """What a module trains."""
    tree, source = parse_code(Source("module.py", IMPORTS + textwrap.dedent(text)))
    return Module(build(tree, source.text), source).objective


def added(loss: str, body: str = "") -> list[Part]:
    """The parts of one ``add_loss``."""
    code = LAYER.format(body=textwrap.indent(textwrap.dedent(body), " " * 8), loss=loss)
    losses = [loss for loss in objective(code).losses if loss.kind == "add_loss"]
    assert [len(loss.variants) for loss in losses] == [1]
    return list(losses[0].variants[0])


def variant(text: str, kind: str = "tape") -> Variant:
    """The one variant of the one loss of a kind."""
    losses = [loss for loss in objective(text).losses if loss.kind == kind]
    assert [len(loss.variants) for loss in losses] == [1]
    return losses[0].variants[0]


def told(part: Part) -> tuple[float, str | None, str | None]:
    """Coefficient, and what became of the latent axis and of the batch."""
    return round(part.coefficient, 6), part.latent, part.batch


SPELLINGS = {
    "keras backend, log-variance": "-0.5 * K.sum(1 + s - K.square(m) - K.exp(s), axis=-1)",
    "positive form": "0.5 * tf.reduce_sum(tf.exp(s) + tf.square(m) - 1. - s, axis=1)",
    "constants spelt out": "-.5 * tf.reduce_sum(tf.constant(1.0) + s - tf.pow(m, 2) - tf.math.exp(s), -1)",
    "keras ops": "-0.5 * ops.sum(1 + s - ops.square(m) - ops.exp(s), axis=-1)",
    "powers": "0.5 * tf.reduce_sum(m ** 2 + tf.exp(s) - s - 1, axis=-1)",
    "calls for operators": "tf.multiply(-0.5, K.sum(tf.subtract(tf.add(1., s), tf.add(tf.square(m), K.exp(s))), 1))",
    "divided by two": "tf.reduce_sum(tf.exp(s) + m * m - 1.0 - s, axis=-1) / 2",
    "the half inside": "tf.reduce_sum(0.5 * (tf.exp(s) + m * m) - 0.5 - 0.5 * s, axis=-1)",
    "minus outside": "-tf.reduce_sum(0.5 * (1 + s - m**2 - tf.exp(s)), axis=-1)",
    "no constant": "0.5 * tf.reduce_sum(tf.exp(s) + m**2 - s, axis=-1)",
    "standard deviation": "0.5 * tf.reduce_sum(m**2 + s**2 - tf.math.log(s**2) - 1, axis=-1)",
    "twice the log": "0.5 * tf.reduce_sum(tf.square(m) + tf.square(s) - 2 * tf.math.log(s) - 1, axis=-1)",
    "the log of a standard deviation": "-0.5 * tf.reduce_sum(1 + 2 * s - m**2 - tf.exp(2 * s), axis=-1)",
    "log of std, squared": "-0.5 * K.sum(1 + 2 * s - K.square(m) - K.square(K.exp(s)), axis=-1)",
    "variance": "0.5 * tf.reduce_sum(m**2 + s - tf.math.log(s) - 1, axis=-1)",
    "variance with an epsilon": "0.5 * tf.reduce_sum(m**2 + s - tf.math.log(s + 1e-8) - 1, axis=-1)",
    "per dimension": "tf.reduce_sum(-tf.math.log(s) + (s**2 + m**2) / 2 - 1 / 2, axis=-1)",
    "summed term by term": "0.5 * (tf.reduce_sum(tf.exp(s), 1) + tf.reduce_sum(m**2, 1) - tf.reduce_sum(s, 1) - 2.0)",
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_spellings_of_the_kl(spelling: str) -> None:
    (part,) = added(f"K.mean({spelling})")
    assert part.kl is not None
    assert told(part) == (1.0, "sum", "mean")
    assert part.plain


REDUCTIONS = {
    "K.mean(K.sum({}, axis=-1))": ("sum", "mean"),
    "K.mean(K.sum({}, axis=1), axis=0)": ("sum", "mean"),
    "K.sum(K.mean({}, axis=0))": ("sum", "mean"),
    "K.sum(K.mean({}, 0), -1)": ("sum", "mean"),
    "K.mean({}, axis=-1)": ("mean", None),
    "K.mean({})": ("mean", "mean"),
    "K.sum({})": ("sum", "sum"),
    "K.sum({}, axis=-1)": ("sum", None),
    "K.mean(K.sum({}, axis=-1), axis=-1)": ("sum", "mean"),
    "tf.reduce_sum({}, [1])": ("sum", None),
    "tf.reduce_mean(tf.reduce_sum({}, axis=list(range(1, 3))))": ("sum", "mean"),
    "K.sum(K.sum({}, axis=-1))": ("sum", "sum"),
    "K.sum(K.mean({}, axis=-1))": ("mean", "sum"),
    "K.mean({}, axis=axis)": ("?", "?"),
    "tf.reduce_max({}, axis=-1)": ("?", "?"),
}


@pytest.mark.parametrize(("written", "axes"), REDUCTIONS.items(), ids=REDUCTIONS)
def test_reductions(written: str, axes: tuple[str | None, str | None]) -> None:
    (part,) = added(written.format("0.5 * (K.exp(s) + K.square(m) - 1 - s)"))
    assert part.kl is not None
    assert (part.latent, part.batch) == axes


@pytest.mark.parametrize(
    ("loss", "body", "coefficient"),
    [
        ("kl", "t = 1 + s - m**2\nt -= K.exp(s)\nkl = K.sum(t, -1)\nkl *= -0.5", 1.0),
        ("-kl", "kl = -0.5 * K.sum(1 + s - m**2 - K.exp(s), -1)", -1.0),
        ("5e-4 * kl", "kl = -0.5 * K.sum(1 + s - m**2 - K.exp(s), -1)", 5e-4),
        ("K.mean(3 * K.sum(e, -1))", "e = 0.5 * (K.exp(s) + m**2 - 1 - s)", 3.0),
        ("K.sum(1 + s - m**2 - K.exp(s), -1)", "", -2.0),
    ],
)
def test_signs_and_scales(loss: str, body: str, coefficient: float) -> None:
    (part,) = added(loss, body)
    assert part.kl is not None
    assert part.coefficient == pytest.approx(coefficient)


def test_somebodys_choices_are_settings() -> None:
    kl = "0.5 * K.sum(K.exp(s) + m**2 - 1 - s, -1)"
    for loss in (f"self.beta * {kl}", f"{kl} / self.size", f"K.mean({kl}) * K.get_value(self.beta)"):
        (part,) = added(loss)
        assert part.kl is not None
        assert not part.plain
        assert part.coefficient == pytest.approx(1.0)


@pytest.mark.parametrize(
    "loss",
    [
        "K.abs(K.mean({}) - 5.0)",
        "K.mean(K.maximum({}, 0.5))",
        "tf.nn.relu({} - 1)",
        "10 * tf.abs({} - self.capacity)",
    ],
)
def test_capacity_and_free_bits_are_folded(loss: str) -> None:
    parts = added(loss.format("0.5 * K.sum(K.exp(s) + m**2 - 1 - s, -1)"))
    kls = [part for part in parts if part.kl is not None]
    assert kls
    assert all(part.folded for part in kls)


@pytest.mark.parametrize(
    "loss",
    [
        "K.sum(m**2 + s**2 - s, -1)",
        "K.sum(K.exp(s) + m**2 - 1 - 3 * s, -1)",
        "K.sum(K.exp(2 * s) + m**2 - 1 - s, -1)",
        "K.sum(K.exp(s) + 2 * m**2 - 1 - s, -1)",
        "K.sum(K.exp(s) - m**2 - 1 - s, -1)",
        "K.sum(K.square(m - s), -1)",
        "0.5 * K.sum(s + K.square(m - p) / K.exp(s), -1)",
    ],
)
def test_what_is_no_kl(loss: str) -> None:
    assert all(part.kl is None for part in added(loss))


def test_helpers_lambdas_and_modules_of_functions_are_followed() -> None:
    parts = variant(
        """
        def square(x):
            return x * x

        def divergence(args):
            mu, rho = args
            return -0.5 * tf.reduce_sum(1 + rho - square(mu) - tf.exp(rho), axis=-1)

        def step(x, mean, spread, decode):
            z = layers.Lambda(lambda p: p[0] + tf.exp(p[1] / 2) * tf.random.normal(tf.shape(p[0])))([mean, spread])
            with tf.GradientTape() as tape:
                error = tf.reduce_sum(tf.square(x - decode(z)), axis=-1)
                loss = tf.reduce_mean(error) + tf.reduce_mean(divergence([mean, spread]))
            return tape.gradient(loss, [mean])
        """
    )
    (kl,) = [part for part in parts if part.kl is not None]
    (error,) = [part for part in parts if part.error is not None]
    assert told(kl) == (1.0, "sum", "mean")
    assert (error.features, error.batch) == ("sum", "mean")


def test_log_likelihood_minus_kl_is_turned_before_it_is_minimised() -> None:
    parts = variant(
        """
        def elbo(x, p, m, s):
            return -tf.reduce_sum((x - p) ** 2, 1) - 0.5 * tf.reduce_sum(tf.exp(s) + m**2 - 1 - s, 1)

        def step(x, p, m, s, w):
            with tf.GradientTape() as tape:
                loss = -tf.reduce_mean(elbo(x, p, m, s))
            return tape.gradient(loss, w)
        """
    )
    assert sorted(part.coefficient for part in parts) == [1.0, 1.0]


def test_divergences_of_tensorflow_probability() -> None:
    (part,) = added(
        "tf.reduce_mean(tfd.kl_divergence(tfd.MultivariateNormalDiag(m, tf.exp(0.5 * s)), prior))",
        "prior = tfd.MultivariateNormalDiag(tf.zeros(2), tf.ones(2))",
    )
    assert part.kl is not None
    assert told(part) == (1.0, "sum", "mean")
    assert part.kl.log_variance is not None
    (part,) = added("tf.reduce_sum(tfd.Normal(m, s).kl_divergence(tfd.Normal(0., 1.)), axis=-1)")
    assert told(part) == (1.0, "sum", None)


def test_regularizers_of_tensorflow_probability_are_losses() -> None:
    found = objective(
        """
        prior = tfd.MultivariateNormalDiag(tf.zeros(2))
        regularizer = tfp.layers.KLDivergenceRegularizer(prior, weight=0.5)
        """
    )
    (loss,) = found.losses
    (part,) = loss.kls
    assert told(part) == (0.5, "sum", "mean")


@pytest.mark.parametrize(
    ("written", "mean_coefficient", "logarithm"),
    [
        ("m + K.exp(0.5 * s) * eps", 1.0, True),
        ("m + K.exp(s / 2) * eps * 0.1", 1.0, True),
        ("eps * K.sqrt(K.exp(s)) + m", 1.0, True),
        ("tf.add(m, tf.multiply(tf.exp(s * .5), eps))", 1.0, True),
        ("m + s * eps", 1.0, False),
        ("tf.random.normal(tf.shape(m), m, s)", 1.0, False),
    ],
)
def test_samples(written: str, mean_coefficient: float, logarithm: bool) -> None:
    found = objective(
        f"""
        def sample(args):
            m, s = args
            eps = tf.random.normal(shape=tf.shape(m))
            return {written}
        """
    )
    (sample,) = found.samples
    assert sample.form.mean.only is not None
    assert sample.form.mean.only.coefficient == mean_coefficient
    assert any("Exp" in type(factor).__name__ for factor in sample.form.scale.factors()) == logarithm


@pytest.mark.parametrize(
    ("error", "features", "batch"),
    [
        ("keras.losses.mse(x, p)", "mean", None),
        ("K.mean(K.square(x - p), axis=-1)", "mean", None),
        ("tf.reduce_mean(tf.square(x - p))", "mean", "mean"),
        ("tf.reduce_sum(tf.math.squared_difference(x, p), axis=1)", "sum", None),
        ("784 * keras.losses.binary_crossentropy(x, p)", "mean", None),
        ("K.sum(K.binary_crossentropy(x, p), axis=-1)", "sum", None),
        ("tf.reduce_sum(keras.losses.binary_crossentropy(x, p), axis=(1, 2))", "mixed", None),
        ("keras.losses.MeanSquaredError()(x, p)", "mean", "mean"),
        ("keras.losses.MeanSquaredError(reduction='none')(x, p)", "mean", None),
        ("keras.losses.MeanSquaredError('none')(x, p)", "mean", None),
        ("-tf.reduce_sum(x * tf.math.log(p) + (1 - x) * tf.math.log(1 - p), axis=-1)", "sum", None),
        ("tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=p), axis=[1, 2, 3])", "sum", None),
        ("K.sum(K.abs(x - p), -1)", "sum", None),
    ],
)
def test_reconstructions(error: str, features: str, batch: str | None) -> None:
    (part,) = variant(
        f"""
        def step(x, p, w):
            with tf.GradientTape() as tape:
                loss = {error}
            return tape.gradient(loss, w)
        """
    )
    assert part.error is not None
    assert (part.features, part.batch) == (features, batch)


def test_what_is_not_known_is_not_called() -> None:
    (loss,) = objective("vae.add_loss(mystery(x) * other.loss_of(y))").losses
    assert all(part.kl is None and part.error is None for found in loss.variants for part in found)
