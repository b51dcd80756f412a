"""KV103 reduction-as-minimum."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.facts import CallFacts
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.scalars import is_scalar

_TWINS = {
    "keras.backend.min": "minimum",
    "keras.backend.max": "maximum",
    "keras.ops.min": "minimum",
    "keras.ops.max": "maximum",
    "tf.reduce_min": "minimum",
    "tf.reduce_max": "maximum",
}


class ReductionAsMinimum(Rule):
    """`K.min(x, 1)` reduces along axis 1; the smaller of the two was meant.

    ## What it finds
    `K.min`, `K.max`, `tf.reduce_min`, `tf.reduce_max`, `ops.min`, `ops.max` whose second argument, the axis, is a
    float, or an int where the first argument is plainly a scalar: a step divided by a number, an optimizer's
    iterations, a schedule variable. With `--preview` also a hinge, `K.max(distance + margin, 0)`: the maximum of a sum
    with a margin and 0.

    ## Why it bites
    The second argument is an axis. On a scalar it raises; on a tensor with enough dimensions it silently reduces.

    ## Bad
    ```python
    beta = K.min(optimizer.iterations / warm_up, 1)
    ```

    ## Good
    ```python
    beta = K.minimum(optimizer.iterations / warm_up, 1)
    ```

    ## Fix
    Safe: `minimum` or `maximum` of the same module. Standalone `keras.backend` of Keras 3 has neither: no fix there.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV103"
    name = "reduction-as-minimum"
    triggers = (
        ".min(",
        ".max(",
        "reduce_min",
        "reduce_max",
        "import min",
        "import max",
        ".min)",
        "import *",
    )
    fixable = "sometimes"
    probes = ("build",)

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per reduction whose axis is a bound."""
        for call in model.calls_to(*_TWINS):
            name = model.name(call.node.func) or ""
            bound = _bound(call.node)
            if bound is None:
                continue
            hinge = not _is_bound(model, call.node, bound)
            if hinge and not (name.endswith("max") and _is_hinge(call.node, bound)):
                continue
            twin = _TWINS[name]
            yield Report(
                call.node,
                f"The axis of `{model.text(call.node.func)}` is no bound: this reduces or raises,"
                f" in Keras 2 and 3. `{twin}` compares.",
                fix=_fix(model, call, bound, twin),
                preview=hinge,
            )


def _bound(node: cst.Call) -> cst.Arg | None:
    if not node.args or node.args[0].star or node.args[0].keyword is not None:
        return None
    for index, argument in enumerate(node.args):
        if argument.keyword is not None and argument.keyword.value == "axis":
            return argument
        if index == 1 and argument.keyword is None and not argument.star:
            return argument
    return None


def _is_bound(model: SemanticModel, node: cst.Call, bound: cst.Arg) -> bool:
    if isinstance(node.args[0].value, (cst.List, cst.Tuple)):
        return False
    number = literal(bound.value)
    if isinstance(number, float):
        return True
    if bound.keyword is not None or len(node.args) != 2:
        return False
    if number is None and isinstance(literal(node.args[0].value), (int, float)):
        return True  # of a number there is no axis
    if not isinstance(number, int):
        return False
    return number >= 0 and is_scalar(model, node.args[0].value)


def _is_hinge(node: cst.Call, bound: cst.Arg) -> bool:
    """True for ``max(d + margin, 0)``: with an axis, few would add a constant first."""
    if literal(bound.value) != 0 or bound.keyword is not None or len(node.args) != 2:
        return False
    return _has_margin(node.args[0].value)


def _has_margin(node: cst.BaseExpression) -> bool:
    if not isinstance(node, cst.BinaryOperation) or not isinstance(node.operator, (cst.Add, cst.Subtract)):
        return False
    sides = (node.left, node.right)
    names = [s.attr.value if isinstance(s, cst.Attribute) else getattr(s, "value", "") for s in sides]
    if any(literal(side) is not None for side in sides):
        return True
    if any(isinstance(name, str) and "margin" in name.lower() for name in names):
        return True
    return any(_has_margin(side) for side in sides)


def _fix(model: SemanticModel, call: CallFacts, bound: cst.Arg, twin: str) -> Draft | None:
    node = call.node
    if len(node.args) != 2:
        return None
    raw = model.resolver.raw(node.func) or ""
    if raw.startswith("keras.backend.") and model.flavour.keras3 and not model.flavour.keras2:
        return None
    editor = Editor(model)
    if isinstance(node.func, cst.Attribute):
        editor.replace(node.func.attr, twin)
    else:
        return None
    if bound.keyword is not None:
        editor.edit(model.span(bound.keyword)[0], model.span(bound.value)[0], "")
    return editor.draft(f"Use `{twin}`")
