"""KV615 autograph-off."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Class, Module, records


class AutographOff(Rule):
    """`if tf.reduce_sum(x) > 0:` in a layer's `call`: Keras 3 does not rewrite Python's control flow on tensors.

    ## What it finds
    In the `call` of a layer or model: `if`, `while` and conditional expressions whose test is a tensor, by its formula,
    and `for` over `tf.range`.
    Not: tests on `training`, shapes, settings and anything that may be no tensor; a `call` with a decorator such as
    `tf.function`; models that the file runs eagerly or trains by loops of its own alone.

    ## Why it bites
    Keras 2 has AutoGraph rewrite `call` into graph operations. Keras 3 calls it as it stands: OperatorNotAllowedInGraph
    for a test, for `tf.range` that a symbolic tensor can't be iterated over (measured on 3.15), when a functional model
    is built of it or at the first step of `fit`. A plain eager `layer(x)` works, so tests of the layer may pass.

    ## Bad
    ```python
    def call(self, inputs):
        if tf.reduce_sum(inputs) > 0:
            return inputs
        return -inputs
    ```

    ## Good
    ```python
    def call(self, inputs):
        return tf.cond(tf.reduce_sum(inputs) > 0, lambda: inputs, lambda: -inputs)
    ```

    ## Fix
    None: `tf.cond`, `tf.while_loop` with functions for the branches, or `tf.where` (or `keras.ops`' own); or
    `@tf.function` on `call`, which rewrites it in both.

    ## Keras 2 and Keras 3
    Works in Keras 2 (silent where the code is for Keras 2 only), an error in Keras 3.

    ## References
    - keras-team/keras-io pull request 1565
    """

    code = "KV615"
    name = "autograph-off"
    triggers = ("def call",)
    probes = ("build",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per test or range that is a tensor."""
        flavour = module.flavour
        if flavour.only2 or flavour.graph or "run_eagerly" in module.source.text:
            return
        for cls in module.classes:
            call = cls.record.methods.get("call")
            if call is None or call.decorators or not _is_traced(module, cls):
                continue
            for test in module.tensor_branches(call):
                is_range = isinstance(test.parent, records.For)
                what = "loops over a tensor" if is_range else "goes by a tensor's value"
                instead = "tf.while_loop` or `tf.map_fn" if is_range else "tf.cond` or `tf.where"
                yield Report(
                    test,
                    f"Python {what} here, which Keras 3 does not rewrite: an error in a functional model or `fit`"
                    f" (Keras 2 takes it). Use `{instead}`, or `@tf.function` on `call`.",
                )


def _is_traced(module: Module, cls: Class) -> bool:
    """True for a layer or model that is not only run eagerly, as far as the file says."""
    if not cls.is_layer:
        return False
    fits = any(call.method in {"fit", "fit_generator", "train_on_batch"} for call in module.all_calls)
    if "model" in cls.kinds:
        return fits
    return fits or "GradientTape" not in module.source.text
