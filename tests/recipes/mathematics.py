"""What the losses, the posterior and the likelihood must be; every function is one check."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp
from tensorflow import keras

from kerasvae_lint.recipes import bn_vae, kl_annealing, kl_layer, kl_regularizer, learned_normal, vae_loss

tfd = tfp.distributions
RNG = np.random.default_rng(3)
MEAN, LOG_VAR = (RNG.normal(size=(6, 3)).astype("float32") for _ in range(2))
STANDARD = tfd.MultivariateNormalDiag(tf.zeros(3), tf.ones(3))
DIVERGENCE = tfd.kl_divergence(tfd.MultivariateNormalDiag(MEAN, np.exp(LOG_VAR / 2)), STANDARD).numpy()
KL = float(DIVERGENCE.mean())


def near(value: Any, wanted: Any, tolerance: float = 1e-5) -> None:
    np.testing.assert_allclose(np.asarray(value), np.asarray(wanted), rtol=tolerance, atol=tolerance)


def check_kl_is_that_of_tensorflow_probability() -> None:
    near(vae_loss.kl_loss(tf.constant(MEAN), tf.constant(LOG_VAR)), KL)
    signed = np.exp(LOG_VAR / 2) * np.sign(MEAN)  # the sign of a BN-VAE's deviation means nothing
    near(bn_vae.kl_loss(tf.constant(MEAN), tf.constant(signed)), KL)
    annealed = kl_annealing.WeightedKL()
    annealed.beta.assign(0.5)
    annealed([MEAN, LOG_VAR])
    near(sum(annealed.losses), 0.5 * KL)
    layer = kl_layer.KLDivergenceLayer(beta=0.25)
    layer([MEAN, LOG_VAR])
    near(sum(layer.losses), 0.25 * KL)


def _regularized(count: int, **options: Any) -> float:
    """The regularizer's part of the loss for the first samples."""
    layer = keras.layers.Activation("linear", activity_regularizer=kl_regularizer.KLRegularizer(**options))
    layer(np.hstack([MEAN, LOG_VAR])[:count])
    return float(sum(layer.losses))


def check_regularizer_is_the_mean_over_the_batch() -> None:
    for count in (1, 2, 6):
        near(_regularized(count), DIVERGENCE[:count].mean())


@contextmanager
def _other_keras() -> Iterator[None]:
    """A Keras that divides activity regularizers by the batch size where this one does not, or the other way round."""
    power = 1.0 if kl_regularizer.divides_by_batch_size() else -1.0
    sizes: list[int] = []
    base = keras.layers.Layer
    call, add_loss = base.__call__, base.add_loss

    def noted(self: Any, *args: Any, **kwargs: Any) -> Any:
        sizes.append(int(np.shape(args[0])[0]))
        return call(self, *args, **kwargs)

    base.__call__ = noted
    base.add_loss = lambda self, loss: add_loss(self, loss * sizes[-1] ** power)
    try:
        yield
    finally:
        base.__call__, base.add_loss = call, add_loss


def check_regularizer_is_right_in_the_other_keras_too() -> None:
    """Keras 2 and 3.15 divide by the batch size, Keras 3.0 to 3.12 do not."""
    here = kl_regularizer.divides_by_batch_size()
    with _other_keras():
        assert kl_regularizer.divides_by_batch_size() is not here
        for count in (2, 6):
            near(_regularized(count), DIVERGENCE[:count].mean())
    assert kl_regularizer.divides_by_batch_size() is here


def check_regularizer_follows_the_optimizer() -> None:
    optimizer = keras.optimizers.SGD(0.01)
    inputs = keras.Input((6,))
    regularizer = kl_regularizer.KLRegularizer(4).follow(optimizer)
    near(regularizer(np.hstack([MEAN, LOG_VAR])), 0.0)
    model = keras.Model(inputs, keras.layers.Dense(6, activity_regularizer=regularizer)(inputs))
    model.compile(optimizer, "mse")
    data = np.hstack([MEAN, LOG_VAR])
    seen: list[float] = []

    def note(batch: int, logs: Any) -> None:
        seen.append(float(regularizer.weight()))

    watch = keras.callbacks.LambdaCallback(on_train_batch_begin=note)
    model.fit(data, data, batch_size=1, epochs=1, verbose=0, callbacks=[watch])
    near(seen, [0.0, 0.25, 0.5, 0.75, 1.0, 1.0])
    reconstruction = float(np.square(data - model.predict(data, verbose=0)).mean())
    mean, log_var = np.split(model.predict(data, verbose=0), 2, axis=1)
    kl = 0.5 * (mean**2 + np.exp(log_var) - log_var - 1.0).sum(axis=1).mean()
    near(model.evaluate(data, data, batch_size=6, verbose=0), reconstruction + kl, 1e-4)


