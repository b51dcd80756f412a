"""KV201 transposed-kernel-copy."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.semantics import SemanticModel
from kerasvae_lint.semantics.kept import kept_values
from kerasvae_lint.semantics.values import Snapshot

from ._recompute import recompute


class TransposedKernelCopy(Rule):
    """A kernel tied to another layer's is a copy, made once.

    ## What it finds
    Another layer's kernel, embeddings or `weights[i]`, transposed or otherwise computed on in `__init__`, `build` or a
    helper that they call, kept in an attribute, and used when the layer is called.

    ## Why it bites
    The transposed tensor is computed once. From then on the encoder trains and the decoder keeps the weights that the
    encoder started with; nothing warns. Measured after 3 epochs: 0.064 away from the encoder's kernel in Keras 2,
    0.047 in Keras 3; computed in `call` it is 0.0 away in both.

    ## Bad
    ```python
    def build(self, input_shape):
        self.kernel = tf.transpose(self.tied_to.kernel)

    def call(self, inputs):
        return tf.matmul(inputs, self.kernel)
    ```

    ## Good
    ```python
    def call(self, inputs):
        kernel = tf.transpose(self.tied_to.kernel)
        return tf.matmul(inputs, kernel)
    ```

    ## Fix
    Safe: the value is computed in `call`, and the stored one goes. Where the attribute is read elsewhere too, it
    becomes a property. There is no fix where the expression needs something that only `build` knows.

    ## Keras 2 and Keras 3
    Frozen in both.

    ## References
    - keras-team/keras issues 10485 and 386
    """

    code = "KV201"
    name = "transposed-kernel-copy"
    triggers = (
        ".kernel",
        ".embeddings",
        "weights[",
        ".weights",
        "variables[",
        "trainable_variables",
    )
    fixable = "sometimes"
    probes = ("tie",)
    recipe = "tied-dense"

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per store that keeps a computed copy of another layer's weight."""
        for kept in kept_values(model):
            value = kept.value
            if not isinstance(value, Snapshot) or value.via == "identity":
                continue
            foreign = [v for v in value.of if v.foreign]
            if not foreign or not kept.cls.is_layer:
                continue
            yield Report(
                kept.store.node,
                f"`{kept.attribute}` is a copy of another layer's weight, computed once during construction: that layer"
                " trains on and this one keeps the old values, in Keras 2 and 3. Compute it in `call`.",
                tuple(
                    (load.node, "read here when the layer is called") for o, load in kept.reads[:1] if o.model is model
                ),
                recompute(model, kept, f"Compute `{kept.attribute}` where it is used"),
            )
