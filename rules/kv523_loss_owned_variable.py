"""KV523 loss-owned-variable."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module


class LossOwnedVariable(Rule):
    """A variable that only a compiled loss holds is trained by nobody.

    ## What it finds
    A `tf.Variable`, `keras.Variable` or `K.variable` that a loss given to `compile` computes with, and that no layer or
    model holds: a global, a closure's, an attribute of a `Loss`; where a name (`log_sigma`, `learned_weight`),
    `trainable=True`, or an `exp` or `softplus` over it says that it is to be learned. Not: a constant that was only put
    in a variable, a weight that a callback sets, a variable that is given to an optimizer by hand.

    ## Why it bites
    `fit` trains the trainable weights of the model, that is, of its layers. A learned noise or loss weight that lives
    in the loss is in none of them: measured, it stays at its start for ever, in Keras 2 and 3, and is not saved.
    Nothing is said, and the loss goes down all the same.

    ## Bad
    ```python
    log_sigma = tf.Variable(0.0)


    def nll(y_true, y_pred):
        return tf.square(y_true - y_pred) * tf.exp(-2.0 * log_sigma) + log_sigma
    ```

    ## Good
    ```python
    class LearnedNoise(layers.Layer):
        def build(self, input_shape):
            self.log_sigma = self.add_weight(name="log_sigma", shape=(), initializer="zeros")

        def call(self, inputs):
            y_true, y_pred = inputs
            error = ops.square(y_true - y_pred) * ops.exp(-2.0 * self.log_sigma)
            self.add_loss(ops.mean(error + self.log_sigma))
            return y_pred
    ```

    ## Fix
    None: a layer or model has to own the variable, by `add_weight`.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV523"
    name = "loss-owned-variable"
    triggers = ("Variable(", "variable(")
    probes = ("gradients",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per variable."""
        for found in module.loss_variables:
            if found.variable.site is not None:
                yield Report(
                    found.variable.site.record,
                    "Only a compiled loss holds this variable: `fit` trains what layers and models own, so it keeps its"
                    " first value, in Keras 2 and 3, and is not saved. Let a layer make it by `add_weight`.",
                )
