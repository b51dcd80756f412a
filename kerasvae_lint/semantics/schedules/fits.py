"""Which ``fit`` gets which callbacks: lists followed through names, ``append``, ``+=``, helpers and attributes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.facts import CallFacts, Function
from kerasvae_lint.semantics.literals import literal
from kerasvae_lint.semantics.schedules.tracing import FITS

if TYPE_CHECKING:
    from kerasvae_lint.semantics.model import SemanticModel

MAX_DEPTH = 6
_POSITION = {"fit": 5, "fit_generator": 4}
_WRAPPERS = frozenset({"list", "tuple", "CallbackList"})


@dataclass
class Elements:
    """The elements of a list of callbacks; ``complete`` is False where some can't be seen."""

    nodes: list[tuple[SemanticModel, cst.BaseExpression]] = field(default_factory=list)
    complete: bool = True

    def add(self, other: Elements) -> None:
        """Join with another list."""
        self.nodes += other.nodes
        self.complete = self.complete and other.complete


@dataclass(frozen=True, eq=False)
class Fit:
    """One ``fit``: ``argument`` is what it gives for ``callbacks``, if anything."""

    model: SemanticModel
    call: CallFacts
    argument: cst.BaseExpression | None
    elements: Elements

    @property
    def target(self) -> cst.BaseExpression:
        """The model that is trained."""
        func = self.call.node.func
        assert isinstance(func, cst.Attribute)
        return func.value

    @property
    def epochs(self) -> cst.BaseExpression | None:
        """What it gives for ``epochs``."""
        return keyword(self.call.node, "epochs") or keyword(self.call.node, "nb_epoch")

    @property
    def splatted(self) -> bool:
        """True if some arguments can't be seen."""
        return any(argument.star for argument in self.call.node.args)


def keyword(call: cst.Call, name: str) -> cst.BaseExpression | None:
    """The argument with this keyword."""
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == name:
            return argument.value
    return None


def fits_of(model: SemanticModel) -> list[Fit]:
    """Every ``fit`` of the module with its callbacks."""
    found = []
    for call in model.method_calls(*FITS):
        func = call.node.func
        assert isinstance(func, cst.Attribute)
        argument = keyword(call.node, "callbacks")
        position = _POSITION[func.attr.value]
        if argument is None and len(call.node.args) > position:
            given = call.node.args[: position + 1]
            if not any(a.star or a.keyword is not None for a in given):
                argument = given[position].value
        elements = elements_of(model, argument) if argument is not None else Elements()
        if argument is None and any(a.star for a in call.node.args):
            elements.complete = False
        found.append(Fit(model, call, argument, elements))
    return found


def elements_of(model: SemanticModel, node: cst.BaseExpression, depth: int = 0) -> Elements:
    """The elements of the list that ``node`` is."""
    if depth > MAX_DEPTH:
        return Elements(complete=False)
    deeper = depth + 1
    match node:
        case cst.List() | cst.Tuple():
            found = Elements()
            for element in node.elements:
                if isinstance(element, cst.StarredElement):
                    found.add(elements_of(model, element.value, deeper))
                else:
                    found.nodes.append((model, element.value))
            return found
        case cst.BinaryOperation(operator=cst.Add()):
            found = elements_of(model, node.left, deeper)
            found.add(elements_of(model, node.right, deeper))
            return found
        case cst.IfExp():
            found = elements_of(model, node.body, deeper)
            found.add(elements_of(model, node.orelse, deeper))
            return found
        case cst.BooleanOperation():
            found = elements_of(model, node.left, deeper)
            found.add(elements_of(model, node.right, deeper))
            return found
        case cst.Name(value="None"):
            return Elements()
        case cst.Name():
            return _of_name(model, node, deeper)
        case cst.Attribute():
            return _of_attribute(model, node, deeper)
        case cst.Call():
            return _of_call(model, node, deeper)
        case _:
            return Elements(complete=False)


