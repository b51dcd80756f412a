"""KV303 stale-variable-tensor."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module, recompute


class StaleVariableTensor(Rule):
    """A tensor computed from the layer's own variable is kept from construction and used when called.

    ## What it finds
    An attribute that `__init__` or `build` sets to something computed from a variable of the same layer (an activation
    of it, a sum, a slice), and that `call` or `train_step` reads.

    ## Why it bites
    The tensor is computed once, outside every gradient tape: the variable gets no gradient through it, and assigning
    the variable changes nothing. In Keras 3 the very first call may look healthy, because `build` runs inside it.

    ## Bad
    ```python
    def build(self, input_shape):
        self.logit = self.add_weight(name="logit", shape=())
        self.rate = tf.sigmoid(self.logit)

    def call(self, inputs):
        return inputs * self.rate
    ```

    ## Good
    ```python
    def call(self, inputs):
        rate = tf.sigmoid(self.logit)
        return inputs * rate
    ```

    ## Fix
    Safe: the value is computed in `call`, and the stored one goes. Where the attribute is read elsewhere too, it
    becomes a property. Unsafe where it draws random numbers, which then are new ones at each call. None where the
    expression makes the weight itself.

    ## Keras 2 and Keras 3
    Frozen in both.

    ## References
    - tensorflow/tensorflow issue 32729
    - tensorflow/probability issue 891
    """

    code = "KV303"
    name = "stale-variable-tensor"
    triggers = (
        "add_weight",
        "Variable(",
        "add_variable",
        ".variable(",
        "backend.zeros",
        "K.zeros",
        "K.ones",
    )
    fixable = "sometimes"
    probes = ("gradients", "reaction")

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per store that keeps a tensor computed from an own variable."""
        for kept in module.kept:
            if kept.is_distribution or kept.is_of_another_layer or not kept.goes_stale:
                continue
            yield Report(
                kept.write.site.record,
                f"`{kept.attribute}` is computed from a variable once, during construction, and used when called: the"
                " variable gets no gradient through it, in Keras 2 and 3. Compute it in `call`.",
                module.notes("the variable is made here", *kept.variables)[:1],
                recompute(module, kept, f"Compute `{kept.attribute}` where it is used"),
            )
