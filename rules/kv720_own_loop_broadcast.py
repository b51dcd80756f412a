"""KV720 own-loop-broadcast."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, records

if TYPE_CHECKING:
    from kerasvae_lint.model import Broadcast


class OwnLoopBroadcast(Rule):
    """Targets of shape (B,) minus outputs of shape (B, 1): the difference has B times B numbers.

    ## What it finds
    A difference, `tf.math.squared_difference`, or in code that may run in Keras 2 one of `keras.losses`'s regression
    functions, between the output (or the prediction) of a model with one unit and something that is known to have one
    axis: in a step or loop of one's own, in a loss function, in NumPy. Not: loss objects and losses given to `compile`,
    which drop the axis, and shapes that can't be told.

    ## Why it bites
    Every output is compared with every target, so the best that the model can do is to give the mean of them all.
    Measured on y = 3x, 200 steps: a slope of 0.000 and a loss of 8.98, the variance of the targets; with targets of
    shape (B, 1) a slope of 3.000 and a loss of 0. The same formula in NumPy reports such an error for a perfect model.

    ## Bad
    ```python
    loss = tf.reduce_mean(tf.square(y - model(x)))  # y: (B,), model(x): (B, 1)
    ```

    ## Good
    ```python
    loss = tf.reduce_mean(tf.square(tf.reshape(y, (-1, 1)) - model(x)))
    ```

    ## Fix
    Unsafe: the targets get the axis, where they are a name.

    ## Keras 2 and Keras 3
    Arithmetic does it in both. `keras.losses.mean_squared_error` called as a function broadcasts in Keras 2 and drops
    the axis in Keras 3.

    ## References
    - tensorflow/tensorflow issues 28901 and 30040
    """

    code = "KV720"
    name = "own-loop-broadcast"
    triggers = ("Model", "Sequential")
    fixable = "unsafe"
    probes = ("targets",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per difference between one axis and an output of one unit."""
        for found in module.broadcasts:
            if found.function and module.flavour.only3:
                continue
            what = f"`{found.function}`" if found.function else "the difference"
            yield Report(
                found.record,
                f"The output has the shape (B, 1), what it is compared with (B,): {what} pairs each with each,"
                f" B times B numbers, in Keras {'2' if found.function else '2 and 3'}. Give both the same shape.",
                fix=_fix(module, found),
            )


def _fix(module: Module, found: Broadcast) -> Draft | None:
    record = found.record
    sides = [record.left, record.right] if isinstance(record, records.Binary) else [a.value for a in record.arguments]
    if len(sides) < 2 or (isinstance(record, records.Call) and any(a.name is not None for a in record.arguments[:2])):
        return None
    written = sides[0 if found.is_first else 1]
    if not isinstance(written, (records.Name, records.Attribute)):
        return None
    editor, text = module.editor(), module.text(written)
    if found.is_array:
        editor.replace(written, f"{text}.reshape(-1, 1)")
    else:
        editor.replace(written, f"{editor.tensorflow()}.reshape({text}, (-1, 1))")
    return editor.draft("Give the targets the axis", Applicability.UNSAFE)
