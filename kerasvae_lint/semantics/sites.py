"""Where functions are called, and with what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.calls import bind_arguments
from kerasvae_lint.semantics.facts import CallFacts, Function

if TYPE_CHECKING:
    from kerasvae_lint.semantics.classes import ClassInfo


@dataclass(frozen=True, eq=False, slots=True)
class Site:
    """A call of a function of this module; ``bound`` parameters (self) come before its arguments."""

    call: CallFacts
    function: Function
    bound: int

    def argument(self, name: str) -> cst.BaseExpression | None:
        """What the call gives parameter ``name``."""
        return bind_arguments(self.function, self.call.node, self.bound).get(name)


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
