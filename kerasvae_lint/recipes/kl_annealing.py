"""A schedule for the KL weight, as a callback.

Linear, cosine or logistic, monotonic or cyclical, per epoch or per batch. The weight is a non-trainable variable of a
layer: the optimizer leaves it alone, the compiled step reads what it is now, and it is saved with the model. The
callback computes it from the epoch (or the optimizer's iterations) and its own arguments alone, so that training goes
on where it was after ``BackupAndRestore`` or ``fit(initial_epoch=…)``.
Needs TensorFlow, with Keras 2 (``TF_USE_LEGACY_KERAS=1``) or Keras 3.

- Bowman et al., Generating Sentences from a Continuous Space (arXiv 1511.06349): annealing
- Fu et al., Cyclical Annealing Schedule (arXiv 1903.10145): starting over again and again
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow import keras


def curve(shape: str, progress: float) -> float:
    """The rise from 0 at ``progress`` 0 to 1 at ``progress`` 1; one half in the middle, whatever the shape."""
    progress = min(max(progress, 0.0), 1.0)
    if shape == "linear":
        return progress
    if shape == "cosine":
        return 0.5 - 0.5 * math.cos(math.pi * progress)
    if shape == "logistic":  # six units to either side, stretched to begin at 0 and to end at 1
        return 0.5 + 0.5 * math.tanh(6.0 * progress - 3.0) / math.tanh(3.0)
    raise ValueError(f"shape is 'linear', 'cosine' or 'logistic', not {shape!r}")


def since_start(step: int, cycle: int, switches: Mapping[int, bool]) -> int:
    """How many steps ago the present rise began; ``switches`` says from which step on rises are repeated, or not.

    Switched off, the present cycle is finished and the weight then stays up; switched on, a new one begins where the
    last is over.
    """
    began, cyclical = 0, False
    for at in sorted(at for at in switches if at <= step):
        if cyclical:
            began = at - (at - began) % cycle
        elif switches[at] and at - began >= cycle:
            began = at
        cyclical = switches[at]
    return (step - began) % cycle if cyclical else step - began


class KLAnnealing(keras.callbacks.Callback):
    """Sets ``weight``, a scalar non-trainable variable, before each epoch (or batch).

    Args:
        weight: the variable, as :class:`WeightedKL` holds one.
        rise: epochs (batches, with ``per="batch"``) from 0 to ``end``.
        shape: ``"linear"``, ``"cosine"`` or ``"logistic"``.
        cyclical: start over again after each cycle of ``rise + hold``.
        hold: epochs (batches) at ``end`` before the next cycle; as many as ``rise`` by default.
        switches: from which epoch (batch) on cycles are on or off, as ``{30: False, 70: True}``; or call
            :meth:`switch` while training.
        per: ``"epoch"`` or ``"batch"``.
        end: the weight once it is up.
        disabled: leave the weight at ``end`` from the start.
    """

    def __init__(
        self,
        weight: Any,
        rise: int,
        shape: str = "linear",
        *,
        cyclical: bool = False,
        hold: int | None = None,
        switches: Mapping[int, bool] | None = None,
        per: str = "epoch",
        end: float = 1.0,
        disabled: bool = False,
    ) -> None:
        super().__init__()
        if rise < 1 or (hold is not None and hold < 0) or per not in {"epoch", "batch"}:
            raise ValueError("rise is 1 or more, hold 0 or more, per 'epoch' or 'batch'")
        curve(shape, 0.0)
        self.weight, self.rise, self.shape, self.per = weight, rise, shape, per
        self.cycle = rise + (rise if hold is None else hold)
        self.switches = {0: cyclical, **(switches or {})}
        self.end, self.disabled = end, disabled
        self.now = -1

    def value(self, step: int) -> float:
        """The weight at a step (an epoch or a batch, counted from 0)."""
        if self.disabled:
            return self.end
        return self.end * curve(self.shape, since_start(step, self.cycle, self.switches) / self.rise)

    def switch(self, cyclical: bool) -> None:
        """Turn cycles on or off, from the next epoch (batch) on."""
        self.switches[self.now + 1] = cyclical

    def _set(self, step: int) -> None:
        self.now = step
        self.weight.assign(self.value(step))

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if self.per == "epoch":
            self._set(epoch)

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if self.per == "batch":  # `batch` begins at 0 again in every epoch
            self._set(int(self.model.optimizer.iterations.numpy()))

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if logs is not None:
            logs["kl_weight"] = float(self.weight.numpy())


@keras.utils.register_keras_serializable(package="recipes")
class WeightedKL(keras.layers.Layer):
    """Adds ``beta * KL(N(mean, exp(log_var)) || N(0, 1))`` to the loss; ``[mean, log_var]`` pass through.

    Both are of shape (batch, latent); the KL is summed over the latent axis and averaged over the batch.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.beta = self.add_weight(name="beta", shape=(), initializer="zeros", trainable=False)

    def call(self, inputs: list[tf.Tensor]) -> list[tf.Tensor]:
        mean, log_var = inputs
        kl = 0.5 * tf.reduce_sum(tf.square(mean) + tf.exp(log_var) - log_var - 1.0, axis=-1)
        self.add_loss(self.beta * tf.reduce_mean(kl))
        return [mean, log_var]


@keras.utils.register_keras_serializable(package="recipes")
class Sampling(keras.layers.Layer):
    """Draws from N(mean, exp(log_var)): two inputs and an output of shape (batch, latent)."""

    def call(self, inputs: list[tf.Tensor]) -> tf.Tensor:
        mean, log_var = inputs
        return mean + tf.exp(0.5 * log_var) * tf.random.normal(tf.shape(mean))


@keras.utils.register_keras_serializable(package="recipes")
def squared_error(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Summed over the features, as the KL is over the latent axis: two tensors (batch, n) to one of (batch,)."""
    return tf.reduce_sum(tf.square(target - output), axis=-1)


if __name__ == "__main__":
    data = np.random.default_rng(0).normal(size=(64, 8)).astype("float32")
    inputs = keras.Input((8,))
    hidden = keras.layers.Dense(16, activation="tanh")(inputs)
    kl_layer = WeightedKL(name="kl")
    mean, log_var = kl_layer([keras.layers.Dense(2)(hidden), keras.layers.Dense(2)(hidden)])
    model = keras.Model(inputs, keras.layers.Dense(8)(Sampling()([mean, log_var])))
    model.compile(keras.optimizers.Adam(0.01), squared_error)
    annealing = KLAnnealing(kl_layer.beta, rise=2, shape="cosine", cyclical=True, switches={4: False})
    history = model.fit(data, data, epochs=6, verbose=0, callbacks=[annealing])
    print("KL weight by epoch:", [round(value, 3) for value in history.history["kl_weight"]])
