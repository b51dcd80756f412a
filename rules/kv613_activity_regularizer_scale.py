"""KV613 activity-regularizer-scale."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module


class ActivityRegularizerScale(Rule):
    """An activity regularizer that is a mean over the batch: most Kerases divide it by the batch size again.

    ## What it finds
    Functions and regularizer objects given as `activity_regularizer` whose value is a mean over the batch, by their
    formula: a mean over all axes or over the first one, of what is computed from the activations.
    Not: sums (`l1`, `l2`, a KL summed over the batch too), and what the formula doesn't tell.

    ## Why it bites
    Keras 2 and Keras 3.15 divide what an activity regularizer gives by the batch size, as the built-in ones are sums;
    Keras 3.0 to 3.12 do not (measured). A mean that is 4.0 for a batch of 10 enters the loss as 0.40, at another batch
    size as another number, without a word: a KL or sparsity term that is meant to press hardly does.

    ## Bad
    ```python
    layers.Dense(64, "sigmoid", activity_regularizer=lambda a: tf.reduce_mean(tf.square(tf.reduce_mean(a, 0) - 0.1)))
    ```

    ## Good
    ```python
    class Sparse(layers.Layer):
        def call(self, inputs):
            self.add_loss(tf.reduce_mean(tf.square(tf.reduce_mean(inputs, 0) - 0.1)))
            return inputs
    ```

    ## Fix
    None: `add_loss` in the `call` of a layer counts once in every Keras, but a weight that was tuned with the division
    then is too large.

    ## Keras 2 and Keras 3
    Divided in Keras 2 and in Keras 3.15, not in 3.0 to 3.12: what one release trains, another does not.

    ## References
    - keras-team/keras issue 22018 and pull request 22021
    """

    code = "KV613"
    name = "activity-regularizer-scale"
    triggers = ("activity_regularizer",)
    probes = ("loss",)
    recipe = "kl-regularizer"
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per layer whose activity regularizer is a mean over the batch."""
        if module.flavour.graph:
            return
        where = "Keras 2 divides" if module.flavour.only2 else "Keras 2 and Keras 3.15 (not 3.0 to 3.12) divide"
        for call in module.all_calls:
            written = next((a for a in call.record.arguments if a.name == "activity_regularizer"), None)
            given = call.argument("activity_regularizer") if written is not None else None
            place = module.averages_batch(given) if given is not None else None
            if written is None or place is None:
                continue
            yield Report(
                written,
                f"This activity regularizer is a mean over the batch, which {where} by the batch size again: it counts"
                " that much less. Call `self.add_loss` in a layer's `call` instead.",
            )
