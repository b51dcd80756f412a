"""KV203 appended-weight-list."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.values import LayerObject, Self, Variable

_PUBLIC = frozenset(
    {"non_trainable_weights", "trainable_weights", "weights", "variables", "trainable_variables"}
    | {"non_trainable_variables"}
)
_PRIVATE = frozenset({"_non_trainable_weights", "_trainable_weights"})
_CHANGES = ("append", "extend", "insert")


class AppendedWeightList(Rule):
    """Appending to `non_trainable_weights` and its like changes a list that nobody keeps.

    ## What it finds
    `self.non_trainable_weights.append(…)` (and `trainable_weights`, `weights`, `variables`; `extend`, `insert`) on a
    layer or model; and the private `_non_trainable_weights`, which Keras 3 does not have.

    ## Why it bites
    These are properties that build a fresh list at every read: the appended weight is neither saved nor frozen nor
    counted. It usually stands beside a transposed kernel (KV201), to quiet a summary.

    ## Bad
    ```python
    self.kernel = tf.transpose(self.tied_to.kernel)
    self.non_trainable_weights.append(self.kernel)
    ```

    ## Good
    ```python
    self.scale = self.add_weight(name="scale", shape=(), trainable=False)
    ```

    ## Fix
    Safe where the appended value is no variable: the statement goes. Unsafe where it can't be told, and for the private
    list. No fix for a variable: make that with `trainable=False`, or with `add_weight`.

    ## Keras 2 and Keras 3
    No effect in both. `_non_trainable_weights.append` reaches the real list in Keras 2 and raises AttributeError in
    Keras 3 (measured).
    """

    code = "KV203"
    name = "appended-weight-list"
    triggers = (
        "weights.append",
        "weights.extend",
        "weights.insert",
        "variables.append",
        "variables.extend",
    )
    fixable = "sometimes"
    probes = ("build",)
    recipe = "tied-dense"

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per change to a weight list of a layer."""
        for call in model.method_calls(*_CHANGES):
            func = call.node.func
            assert isinstance(func, cst.Attribute)
            weights = func.value
            if not isinstance(weights, cst.Attribute) or not call.node.args:
                continue
            name = weights.attr.value
            private = name in _PRIVATE
            if name not in _PUBLIC and not (private and model.flavour.keras3):
                continue
            if not _is_layer(model, weights.value) or _is_own_list(model, weights):
                continue
            if not private and model.flavour.only2 and _standalone(model):
                continue
            yield Report(call.node, _message(name, private), fix=_fix(model, call.node, private))


def _message(name: str, private: bool) -> str:
    if private:
        return (
            f"`{name}` is Keras 2's private list: Keras 3 raises AttributeError. Make the weight with"
            " `add_weight(trainable=False)`."
        )
    return (
        f"`{name}` is a fresh list at every read, in Keras 2 and 3: this has no effect. Make the weight with"
        " `add_weight(trainable=False)`, or leave it out if it is no variable."
    )


def _is_layer(model: SemanticModel, node: cst.BaseExpression) -> bool:
    for value in model.values(node):
        if isinstance(value, LayerObject):
            return True
        if isinstance(value, Self) and value.cls is not None and value.cls.is_layer:
            return True
    return False


def _is_own_list(model: SemanticModel, weights: cst.Attribute) -> bool:
    """True where the class sets or defines the attribute itself: then it is a plain list of its own."""
    name = weights.attr.value
    for value in model.values(weights.value):
        cls = getattr(value, "cls", None)
        if cls is not None and (
            any(store.kind != "element" for _, store in cls.stores(name))
            or cls.method(name)
            or cls.class_attribute(name)
        ):
            return True
    return False


def _standalone(model: SemanticModel) -> bool:
    """True for the old standalone Keras, whose lists were the real ones."""
    return any(name == "keras" or name.startswith("keras.") for name in model.imported)


def _fix(model: SemanticModel, node: cst.Call, private: bool) -> Draft | None:
    statement = model.parent(node)
    if not isinstance(statement, cst.Expr):
        return None
    values = model.values(node.args[-1].value)
    editor = Editor(model)
    editor.delete_statement(statement)
    if private:
        return editor.draft("Leave the statement out", Applicability.UNSAFE)
    if any(isinstance(value, Variable) for value in values):
        return None
    known = values and all(value.kind in {"snapshot", "tensor", "constant", "static"} for value in values)
    return editor.draft("Leave the statement out", Applicability.SAFE if known else Applicability.UNSAFE)
