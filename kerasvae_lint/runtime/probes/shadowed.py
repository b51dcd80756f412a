"""Does the loss go by the number that a layer was given, or by a global of the same name?"""

from __future__ import annotations

import dis
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

from kerasvae_lint.runtime.framework import is_own
from kerasvae_lint.runtime.probes.places import Slot, is_number
from kerasvae_lint.runtime.probes.response import reacts
from kerasvae_lint.runtime.subject import Subject

CODES = ["KV422"]
MOST = 8
"""Numbers that are asked about; each costs a few steps."""


def ask(subject: Subject) -> tuple[str, list[str]] | None:
    """The first number of a layer that changes nothing, where the global of its name changes the loss."""
    if not subject.trains or subject.feed is None:
        return None
    for layer, name, scope in list(_pairs(subject))[:MOST]:
        given, other = vars(layer)[name], scope[name]
        if not _is_heard(subject, Slot(scope, name, "global"), other):
            continue
        if not _is_heard(subject, Slot(layer, name, "layer"), given):
            return (
                f"`{layer.name}` was given {name}={float(given):.4g}, and the loss goes by the global `{name}`, which"
                f" is {float(other):.4g}",
                CODES,
            )
    return None


def _is_heard(subject: Subject, slot: Slot, value: Any) -> bool:
    return reacts(subject, slot, slot.name, value, type(value)(value + 1), eager=True)


def _pairs(subject: Subject) -> Iterator[tuple[Any, str, dict[str, Any]]]:
    """A layer's numbers with the namespace in which code of its class looks for another one of that name."""
    for layer in subject.layers:
        functions = [f for cls in type(layer).__mro__ if is_own(cls) for f in vars(cls).values()]
        for function in functions:
            if not isinstance(function, FunctionType):
                continue
            for name in dict.fromkeys(_globals_of(function.__code__)):
                one, other = vars(layer).get(name), function.__globals__.get(name)
                if is_number(one) and is_number(other) and one != other:
                    yield layer, name, function.__globals__


def _globals_of(code: CodeType) -> Iterator[str]:
    yield from (i.argval for i in dis.get_instructions(code) if i.opname == "LOAD_GLOBAL")
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _globals_of(inner)
