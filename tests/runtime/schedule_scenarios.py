"""Schedules, healthy and sick."""

from __future__ import annotations

from typing import Any

from pieces import WarmUp, Weighted, keras, layers, ops
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


penalty = 0.5


class Penalized(layers.Layer):
    """Weighs by its argument, or by the global of that name."""

    def __init__(self, penalty: float, by_argument: bool) -> None:
        super().__init__()
        self.penalty, self.by_argument = penalty, by_argument

    def call(self, inputs: Any) -> Any:
        self.add_loss((self.penalty if self.by_argument else penalty) * ops.mean(ops.square(inputs)))
        return inputs


def penalized(by_argument: bool) -> tuple[Any, ...]:
    return compiled(keras.Sequential([keras.Input((8,)), layers.Dense(8), Penalized(2.0, by_argument)]))


@healthy
def weight_of_its_own_beside_a_global() -> tuple[Any, ...]:
    return penalized(by_argument=True)


@sick("reaction")
def weight_by_a_global() -> tuple[Any, ...]:
    return penalized(by_argument=False)
