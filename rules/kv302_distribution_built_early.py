"""KV302 distribution-built-early."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.semantics import SemanticModel

from ._distributions import TRIGGERS, kept_distributions, live_parameters, snapshots_of
from ._recompute import recompute


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
    triggers = TRIGGERS
    fixable = "sometimes"
    probes = ("gradients", "reaction")
    recipe = "learned-normal"

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per kept distribution whose parameters are weights of a Keras layer."""
        if model.flavour.only2:
            return
        for kept, value in kept_distributions(model):
            if not kept.cls.is_layer or snapshots_of(model, value):
                continue
            weights = [
                v for v in live_parameters(model, value) if v.maker in {"add_weight", "keras.Variable", "attribute"}
            ]
            if not weights:
                continue
            notes = [(v.node, "the variable is made here") for v in weights if model.owns(v.node)][:2]
            yield Report(
                kept.store.node,
                f"`{kept.attribute}` is built once, on a weight: Keras 2 follows the weight, but in Keras 3 the"
                " distribution is frozen from the second call on. Make it in `call`, which is right in both.",
                tuple(notes),
                recompute(model, kept, f"Make `{kept.attribute}` where it is used"),
            )
