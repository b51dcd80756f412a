"""The values that the interpreter computes with.

Values are compared by identity, but for constants, library names and tuples, which are equal if they mean the same.
What can change (lists, dictionaries, instances, modules) keeps what it holds in ``slots``, which only the
:class:`~kerasvae_lint.values.heap.Heap` writes, so that branches can be tried and joined.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import count
from typing import Final

from kerasvae_lint.binding.records import Class, Function, Record, Scope
from kerasvae_lint.values.unit import Unit

MAX_UNION = 8
"""How many values a place may hold before nothing is said about it any more."""


class Site:
    """A place in a file of the project: what was evaluated there made the value."""

    __slots__ = ("record", "unit")

    def __init__(self, unit: Unit, record: Record) -> None:
        self.unit = unit
        self.record = record

    def __repr__(self) -> str:
        return f"{self.unit.name}:{self.record.start}"


class Value:
    """Anything that an expression can be."""

    __slots__ = ("site",)

    def __init__(self, site: Site | None = None) -> None:
        self.site = site

    @property
    def key(self) -> Hashable:
        """Two values with the same key are the same."""
        return id(self)

    def alternatives(self) -> tuple[Value, ...]:
        """The values that this can be: itself, but for a union."""
        return (self,)


class Unknown(Value):
    """Nothing is known; ``reason`` says why, ``base`` and ``name`` what it was taken from where that is known."""

    __slots__ = ("base", "name", "reason")

    def __init__(self, reason: str, site: Site | None = None, base: Value | None = None, name: str = "") -> None:
        super().__init__(site)
        self.reason = reason
        self.base = base
        self.name = name

    def __repr__(self) -> str:
        return f"Unknown({self.reason}{f', {self.name}' if self.name else ''})"


class Parameter(Unknown):
    """A parameter that no call in sight gives a value to.

    Attributes:
        function: whose.
        default: the value that it has if a call leaves it out; None if it must be given.
    """

    __slots__ = ("default", "function")

    def __init__(self, function: Function, name: str, default: Value | None, site: Site | None) -> None:
        super().__init__("parameter", site, None, name)
        self.function = function
        self.default = default


class Imported(Unknown):
    """What a file imports from another file of the project: that is run when somebody asks for it."""

    __slots__ = ("unit",)

    def __init__(self, dotted: str, unit: Unit, site: Site) -> None:
        super().__init__("import", site, None, dotted)
        self.unit = unit


class Constant(Value):
    """A value that is known: None, a bool, a number, a string, bytes, ``...``.

    ``assumed`` says that it holds unless somebody says otherwise: a parameter's default, a command line's default.
    """

    __slots__ = ("assumed", "value")

    def __init__(self, value: object, site: Site | None = None, assumed: bool = False) -> None:
        super().__init__(site)
        self.value = value
        self.assumed = assumed

    @property
    def key(self) -> Hashable:
        value = repr(self.value) if isinstance(self.value, float) else self.value  # NaN is not equal to itself
        return ("constant", type(self.value), value)

    def __repr__(self) -> str:
        return f"Constant({self.value!r})"


class Computed(Value):
    """The result of an operation on values: a formula that can be read.

    Attributes:
        op: the operation's word (``add``, ``exp``, ``sum``, …; the words of the library tables), ``input`` for a
            tensor that comes from outside, ``draw`` for random numbers, ``layer`` for a layer's output.
        operands: what it was applied to.
        options: the other arguments by role (``axis``, ``keepdims``, …).
        kind: ``tensor``, ``number``, ``bool``, ``string``, ``array``, ``shape``, ``object``, or ``any`` where it can't
            be told.
        maker: the object that was called to make it (a layer, a distribution), if any.
        index: which of several outputs it is.
        phase: the phase of the program in which it was computed.
        order: when it was computed.
    """

    __slots__ = ("index", "kind", "maker", "op", "operands", "options", "order", "phase")

    def __init__(
        self,
        op: str,
        operands: tuple[Value, ...] = (),
        kind: str = "any",
        site: Site | None = None,
        options: Mapping[str, Value] | None = None,
        maker: Value | None = None,
        index: int | None = None,
        phase: str = "",
        order: int = 0,
    ) -> None:
        super().__init__(site)
        self.op = op
        self.operands = operands
        self.options: Mapping[str, Value] = options if options is not None else _NOTHING
        self.kind = kind
        self.maker = maker
        self.index = index
        self.phase = phase
        self.order = order

    def __repr__(self) -> str:
        return f"{self.op}({', '.join(map(repr, self.operands))}){'' if self.kind == 'any' else ':' + self.kind}"


_NOTHING: Final[Mapping[str, Value]] = {}


class Tuple(Value):
    """A tuple; the state of a list, too. ``rest`` is what any further items are, None if there are none."""

    __slots__ = ("items", "rest")

    def __init__(self, items: Iterable[Value], site: Site | None = None, rest: Value | None = None) -> None:
        super().__init__(site)
        self.items = tuple(items)
        self.rest = rest

    @property
    def key(self) -> Hashable:
        return ("tuple", tuple(item.key for item in self.items), None if self.rest is None else self.rest.key)

    def any_item(self) -> Value | None:
        """What an item can be; None if there is none."""
        every = (*self.items, self.rest) if self.rest is not None else self.items
        return join(*every) if every else None

    def __repr__(self) -> str:
        return f"({', '.join(map(repr, self.items))}{', *' + repr(self.rest) if self.rest else ''})"


class Entries(Value):
    """The state of a dictionary: known keys with their values; ``rest`` is what other keys can hold."""

    __slots__ = ("items", "rest")

    def __init__(self, items: Mapping[Hashable, tuple[Value, Value]], rest: Value | None = None) -> None:
        super().__init__(None)
        self.items = dict(items)
        self.rest = rest

    @property
    def key(self) -> Hashable:
        return ("entries", tuple((k, v.key) for k, (_, v) in self.items.items()), self.rest and self.rest.key)

    def any_item(self) -> Value | None:
        """What a value can be; None if there is none."""
        every = [value for _, value in self.items.values()]
        if self.rest is not None:
            every.append(self.rest)
        return join(*every) if every else None


class Union(Value):
    """One of several values."""

    __slots__ = ("members",)

    def __init__(self, members: tuple[Value, ...]) -> None:
        super().__init__(members[0].site)
        self.members = members

    @property
    def key(self) -> Hashable:
        return ("union", frozenset(member.key for member in self.members))

    def alternatives(self) -> tuple[Value, ...]:
        return self.members

    def __repr__(self) -> str:
        return " | ".join(map(repr, self.members))


class Repeated(Value):
    """One place in the order of a model's layers that stands for none, one or more of them: nobody could count."""

    __slots__ = ("value",)

    def __init__(self, value: Value, site: Site | None = None) -> None:
        super().__init__(site if site is not None else value.site)
        self.value = value

    @property
    def key(self) -> Hashable:
        return ("repeated", self.value.key)

    def __repr__(self) -> str:
        return f"{self.value!r}*"


