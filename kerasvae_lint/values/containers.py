"""Lists, tuples, dictionaries and strings: their items, methods and operators."""

from __future__ import annotations

from collections.abc import Hashable

from kerasvae_lint.values.lattice import (
    Builtin,
    Computed,
    Constant,
    DictObject,
    Entries,
    ListObject,
    Object,
    Site,
    Tuple,
    Union,
    Unknown,
    Value,
    constant,
    is_none,
    join,
    join_sequences,
    plainly,
)
from kerasvae_lint.values.world import Arguments, Machine

MAX_ITEMS = 400


def state_of(value: Value) -> Tuple | None:
    """The items of a tuple or list; None for anything else."""
    if isinstance(value, Tuple):
        return value
    return value.items if isinstance(value, ListObject) else None


def iterate_container(value: Value, site: Site) -> tuple[tuple[Value, ...], Value | None] | None:
    """The items of a container in order, and what further ones can be."""
    state = state_of(value)
    if state is not None:
        return state.items, state.rest
    if isinstance(value, DictObject):
        entries = value.entries
        rest = Unknown("key", site) if entries.rest is not None else None
        return tuple(key for key, _ in entries.items.values()), rest
    if isinstance(value, Constant) and isinstance(value.value, str) and len(value.value) <= 40:
        return tuple(Constant(letter, site) for letter in value.value), None
    return None


# items ------------------------------------------------------------------------------------------
def item(machine: Machine, obj: Value, index: Value, site: Site) -> Value | None:
    """``obj[index]`` of a container; None for anything else."""
    del machine
    if isinstance(obj, DictObject):
        return _entry(obj, index, site)
    if isinstance(obj, Constant) and isinstance(obj.value, str):
        at = constant(index)
        if isinstance(at, int) and -len(obj.value) <= at < len(obj.value):
            return Constant(obj.value[at], site, obj.assumed)
        return Computed("getitem", (obj,), "string", site)
    state = state_of(obj)
    if state is None:
        return None
    if isinstance(index, Computed) and index.op == "slice":
        return _sliced(obj, state, index, site)
    found: list[Value] = []
    for member in index.alternatives():
        at = constant(member)
        if not isinstance(at, int):
            value = state.any_item()
            return value if value is not None else Unknown("item", site, obj)
        found.append(_at(state, at, site, obj))
    return join(*found)


def _at(state: Tuple, index: int, site: Site, obj: Value) -> Value:
    length = len(state.items)
    if 0 <= index < length:
        return state.items[index]
    if index < 0 and state.rest is None and -index <= length:
        return state.items[index]
    if state.rest is None:
        return Unknown("no such item", site, obj)
    return join(state.rest, *state.items) if index < 0 else state.rest


def _sliced(obj: Value, state: Tuple, index: Computed, site: Site) -> Value:
    numbers = [constant(part) if not is_none(part) else None for part in index.operands]
    known = all(is_none(part) or isinstance(number, int) for part, number in zip(index.operands, numbers, strict=True))
    if known and state.rest is None and 1 <= len(numbers) <= 3:
        bounds = slice(*(number if isinstance(number, int) else None for number in numbers))
        if bounds.step != 0:
            made = Tuple(state.items[bounds], site)
            return made if isinstance(obj, Tuple) else ListObject(made, site)
    if known and all(is_none(part) for part in index.operands):
        made = Tuple(state.items, site, state.rest)
    else:
        made = Tuple((), site, state.any_item())
    return made if isinstance(obj, Tuple) else ListObject(made, site)


def _entry(obj: DictObject, index: Value, site: Site) -> Value:
    entries = obj.entries
    found: list[Value] = []
    for member in index.alternatives():
        key = _key(member)
        if key is None:
            value = entries.any_item()
            unknown = Unknown("item", site, obj)
            # one of those that are known, too: what is done to it may be done to them
            return unknown if value is None else value if entries.rest is None else join(value, unknown)
        entry = entries.items.get(key[0])
        if entry is not None:
            found.append(entry[1])
        else:
            found.append(entries.rest if entries.rest is not None else Unknown("no such key", site, obj))
    return join(*found)


def _key(value: Value) -> tuple[Hashable] | None:
    """A value as a dictionary's key: its constant, or a tuple of constants."""
    plain = plainly(value)
    if isinstance(plain, Constant) and isinstance(plain.value, Hashable):
        return (plain.value,)
    if isinstance(plain, Tuple) and plain.rest is None:
        keys = [_key(part) for part in plain.items]
        if all(key is not None for key in keys):
            return (tuple(key[0] for key in keys if key is not None),)
        return None
    if isinstance(plain, (Unknown, Computed, Union, Constant)):
        return None
    return (plain.key,)


