"""KV202 kernel-value-copied."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module


class KernelValueCopied(Rule):
    """A layer that is to be tied to another one copies its weight by value.

    ## What it finds
    A variable or array that a layer makes in `__init__` or `build` from the numbers of another layer's weight, and
    computes with when it is called: `tf.Variable(tf.transpose(other.kernel))`, `other.get_weights()[0].T`,
    `K.get_value(other.kernel)`, an initializer of such numbers, `tf.identity(other.kernel)`. It has to be transposed on
    the way, or the layer's or attribute's name has to say that it is tied. Not: a weight that is read for its shape, a
    start for other weights that nobody calls tied, a copy written back into the same layer.

    ## Why it bites
    The numbers are those with which the other layer began. It trains on, the copy stays, or trains its own way: two
    kernels, where one was meant. Nothing warns.

    ## Bad
    ```python
    def build(self, input_shape):
        self.kernel = tf.Variable(tf.transpose(self.tied_to.kernel))
    ```

    ## Good
    ```python
    def call(self, inputs):
        return tf.matmul(inputs, tf.transpose(self.tied_to.kernel))
    ```

    ## Fix
    None: the copy goes, and `call` computes from the other layer's kernel.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - keras-team/keras issue 10485
    """

    code = "KV202"
    name = "kernel-value-copied"
    triggers = ("get_weights", "numpy(", ".kernel", ".embeddings", ".weights", "get_value", "eval(")
    probes = ("tie",)
    recipe = "tied-dense"
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per store."""
        for found in module.value_copies:
            yield Report(
                found.write.site.record,
                f"`{found.attribute}` begins as a copy of another layer's weight, and the two are not tied: each goes"
                " its own way, in Keras 2 and 3. Compute from that layer's kernel in `call`.",
                module.notes("computed with here when the layer is called", found.read),
            )
