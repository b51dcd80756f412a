"""KV603 add-metric."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import TRACING, Call, Class, Module, is_layer, records


class AddMetric(Rule):
    """`add_metric` is gone in Keras 3.

    ## What it finds
    Calls of `add_metric` on a layer or model.

    ## Why it bites
    Keras 3 raises NotImplementedError. A `keras.metrics.Mean` held as an attribute and updated in `call` shows up in
    the logs of `fit` in both (measured).

    ## Bad
    ```python
    def call(self, inputs):
        self.add_metric(kl, name="kl", aggregation="mean")
    ```

    ## Good
    ```python
    def __init__(self):
        super().__init__()
        self.kl_metric = tf.keras.metrics.Mean(name="kl")

    def call(self, inputs):
        self.kl_metric.update_state(kl)
    ```

    ## Fix
    Unsafe, in a class with an `__init__` of its own: a Mean metric is made there and updated in place of the call.

    ## Keras 2 and Keras 3
    Accepted in Keras 2 (silent where the code is for Keras 2 only), NotImplementedError in Keras 3.

    ## References
    - keras-team/keras issue 20391
    """

    code = "KV603"
    name = "add-metric"
    triggers = ("add_metric",)
    fixable = "unsafe"
    probes = ("build",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per call on a Keras object."""
        if module.flavour.only2:
            return
        for call in module.method_calls("add_metric"):
            if not (any(map(is_layer, call.receivers)) or call.is_given("aggregation") == "given"):
                continue
            cls = module.class_of(call.record)
            yield Report(
                call,
                "`add_metric` raises NotImplementedError in Keras 3. Keep a `keras.metrics.Mean` as an attribute and"
                " update it in `call`: it shows in the logs of both.",
                fix=_fix(module, call, cls) if cls is not None and cls.is_layer else None,
            )


def _fix(module: Module, call: Call, cls: Class) -> Draft | None:
    method = call.function
    if TRACING not in call.phases or method is None or method.owner is not cls.record:
        return None
    if not isinstance(call.record.parent, records.ExpressionStatement):
        return None
    if sum(1 for argument in call.record.arguments if argument.name is None) > 2:
        return None  # older TensorFlow took the aggregation before the name
    value, label = call.written("value", at=0), call.written("name")
    anchor, keras = cls.super_init, module.keras_prefix
    if value is None or label is None or anchor is None or keras is None:
        return None
    name = label.value.value if isinstance(label.value, records.Constant) else None
    attribute = f"{name}_metric"
    if not isinstance(name, str) or not attribute.isidentifier() or attribute in cls.attributes:
        return None
    editor = module.editor()
    editor.insert_after_statement(anchor, [f"self.{attribute} = {keras}.metrics.Mean(name={module.text(label.value)})"])
    editor.replace(call.record, f"self.{attribute}.update_state({module.text(value.value)})")
    return editor.draft("Use a Mean metric held by the layer", Applicability.UNSAFE)
