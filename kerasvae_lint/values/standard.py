"""What the standard library's functions do, as far as they carry values about."""

from __future__ import annotations

from collections.abc import Callable

from kerasvae_lint.values.classes import make_dataclass, make_named_tuple
from kerasvae_lint.values.lattice import (
    ClassValue,
    Computed,
    Constant,
    DictObject,
    Entries,
    FunctionValue,
    Instance,
    LibraryName,
    LibraryObject,
    ListObject,
    Native,
    Object,
    Partial,
    Property,
    Site,
    Tuple,
    Unknown,
    Value,
    constant,
    join,
)
from kerasvae_lint.values.world import Arguments, Machine

Handler = Callable[[Machine, Arguments, Site], "Value | None"]


def call(machine: Machine, callee: LibraryName, arguments: Arguments, site: Site) -> Value | None:
    """Call a function or class of the standard library; None if nothing is known of it here."""
    handler = _HANDLERS.get(callee.name)
    return handler(machine, arguments, site) if handler is not None else None


def decorate(machine: Machine, decorator: Value, value: Value, site: Site) -> Value | None:
    """What a decorator of the standard library makes; None for others."""
    del machine, site
    name = decorator.name if isinstance(decorator, (LibraryName, LibraryObject)) else ""
    if name in {"dataclasses.dataclass", "attr.s", "attr.attrs", "attr.dataclass", "attrs.define", "attr.define"}:
        return make_dataclass(value) if isinstance(value, ClassValue) else value
    if name in {"functools.cached_property", "abc.abstractproperty"}:
        return Property(value)
    if isinstance(value, FunctionValue):
        if name == "contextlib.contextmanager":
            return value.tagged("contextmanager")
        if name == "abc.abstractmethod":
            return value.tagged("abstract")
        if name in {"functools.lru_cache", "functools.cache", "functools.wraps", "functools.singledispatch"}:
            return value
        if name in {"abc.abstractstaticmethod", "abc.abstractclassmethod"}:
            return value.tagged(name.removeprefix("abc.abstract"))
    return None


