"""``case`` patterns: whether one fits a value, and what it binds."""

from __future__ import annotations

from dataclasses import dataclass, field

from kerasvae_lint.binding import records as r
from kerasvae_lint.values import builtins, operators
from kerasvae_lint.values.lattice import (
    ClassValue,
    Constant,
    DictObject,
    Entries,
    Frame,
    Instance,
    ListObject,
    Site,
    Tuple,
    Unknown,
    Value,
    constant,
    join,
)
from kerasvae_lint.values.world import Machine


@dataclass
class Pattern:
    """What a pattern does to a value: whether it fits (None: nobody knows), and the names that it binds."""

    fits: bool | None
    bound: dict[str, Value] = field(default_factory=dict)


def bind_pattern(machine: Machine, pattern: r.Pattern, value: Value, frame: Frame) -> Pattern:
    """Hold a pattern against a value; of a union against each member."""
    members = value.alternatives()
    found = [_one(machine, pattern, member, frame) for member in members]
    verdicts = {one.fits for one in found}
    fits = verdicts.pop() if len(verdicts) == 1 else None
    bound: dict[str, Value] = {}
    for one in found:
        if one.fits is not False:
            for name, item in one.bound.items():
                bound[name] = join(bound[name], item) if name in bound else item
    return Pattern(fits, bound)


def _one(machine: Machine, pattern: r.Pattern, value: Value, frame: Frame) -> Pattern:
    site = Site(frame.unit, pattern)
    match pattern.kind:
        case "value":
            assert pattern.value is not None
            wanted = machine.evaluate(pattern.value, frame)
            return Pattern(operators.truth(machine.compare("==", value, wanted, site)))
        case "capture":
            inner = Pattern(True)
            if pattern.patterns:
                inner = bind_pattern(machine, pattern.patterns[0], value, frame)
            if pattern.name is not None:
                inner.bound[pattern.name] = value
            return inner
        case "or":
            return _either(machine, pattern, value, frame)
        case "sequence":
            return _sequence(machine, pattern, value, frame, site)
        case "mapping":
            return _mapping(machine, pattern, value, frame, site)
        case "class":
            return _class(machine, pattern, value, frame, site)
        case _:
            return Pattern(None, {pattern.name: Unknown("pattern", site)} if pattern.name else {})


def _either(machine: Machine, pattern: r.Pattern, value: Value, frame: Frame) -> Pattern:
    result = Pattern(False)
    for inner in pattern.patterns:
        one = bind_pattern(machine, inner, value, frame)
        if one.fits is True:
            return one if result.fits is False else Pattern(True, {**result.bound, **one.bound})
        if one.fits is None:
            result.fits = None
            result.bound.update(one.bound)
    return result


def _together(found: list[Pattern]) -> Pattern:
    bound = {name: value for one in found for name, value in one.bound.items()}
    verdicts = [one.fits for one in found]
    if False in verdicts:
        return Pattern(False)
    return Pattern(True if all(verdicts) else None, bound)


def _sequence(machine: Machine, pattern: r.Pattern, value: Value, frame: Frame, site: Site) -> Pattern:
    if isinstance(value, (Constant, DictObject)):
        return Pattern(False)
    known = isinstance(value, (Tuple, ListObject))
    items, rest = machine.iterate(value, site)
    star = next((i for i, inner in enumerate(pattern.patterns) if inner.kind == "star"), None)
    wanted = len(pattern.patterns)
    if known and rest is None and (len(items) != wanted if star is None else len(items) < wanted - 1):
        return Pattern(False)
    unknown = rest if rest is not None else Unknown("element", site)
    found: list[Pattern] = []
    for index, inner in enumerate(pattern.patterns):
        if inner.kind == "star":
            behind = wanted - index - 1
            middle = items[index : len(items) - behind] if rest is None else ()
            if inner.name is not None:
                found.append(Pattern(True, {inner.name: ListObject(Tuple(middle, site, rest), site)}))
            continue
        at = index if star is None or index < star else len(items) - (wanted - index)
        item = items[at] if 0 <= at < len(items) else unknown
        found.append(bind_pattern(machine, inner, item, frame))
    result = _together(found)
    if result.fits and not (known and rest is None):
        result.fits = None
    return result


def _mapping(machine: Machine, pattern: r.Pattern, value: Value, frame: Frame, site: Site) -> Pattern:
    if not isinstance(value, DictObject):
        return Pattern(False if isinstance(value, (Constant, Tuple, ListObject)) else None, _names(pattern, site))
    entries = value.entries
    found: list[Pattern] = []
    used = set()
    for key, inner in zip(pattern.keys, pattern.patterns, strict=True):
        wanted = constant(machine.evaluate(key, frame))
        used.add(wanted)
        item = entries.items.get(wanted)
        if item is not None:
            found.append(bind_pattern(machine, inner, item[1], frame))
        elif entries.rest is None:
            return Pattern(False)
        else:
            found.append(Pattern(None, bind_pattern(machine, inner, entries.rest, frame).bound))
    result = _together(found)
    if pattern.name is not None:
        left = {key: item for key, item in entries.items.items() if key not in used}
        result.bound[pattern.name] = DictObject(Entries(left, entries.rest), site)
    return result


def _class(machine: Machine, pattern: r.Pattern, value: Value, frame: Frame, site: Site) -> Pattern:
    assert pattern.value is not None
    cls = machine.evaluate(pattern.value, frame)
    fits = builtins.is_instance(value, cls)
    if fits is False:
        return Pattern(False)
    names: list[str] = []
    positional = len(pattern.patterns) - len(pattern.names)
    if isinstance(cls, ClassValue) and cls.fields is not None:
        names = list(cls.fields[:positional])
    elif positional == 1 and not isinstance(value, Instance):
        inner = bind_pattern(machine, pattern.patterns[0], value, frame)
        return Pattern(inner.fits if fits else None, inner.bound)
    if len(names) != positional:
        return Pattern(None, _names(pattern, site))
    found = [Pattern(fits)]
    for name, inner_pattern in zip([*names, *pattern.names], pattern.patterns, strict=True):
        found.append(bind_pattern(machine, inner_pattern, machine.get_attribute(value, name, site), frame))
    return _together(found)


def _names(pattern: r.Pattern, site: Site) -> dict[str, Value]:
    """Every name that a pattern binds, to something that nobody knows."""
    found: dict[str, Value] = {}
    for record in pattern.walk():
        if isinstance(record, r.Pattern) and record.name is not None:
            found[record.name] = Unknown("pattern", site)
    return found