class LibraryName(Value):
    """A module, function, class or constant of a library, by its canonical dotted name.

    ``spelling`` is the name as the code's imports give it, before aliases are looked through.
    """

    __slots__ = ("name", "spelling")

    def __init__(self, name: str, spelling: str, site: Site | None = None) -> None:
        super().__init__(site)
        self.name = name
        self.spelling = spelling

    @property
    def key(self) -> Hashable:
        return ("library", self.name)

    def __repr__(self) -> str:
        return f"<{self.name}>"


class Builtin(Value):
    """A function or class of Python itself; bound methods of lists, dictionaries and strings have their object."""

    __slots__ = ("bound", "name")

    def __init__(self, name: str, bound: Value | None = None, site: Site | None = None) -> None:
        super().__init__(site)
        self.name = name
        self.bound = bound

    @property
    def key(self) -> Hashable:
        return ("builtin", self.name, None if self.bound is None else self.bound.key)


class FunctionValue(Value):
    """A function of the project, as a value.

    Attributes:
        function: its code.
        unit: the file that it stands in.
        closure: the frame around it.
        defaults: the values of its parameters' defaults.
        bound: the object whose method it is, for a bound method.
        owner: the class whose method it is.
        tags: what decorators have said of it: ``tf.function``, ``classmethod``, …
    """

    __slots__ = ("bound", "closure", "defaults", "function", "owner", "tags", "unit")

    def __init__(
        self,
        function: Function,
        unit: Unit,
        closure: Frame | None,
        defaults: Mapping[str, Value],
        owner: ClassValue | None = None,
        bound: Value | None = None,
        tags: frozenset[str] = frozenset(),
        site: Site | None = None,
    ) -> None:
        super().__init__(site)
        self.function = function
        self.unit = unit
        self.closure = closure
        self.defaults = defaults
        self.owner = owner
        self.bound = bound
        self.tags = tags

    @property
    def key(self) -> Hashable:
        return ("function", id(self.function), id(self.closure), None if self.bound is None else self.bound.key)

    def bind(self, bound: Value) -> FunctionValue:
        """The same function as a method of an object."""
        return FunctionValue(
            self.function, self.unit, self.closure, self.defaults, self.owner, bound, self.tags, self.site
        )

    def tagged(self, tag: str) -> FunctionValue:
        """The same function with one more tag."""
        return FunctionValue(
            self.function,
            self.unit,
            self.closure,
            self.defaults,
            self.owner,
            self.bound,
            self.tags | {tag},
            self.site,
        )

    def __repr__(self) -> str:
        return f"<function {self.function.name}>"


