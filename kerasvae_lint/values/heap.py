"""Where things that change keep what they hold: writes are noted, so that branches can be tried, undone and joined."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import reduce

from kerasvae_lint.values.lattice import (
    Entries,
    Instance,
    Object,
    Tuple,
    Value,
    join,
    join_entries,
    join_sequences,
)

Writes = dict[tuple[int, str], tuple[Object, Value | None]]
"""What an arm of a branch has written: by object and slot, the object and the last value (None: deleted)."""


class Heap:
    """The one writer of slots."""

    def __init__(self) -> None:
        self._journal: list[tuple[Object, str, Value | None]] = []
        self._depth = 0

    @property
    def is_settled(self) -> bool:
        """True outside all branches: what is written stays."""
        return not self._depth

    @contextmanager
    def settled(self) -> Iterator[None]:
        """What is written stays, whatever branch asked for it: a file that is imported there runs once for all."""
        journal, depth = self._journal, self._depth
        self._journal, self._depth = [], 0
        try:
            yield
        finally:
            self._journal, self._depth = journal, depth

    def store(self, obj: Object, slot: str, value: Value) -> None:
        """Let ``slot`` of ``obj`` hold ``value`` from now on."""
        if self._depth:
            self._journal.append((obj, slot, obj.slots.get(slot)))
        obj.slots[slot] = value

    def delete(self, obj: Object, slot: str) -> None:
        """Let ``slot`` of ``obj`` hold nothing from now on."""
        if slot in obj.slots:
            if self._depth:
                self._journal.append((obj, slot, obj.slots[slot]))
            del obj.slots[slot]

    def begin(self) -> int:
        """Begin to try an arm; the mark is for :meth:`end`."""
        self._depth += 1
        return len(self._journal)

    def end(self, mark: int) -> Writes:
        """End an arm: everything that it wrote is undone, and told."""
        writes: Writes = {}
        for obj, slot, _ in self._journal[mark:]:
            writes[id(obj), slot] = (obj, obj.slots.get(slot))
        for obj, slot, old in reversed(self._journal[mark:]):
            if old is None:
                obj.slots.pop(slot, None)
            else:
                obj.slots[slot] = old
        del self._journal[mark:]
        self._depth -= 1
        return writes

    def keep(self, mark: int) -> None:
        """End an arm that is the only one: what it wrote stays."""
        self._depth -= 1
        if not self._depth:
            self._journal.clear()
        del mark

    def merge(self, arms: list[Writes], since: int | None = None) -> None:
        """Write what one of several arms wrote, nobody knows which.

        Args:
            arms: what each wrote.
            since: the moment at which the arms began; what was made later is as the arm left it that made it.
        """
        touched: dict[tuple[int, str], Object] = {}
        for writes in arms:
            for place, (obj, _) in writes.items():
                touched[place] = obj
        for place, obj in touched.items():
            slot = place[1]
            before = obj.slots.get(slot)
            found: list[Value] = []
            if since is not None and obj.born > since:
                left = next(value for writes in reversed(arms) if place in writes for value in [writes[place][1]])
                if left is not None:
                    self.store(obj, slot, left)
                else:
                    self.delete(obj, slot)
                continue
            for writes in arms:
                value = writes[place][1] if place in writes else before
                if value is None and place not in writes:
                    value = _inherited(obj, slot)
                if value is not None:
                    found.append(value)
            if slot == "[]" and found:
                self.store(obj, slot, reduce(join_sequences, [v for v in found if isinstance(v, Tuple)]))
            elif found:
                self.store(obj, slot, join_states(found))
            else:
                self.delete(obj, slot)

    def weaken(self, writes: Writes, since: int | None = None) -> None:
        """Write what an arm may have written: each slot holds the old or the new."""
        self.merge([writes, {}], since)


def _inherited(obj: Object, slot: str) -> Value | None:
    """What an instance's attribute is as long as only its class has it."""
    if isinstance(obj, Instance):
        found = obj.cls.find(slot)
        if found is not None and found[0] is not found[1]:
            return found[0]
    return None


def join_states(values: list[Value]) -> Value:
    """What a slot holds that holds one of ``values``, states of lists and dictionaries looked into."""
    entries = [value for value in values if isinstance(value, Entries)]
    if len(entries) == len(values):
        return reduce(join_entries, entries)
    return join(*values)