def _of_name(model: SemanticModel, node: cst.Name, depth: int) -> Elements:
    found = Elements()
    bindings = model.resolver.bindings(node)
    if not bindings:
        return Elements(complete=False)
    for binding in bindings:
        if binding.kind == "parameter":
            found.add(_of_parameter(model, model.facts.function_of.get(binding.node), node.value, depth))
        elif binding.value is None or (binding.path and binding.kind != "aug"):
            found.complete = False
        elif _is_single(model, binding.value):
            found.nodes.append((model, binding.value))
        else:
            found.add(elements_of(model, binding.value, depth))
    scope = model.resolver.scope_at(node).lookup(node.value)
    for call in model.method_calls("append", "extend", "insert"):
        func = call.node.func
        if isinstance(func, cst.Attribute) and isinstance(func.value, cst.Name) and func.value.value == node.value:
            there = model.resolver.scope_at(func.value).lookup(node.value)
            if scope is not None and there is not None and there[0] is scope[0] and call.node.args:
                found.add(_added(model, func.attr.value, call.node, depth))
    return found


def _added(model: SemanticModel, method: str, call: cst.Call, depth: int) -> Elements:
    value = call.args[-1].value
    return elements_of(model, value, depth) if method == "extend" else Elements([(model, value)])


def _of_parameter(model: SemanticModel, function: Function | None, name: str, depth: int) -> Elements:
    found = Elements(complete=False)
    for site in model.sites(function) if function is not None else ():
        given = site.argument(name)
        if given is not None:
            found.add(elements_of(model, given, depth))
    return found


def _of_attribute(model: SemanticModel, node: cst.Attribute, depth: int) -> Elements:
    cls = model.class_at(node)
    if cls is None or not model.is_self(node.value, model.function_at(node)) or not cls.stores(node.attr.value):
        return Elements(complete=False)
    found = Elements()
    for owner, store in cls.stores(node.attr.value):
        if store.value is None:
            found.complete = False
        elif store.kind == "element":
            found.nodes.append((owner.model, store.value))
        else:
            found.add(elements_of(owner.model, store.value, depth))
    return found


def _of_call(model: SemanticModel, node: cst.Call, depth: int) -> Elements:
    func = node.func
    last = func.attr.value if isinstance(func, cst.Attribute) else func.value if isinstance(func, cst.Name) else ""
    if last in _WRAPPERS and node.args:
        return elements_of(model, node.args[0].value, depth)
    if last in _WRAPPERS:
        return Elements()
    function, owner = _called(model, func)
    if function is None or not function.returns:
        if _is_single(model, node):
            return Elements([(model, node)])
        return Elements(complete=False)
    found = Elements()
    for returned in function.returns:
        found.add(elements_of(owner, returned, depth))
    return found


def _called(model: SemanticModel, func: cst.BaseExpression) -> tuple[Function | None, SemanticModel]:
    """The function or own method that a call reaches."""
    definition = model.resolver.definition(func)
    if definition is not None and isinstance(definition[1], Function):
        return definition[1], definition[0]
    cls = model.class_at(func)
    if cls is not None and isinstance(func, cst.Attribute) and model.is_self(func.value, model.function_at(func)):
        method = cls.method(func.attr.value)
        if method is not None:
            return method[1], method[0].model
    return None, model


def _is_single(model: SemanticModel, node: cst.BaseExpression) -> bool:
    """True for the call that makes one callback."""
    if not isinstance(node, cst.Call):
        return False
    if (model.name(node.func) or "").startswith("keras.callbacks."):
        return True
    return any("callback" in cls.kinds for cls in model.constructed(node))


def origins(model: SemanticModel, node: cst.BaseExpression, depth: int = 0) -> list[tuple[SemanticModel, cst.Call]]:
    """The calls that make the object that ``node`` is."""
    if isinstance(node, cst.Call):
        return [(model, node)]
    found: list[tuple[SemanticModel, cst.Call]] = []
    if depth > MAX_DEPTH:
        return found
    if isinstance(node, cst.Name):
        for binding in model.resolver.bindings(node):
            if binding.value is not None and not binding.path:
                found += origins(model, binding.value, depth + 1)
    elif isinstance(node, cst.Attribute) and model.is_self(node.value, model.function_at(node)):
        cls = model.class_at(node)
        for owner, store in cls.stores(node.attr.value) if cls is not None else ():
            if store.value is not None and not store.path:
                found += origins(owner.model, store.value, depth + 1)
    elif isinstance(node, cst.IfExp):
        found += origins(model, node.body, depth + 1) + origins(model, node.orelse, depth + 1)
    return found


def number(model: SemanticModel, node: cst.BaseExpression | None) -> float | None:
    """The number that an expression plainly is."""
    if node is None:
        return None
    found = literal(node)
    if found is None:
        values = model.values(node)
        found = getattr(values[0], "value", None) if len(values) == 1 and values[0].kind == "constant" else None
    return float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else None
