"""KV302 distribution-built-early."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module, recompute

_TRIGGERS = ("tfd.", "tfb.", "distributions.", "bijectors.", "tensorflow_probability")
_WEIGHTS = frozenset({"add_weight", "keras.Variable", "weight"})


class DistributionBuiltEarly(Rule):
    """A distribution is built once, on bare variables: Keras 3 freezes it after the first call.

    ## What it finds
    A tfp distribution or bijector made in `__init__` or `build` from a variable as it is, or from a
    `tfp.util.DeferredTensor`, kept, and used when the layer is called.

    ## Why it bites
    In Keras 2 the distribution reads the variable each time. A Keras 3 weight is a `keras.Variable`, which tfp turns
    into a tensor when the distribution is made: gradients flow on the first call (there `build` runs inside the tape)
    and are None ever after, and the output ignores assignments.

    ## Bad
    ```python
    def build(self, input_shape):
        self.mu = self.add_weight(name="mu", shape=[1])
        self.distribution = tfd.Normal(self.mu, 1.0)
    ```

    ## Good
    ```python
    def call(self, inputs):
        distribution = tfd.Normal(self.mu, 1.0)
        return distribution.log_prob(inputs)
    ```

    ## Fix
    Safe: the distribution is made in `call`.

    ## Keras 2 and Keras 3
    Fine in Keras 2 (silent where the code is for Keras 2 only); stale in Keras 3 from the second call on.
    """

    code = "KV302"
    name = "distribution-built-early"
    triggers = _TRIGGERS
    fixable = "sometimes"
    probes = ("gradients", "reaction")
    recipe = "learned-normal"

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per kept distribution whose parameters are weights of a Keras layer."""
        if module.flavour.only2:
            return
        for kept in module.kept:
            weights = [variable for variable in kept.live if variable.name in _WEIGHTS]
            if not weights or kept.snapshots or not kept.in_layer:
                continue
            yield Report(
                kept.write.site.record,
                f"`{kept.attribute}` is built once, on a weight: Keras 2 follows the weight, but in Keras 3 the"
                " distribution is frozen from the second call on. Make it in `call`, which is right in both.",
                module.notes("the variable is made here", *weights)[:2],
                recompute(module, kept, f"Make `{kept.attribute}` where it is used"),
            )
