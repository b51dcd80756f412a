"""Losses and metrics that read the tensors of a functional model, in which no number is when the step is traced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.symbolic import Symbolic, symbolic_of
from kerasvae_lint.keras.training import Run, runs
from kerasvae_lint.library import lookup
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import (
    Builtin,
    FunctionValue,
    Instance,
    LibraryName,
    LibraryObject,
    Partial,
    Site,
    Value,
    held,
)
from kerasvae_lint.values.world import CallEvent

GIVEN_AS = ("loss", "metrics", "weighted_metrics")
_MAX_DEPTH = 4
_KNOWN_BEFORE = frozenset({"shape", "dtype", "name", "get_shape", "ndim", "rank", "op", "device", "set_shape"})
"""What a tensor tells of itself before there is a number in it."""
_ASKS = frozenset(
    {
        *("keras.backend.int_shape", "keras.backend.ndim", "keras.backend.dtype", "keras.backend.is_keras_tensor"),
        *("tf.is_tensor", "tf.print", "keras.backend.function"),
    }
)
"""What does not compute with a tensor that it is given."""
_MATHEMATICS = ("tf.", "keras.backend.", "keras.losses.", "keras.metrics.", "keras.ops.")


@dataclass(frozen=True, eq=False, slots=True)
class SymbolicLoss:
    """A loss or metric that a ``compile`` is given and that can't be computed.

    Attributes:
        run: the ``compile``.
        given_as: the parameter that it came by: ``loss``, ``metrics``.
        given: what was given for it.
        reads: where it computes with symbolic tensors; none for one that is such a tensor itself.
        values: these tensors.
    """

    run: Run
    given_as: str
    given: Value
    reads: tuple[Site, ...]
    values: tuple[Value, ...]


def symbolic_losses(machine: Interpreter) -> Iterator[SymbolicLoss]:
    """The losses and metrics of a program that read a functional model's tensors, in order of time."""
    finder = _Finder(machine)
    for run in runs(machine):
        if run.method != "compile":
            continue
        for word in GIVEN_AS:
            given = run.arguments.get(word)
            for member in held(given) if given is not None else ():
                if finder.symbolic.is_symbolic(member):
                    yield SymbolicLoss(run, word, member, (), (member,))
                    continue
                found = finder.of(member)
                if found:
                    sites = {site.record: site for site, _ in found}
                    yield SymbolicLoss(run, word, member, tuple(sites.values()), tuple(value for _, value in found))


Reads = list[tuple[Site, Value]]


