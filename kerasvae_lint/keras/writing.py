"""Who writes a variable again and again while a model is trained: hooks, loops that train, and what they call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import kinds_of
from kerasvae_lint.keras.training import TRAINS
from kerasvae_lint.keras.variables import WRITERS
from kerasvae_lint.library import lookup
from kerasvae_lint.values.interpreter import HOST, Interpreter
from kerasvae_lint.values.lattice import (
    Computed,
    FunctionValue,
    LibraryName,
    LibraryObject,
    Native,
    Site,
    Unknown,
    Value,
    constant,
)
from kerasvae_lint.values.world import CallEvent

MAX_CALLS = 5
"""Over how many calls a write is followed to the hook or loop that it belongs to."""
WRITE_WORDS = frozenset({"set_value", "update_add", "assign", "assign_add", "assign_sub", "set_weights"})
"""A file that writes a variable holds one of these words."""
_FUNCTIONS = frozenset({"set_value", "update", "update_add", "update_sub", "assign", "assign_add", "assign_sub"})
_METHODS = frozenset({"assign", "assign_add", "assign_sub"})
_TRAINERS = TRAINS | {"train_step", "apply_gradients", "minimize", "run"}
_ONCE = ("train_begin", "train_end", "test", "predict")
_GIVEN_FUNCTIONS = frozenset({"keras.callbacks.LambdaCallback", "keras.callbacks.LearningRateScheduler"})


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
        self._training: dict[r.Function, bool] = {}

    @cached_property
    def every(self) -> list[Writing]:
        """Everything that host code writes, in order of the program."""
        found = (written(event) for event in self._machine.events if event.phase == HOST)
        return [writing for writing in found if writing is not None]

    @cached_property
    def repeated(self) -> list[Writing]:
        """What a training writes again and again."""
        return [writing for writing in self.every if self._is_repeated(writing.site.record, writing.function)]

    def _is_repeated(self, place: r.Record, function: r.Function | None, deep: int = MAX_CALLS) -> bool:
        """True for a place that a hook or a loop around it, or around a call that leads to it, comes by."""
        if self._is_in_training_loop(place):
            return True
        at = function
        while at is not None:
            if at in self._hooks:
                return True
            if deep and any(self._is_repeated(e.site.record, e.function, deep - 1) for e in self._calls_of(at)):
                return True
            at = r.function_of(at)
        return False

    @cached_property
    def _hooks(self) -> frozenset[r.Function]:
        """The functions that Keras calls at every epoch or batch of a training."""
        found: set[r.Function] = set()
        for cls in self._machine.classes:
            if cls.cls is not None and "callback" in kinds_of(cls):
                found |= {method for name, method in cls.cls.methods.items() if _is_hook(name)}
        for event in self._machine.events:
            for made in event.result.alternatives():
                if isinstance(made, LibraryObject) and made.name in _GIVEN_FUNCTIONS:
                    for name, given in made.arguments.items():
                        if _is_hook(name) or name == "schedule":
                            found |= {m.function for m in given.alternatives() if isinstance(m, FunctionValue)}
        return frozenset(found)

    # calls --------------------------------------------------------------------------------------
    def _calls_of(self, function: r.Function) -> Iterator[CallEvent]:
        """The calls of a function from elsewhere; of a method also by its name, of an object that nobody knows."""
        for event in self._callers.get(function, ()):
            if event.function is not function:
                yield event
        if function.owner is not None and self._owners.get(function.name) == 1:
            yield from self._unknown_calls.get(function.name, ())

    @cached_property
    def _callers(self) -> dict[r.Function, list[CallEvent]]:
        found: dict[r.Function, list[CallEvent]] = {}
        for event in self._machine.events:
            if isinstance(event.callee, FunctionValue) and event.call is not None:
                found.setdefault(event.callee.function, []).append(event)
        return found

    @cached_property
    def _unknown_calls(self) -> dict[str, list[CallEvent]]:
        found: dict[str, list[CallEvent]] = {}
        for event in self._machine.events:
            owner, name = _method_of(event.callee)
            if owner is not None and name:
                found.setdefault(name, []).append(event)
        return found

    @cached_property
    def _owners(self) -> dict[str, int]:
        """How many classes have a method of a name."""
        found: dict[str, int] = {}
        for cls in {value.cls for value in self._machine.classes if value.cls is not None}:
            for name in cls.methods:
                found[name] = found.get(name, 0) + 1
        return found

    # loops --------------------------------------------------------------------------------------
    def _is_in_training_loop(self, place: r.Record) -> bool:
        at = place.parent
        while at is not None and not isinstance(at, r.Function):
            if isinstance(at, (r.For, r.While)) and self._trains(at):
                return True
            at = at.parent
        return False

    def _trains(self, code: r.Record, deep: int = 3) -> bool:
        """True if code trains a model: itself, or in a function of the project that it calls."""
        calls = [record for record in code.walk() if isinstance(record, r.Call)]
        if any(isinstance(call.func, r.Attribute) and call.func.attr in _TRAINERS for call in calls):
            return True
        called = {e.callee.function for c in calls for e in self._events_at(c) if isinstance(e.callee, FunctionValue)}
        return deep > 0 and any(self._function_trains(function, deep - 1) for function in called)

    def _events_at(self, call: r.Call) -> list[CallEvent]:
        return self._machine.calls.get(call, [])

    def _function_trains(self, function: r.Function, deep: int) -> bool:
        if function not in self._training:
            self._training[function] = False  # while it is asked: a function that calls itself
            self._training[function] = self._trains(function, deep)
        return self._training[function]


def _is_hook(name: str) -> bool:
    return name.startswith("on_") and not any(word in name for word in _ONCE)


def _method_of(callee: Value) -> tuple[Value | None, str]:
    """The object and the name of a method of something that nobody knows."""
    if isinstance(callee, Unknown):
        return callee.base, callee.name
    if isinstance(callee, Computed) and callee.op == "attribute":
        name = constant(callee.options["name"])
        return callee.operands[0], name if isinstance(name, str) else ""
    return None, ""


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
        owner, name = _method_of(event.callee)
        if name not in _METHODS:
            return None
    if owner is None:
        return None
    given = arguments.get(0, "value") if name in {"assign", "load"} else None
    return Writing(event.site, call.func.value, owner, given, event.function, name == "set_weights")