class Frame:
    """Where names are looked up while code runs: of a function's call, a class's body, a module.

    Attributes:
        holder: keeps the names' values.
        scope: what is bound here.
        around: the frame around it, for names that are not.
        unit: the file.
        function: the function that runs; None in a module or class body.
        receiver: the object whose method runs.
        owner: the class that the method stands in.
        returned: what it has returned on one way or another.
        yielded: what it has yielded.
    """

    __slots__ = ("around", "function", "holder", "owner", "receiver", "returned", "scope", "unit", "yielded")

    def __init__(
        self,
        holder: Object,
        scope: Scope,
        around: Frame | None,
        unit: Unit,
        function: Function | None = None,
        receiver: Value | None = None,
        owner: ClassValue | None = None,
    ) -> None:
        self.holder = holder
        self.scope = scope
        self.around = around
        self.unit = unit
        self.function = function
        self.receiver = receiver
        self.owner = owner
        self.returned: list[Value] = []
        self.yielded: list[Value] = []


class Partial(Value):
    """``functools.partial``: a callable with some arguments given."""

    __slots__ = ("arguments", "callee", "keywords")

    def __init__(
        self, callee: Value, arguments: tuple[Value, ...], keywords: Mapping[str, Value], site: Site | None
    ) -> None:
        super().__init__(site)
        self.callee = callee
        self.arguments = arguments
        self.keywords = keywords


class Property(Value):
    """A property of a class: how it is read and, if it has a setter, written."""

    __slots__ = ("getter", "setter")

    def __init__(self, getter: Value, setter: Value | None = None) -> None:
        super().__init__(getter.site)
        self.getter = getter
        self.setter = setter


class Super(Value):
    """``super()``: the attributes of an object's classes behind ``after``."""

    __slots__ = ("after", "instance")

    def __init__(self, instance: Value, after: ClassValue, site: Site | None) -> None:
        super().__init__(site)
        self.instance = instance
        self.after = after