def set_item(machine: Machine, obj: Value, index: Value, value: Value) -> None:
    """``obj[index] = value`` of a container."""
    if isinstance(obj, Union):
        for member in obj.members:
            _weak_item(machine, member, value)
        return
    if isinstance(obj, DictObject):
        entries = obj.entries
        key = _key(index)
        if key is None:
            weak = {k: (name, join(old, value)) for k, (name, old) in entries.items.items()}
            rest = value if entries.rest is None else join(entries.rest, value)
            machine.heap.store(obj, "{}", Entries(weak, rest))
        else:
            machine.heap.store(obj, "{}", Entries({**entries.items, key[0]: (index, value)}, entries.rest))
    elif isinstance(obj, ListObject):
        state = obj.items
        at = constant(index)
        if isinstance(at, int) and (0 <= at < len(state.items) or (state.rest is None and -len(state.items) <= at < 0)):
            items = list(state.items)
            items[at] = value
            machine.heap.store(obj, "[]", Tuple(items, state.site, state.rest))
        else:
            _weak_item(machine, obj, value)


def _weak_item(machine: Machine, obj: Value, value: Value) -> None:
    if isinstance(obj, ListObject):
        state = obj.items
        rest = None if state.rest is None else join(state.rest, value)
        machine.heap.store(obj, "[]", Tuple([join(old, value) for old in state.items], state.site, rest))
    elif isinstance(obj, DictObject):
        entries = obj.entries
        weak = {k: (name, join(old, value)) for k, (name, old) in entries.items.items()}
        machine.heap.store(obj, "{}", Entries(weak, value if entries.rest is None else join(entries.rest, value)))


def delete_item(machine: Machine, obj: Value, index: Value) -> None:
    """``del obj[index]`` of a container."""
    if isinstance(obj, DictObject):
        key = _key(index)
        entries = obj.entries
        if key is not None:
            left = {k: entry for k, entry in entries.items.items() if k != key[0]}
            machine.heap.store(obj, "{}", Entries(left, entries.rest))
    elif isinstance(obj, ListObject):
        state = obj.items
        at = constant(index)
        if isinstance(at, int) and state.rest is None and -len(state.items) <= at < len(state.items):
            items = list(state.items)
            del items[at]
            machine.heap.store(obj, "[]", Tuple(items, state.site))
        elif isinstance(index, Computed) and index.op == "slice":
            bounds = [constant(part) for part in index.operands]
            lower, upper, step = (bound if isinstance(bound, int) else None for bound in bounds)
            if state.rest is None and all(b is None or isinstance(b, int) for b in bounds):
                items = list(state.items)
                del items[slice(lower, upper, step)]
                machine.heap.store(obj, "[]", Tuple(items, state.site))
        else:
            machine.heap.store(obj, "[]", Tuple((), state.site, state.any_item()))


def extend(machine: Machine, obj: ListObject, value: Value, site: Site) -> None:
    """``obj += value``."""
    items, rest = machine.iterate(value, site)
    state = obj.items
    if state.rest is None and len(state.items) + len(items) <= MAX_ITEMS:
        machine.heap.store(obj, "[]", Tuple((*state.items, *items), state.site, rest))
    else:
        every = [v for v in (state.rest, rest, *items) if v is not None]
        machine.heap.store(obj, "[]", Tuple(state.items, state.site, join(*every) if every else None))


def update(machine: Machine, obj: DictObject, arguments: Arguments, site: Site) -> None:
    """``obj.update(…)`` (and what a dictionary is made from)."""
    for given in arguments.positional:
        for member in given.alternatives()[:1] if len(given.alternatives()) == 1 else given.alternatives():
            _update_from(machine, obj, member, site, weak=len(given.alternatives()) > 1)
    for name, value in arguments.keywords.items():
        set_item(machine, obj, Constant(name, site), value)
    if arguments.others or arguments.more:
        entries = obj.entries
        machine.heap.store(obj, "{}", Entries(entries.items, Unknown("mapping", site)))


