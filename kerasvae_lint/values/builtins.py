"""Python's own functions and the methods of its lists, dictionaries and strings."""

from __future__ import annotations

import builtins as python
from collections.abc import Callable

from kerasvae_lint.values import containers, operators
from kerasvae_lint.values.classes import (
    enum_member,
    enum_members,
    field_values,
    fill_fields,
    finish_class,
    is_instance,
    member_of_enum,
)
from kerasvae_lint.values.containers import (
    contains,
    delete_item,
    extend,
    item,
    iterate_container,
    set_item,
    state_of,
    update,
)
from kerasvae_lint.values.lattice import (
    Builtin,
    ClassValue,
    Computed,
    Constant,
    DictObject,
    Entries,
    FunctionValue,
    Instance,
    LibraryObject,
    ListObject,
    Object,
    Property,
    Site,
    Tuple,
    Unknown,
    Value,
    constant,
    join,
    plainly,
)
from kerasvae_lint.values.world import Arguments, Machine

__all__ = [
    "attribute",
    "call",
    "contains",
    "decorate",
    "delete_item",
    "enum_member",
    "extend",
    "field_values",
    "fill_fields",
    "finish_class",
    "instance_attribute",
    "is_builtin",
    "is_instance",
    "item",
    "iterate",
    "member_of_enum",
    "operate",
    "set_item",
    "update",
]

_NAMES = frozenset(name for name in dir(python) if not name.startswith("_")) | {"reload", "unicode", "xrange"}
_OF_TUPLES = frozenset(name for name in dir(()) if not name.startswith("__"))
MAX_RANGE = 64


def is_builtin(name: str) -> bool:
    """True for the names that Python itself binds."""
    return name in _NAMES


Handler = Callable[[Machine, Arguments, Site], "Value | None"]


def call(machine: Machine, callee: Builtin, arguments: Arguments, site: Site) -> Value:
    """Call a function, class or bound method of Python's own."""
    if callee.bound is not None:
        if callee.name.startswith("__dict__."):
            return _dict_view(machine, callee, arguments, site)
        found = containers.method(machine, callee.bound, callee.name, arguments, site)
        return found if found is not None else Unknown(f".{callee.name}()", site, callee.bound)
    handler = _HANDLERS.get(callee.name)
    if handler is not None:
        found = handler(machine, arguments, site)
        if found is not None:
            return found
    if callee.name in _KINDS:
        return Computed(callee.name, arguments.all(), _KINDS[callee.name], site)
    if callee.name.endswith(("Error", "Exception", "Warning", "Interrupt", "Exit", "StopIteration")):
        return Computed("exception", arguments.all(), "object", site)
    return Unknown(f"{callee.name}()", site)


def _dict_view(machine: Machine, callee: Builtin, arguments: Arguments, site: Site) -> Value:
    """A method of an object's ``__dict__``."""
    name = callee.name.partition(".")[2]
    obj = callee.bound
    assert obj is not None
    if name == "update":
        for given in arguments.positional:
            entries = _entries_of(given)
            for key, (_, value) in entries.items.items():
                if isinstance(key, str):
                    machine.set_attribute(obj, key, value, site, "setattr")
            if entries.rest is not None and isinstance(obj, Object):
                obj.escaped = True
        for key, value in arguments.keywords.items():
            machine.set_attribute(obj, key, value, site, "setattr")
        return Constant(None, site)
    if isinstance(obj, Object):
        shown = DictObject(Entries({k: (Constant(k), v) for k, v in obj.slots.items()}), site)
        found = containers.method(machine, shown, name, arguments, site)
        if found is not None:
            return found
    return Unknown(f".{name}()", site, obj)


def _entries_of(value: Value) -> Entries:
    if isinstance(value, DictObject):
        return value.entries
    if isinstance(value, Builtin) and value.name == "__dict__" and isinstance(value.bound, Object):
        return Entries({k: (Constant(k), v) for k, v in value.bound.slots.items()})
    return Entries({}, Unknown("mapping"))


