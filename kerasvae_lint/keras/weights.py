"""The weights that ``compile`` gives to its losses: what each is made of, and which numbers it has read by then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kept import variables_behind
from kerasvae_lint.keras.settings import item_settings
from kerasvae_lint.values.interpreter import TRACING, Interpreter
from kerasvae_lint.values.lattice import (
    Access,
    Computed,
    DictObject,
    LibraryObject,
    ListObject,
    Object,
    Tuple,
    Value,
    held,
)
from kerasvae_lint.values.unit import Unit

_GROWERS = frozenset({"append", "insert", "extend", "update", "setdefault"})
_READERS = frozenset({"float", "int", "round", "abs", "max", "min"})


@dataclass(frozen=True, eq=False, slots=True)
class LossWeight:
    """One item of ``loss_weights``.

    Attributes:
        record: the item as it is written.
        value: what it can be.
        copied: the variables from whose values it was computed; none for a variable itself.
        read: the attributes and globals that hold plain numbers and that are read where it is written.
    """

    record: r.Expression
    value: Value
    copied: tuple[LibraryObject, ...]
    read: tuple[tuple[Object, str], ...]


def loss_weights(machine: Interpreter, unit: Unit, given: Value, written: r.Expression) -> Iterator[LossWeight]:
    """The items of what a ``compile`` in a file is given as ``loss_weights``, in source order."""
    items = sorted(set(_written_items(machine, unit, given, written)), key=lambda record: record.start)
    readings = _readings(machine, unit) if items else {}
    for record in items:
        value = machine.values.get(record)
        if value is not None:
            parts = _arithmetic(_origin(record, unit))
            read = [found for part in parts if (found := readings.get(part) or _global(machine, unit, part))]
            yield LossWeight(record, value, _copied(value), tuple(dict.fromkeys(read)))
    for value in held(given):
        # an item that a helper put there: its place is where it was computed
        place = value.site.record if value.site is not None and value.site.unit is unit else None
        if isinstance(value, Computed) and isinstance(place, r.Expression):
            if not any(place in record.walk() or _is_same(machine, record, value) for record in items):
                yield LossWeight(place, value, _copied(value), ())


def _is_same(machine: Interpreter, record: r.Expression, value: Value) -> bool:
    found = machine.values.get(record)
    return found is not None and any(member is value for member in found.alternatives())


def _copied(value: Value) -> tuple[LibraryObject, ...]:
    found: dict[LibraryObject, None] = {}
    for member in value.alternatives():
        if isinstance(member, Computed) and member.phase != TRACING:
            found.update(dict.fromkeys(variables_behind(member, fetched=True) or ()))
    return tuple(found)


def _written_items(machine: Interpreter, unit: Unit, given: Value, written: r.Expression) -> Iterator[r.Expression]:
    """The items where they are written: in the list or dictionary itself, or set in it, or added to it, later."""
    yield from _items_of(written)
    containers = [member for member in given.alternatives() if isinstance(member, (ListObject, DictObject, Tuple))]
    for container in containers:
        if container.site is not None and container.site.unit is unit:
            yield from _items_of(container.site.record)
    objects = [container for container in containers if isinstance(container, (ListObject, DictObject))]
    if not objects:
        return
    for setting in item_settings(unit):
        if _holds(machine, setting.holder, objects):
            yield setting.value
    for call in unit.module.calls:
        if isinstance(call.func, r.Attribute) and call.func.attr in _GROWERS and call.arguments:
            if _holds(machine, call.func.value, objects):
                last = call.arguments[-1].value
                yield from _items_of(last) if call.func.attr in {"extend", "update"} else (last,)
                if call.func.attr == "update":
                    yield from (argument.value for argument in call.arguments if argument.name is not None)


def _holds(machine: Interpreter, holder: r.Expression, containers: list[ListObject | DictObject]) -> bool:
    value = machine.values.get(holder)
    return value is not None and any(member is one for member in value.alternatives() for one in containers)


def _items_of(record: r.Record) -> Iterator[r.Expression]:
    if isinstance(record, r.Display):
        yield from (item for item in record.items if not isinstance(item, r.Starred))
    elif isinstance(record, r.Dictionary):
        yield from (value for key, value in zip(record.keys, record.values, strict=True) if key is not None)
    elif isinstance(record, r.Call):
        yield from (argument.value for argument in record.arguments if argument.name is not None)
        for argument in record.arguments:
            if argument.name is None and not argument.star:
                yield from _items_of(argument.value)


# numbers ----------------------------------------------------------------------------------------
def _readings(machine: Interpreter, unit: Unit) -> dict[r.Record, tuple[Object, str]]:
    """Where host code of a file reads attributes and globals, with whose they are."""
    holders: list[Object] = [*machine.objects, *machine.modules.values()]
    found: dict[r.Record, tuple[Object, str]] = {}
    for holder in holders:
        for name, reads in holder.reads.items():
            found.update({read.site.record: (holder, name) for read in reads if _is_host(read, unit)})
    return found


def _global(machine: Interpreter, unit: Unit, part: r.Expression) -> tuple[Object, str] | None:
    """The file and the name of a global that functions bind too, where the file's own top level reads it."""
    if isinstance(part, r.Name) and part.id in unit.rebound and r.scope_of(part).kind == "module":
        module = machine.modules.get(unit.filename)
        return (module, part.id) if module is not None else None
    return None


def _is_host(read: Access, unit: Unit) -> bool:
    return read.phase != TRACING and read.site.unit is unit


def _origin(expression: r.Expression, unit: Unit) -> r.Expression:
    """What a name was bound to by the one assignment that it has in its scope; else the expression itself."""
    if not isinstance(expression, r.Name):
        return expression
    around: r.Function | r.Module = r.function_of(expression) or unit.module
    found: list[r.Expression | None] = []
    for record in around.walk():
        if isinstance(record, r.Assign):
            targets = [target for target in record.targets if _names(target, expression.id)]
            found += [record.value if isinstance(target, r.Name) else None for target in targets]
        elif isinstance(record, (r.Augmented, r.For)) and _names(record.target, expression.id):
            found.append(None)
    return found[0] if len(found) == 1 and found[0] is not None else expression


def _names(target: r.Expression, name: str) -> bool:
    return any(isinstance(part, r.Name) and part.id == name for part in target.walk())


def _arithmetic(expression: r.Expression) -> Iterator[r.Expression]:
    """The operands of plain arithmetic on numbers: a method or function that is called may keep its reading live."""
    if isinstance(expression, (r.Name, r.Attribute)):
        yield expression
    elif isinstance(expression, r.Binary):
        yield from _arithmetic(expression.left)
        yield from _arithmetic(expression.right)
    elif isinstance(expression, r.Unary):
        yield from _arithmetic(expression.operand)
    elif isinstance(expression, r.Call) and isinstance(expression.func, r.Name) and expression.func.id in _READERS:
        for argument in expression.arguments:
            yield from _arithmetic(argument.value)
