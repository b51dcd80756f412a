"""What host code sets while a compiled step goes on, and that step reads: attributes of layers and models, globals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import is_text, kinds_of
from kerasvae_lint.keras.methods import name_of
from kerasvae_lint.keras.program import Program
from kerasvae_lint.keras.repeating import Repeated
from kerasvae_lint.keras.scalars import is_plain_number
from kerasvae_lint.keras.settings import words_of
from kerasvae_lint.keras.training import TRAINS, runs
from kerasvae_lint.keras.variables import is_same_variable, is_variable
from kerasvae_lint.model.classes import Class
from kerasvae_lint.model.project import MAX_FILES, Surroundings
from kerasvae_lint.values.interpreter import HOST, TRACING
from kerasvae_lint.values.lattice import (
    Access,
    Computed,
    Constant,
    FunctionValue,
    Instance,
    LibraryObject,
    Object,
    Property,
    Site,
    Tuple,
    Unknown,
    Value,
    constant,
    held,
    is_none,
    join,
)
from kerasvae_lint.values.unit import Unit

_KERAS_OWN = frozenset({"trainable", "_trainable", "stop_training", "optimizer", "learning_rate", "lr", "history"})
_MAKES = frozenset({"__init__", "build", "__new__", "compile"})
_HOLDERS = frozenset({"layer", "model", "module", "loss"})
_NO_LAYERS = frozenset({"history", "params", "plt"})
_ASK_FOR_TYPE = frozenset({"isinstance", "hasattr", "callable", "type", "is_tensor", "is_variable"})
_CALLBACK_WORDS = frozenset({"Callback", "LambdaCallback", "callbacks"})
"""A file that has a callback holds one of these words."""


@dataclass(frozen=True, eq=False, slots=True)
class Owner:
    """One class whose objects' attribute a change sets.

    Attributes:
        cls: the class, of this file or another one.
        attribute: the attribute; behind a property, the one that its setter sets.
        made: what the class itself makes of it, None left out.
        reads: where traced code reads it; of a callback's variable where traced code reads that.
    """

    cls: Class
    attribute: str
    made: list[Value]
    reads: list[Site]

    @property
    def variables(self) -> list[LibraryObject]:
        """The variables among what the class makes of it."""
        return [v for v in self.made if isinstance(v, LibraryObject) and is_variable(v)]

    @property
    def is_variable(self) -> bool:
        """True if the class makes it a variable, and plainly nothing else."""
        return bool(self.variables) and not any(isinstance(value, Constant) for value in self.made)

    @property
    def is_python(self) -> bool:
        """True if the class makes it a number (or flag) of Python's own, or of what it is given."""
        if self.variables or any(isinstance(constant(value), str) for value in self.made):
            return False
        if any(isinstance(constant(value), (int, float)) for value in self.made):
            return True
        return bool(self.made) and all(is_plain_number(value) for value in self.made)


