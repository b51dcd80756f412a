"""Schedules, healthy and sick."""

from __future__ import annotations

from typing import Any

from pieces import WarmUp, Weighted, keras, layers
from registry import compiled, healthy, sick


def scheduled(*callbacks: Any) -> tuple[Any, ...]:
    model = keras.Sequential([keras.Input((8,)), layers.Dense(8), Weighted(name="kl"), layers.Dense(8)])
    return (*compiled(model)[:3], list(callbacks))


class Ramp(keras.callbacks.Callback):
    """Sets ``beta`` to a straight line from 0; it ends with the training, if at all."""

    def __init__(self, slope: float) -> None:
        super().__init__()
        self.slope = slope

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.model.get_layer("kl").beta.assign(self.slope * epoch)


@healthy
def ramp_that_ends_with_the_training() -> tuple[Any, ...]:
    return scheduled(Ramp(1.0))  # five epochs: to 4


@healthy
def stopping_without_a_schedule() -> tuple[Any, ...]:
    return scheduled(keras.callbacks.EarlyStopping("loss"))


@sick("schedule")
def ramp_without_an_end() -> tuple[Any, ...]:
    return scheduled(Ramp(1 / 3))


@sick("schedule")
def stopping_by_a_loss_that_is_annealed() -> tuple[Any, ...]:
    return scheduled(WarmUp(), keras.callbacks.EarlyStopping("loss"))


@healthy
def stopping_after_the_warm_up() -> tuple[Any, ...]:
    return scheduled(WarmUp(), keras.callbacks.EarlyStopping("loss", start_from_epoch=4))


@sick("schedule")
def hook_that_nobody_calls() -> tuple[Any, ...]:
    class Started(keras.callbacks.Callback):
        def on_epoch_start(self, epoch: int, logs: Any = None) -> None:
            self.model.get_layer("kl").beta.assign(1.0)

    return scheduled(Started())


@healthy
def helper_of_a_hook() -> tuple[Any, ...]:
    class Helped(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.on_epoch_start(epoch)

        def on_epoch_start(self, epoch: int) -> None:
            self.model.get_layer("kl").beta.assign(1.0 if epoch else 0.5)

    return scheduled(Helped())
