"""A call as a rule sees it: what was called, what it was given in each run of it, and where."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.tensors import best_signature
from kerasvae_lint.library import Entry, lookup
from kerasvae_lint.values.lattice import (
    FunctionValue,
    Instance,
    LibraryName,
    LibraryObject,
    Native,
    Unknown,
    Value,
    join,
)
from kerasvae_lint.values.unit import Unit
from kerasvae_lint.values.world import CallEvent

Given = Literal["given", "absent", "unknown"]


class Call:
    """One call in the file, with every run of it that the interpreter made.

    Attributes:
        record: the call as it is written.
        unit: the file.
        events: the runs, in order.
    """

    def __init__(self, record: r.Call, unit: Unit, events: list[CallEvent]) -> None:
        self.record = record
        self.unit = unit
        self.events = events

    @property
    def start(self) -> int:
        """Where it begins in the text: a call can be underlined."""
        return self.record.start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.record.end

    @cached_property
    def name(self) -> str:
        """The canonical name of the library's function, or of the class whose object is called; else empty."""
        for event in self.events:
            if isinstance(event.callee, (LibraryName, LibraryObject)):
                return event.callee.name
        return ""

    @cached_property
    def spelling(self) -> str:
        """The library's dotted name as the imports spell it (``tensorflow.keras.backend.min``); else empty."""
        return next((e.callee.spelling for e in self.events if isinstance(e.callee, LibraryName)), "")

    @cached_property
    def method(self) -> str:
        """The name of the method that is called on something; empty for plain functions."""
        func = self.record.func
        return func.attr if isinstance(func, r.Attribute) else ""

    @property
    def receivers(self) -> tuple[Value, ...]:
        """The objects whose method is called, in each run."""
        found: dict[int, Value] = {}
        for event in self.events:
            owner = event.callee.owner if isinstance(event.callee, Native) else None
            if isinstance(event.callee, FunctionValue):
                owner = event.callee.bound
            if isinstance(event.callee, Unknown):
                owner = event.callee.base
            if owner is not None:
                found[id(owner)] = owner
        return tuple(found.values())

    @property
    def instances(self) -> list[Instance]:
        """The objects of the project's classes among them."""
        return [owner for owner in self.receivers if isinstance(owner, Instance)]

    @property
    def phases(self) -> frozenset[str]:
        """The phases in which it runs."""
        return frozenset(event.phase for event in self.events)

    @property
    def traced(self) -> bool:
        """True if it runs in traced code, construction of layers there included."""
        return any(event.traced for event in self.events)

    @property
    def function(self) -> r.Function | None:
        """The function whose code it is; None at module and class level."""
        return r.function_of(self.record)

    @property
    def result(self) -> Value:
        """What it gives."""
        return join(*(event.result for event in self.events))

    @cached_property
    def entry(self) -> Entry | None:
        """What the library tables know of it."""
        name = self.name
        if not name and self.method:
            name = f"keras.Model.{self.method}"
        return lookup(name) if name else None

    # arguments ----------------------------------------------------------------------------------
    def argument(self, *names: str, at: int | None = None) -> Value | None:
        """What a parameter is given, joined over all runs; None if no run gives it.

        Args:
            names: the parameter's name or role (``axis`` for all that mean it), any of several.
            at: its position, for calls of which the tables know nothing.
        """
        found = [value for event in self.events if (value := self._of(event, names, at)) is not None]
        return join(*found) if found else None

    def _of(self, event: CallEvent, names: tuple[str, ...], at: int | None) -> Value | None:
        arguments = event.arguments
        for name in names:
            if name in arguments.keywords:
                return arguments.keywords[name]
        signature = best_signature(self.entry, arguments)
        if signature is not None:
            positional = [p for p in signature.parameters if p.kind in {"positional", "positional-only"}]
            for index, parameter in enumerate(positional):
                if parameter.name in names or parameter.role in names:
                    if index < len(arguments.positional):
                        return arguments.positional[index]
            for name, value in arguments.keywords.items():
                known = signature.get(name)
                if known is not None and known.role in names:
                    return value
            if any(p.name in names or p.role in names for p in positional):
                return None
        if at is not None and at < len(arguments.positional):
            return arguments.positional[at]
        return None

    def is_given(self, *names: str, at: int | None = None) -> Given:
        """Whether a parameter is given; ``unknown`` where ``*args`` or ``**kwargs`` may give it."""
        if self.argument(*names, at=at) is not None:
            return "given"
        return "absent" if all(event.arguments.complete for event in self.events) else "unknown"

    def written(self, *names: str, at: int | None = None) -> r.Argument | None:
        """The argument as it is written in this very call; None if it comes in some other way."""
        for argument in self.record.arguments:
            if argument.name is not None and argument.name in names:
                return argument
        signature = best_signature(self.entry, self.events[0].arguments) if self.events else None
        if signature is not None:
            for argument in self.record.arguments:
                known = signature.get(argument.name) if argument.name is not None else None
                if known is not None and known.role in names:
                    return argument
            for index, parameter in enumerate(
                p for p in signature.parameters if p.kind in {"positional", "positional-only"}
            ):
                if parameter.name in names or parameter.role in names:
                    at = index
                    break
        if at is not None:
            for index, argument in enumerate(self.record.arguments):
                if argument.star or argument.name is not None:
                    return None
                if index == at:
                    return argument
        return None


def calls_method(callee: Value, name: str) -> bool:
    """True for what ``something.name(…)`` itself calls: not a library's function, nor a loss or hook that it runs."""
    if isinstance(callee, (Native, Unknown)):
        return callee.name in {name, ""}
    if isinstance(callee, FunctionValue):
        return callee.function.name == name or callee.function.is_lambda
    return not isinstance(callee, LibraryName)
