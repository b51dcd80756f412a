"""What the rules of schedules share: notes in other files, guards, and names that say what a value is for."""

from __future__ import annotations

import re

import libcst as cst

from kerasvae_lint.core import Place
from kerasvae_lint.semantics import ClassInfo, SemanticModel
from kerasvae_lint.semantics.schedules.changes import Change
from kerasvae_lint.semantics.schedules.formulas import is_guarded
from kerasvae_lint.semantics.schedules.owners import words
from kerasvae_lint.semantics.values import Parameter, Value, Variable

_RATE = re.compile(r"(^|_)(lr|learning_rate|optimizer)($|_)", re.I)
_GUARDS = frozenset({"isinstance", "hasattr", "callable", "type"})


def place(model: SemanticModel, owner: SemanticModel, node: cst.CSTNode) -> cst.CSTNode | Place:
    """A note's place: the node itself in this file, else its position in the other one."""
    if owner is model:
        return node
    return Place(owner.source.filename, owner.source.position(owner.span(node)[0])[1])


def is_learning_rate(change: Change) -> bool:
    """True for ``optimizer.learning_rate`` and the like."""
    return any(_RATE.search(word) for word in words(change.target))


def asks_for_type(change: Change) -> bool:
    """True if an ``if`` around the change asks what kind of value is there."""
    model = change.model
    at = change.block
    while at is not None:
        owner = at.owner
        if isinstance(owner, cst.If):
            for node in _calls_in(owner.test):
                if isinstance(node.func, cst.Name) and node.func.value in _GUARDS:
                    return True
        above = at.parent
        if above is None:
            break
        at = above
    return any(
        isinstance(call.node.func, cst.Name) and call.node.func.value in {"isinstance", "hasattr"}
        for call in change.function.calls
        if model.owns(call.node)
    )


def _calls_in(node: cst.CSTNode) -> list[cst.Call]:
    found = [node] if isinstance(node, cst.Call) else []
    for child in node.children:
        found += _calls_in(child)
    return found


def always_the_same(change: Change) -> bool:
    """True for a constant that a hook sets before every step: the first trace has it already."""
    value = change.value
    plain = isinstance(value, (cst.Integer, cst.Float, cst.SimpleString)) or (
        isinstance(value, cst.Name) and value.value in {"True", "False", "None"}
    )
    if not plain or (change.store is not None and change.store.kind == "aug"):
        return False
    return change.function.name.endswith("_begin") and not is_guarded(change.block, change.function)


def same_thing(model: SemanticModel, node: cst.BaseExpression, change: Change) -> bool:
    """True if a write's target and an expression are one variable, as far as values or (unknown) names tell."""
    here, there = model.values(node), change.model.values(change.target)
    mine = {value.node for value in here if isinstance(value, Variable)}
    other = {value.node for value in there if isinstance(value, Variable)}
    if mine and other:
        return bool(mine & other)
    names = words(node)
    return (
        bool(names) and names[0] == change.attribute and not (mine and _known(there)) and not (other and _known(here))
    )


def _known(values: tuple[Value, ...]) -> bool:
    return all(not isinstance(value, Parameter) and value.kind != "unknown" for value in values)


def callback_name(model: SemanticModel, call: cst.Call, cls: ClassInfo | None) -> str:
    """How to call a callback in a message."""
    if cls is not None:
        return cls.name
    func = call.func
    return func.attr.value if isinstance(func, cst.Attribute) else model.text(func)
