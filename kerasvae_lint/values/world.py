"""What the interpreter has to be told: how the world's libraries behave, and where the project's other files are."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from kerasvae_lint.binding.records import Call, Expression, Function
from kerasvae_lint.values.heap import Heap
from kerasvae_lint.values.lattice import (
    Access,
    Frame,
    FunctionValue,
    Instance,
    LibraryName,
    ModuleObject,
    Object,
    Site,
    Union,
    Value,
)
from kerasvae_lint.values.unit import Unit


class Arguments:
    """The arguments of one call.

    Attributes:
        positional: values given by position, known ``*sequences`` opened.
        keywords: values given by name, known ``**mappings`` opened.
        more: True if an unknown ``*sequence`` may give further ones by position.
        others: True if an unknown ``**mapping`` may give further ones by name.
    """

    __slots__ = ("keywords", "more", "others", "positional")

    def __init__(
        self,
        positional: tuple[Value, ...] = (),
        keywords: Mapping[str, Value] | None = None,
        more: bool = False,
        others: bool = False,
    ) -> None:
        self.positional = positional
        self.keywords: dict[str, Value] = dict(keywords or {})
        self.more = more
        self.others = others

    def get(self, position: int | None, *names: str) -> Value | None:
        """The argument at a position or under one of several names; None if it was not given, as far as can be told."""
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        if position is not None and position < len(self.positional):
            return self.positional[position]
        return None

    @property
    def complete(self) -> bool:
        """True if what is not here was not given."""
        return not (self.more or self.others)

    def all(self) -> tuple[Value, ...]:
        """Every argument's value."""
        return (*self.positional, *self.keywords.values())

    def after(self, *bound: Value) -> Arguments:
        """The same with more values in front."""
        return Arguments((*bound, *self.positional), self.keywords, self.more, self.others)


class CallEvent:
    """One call that the interpreter made.

    Attributes:
        site: the call's record and file.
        callee: what was called; of a union one of it.
        arguments: what it was given.
        result: what it gave.
        phase: of the program: ``host``, ``construction`` or ``tracing``.
        traced: True anywhere inside traced code, construction of layers in it included.
        function: the function whose code the call is; None at module level.
        receiver: the object whose method made the call.
        order: a number that grows as the program runs.
        depth: how many calls of the project's functions it is inside of.
    """

    __slots__ = (
        "arguments",
        "callee",
        "depth",
        "function",
        "order",
        "phase",
        "receiver",
        "result",
        "site",
        "traced",
    )

    def __init__(
        self,
        site: Site,
        callee: Value,
        arguments: Arguments,
        result: Value,
        phase: str,
        traced: bool,
        function: Function | None,
        receiver: Value | None,
        order: int,
        depth: int,
    ) -> None:
        self.site = site
        self.callee = callee
        self.arguments = arguments
        self.result = result
        self.phase = phase
        self.traced = traced
        self.function = function
        self.receiver = receiver
        self.order = order
        self.depth = depth

    @property
    def call(self) -> Call | None:
        """The call as it is written; None for one that a library makes."""
        return self.site.record if isinstance(self.site.record, Call) else None