def _update_from(machine: Machine, obj: DictObject, given: Value, site: Site, weak: bool) -> None:
    entries = obj.entries
    if isinstance(given, Builtin) and given.name == "__dict__" and isinstance(given.bound, Object):
        other = Entries({name: (Constant(name), value) for name, value in given.bound.slots.items()})
    elif isinstance(given, DictObject):
        other = given.entries
    else:
        items, rest = machine.iterate(given, site)
        pairs = [pair for pair in map(state_of, items) if pair is not None and len(pair.items) == 2]
        if rest is not None or len(pairs) < len(items):
            unknown = Unknown("mapping", site)
            loose = {key: (name, join(old, unknown)) for key, (name, old) in entries.items.items()}
            machine.heap.store(obj, "{}", Entries(loose, unknown))
            return
        for pair in pairs:
            set_item(machine, obj, pair.items[0], pair.items[1])
        return
    merged = dict(entries.items)
    for key, (name, value) in other.items.items():
        merged[key] = (name, join(merged[key][1], value) if weak and key in merged else value)
    rests = [rest for rest in (entries.rest, other.rest) if rest is not None]
    if other.rest is not None:
        merged = {
            key: (name, value if key in other.items else join(value, other.rest))
            for key, (name, value) in merged.items()
        }
    machine.heap.store(obj, "{}", Entries(merged, join(*rests) if rests else None))


# operators --------------------------------------------------------------------------------------
def operate(symbol: str, left: Value, right: Value, site: Site) -> Value | None:
    """An operator between containers or strings; None for others."""
    if symbol == "+":
        return _concatenated(left, right, site)
    if symbol == "*":
        for sequence, count in ((left, right), (right, left)):
            state, times = state_of(sequence), constant(count)
            if state is not None:
                if isinstance(times, int) and state.rest is None and len(state.items) * max(times, 0) <= MAX_ITEMS:
                    made = Tuple(state.items * max(times, 0), site)
                else:
                    made = Tuple((), site, state.any_item())
                return made if isinstance(sequence, Tuple) else ListObject(made, site)
    if symbol == "|" and isinstance(left, DictObject) and isinstance(right, DictObject):
        one, other = left.entries, right.entries
        rests = [rest for rest in (one.rest, other.rest) if rest is not None]
        return DictObject(Entries({**one.items, **other.items}, join(*rests) if rests else None), site)
    if symbol == "%" and isinstance(left, Constant) and isinstance(left.value, str):
        return _percent(left, right, site)
    return None


def _concatenated(left: Value, right: Value, site: Site) -> Value | None:
    one, other = state_of(left), state_of(right)
    if one is not None and other is not None:
        if one.rest is None:
            made = Tuple((*one.items, *other.items), site, other.rest)
        else:
            made = Tuple(one.items, site, join(one.rest, *other.items, *([other.rest] if other.rest else [])))
        return made if isinstance(left, Tuple) else ListObject(made, site)
    if (one is None) != (other is None) and isinstance(right if one is not None else left, (Unknown, Computed)):
        sequence = left if one is not None else right
        state = one if one is not None else other
        assert state is not None
        unknown = Unknown("element", site)
        if one is not None and isinstance(right, Unknown):
            made = Tuple(one.items, site, unknown)
            return made if isinstance(sequence, Tuple) else ListObject(made, site)
    return None


def _percent(left: Constant, right: Value, site: Site) -> Value:
    given = right.items if isinstance(right, Tuple) else (right,)
    values = [plainly(value) for value in given]
    known = [value for value in values if isinstance(value, Constant)]
    if len(known) == len(values) and not isinstance(right, DictObject):
        try:
            text = left.value % tuple(value.value for value in known)  # type: ignore[operator]
        except (TypeError, ValueError, KeyError, OverflowError):
            text = None
        if isinstance(text, str) and len(text) < 10_000:
            return Constant(text, site, any(value.assumed for value in known))
    return Computed("format", (left, *given), "string", site)


def contains(symbol: str, left: Value, right: Value, site: Site) -> Constant | None:
    """``left in right``; None where it can't be told."""
    positive = symbol == "in"
    key = _key(left)
    if key is None or (isinstance(plainly(left), Constant) and plainly(left).assumed):  # type: ignore[attr-defined]
        return None
    if isinstance(right, DictObject):
        entries = right.entries
        if key[0] in entries.items:
            return Constant(positive, site)
        return Constant(not positive, site) if entries.rest is None and not right.escaped else None
    state = state_of(right)
    if state is None:
        return None
    keys = [_key(value) for value in state.items]
    if key in keys:
        return Constant(positive, site)
    if state.rest is None and None not in keys:
        return Constant(not positive, site)
    return None


