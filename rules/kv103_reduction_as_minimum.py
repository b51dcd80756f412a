"""KV103 reduction-as-minimum."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.model import Call, Module, Value, constant, is_none, is_scalar, records

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

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per reduction whose axis is a bound."""
        for call in module.calls(*_TWINS):
            axis, reduced = call.argument("axis"), call.argument("x")
            if axis is None or reduced is None or call.is_given("keepdims") != "absent":
                continue
            hinge = not _is_bound(axis, reduced)
            if hinge and not (call.name.endswith("max") and _is_hinge(call, axis)):
                continue
            twin = _TWINS[call.name]
            yield Report(
                call,
                f"The axis of `{module.text(call.record.func)}` is no bound: this reduces or raises,"
                f" in Keras 2 and 3. `{twin}` compares.",
                fix=_fix(module, call, twin),
                preview=hinge,
            )


def _is_bound(axis: Value, reduced: Value) -> bool:
    """True where the axis can't be one: it is no integer, or what is reduced has none."""
    number = constant(axis)
    if isinstance(number, float):
        return True
    if not is_scalar(reduced):
        return False
    if number is None:
        return constant(reduced) is not None and not is_none(axis)
    return isinstance(number, int) and number >= 0


def _is_hinge(call: Call, axis: Value) -> bool:
    """True for ``max(d + margin, 0)``: with an axis, few would add a constant first."""
    written = call.written("x")
    if written is None or call.written("axis") is None or constant(axis) != 0:
        return False
    return _has_margin(written.value)


def _has_margin(expression: records.Expression) -> bool:
    if not isinstance(expression, records.Binary) or expression.operator not in {"+", "-"}:
        return False
    sides = (expression.left, expression.right)
    if any(isinstance(side, records.Constant) for side in sides):
        return True
    names = [side.attr if isinstance(side, records.Attribute) else getattr(side, "id", "") for side in sides]
    return any("margin" in name.lower() for name in names) or any(_has_margin(side) for side in sides)


def _fix(module: Module, call: Call, twin: str) -> Draft | None:
    func, axis = call.record.func, call.written("axis")
    if len(call.record.arguments) != 2 or axis is None or not isinstance(func, records.Attribute):
        return None
    if call.spelling.startswith("keras.backend.") and module.flavour.only3:
        return None
    editor = module.editor()
    editor.edit(func.end - len(func.attr), func.end, twin)
    if axis.name is not None:
        editor.edit(axis.start, axis.value.start, "")
    return editor.draft(f"Use `{twin}`")
