"""Which value each parameter of a called function gets."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Protocol

from kerasvae_lint.binding.records import Function
from kerasvae_lint.values.lattice import Constant, DictObject, Entries, Site, Tuple, Unknown, Value
from kerasvae_lint.values.world import Arguments


class Signature(Protocol):
    """A parameter of a library's function, as far as it matters here."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...


def bind_function(
    function: Function,
    arguments: Arguments,
    defaults: Mapping[str, Value],
    site: Site,
) -> dict[str, Value]:
    """The parameters of a function of the project by name; ``Unknown`` where nobody knows whether it is given."""
    bound: dict[str, Value] = {}
    positional = list(arguments.positional)
    keywords = dict(arguments.keywords)
    for parameter in function.parameters:
        name = parameter.name
        if parameter.kind == "*":
            rest = Unknown("argument", site) if arguments.more else None
            bound[name] = Tuple(positional, site, rest)
            positional = []
        elif parameter.kind == "**":
            entries: dict[Hashable, tuple[Value, Value]] = {
                key: (Constant(key), value) for key, value in keywords.items()
            }
            bound[name] = DictObject(Entries(entries, Unknown("argument", site) if arguments.others else None), site)
            keywords = {}
        elif parameter.kind in {"positional", "positional-only"} and positional:
            bound[name] = positional.pop(0)
        elif parameter.kind != "positional-only" and name in keywords:
            bound[name] = keywords.pop(name)
        elif (arguments.more and parameter.kind != "keyword") or arguments.others:
            bound[name] = Unknown("argument", site, None, name)
        elif name in defaults:
            bound[name] = defaults[name]
        else:
            bound[name] = Unknown("argument", site, None, name)
    return bound


def bind_library(parameters: Sequence[Signature], arguments: Arguments) -> tuple[dict[str, Value], tuple[Value, ...]]:
    """The parameters that a library's function is given, by name, and what is left of the positional arguments.

    What is given by a name that the signature does not have (it has ``**kwargs``, or is of another version) is kept
    under that name.
    """
    bound: dict[str, Value] = {}
    positional = list(arguments.positional)
    for parameter in parameters:
        if parameter.kind == "*":
            break
        if parameter.kind in {"positional", "positional-only"} and positional:
            bound[parameter.name] = positional.pop(0)
    bound.update(arguments.keywords)
    return bound, tuple(positional)