class Machine(Protocol):
    """The interpreter, as those see it who tell it what libraries do."""

    heap: Heap
    phase: str
    patience: int
    """How many times as many rounds of a loop are run one by one as for linting."""
    world: World
    memory: dict[Hashable, object]
    """What the world remembers of this run."""

    @property
    def traced(self) -> bool:
        """True inside traced code."""

    @property
    def now(self) -> int:
        """A number that grows as the program runs."""

    @property
    def function(self) -> Function | None:
        """The function whose code runs."""

    loose_writes: list[tuple[Value, str, Access]]
    """Attributes set of values that are not known: the value, the name, the writing."""
    loose_reads: list[tuple[Value, str, Access]]
    """Attributes read of values that are not known."""

    def call(self, callee: Value, arguments: Arguments, site: Site) -> Value:
        """Call a value."""

    def library(self, dotted: str, site: Site) -> Value:
        """What a library's dotted name means."""

    def run_unit(self, unit: Unit) -> ModuleObject:
        """Run a file from top to bottom, once."""

    def opened(self, holder: Object, name: str, value: Value) -> Value:
        """What a slot holds; an import in it is followed now."""

    def submodule(self, module: ModuleObject, name: str) -> Value | None:
        """A file of a package, as an attribute of the package; None if there is none."""

    def base_method(self, instance: Value, base: Value, name: str, site: Site) -> Value:
        """A method that an object has from a library (or unknown) base, bound to it."""

    def put_each(self, obj: Union, name: str, value: Value, site: Site, kind: str) -> None:
        """Set an attribute of one of several objects."""

    def is_running(self, function: Value) -> bool:
        """True if a function's code runs already."""

    def evaluate(self, expression: Expression, frame: Frame) -> Value:
        """The value of an expression."""

    def compare(self, symbol: str, left: Value, right: Value, site: Site) -> Value:
        """A comparison."""

    def binary(self, symbol: str, left: Value, right: Value, site: Site) -> Value:
        """An operator between two values."""

    def item(self, obj: Value, index: Value, site: Site) -> Value:
        """``obj[index]``."""

    def get_attribute(self, obj: Value, name: str, site: Site) -> Value:
        """Read an attribute."""

    def set_attribute(self, obj: Value, name: str, value: Value, site: Site, kind: str = "assign") -> None:
        """Set an attribute."""

    def method(self, obj: Value, name: str) -> Value | None:
        """A method that the project defines for an object; None if only a library does."""

    def iterate(self, value: Value, site: Site) -> tuple[tuple[Value, ...], Value | None]:
        """The items of a value: known ones, and what further ones can be."""

    def compute(
        self, op: str, operands: tuple[Value, ...], site: Site, options: Mapping[str, Value] | None = None
    ) -> Value:
        """The value of an operation."""

    def in_phase(self, phase: str) -> AbstractContextManager[None]:
        """Run the block in another phase of the program."""

    def copy(self, value: Value, site: Site) -> Value:
        """A shallow copy of what can change."""

    def escape(self, values: tuple[Value, ...]) -> None:
        """Nobody knows what happens to these values from here on."""


class Loader(Protocol):
    """Where the project's other files are."""

    def unit(self, dotted: str, by: Unit) -> Unit | None:
        """The file of an absolute module name as seen from ``by``; None for libraries and what is not there."""

    def absolute(self, dotted: str, by: Unit) -> str:
        """A relative name (leading dots) made absolute."""


class World(Protocol):
    """What the libraries do. A method that returns None leaves the interpreter to its own answer."""

    def is_library(self, dotted: str) -> bool:
        """True if a module name belongs to a library that is known, or to none of the project's at any rate."""

    def is_readable(self, dotted: str) -> bool:
        """True for a library's module whose code is read where it stands beside the file that imports it."""

    def canonical(self, dotted: str) -> str:
        """The one spelling of a library's dotted name."""

    def star(self, module: str, name: str, sure: bool = False) -> bool:
        """True if ``from module import *`` can be what binds ``name``; with ``sure``, if it is known to."""

    def member(self, machine: Machine, name: LibraryName, site: Site) -> Value | None:
        """A library's constant in place of its name: ``np.pi``."""

    def call(self, machine: Machine, callee: Value, arguments: Arguments, site: Site) -> Value:
        """What calling a library's name or object, a computed or an unknown value gives."""

    def call_instance(self, machine: Machine, instance: Instance, arguments: Arguments, site: Site) -> Value:
        """What calling an object of the project gives whose library base says what a call does."""

    def construct(self, machine: Machine, instance: Instance, base: Value, arguments: Arguments, site: Site) -> None:
        """A library base's constructor runs on an object of the project."""

    def made(self, machine: Machine, instance: Instance) -> None:
        """An object of the project has been made."""

    def attribute(self, machine: Machine, obj: Value, name: str, site: Site) -> Value | None:
        """An attribute that the project's own code does not define: of a library's object, a tensor, an instance."""

    def set_attribute(self, machine: Machine, obj: Value, name: str, value: Value, site: Site) -> None:
        """An attribute has been set."""

    def item(self, machine: Machine, obj: Value, index: Value, site: Site) -> Value | None:
        """``obj[index]`` of a value that is no sequence of the interpreter's."""

    def iterate(self, machine: Machine, obj: Value, site: Site) -> tuple[tuple[Value, ...], Value | None] | None:
        """What iterating gives: known items, and what further ones can be."""

    def enter(self, machine: Machine, context: Value, site: Site) -> Value | None:
        """What ``with context as x`` binds."""

    def operate(self, machine: Machine, op: str, operands: tuple[Value, ...], site: Site) -> Value | None:
        """What an operator gives on values that the interpreter can't compute."""

    def phase(self, function: FunctionValue, current: str) -> str:
        """In which phase a function's body runs that is called in ``current``."""

    def decorate(self, machine: Machine, decorator: Value, decorated: Value, site: Site) -> Value | None:
        """What a library's decorator makes of a function or class."""