class Native(Value):
    """A callable of the interpreter's own making: what a world gives in place of a library's bound method.

    ``owner`` is the object whose method it is.
    """

    __slots__ = ("call", "name", "owner")

    def __init__(
        self, name: str, call: Callable[..., Value], site: Site | None = None, owner: Value | None = None
    ) -> None:
        super().__init__(site)
        self.name = name
        self.call = call
        self.owner = owner

    @property
    def key(self) -> Hashable:
        return ("native", self.name, None if self.owner is None else self.owner.key)

    def __repr__(self) -> str:
        return f"<method {self.name} of {self.owner!r}>"


# what can change --------------------------------------------------------------------------------
class Access:
    """One reading or writing of an attribute.

    Attributes:
        site: where.
        phase: in which phase of the program.
        value: what was written, or read.
        order: a number that grows as the program runs.
        function: the function whose code it is, None at module level.
        kind: ``assign``, ``augmented``, ``setattr``, ``delete``; ``read`` for a reading.
        old: what was there before a writing, None if nothing was.
    """

    __slots__ = ("function", "kind", "old", "order", "phase", "site", "value")

    def __init__(
        self,
        site: Site,
        phase: str,
        value: Value,
        order: int,
        function: Function | None,
        kind: str,
        old: Value | None = None,
    ) -> None:
        self.site = site
        self.phase = phase
        self.value = value
        self.order = order
        self.function = function
        self.kind = kind
        self.old = old

    def __repr__(self) -> str:
        return f"{self.kind}@{self.site}/{self.phase}={self.value!r}"


_births = count(1)


def births() -> int:
    """A number between those of the objects that there are and those that are made from now on."""
    return next(_births)


class Object(Value):
    """Something that can change.

    Attributes:
        slots: what it holds by name; only the heap writes here.
        writes: every writing of an attribute, by name.
        reads: every reading of an attribute, by name.
        escaped: True once it was handed to code that nobody can see.
        born: a number that grows with every object: what was made in one arm of a branch is not there in another.
    """

    __slots__ = ("born", "escaped", "reads", "slots", "writes")

    def __init__(self, site: Site | None = None) -> None:
        super().__init__(site)
        self.born = next(_births)
        self.slots: dict[str, Value] = {}
        self.writes: dict[str, list[Access]] = {}
        self.reads: dict[str, list[Access]] = {}
        self.escaped = False


class ListObject(Object):
    """A list (or a set, a deque): its state is a :class:`Tuple` in the slot ``[]``."""

    __slots__ = ("kind",)

    def __init__(self, items: Tuple, site: Site | None = None, kind: str = "list") -> None:
        super().__init__(site)
        self.kind = kind
        self.slots["[]"] = items

    @property
    def items(self) -> Tuple:
        """What it holds now."""
        state = self.slots["[]"]
        return state if isinstance(state, Tuple) else Tuple((), None, Unknown("list"))

    def __repr__(self) -> str:
        return f"[{self.items!r}]"


class DictObject(Object):
    """A dictionary: its state is :class:`Entries` in the slot ``{}``."""

    __slots__ = ()

    def __init__(self, entries: Entries, site: Site | None = None) -> None:
        super().__init__(site)
        self.slots["{}"] = entries

    @property
    def entries(self) -> Entries:
        """What it holds now."""
        state = self.slots["{}"]
        return state if isinstance(state, Entries) else Entries({}, Unknown("dictionary"))

    def __repr__(self) -> str:
        return "{" + ", ".join(f"{k!r}: {v!r}" for k, (_, v) in self.entries.items.items()) + "}"


