"""Who writes a variable, and who does it again and again while a model is trained."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.repeating import Repeated, method_of
from kerasvae_lint.keras.variables import WRITERS
from kerasvae_lint.library import lookup
from kerasvae_lint.values.interpreter import HOST, Interpreter
from kerasvae_lint.values.lattice import LibraryName, Native, Site, Value
from kerasvae_lint.values.world import CallEvent

WRITE_WORDS = frozenset({"set_value", "update_add", "assign", "assign_add", "assign_sub", "set_weights"})
"""A file that writes a variable holds one of these words."""
_FUNCTIONS = frozenset({"set_value", "update", "update_add", "update_sub", "assign", "assign_add", "assign_sub"})
_METHODS = frozenset({"assign", "assign_add", "assign_sub"})


@dataclass(frozen=True, eq=False, slots=True)
class Writing:
    """One place where host code writes a variable, in one run of it.

    Attributes:
        site: the call.
        target: what is written, as it is written; of ``set_weights`` the layer.
        obj: what the target is.
        value: what is written; None where that is not all of it (an increment, a list of weights).
        function: the function whose code it is; None at module level.
        whole: True for ``set_weights``, which writes every variable of a layer.
    """

    site: Site
    target: r.Expression
    obj: Value
    value: Value | None
    function: r.Function | None
    whole: bool


class Writings:
    """What host code writes, and which of it a training does again and again.

    Args:
        machine: the interpreter, after it ran; ask anew once it has run another file.
    """

    def __init__(self, machine: Interpreter) -> None:
        self._machine = machine

    @cached_property
    def every(self) -> list[Writing]:
        """Everything that host code writes, in order of the program."""
        found = (written(event) for event in self._machine.events if event.phase == HOST)
        return [writing for writing in found if writing is not None]

    @cached_property
    def repeated(self) -> list[Writing]:
        """What a training writes again and again."""
        repeated = Repeated(self._machine)
        return [writing for writing in self.every if repeated.holds(writing.site.record, writing.function)]


def written(event: CallEvent) -> Writing | None:
    """What a call writes: ``assign``, ``set_value`` and their like; None for one that writes no variable."""
    call, arguments = event.call, event.arguments
    if call is None:
        return None
    if isinstance(event.callee, LibraryName):
        entry = lookup(event.callee.name)
        obj = arguments.get(0, "x", "ref")
        if entry is None or entry.operation not in _FUNCTIONS or obj is None or not call.arguments:
            return None
        target = next((a.value for a in call.arguments if a.name in {"x", "ref"}), call.arguments[0].value)
        given = arguments.get(1, "value", "new_x") if entry.operation in {"set_value", "update", "assign"} else None
        return Writing(event.site, target, obj, given, event.function, False)
    if not isinstance(call.func, r.Attribute):
        return None
    if isinstance(event.callee, Native) and event.callee.name in WRITERS | {"set_weights"}:
        owner, name = event.callee.owner, event.callee.name
    else:
        owner, name = method_of(event.callee)
        if name not in _METHODS:
            return None
    if owner is None:
        return None
    given = arguments.get(0, "value") if name in {"assign", "load"} else None
    return Writing(event.site, call.func.value, owner, given, event.function, name == "set_weights")