@dataclass(frozen=True, eq=False, slots=True)
class Change:
    """Host code sets an attribute or a global while a compiled step goes on.

    Attributes:
        record: the place: an attribute or name that is assigned, a call of ``setattr``.
        access: the writing.
        value: what it is set to, in any run.
        owners: the classes that are meant; none for a global.
        reads: of a global where traced code reads it.
        is_repeated: True if it happens again and again, False for what stands between two trainings.
    """

    record: r.Expression
    access: Access
    value: Value
    owners: list[Owner]
    is_repeated: bool = True
    reads: tuple[Site, ...] = ()

    @property
    def is_constant(self) -> bool:
        """True if it always sets the same number or text, whatever was there."""
        return isinstance(self.value, Constant) and not self.value.assumed and self.access.kind != "augmented"

    @property
    def is_switch(self) -> bool:
        """True where one place sets True and False: a mode that is turned on for some calls, and off again."""
        return {constant(member) for member in self.value.alternatives()} == {True, False}

    @property
    def is_object(self) -> bool:
        """True where it sets what no variable can hold: a text, a layer, a list, a function."""
        return is_text(self.value) or any(
            isinstance(member, (Object, Tuple, FunctionValue)) and not is_variable(member)
            for member in self.value.alternatives()
        )

    @property
    def precedes_every_step(self) -> bool:
        """True for a constant that a hook sets before every step: the first trace has it already."""
        function = self.access.function
        if not self.is_constant or function is None or not function.name.endswith("_begin"):
            return False
        at = self.record.parent
        while at is not None and at is not function:
            if isinstance(at, (r.If, r.While, r.Try)):
                return False
            at = at.parent
        return True

    @property
    def asks_for_type(self) -> bool:
        """True if the code around it asks what kind of value is there."""
        function, names = self.access.function, {self.word}
        for record in function.walk() if function is not None else ():
            if isinstance(record, r.Assign) and isinstance(record.value, r.Attribute) and record.value.attr in names:
                names |= {target.id for target in record.targets if isinstance(target, r.Name)}
        for record in function.walk() if function is not None else ():
            if isinstance(record, r.Call) and record.arguments and _word(record.func) in _ASK_FOR_TYPE:
                if _word(record.arguments[0].value) in names:
                    return True
        return False

    @property
    def word(self) -> str:
        """The attribute's or global's name as it is written."""
        if isinstance(self.record, r.Attribute):
            return self.record.attr
        if isinstance(self.record, r.Name):
            return self.record.id
        return self.owners[0].attribute if self.owners else ""

    @property
    def keeps_variable(self) -> bool:
        """True where the new value is the variable itself: ``self.beta = self.beta.assign(…)``."""
        old = [variable for owner in self.owners for variable in owner.variables]
        return any(is_same_variable(member, variable) for member in self.value.alternatives() for variable in old)


def _word(expression: r.Expression) -> str:
    return (words_of(expression) or [""])[0]


