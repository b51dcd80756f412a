"""KV201 transposed-kernel-copy."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module, recompute


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
    becomes a property. Unsafe where only the constructor's argument is the other layer: the fix keeps that layer, whose
    weights then are this layer's too. There is no fix where the expression needs something that only `build` knows.

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

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per store that keeps a computed copy of another layer's weight."""
        for kept in module.kept:
            if not kept.in_layer or not kept.is_of_another_layer or kept.is_plain_copy:
                continue
            yield Report(
                kept.write.site.record,
                f"`{kept.attribute}` is a copy of another layer's weight, computed once during construction: that layer"
                " trains on and this one keeps the old values, in Keras 2 and 3. Compute it in `call`.",
                module.notes("read here when the layer is called", *kept.reads)[:1],
                recompute(module, kept, f"Compute `{kept.attribute}` where it is used"),
            )
