"""Where functions are called, and with what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.calls import bind_arguments
from kerasvae_lint.semantics.facts import CallFacts, Function
from kerasvae_lint.semantics.values import Instance, LayerObject

if TYPE_CHECKING:
    from kerasvae_lint.semantics.classes import ClassInfo
    from kerasvae_lint.semantics.model import SemanticModel


@dataclass(frozen=True, eq=False, slots=True)
class Site:
    """A call of a function of this module; ``bound`` parameters (self) come before its arguments."""

    call: CallFacts
    function: Function
    bound: int

    def argument(self, name: str) -> cst.BaseExpression | None:
        """What the call gives parameter ``name``."""
        return bind_arguments(self.function, self.call.node, self.bound).get(name)


def sites_with_objects(model: SemanticModel, function: Function) -> list[Site]:
    """Where ``function`` is called in this module, those on objects of its class (``gan.compile(…)``) among them."""
    found = model.sites(function)
    name = function.node.name.value if isinstance(function.node, cst.FunctionDef) else ""
    if function.receiver is None or name == "__init__":
        return found
    for call in model.method_calls(name):
        func = call.node.func
        values = model.values(func.value) if isinstance(func, cst.Attribute) else ()
        classes = [value.cls for value in values if isinstance(value, (LayerObject, Instance)) and value.cls]
        methods = [cls.method(name) for cls in classes]
        if len(methods) == 1 and methods[0] is not None and methods[0][1] is function:
            found = [*found, Site(call, function, 1)]
    return found


def kept_as(cls: ClassInfo, parameter: str) -> str | None:
    """The attribute that the constructor of ``cls`` keeps a parameter in."""
    for store in cls.own_stores():
        if store.function.name == "__init__" and isinstance(store.value, cst.Name) and store.value.value == parameter:
            return store.attribute
    return None
