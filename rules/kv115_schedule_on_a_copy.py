"""KV115 schedule-on-a-copy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.model import Module, live_number

if TYPE_CHECKING:
    from kerasvae_lint.model import OwnCopy


class ScheduleOnACopy(Rule):
    """A callback changes a number of its own; the loss goes on with the one that both were given.

    ## What it finds
    A Python number that is handed to a callback and to a loss, a layer or `loss_weights`, where the callback's hooks
    set its own attribute and nothing else. Not: a callback that hands the number on, to the model, to a variable or to
    a function that can't be seen; a whole number whose two uses have different names. A variable that was handed to
    both and is replaced in the callback is KV107's.

    ## Why it bites
    A number is no place that two can share: `self.beta = self.beta + 0.1` hangs a new one on the callback, and the
    layer keeps the first. Measured: the callback prints 0.5, 1.0, and every step trains with 0. A KL warm-up from 0
    trains a plain autoencoder.

    ## Bad
    ```python
    beta = 0.0


    class WarmUp(keras.callbacks.Callback):
        def __init__(self, beta):
            super().__init__()
            self.beta = beta

        def on_epoch_end(self, epoch, logs=None):
            self.beta = min(1.0, self.beta + 0.1)


    code = KLDivergence(beta)([mean, log_var])
    model.fit(x, x, callbacks=[WarmUp(beta)])
    ```

    ## Good
    ```python
    beta = tf.Variable(0.0, trainable=False)


    class WarmUp(keras.callbacks.Callback):
        ...

        def on_epoch_end(self, epoch, logs=None):
            self.beta.assign(min(1.0, self.beta + 0.1))
    ```

    ## Fix
    Unsafe, where all of it stands in one file: a non-trainable variable in the number's place, and `.assign`.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - keras-team/keras issue 2595
    """

    code = "KV115"
    name = "schedule-on-a-copy"
    triggers = ("Callback",)
    fixable = "sometimes"
    probes = ("schedule",)
    recipe = "kl-annealing"
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per number, where the callback changes it first."""
        if module.flavour.graph:
            return
        for found in module.own_copies:
            if any(_sets_more(module, found)):
                continue
            read, what = (found.reads, "the loss reads it here") if found.reads else (found.weighs, "weighed with here")
            yield Report(
                found.changes[0].record,
                f"`{found.attribute}` is a number of this callback's own: the loss keeps the one that it was given, so"
                " that nothing changes, in Keras 2 and 3. Give both one non-trainable variable, and assign it here.",
                ((module.place(found.number), "both are given this number"), (module.place(read[0]), what)),
                _fix(module, found),
            )


def _sets_more(module: Module, found: OwnCopy) -> Iterator[bool]:
    """Whether the hooks set anything that is not the callback's own: then this number may be on its way there."""
    for obj in found.cls.instances:
        for setting in module.schedules.settings_of(obj):
            yield setting.hook.is_repeated and setting.attribute not in {"stop_training", "history"}


def _fix(module: Module, found: OwnCopy) -> Draft | None:
    if found.weighs:
        return None
    return live_number(module, found.number, found.reads, [change.record for change in found.changes])
