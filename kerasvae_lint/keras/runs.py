"""Lists that nested loops fill: whether their items come in runs of one kind, as labels do, class after class."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import Builtin, Computed, DictObject, ListObject, Tuple, Value, constant

_DEPTH = 4
_RANDOM = frozenset({"random", "shuffle", "sample", "choice", "randint", "permutation"})


def place_of(value: Value) -> Hashable:
    """What tells a value from others: a list is the same as what a call was given for it, a copy of its state."""
    if isinstance(value, ListObject) and value.site is not None:
        return value.site.record
    return id(value)


def listed(value: Value) -> ListObject | None:
    """The list that a value is, or that an array was made of as it stands; None for anything else."""
    while isinstance(value, Computed) and value.op == "constant" and len(value.operands) == 1:
        value = value.operands[0]
    return value if isinstance(value, ListObject) else None


def cells(value: Value) -> list[Value]:
    """What stands in one column of a list of rows that was made an array; empty for anything else.

    Args:
        value: an item of an item of the array.
    """
    row = value.operands[0] if isinstance(value, Computed) and value.op == "getitem" and value.operands else None
    if not isinstance(row, Computed) or row.op != "element" or not row.operands or not isinstance(value, Computed):
        return []
    whole, index = listed(row.operands[0]), constant(value.options.get("index", row))
    if whole is None or whole.items.rest is None or whole.items.items or not isinstance(index, int):
        return []
    found: list[Value] = []
    for one in whole.items.rest.alternatives():
        items = one.items if isinstance(one, ListObject) else one
        if not isinstance(items, Tuple) or items.rest is not None or not 0 <= index < len(items.items):
            return []
        found.append(items.items[index])
    return found


@dataclass(frozen=True, eq=False, slots=True)
class Filling:
    """Where a list gets items.

    Attributes:
        call: the call of ``append``.
        order: when it ran first.
    """

    call: r.Call
    order: int


class Runs:
    """The lists of a program that are filled item by item.

    Args:
        machine: the interpreter that ran it.
        shuffled: tells whether a list was shuffled in place before a time.
    """

    def __init__(self, machine: Interpreter, shuffled: Callable[[Value, int], bool]) -> None:
        self._machine = machine
        self._shuffled = shuffled
        self._fillings: dict[Hashable, dict[r.Call, Filling]] = {}
        self._others: set[Hashable] = set()
        for event in machine.events:
            callee = event.callee
            if not isinstance(callee, Builtin) or not isinstance(callee.bound, ListObject) or event.call is None:
                continue
            if callee.name == "append":
                known = self._fillings.setdefault(place_of(callee.bound), {})
                known.setdefault(event.call, Filling(event.call, event.order))
            elif callee.name in {"insert", "extend", "sort", "reverse", "pop", "remove"}:
                self._others.add(place_of(callee.bound))

    def is_in_runs(self, value: ListObject, item: int | None = None, depth: int = _DEPTH) -> bool:
        """True if a list is filled with one kind of item after the other.

        Args:
            value: the list.
            item: which part of each item is asked about, if the items are lists or tuples; None for the items.
            depth: how many lists back may be read.
        """
        fillings = list(self._fillings.get(place_of(value), {}).values())
        if not fillings or place_of(value) in self._others or depth <= 0:
            return False
        kinds = [self._kind(filling, item, depth) for filling in fillings]
        if len(kinds) == 1:
            return kinds[0] == "runs" or (kinds[0] == "run" and item is None and _has_several_numbers(value))
        if any(kind not in {"run", "runs"} for kind in kinds):
            return False
        inner = [next(_loops(filling.call), None) for filling in fillings]
        return len({id(loop) for loop in inner}) == len(inner)

    def _kind(self, filling: Filling, item: int | None, depth: int) -> str:
        """``run`` for the same item again and again, ``runs`` for several of these; empty for anything else."""
        arguments = filling.call.arguments
        written = arguments[0].value if len(arguments) == 1 else None
        if item is not None:
            inside = written.items if isinstance(written, r.Display) else ()
            written = inside[item] if -len(inside) <= item < len(inside) else None
        loops = list(_loops(filling.call))
        if written is None or not loops or _draws(written):
            return ""
        names = {one.id for one in _names(written)}
        if not names & _bound_in(loops[0]):
            around = [loop for loop in loops[1:] if names & _bound_in(loop)]
            if not around:
                return "run"
            return "runs" if all(self._numbers(name, around[0]) for name in names & _bound_in(around[0])) else ""
        return "runs" if self._copies(written, loops[0], filling.order, depth) else ""

    def _copies(self, written: r.Expression, loop: r.Record, order: int, depth: int) -> bool:
        """True if a loop takes the items of another list, which come in runs, one by one."""
        if not isinstance(loop, r.For):
            return False
        given = self._machine.values.get(loop.iterable)
        whole = listed(given) if given is not None else None
        if whole is None or given is None or self._shuffled(given, order) or self._shuffled(whole, order):
            return False
        item = self._item(written, loop.target)
        return item is not None and self.is_in_runs(whole, item if item >= 0 else None, depth - 1)

    def _item(self, written: r.Expression, target: r.Expression) -> int | None:
        """Which part of an item is written; -1 for the whole item; None for something else."""
        if isinstance(written, r.Name) and isinstance(target, r.Display):
            names = [one.id if isinstance(one, r.Name) else "" for one in target.items]
            return names.index(written.id) if written.id in names else None
        if isinstance(target, r.Name):
            if isinstance(written, r.Name) and written.id == target.id:
                return -1
            if isinstance(written, r.Subscript) and isinstance(written.value, r.Name) and written.value.id == target.id:
                index = written.index.value if isinstance(written.index, r.Constant) else None
                return index if isinstance(index, int) and index >= 0 else None
        return None

    def _numbers(self, name: str, loop: r.Record) -> bool:
        """True if a name stands for something else in each round of a loop: its target, or the number of the round."""
        targets = {one.id for one in _names(loop.target)} if isinstance(loop, r.For) else set()
        if name in targets:
            return isinstance(loop, r.For) and not _draws(loop.iterable)
        for record in loop.walk():
            if isinstance(record, r.Augmented) and any(one.id == name for one in _names(record.target)):
                return True
            if isinstance(record, r.Assign) and any(name == one.id for t in record.targets for one in _names(t)):
                value = record.value
                if isinstance(value, r.Subscript):
                    return isinstance(value.index, r.Name) and value.index.id in targets and self._tells_apart(value)
                found = isinstance(value, r.Call) and isinstance(value.func, r.Attribute) and value.func.attr == "index"
                return found and bool(targets & {one.id for one in _names(value)})
        return False

    def _tells_apart(self, taken: r.Subscript) -> bool:
        """True for an entry of a dictionary that has a number of its own for each name."""
        whole = self._machine.values.get(taken.value)
        if not isinstance(whole, DictObject) or whole.entries.rest is not None:
            return False
        numbers = [constant(value) for _, value in whole.entries.items.values()]
        return len(numbers) > 1 and len(set(numbers)) == len(numbers) and all(isinstance(n, int) for n in numbers)

    def is_sum_of_runs(self, value: ListObject) -> bool:
        """True for ``[0] * n + [1] * m``: lists of one number each, one behind the other."""
        record = value.site.record if value.site is not None else None
        todo, found = [record], list[object]()
        while todo:
            at = todo.pop()
            if isinstance(at, r.Binary) and at.operator == "+":
                todo += [at.right, at.left]
                continue
            part = self._machine.values.get(at) if isinstance(at, r.Expression) else None
            numbers = _numbers_of(part) if isinstance(part, ListObject) else set()
            if len(numbers) != 1:
                return False
            found += numbers
        return len(found) > 1 and len(set(found)) == len(found)

    def is_taken_in_runs(self, value: ListObject, order: int) -> bool:
        """True if a list comprehension takes the items of another list, or parts of them, that come in runs."""
        record = value.site.record if value.site is not None else None
        if not isinstance(record, r.Comprehension) or len(record.generators) != 1 or record.generators[0].conditions:
            return False
        generator = record.generators[0]
        whole = self._machine.values.get(generator.iterable)
        if not isinstance(whole, ListObject) or self._shuffled(whole, order):
            return False
        item = self._item(record.element, generator.target)
        return item is not None and self.is_in_runs(whole, item if item >= 0 else None)


def _numbers_of(value: ListObject) -> set[object]:
    """The numbers that a list holds; empty if it holds anything else."""
    parts = [*value.items.items, *([value.items.rest] if value.items.rest is not None else [])]
    found = {constant(member) for part in parts for member in part.alternatives()}
    return found if all(isinstance(one, (int, float)) for one in found) else set()


def _has_several_numbers(value: ListObject) -> bool:
    """True for a list that one call fills whose function is called with several numbers."""
    rest = value.items.rest
    found = {constant(member) for member in rest.alternatives()} if rest is not None else set()
    return len(found) > 1 and all(isinstance(one, int) for one in found)


def _loops(record: r.Record) -> Iterator[r.For | r.While]:
    """The loops around a record in its function, the innermost first."""
    at: r.Record | None = record.parent
    while at is not None and not isinstance(at, (r.Function, r.Class)):
        if isinstance(at, (r.For, r.While)):
            yield at
        at = at.parent


def _bound_in(loop: r.Record) -> set[str]:
    """The names that a loop binds anew in each round."""
    found: set[str] = set()
    for record in loop.walk():
        if isinstance(record, r.For):
            found |= {name.id for name in _names(record.target)}
        elif isinstance(record, r.Assign):
            found |= {name.id for target in record.targets for name in _names(target)}
        elif isinstance(record, r.Augmented):
            found |= {name.id for name in _names(record.target)}
    return found


def _names(record: r.Record) -> Iterator[r.Name]:
    return (one for one in record.walk() if isinstance(one, r.Name))


def _draws(written: r.Record) -> bool:
    """True for an expression that may give something else each time it is worked out."""
    for one in written.walk():
        word = one.attr if isinstance(one, r.Attribute) else one.id if isinstance(one, r.Name) else ""
        if word in _RANDOM or (isinstance(one, r.Call) and word == "next"):
            return True
    return False


__all__ = ["Runs", "cells", "listed", "place_of"]
