"""KV101 trainable-schedule."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module, Scheduled, make_non_trainable

_TRAINED_IN_KERAS3 = frozenset({"keras.Variable", "add_weight"})
_MAKERS = frozenset({"keras.backend.variable", "tf.Variable", *_TRAINED_IN_KERAS3})


class TrainableSchedule(Rule):
    """A schedule's variable is trainable: the optimizer moves it too.

    ## What it finds
    A trainable scalar variable (`K.variable`, `tf.Variable`, `keras.Variable`, `add_weight`) held by a layer or model,
    as an attribute or through its constructor, that host code writes during training: a callback, a LambdaCallback, a
    training loop, in this file or another one of the project. Not: variables that only a closure or a custom gradient
    reads, that nobody writes, that are marked by `._trainable = False`, or that the model's own `train_step` leaves
    out.

    ## Why it bites
    The variable is among the model's trainable weights, so every optimizer step pulls it towards a smaller loss: a KL
    weight decays between the epochs that set it. Measured in 3 epochs: 1.0 becomes 0.977.

    ## Bad
    ```python
    beta = K.variable(0.0)
    z = KLDivergence(beta)([mean, log_var])
    warm_up = LambdaCallback(on_epoch_begin=lambda epoch, logs: K.set_value(beta, epoch / 10))
    ```

    ## Good
    ```python
    beta = tf.Variable(0.0, trainable=False)
    ```

    ## Fix
    Safe: the variable is made with `trainable=False`, `K.variable` (which has no such argument) as a `tf.Variable`.

    ## Keras 2 and Keras 3
    Keras 2 trains all of them (before 2.3 only `add_weight`: silent where the project pins such a Keras). Keras 3
    trains `keras.Variable` and `add_weight`, and does not track a bare `tf.Variable` or `K.variable`: silent where the
    code is for Keras 3 only.

    ## References
    - keras-team/keras issue 13826
    """

    code = "KV101"
    name = "trainable-schedule"
    triggers = ("ariable(", "add_weight")
    fixable = "sometimes"
    probes = ("schedule",)
    recipe = "kl-annealing"
    project_wide = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per trained variable of a layer that host code schedules."""
        for scheduled in module.scheduled:
            variable = scheduled.held.variable
            if variable.name not in (_TRAINED_IN_KERAS3 if module.flavour.only3 else _MAKERS):
                continue
            if module.flavour.old and variable.name != "add_weight":
                continue
            assert variable.site is not None
            yield Report(
                variable.site.record,
                _message(module, scheduled),
                ((module.place(scheduled.writing.site), "host code sets it here"),),
                make_non_trainable(module, variable),
            )


def _message(module: Module, scheduled: Scheduled) -> str:
    held = scheduled.held
    tracked3 = held.variable.name in _TRAINED_IN_KERAS3
    where = "in Keras 2 and 3" if tracked3 else "in Keras 2 (Keras 3 does not track it)"
    if module.flavour.only3:
        where = "in Keras 3"
    what = f"`{held.attribute}` of {held.owner_name}" if held.attribute else f"A variable of {held.owner_name}"
    return (
        f"{what} is set by host code, but it is a trainable variable of the layer: the optimizer moves it too, {where}."
        " Make it non-trainable."
    )