# methods ----------------------------------------------------------------------------------------
def method(machine: Machine, obj: Value, name: str, arguments: Arguments, site: Site) -> Value | None:
    """Call a method of a container or string; None if nothing is known of it."""
    if isinstance(obj, ListObject):
        return _list_method(machine, obj, name, arguments, site)
    if isinstance(obj, DictObject):
        return _dict_method(machine, obj, name, arguments, site)
    if isinstance(obj, Tuple) and name in {"index", "count"}:
        return Computed(name, (obj,), "number", site)
    if isinstance(obj, Constant) and isinstance(obj.value, str):
        return _string_method(machine, obj, name, arguments, site)
    if isinstance(obj, Computed) and obj.kind == "string":
        kind = "bool" if name.startswith(("is", "startswith", "endswith")) else "string"
        if name in {"split", "rsplit", "splitlines"}:
            return ListObject(Tuple((), site, Computed(name, (obj,), "string", site)), site)
        return Computed(name, (obj, *arguments.positional), kind, site)
    if name in {"namedtuple_asdict", "namedtuple_replace"}:
        return _named(machine, obj, name, arguments, site)
    return None


def _named(machine: Machine, obj: Value, name: str, arguments: Arguments, site: Site) -> Value | None:
    if not isinstance(obj, Object):
        return None
    if name == "namedtuple_asdict":
        return DictObject(Entries({k: (Constant(k), v) for k, v in obj.slots.items()}), site)
    copied = machine.copy(obj, site)
    for field, value in arguments.keywords.items():
        machine.set_attribute(copied, field, value, site)
    return copied


def _list_method(machine: Machine, obj: ListObject, name: str, arguments: Arguments, site: Site) -> Value | None:
    state = obj.items
    first = arguments.positional[0] if arguments.positional else None
    none = Constant(None, site)
    if name in {"append", "add", "appendleft"} and first is not None:
        if name == "add" and any(old.key == first.key for old in state.items):
            return none
        if state.rest is None and len(state.items) < MAX_ITEMS:
            grown = (first, *state.items) if name == "appendleft" else (*state.items, first)
            machine.heap.store(obj, "[]", Tuple(grown, state.site))
        else:
            rest = first if state.rest is None else join(state.rest, first)
            machine.heap.store(obj, "[]", Tuple(state.items, state.site, rest))
        return none
    if name in {"extend", "update"}:
        for given in arguments.positional:
            extend(machine, obj, given, site)
        return none
    if name == "insert" and len(arguments.positional) == 2:
        at = constant(arguments.positional[0])
        if isinstance(at, int) and state.rest is None:
            items = list(state.items)
            items.insert(at, arguments.positional[1])
            machine.heap.store(obj, "[]", Tuple(items, state.site))
        else:
            unknown = join(*state.items, *([state.rest] if state.rest else []), arguments.positional[1])
            machine.heap.store(obj, "[]", Tuple((), state.site, unknown))
        return none
    if name in {"pop", "popleft"}:
        return _popped(machine, obj, state, first, site, name)
    if name in {"remove", "discard"} and first is not None:
        keys = [value.key for value in state.items]
        if first.key in keys and state.rest is None:
            at = keys.index(first.key)
            machine.heap.store(obj, "[]", Tuple((*state.items[:at], *state.items[at + 1 :]), state.site))
        return none
    if name == "clear":
        machine.heap.store(obj, "[]", Tuple((), state.site))
        return none
    if name == "reverse":
        made = Tuple(state.items[::-1], state.site) if state.rest is None else Tuple((), state.site, state.any_item())
        machine.heap.store(obj, "[]", made)
        return none
    if name == "sort":
        if len(state.items) > 1 or state.rest is not None:
            machine.heap.store(obj, "[]", Tuple((), state.site, state.any_item()))
        return none
    if name == "copy":
        return ListObject(state, site, obj.kind)
    if name in {"index", "count"}:
        return Computed(name, (obj,), "number", site)
    if name in {"union", "intersection", "difference"}:
        every = [v for given in (obj, *arguments.positional) if (v := _any(machine, given, site)) is not None]
        return ListObject(Tuple((), site, join(*every) if every else None), site, "set")
    return None


def _any(machine: Machine, value: Value, site: Site) -> Value | None:
    items, rest = machine.iterate(value, site)
    return Tuple(items, site, rest).any_item()


def _popped(machine: Machine, obj: ListObject, state: Tuple, index: Value | None, site: Site, name: str) -> Value:
    at = constant(index) if index is not None else (0 if name == "popleft" else -1)
    if state.rest is None and isinstance(at, int) and -len(state.items) <= at < len(state.items):
        items = list(state.items)
        value = items.pop(at)
        machine.heap.store(obj, "[]", Tuple(items, state.site))
        return value
    found = state.any_item()
    if state.rest is None and state.items:
        machine.heap.store(obj, "[]", Tuple((), state.site, found))
    return found if found is not None else Unknown("pop", site, obj)