def check_reconstruction_is_a_likelihood_summed_per_sample() -> None:
    logits = RNG.normal(size=(6, 2, 5)).astype("float32")
    bits = (RNG.random((6, 2, 5)) < 0.5).astype("float32")
    classes = RNG.integers(5, size=(6, 2))
    half_log = 0.5 * np.log(2.0 * np.pi) * 10  # the constant that "mse" leaves out, for ten features
    wanted = {
        "bce": -tfd.Bernoulli(logits=logits).log_prob(bits).numpy().sum(axis=(1, 2)),
        "categorical": -tfd.Categorical(logits=logits).log_prob(classes).numpy().sum(axis=1),
        "mse": -tfd.Normal(logits, 1.0).log_prob(bits).numpy().sum(axis=(1, 2)) - half_log,
    }
    for kind, each in wanted.items():
        target = tf.constant(classes if kind == "categorical" else bits)
        near(vae_loss.reconstruction_loss(target, tf.constant(logits), kind), each.mean())
        near(vae_loss.reconstruction_loss(target[:2], tf.constant(logits[:2]), kind), each[:2].mean())
        parts = vae_loss.vae_loss(target, tf.constant(logits), tf.constant(MEAN), tf.constant(LOG_VAR), kind)
        near(parts, (each.mean(), KL))
    with pytest.raises(ValueError, match="'mae'"):
        vae_loss.reconstruction_loss(tf.constant(bits), tf.constant(logits), "mae")


def check_metrics_stand_in_the_logs() -> None:
    inputs = keras.Input((3,))
    layer = kl_layer.KLDivergenceLayer(beta=0.5)
    model = keras.Model(inputs, layer([inputs, keras.layers.Dense(3)(inputs)]))
    model.compile("sgd")
    logs = model.evaluate(MEAN, verbose=0, return_dict=True)
    near(logs["kl_weight"], 0.5)
    near(logs["loss"], 0.5 * logs["kl"])
    history = model.fit(MEAN, epochs=3, verbose=0, callbacks=[kl_layer.warm_up(layer, 2)]).history
    near(history["kl_weight"], [0.0, 0.5, 1.0])
    assert min(history["kl"]) > 0.0


def check_the_bound_of_the_bn_vae() -> None:
    """KL ≥ Σ gamma_mu² / 2 ≥ d · tau / 2, for any encoder, over the batch that BatchNormalization sees."""
    latent, tau = 3, 0.4
    for size in (1e-3, 1.0, 30.0):
        inputs = keras.Input((7,))
        outputs = bn_vae.posterior(inputs, latent, tau)
        model = keras.Model(inputs, outputs)
        scaler = next(layer for layer in model.layers if type(layer).__name__ == "Scaler")
        for shift in (0.0, -8.0, 8.0):
            scaler.theta.assign(shift + RNG.normal(size=latent))
            gamma_mu, gamma_sigma = (gamma.numpy() for gamma in scaler.gammas())
            near(gamma_mu**2 + gamma_sigma**2, np.ones(latent), 1e-6)
            assert (gamma_mu**2 >= tau - 1e-6).all()
            data = (size * RNG.normal(size=(64, 7)) + 2.0).astype("float32")
            mean, std = (part.numpy() for part in model(data, training=True))
            near(mean.mean(axis=0), np.zeros(latent), 1e-3)
            # BatchNormalization's epsilon counts where an encoder hardly moves.
            near((mean**2).mean(axis=0), gamma_mu**2, 0.05 if size < 1.0 else 1e-4)
            slack = 0.95 if size < 1.0 else 0.9999
            assert float(bn_vae.kl_loss(mean, std)) >= slack * (gamma_mu**2).sum() / 2


def check_the_bound_holds_in_training() -> None:
    """Targets that no code explains: a plain KL goes to 0, this one stays."""
    data = RNG.normal(size=(64, 5)).astype("float32")
    inputs = keras.Input((5,))
    model = keras.Model(inputs, keras.layers.Dense(5)(bn_vae.Sampling()(bn_vae.posterior(inputs, 4, 0.5))))
    model.compile(keras.optimizers.Adam(0.05), "mse")
    history = model.fit(data, np.zeros_like(data), batch_size=32, epochs=15, verbose=0).history
    assert min(history["kl"]) >= 4 * 0.5 / 2 * 0.999
    assert history["kl"][-1] < history["kl"][0]


def check_the_likelihood_is_that_of_tensorflow_probability() -> None:
    layer = learned_normal.LearnedNormal()
    layer.build((None, 3))
    layer.loc.assign([0.5, -1.0, 2.0])
    for raw in ([0.3, -2.0, 4.0], [-100.0, 0.0, 100.0]):
        layer.raw_scale.assign(raw)
        scale = np.log1p(np.exp(np.array(raw))) + 1e-6
        assert (layer.scale().numpy() > 0).all()
        wanted = tfd.Normal([0.5, -1.0, 2.0], scale.astype("float32")).log_prob(MEAN).numpy().sum(axis=1)
        near(layer(MEAN), wanted, 1e-4)
        near(sum(layer.losses), -wanted.mean(), 1e-4)


def check_mean_and_scale_are_both_learned() -> None:
    data = np.random.default_rng(0).normal(3.0, 2.0, size=(256, 1)).astype("float32")
    layer = learned_normal.LearnedNormal()
    inputs = keras.Input((1,))
    model = keras.Model(inputs, layer(inputs))
    model.compile(keras.optimizers.Adam(0.1))
    for _ in range(3):  # in Keras 3 a distribution made in `build` gets gradients in the first step alone
        before = [weight.numpy() for weight in (layer.loc, layer.raw_scale)]
        model.train_on_batch(data)
        assert all((new.numpy() != old).all() for new, old in zip((layer.loc, layer.raw_scale), before, strict=True))
    model.fit(data, epochs=40, batch_size=64, verbose=0)
    near(layer.loc.numpy()[0], data.mean(), 0.1)
    near(layer.scale().numpy()[0], data.std(), 0.1)
