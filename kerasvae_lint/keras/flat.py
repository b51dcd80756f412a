"""Losses without a slope: terms that reach what is trained only through functions that are flat everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.flow import inner_values, is_whole, steps
from kerasvae_lint.keras.singular import TARGETS, has_weights, named_losses
from kerasvae_lint.keras.variables import is_variable, trainable
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import (
    Computed,
    Instance,
    LibraryObject,
    Parameter,
    Site,
    Unknown,
    Value,
)
from kerasvae_lint.values.unit import Unit

MAX_DEPTH = 150
_REDUCES = frozenset({"mean", "sum", "negative", "identity", "cast", "squeeze", "reshape"})
_LIVE, _MAYBE, _NONE = 2, 1, 0


@dataclass(frozen=True, eq=False, slots=True)
class Flat:
    """A term of a loss by which nothing is learned.

    Attributes:
        site: the operation that lets no gradient through.
        operation: its word.
        whole: True where the whole loss is such a term.
    """

    site: Site
    operation: str
    whole: bool


@dataclass(eq=False, slots=True)
class _Found:
    state: int = _NONE
    blocked: list[Computed] = field(default_factory=list)


def flat(machine: Interpreter, unit: Unit, losses: list[Value]) -> Iterator[Flat]:
    """The flat terms of the losses of a file, each once, at the operation that makes them flat."""
    seen: set[r.Record] = set()
    for loss in [*losses, *named_losses(machine, unit)]:
        terms = list(_terms(loss, MAX_DEPTH))
        judged = [_judge(machine, term, {}, MAX_DEPTH) for term in terms]
        if any(one.state == _LIVE for one in judged) and len(terms) == 1:
            continue
        whole = not any(one.state for one in judged)
        for one in judged:
            if one.state != _NONE:
                continue
            for value in one.blocked:
                site = value.site
                if site is not None and site.unit is unit and site.record not in seen:
                    seen.add(site.record)
                    yield Flat(site, value.op, whole)
                    break


def _terms(loss: Value, depth: int) -> Iterator[Value]:
    """What is added up in a loss, through means and signs."""
    if isinstance(loss, Computed) and depth > 0:
        if loss.op in {"add", "subtract"}:
            for operand in loss.operands:
                yield from _terms(operand, depth - 1)
            return
        if loss.op in _REDUCES and len(loss.operands) == 1 and not (loss.op == "cast" and is_whole(loss)):
            yield from _terms(loss.operands[0], depth - 1)
            return
    yield loss


def _judge(machine: Interpreter, value: Value, known: dict[int, _Found], depth: int) -> _Found:
    """Whether a gradient comes from a value to something that is trained, and what is in the way."""
    found = known.get(id(value))
    if found is not None:
        return found
    found = known[id(value)] = _Found()
    if depth <= 0:
        found.state = _MAYBE
        return found
    if _is_learned(value):
        found.state = _LIVE
        return found
    if isinstance(value, Computed):
        if steps(value):
            if _has_own_gradient(machine, value):
                found.state = _MAYBE
            elif any(holds_learned(operand) for operand in value.operands):
                found.blocked.append(value)
            return found
        if value.op in {"call", "numpy", "py_function", "while_loop", "scan", "map_fn", "gradient", "attribute"}:
            found.state = _MAYBE
            return found
        condition = value.options.get("condition")
        if value.op == "where" and condition is not None and holds_learned(condition):
            found.blocked.append(value)
    elif isinstance(value, Unknown) and not isinstance(value, Parameter) and value.base is None:
        found.state = _MAYBE
        return found
    for part in inner_values(value):
        inner = _judge(machine, part, known, depth - 1)
        found.state = max(found.state, inner.state)
        found.blocked += [one for one in inner.blocked if one not in found.blocked]
    return found


def _is_learned(value: Value) -> bool:
    if isinstance(value, Computed):
        if value.op == "layer":
            return has_weights(value.maker)
        return value.op == "output" or (value.op == "input" and isinstance(value.maker, Instance))
    if isinstance(value, Parameter):
        return value.name not in TARGETS and value.name != "self"
    return isinstance(value, LibraryObject) and is_variable(value) and trainable(value) is not False


def holds_learned(value: Value) -> bool:
    """True for what is computed from something that is trained, whatever is between."""
    todo, seen = [value], set[int]()
    while todo and len(seen) < 2000:
        at = todo.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        if _is_learned(at):
            return True
        if isinstance(at, Computed):
            todo += [*at.operands, *at.options.values()] if at.op not in {"stop_gradient", "shape"} else []
        else:
            todo += inner_values(at)
    return False


def _has_own_gradient(machine: Interpreter, value: Computed) -> bool:
    """True for an operation in a function that says its own gradient, or that stands in none that can be seen."""
    function = r.function_of(value.site.record) if value.site is not None else None
    while function is not None:
        made = machine.made.get(function)
        if made is not None and any("custom_gradient" in tag for tag in made.tags):
            return True
        for decorator in function.decorators:
            at = decorator.func if isinstance(decorator, r.Call) else decorator
            word = at.attr if isinstance(at, r.Attribute) else at.id if isinstance(at, r.Name) else ""
            if "gradient" in word.lower():
                return True
        function = r.function_of(function)
    return False


__all__ = ["Flat", "flat", "holds_learned"]