class ClassValue(Object):
    """A class of the project; ``slots`` are its own attributes.

    Attributes:
        cls: its code; None for a class made by a call (``namedtuple("P", "x y")``).
        unit: the file that it stands in.
        bases: the values of its bases.
        fields: of a dataclass or named tuple the names of its fields in order, else None.
        flavour: ``""``, ``dataclass``, ``namedtuple``, ``enum`` or ``namespace``.
    """

    __slots__ = ("_mro", "bases", "cls", "fields", "flavour", "frame", "name", "unit")

    def __init__(
        self, name: str, cls: Class | None, unit: Unit | None, bases: tuple[Value, ...], site: Site | None = None
    ) -> None:
        super().__init__(site)
        self.name = name
        self.cls = cls
        self.unit = unit
        self.bases = bases
        self.fields: tuple[str, ...] | None = None
        self.flavour = ""
        self._mro: tuple[Value, ...] | None = None

    def mro(self) -> tuple[Value, ...]:
        """This class and its bases in the order in which attributes are looked up: classes and library names.

        A base that nobody can see stands in it as :class:`Unknown`.
        """
        if self._mro is None:
            self._mro = (self,)  # a class that is its own base ends here
            self._mro = _linearized(self)
        return self._mro

    def classes(self) -> Iterator[ClassValue]:
        """The project's classes of the order."""
        for base in self.mro():
            if isinstance(base, ClassValue):
                yield base

    def library_bases(self) -> Iterator[LibraryName]:
        """The library's classes of the order, nearest first."""
        for base in self.mro():
            if isinstance(base, LibraryName):
                yield base

    @property
    def is_open(self) -> bool:
        """True if a base can't be seen: the class may have attributes that nobody knows."""
        return any(isinstance(base, Unknown) for base in self.mro())

    def is_subclass(self, other: ClassValue) -> bool:
        """True if ``other`` is this class or one of its bases."""
        return any(
            base is other or (isinstance(base, ClassValue) and base.cls is other.cls and base.cls is not None)
            for base in self.mro()
        )

    def find(self, name: str, after: ClassValue | None = None) -> tuple[Value, Value] | None:
        """The attribute ``name`` of the class with the class (or library name, or unknown base) that has it.

        ``after`` starts behind that class, as ``super()`` does. A library or unknown base ends the search: the second
        value is then that base itself.
        """
        seen = after is None
        for base in self.mro():
            if not seen:
                seen = base is after
                continue
            if not isinstance(base, ClassValue):
                return base, base
            found = base.slots.get(name)
            if found is not None:
                return found, base
        return None

    def __repr__(self) -> str:
        return f"<class {self.name}>"


def _linearized(cls: ClassValue) -> tuple[Value, ...]:
    """The C3 order, or for odd inheritance depth first, each base once."""
    orders = [list(_order_of(base)) for base in cls.bases]
    orders.append([member for base in cls.bases for member in base.alternatives()[:1]])
    result: list[Value] = [cls]
    while any(orders):
        for order in orders:
            if not order:
                continue
            head = order[0]
            if not any(any(item.key == head.key for item in other[1:]) for other in orders):
                break
        else:
            head = next(order[0] for order in orders if order)
        result.append(head)
        for order in orders:
            order[:] = [item for item in order if item.key != head.key]
    return tuple(result)


def _order_of(base: Value) -> tuple[Value, ...]:
    first = base.alternatives()[0]
    return first.mro() if isinstance(first, ClassValue) else (first,)


class Instance(Object):
    """An object of a project's class.

    Attributes:
        cls: its class.
        generic: True for an object that stands for any of its class: nobody in sight makes one.
        arguments: what the constructors of library bases were given, by the base's canonical name.
        facts: what the world keeps about it.
    """

    __slots__ = ("arguments", "cls", "facts", "generic")

    def __init__(self, cls: ClassValue, site: Site | None = None, generic: bool = False) -> None:
        super().__init__(site)
        self.cls = cls
        self.generic = generic
        self.arguments: dict[str, Mapping[str, Value]] = {}
        self.facts: dict[str, object] = {}

    def __repr__(self) -> str:
        return f"<{self.cls.name} object>"