class _Finder:
    """Finds where a function computes with tensors of a functional model that it was not given.

    Args:
        machine: the interpreter, after it ran.
    """

    def __init__(self, machine: Interpreter) -> None:
        self.machine = machine
        self.symbolic: Symbolic = symbolic_of(machine)
        self._called: dict[r.Function, list[CallEvent]] | None = None

    def of(self, value: Value) -> Reads:
        """The reads of a loss or metric, whatever it is made as."""
        if isinstance(value, Partial):
            bound = [part for part in (*value.arguments, *value.keywords.values()) if self.symbolic.is_symbolic(part)]
            site = value.site
            return [(site, part) for part in bound] if bound and site is not None else self.of(value.callee)
        if isinstance(value, Instance):
            for name in ("call", "__call__", "update_state"):
                method = self.machine.method(value, name)
                if isinstance(method, FunctionValue):
                    return self.of(method)
        if isinstance(value, FunctionValue):
            return list(self._reads(value, set(), 0))
        if isinstance(value, LibraryObject):  # a wrapper: `MeanMetricWrapper(function)`
            wrapped = value.arguments.get("fn")
            return self.of(wrapped) if wrapped is not None else []
        return []

    def _reads(self, value: FunctionValue, seen: set[r.Function], depth: int) -> Iterator[tuple[Site, Value]]:
        function = value.function
        if function in seen or depth > _MAX_DEPTH:
            return
        seen.add(function)
        given = {name for name, default in value.defaults.items() if self.symbolic.is_symbolic(default)}
        named: dict[str, Value] = {}
        for record in function.walk():
            read = self._read(record, function, given)
            if read is None and isinstance(record, r.Name) and r.home_of(record) is function.scope:
                read = named.get(record.id)
            if read is None or not isinstance(record, r.Expression):
                continue
            if self._is_computed_with(record):
                yield Site(value.unit, record), read
            named.update((name, read) for name in _names_given(record))
        for event in self._events_of(function):
            if isinstance(event.callee, FunctionValue):
                yield from self._reads(event.callee, seen, depth + 1)

    def _read(self, record: r.Record, function: r.Function, given: set[str]) -> Value | None:
        """The symbolic tensor that is read from around a function: by a name, an attribute, a parameter's default."""
        if isinstance(record, r.Name):
            if _is_inside(record, function) and not _is_parameter(record, function, given):
                return None
        elif isinstance(record, r.Subscript):  # of a list or dictionary of tensors
            base = self.machine.values.get(record.value)
            if base is None or self.symbolic.is_symbolic(base) or self._read(record.value, function, given) is None:
                return None
        elif isinstance(record, r.Attribute):
            base = self.machine.values.get(record.value)
            if base is None or self.symbolic.among(base):
                return None
        else:
            return None
        value = self.machine.values.get(record)
        if value is None:
            return None
        return next((part for part in held(value) if self.symbolic.is_symbolic(part)), None)

    def _is_computed_with(self, expression: r.Expression) -> bool:
        """True where an operator, a function or the caller gets the value of an expression as a tensor."""
        parent = expression.parent
        known = self.machine.values.get(expression)
        is_tensor = known is not None and self.symbolic.is_symbolic(known)
        if isinstance(parent, r.Subscript):
            return parent.value is expression and is_tensor
        if isinstance(parent, (r.Binary, r.Unary, r.Comparison, r.Return, r.Augmented)):
            return True
        if isinstance(parent, r.Attribute):
            return parent.attr not in _KNOWN_BEFORE and isinstance(parent.parent, r.Call)
        at: r.Record | None = parent
        while isinstance(at, (r.Display, r.Starred)):
            at = at.parent
        call = at.parent if isinstance(at, r.Argument) else None
        return isinstance(call, r.Call) and self._computes(call)

    def _computes(self, call: r.Call) -> bool:
        """True for a call of something that computes with tensors, as far as it is known."""
        events = [event for event in self.machine.events if event.site.record is call]
        return bool(events) and all(_is_mathematics(event.callee) for event in events)

    def _events_of(self, function: r.Function) -> list[CallEvent]:
        """The calls in a function's own code, of those nested in it too."""
        if self._called is None:
            self._called = {}
            for event in self.machine.events:
                at = event.function
                while at is not None:
                    self._called.setdefault(at, []).append(event)
                    at = at.around
        return self._called.get(function, [])


def _is_mathematics(callee: Value) -> bool:
    if not isinstance(callee, LibraryName):
        return not isinstance(callee, Builtin)
    entry = lookup(callee.name)
    if callee.name in _ASKS:
        return False
    if entry is not None:
        return entry.makes in {"tensor", "lossfunction", "random", "shape", "array"}
    return callee.name.startswith(_MATHEMATICS) and not callee.name.startswith("tf.nest.")


def _is_inside(name: r.Name, function: r.Function) -> bool:
    """True for a name that a function, or one in it, binds itself."""
    scope = r.home_of(name)
    while scope is not None:
        if scope is function.scope:
            return True
        scope = scope.parent
    return False


def _is_parameter(name: r.Name, function: r.Function, given: set[str]) -> bool:
    """True for one of the named parameters of a function."""
    return name.id in given and r.home_of(name) is function.scope


def _names_given(expression: r.Expression) -> Iterator[str]:
    """The names that a value is given to as it is: ``code = encoder.output``."""
    at = expression.parent if isinstance(expression.parent, r.Display) else expression
    statement = at.parent
    if isinstance(statement, r.Assign) and statement.value is at:
        for target in statement.targets:
            yield from (record.id for record in target.walk() if isinstance(record, r.Name))
