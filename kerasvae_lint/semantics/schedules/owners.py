"""Whose attribute host code sets: followed through ``self.model``, ``get_layer`` and layers that a callback keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.context import Context
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.schedules.tracing import classes_in
from kerasvae_lint.semantics.values import Constant, Container, Parameter, Snapshot, Static, Value, Variable

if TYPE_CHECKING:
    from kerasvae_lint.semantics.classes import ClassInfo
    from kerasvae_lint.semantics.facts import Function
    from kerasvae_lint.semantics.model import SemanticModel

PYTHON, VARIABLE, OTHER = "python", "variable", "other"


def owners_of(model: SemanticModel, node: cst.BaseExpression, attribute: str) -> list[ClassInfo]:
    """The classes whose ``attribute`` is meant by ``node.attribute``; where ``node`` is unknown, every class that
    traced code reads it of."""
    known = known_classes(model, node)
    if known:
        return [cls for cls in known if has_attribute(cls, attribute)]
    if _is_other_thing(model, node):
        return []
    found = [cls for cls in _candidates(model, attribute) if _named(model, node, cls)]
    if not found and model.project is not None:
        for other in model.project.search(model, (attribute,)):
            found += _candidates(other, attribute)
    return _without_bases(found)


def known_classes(model: SemanticModel, node: cst.BaseExpression) -> list[ClassInfo]:
    """The project classes that ``node`` is plainly an object of."""
    found = classes_in(model.values(node))
    if found or not isinstance(node, cst.Attribute):
        return found
    if is_callback_model(model, node):
        return model.schedules.models_of(model.class_at(node))
    values: list[Value] = []
    for cls in known_classes(model, node.value):
        evaluator = cls.model.evaluator
        values += evaluator.attribute_of(node, cls, node.attr.value, Context(cls), own=False)
    return classes_in(tuple(values))


def is_callback_model(model: SemanticModel, node: cst.BaseExpression) -> bool:
    """True for ``self.model`` in a callback."""
    if not isinstance(node, cst.Attribute) or node.attr.value not in {"model", "_model"}:
        return False
    cls = model.class_at(node)
    return cls is not None and "callback" in cls.kinds and model.is_self(node.value, model.function_at(node))


def _is_other_thing(model: SemanticModel, node: cst.BaseExpression) -> bool:
    """True for what is plainly no layer: a module, a constant, an optimizer."""
    if model.resolver.raw(node) is not None:
        return True
    if any("optimizer" in word or word in {"history", "params", "plt"} for word in words(node)):
        return True
    return any(isinstance(value, (Constant, Container, Variable, Snapshot, Static)) for value in model.values(node))


def words(node: cst.BaseExpression) -> list[str]:
    """The names along a chain of attributes, calls and subscripts: ``self.model.get_layer("kl")``."""
    found: list[str] = []
    at: cst.CSTNode = node
    while True:
        if isinstance(at, cst.Attribute):
            found.append(at.attr.value)
            at = at.value
        elif isinstance(at, cst.Call):
            at = at.func
        elif isinstance(at, cst.Subscript):
            at = at.value
        else:
            return [*found, at.value] if isinstance(at, cst.Name) else found


def _candidates(model: SemanticModel, attribute: str) -> list[ClassInfo]:
    """Classes of a module that have the attribute and read it in traced code."""
    found = []
    for cls in model.classes:
        if cls.kinds & {"layer", "module", "loss"} and has_attribute(cls, attribute):
            if model.schedules.reads(cls, attribute):
                found.append(cls)
    return found


def _without_bases(found: list[ClassInfo]) -> list[ClassInfo]:
    """One class of each family: what is true of the base is true of what is made from it."""
    return [cls for cls in found if not any(other is not cls and cls in other.mro() for other in found)]


def _named(model: SemanticModel, node: cst.BaseExpression, cls: ClassInfo) -> bool:
    """False for ``get_layer("kl")`` where the module gives that name to an object of another class."""
    if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute) or not node.args:
        return True
    name = literal(node.args[0].value)
    if node.func.attr.value != "get_layer" or not isinstance(name, str):
        return True
    makers = []
    for call in model.facts.calls:
        given = [a.value for a in call.node.args if a.keyword is not None and a.keyword.value == "name"]
        if given and literal(given[0]) == name:
            makers.append(call.node)
    return not makers or any(cls in made.mro() for call in makers for made in model.constructed(call))


def has_attribute(cls: ClassInfo, attribute: str) -> bool:
    """True if a method or the body of the class, or of a base, sets the attribute, or it has a setter."""
    if cls.stores(attribute) or cls.class_attribute(attribute) is not None:
        return True
    return setter(cls, attribute) is not None


def setter(cls: ClassInfo, attribute: str) -> Function | None:
    """The function under ``@attribute.setter``."""
    for owner in cls.mro():
        for function in owner.model.facts.functions:
            if function.owner is owner.facts and function.name == attribute:
                for decorator in function.decorators:
                    if isinstance(decorator, cst.Attribute) and decorator.attr.value == "setter":
                        return function
    return None


def made_as(cls: ClassInfo, attribute: str) -> tuple[str, list[Value]]:
    """What the class itself makes of an attribute: a Python value, a variable or something else; with the values."""
    values: list[Value] = []
    for owner, store in cls.stores(attribute):
        if store.value is None or store.kind in {"aug", "element"}:
            continue
        evaluator = owner.model.evaluator
        values += evaluator.part(store.node, evaluator.values(store.value, Context(cls)), store.path)
    default = cls.class_attribute(attribute)
    if default is not None:
        values += cls.model.evaluator.values(default, Context(cls))
    values = [value for value in values if not _is_none(value)]
    if any(isinstance(value, Variable) for value in values):
        return VARIABLE, values
    plain = [value for value in values if isinstance(value, (Constant, Parameter, Static))]
    if values and len(plain) < len(values) and not any(_is_number(value) for value in plain):
        return OTHER, values
    if any(isinstance(value, Constant) and isinstance(value.value, str) for value in plain):
        return OTHER, values
    return (PYTHON, values) if plain or not values else (OTHER, values)


def _is_none(value: Value) -> bool:
    return isinstance(value, Constant) and value.value is None


def _is_number(value: Value) -> bool:
    return isinstance(value, Constant) and isinstance(value.value, (int, float))
