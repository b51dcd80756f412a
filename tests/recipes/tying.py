"""What tied layers must do, and that every recipe saves and loads; every function is one check."""

from __future__ import annotations

import runpy
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from tensorflow import keras

from kerasvae_lint.recipes.tied_dense import SourceDense, TiedDense
from kerasvae_lint.recipes.transposable_dense import TransposableDense

FOLDER = Path(__file__).resolve().parents[2] / "kerasvae_lint" / "recipes"
IS_KERAS_2 = not hasattr(keras, "ops")
DATA = np.random.default_rng(0).normal(size=(32, 6)).astype("float32")


def trained(model: Any) -> Any:
    """Fitted for a little."""
    model.compile(keras.optimizers.Adam(0.05), "mse")
    model.fit(DATA, DATA, batch_size=8, epochs=3, verbose=0)
    return model


def reloaded(model: Any) -> Any:
    """Saved as a whole and loaded."""
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        return keras.models.load_model(f"{folder}/model.keras")


def autoencoder(kind: Any) -> Any:
    """Six features, three in the middle."""
    inputs = keras.Input((6,))
    encoder = kind(3, activation="tanh", name="encoder")
    return keras.Model(inputs, TiedDense(encoder, name="decoder")(encoder(inputs)))


def decoding_kernel(model: Any) -> Any:
    """What the decoder multiplies by: its answer to the identity, without its bias."""
    decoder = model.get_layer("decoder")
    bias = decoder.bias.numpy()
    decoder.bias.assign(np.zeros_like(bias))
    kernel = decoder(np.eye(3, dtype="float32")).numpy()
    decoder.bias.assign(bias)
    return kernel


def is_tied(model: Any) -> bool:
    """To the bit."""
    return bool(np.array_equal(decoding_kernel(model), model.get_layer("encoder").kernel.numpy().T))


def check_tied_to_the_bit_after_training() -> None:
    model = autoencoder(SourceDense)
    before = model.get_layer("encoder").kernel.numpy()
    trained(model)
    assert is_tied(model)
    assert not np.array_equal(before, model.get_layer("encoder").kernel.numpy())
    assert len(model.trainable_weights) == 3
    assert model.get_layer("decoder").bias.shape == (6,)
    assert np.abs(model.get_layer("decoder").bias.numpy()).min() > 0


def check_tied_again_when_loaded() -> None:
    model = trained(autoencoder(SourceDense))
    loaded = reloaded(model)
    assert loaded.get_layer("decoder").tied_to is loaded.get_layer("encoder")
    assert len(loaded.trainable_weights) == 3
    np.testing.assert_allclose(loaded(DATA).numpy(), model(DATA).numpy(), atol=1e-6)
    assert is_tied(trained(loaded))


def check_a_plain_dense_is_never_untied_in_silence() -> None:
    model = trained(autoencoder(keras.layers.Dense))
    assert is_tied(model)
    if not IS_KERAS_2:
        assert is_tied(trained(reloaded(model)))
        return
    with pytest.raises(ValueError, match="call encoder before decoder"):
        reloaded(model)


def check_both_directions_share_one_kernel() -> None:
    inputs = keras.Input((6,))
    dense = TransposableDense(3, activation="tanh", name="both")
    model = trained(keras.Model(inputs, dense(dense(inputs), transpose=True)))
    for one in (model, trained(reloaded(model))):
        layer = one.get_layer("both")
        kernel = layer.kernel.numpy()
        layer.back_bias.assign(np.zeros(6))
        assert np.array_equal(layer(np.eye(3, dtype="float32"), transpose=True).numpy(), kernel.T)
        layer.bias.assign(np.zeros(3))
        assert np.array_equal(layer(np.eye(6, dtype="float32")).numpy(), np.asarray(tf.tanh(kernel)))
        assert [tuple(weight.shape) for weight in one.trainable_weights] == [(6, 3), (3,), (6,)]


def check_the_gradient_comes_from_both_directions() -> None:
    layer = TransposableDense(3)
    with tf.GradientTape(persistent=True) as tape:
        code = layer(DATA)
        whole = tf.reduce_sum(tf.square(layer(code, transpose=True)))
        encoding = tf.reduce_sum(tf.square(tf.matmul(code, tf.stop_gradient(tf.transpose(layer.kernel.numpy())))))
    kernel = layer.trainable_weights[0]
    both, one = tape.gradient(whole, kernel), tape.gradient(encoding, kernel)
    assert float(tf.reduce_max(tf.abs(both - one))) > 1e-3


def _saved(name: str) -> None:
    """The demonstration at the recipe's end runs; its model comes back with all its numbers."""
    names = runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")
    model, data = names["model"], names["data"]
    loaded = reloaded(model)
    ours, theirs = ({_path(v): v.numpy() for v in one.weights} for one in (model, loaded))
    assert len(ours) == len(model.weights) == len(theirs)
    for mine, other in zip(ours.values(), theirs.values(), strict=True):
        np.testing.assert_array_equal(mine, other)
    outputs = []
    for one in (model, loaded):
        tf.random.set_seed(5)
        keras.utils.set_random_seed(5)
        outputs.append(np.asarray(one(data, training=False)))
    np.testing.assert_allclose(outputs[0], outputs[1], atol=1e-6)
    loaded.fit(data, data, epochs=1, verbose=0) if loaded.loss else loaded.fit(data, epochs=1, verbose=0)


def _path(variable: Any) -> str:
    return f"{getattr(variable, 'path', variable.name)} {id(variable)}"


def check_bn_vae_saves_and_loads() -> None:
    _saved("bn_vae")


def check_kl_annealing_saves_and_loads() -> None:
    _saved("kl_annealing")


def check_kl_layer_saves_and_loads() -> None:
    _saved("kl_layer")


def check_kl_regularizer_saves_and_loads() -> None:
    _saved("kl_regularizer")


def check_learned_normal_saves_and_loads() -> None:
    _saved("learned_normal")


def check_tied_dense_saves_and_loads() -> None:
    _saved("tied_dense")


def check_transposable_dense_saves_and_loads() -> None:
    _saved("transposable_dense")


def check_vae_loss_saves_and_loads() -> None:
    _saved("vae_loss")
