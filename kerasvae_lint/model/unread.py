"""Who gets hold of a variable that callbacks set, and who reads an attribute that they set: nobody, perhaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import is_model, kinds, kinds_of
from kerasvae_lint.keras.program import Program
from kerasvae_lint.keras.settings import Setting, words_of
from kerasvae_lint.keras.variables import is_variable
from kerasvae_lint.model.project import Surroundings
from kerasvae_lint.model.schedules import makes_loss
from kerasvae_lint.values.interpreter import TRACING
from kerasvae_lint.values.lattice import (
    Computed,
    FunctionValue,
    Instance,
    LibraryName,
    LibraryObject,
    Object,
    Site,
    Unknown,
    Value,
    leaves,
)
from kerasvae_lint.values.unit import Unit
from kerasvae_lint.values.world import CallEvent

_FETCHES = frozenset({"get_value", "numpy", "eval", "read_value", "value", "float", "int", "round", "item"})
_SHOWS = frozenset({"print", "str", "repr", "format", "write", "info", "debug", "log", "scalar", "isclose"})
_WRITES = frozenset({"set_value", "assign", "assign_add", "assign_sub", "update", "load"})
_COLLECTS = frozenset({"append", "extend", "insert", "fit", "fit_generator", "CallbackList"})
_MAX_IMPORTERS = 12


class Unread:
    """What a file's variables and attributes are read by, as far as anybody can get hold of them.

    Args:
        program: the file's program.
        unit: the file.
        around: its project; None keeps everything inside the file.
    """

    def __init__(self, program: Program, unit: Unit, around: Surroundings | None) -> None:
        self._machine = program.machine
        self._unit = unit
        self._around = around

    # variables ----------------------------------------------------------------------------------
    def is_kept_by_callbacks(self, variable: LibraryObject, handed: Iterable[Site] = ()) -> bool:
        """True if only host code gets hold of a variable, and does no more with it than to set and to show it.

        Args:
            variable: the variable; others made at the same place count as the same.
            handed: where callbacks are made of it whose class can't be seen.
        """
        made = variable.site.record if variable.site is not None else None
        if made is None:
            return False
        makers = {site.record for site in handed}
        said: set[r.Name | r.Attribute] = set()
        for record in self._holding(made):
            if not self._is_host_use(record, makers):
                return False
            if isinstance(record, (r.Name, r.Attribute)):
                said.add(record)
        return not self._flows_on(made, makers) and not self._may_be_said_elsewhere(made, said)

    def weighs_for_ever(self, variable: LibraryObject) -> r.Expression | None:
        """Where a loss is multiplied by a variable that its function keeps to itself, so that nobody can set it.

        None where anything else than a loss may get hold of the variable.
        """
        made = variable.site.record if variable.site is not None else None
        if made is None or r.function_of(made) is None or variable.writes:
            return None
        factor: r.Expression | None = None
        homes: set[tuple[str, r.Scope | None]] = set()
        for record in self._holding(made):
            if not self._stays_inside(record):
                return None
            if isinstance(record, r.Name):
                homes.add((record.id, r.home_of(record)))
                factor = factor or (record if self._is_factor(record) else None)
        if any(home is None or home.kind != "function" for _, home in homes):
            return None
        return None if self._is_said_by_dead_code(homes, set()) else factor

    def _stays_inside(self, record: r.Expression) -> bool:
        """True where a variable is only named, computed with, or given to a function that computes a loss."""
        parent = record.parent
        if isinstance(parent, r.Assign):
            return all(isinstance(target, r.Name) for target in parent.targets)
        if isinstance(parent, r.Binary):
            return True
        call = parent.parent if isinstance(parent, r.Argument) and not parent.star else None
        if not isinstance(call, r.Call):
            return False
        events = self._machine.calls.get(call, [])
        return bool(events) and all(self._only_computes(event, call) for event in events)

    @staticmethod
    def _only_computes(event: CallEvent, call: r.Call) -> bool:
        if isinstance(event.callee, FunctionValue):
            return True
        if isinstance(event.callee, LibraryName):
            return isinstance(event.result, Computed) and event.result.op not in _WRITES
        return _is_loss_call(call)

    def _is_factor(self, name: r.Name) -> bool:
        """True where a loss is multiplied by a name, or a function that can't be seen gets it to make the loss."""
        parent, function = name.parent, r.function_of(name)
        if isinstance(parent, r.Binary):
            return parent.operator == "*" and function is not None and makes_loss(function)
        call = parent.parent if isinstance(parent, r.Argument) else None
        events = self._machine.calls.get(call, []) if isinstance(call, r.Call) else []
        return any(isinstance(event.callee, Unknown) and _is_loss_call(event.call) for event in events)

    def _holding(self, made: r.Record) -> list[r.Expression]:
        """The expressions that are the variable made at a place, in some run of them."""
        return [
            record
            for record, seen in self._machine.values.seen.items()
            if isinstance(record, r.Expression) and any(_is_made(m, made) for v in seen for m in v.alternatives())
        ]

    def _is_host_use(self, record: r.Expression, makers: set[r.Record]) -> bool:
        function, owner = r.function_of(record), r.class_of(record)
        if function is not None and TRACING in self._machine.executed.get(function, ()):
            return False
        if owner is not None and not self._is_callback(owner):
            return False
        below: r.Record = record
        at = record.parent
        while at is not None and not isinstance(at, r.Statement):
            if isinstance(at, r.Formatted):
                return True
            if isinstance(at, r.Call):
                word = (words_of(at.func) or [""])[0]
                if word in _FETCHES | _SHOWS | _WRITES or at in makers:
                    return True
                return below is not at.func and self._makes_callback(at)
            if isinstance(at, r.Function):
                return False
            below, at = at, at.parent
        if isinstance(at, r.Assign):
            if record in at.targets:
                return True
            targets = all(isinstance(t, r.Name) or self._is_own_attribute(t) for t in at.targets)
            return below is at.value and record is at.value and targets
        return isinstance(at, r.ExpressionStatement) and record is below

    def _is_callback(self, owner: r.Class) -> bool:
        return any("callback" in kinds_of(cls) for cls in self._machine.classes if cls.cls is owner)

    def _makes_callback(self, call: r.Call) -> bool:
        made = self._machine.values.get(call)
        return made is not None and all("callback" in kinds(member) for member in made.alternatives())

    def _is_own_attribute(self, target: r.Expression) -> bool:
        """True for an attribute of a callback."""
        holder = self._machine.values.get(target.value) if isinstance(target, r.Attribute) else None
        return holder is not None and all("callback" in kinds(member) for member in holder.alternatives())

    def _flows_on(self, made: r.Record, makers: set[r.Record]) -> bool:
        """True if something that is computed from the variable is stored in an attribute, or given to a function."""
        for obj, value in self._stored():
            if not any(_is_made(m, made) for m in (*obj.alternatives(), *value.alternatives())):
                if _comes_from(value, made):
                    return True
        for event in self._machine.events:
            if (
                event.call is None
                or event.call in makers
                or not any(_comes_from(v, made) for v in event.arguments.all())
            ):
                continue
            if isinstance(event.callee, FunctionValue) or "callback" in kinds(event.result):
                continue
            word = (words_of(event.call.func) or [""])[0]
            if word in _WRITES and self._writes_other(event, made):
                return True
            if word not in _FETCHES | _SHOWS | _WRITES | _COLLECTS:
                return True
        return False

    def _writes_other(self, event: CallEvent, made: r.Record) -> bool:
        """True if a call sets something else to what comes from the variable."""
        assert event.call is not None
        func = event.call.func
        holder = func.value if isinstance(func, r.Attribute) and not isinstance(event.callee, LibraryName) else None
        given = list(event.arguments.all())
        target = self._machine.values.get(holder) if holder is not None else given[0]
        values = given if holder is not None else given[1:]
        own = target is not None and any(_is_made(member, made) for member in target.alternatives())
        return not own and any(_comes_from(value, made) for value in values)

    def _stored(self) -> Iterator[tuple[Value, Value]]:
        holders: list[Object] = [*self._machine.objects, *self._machine.modules.values()]
        for holder in holders:
            yield from ((holder, access.value) for accesses in holder.writes.values() for access in accesses)
        yield from ((obj, access.value) for obj, _, access in self._machine.loose_writes)

    # mentions -----------------------------------------------------------------------------------
    def _may_be_said_elsewhere(self, made: r.Record, said: set[r.Name | r.Attribute]) -> bool:
        """True if code that never ran, that asks an unknown object, or another file may mean the variable."""
        homes = {(name.id, r.home_of(name)) for name in said if isinstance(name, r.Name)}
        attributes = {record.attr for record in said if isinstance(record, r.Attribute)}
        attributes |= self._kept_as(made)
        words = {name for name, home in homes if home is not None and home.kind == "module"} | attributes
        return self._is_said_by_dead_code(homes, attributes) or self._is_said_by_importers(words)

    def _is_said_by_dead_code(self, homes: set[tuple[str, r.Scope | None]], attributes: set[str]) -> bool:
        """True if code that never ran says one of the names, or an unknown object is asked for an attribute."""
        for unit in self._units():
            for record in unit.module.walk():
                if isinstance(record, r.Name) and record not in self._machine.values.seen and not _is_bound(record):
                    if any(name == record.id and r.home_of(record) is home for name, home in homes):
                        return True
                if isinstance(record, r.Attribute) and record.attr in attributes and not _is_bound(record):
                    if self._asks_unknown(record):
                        return True
        return False

    def _kept_as(self, made: r.Record) -> set[str]:
        """The attributes of objects that hold the variable."""
        return {
            name
            for holder in self._machine.objects
            for name, accesses in holder.writes.items()
            if any(_is_made(member, made) for access in accesses for member in access.value.alternatives())
        }

    def _asks_unknown(self, record: r.Attribute) -> bool:
        """True for an attribute of something that nobody knows, or of code that never ran."""
        owner = self._machine.values.get(record.value)
        return owner is None or any(isinstance(m, (Unknown, Computed)) for m in owner.alternatives())

    def _units(self) -> list[Unit]:
        return list(dict.fromkeys((self._unit, *(module.unit for module in self._machine.modules.values()))))

    def _is_said_by_importers(self, words: set[str]) -> bool:
        """True if a file that imports this one says one of some words, or nobody can tell."""
        importers = self._around.importers(_MAX_IMPORTERS) if self._around is not None and words else []
        if importers is None:
            return True
        return any(_says(unit.module, words) for unit in importers if unit not in self._units())

    # attributes ---------------------------------------------------------------------------------
    def is_attribute_read(self, setting: Setting) -> bool:
        """True if somebody reads, or may read, the attribute that a hook sets; nobody can tell of unknown objects."""
        obj = setting.obj
        if isinstance(obj, Instance):
            return obj.cls.is_open or _has(obj, setting.attribute) or self._is_said(setting.attribute)
        return not (isinstance(obj, LibraryObject) and is_model(obj)) or self._is_said(setting.attribute)

    def _is_said(self, name: str) -> bool:
        for unit in self._units():
            if _says(unit.module, {name}, attributes_only=True):
                return True
        return self._is_said_by_importers({name})


