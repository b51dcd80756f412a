"""Numbers that callbacks were given along with a loss or a layer, and change in themselves alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.program import Program
from kerasvae_lint.keras.settings import words_of
from kerasvae_lint.keras.training import runs
from kerasvae_lint.model.changes import Change
from kerasvae_lint.model.classes import Class
from kerasvae_lint.model.mentions import is_own
from kerasvae_lint.values.interpreter import TRACING
from kerasvae_lint.values.lattice import Constant, Site, constant, held

_HARMLESS = frozenset(
    {
        *("print", "format", "min", "max", "float", "int", "round", "abs", "str", "clip", "minimum", "maximum", "exp"),
        *("info", "debug", "append", "write", "sqrt", "log", "log10", "cos", "tanh", "pow", "isclose", "scalar"),
    }
)


@dataclass(frozen=True, eq=False, slots=True)
class OwnCopy:
    """A callback's number that is changed there, while the loss goes on with the number that both were given.

    Attributes:
        cls: the callback's class.
        attribute: the attribute.
        changes: where its hooks set it, in source order.
        number: the number, as it is written where both got it.
        reads: where traced code reads it.
        weighs: where a ``compile`` takes it for a loss weight.
    """

    cls: Class
    attribute: str
    changes: list[Change]
    number: Site
    reads: list[Site]
    weighs: list[Site]


def own_copies(program: Program, changes: list[Change]) -> Iterator[OwnCopy]:
    """The numbers that callbacks change in themselves, each once."""
    found: dict[tuple[r.Class, str], list[Change]] = {}
    for change in changes:
        owner = change.owners[0]
        if len(change.owners) == 1 and "callback" in owner.cls.kinds and change.is_repeated and not owner.reads:
            found.setdefault((owner.cls.record, owner.attribute), []).append(change)
    for (_, attribute), mine in found.items():
        cls = mine[0].owners[0].cls
        given = _given(cls, attribute)
        if given is None or given.site is None or any(one.is_object or _is_literal(one) for one in mine):
            continue
        if _goes_elsewhere(cls, attribute):
            continue
        reads, weighs = list(_reads(program, given, attribute)), list(_weighs(program, given))
        if reads or weighs:
            yield OwnCopy(cls, attribute, mine, given.site, reads, weighs)


def _given(cls: Class, attribute: str) -> Constant | None:
    """The number that a callback is made with, written outside of its class; None for anything else."""
    made = [
        write.value
        for write in cls.attributes[attribute].writes
        if write.function is not None and write.function.name == "__init__"
    ]
    if len(made) != 1 or not isinstance(made[0], Constant) or made[0].assumed or made[0].site is None:
        return None
    number = made[0].value
    if not isinstance(number, (int, float)) or isinstance(number, bool):
        return None
    statement = r.statement_of(made[0].site.record)
    named = isinstance(statement, r.Assign) and r.class_of(statement) is None
    return made[0] if named else None


def _is_literal(change: Change) -> bool:
    """True for one written number, the same each time: no schedule."""
    statement = change.record.parent
    return isinstance(statement, r.Assign) and isinstance(statement.value, r.Constant)


def _goes_elsewhere(cls: Class, attribute: str) -> bool:
    """True if the class does anything with the number but change it, print it and compare it."""
    for record in cls.record.walk():
        if isinstance(record, r.Attribute) and record.attr == attribute and not _stays(record, attribute, 2):
            return True
    return False


def _stays(use: r.Expression, attribute: str, deep: int) -> bool:
    below: r.Record = use
    at = use.parent
    while at is not None and not isinstance(at, r.Statement):
        if isinstance(at, r.Call) and below is not at.func and words_of(at.func)[:1] != []:
            if words_of(at.func)[0] not in _HARMLESS:
                return False
        elif isinstance(at, (r.Lambda, r.Suspend)):
            return False
        below, at = at, at.parent
    if isinstance(at, r.Augmented):
        targets: tuple[r.Expression, ...] = (at.target,)
    elif isinstance(at, r.Assign):
        targets = at.targets
    else:
        return not isinstance(at, r.Return)
    return all(_is_kept(target, attribute, deep) for target in targets)


def _is_kept(target: r.Expression, attribute: str, deep: int) -> bool:
    """True if a number that is assigned stays with the callback: in the attribute, the logs, or a local name."""
    if isinstance(target, r.Attribute):
        return is_own(target) and target.attr == attribute
    if isinstance(target, r.Subscript):
        return words_of(target)[:1] == ["logs"]
    function = r.function_of(target)
    if not isinstance(target, r.Name) or function is None or not deep:
        return False
    uses = (record for record in function.walk() if isinstance(record, r.Name) and record.id == target.id)
    return all(use is target or _is_target(use) or _stays(use, attribute, deep - 1) for use in uses)


def _is_target(use: r.Name) -> bool:
    return isinstance(use.parent, r.Assign) and use in use.parent.targets


def _reads(program: Program, given: Constant, attribute: str) -> Iterator[Site]:
    """Where traced code reads that very number, and never another one."""
    machine = program.machine
    for record, seen in machine.values.seen.items():
        function = r.function_of(record)
        if not isinstance(record, (r.Name, r.Attribute)) or function is None:
            continue
        if TRACING not in machine.executed.get(function, ()) or not seen:
            continue
        if all(value is given for value in seen) and _is_meant(given, words_of(record)[:1], attribute):
            made = machine.made.get(function)
            if made is not None:
                yield Site(made.unit, record)


def _is_meant(given: Constant, words: list[str], attribute: str) -> bool:
    """True for a fraction, or a name that says the same: a whole number may be given to two for two reasons."""
    return isinstance(constant(given), float) or words == [attribute]


def _weighs(program: Program, given: Constant) -> Iterator[Site]:
    for run in runs(program.machine):
        weights = run.arguments.get("loss_weights")
        if run.method == "compile" and weights is not None and any(part is given for part in held(weights)):
            yield run.site


__all__ = ["OwnCopy", "own_copies"]
