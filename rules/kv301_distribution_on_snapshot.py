"""KV301 distribution-on-snapshot."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module, recompute

_TRIGGERS = ("tfd.", "tfb.", "distributions.", "bijectors.", "tensorflow_probability")


class DistributionOnSnapshot(Rule):
    """A distribution is built once, on tensors computed from variables: the variables get no gradients.

    ## What it finds
    A tfp distribution or bijector made in `__init__`, `build` or a helper of theirs from a tensor computed from a
    variable (`self.mu[0]`, `softplus(self.sigma)`, a cast), kept, and used when the layer is called. Outside layers
    too: a distribution made once from such tensors and trained through `distribution.trainable_variables`.

    ## Why it bites
    Indexing or transforming a variable gives a tensor with the value of that moment. Gradients are None in Keras 2;
    in Keras 3 they flow on the first call only, where `build` runs inside the tape, and never again.

    ## Bad
    ```python
    def build(self, input_shape):
        self.mu = self.add_weight(name="mu", shape=[1])
        self.distribution = tfd.Normal(self.mu[0], 1.0)

    def call(self, inputs):
        return self.distribution.log_prob(inputs)
    ```

    ## Good
    ```python
    def call(self, inputs):
        distribution = tfd.Normal(self.mu[0], 1.0)
        return distribution.log_prob(inputs)
    ```

    ## Fix
    Safe: the distribution is made in `call`, the one form that works in both. Passing the bare variable, as is often
    advised, still fails in Keras 3 (KV302). In a script or function: no fix.

    ## Keras 2 and Keras 3
    No gradients in both; in Keras 3 from the second call on.

    ## References
    - tensorflow/probability issues 1165, 345, 946
    """

    code = "KV301"
    name = "distribution-on-snapshot"
    triggers = _TRIGGERS
    fixable = "sometimes"
    probes = ("gradients", "reaction")
    recipe = "learned-normal"

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per distribution with a snapshot among its parameters."""
        for kept in module.kept:
            snapshots = kept.snapshots
            if not kept.is_distribution or not snapshots:
                continue
            yield Report(
                kept.write.site.record,
                f"`{kept.attribute}` is built once, on a tensor computed from a variable: no gradient reaches the"
                " variable in Keras 2, nor in Keras 3 after the first call. Make the distribution in `call`.",
                module.notes("computed from a variable here", *snapshots)[:2],
                recompute(module, kept, f"Make `{kept.attribute}` where it is used"),
            )
        for made, read in module.untrained_distributions():
            yield Report(
                made,
                "This distribution is built on a tensor computed from a variable, outside the tape: its"
                " `trainable_variables` do not hold the variable, which never trains. Pass the variable"
                " itself (or a `tfp.util.TransformedVariable`), or make it inside the tape.",
                ((read, "trained through here"),),
            )
