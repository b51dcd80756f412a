"""Where a probability under a distribution goes, and whether a scale is kept positive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.facts import Binding, ClassFacts
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.values import Distribution, LayerOutput

if TYPE_CHECKING:
    from kerasvae_lint.semantics.model import SemanticModel

_CLIPS = frozenset(
    {
        "tf.clip_by_value",
        "tf.maximum",
        "tf.minimum",
        "keras.backend.clip",
        "keras.backend.maximum",
        "keras.ops.clip",
    }
    | {"keras.ops.maximum", "np.clip", "np.maximum", "tf.nn.relu"}
)
CARRIERS = frozenset(
    {
        "tf.cast",
        "tf.reshape",
        "tf.squeeze",
        "tf.expand_dims",
        "tf.identity",
        "keras.backend.cast",
        "keras.backend.reshape",
    }
    | {
        "keras.backend.squeeze",
        "keras.backend.flatten",
        "keras.ops.cast",
        "keras.ops.reshape",
        "keras.ops.squeeze",
    }
    | {
        "tf.convert_to_tensor",
        "tf.split",
        "tf.unstack",
        "keras.ops.split",
        "keras.ops.unstack",
        "tf.transpose",
    }
)
MAX_STEPS = 24


@dataclass(frozen=True, eq=False, slots=True)
class Probability:
    """A ``distribution.prob(x)`` that an expression goes back to.

    ``call`` is the ``prob`` call in ``model``; ``clipped`` says that a clip or ``+ eps`` stands between, ``mixed`` that
    other terms came in; ``bindings`` are the locals on the way, nearest first; ``direct`` is False where it came
    through a function, a layer or a model.
    """

    model: SemanticModel
    call: cst.Call
    clipped: bool = False
    mixed: bool = False
    direct: bool = True
    bindings: tuple[Binding, ...] = ()


@dataclass(slots=True)
class _Trail:
    clipped: bool = False
    mixed: bool = False
    direct: bool = True
    steps: int = 0
    bindings: tuple[Binding, ...] = ()


def probability(model: SemanticModel, node: cst.BaseExpression) -> Probability | None:
    """The ``prob`` call that ``node`` is made from, or None."""
    return _probability(model, node, _Trail())


def _probability(model: SemanticModel, node: cst.BaseExpression, trail: _Trail) -> Probability | None:
    trail.steps += 1
    if trail.steps > MAX_STEPS:
        return None
    if isinstance(node, cst.Name):
        return _through_name(model, node, trail)
    if isinstance(node, cst.BinaryOperation):
        return _through_arithmetic(model, node, trail)
    if isinstance(node, cst.UnaryOperation):
        return None
    if not isinstance(node, cst.Call):
        return None
    if isinstance(node.func, cst.Attribute) and node.func.attr.value == "prob" and node.args:
        if _is_distribution(model, node.func.value):
            return Probability(model, node, trail.clipped, trail.mixed, trail.direct, trail.bindings)
        return None
    name = model.name(node.func) or ""
    if name in _CLIPS and node.args:
        trail.clipped = True
        first = _probability(model, node.args[0].value, trail)
        return first or (_probability(model, node.args[1].value, trail) if len(node.args) > 1 else None)
    if name in CARRIERS and node.args:
        trail.direct = False
        return _probability(model, node.args[0].value, trail)
    return _through_call(model, node, trail)


def _through_name(model: SemanticModel, node: cst.Name, trail: _Trail) -> Probability | None:
    bindings = model.resolver.bindings(node)
    trail.direct = trail.direct and len(bindings) == 1
    for binding in reversed(bindings):
        if binding.kind == "parameter":
            found = _through_parameter(model, binding, trail)
            if found is not None:
                return found
        elif binding.value is not None and not binding.path and binding.kind in {"assign", "annotated", "walrus"}:
            trail.bindings = (*trail.bindings, binding)
            found = _probability(model, binding.value, trail)
            if found is not None:
                return found
    return None


def _through_parameter(model: SemanticModel, binding: Binding, trail: _Trail) -> Probability | None:
    function = model.facts.function_of.get(binding.node)
    if function is None:
        return None
    trail.direct = False
    for site in model.sites(function):
        given = site.argument(binding.name)
        found = _probability(model, given, trail) if given is not None else None
        if found is not None:
            return found
    return None


def _through_arithmetic(model: SemanticModel, node: cst.BinaryOperation, trail: _Trail) -> Probability | None:
    sides = [side for side in (node.left, node.right) if not _is_small(side)]
    if isinstance(node.operator, cst.Add) and len(sides) == 1:
        trail.clipped = True
        return _probability(model, sides[0], trail)
    if isinstance(node.operator, (cst.Add, cst.Multiply)):
        trail.mixed = True
        for side in (node.left, node.right):
            found = _probability(model, side, trail)
            if found is not None:
                return found
    return None


def _is_small(node: cst.BaseExpression) -> bool:
    """True for an epsilon: a literal, ``K.epsilon()``, a name that says so."""
    if isinstance(literal(node), (int, float)) or (isinstance(node, cst.Call) and not node.args):
        return True
    name = node.attr.value if isinstance(node, cst.Attribute) else node.value if isinstance(node, cst.Name) else ""
    return isinstance(name, str) and name.lower().strip("_") in {
        "eps",
        "epsilon",
        "tiny",
        "small",
        "delta",
        "eps_",
    }


def _through_call(model: SemanticModel, node: cst.Call, trail: _Trail) -> Probability | None:
    """Through a helper's return value, a layer's ``call``, or the output of a functional model."""
    trail.direct = False
    found = model.resolver.definition(node.func)
    if found is not None and not isinstance(found[1], ClassFacts):
        return _first(found[0], list(found[1].returns), trail)
    for value in model.values(node):
        if isinstance(value, LayerOutput) and value.layer is not None:
            layer = value.layer
            if layer.cls is not None:
                method = layer.cls.method("call")
                if method is not None:
                    return _first(method[0].model, list(method[1].returns), trail)
            elif layer.name == "keras.Model" and isinstance(layer.node, cst.Call) and model.owns(layer.node):
                outputs = _outputs(layer.node)
                return _probability(model, outputs, trail) if outputs is not None else None
    return None


def _first(model: SemanticModel, nodes: list[cst.BaseExpression], trail: _Trail) -> Probability | None:
    for node in nodes:
        found = _probability(model, node, trail)
        if found is not None:
            return found
    return None


def _outputs(call: cst.Call) -> cst.BaseExpression | None:
    for index, argument in enumerate(call.args):
        if (argument.keyword is not None and argument.keyword.value == "outputs") or (
            argument.keyword is None and index == 1
        ):
            return argument.value
    return None


def _is_distribution(model: SemanticModel, node: cst.BaseExpression) -> bool:
    values = model.values(node)
    if any(isinstance(value, Distribution) for value in values):
        return True
    library = any(t.startswith("tensorflow_probability") for t in model.imported)
    return library and all(value.kind in {"unknown", "parameter", "output"} for value in values)
