"""Where traced code asks for the number in a variable that host code sets again and again while a model is trained."""

from __future__ import annotations

from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.program import Program
from kerasvae_lint.keras.repeating import method_of
from kerasvae_lint.keras.settings import words_of
from kerasvae_lint.keras.variables import is_same_variable, is_variable
from kerasvae_lint.keras.writing import WRITE_WORDS, Writing, Writings
from kerasvae_lint.model.calls import Call
from kerasvae_lint.model.project import MAX_FILES, Surroundings
from kerasvae_lint.values.interpreter import TRACING
from kerasvae_lint.values.lattice import LibraryName, Native, Parameter, Unknown, Value
from kerasvae_lint.values.unit import Unit
from kerasvae_lint.values.world import CallEvent


@dataclass(frozen=True, eq=False, slots=True)
class Fetched:
    """Traced code asks for the number in a variable that host code sets again and again.

    Attributes:
        call: ``K.get_value(variable)`` or ``variable.numpy()``.
        variable: the variable as it is written.
        writing: a place that sets it.
        is_method: True for ``numpy()``, which only an eager step can ask.
        is_known: True if the value is plainly a variable, or a parameter.
    """

    call: Call
    variable: r.Expression
    writing: Writing
    is_method: bool
    is_known: bool


def fetched(program: Program, unit: Unit, around: Surroundings | None) -> list[Fetched]:
    """The calls of a file that ask so, in source order."""
    machine = program.machine
    asking: list[tuple[CallEvent, Value, r.Expression, str]] = []
    for event in machine.events:
        asked = _asked_for(event) if event.site.unit is unit and event.phase == TRACING else None
        names = words_of(asked[1]) if asked is not None else []
        if (
            asked is not None
            and names
            and all(is_variable(v) or isinstance(v, Unknown) for v in asked[0].alternatives())
        ):
            asking.append((event, *asked, names[0]))
    for name in dict.fromkeys(name for _, _, _, name in asking) if around is not None else ():
        assert around is not None
        for other in around.search((name,), WRITE_WORDS)[:MAX_FILES]:
            program.include(other)
    writings = [writing for writing in Writings(machine).repeated if not writing.whole] if asking else []
    found: dict[r.Call, Fetched] = {}
    for event, value, record, name in asking:
        call = event.call
        writing = next((w for w in writings if _is_same_thing(value, name, w)), None)
        if call is not None and call not in found and writing is not None:
            is_known = any(is_variable(v) or isinstance(v, Parameter) for v in value.alternatives())
            is_method = not isinstance(event.callee, LibraryName)
            found[call] = Fetched(Call(call, unit, machine.calls.get(call, [])), record, writing, is_method, is_known)
    return sorted(found.values(), key=lambda one: one.call.start)


def _is_same_thing(value: Value, name: str, writing: Writing) -> bool:
    """True if a writing's target and a value are one variable, as far as values or (unknown) names tell."""
    mine = [member for member in value.alternatives() if is_variable(member)]
    theirs = [member for member in writing.obj.alternatives() if is_variable(member)]
    if mine and theirs:
        return any(is_same_variable(m, t) for m in mine for t in theirs)
    return words_of(writing.target)[:1] == [name] and not (mine and _is_all_known(writing.obj))


def _is_all_known(value: Value) -> bool:
    return not any(isinstance(member, Unknown) for member in value.alternatives())


def _asked_for(event: CallEvent) -> tuple[Value, r.Expression] | None:
    """The variable whose number a call asks for, with how it is written."""
    call = event.call
    if call is None:
        return None
    if isinstance(event.callee, LibraryName) and event.callee.name == "keras.backend.get_value":
        value = event.arguments.get(0, "x")
        return (value, call.arguments[0].value) if value is not None and call.arguments else None
    if not isinstance(call.func, r.Attribute) or call.func.attr != "numpy" or call.arguments:
        return None
    owner = event.callee.owner if isinstance(event.callee, Native) else method_of(event.callee)[0]
    return (owner, call.func.value) if owner is not None else None
