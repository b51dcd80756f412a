"""The straight-through estimator: a step forward whose gradient goes by as if the step weren't there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.flow import reached
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import Computed, Site, Value
from kerasvae_lint.values.unit import Unit

MAX_LEAVES = 1500


@dataclass(frozen=True, eq=False, slots=True)
class Swapped:
    """A quantised tensor whose gradient doesn't come to what was quantised as it should.

    Attributes:
        kind: ``negated``: the gradient comes with the wrong sign; ``undone``: the value is not the quantised one.
        site: the sum.
        raw: what was quantised.
        quantised: what came of it.
    """

    kind: Literal["negated", "undone"]
    site: Site
    raw: Value
    quantised: Value


def swapped(machine: Interpreter, unit: Unit) -> Iterator[Swapped]:
    """The straight-through estimators of a file that are the wrong way round, each once."""
    seen: set[r.Record] = set()
    for record, values in machine.values.seen.items():
        if not isinstance(record, (r.Binary, r.Call)):
            continue
        for value in values:
            for member in value.alternatives():
                found = _swapped(member) if isinstance(member, Computed) and member.op == "add" else None
                if found is None or found.site.unit is not unit or found.site.record in seen:
                    continue
                seen.add(found.site.record)
                yield found


def _swapped(value: Computed) -> Swapped | None:
    if len(value.operands) != 2 or value.site is None:
        return None
    for stopped, other in (value.operands, value.operands[::-1]):
        if not isinstance(stopped, Computed) or stopped.op != "stop_gradient" or not stopped.operands:
            continue
        inner = stopped.operands[0]
        taken = _difference(other)
        if taken is not None and taken[1] is inner and _is_step_of(taken[0], inner):
            return Swapped("negated", value.site, inner, taken[0])
        taken = _difference(inner)
        if taken is not None and taken[1] is other and _is_step_of(other, taken[0]):
            return Swapped("undone", value.site, taken[0], other)
    return None


def _difference(value: Value) -> tuple[Value, Value] | None:
    if isinstance(value, Computed) and value.op == "subtract" and len(value.operands) == 2:
        return value.operands[0], value.operands[1]
    return None


def _is_step_of(quantised: Value, raw: Value) -> bool:
    """True for what was made from a tensor through ``argmin``, ``round`` or the like alone."""
    if any(value is raw for value in reached([quantised]).values()):
        return False
    todo, seen = [quantised], set[int]()
    while todo and len(seen) < MAX_LEAVES:
        at = todo.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        if at is raw:
            return True
        if isinstance(at, Computed):
            todo += [*at.operands, *at.options.values()]
        else:
            todo += [part for part in at.alternatives() if part is not at]
    return False


__all__ = ["Swapped", "swapped"]
