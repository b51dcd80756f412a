"""KV603 add-metric."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import ClassInfo, Editor, SemanticModel
from kerasvae_lint.semantics.facts import CallFacts
from kerasvae_lint.semantics.phases import TRACING, is_super_call
from kerasvae_lint.semantics.values import LayerObject, Self


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

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per call on a Keras object."""
        if model.flavour.only2:
            return
        for call in model.method_calls("add_metric"):
            func = call.node.func
            assert isinstance(func, cst.Attribute)
            cls = _owner(model, func.value)
            if cls is None and not _is_model(model, func.value) and not _says_aggregation(call.node):
                continue
            if cls is not None and cls.method("add_metric") is not None:
                continue
            yield Report(
                call.node,
                "`add_metric` raises NotImplementedError in Keras 3. Keep a `keras.metrics.Mean` as an attribute and"
                " update it in `call`: it shows in the logs of both.",
                fix=_fix(model, call, cls) if cls is not None else None,
            )


def _owner(model: SemanticModel, node: cst.BaseExpression) -> ClassInfo | None:
    for value in model.values(node):
        if isinstance(value, Self) and value.cls is not None and value.cls.is_layer:
            return value.cls
    return None


def _says_aggregation(call: cst.Call) -> bool:
    """True for ``add_metric(…, aggregation=…)``: an argument that only Keras has."""
    return any(argument.keyword is not None and argument.keyword.value == "aggregation" for argument in call.args)


def _is_model(model: SemanticModel, node: cst.BaseExpression) -> bool:
    if any(isinstance(value, LayerObject) for value in model.values(node)):
        return True
    return isinstance(node, cst.Call) and is_super_call(node)


def _fix(model: SemanticModel, call: CallFacts, cls: ClassInfo) -> Draft | None:
    node = call.node
    init = cls.facts.methods.get("__init__")
    statement = model.parent(node)
    if init is None or not isinstance(init.node, cst.FunctionDef) or not isinstance(statement, cst.Expr):
        return None
    if TRACING not in model.phases(cls, call.function) or call.function.owner is None:
        return None
    given = {a.keyword.value: a.value for a in node.args if a.keyword is not None}
    value = given.get("value") or (node.args[0].value if node.args and node.args[0].keyword is None else None)
    label = given.get("name")
    if value is None or not isinstance(label, cst.SimpleString) or not isinstance(label.evaluated_value, str):
        return None
    anchor = _super_statement(model, init.node)
    keras = model.keras_prefix
    if anchor is None or keras is None:
        return None
    attribute = f"{label.evaluated_value}_metric"
    if not attribute.isidentifier() or cls.stores(attribute):
        return None
    editor = Editor(model)
    line = model.parent(anchor)
    assert line is not None
    start, end = model.span(anchor)
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1:
        return None
    at = editor.line_end(end)
    metric = f"self.{attribute} = {keras}.metrics.Mean(name={model.text(label)})"
    editor.edit(at, at, f"{editor.indent_at(start)}{metric}{editor.newline}")
    editor.replace(node, f"self.{attribute}.update_state({model.text(value)})")
    return editor.draft("Use a Mean metric held by the layer", Applicability.UNSAFE)


def _super_statement(model: SemanticModel, init: cst.FunctionDef) -> cst.CSTNode | None:
    """The statement that calls ``super().__init__``."""
    function = model.facts.function_of[init]
    for call in function.calls:
        func = call.node.func
        if isinstance(func, cst.Attribute) and func.attr.value == "__init__" and is_super_call(func.value):
            return model.parent(call.node)
    return None
