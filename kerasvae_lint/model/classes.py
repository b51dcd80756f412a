"""A class as a rule sees it: its kinds, its objects, what its attributes hold in which phase."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cached_property

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.configs import Config, config_of, reads_its_config
from kerasvae_lint.keras.kinds import kinds_of
from kerasvae_lint.keras.program import Program
from kerasvae_lint.values.interpreter import TRACING
from kerasvae_lint.values.lattice import (
    Access,
    Builtin,
    ClassValue,
    FunctionValue,
    Instance,
    LibraryName,
    Value,
    join,
)
from kerasvae_lint.values.unit import Unit


class Attribute:
    """What an attribute of a class's objects goes through.

    Attributes:
        name: its name.
        writes: every place that sets it, each once, in order of the program.
        reads: every place that reads it, each once.
    """

    def __init__(self, name: str, writes: list[Access], reads: list[Access]) -> None:
        self.name = name
        self.writes = writes
        self.reads = reads

    @property
    def value(self) -> Value | None:
        """What it can hold; None if nobody sets it."""
        return join(*(access.value for access in self.writes)) if self.writes else None

    def written_in(self, phase: str) -> list[Access]:
        """The places that set it in a phase."""
        return [access for access in self.writes if access.phase == phase]

    def read_in(self, phase: str) -> list[Access]:
        """The places that read it in a phase."""
        return [access for access in self.reads if access.phase == phase]

    @property
    def is_traced(self) -> bool:
        """True if traced code reads it."""
        return any(access.phase == TRACING for access in self.reads)


class Class:
    """A class of the file.

    Attributes:
        value: the class as the interpreter made it.
        record: its code.
        unit: the file.
    """

    def __init__(self, program: Program, value: ClassValue) -> None:
        assert value.cls is not None
        assert value.unit is not None
        self._program = program
        self.value = value
        self.record: r.Class = value.cls
        self.unit: Unit = value.unit

    @property
    def name(self) -> str:
        """Its name."""
        return self.value.name

    @cached_property
    def kinds(self) -> frozenset[str]:
        """What it is in Keras: ``layer``, ``model``, ``callback``, …; nothing for a plain class."""
        return kinds_of(self.value)

    @property
    def is_layer(self) -> bool:
        """True for layers and models."""
        return bool(self.kinds & {"layer", "model"})

    @cached_property
    def instances(self) -> list[Instance]:
        """Its objects and those of its subclasses; one that stands for all where nobody in sight makes any."""
        return [obj for obj in self._program.machine.objects if obj.cls.is_subclass(self.value)]

    @cached_property
    def keys(self) -> frozenset[Hashable]:
        """The keys of its objects: a value that has one of them is ``self``."""
        return frozenset(obj.key for obj in self.instances)

    @cached_property
    def attributes(self) -> dict[str, Attribute]:
        """Every attribute of its objects that somebody sets or reads, by name."""
        names: dict[str, None] = {}
        for obj in self.instances:
            names.update(dict.fromkeys((*obj.writes, *obj.reads)))
        return {name: self._attribute(name) for name in names}

    def _attribute(self, name: str) -> Attribute:
        writes = _merged(access for obj in self.instances for access in obj.writes.get(name, ()))
        reads = _merged(access for obj in self.instances for access in obj.reads.get(name, ()))
        return Attribute(name, writes, reads)

    def method(self, name: str) -> FunctionValue | None:
        """The method that its objects have under a name: its own or a base's of the project."""
        found = self.value.find(name)
        return found[0] if found is not None and isinstance(found[0], FunctionValue) else None

    @cached_property
    def config(self) -> Config | None:
        """What its ``get_config`` gives; None if the project defines none for it, or if that can't be told."""
        return config_of(self._program.machine.values, self.value)

    @property
    def reads_its_config(self) -> bool:
        """True if a ``from_config`` of the project does more than hand the config to the constructor."""
        return reads_its_config(self.value)

    @property
    def is_functional(self) -> bool:
        """True if its objects are made as functional models, from inputs and outputs."""
        return any({"inputs", "outputs"} & given.keys() for obj in self.instances for given in obj.arguments.values())

    @property
    def units(self) -> list[Unit]:
        """The files that it and its bases stand in."""
        return list(dict.fromkeys(cls.unit for cls in self.value.classes() if cls.unit is not None))

    def is_made_of(self, prefix: str) -> bool:
        """True if every base outside the project is a library's of that prefix, or only abstract."""
        plain = ("object", "abc.ABC", "ABC", "Generic")
        for base in self.value.mro():
            name = base.name if isinstance(base, (LibraryName, Builtin)) else ""
            if not isinstance(base, ClassValue) and name not in plain and not name.startswith(prefix):
                return False
        return True

    def inherits(self, name: str) -> bool:
        """True if a base of the project defines an attribute of that name."""
        return any(name in cls.slots for cls in self.value.classes() if cls is not self.value)

    @property
    def has_project_base(self) -> bool:
        """True if it is made from another class of the project."""
        return sum(1 for _ in self.value.classes()) > 1

    @cached_property
    def super_init(self) -> r.Statement | None:
        """The statement of its ``__init__`` that calls ``super().__init__``."""
        init = self.record.methods.get("__init__")
        for record in init.walk() if init is not None else ():
            if isinstance(record, r.Call) and isinstance(record.func, r.Attribute) and record.func.attr == "__init__":
                inner = record.func.value
                if isinstance(inner, r.Call) and isinstance(inner.func, r.Name) and inner.func.id == "super":
                    return r.statement_of(record)
        return None

    def functions(self) -> Iterator[r.Function]:
        """The functions that its own body defines."""
        yield from self.record.methods.values()


def _merged(accesses: Iterator[Access]) -> list[Access]:
    """Accesses at the same place and phase as one, with the values of all."""
    found: dict[tuple[int, str, str], Access] = {}
    for access in accesses:
        place = (id(access.site.record), access.phase, access.kind)
        old = found.get(place)
        if old is None:
            found[place] = access
        elif old.value is not access.value:
            found[place] = Access(
                old.site, old.phase, join(old.value, access.value), old.order, old.function, old.kind, old.old
            )
    return sorted(found.values(), key=lambda access: access.order)
