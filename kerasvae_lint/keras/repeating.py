"""What a training does again and again: the hooks of its callbacks, the loops that train, and what they call."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import kinds_of
from kerasvae_lint.keras.training import FITS, TRAINS, happens_again, runs
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import Computed, FunctionValue, LibraryObject, Unknown, Value, constant
from kerasvae_lint.values.world import CallEvent

_TRAINERS = TRAINS | {"train_step", "apply_gradients", "minimize", "run"}
_COMPILES = frozenset({"compile", "make_train_function"})
_GIVEN_FUNCTIONS = frozenset({"keras.callbacks.LambdaCallback", "keras.callbacks.LearningRateScheduler"})


class Repeated:
    """Which places a training comes by again and again.

    Args:
        machine: the interpreter, after it ran; ask anew once it has run another file.
        compiled: count only what happens around a step that was compiled before and goes on: no loop that trains
            eagerly, no hook or loop that has the step compiled anew.
    """

    def __init__(self, machine: Interpreter, *, compiled: bool = False) -> None:
        self._machine = machine
        self._compiled = compiled
        self._reached: dict[r.Function, bool] = {}
        self._training: dict[r.Record, bool] = {}
        self._compiling: dict[r.Record, bool] = {}

    def holds(self, place: r.Record, function: r.Function | None) -> bool:
        """True for a place that a hook or a loop around it, or around a call that leads to it, comes by.

        Args:
            place: the place.
            function: the function whose code it is; None at module level.
        """
        return self._is_in_training_loop(place) or (function is not None and self._comes_by(function))

    def _comes_by(self, function: r.Function) -> bool:
        """True if a training calls a function again and again, or the one that it stands in."""
        if function not in self._reached:
            self._reached[function] = False  # while it is asked: a function that calls itself
            self._reached[function] = self._is_reached(function)
        return self._reached[function]

    def _is_reached(self, function: r.Function) -> bool:
        if self._compiled and self._compiles(function):
            return False
        if function in self.hooks or any(self.holds(e.site.record, e.function) for e in self._calls_of(function)):
            return True
        around = r.function_of(function)
        return around is not None and self._comes_by(around)

    @cached_property
    def hooks(self) -> frozenset[r.Function]:
        """The functions that Keras calls at every epoch or batch of a training."""
        found: set[r.Function] = set()
        for cls in self._machine.classes:
            if cls.cls is not None and "callback" in kinds_of(cls):
                found |= {method for name, method in cls.cls.methods.items() if _is_hook(name)}
        for event in self._machine.events:
            for made in event.result.alternatives():
                if isinstance(made, LibraryObject) and made.name in _GIVEN_FUNCTIONS and not self._is_idle(made):
                    for name, given in made.arguments.items():
                        if _is_hook(name) or name == "schedule":
                            found |= {m.function for m in given.alternatives() if isinstance(m, FunctionValue)}
        return frozenset(found)

    def _is_idle(self, callback: LibraryObject) -> bool:
        """True for a callback that no ``fit`` gets, though there is one in its file, and nobody else gets hold of."""
        if callback.escaped or self._machine.memory.get(("hooked", callback.key)) or callback.site is None:
            return False
        return any(run.method in FITS and run.site.unit is callback.site.unit for run in runs(self._machine))

    # calls --------------------------------------------------------------------------------------
    def _calls_of(self, function: r.Function) -> Iterator[CallEvent]:
        """The calls of a function from elsewhere; of a method also by its name, of an object that nobody knows."""
        for event in self.callers.get(function, ()):
            if event.function is not function:
                yield event
        if function.owner is not None and self._owners.get(function.name) == 1:
            yield from self._unknown_calls.get(function.name, ())

    @cached_property
    def callers(self) -> dict[r.Function, list[CallEvent]]:
        """The calls of each function, the settings of a property among them."""
        found: dict[r.Function, list[CallEvent]] = {}
        for event in self._machine.events:
            if isinstance(event.callee, FunctionValue) and isinstance(event.site.record, r.Expression):
                found.setdefault(event.callee.function, []).append(event)
        return found

    @cached_property
    def _unknown_calls(self) -> dict[str, list[CallEvent]]:
        found: dict[str, list[CallEvent]] = {}
        for event in self._machine.events:
            owner, name = method_of(event.callee)
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
            if isinstance(at, (r.For, r.While)):
                if self._compiled and self._compiles(at):
                    return False
                if self._trains(at):
                    return True
            at = at.parent
        return False

    def _trains(self, code: r.Record) -> bool:
        """True if code trains a model: itself, or in a function of the project that it calls."""
        if code not in self._training:
            self._training[code] = False
            self._training[code] = self._asks_to_train(code)
        return self._training[code]

    def _asks_to_train(self, code: r.Record) -> bool:
        calls = [record for record in code.walk() if isinstance(record, r.Call)]
        words = TRAINS if self._compiled else _TRAINERS
        if any(isinstance(call.func, r.Attribute) and call.func.attr in words for call in calls):
            return True
        events = [event for call in calls for event in self._machine.calls.get(call, ())]
        called = [event.callee for event in events if isinstance(event.callee, FunctionValue)]
        if self._compiled and any("tf.function" in function.tags for function in called):
            return True
        return any(self._trains(function) for function in dict.fromkeys(value.function for value in called))

    def _compiles(self, code: r.Record) -> bool:
        """True if code has a training step compiled anew, itself or in a function of the project that it calls."""
        if code not in self._compiling:
            self._compiling[code] = False
            self._compiling[code] = self._asks_to_compile(code)
        return self._compiling[code]

    def _asks_to_compile(self, code: r.Record) -> bool:
        called: dict[r.Function, None] = {}
        for record in code.walk():
            targets = record.targets if isinstance(record, r.Assign) else ()
            if any(isinstance(target, r.Attribute) and target.attr == "train_function" for target in targets):
                return True
            if isinstance(record, r.Call):
                if isinstance(record.func, r.Attribute) and record.func.attr in _COMPILES:
                    return True
                for event in self._machine.calls.get(record, ()):
                    if isinstance(event.callee, FunctionValue):
                        called[event.callee.function] = None
        return any(self._compiles(function) for function in called)


def _is_hook(name: str) -> bool:
    return name.startswith("on_") and happens_again(name)


def method_of(callee: Value) -> tuple[Value | None, str]:
    """The object and the name of a method of something that nobody knows; None for all else."""
    if isinstance(callee, Unknown):
        return callee.base, callee.name
    if isinstance(callee, Computed) and callee.op == "attribute":
        name = constant(callee.options["name"])
        return callee.operands[0], name if isinstance(name, str) else ""
    return None, ""
