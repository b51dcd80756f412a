"""KV508 non-differentiable-loss."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module

_WORDS = {"cast": "a cast to integers or truth values", "where": "`where` with two fixed branches"}


class NonDifferentiableLoss(Rule):
    """A loss goes through `round`, `argmax`, a comparison or a cast to integers: there is no gradient.

    ## What it finds
    A loss, or one term of it, that reaches what is trained only through functions that are flat everywhere: `round`,
    `sign`, `floor`, `argmax`, `one_hot`, comparisons, casts to int or bool, `where` between two fixed numbers. Losses
    are those of `compile`, `add_loss`, a tape, and functions that are losses by name. Not: such a function on the
    targets, as a factor or mask beside something with a gradient, behind `stop_gradient` (straight-through), in a
    function with a gradient of its own, in metrics.

    ## Why it bites
    The slope of a step is 0 or missing wherever it is defined. If it is the whole loss, Keras raises `No gradients
    provided for any variable`, or trains nothing: with `sign` and `round` the weights get zeros. If it is one term,
    that term is only shown: it goes down by chance.

    ## Bad
    ```python
    def f1_loss(y_true, y_pred):
        hits = tf.reduce_sum(y_true * tf.round(y_pred))
        return 1.0 - 2.0 * hits / (tf.reduce_sum(y_true) + tf.reduce_sum(tf.round(y_pred)))
    ```

    ## Good
    ```python
    def f1_loss(y_true, y_pred):
        hits = tf.reduce_sum(y_true * y_pred)
        return 1.0 - 2.0 * hits / (tf.reduce_sum(y_true) + tf.reduce_sum(y_pred))
    ```

    ## Fix
    None: what smooth function to take is the author's to say.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - keras-team/keras issue 5537
    - tensorflow/tensorflow issue 38211
    """

    code = "KV508"
    name = "non-differentiable-loss"
    triggers = (
        "round(",
        "sign(",
        "floor(",
        "ceil(",
        "argm",
        "cast(",
        "one_hot",
        "equal(",
        "greater(",
        "less(",
        ">",
        "<",
    )
    probes = ("gradients",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per term of a loss."""
        for found in module.flat:
            what = _WORDS.get(found.operation, f"`{found.operation}`")
            if found.whole:
                text = (
                    f"The loss reaches what is trained only through {what}, which is flat: there is no gradient, in"
                    " Keras 2 and 3, and nothing is learned. Compute it from the raw outputs."
                )
            else:
                text = (
                    f"This term of the loss reaches what is trained only through {what}, which is flat: it has no"
                    " gradient, in Keras 2 and 3, and changes nothing. Compute it from the raw outputs."
                )
            yield Report(found.site.record, text, about=(found.site.record,))
