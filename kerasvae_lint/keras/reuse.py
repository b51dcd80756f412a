"""What a functional model gives that is called once more, on other inputs: its outputs with these put in."""

from __future__ import annotations

from collections.abc import Mapping

from kerasvae_lint.values.lattice import Computed, ListObject, Tuple, Union, Value, join

MAX_PARTS = 4_000
"""How many parts of a model's outputs are looked through; a model with more keeps its outputs as they are."""


def put_in(outputs: Value, inputs: Mapping[int, Value]) -> tuple[Value, list[Value]] | None:
    """``outputs`` computed from other inputs, given by the identity of the old ones, and all that is computed anew.

    What does not depend on them stays the object that it is; random draws are drawn anew. None if that is too much.
    """
    rebuilder = _Rebuilder(inputs)
    found = rebuilder.of(outputs)
    return (found, rebuilder.made) if rebuilder.left > 0 else None


class _Rebuilder:
    def __init__(self, inputs: Mapping[int, Value]) -> None:
        self.done: dict[int, Value] = dict(inputs)
        self.left = MAX_PARTS
        self.made: list[Value] = []

    def of(self, value: Value) -> Value:
        found = self.done.get(id(value))
        if found is None:
            self.left -= 1
            found = self._rebuilt(value) if self.left > 0 else value
            self.done[id(value)] = found
        return found

    def _rebuilt(self, value: Value) -> Value:
        if isinstance(value, Computed):
            operands = tuple(self.of(operand) for operand in value.operands)
            options = {name: self.of(option) for name, option in value.options.items()}
            same = all(a is b for a, b in zip(operands, value.operands, strict=True)) and all(
                option is value.options[name] for name, option in options.items()
            )
            if same and value.op != "draw":
                return value
            site, maker = value.site, value.maker
            made = Computed(value.op, operands, value.kind, site, options, maker, value.index, value.phase, value.order)
            self.made.append(made)
            return made
        if isinstance(value, Union):
            members = [self.of(member) for member in value.members]
            same = all(a is b for a, b in zip(members, value.members, strict=True))
            return value if same else join(*members)
        if isinstance(value, Tuple):
            items = [self.of(item) for item in value.items]
            same = all(a is b for a, b in zip(items, value.items, strict=True))
            return value if same else Tuple(items, value.site, value.rest)
        if isinstance(value, ListObject):
            state = self.of(value.items)
            return value if state is value.items or not isinstance(state, Tuple) else ListObject(state, value.site)
        return value