# handlers ---------------------------------------------------------------------------------------
def _partial(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    del machine
    if not arguments.positional:
        return None
    return Partial(arguments.positional[0], arguments.positional[1:], arguments.keywords, site)


def _kept(name: str, kind: str = "other") -> Handler:
    """An object that is asked later what it was given."""

    def make(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
        return LibraryObject(
            name, kind, site, arguments.keywords, arguments.positional, arguments.complete, machine.phase
        )

    return make


def _dataclass(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    del machine
    if arguments.positional and isinstance(arguments.positional[0], ClassValue):
        return make_dataclass(arguments.positional[0])
    return LibraryObject("dataclasses.dataclass", "other", site, arguments.keywords)


def _replace(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    if not arguments.positional:
        return None
    copied = machine.copy(arguments.positional[0], site)
    for name, value in arguments.keywords.items():
        machine.set_attribute(copied, name, value, site)
    return copied


def _asdict(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    given = arguments.get(0, "obj")
    if not isinstance(given, Instance):
        return None
    del machine
    names = given.cls.fields or tuple(given.slots)
    return DictObject(Entries({n: (Constant(n), given.slots[n]) for n in names if n in given.slots}), site)


def _named_tuple(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    return make_named_tuple(arguments, machine, site)


_NAMESPACE = ClassValue("Namespace", None, None, ())
_NAMESPACE.flavour = "namespace"


def _namespace(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    made = Instance(_NAMESPACE, site)
    made.escaped = not arguments.complete
    for name, value in arguments.keywords.items():
        machine.set_attribute(made, name, value, site)
    return made


def _copy(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    return machine.copy(arguments.positional[0], site) if arguments.positional else None


def _deep_copy(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    return _copied(machine, arguments.positional[0], site, 6) if arguments.positional else None


def _copied(machine: Machine, value: Value, site: Site, depth: int) -> Value:
    """A copy with copies of the lists and dictionaries inside."""
    if depth <= 0 or not isinstance(value, (ListObject, DictObject, Tuple)):
        return machine.copy(value, site)
    if isinstance(value, DictObject):
        entries = value.entries
        inner = {key: (k, _copied(machine, v, site, depth - 1)) for key, (k, v) in entries.items.items()}
        return DictObject(Entries(inner, entries.rest), site)
    state = value.items if isinstance(value, ListObject) else value
    made = Tuple([_copied(machine, item, site, depth - 1) for item in state.items], site, state.rest)
    return ListObject(made, site, value.kind) if isinstance(value, ListObject) else made


def _chain(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    items: list[Value] = []
    rest: Value | None = None
    for given in arguments.positional:
        more, unknown = machine.iterate(given, site)
        if rest is None:
            items += more
            rest = unknown
        else:
            rest = join(rest, *more, *([unknown] if unknown is not None else []))
    return ListObject(Tuple(items, site, rest), site, "iterator")


def _product(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    columns = [machine.iterate(given, site) for given in arguments.positional]
    total = 1
    for items, _ in columns:
        total *= len(items)
    if total <= 64 and all(rest is None for _, rest in columns) and not arguments.keywords:
        rows: list[tuple[Value, ...]] = [()]
        for items, _ in columns:
            rows = [(*row, item) for row in rows for item in items]
        return ListObject(Tuple([Tuple(row, site) for row in rows], site), site, "iterator")
    parts = [
        join(*items, *([rest] if rest is not None else [])) if items or rest is not None else Unknown("element", site)
        for items, rest in columns
    ]
    return ListObject(Tuple((), site, Tuple(parts, site)), site, "iterator")


def _deque(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    if not arguments.positional:
        return ListObject(Tuple((), site), site, "deque")
    items, rest = machine.iterate(arguments.positional[0], site)
    return ListObject(Tuple(items, site, rest), site, "deque")


def _ordered(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    from kerasvae_lint.values.containers import update

    made = DictObject(Entries({}), site)
    update(machine, made, arguments, site)
    return made


def _default_dict(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    factory = arguments.positional[0] if arguments.positional else None
    made = Unknown("default", site) if factory is None else machine.call(factory, Arguments(), site)
    return DictObject(Entries({}, made), site)


def _same(position: int = 0) -> Handler:
    def make(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
        del machine, site
        return arguments.positional[position] if len(arguments.positional) > position else None

    return make


def _reduce(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    if len(arguments.positional) < 2:
        return None
    function, sequence, *start = arguments.positional
    items, rest = machine.iterate(sequence, site)
    every = [*start, *items]
    if rest is not None or not every or len(every) > 32:
        return None
    value = every[0]
    for item in every[1:]:
        value = machine.call(function, Arguments((value, item)), site)
    return value


# argparse ---------------------------------------------------------------------------------------
class _Parser(Object):
    """An ``argparse.ArgumentParser``: the defaults that its options have."""

    __slots__ = ("defaults",)

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.defaults: dict[str, Value] = {}


def _parser(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    del arguments
    made = _Parser(site)

    def add(given: Arguments, at: Site) -> Value:
        names = [constant(value) for value in given.positional]
        words = [name for name in names if isinstance(name, str)]
        dest = constant(given.keywords.get("dest", Constant(None)))
        if not isinstance(dest, str):
            chosen = next((word for word in words if word.startswith("--")), words[0] if words else "")
            dest = chosen.lstrip("-").replace("-", "_")
        action = constant(given.keywords.get("action", Constant(None)))
        default = given.keywords.get("default")
        if default is None:
            default = Constant({"store_true": False, "store_false": True}.get(str(action)), at)
            if action not in {"store_true", "store_false"} and words and not words[0].startswith("-"):
                default = Unknown("command line", at)
        convert = given.keywords.get("type")
        if isinstance(default, Constant):
            if isinstance(default.value, str) and convert is not None:
                converted = machine.call(convert, Arguments((default,)), at)
                default = converted if isinstance(converted, Constant) else default
            default = Constant(default.value, default.site or at, assumed=True)
        made.defaults[dest] = default
        return Unknown("option", at)

    def set_defaults(given: Arguments, at: Site) -> Value:
        made.defaults.update(given.keywords)
        return Constant(None, at)

    def parse(given: Arguments, at: Site) -> Value:
        del given
        namespace = Instance(_NAMESPACE, at)
        for name, value in made.defaults.items():
            machine.heap.store(namespace, name, value)
        return namespace

    def parse_known(given: Arguments, at: Site) -> Value:
        return Tuple((parse(given, at), Unknown("command line", at)), at)

    def group(given: Arguments, at: Site) -> Value:
        del given, at
        return made

    for name, native in (
        ("add_argument", add),
        ("set_defaults", set_defaults),
        ("parse_args", parse),
        ("parse_known_args", parse_known),
        ("add_argument_group", group),
        ("add_mutually_exclusive_group", group),
    ):
        made.slots[name] = Native(name, native, site)
    return made


def _number(word: str) -> Handler:
    def make(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
        del machine
        return Computed(word, arguments.all(), "number", site)

    return make


_HANDLERS: dict[str, Handler] = {
    "functools.partial": _partial,
    "functools.reduce": _reduce,
    "functools.wraps": _kept("functools.wraps"),
    "functools.lru_cache": _kept("functools.lru_cache"),
    "functools.update_wrapper": _same(),
    "dataclasses.dataclass": _dataclass,
    "dataclasses.field": _kept("dataclasses.field"),
    "dataclasses.replace": _replace,
    "dataclasses.asdict": _asdict,
    "collections.namedtuple": _named_tuple,
    "typing.NamedTuple": _named_tuple,
    "typing.cast": _same(1),
    "collections.deque": _deque,
    "collections.OrderedDict": _ordered,
    "collections.defaultdict": _default_dict,
    "collections.ChainMap": _ordered,
    "types.SimpleNamespace": _namespace,
    "argparse.Namespace": _namespace,
    "argparse.ArgumentParser": _parser,
    "enum.auto": _kept("enum.auto"),
    "copy.copy": _copy,
    "copy.deepcopy": _deep_copy,
    "itertools.chain": _chain,
    "itertools.product": _product,
    "time.time": _number("time"),
}