def attribute(machine: Machine, obj: Value, name: str, site: Site) -> Value | None:
    """An attribute of a value of Python's own kinds."""
    del machine
    if isinstance(obj, Tuple) and name not in _OF_TUPLES:
        return None
    if isinstance(obj, (ListObject, DictObject, Tuple)) or (
        isinstance(obj, Constant) and isinstance(obj.value, (str, bytes))
    ):
        return Builtin(name, obj, site)
    if isinstance(obj, Builtin) and obj.name == "__dict__":
        return Builtin(f"__dict__.{name}", obj.bound, site)
    if isinstance(obj, Builtin) and obj.bound is None:
        return Builtin(f"{obj.name}.{name}", None, site)
    if isinstance(obj, Property):
        return {"fget": obj.getter, "fset": obj.setter}.get(name)
    if isinstance(obj, Constant) and isinstance(obj.value, (int, float)) and name in {"real", "value"}:
        return obj
    if isinstance(obj, Constant) and name == "value":
        return obj  # a member of a string enum, which counts as its string
    if isinstance(obj, Computed) and obj.kind == "string":
        return Builtin(name, obj, site)
    return None


def instance_attribute(obj: Instance, name: str, site: Site) -> Value | None:
    """What every object has."""
    if name == "__dict__":
        return Builtin("__dict__", obj, site)
    if name == "__class__":
        return obj.cls
    if name in {"_asdict", "_replace"} and obj.cls.flavour == "namedtuple":
        return Builtin(f"namedtuple{name}", obj, site)
    return None


def iterate(machine: Machine, value: Value, site: Site) -> tuple[tuple[Value, ...], Value | None] | None:
    """The items of a value of Python's own kinds."""
    if isinstance(value, ClassValue) and value.flavour == "enum":
        return enum_members(value, site), None
    if isinstance(value, Builtin) and value.name == "__dict__" and isinstance(value.bound, Object):
        return tuple(Constant(name, site) for name in value.bound.slots), None
    del machine
    return iterate_container(value, site)


def operate(machine: Machine, symbol: str, left: Value, right: Value, site: Site) -> Value | None:
    """Operators on lists, tuples, dictionaries and strings; None for others."""
    del machine
    return containers.operate(symbol, left, right, site)


def decorate(machine: Machine, decorator: Builtin, value: Value, site: Site) -> Value | None:
    """``@property``, ``@staticmethod``, ``@classmethod``."""
    del machine, site
    if decorator.name == "property":
        return Property(value)
    if isinstance(value, FunctionValue) and decorator.name in {"staticmethod", "classmethod"}:
        return value.tagged(decorator.name)
    return None


# functions --------------------------------------------------------------------------------------
def _first(arguments: Arguments) -> Value | None:
    return arguments.positional[0] if arguments.positional else None


