"""What the annealing schedule must do; every function is one check."""

from __future__ import annotations

import contextlib
import math
import tempfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tensorflow import keras

from kerasvae_lint.recipes.kl_annealing import KLAnnealing, Sampling, WeightedKL, curve


class Held:
    """Stands in for the variable."""

    def __init__(self) -> None:
        self.value = -1.0

    def assign(self, value: float) -> None:
        self.value = value


def values(count: int, **options: Any) -> list[float]:
    """The weight at each of the first steps."""
    annealing = KLAnnealing(Held(), **options)
    return [annealing.value(step) for step in range(count)]


def check_curves_at_known_points() -> None:
    def sigmoid(x: float) -> float:
        return 1.0 / (1.0 + math.exp(-x))

    low = sigmoid(-6.0)
    known: dict[str, Callable[[float], float]] = {
        "linear": lambda p: p,
        "cosine": lambda p: math.sin(math.pi * p / 2.0) ** 2,
        "logistic": lambda p: (sigmoid(12.0 * p - 6.0) - low) / (1.0 - 2.0 * low),
    }
    assert abs(curve("cosine", 0.25) - 0.146447) < 1e-6
    assert abs(curve("logistic", 0.25) - 0.045177) < 1e-6
    for shape, formula in known.items():
        points = [curve(shape, p / 20) for p in range(21)]
        np.testing.assert_allclose(points, [formula(p / 20) for p in range(21)], atol=1e-12)
        np.testing.assert_allclose([points[0], points[10], points[20]], [0.0, 0.5, 1.0], atol=1e-12)
        assert sorted(set(points)) == points
        assert curve(shape, 1.7) == points[20]


def check_monotonic_holds_at_its_end() -> None:
    assert values(7, rise=4) == [0.0, 0.25, 0.5, 0.75, 1.0, 1.0, 1.0]
    assert values(3, rise=2, end=0.2) == [0.0, 0.1, 0.2]


def check_cyclical_starts_over() -> None:
    assert values(8, rise=2, hold=1, cyclical=True) == [0.0, 0.5, 1.0, 0.0, 0.5, 1.0, 0.0, 0.5]
    assert values(5, rise=2, cyclical=True) == [0.0, 0.5, 1.0, 1.0, 0.0]
    assert values(5, rise=2, hold=0, cyclical=True) == [0.0, 0.5, 0.0, 0.5, 0.0]


SWITCHED = [0.0, 0.5, 1.0, 0.0, 0.5, 1.0, 1.0, 1.0, 1.0, 0.0, 0.5, 1.0, 0.0]


def check_off_at_one_epoch_and_on_at_another() -> None:
    """Off in the middle of a cycle: it is finished; on again: a new one begins there."""
    switches = {4: False, 9: True}
    assert values(13, rise=2, hold=1, cyclical=True, switches=switches) == SWITCHED
    late = values(8, rise=2, hold=2, switches={5: True})
    assert late == [0.0, 0.5, 1.0, 1.0, 1.0, 0.0, 0.5, 1.0]
    early = values(8, rise=4, hold=1, switches={2: True})
    assert early == [0.0, 0.25, 0.5, 0.75, 1.0, 0.0, 0.25, 0.5]


def check_disabled() -> None:
    assert values(5, rise=4, disabled=True) == [1.0] * 5
    assert values(2, rise=4, disabled=True, cyclical=True, end=0.3) == [0.3, 0.3]


def check_wrong_arguments_are_refused() -> None:
    wrong: list[dict[str, Any]] = [{"rise": 0}, {"rise": 1, "hold": -1}, {"rise": 1, "shape": "steep"}]
    for options in [*wrong, {"rise": 1, "per": "step"}]:
        with pytest.raises(ValueError, match=r"rise is|shape is"):
            KLAnnealing(Held(), **options)


DATA = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")


def model_and_weight() -> tuple[Any, Any]:
    """A small VAE, four batches of eight in an epoch."""
    inputs = keras.Input((4,))
    layer = WeightedKL(name="kl")
    codes = layer([keras.layers.Dense(2)(inputs), keras.layers.Dense(2)(inputs)])
    model = keras.Model(inputs, keras.layers.Dense(4)(Sampling()(codes)))
    model.compile(keras.optimizers.Adam(0.05), "mse")
    return model, layer.beta


def fit(model: Any, weight: Any, epochs: int, *callbacks: Any) -> list[float]:
    """Trains; the weight after each batch, where an optimizer that moved it would show."""
    seen: list[float] = []
    watch = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(float(weight.numpy())))
    model.fit(DATA, DATA, batch_size=8, epochs=epochs, verbose=0, callbacks=[*callbacks, watch])
    return seen


def check_fit_sets_it_and_nothing_moves_it() -> None:
    model, weight = model_and_weight()
    annealing = KLAnnealing(weight, rise=2, hold=1, cyclical=True, switches={2: False})
    assert fit(model, weight, 4, annealing) == [0.0] * 4 + [0.5] * 4 + [1.0] * 8
    assert [w for w in model.trainable_weights if w.shape == ()] == []


def check_per_batch() -> None:
    model, weight = model_and_weight()
    annealing = KLAnnealing(weight, rise=8, per="batch")
    assert fit(model, weight, 3, annealing) == [step / 8 for step in range(8)] + [1.0] * 4


def check_switched_while_training() -> None:
    model, weight = model_and_weight()
    annealing = KLAnnealing(weight, rise=2, hold=1, cyclical=True)
    turns = {3: False, 8: True}  # at the end of these epochs, so for the next ones

    def turn(epoch: int, logs: Any) -> None:
        if epoch in turns:
            annealing.switch(turns[epoch])

    seen = fit(model, weight, 13, annealing, keras.callbacks.LambdaCallback(on_epoch_end=turn))
    assert seen[::4] == SWITCHED


def _resumed(make: Callable[[Any], Any]) -> None:
    """Broken off in epoch 4 (the fifth), restored into a new model and a new callback."""

    class BreakError(Exception):
        pass

    def stop(epoch: int, logs: Any) -> None:
        if epoch == 4:
            raise BreakError

    model, weight = model_and_weight()
    whole = fit(model, weight, 8, make(weight))
    with tempfile.TemporaryDirectory() as folder:
        first, weight = model_and_weight()
        backup = keras.callbacks.BackupAndRestore(folder)
        with contextlib.suppress(BreakError):
            fit(first, weight, 8, backup, make(weight), keras.callbacks.LambdaCallback(on_epoch_begin=stop))
        second, weight = model_and_weight()
        tail = fit(second, weight, 8, keras.callbacks.BackupAndRestore(folder), make(weight))
    assert tail == whole[16:]
    assert len(set(tail)) > 1


def check_backup_and_restore_per_epoch() -> None:
    _resumed(lambda weight: KLAnnealing(weight, rise=3, hold=1, cyclical=True, switches={2: False, 5: True}))


def check_backup_and_restore_per_batch() -> None:
    _resumed(lambda weight: KLAnnealing(weight, rise=24, per="batch"))


def check_it_is_saved_with_the_model() -> None:
    model, weight = model_and_weight()
    fit(model, weight, 2, KLAnnealing(weight, rise=4))
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        loaded = keras.models.load_model(f"{folder}/model.keras")
    assert float(loaded.get_layer("kl").beta.numpy()) == 0.25