class LibraryObject(Object):
    """An object that a library's class or function made: a layer, an optimizer, a variable, a distribution…

    Attributes:
        name: canonical name of what made it.
        kind: what it is, by the library tables (``layer``, ``variable``, …).
        arguments: what it was given, by parameter name; a name that is not there was not given.
        complete: False if ``*args`` or ``**kwargs`` may have given more.
        positional: what was given by position, for functions whose signature is not known.
        phase: in which phase of the program it was made.
        function: the function whose code made it.
        facts: what the world keeps about it.
        owner: the object that it belongs to, for the variables of a layer.
    """

    __slots__ = (
        "arguments",
        "complete",
        "facts",
        "function",
        "kind",
        "name",
        "order",
        "owner",
        "phase",
        "positional",
        "traced",
    )

    def __init__(
        self,
        name: str,
        kind: str,
        site: Site | None = None,
        arguments: Mapping[str, Value] | None = None,
        positional: tuple[Value, ...] = (),
        complete: bool = True,
        phase: str = "",
        function: Function | None = None,
        owner: Value | None = None,
        order: int = 0,
        traced: bool = False,
    ) -> None:
        super().__init__(site)
        self.name = name
        self.kind = kind
        self.arguments: Mapping[str, Value] = arguments if arguments is not None else {}
        self.positional = positional
        self.complete = complete
        self.phase = phase
        self.function = function
        self.owner = owner
        self.order = order
        self.traced = traced
        self.facts: dict[str, object] = {}

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name}>"


class ModuleObject(Object):
    """A file of the project as a module; its globals are its slots."""

    __slots__ = ("unit",)

    def __init__(self, unit: Unit) -> None:
        super().__init__(None)
        self.unit = unit

    def __repr__(self) -> str:
        return f"<module {self.unit.name}>"


# joining ----------------------------------------------------------------------------------------
def join(*values: Value) -> Value:
    """What a place holds that holds one of ``values``."""
    first = values[0]
    if len(values) == 1:
        return first
    for value in values:
        if value is not first:
            break
    else:
        return first
    members: dict[Hashable, Value] = {}
    for value in values:
        for member in value.alternatives():
            key = member.key
            old = members.get(key)
            if old is None:
                members[key] = member
            elif isinstance(old, Constant) and old.assumed and isinstance(member, Constant):
                members[key] = member if not member.assumed else old
    found = tuple(members.values())
    if len(found) == 1:
        return found[0]
    tuples = [value for value in found if isinstance(value, Tuple)]
    if len(tuples) > 2 or (len(tuples) == 2 and len(found) > 4):
        merged = tuples[0]
        for other in tuples[1:]:
            merged = join_sequences(merged, other)
        found = (merged, *(value for value in found if not isinstance(value, Tuple)))
        if len(found) == 1:
            return merged
    if len(found) > MAX_UNION:
        found = tuple({_likeness(member): member for member in reversed(found)}.values())[::-1]
        if len(found) == 1:
            return found[0]
        if len(found) > MAX_UNION:
            return Unknown("too many values", first.site)
    return Union(found)


def _likeness(value: Value) -> Hashable:
    """The same for library objects that one place made of the same arguments: one of them stands for all."""
    if not isinstance(value, LibraryObject) or value.site is None or not value.complete:
        return value.key
    given = tuple((n, a.items.key if isinstance(a, ListObject) else a.key) for n, a in value.arguments.items())
    return value.name, value.site.record, given


def join_sequences(one: Tuple, other: Tuple) -> Tuple:
    """The state of a list that is one or the other."""
    if one.key == other.key:
        return one
    if len(one.items) == len(other.items):
        items = [join(a, b) for a, b in zip(one.items, other.items, strict=True)]
        rests = [rest for rest in (one.rest, other.rest) if rest is not None]
        return Tuple(items, one.site, join(*rests) if rests else None)
    shared = min(len(one.items), len(other.items))
    items = [join(a, b) for a, b in zip(one.items, other.items, strict=False)]
    more = [*one.items[shared:], *other.items[shared:]]
    more += [rest for rest in (one.rest, other.rest) if rest is not None]
    return Tuple(items, one.site, join(*more))