def _dict_method(machine: Machine, obj: DictObject, name: str, arguments: Arguments, site: Site) -> Value | None:
    entries = obj.entries
    rest = entries.rest
    if name in {"get", "pop", "setdefault"} and arguments.positional:
        return _looked_up(machine, obj, name, arguments, site)
    if name == "keys":
        return ListObject(
            Tuple([key for key, _ in entries.items.values()], site, Unknown("key", site) if rest else None), site
        )
    if name == "values":
        return ListObject(Tuple([value for _, value in entries.items.values()], site, rest), site)
    if name == "items":
        pairs = [Tuple((key, value), site) for key, value in entries.items.values()]
        more = Tuple((Unknown("key", site), rest), site) if rest is not None else None
        return ListObject(Tuple(pairs, site, more), site)
    if name == "update":
        update(machine, obj, arguments, site)
        return Constant(None, site)
    if name == "copy":
        return DictObject(entries, site)
    if name == "clear":
        machine.heap.store(obj, "{}", Entries({}))
        return Constant(None, site)
    if name == "popitem":
        value = entries.any_item()
        return Tuple((Unknown("key", site), value if value is not None else Unknown("item", site)), site)
    return None


def _looked_up(machine: Machine, obj: DictObject, name: str, arguments: Arguments, site: Site) -> Value:
    entries = obj.entries
    default = arguments.get(1, "default")
    if default is None and name in {"get", "setdefault"}:
        default = Constant(None, site)
    key = _key(arguments.positional[0])
    if key is None:
        found = [v for v in (entries.any_item(), default) if v is not None]
        if entries.rest is not None or not found:
            return Unknown("item", site, obj)
        return join(*found)
    entry = entries.items.get(key[0])
    if entry is not None:
        if name == "pop":
            left = {k: v for k, v in entries.items.items() if k != key[0]}
            machine.heap.store(obj, "{}", Entries(left, entries.rest))
        return entry[1]
    if entries.rest is not None or obj.escaped:
        found = [v for v in (entries.rest, default) if v is not None]
        return join(*found) if found else Unknown("item", site, obj)
    if name == "setdefault" and default is not None:
        set_item(machine, obj, arguments.positional[0], default)
    return default if default is not None else Unknown("no such key", site, obj)


_TEXT = frozenset(
    {
        *("lower", "upper", "strip", "lstrip", "rstrip", "title", "capitalize", "replace", "startswith", "endswith"),
        *("removeprefix", "removesuffix", "split", "rsplit", "join", "format", "zfill", "isdigit", "find", "count"),
        *("swapcase", "partition", "rpartition", "splitlines", "casefold", "isupper", "islower"),
    }
)


def _string_method(machine: Machine, obj: Constant, name: str, arguments: Arguments, site: Site) -> Value | None:
    if name not in _TEXT:
        return Computed(name, (obj,), "any", site)
    given: list[object] = []
    assumed = obj.assumed
    for value in arguments.positional:
        plain = plainly(value)
        if name == "join":
            items, rest = machine.iterate(value, site)
            parts = [constant(part) for part in items]
            if rest is not None or not all(isinstance(part, str) for part in parts):
                return Computed("join", (obj, value), "string", site)
            given.append(parts)
        elif isinstance(plain, Constant):
            given.append(plain.value)
            assumed = assumed or plain.assumed
        else:
            return Computed(name, (obj, *arguments.positional), "string", site)
    words = {key: constant(value) for key, value in arguments.keywords.items()}
    if any(word is None for word in words.values()) or not arguments.complete:
        return Computed(name, (obj,), "string", site)
    try:
        result = getattr(obj.value, name)(*given, **words)
    except Exception:  # whatever the program would raise there
        return Unknown(f".{name}()", site, obj)
    if isinstance(result, list):
        return ListObject(Tuple([Constant(part, site) for part in result], site), site)
    if isinstance(result, tuple):
        return Tuple([Constant(part, site) for part in result], site)
    if isinstance(result, str) and len(result) > 10_000:
        return Computed(name, (obj,), "string", site)
    return Constant(result, site, assumed)


__all__ = [
    "contains",
    "delete_item",
    "extend",
    "item",
    "iterate_container",
    "join_sequences",
    "method",
    "operate",
    "set_item",
    "state_of",
    "update",
]