def _has(obj: Instance, name: str) -> bool:
    """True if the class of an object has an attribute of a name itself, or answers to any."""
    found = [obj.cls.find(word) for word in (name, "__getattr__", "__getattribute__")]
    return any(pair is not None and pair[0] is not pair[1] for pair in found)


def _is_loss_call(call: r.Call | None) -> bool:
    """True for a call of something that is named a loss."""
    words = words_of(call.func) if call is not None else []
    return bool(words) and "loss" in words[0].lower()


def _is_made(value: Value, made: r.Record) -> bool:
    return is_variable(value) and value.site is not None and value.site.record is made


def _comes_from(value: Value, made: r.Record) -> bool:
    return any(_is_made(part, made) for part in leaves(value))


def _is_bound(record: r.Name | r.Attribute) -> bool:
    """True for the target of an assignment, which reads nothing."""
    at: r.Record | None = record.parent
    below: r.Record = record
    while isinstance(at, (r.Display, r.Starred)):
        below, at = at, at.parent
    return isinstance(at, r.Assign) and below in at.targets


def _says(code: r.Module, words: set[str], attributes_only: bool = False) -> bool:
    """True if code reads an attribute, imports something, or has a string of one of some names."""
    for record in code.walk():
        if isinstance(record, r.Attribute) and record.attr in words and not _is_bound(record):
            return True
        if isinstance(record, r.Constant) and record.value in words:
            return True
        if isinstance(record, r.Alias) and not attributes_only and record.target.rpartition(".")[2] in {*words, "*"}:
            return True
    return False
