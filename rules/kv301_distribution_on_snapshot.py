"""KV301 distribution-on-snapshot."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.semantics import SemanticModel
from kerasvae_lint.semantics.facts import Binding
from kerasvae_lint.semantics.values import Distribution

from ._distributions import TRIGGERS, kept_distributions, snapshots_of
from ._recompute import recompute


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
    triggers = TRIGGERS
    fixable = "sometimes"
    probes = ("gradients", "reaction")
    recipe = "learned-normal"

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per kept distribution with a snapshot among its parameters."""
        for kept, value in kept_distributions(model):
            snapshots = snapshots_of(model, value)
            if not snapshots:
                continue
            notes = [(s.node, "computed from a variable here") for s in snapshots if model.owns(s.node)][:2]
            yield Report(
                kept.store.node,
                f"`{kept.attribute}` is built once, on a tensor computed from a variable: no gradient reaches the"
                " variable in Keras 2, nor in Keras 3 after the first call. Make the distribution in `call`.",
                tuple(notes),
                recompute(model, kept, f"Make `{kept.attribute}` where it is used"),
            )
        yield from self._outside_layers(model)

    def _outside_layers(self, model: SemanticModel) -> Iterator[Report]:
        for load in model.facts.loads.get("trainable_variables", ()):
            obj = load.node.value
            if not isinstance(obj, cst.Name):
                continue
            for binding in model.resolver.bindings(obj):
                if not self._made_before_the_tape(model, binding):
                    continue
                assert binding.value is not None
                for value in model.values(binding.value):
                    if isinstance(value, Distribution) and snapshots_of(model, value) and model.owns(value.node):
                        yield Report(
                            value.node,
                            "This distribution is built on a tensor computed from a variable, outside the tape: its"
                            " `trainable_variables` do not hold the variable, which never trains. Pass the variable"
                            " itself (or a `tfp.util.TransformedVariable`), or make it inside the tape.",
                            ((load.node, "trained through here"),),
                        )

    @staticmethod
    def _made_before_the_tape(model: SemanticModel, binding: Binding) -> bool:
        """True unless the binding stands in a ``with`` block, where a tape may record it."""
        if binding.kind not in {"assign", "annotated"} or binding.value is None or binding.path:
            return False
        at = model.parent(binding.node)
        while at is not None and not isinstance(at, (cst.FunctionDef, cst.Module)):
            if isinstance(at, cst.With):
                return False
            at = model.parent(at)
        return True
