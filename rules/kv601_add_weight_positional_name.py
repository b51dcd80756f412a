"""KV601 add-weight-positional-name."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.values import Self

_KERAS2_ORDER = ("name", "shape", "dtype", "initializer", "regularizer", "trainable", "constraint")


class AddWeightPositionalName(Rule):
    """`add_weight("name", …)`: in Keras 3 the first parameter is the shape.

    ## What it finds
    `self.add_weight` (of layers, models and metrics) whose first positional argument is a name.

    ## Why it bites
    Keras 2's signature begins with `name`, Keras 3's with `shape`: a ValueError when the layer is built.

    ## Bad
    ```python
    self.w = self.add_weight("w", shape=(3,))
    ```

    ## Good
    ```python
    self.w = self.add_weight(name="w", shape=(3,))
    ```

    ## Fix
    Safe: positional arguments become keywords, which both accept.

    ## Keras 2 and Keras 3
    Accepted in Keras 2 (silent where the code is for Keras 2 only), ValueError in Keras 3.
    """

    code = "KV601"
    name = "add-weight-positional-name"
    triggers = ("add_weight",)
    fixable = "safe"
    probes = ("build",)

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per call whose first positional argument is a string."""
        if model.flavour.only2:
            return
        for call in model.method_calls("add_weight"):
            node = call.node
            if not node.args or node.args[0].keyword is not None or node.args[0].star:
                continue
            assert isinstance(node.func, cst.Attribute)
            if not _is_weight_owner(model, node.func.value) or not _is_name(model, node.args[0].value):
                continue
            editor = Editor(model)
            complete = True
            for index, argument in enumerate(node.args):
                if argument.star == "*" or (argument.keyword is None and index >= len(_KERAS2_ORDER)):
                    complete = False
                elif argument.keyword is None and not argument.star:
                    start = model.span(argument.value)[0]
                    editor.edit(start, start, f"{_KERAS2_ORDER[index]}=")
            yield Report(
                node.args[0].value,
                "`add_weight` takes the shape first in Keras 3: a positional name raises ValueError there."
                " Pass it as `name=`, which both accept.",
                fix=editor.draft("Pass the arguments of `add_weight` by keyword") if complete else None,
            )


def _is_weight_owner(model: SemanticModel, node: cst.BaseExpression) -> bool:
    for value in model.values(node):
        if isinstance(value, Self) and value.cls is not None:
            return bool(value.cls.kinds & {"layer", "metric"}) or "?" in value.cls.all_library_bases()
    return False


def _is_name(model: SemanticModel, node: cst.BaseExpression) -> bool:
    """True for strings, f-strings, and expressions made of them."""
    if isinstance(node, (cst.SimpleString, cst.FormattedString, cst.ConcatenatedString)):
        return True
    if isinstance(node, cst.BinaryOperation):
        return _is_name(model, node.left) or _is_name(model, node.right)
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == "format":
        return _is_name(model, node.func.value)
    return any(isinstance(getattr(value, "value", None), str) for value in model.values(node))
