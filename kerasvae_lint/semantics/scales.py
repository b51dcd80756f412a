"""Whether a distribution's scale is kept positive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.likelihood import CARRIERS, MAX_STEPS
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.values import LayerObject, LayerOutput, Value, Variable

if TYPE_CHECKING:
    from kerasvae_lint.semantics.model import SemanticModel


def unconstrained(model: SemanticModel, node: cst.BaseExpression, steps: int = 0) -> tuple[str, cst.CSTNode] | None:
    """Why ``node`` can be zero or negative, with the place that says so; None where it can't be told or is positive."""
    if steps > MAX_STEPS:
        return None
    if isinstance(node, cst.Subscript):
        return unconstrained(model, node.value, steps + 1)
    if isinstance(node, cst.Name):
        bindings = model.resolver.bindings(node)
        if (
            len(bindings) == 1
            and bindings[0].value is not None
            and bindings[0].kind in {"assign", "annotated", "walrus"}
        ):
            value, path = bindings[0].value, bindings[0].path
            while path and path[0] == "[]" and isinstance(value, (cst.Tuple, cst.List)) and isinstance(path[1], int):
                value, path = value.elements[path[1]].value, path[2:]
            return unconstrained(model, value, steps + 1)
        return _of_values(model, model.values(node))
    if isinstance(node, cst.Attribute):
        return _of_values(model, model.values(node))
    if isinstance(node, cst.Call):
        if (model.name(node.func) or "") in CARRIERS and node.args:
            return unconstrained(model, node.args[0].value, steps + 1)
        return _of_values(model, model.values(node))
    return None


def _of_values(model: SemanticModel, values: tuple[Value, ...]) -> tuple[str, cst.CSTNode] | None:
    reasons = [_of_value(model, value) for value in values]
    if not reasons or any(reason is None for reason in reasons):
        return None
    return reasons[0]


def _of_value(model: SemanticModel, value: Value) -> tuple[str, cst.CSTNode] | None:
    if isinstance(value, Variable) and value.trainable is True and value.maker != "attribute":
        if not isinstance(value.node, cst.Call):
            return None
        given = {a.keyword.value: a.value for a in value.node.args if a.keyword is not None}
        constraint = given.get("constraint")
        if constraint is None or (isinstance(constraint, cst.Name) and constraint.value == "None"):
            return "a bare weight, which training can make zero or negative", value.node
        return (
            ("a weight kept non-negative, which can be zero", value.node) if _non_negative(model, constraint) else None
        )
    if isinstance(value, LayerOutput) and value.layer is not None:
        return _of_layer(model, value.layer)
    return None


def _non_negative(model: SemanticModel, node: cst.BaseExpression) -> bool:
    if literal(node) in {"non_neg", "NonNeg", "nonneg"}:
        return True
    name = (model.name(node.func if isinstance(node, cst.Call) else node) or "").rpartition(".")[2]
    return name.lower().replace("_", "") == "nonneg"


def _of_layer(model: SemanticModel, layer: LayerObject) -> tuple[str, cst.CSTNode] | None:
    if layer.name != "keras.layers.Dense" or not isinstance(layer.node, cst.Call):
        return None
    activation: cst.BaseExpression | None = None
    for index, argument in enumerate(layer.node.args):
        if argument.star:
            return None
        if (argument.keyword is not None and argument.keyword.value == "activation") or (
            argument.keyword is None and index == 1
        ):
            activation = argument.value
    if activation is None or literal(activation) == "linear":
        return "the output of a linear Dense", layer.node
    if isinstance(activation, cst.Name) and activation.value == "None":
        return "the output of a linear Dense", layer.node
    name = (
        model.name(activation) if model.owns(activation) and isinstance(activation, (cst.Name, cst.Attribute)) else ""
    )
    if literal(activation) == "relu" or name in {
        "tf.nn.relu",
        "keras.activations.relu",
        "keras.ops.relu",
    }:
        return "the output of a relu, which can be zero", layer.node
    return None
