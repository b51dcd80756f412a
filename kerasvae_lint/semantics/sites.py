"""Where functions are called, and with what."""

from __future__ import annotations

from collections.abc import Iterator
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
    found, name = model.sites(function), function.name
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


def kept_arguments(cls: ClassInfo, call: cst.Call) -> Iterator[tuple[str, cst.BaseExpression]]:
    """The attributes in which the constructor of ``cls`` keeps what ``call`` gives it, with what that is."""
    init = cls.method("__init__")
    for parameter, given in bind_arguments(init[1], call, 1).items() if init is not None else ():
        attribute = _kept_as(init[0], parameter) if init is not None else None
        if attribute is not None:
            yield attribute, given


def _kept_as(cls: ClassInfo, parameter: str) -> str | None:
    for store in cls.own_stores():
        if store.function.name == "__init__" and isinstance(store.value, cst.Name) and store.value.value == parameter:
            return store.attribute
    return None
