"""What a schedule computes: which hook gives it the epoch or the batch, and whether it rises for ever."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.facts import Block, Function
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.schedules.fits import number

if TYPE_CHECKING:
    from kerasvae_lint.semantics.model import SemanticModel
    from kerasvae_lint.semantics.schedules.changes import Change

MAX_DEPTH = 5


@dataclass(frozen=True, eq=False)
class Hook:
    """The function that Keras calls: a callback's method, or what a LambdaCallback was given."""

    name: str
    function: Function
    counter: str  # the parameter that is the epoch or the batch


def hook_of(model: SemanticModel, function: Function) -> Hook | None:
    """The hook that ``function`` is, or stands in."""
    method = function.method
    if method is not None and method.name.startswith("on_"):
        names = [p.name for p in method.parameters if p.kind == "positional"]
        return Hook(method.name, method, names[1]) if len(names) > 1 else None
    at: Function | None = function
    while at is not None and at.node is not model.module:
        name = _given_as(model, at)
        if name:
            names = [p.name for p in at.parameters if p.kind == "positional"]
            return Hook(name, at, names[0]) if names else None
        at = at.parent
    return None


def _given_as(model: SemanticModel, function: Function) -> str:
    """The keyword of the LambdaCallback that gets the function."""
    uses: list[cst.CSTNode] = [function.node]
    uses += [] if isinstance(function.node, cst.Lambda) else list(model.facts.names.get(function.name, ()))
    for use in uses:
        argument = model.parent(use)
        if isinstance(argument, cst.Arg) and argument.keyword is not None:
            call = model.parent(argument)
            if isinstance(call, cst.Call) and (model.name(call.func) or "").endswith("LambdaCallback"):
                return argument.keyword.value
    return ""


@dataclass(frozen=True, eq=False)
class Ramp:
    """A value that rises with the counter for ever: ``scale * (counter + shift) / length``."""

    expression: cst.BaseExpression
    scale: cst.BaseExpression | None
    length: cst.BaseExpression | None
    rate: cst.BaseExpression | None


def ramp_of(model: SemanticModel, change: Change, hook: Hook) -> Ramp | None:
    """The ramp that a change sets, if its value is one and nothing holds it."""
    if change.value is None or is_guarded(change.block, hook.function):
        return None
    expression, held = followed(model, change.value)
    if held:
        return None
    scale, rest = _scale(model, expression, hook)
    if isinstance(rest, cst.BinaryOperation):
        if isinstance(rest.operator, cst.Divide) and _is_count(model, rest.left, hook):
            return None if uses(model, rest.right, hook) else Ramp(expression, scale, rest.right, None)
        if isinstance(rest.operator, cst.Multiply):
            for count, rate in ((rest.left, rest.right), (rest.right, rest.left)):
                if _is_count(model, count, hook) and number(model, rate) is not None:
                    return Ramp(expression, scale, None, rate)
    return None


def followed(model: SemanticModel, node: cst.BaseExpression, depth: int = 0) -> tuple[cst.BaseExpression, bool]:
    """What a local name was given; True where it is given more than once (an ``if`` holds it)."""
    if not isinstance(node, cst.Name) or depth > MAX_DEPTH:
        return node, False
    scope = model.resolver.scope_at(node).lookup(node.value)
    if scope is None or scope[0].kind not in {"function", "lambda"}:
        return node, False
    bindings = scope[1]
    if len(bindings) != 1 or bindings[0].value is None or bindings[0].path:
        return node, len(bindings) > 1
    return followed(model, bindings[0].value, depth + 1)


def _scale(
    model: SemanticModel, node: cst.BaseExpression, hook: Hook
) -> tuple[cst.BaseExpression | None, cst.BaseExpression]:
    """``c * (count / n)`` and ``count / n * c`` as the scale and the ramp; ``c * count / n`` too."""
    node = _unwrapped(model, node)
    if not isinstance(node, cst.BinaryOperation) or not isinstance(node.operator, (cst.Multiply, cst.Divide)):
        return None, node
    if isinstance(node.operator, cst.Multiply):
        for scale, rest in ((node.left, node.right), (node.right, node.left)):
            inner = _unwrapped(model, rest)
            if not uses(model, scale, hook) and isinstance(inner, cst.BinaryOperation):
                if isinstance(inner.operator, cst.Divide):
                    return scale, inner
        return None, node
    left = _unwrapped(model, node.left)
    if isinstance(left, cst.BinaryOperation) and isinstance(left.operator, cst.Multiply):
        for scale, count in ((left.left, left.right), (left.right, left.left)):
            if not uses(model, scale, hook) and _is_count(model, count, hook):
                # Made anew, of parts of the tree: these can be looked up.
                return scale, cst.BinaryOperation(count, node.operator, node.right)
    return None, node


def _unwrapped(model: SemanticModel, node: cst.BaseExpression) -> cst.BaseExpression:
    """Without ``float(…)`` around it, and a local name as what it was given."""
    node, held = followed(model, node)
    if not held and isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and len(node.args) == 1:
        if node.func.value in {"float", "int"}:
            return _unwrapped(model, node.args[0].value)
    return node


def _is_count(model: SemanticModel, node: cst.BaseExpression, hook: Hook) -> bool:
    """True for the counter, and for the counter plus or minus a number."""
    node = _unwrapped(model, node)
    if isinstance(node, cst.Name):
        return node.value == hook.counter
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, (cst.Add, cst.Subtract)):
        return _is_count(model, node.left, hook) and literal(node.right) is not None
    return False


def uses(model: SemanticModel, node: cst.BaseExpression, hook: Hook) -> bool:
    """True if the counter goes into an expression."""
    todo, seen = [node], 0
    while todo and seen < 200:
        at = todo.pop()
        seen += 1
        if isinstance(at, cst.Name):
            if at.value == hook.counter:
                return True
            inner, _ = followed(model, at)
            todo += [inner] if inner is not at else []
        todo += [child for child in at.children if isinstance(child, cst.BaseExpression)]
        if isinstance(at, cst.Call):
            todo += [argument.value for argument in at.args]
    return False


def is_guarded(block: Block, function: Function) -> bool:
    """True if an ``if`` of the function stands around the block."""
    at: Block | None = block
    while at is not None and at.owner is not function.node:
        if isinstance(at.owner, (cst.If, cst.Else, cst.While, cst.Try)):
            return True
        at = at.parent
    return False


def early_exit(function: Function, order: int, model: SemanticModel) -> bool:
    """True if the function can leave before a statement: ``if epoch > n: return``."""
    for node in model.nodes_in(function, cst.Return):
        place = model.resolver.place_of(node)
        if place[0] < order:
            return True
    return False