class Changes:
    """What host code of one file sets while a compiled step goes on.

    Args:
        program: the file's program.
        unit: the file.
        around: its project; None keeps everything inside the file.
    """

    def __init__(self, program: Program, unit: Unit, around: Surroundings | None) -> None:
        self._program = program
        self._machine = program.machine
        self._unit = unit
        self._around = around
        self._searched: set[tuple[str, ...]] = set()
        self._answers: tuple[int, Repeated] | None = None

    # attributes ---------------------------------------------------------------------------------
    @cached_property
    def attributes(self) -> list[Change]:
        """The attributes that it sets, whatever object they are of, in source order."""
        found = [*self._plain_changes(), *self._changes_by_property()]
        return sorted(found, key=lambda change: change.record.start)

    def _plain_changes(self) -> Iterator[Change]:
        setters = self._setters
        for record, writes in self._written.items():
            access, name = writes[0][1], writes[0][2]
            function = access.function
            if function in setters or (function is not None and function.name in _MAKES):
                continue
            is_repeated = self._repeated.holds(record, function) or self._is_called_elsewhere(record, writes)
            if is_repeated or self._stands_between(writes[0][0], access):
                owners = self._owners(record, name, [obj for obj, _, _ in writes])
                if owners:
                    yield Change(record, access, join(*(one.value for _, one, _ in writes)), owners, is_repeated)

    @cached_property
    def _written(self) -> dict[r.Expression, list[tuple[Value, Access, str]]]:
        """The places of the file that set an attribute on the host, with what they set it of."""
        found: dict[r.Expression, list[tuple[Value, Access, str]]] = {}
        for obj, name, access in self._writes():
            record = access.site.record
            if access.site.unit is self._unit and access.phase == HOST and isinstance(record, r.Expression):
                if access.kind != "delete" and name not in _KERAS_OWN and not name.startswith("__"):
                    found.setdefault(record, []).append((obj, access, name))
        return found

    def _writes(self) -> Iterator[tuple[Value, str, Access]]:
        for obj in self._machine.objects:
            yield from ((obj, name, access) for name, accesses in obj.writes.items() for access in accesses)
        yield from self._machine.loose_writes

    def _changes_by_property(self) -> Iterator[Change]:
        """``x.beta = v`` where ``beta`` is a property whose setter sets something else."""
        found: dict[r.Expression, tuple[Access, list[Value], list[Value], str]] = {}
        for setter in self._setters:
            inside = [one for one in self._writes() if one[2].function is setter and one[2].phase == HOST]
            for event in self._repeated.callers.get(setter, ()):
                record = event.site.record
                if not inside or event.site.unit is not self._unit or event.phase != HOST:
                    continue
                if isinstance(record, r.Expression) and self._repeated.holds(record, event.function):
                    access = Access(event.site, HOST, inside[0][2].value, event.order, event.function, "assign")
                    one = found.setdefault(record, (access, [], [], inside[0][1]))
                    one[1].append(event.arguments.positional[-1])
                    one[2].extend(
                        obj for obj, name, _ in inside if name == one[3] and obj in event.arguments.positional
                    )
        for record, (access, values, objects, name) in found.items():
            owners = self._owners(record, name, objects)
            if owners:
                yield Change(record, access, join(*values), owners)

    @cached_property
    def _setters(self) -> frozenset[r.Function]:
        values = (value for cls in self._machine.classes for value in cls.slots.values() if isinstance(value, Property))
        return frozenset(v.setter.function for v in values if isinstance(v.setter, FunctionValue))

    # when ---------------------------------------------------------------------------------------
    @property
    def _repeated(self) -> Repeated:
        """Made anew whenever another file has been run."""
        count = len(self._machine.events)
        if self._answers is None or self._answers[0] != count:
            self._answers = count, Repeated(self._machine, compiled=True)
        return self._answers[1]

    def _is_called_elsewhere(self, record: r.Expression, writes: list[tuple[Value, Access, str]]) -> bool:
        """True if a callback of another file calls the method around a place (``model.set_beta(…)``)."""
        method, access, name = r.method_of(record), writes[0][1], writes[0][2]
        if method is None or method.name.startswith("__") or self._around is None:
            return False
        known = [obj for obj, _, _ in writes if isinstance(obj, Instance) and kinds_of(obj.cls) & _HOLDERS]
        owners = self._owners(record, name, list(known)) if any(_traced(obj, name) for obj in known) else []
        if not any(owner.is_python or owner.is_variable for owner in owners):
            return False
        found = self._include(f".{method.name}(", one_of=_CALLBACK_WORDS)
        return found and self._repeated.holds(record, access.function)

    def _stands_between(self, obj: Value, access: Access) -> bool:
        """True if an object is trained before and after a place, and not compiled in between."""
        record = access.site.record
        holder = record.value if isinstance(record, r.Attribute) else None
        if r.class_of(record) is not None or not isinstance(holder, r.Name):
            return False
        mine = [run for run in runs(self._machine) if run.model is obj and run.method in TRAINS | {"compile"}]
        before = [run.method for run in mine if run.order < access.order]
        after = [run.method for run in mine if run.order > access.order]
        return bool(before and after) and before[-1] in TRAINS and after[0] in TRAINS

    # whose --------------------------------------------------------------------------------------
    def _owners(self, record: r.Expression, name: str, objects: list[Value]) -> list[Owner]:
        known = [obj for obj in objects if isinstance(obj, Instance)]
        if not known and all(_may_be_layer(obj) for obj in objects):
            known = self._named(record, name)
            if not known and self._include(name):
                known = self._named(record, name)
        classes = list(dict.fromkeys(obj.cls for obj in known))
        last = [cls for cls in classes if not any(cls is not other and other.is_subclass(cls) for other in classes)]
        found = (self._owner(Class(self._program, cls), name, record) for cls in last if cls.cls is not None)
        return [owner for owner in found if owner is not None]

    def _named(self, record: r.Expression, name: str) -> list[Instance]:
        """The objects of which traced code reads an attribute of a name, where nobody knows which one is meant."""
        holder = record.value if isinstance(record, r.Attribute) else None
        if isinstance(record, r.Call) and record.arguments:
            holder = record.arguments[0].value
        words = words_of(holder) if holder is not None else []
        if any("optimizer" in word or word in _NO_LAYERS for word in words):
            return []
        found = [obj for obj in self._machine.objects if kinds_of(obj.cls) & _HOLDERS and _traced(obj, name)]
        wanted = _layer_name(holder)
        named = [obj for obj in self._machine.objects if wanted is not None and name_of(obj) == wanted]
        return [obj for obj in found if not named or any(obj.cls.is_subclass(other.cls) for other in named)]

    def _owner(self, cls: Class, name: str, record: r.Expression) -> Owner | None:
        attribute = cls.attributes.get(name)
        default = cls.value.find(name)
        if attribute is None:
            return None
        own = {one.cls for obj in cls.instances for one in obj.cls.classes()}
        made = [
            member
            for write in attribute.writes
            if write.site.record is not record and write.kind == "assign" and r.class_of(write.site.record) in own
            for member in write.value.alternatives()
        ]
        if default is not None and default[0] is not default[1]:
            made += default[0].alternatives()
        reads = [read.site for read in attribute.reads if read.phase == TRACING]
        found = Owner(cls, name, [value for value in made if not is_none(value)], reads)
        if "callback" in cls.kinds and found.is_variable:
            reads = [site for variable in found.variables for site in self._reads_of(variable)]
            return Owner(cls, name, found.made, reads)
        return found

    def _reads_of(self, variable: LibraryObject) -> Iterator[Site]:
        """Where traced code reads a variable, and where a ``compile`` weighs losses with it."""
        for record, seen in self._machine.values.seen.items():
            function = r.function_of(record)
            if isinstance(record, (r.Name, r.Attribute)) and function is not None:
                if TRACING in self._machine.executed.get(function, ()):
                    if any(member is variable for value in seen for member in value.alternatives()):
                        made = self._machine.made.get(function)
                        if made is not None:
                            yield Site(made.unit, record)
        for run in runs(self._machine):
            given = run.arguments.get("loss_weights")
            if given is not None and any(part is variable for part in held(given)):
                yield run.site

    def _include(self, word: str, one_of: frozenset[str] = frozenset()) -> bool:
        """Run the project's other files that hold a word; False if there is none that was not run for it before."""
        if self._around is None or (word, *one_of) in self._searched:
            return False
        self._searched.add((word, *one_of))
        units = self._around.search((word,), one_of)[:MAX_FILES]
        for unit in units:
            self._program.include(unit)
        return bool(units)

    # globals ------------------------------------------------------------------------------------
    @cached_property
    def globals(self) -> list[Change]:
        """The numbers among the file's globals that hooks set, in source order."""
        module = self._program.module
        found: dict[r.Expression, Change] = {}
        for name, accesses in module.writes.items():
            first = self._first_values(name)
            reads = [read.site for read in module.reads.get(name, ()) if read.phase == TRACING]
            if not reads or not first or not any(isinstance(constant(v), (int, float)) for v in first):
                continue
            for access in accesses:
                record = access.site.record
                if isinstance(record, r.Expression) and access.phase == HOST and self._is_in_hook(access):
                    found.setdefault(record, Change(record, access, access.value, [], True, tuple(reads)))
        return sorted(found.values(), key=lambda change: change.record.start)

    def _first_values(self, name: str) -> list[Value]:
        """What the file itself sets a global to, where it is run from top to bottom."""
        found: list[Value] = []
        for record in self._unit.module.walk():
            if isinstance(record, r.Assign) and r.function_of(record) is None and r.class_of(record) is None:
                if any(isinstance(target, r.Name) and target.id == name for target in record.targets):
                    value = self._machine.values.get(record.value)
                    found += value.alternatives() if value is not None else ()
        return found

    def _is_in_hook(self, access: Access) -> bool:
        at = access.function
        while at is not None:
            if at in self._repeated.hooks:
                return True
            at = r.function_of(at)
        return access.function is not None and self._repeated.holds(access.function, access.function)


def _traced(obj: Instance, name: str) -> list[Access]:
    """Where traced code reads an attribute that an object has."""
    if not obj.writes.get(name) and obj.cls.find(name) is None:
        return []
    return [read for read in obj.reads.get(name, ()) if read.phase == TRACING]


def _may_be_layer(obj: Value) -> bool:
    """True for what nobody knows: an unknown object, what its methods give."""
    return isinstance(obj, Unknown) or (isinstance(obj, Computed) and obj.kind == "any")


def _layer_name(holder: r.Expression | None) -> str | None:
    """``kl`` of ``model.get_layer("kl")``."""
    if not isinstance(holder, r.Call) or not isinstance(holder.func, r.Attribute) or holder.func.attr != "get_layer":
        return None
    first = holder.arguments[0].value if holder.arguments else None
    return first.value if isinstance(first, r.Constant) and isinstance(first.value, str) else None