def join_entries(one: Entries, other: Entries) -> Entries:
    """The state of a dictionary that is one or the other."""
    items: dict[Hashable, tuple[Value, Value]] = {}
    for key in [*one.items, *(k for k in other.items if k not in one.items)]:
        left, right = one.items.get(key), other.items.get(key)
        if left is not None and right is not None:
            items[key] = (left[0], join(left[1], right[1]))
        else:
            only = left or right
            assert only is not None
            items[key] = only
    rests = [rest for rest in (one.rest, other.rest) if rest is not None]
    return Entries(items, join(*rests) if rests else None)


# reading ----------------------------------------------------------------------------------------
def constants(value: Value) -> tuple[object, ...] | None:
    """The constants that a value can be; None if it can be anything else.

    A parameter that nobody in sight gives counts as its default.
    """
    found: list[object] = []
    for member in value.alternatives():
        plain = plainly(member)
        if not isinstance(plain, Constant):
            return None
        found.append(plain.value)
    return tuple(found)


def constant(value: Value) -> object:
    """The one constant that a value is; None if it is not one (ask :func:`is_none` about None itself)."""
    found = constants(value)
    return found[0] if found is not None and len(found) == 1 else None


def whole(value: Tuple) -> Constant | None:
    """A tuple of constants as one constant; None for any other tuple."""
    if value.rest is not None:
        return None
    items = [whole(item) or item if isinstance(item, Tuple) else item for item in value.items]
    known = [item for item in items if isinstance(item, Constant)]
    if len(known) < len(items):
        return None
    return Constant(tuple(item.value for item in known), value.site, any(item.assumed for item in known))


def is_none(value: Value) -> bool:
    """True for None and nothing else."""
    return isinstance(value, Constant) and value.value is None


def plainly(value: Value) -> Value:
    """A parameter's default in place of the parameter; a member of an enum that is a string as that string."""
    if isinstance(value, Parameter) and isinstance(value.default, Constant):
        return Constant(value.default.value, value.default.site or value.site, assumed=True)
    if isinstance(value, Instance) and value.cls.flavour == "enum":
        inner = value.slots.get("value")
        if isinstance(inner, Constant) and any(
            isinstance(b, Builtin) and b.name in {"str", "int", "float"} for b in value.cls.mro()
        ):
            return inner
    return value


def held(value: Value, limit: int = 400) -> Iterator[Value]:
    """A value, or what the containers that it is hold, at any depth."""
    todo, seen = [value], set[int]()
    while todo and len(seen) < limit:
        at = todo.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        if isinstance(at, Union):
            todo.extend(reversed(at.members))
        elif isinstance(at, Repeated):
            todo.append(at.value)
        elif isinstance(at, ListObject):
            todo.append(at.items)
        elif isinstance(at, Tuple):
            todo.extend(reversed((*at.items, at.rest) if at.rest is not None else at.items))
        elif isinstance(at, DictObject):
            todo.extend(part for _, part in at.entries.items.values())
        else:
            yield at


def leaves(value: Value, limit: int = 400) -> Iterator[Value]:
    """Everything that a value was computed from, itself included, each once."""
    seen: set[int] = set()
    todo = [value]
    while todo and len(seen) < limit:
        at = todo.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        yield at
        if isinstance(at, Union):
            todo.extend(reversed(at.members))
        elif isinstance(at, Computed):
            todo.extend(reversed(at.operands))
            todo.extend(at.options.values())
        elif isinstance(at, Tuple):
            todo.extend(reversed(at.items))
            if at.rest is not None:
                todo.append(at.rest)
        elif isinstance(at, ListObject):
            todo.append(at.items)
        elif isinstance(at, DictObject):
            todo.extend(v for _, v in at.entries.items.values())
