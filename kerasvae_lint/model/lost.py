"""Values that are lost: what a module's names are given at its top level and nobody reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r


@dataclass(frozen=True, eq=False, slots=True)
class Lost:
    """A value that nobody reads.

    Attributes:
        statement: where it is made.
        value: the expression that makes it.
        again: the assignment that gives its names something else before anybody reads them; None if nobody ever does.
    """

    statement: r.Assign | r.ExpressionStatement
    value: r.Expression
    again: r.Assign | None


def lost(code: r.Module) -> Iterator[Lost]:
    """The values that statements of a module's top level make and nobody reads, in order."""
    names: dict[str, list[r.Name]] = {}
    for record in code.walk():
        if isinstance(record, r.Name):
            names.setdefault(record.id, []).append(record)
    for statement in code.body:
        if isinstance(statement, r.ExpressionStatement) and isinstance(statement.value, r.Call):
            yield Lost(statement, statement.value, None)
        if not isinstance(statement, r.Assign):
            continue
        bound = list(_bound(statement))
        if not bound or any(name is None for name in bound):
            continue
        ends = [_end(statement, names[name.id]) for name in bound if name is not None]
        unread = [end for end in ends if end is not False]
        if len(unread) < len(ends) and not (len(unread) >= 2 and _is_split(statement)):
            continue
        again = next((end for end in unread if isinstance(end, r.Assign)), None)
        yield Lost(statement, statement.value, again)


def _is_split(statement: r.Assign) -> bool:
    """True for several names that get the parts of one thing: a part may be lost for itself."""
    return any(isinstance(target, r.Display) for target in statement.targets)


def _bound(statement: r.Assign) -> Iterator[r.Name | None]:
    for target in statement.targets:
        for item in target.items if isinstance(target, r.Display) else (target,):
            yield item if isinstance(item, r.Name) else None


def _end(statement: r.Assign, every: list[r.Name]) -> r.Assign | bool:
    """Who gives a name something else before it is read; True if nobody reads it, False if somebody does."""
    for other in sorted(every, key=lambda one: one.start):
        if other.start < statement.end:
            if r.function_of(other) is not None and not _binds(other):
                return False  # a function reads it, whenever it is called
            continue
        again = r.statement_of(other)
        if _binds(other) and isinstance(again, r.Assign) and isinstance(again.parent, r.Module):
            reads = any(again.start <= one.start < again.end and not _binds(one) for one in every)
            return False if reads else again
        return False
    return True


def _binds(name: r.Name) -> bool:
    """True for a name on the left of an assignment."""
    at: r.Record | None = name
    while isinstance(at, (r.Name, r.Display, r.Starred)):
        parent = at.parent
        if isinstance(parent, r.Assign):
            return any(target is at for target in parent.targets)
        at = parent
    return False


__all__ = ["Lost", "lost"]
