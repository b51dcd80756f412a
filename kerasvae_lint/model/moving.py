"""An expression of one method, written so that it means the same in another."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.model.module import Module
from kerasvae_lint.values.lattice import FunctionValue

MAX_INLINING = 4
_TIGHT = (r.Name, r.Attribute, r.Call, r.Subscript, r.Constant, r.Dictionary)


class NotMovableError(Exception):
    """The expression depends on something that only construction knows."""


class Mover:
    """Writes an expression of a construction method so that it means the same in another method.

    Attributes:
        module: the file.
        cls: the class whose methods they are.
        unkept: parameters of the constructor that the expression needs and that no attribute keeps.
    """

    def __init__(self, module: Module, cls: r.Class) -> None:
        self.module = module
        self.cls = cls
        self.unkept: dict[str, None] = {}

    def text(self, expression: r.Expression, function: r.Function, depth: int = 0) -> str:
        """The text of an expression with the locals of its function put in.

        Raises:
            NotMovableError: a name has no value outside the function.
        """
        if depth > MAX_INLINING:
            raise NotMovableError
        source = self.module.source.text
        pieces: list[str] = []
        at = expression.start
        names = (record for record in expression.walk() if isinstance(record, r.Name))
        for name in sorted(names, key=lambda record: record.start):
            new = self._substitute(name, function, depth)
            if new is not None:
                pieces += [source[at : name.start], new]
                at = name.end
        pieces.append(source[at : expression.end])
        return "".join(pieces)

    def _substitute(self, name: r.Name, function: r.Function, depth: int) -> str | None:
        """What to write for a name: None to leave it as it is."""
        if name.id == receiver_of(function):
            return None if name.id == "self" else "self"
        scope = r.home_of(name)
        if scope is None or scope.kind in {"module", "comprehension"} or _is_inner(scope, function):
            return None
        if scope is not function.scope:
            if function.around is not None and scope is function.around.scope:
                return None
            raise NotMovableError
        found = list(bindings(function, name.id))
        parameter = any(p.name == name.id for p in function.parameters)
        if parameter and not found:
            return self._parameter(name.id, function, depth)
        value = found[0] if len(found) == 1 and not parameter else None
        if value is None:
            raise NotMovableError
        return parenthesized(self.text(value, function, depth + 1), value)

    def _parameter(self, name: str, function: r.Function, depth: int) -> str:
        """``self.p`` where the constructor keeps ``p`` so; the argument where a helper has one call."""
        for statement in function.body:
            if isinstance(statement, r.Assign) and isinstance(statement.value, r.Name) and statement.value.id == name:
                for target in statement.targets:
                    if isinstance(target, r.Attribute) and is_receiver(target.value, function):
                        return f"self.{target.attr}"
        given = self._only_argument(name, function)
        if given is not None:
            inside = r.function_of(given)
            if inside is None:
                raise NotMovableError
            return parenthesized(self.text(given, inside, depth + 1), given)
        if function.name != "__init__" or self.cls.methods.get("__init__") is not function or self._is_taken(name):
            raise NotMovableError
        self.unkept[name] = None
        return f"self.{name}"

    def _is_taken(self, name: str) -> bool:
        attributes = (record for record in self.cls.walk() if isinstance(record, r.Attribute))
        return name in self.cls.methods or any(attribute.attr == name for attribute in attributes)

    def _only_argument(self, name: str, function: r.Function) -> r.Expression | None:
        """What the one call of a helper in this file gives a parameter."""
        if function.name == "__init__":
            return None
        calls = [
            call
            for call in self.module.all_calls
            if any(isinstance(e.callee, FunctionValue) and e.callee.function is function for e in call.events)
        ]
        if len(calls) != 1 or any(argument.star for argument in calls[0].record.arguments):
            return None
        given = calls[0].record.arguments
        named = next((argument.value for argument in given if argument.name == name), None)
        parameters = [p.name for p in function.parameters if p.kind in {"positional", "positional-only"}]
        index = parameters.index(name) - (function.owner is not None) if name in parameters else -1
        plain = [argument.value for argument in given if argument.name is None]
        return named or (plain[index] if 0 <= index < len(plain) else None)


def receiver_of(function: r.Function) -> str | None:
    """What a method calls its object; None for functions that are no methods."""
    return function.parameters[0].name if function.owner is not None and function.parameters else None


def is_receiver(expression: r.Expression, function: r.Function) -> bool:
    """True for the ``self`` of a method."""
    return isinstance(expression, r.Name) and expression.id == receiver_of(function)


def _is_inner(scope: r.Scope, function: r.Function) -> bool:
    """True for the scope of a lambda inside a function."""
    at = scope.parent
    while at is not None:
        if at is function.scope:
            return True
        at = at.parent
    return False


def bindings(function: r.Function, name: str) -> Iterator[r.Expression | None]:
    """What a function's code binds a local to: the expression where it always runs and can be told, else None."""
    for record in function.walk():
        if record is function or r.function_of(record) is not function:
            continue
        if isinstance(record, r.Assign):
            for target in record.targets:
                for found in _assigned(target, record.value, name):
                    yield found if record.parent is function else None
        elif isinstance(record, r.Walrus) and record.target.id == name:
            yield None
        elif isinstance(record, (r.Augmented, r.For, r.WithItem, r.Delete, r.Import, r.Handler, r.Pattern)):
            if name in _bound_by(record):
                yield None
        elif isinstance(record, (r.FunctionStatement, r.ClassStatement)):
            defined = record.function if isinstance(record, r.FunctionStatement) else record.cls
            if defined.name == name:
                yield None


def _assigned(target: r.Expression, value: r.Expression | None, name: str) -> Iterator[r.Expression | None]:
    if isinstance(target, r.Name) and target.id == name:
        yield value
    elif isinstance(target, r.Display):
        items = value.items if isinstance(value, r.Display) and len(value.items) == len(target.items) else None
        for index, item in enumerate(target.items):
            yield from _assigned(item, items[index] if items is not None else None, name)
    elif isinstance(target, r.Starred):
        yield from _assigned(target.value, None, name)


def _bound_by(record: r.Record) -> set[str]:
    """The names that a statement other than an assignment binds."""
    if isinstance(record, r.Import):
        return {alias.bound for alias in record.aliases}
    if isinstance(record, (r.Handler, r.Pattern)):
        return {record.name} if record.name is not None else set()
    targets: tuple[r.Expression | None, ...] = ()
    if isinstance(record, (r.Augmented, r.For, r.WithItem)):
        targets = (record.target,)
    elif isinstance(record, r.Delete):
        targets = record.targets
    return {part.id for target in targets if target is not None for part in target.walk() if isinstance(part, r.Name)}


def parenthesized(text: str, expression: r.Expression) -> str:
    """The text in parentheses unless the expression binds tightly on its own."""
    return text if isinstance(expression, (*_TIGHT, r.Display)) else f"({text})"