def _list(kind: str) -> Handler:
    def make(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
        given = _first(arguments)
        if given is None:
            return Tuple((), site) if kind == "tuple" else ListObject(Tuple((), site), site, kind)
        items, rest = machine.iterate(given, site)
        state = Tuple(items, site, rest)
        return state if kind == "tuple" else ListObject(state, site, kind)

    return make


def _dict(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    made = DictObject(Entries({}), site)
    update(machine, made, arguments, site)
    return made


def _range(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    given = [plainly(value) for value in arguments.positional]
    known = [value for value in given if isinstance(value, Constant) and not value.assumed]
    numbers = [value.value for value in known if isinstance(value.value, int)]
    if len(numbers) == len(given) and 1 <= len(numbers) <= 3:
        try:
            made = range(*numbers)
        except ValueError:
            return None
        if len(made) <= MAX_RANGE * machine.patience:
            return ListObject(Tuple([Constant(number, site) for number in made], site), site, "range")
    return ListObject(Tuple((), site, Computed("range", arguments.positional, "number", site)), site, "range")


def _enumerate(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    given = _first(arguments)
    if given is None:
        return None
    start = constant(arguments.get(1, "start") or Constant(0))
    items, rest = machine.iterate(given, site)
    begin = start if isinstance(start, int) else 0
    pairs = [Tuple((Constant(begin + index, site), value), site) for index, value in enumerate(items)]
    more = Tuple((Computed("index", (), "number", site), rest), site) if rest is not None else None
    return ListObject(Tuple(pairs, site, more), site, "iterator")


def _zip(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    columns = [machine.iterate(value, site) for value in arguments.positional]
    if not columns:
        return ListObject(Tuple((), site), site, "iterator")
    exact = [len(items) for items, rest in columns if rest is None]
    length = min(exact) if exact else max(len(items) for items, _ in columns)
    rows: list[Value] = []
    for index in range(length):
        row = [
            items[index] if index < len(items) else rest if rest is not None else Unknown("element", site)
            for items, rest in columns
        ]
        rows.append(Tuple(row, site))
    more: Value | None = None
    if not exact:
        more = Tuple([rest if rest is not None else Unknown("element", site) for _, rest in columns], site)
    return ListObject(Tuple(rows, site, more), site, "iterator")


def _map(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    if len(arguments.positional) < 2:
        return None
    function, *sequences = arguments.positional
    zipped = _zip(machine, Arguments(tuple(sequences)), site)
    assert isinstance(zipped, ListObject)
    state = zipped.items
    items = [machine.call(function, Arguments(row.items), site) for row in state.items if isinstance(row, Tuple)]
    rest = None
    if isinstance(state.rest, Tuple):
        rest = machine.call(function, Arguments(state.rest.items), site)
    return ListObject(Tuple(items, site, rest), site, "iterator")


def _filter(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    if len(arguments.positional) < 2:
        return None
    function, sequence = arguments.positional[:2]
    items, rest = machine.iterate(sequence, site)
    kept: list[Value] = []
    sure = True
    for value in items:
        is_nothing = isinstance(function, Constant)
        verdict = operators.truth(value if is_nothing else machine.call(function, Arguments((value,)), site))
        sure = sure and verdict is not None
        if verdict is not False:
            kept.append(value)
    if sure:
        return ListObject(Tuple(kept, site, rest), site, "iterator")
    return ListObject(Tuple((), site, join(*kept, *([rest] if rest is not None else []))), site, "iterator")


def _reversed(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    given = _first(arguments)
    if given is None:
        return None
    items, rest = machine.iterate(given, site)
    if rest is None:
        return ListObject(Tuple(items[::-1], site), site, "iterator")
    return ListObject(Tuple((), site, join(*items, rest)), site, "iterator")


def _sorted(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    given = _first(arguments)
    if given is None:
        return None
    items, rest = machine.iterate(given, site)
    known = [value for value in items if isinstance(value, Constant)]
    if rest is None and len(known) == len(items) and "key" not in arguments.keywords:
        try:
            ordered = sorted(known, key=lambda value: value.value)  # type: ignore[arg-type, return-value]
        except TypeError:
            ordered = known
        if constant(arguments.keywords.get("reverse", Constant(False))):
            ordered.reverse()
        return ListObject(Tuple(ordered, site), site)
    every = [*items, *([rest] if rest is not None else [])]
    if len(every) == 1 and rest is None:
        return ListObject(Tuple(every, site), site)
    return ListObject(Tuple((), site, join(*every) if every else None), site)


def _iter(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    given = _first(arguments)
    if given is None:
        return None
    items, rest = machine.iterate(given, site)
    return ListObject(Tuple(items, site, rest), site, "iterator")


def _next(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    given = _first(arguments)
    if isinstance(given, ListObject):
        state = given.items
        if state.items:
            machine.heap.store(given, "[]", Tuple(state.items[1:], state.site, state.rest))
            return state.items[0]
        if state.rest is not None:
            return state.rest
    if isinstance(given, Instance):
        method = machine.method(given, "__next__")
        if method is not None:
            return machine.call(method, Arguments(), site)
    if isinstance(given, LibraryObject):
        batches = machine.world.iterate(machine, given, site)
        if batches is not None and batches[1] is not None:
            return batches[1]
    if len(arguments.positional) > 1:
        return join(Unknown("next", site, given), arguments.positional[1])
    return Unknown("next", site, given)


def _len(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    given = _first(arguments)
    if given is None:
        return None
    if isinstance(given, Constant) and isinstance(given.value, (str, bytes)):
        return Constant(len(given.value), site)
    if isinstance(given, DictObject) and given.entries.rest is None and not given.escaped:
        return Constant(len(given.entries.items), site)
    state = state_of(given)
    if state is not None and state.rest is None:
        return Constant(len(state.items), site)
    if isinstance(given, Instance):
        method = machine.method(given, "__len__")
        if method is not None:
            return machine.call(method, Arguments(), site)
    return Computed("len", (given,), "number", site)


def _number(kind: type) -> Handler:
    def make(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
        del machine
        given = _first(arguments)
        if given is None:
            return Constant(kind(), site)
        found: list[Value] = []
        for member in given.alternatives():
            plain = plainly(member)
            if isinstance(plain, Constant) and len(arguments.positional) == 1:
                try:
                    found.append(Constant(kind(plain.value), site, plain.assumed))
                    continue
                except (TypeError, ValueError, OverflowError):
                    pass
            found.append(Computed(kind.__name__, (member,), "number", site))
        return join(*found)

    return make


def _bool(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    del machine
    given = _first(arguments)
    if given is None:
        return Constant(False, site)
    verdict = operators.truth(given)
    return Constant(verdict, site) if verdict is not None else Computed("bool", (given,), "bool", site)


def _str(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    del machine
    given = plainly(_first(arguments) or Constant(""))
    if isinstance(given, Constant) and not isinstance(given.value, (bytes, float)):
        return Constant(str(given.value), site, given.assumed)
    return Computed("str", (given,), "string", site)


def _sum(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    given = _first(arguments)
    if given is None:
        return None
    items, rest = machine.iterate(given, site)
    if rest is not None:
        inner = (*items, rest) if not isinstance(rest, Unknown) else (given,)
        return machine.compute("add_n", inner, site)
    total: Value = arguments.get(1, "start") or Constant(0, site)
    for index, value in enumerate(items):
        if index == 0 and isinstance(total, Constant) and total.value == 0:
            total = value
        else:
            total = machine.binary("+", total, value, site)
    return total


def _extreme(word: str) -> Handler:
    def make(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
        values = arguments.positional
        if len(values) == 1:
            items, rest = machine.iterate(values[0], site)
            if rest is not None or not items:
                return machine.compute(word, values, site)
            values = items
        known = [value for value in map(plainly, values) if isinstance(value, Constant)]
        if len(known) == len(values) and "key" not in arguments.keywords:
            try:
                chosen = (min if word == "minimum" else max)(known, key=lambda value: value.value)  # type: ignore[arg-type, return-value]
            except TypeError:
                return None
            assumed = any(value.assumed for value in known)
            return Constant(chosen.value, site, assumed)
        return machine.compute(word, values, site)

    return make


def _unary(word: str) -> Handler:
    def make(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
        given = _first(arguments)
        if isinstance(given, Constant) and isinstance(given.value, (int, float)):
            return Constant(abs(given.value), site, given.assumed) if word == "abs" else None
        return machine.compute(word, (given,), site) if given is not None else None

    return make


def _pow(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    if len(arguments.positional) != 2:
        return None
    return machine.binary("**", *arguments.positional, site)


def _round(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    given = _first(arguments)
    digits = constant(arguments.get(1, "ndigits") or Constant(None))
    if isinstance(given, Constant) and isinstance(given.value, (int, float)) and given.value == given.value:
        try:
            return Constant(round(given.value, digits if isinstance(digits, int) else None), site, given.assumed)
        except (ValueError, OverflowError):
            return None
    return machine.compute("round", (given,), site) if given is not None else None


def _getattr(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    if len(arguments.positional) < 2:
        return None
    obj, name = arguments.positional[:2]
    found: list[Value] = []
    for member in name.alternatives():
        word = constant(member)
        if not isinstance(word, str):
            return Unknown("getattr", site, obj)
        value = machine.get_attribute(obj, word, site)
        if len(arguments.positional) > 2 and isinstance(value, Unknown):
            value = arguments.positional[2] if isinstance(obj, Instance) and not obj.escaped else value
        found.append(value)
    return join(*found)


def _setattr(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    if len(arguments.positional) == 3:
        obj, name, value = arguments.positional
        words = [constant(member) for member in name.alternatives()]
        for word in words:
            if isinstance(word, str):
                machine.set_attribute(obj, word, value, site, "setattr")
            elif isinstance(obj, Object):
                obj.escaped = True
    return Constant(None, site)


def _hasattr(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    if len(arguments.positional) == 2:
        obj, name = arguments.positional[0], constant(arguments.positional[1])
        if isinstance(obj, Instance) and isinstance(name, str):
            if name in obj.slots:
                return Constant(True, site)
            found = obj.cls.find(name)
            if found is not None and found[0] is not found[1]:
                return Constant(True, site)
    del machine
    return Computed("hasattr", arguments.positional, "bool", site)


def _isinstance(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    if len(arguments.positional) != 2:
        return None
    value, cls = arguments.positional
    options, rest = machine.iterate(cls, site) if isinstance(cls, (Tuple, ListObject)) else ((cls,), None)
    verdicts = {_is_any(member, options) for member in value.alternatives()}
    if rest is None and len(verdicts) == 1 and None not in verdicts:
        return Constant(verdicts.pop(), site)
    return Computed("isinstance", (value, cls), "bool", site)


def _is_any(value: Value, options: tuple[Value, ...]) -> bool | None:
    verdicts = [is_instance(value, option) for option in options]
    if True in verdicts:
        return True
    return None if None in verdicts or not verdicts else False


def _callable(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    del machine
    given = _first(arguments)
    if isinstance(given, (FunctionValue, ClassValue)):
        return Constant(True, site)
    if isinstance(given, Constant):
        return Constant(False, site)
    return Computed("callable", (given,) if given is not None else (), "bool", site)


def _type(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    given = _first(arguments)
    if isinstance(given, Instance) and len(arguments.positional) == 1:
        return given.cls
    if len(arguments.positional) == 3:
        return Unknown("type", site)
    del machine
    return Computed("type", arguments.positional, "object", site)


def _vars(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    del machine
    given = _first(arguments)
    return Builtin("__dict__", given, site) if isinstance(given, Object) else Unknown("vars", site)


def _globals(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    del machine, arguments
    return Unknown("globals", site)


def _any_all(word: str) -> Handler:
    def make(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
        given = _first(arguments)
        if given is None:
            return None
        items, rest = machine.iterate(given, site)
        verdicts = [operators.truth(value) for value in items]
        decisive = word == "any"
        if decisive in verdicts:
            return Constant(decisive, site)
        if rest is None and None not in verdicts:
            return Constant(not decisive, site)
        return Computed(word, (given,), "bool", site)

    return make


def _property(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    del machine, site
    getter = arguments.get(0, "fget")
    return Property(getter, arguments.get(1, "fset")) if getter is not None else None


def _tagger(tag: str) -> Handler:
    def make(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
        del machine, site
        given = _first(arguments)
        return given.tagged(tag) if isinstance(given, FunctionValue) else given

    return make


def _quiet(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    del machine, arguments
    return Constant(None, site)


_HANDLERS: dict[str, Handler] = {
    "list": _list("list"),
    "tuple": _list("tuple"),
    "set": _list("set"),
    "frozenset": _list("set"),
    "dict": _dict,
    "range": _range,
    "xrange": _range,
    "enumerate": _enumerate,
    "zip": _zip,
    "map": _map,
    "filter": _filter,
    "reversed": _reversed,
    "sorted": _sorted,
    "iter": _iter,
    "next": _next,
    "len": _len,
    "int": _number(int),
    "float": _number(float),
    "bool": _bool,
    "str": _str,
    "sum": _sum,
    "min": _extreme("minimum"),
    "max": _extreme("maximum"),
    "abs": _unary("abs"),
    "pow": _pow,
    "round": _round,
    "getattr": _getattr,
    "setattr": _setattr,
    "hasattr": _hasattr,
    "isinstance": _isinstance,
    "callable": _callable,
    "type": _type,
    "vars": _vars,
    "globals": _globals,
    "any": _any_all("any"),
    "all": _any_all("all"),
    "property": _property,
    "staticmethod": _tagger("staticmethod"),
    "classmethod": _tagger("classmethod"),
    "print": _quiet,
    "delattr": _quiet,
}
_KINDS = {
    "repr": "string",
    "format": "string",
    "chr": "string",
    "ascii": "string",
    "hex": "string",
    "bin": "string",
    "input": "string",
    "hash": "number",
    "id": "number",
    "ord": "number",
    "divmod": "number",
    "complex": "number",
    "issubclass": "bool",
    "open": "object",
    "object": "object",
    "slice": "object",
    "bytes": "string",
    "bytearray": "object",
    "memoryview": "object",
}
