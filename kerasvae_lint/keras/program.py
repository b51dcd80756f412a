"""One file's program, run: from top to bottom, then whatever nobody in sight calls."""

from __future__ import annotations

from collections.abc import Iterable

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras import training
from kerasvae_lint.keras.kinds import is_layer, kinds_of
from kerasvae_lint.keras.layers import build_once
from kerasvae_lint.keras.phases import CONSTRUCTION_METHODS, TRACED_OF_KIND
from kerasvae_lint.keras.variables import is_variable
from kerasvae_lint.keras.world import KerasWorld
from kerasvae_lint.values import attributes
from kerasvae_lint.values.interpreter import HOST, TRACING, Interpreter
from kerasvae_lint.values.lattice import (
    ClassValue,
    Computed,
    FunctionValue,
    Instance,
    ModuleObject,
    Property,
    Site,
    Value,
    held,
)
from kerasvae_lint.values.unit import Unit
from kerasvae_lint.values.world import Arguments, Loader

MAX_ROUNDS = 6
_TARGETS = frozenset({"y_true", "y_pred", "true", "pred", "target", "y_hat", "labels", "logits"})


class Program:
    """A file and what it uses, run on abstract values.

    Args:
        unit: the file that is asked about.
        loader: where other files are; None keeps everything inside this one.
        steps: the budget of the interpreter.
        patience: how many times longer than for linting loops are followed round by round; with more than 1, functions
            that nobody in sight calls run with their defaults, and branches that are never taken don't run.
        keras: which Keras it is for, 2 or 3, where that is known.
    """

    def __init__(
        self,
        unit: Unit,
        loader: Loader | None = None,
        steps: int = 120_000,
        patience: int = 1,
        keras: int | None = None,
    ) -> None:
        self.unit = unit
        self.world = KerasWorld(private=patience > 1)
        self.machine = Interpreter(self.world, loader, steps, patience)
        self.machine.memory["keras"] = keras
        self._steps = steps
        self.module: ModuleObject = self.machine.run_unit(unit)
        self._trace_compiled()
        self._run_uncalled(unit)
        if patience == 1:
            self.machine.finish()
            self._run_uncalled(unit)
        self._run_callbacks()

    def include(self, unit: Unit) -> ModuleObject:
        """Run another file of the project that uses this one."""
        known = unit.filename in self.machine.modules
        module = self.machine.run_unit(unit)
        if not known or not self.machine.memory.get(("whole", unit.filename)):
            self.machine.memory["whole", unit.filename] = True
            self._trace_compiled()
            self._run_uncalled(unit)
            self.machine.finish()
            self._run_callbacks()
        return module

    def _trace_compiled(self) -> None:
        """Trace the models that were compiled and never fitted in sight."""
        for run in list(training.runs(self.machine)):
            if run.method == "compile":
                training.trace(self.machine, run.model, run.site)

    # what nobody calls --------------------------------------------------------------------------
    def _run_uncalled(self, unit: Unit) -> None:
        mentioned = _mentioned(unit)
        for _ in range(MAX_ROUNDS):
            before = len(self.machine.executed)
            for cls in [c for c in self.machine.classes if c.unit is unit]:
                self._run_class(cls, mentioned)
            waiting = [f for f in unit.module.functions if f.owner is None]
            for function in sorted(waiting, key=lambda f: f.name in mentioned):
                if function not in self.machine.executed:
                    self._run_function(function)
            self._trace_compiled()
            if len(self.machine.executed) == before:
                return

    def _run_function(self, function: r.Function) -> None:
        value = self.machine.made.get(function)
        if value is None or self.machine.left < 0:
            return
        names = {parameter.name for parameter in function.parameters}
        around = function.around
        traced = len(names & _TARGETS) >= 2 or (around is not None and self._is_traced(around))
        if self.machine.patience > 1:
            self.machine.left = max(self.machine.left, self._steps // 2)
        self.machine.memory["root"] = function.name
        with self.machine.in_phase(TRACING if traced else HOST):
            returned = self.machine.run_root(value)
        self.machine.memory["root"] = None
        for made in held(returned):
            if is_layer(made):
                self.machine.memory["returned", id(made)] = function.name

    def _is_traced(self, function: r.Function) -> bool:
        value = self.machine.made.get(function)
        return value is not None and value.owner is not None and function.name in TRACED_OF_KIND["layer"]

    def _run_class(self, cls: ClassValue, mentioned: frozenset[str]) -> None:
        if cls.flavour in {"enum", "namedtuple"}:
            return
        methods = [value for value in _methods(cls) if value.function not in self.machine.executed]
        if not methods or cls.cls is None:
            return
        instance = self._instance(cls)
        if instance is None:
            return
        self._run_inherited_call(cls, instance)
        for value in sorted(methods, key=lambda m: (_rank(m.function.name), m.function.name in mentioned)):
            if value.function in self.machine.executed or "abstract" in value.tags or self.machine.left < 0:
                continue
            self._run_method(cls, instance, value)

    def _run_callbacks(self) -> None:
        """Run the hooks of callbacks that hold a variable and that no training in sight was given."""
        for obj in list(self.machine.objects):
            given = self.machine.memory.setdefault(("hooked", obj.key), obj.generic)
            if given or "callback" not in kinds_of(obj.cls) or not any(map(is_variable, obj.slots.values())):
                continue
            self.machine.memory["hooked", obj.key] = True
            for name in sorted(training.HOOKS):
                found = obj.cls.find(name)
                if found is not None and isinstance(found[0], FunctionValue) and self.machine.left >= 0:
                    self._run_method(obj.cls, obj, found[0])

    def _run_inherited_call(self, cls: ClassValue, instance: Instance) -> None:
        """Trace a layer's ``call`` that a base defines: it may use methods that this class has not yet shown."""
        found = cls.find("call") if kinds_of(cls) & {"layer", "model"} else None
        if found is not None and isinstance(found[0], FunctionValue) and found[0].owner is not cls:
            self._run_method(cls, instance, found[0])

    def _instance(self, cls: ClassValue) -> Instance | None:
        for obj in self.machine.objects:
            if obj.cls.is_subclass(cls):
                return obj
        assert cls.cls is not None
        site = Site(self.unit if cls.unit is None else cls.unit, cls.cls)
        made = self.machine.construct(cls, Arguments(), site, generic=True)
        return made if isinstance(made, Instance) else None

    def _run_method(self, cls: ClassValue, instance: Instance, value: FunctionValue) -> None:
        method = attributes.bound(value, instance)
        if not isinstance(method, FunctionValue):
            return
        found = kinds_of(instance.cls)
        name = value.function.name
        site = Site(value.unit, value.function)
        given: dict[str, Value] = {}
        parameters = [p for p in value.function.parameters if p.kind in {"positional", "positional-only"}][1:]
        if found & {"layer", "model"}:
            if name not in CONSTRUCTION_METHODS:
                build_once(self.machine, instance, site)
            elif name == "build":
                instance.facts["built"] = True
            if parameters and name == "build":
                given[parameters[0].name] = Computed("shape", (), "shape", site)
            elif parameters and name in TRACED_OF_KIND["layer"]:
                word = "data" if name.endswith("_step") else "input"
                given[parameters[0].name] = Computed(word, (), "tensor", site, None, instance)
        elif found & {"loss", "metric"} and name in {"call", "__call__", "update_state"}:
            for parameter, word in zip(parameters, ("target", "output"), strict=False):
                given[parameter.name] = Computed(word, (), "tensor", site, None, instance)
        elif "callback" in found and name in training.HOOKS and parameters:
            if len(parameters) > 1:
                word = "epoch" if "epoch" in name else "batch"
                given[parameters[0].name] = Computed(word, (), "number", site)
        del cls
        self.machine.run_root(method, given)


def _mentioned(unit: Unit) -> frozenset[str]:
    """The names that the file calls: a function that nobody calls is run before those that it may call."""
    found: set[str] = set()
    for call in unit.module.calls:
        if isinstance(call.func, r.Name):
            found.add(call.func.id)
        elif isinstance(call.func, r.Attribute):
            found.add(call.func.attr)
    return frozenset(found)


def _methods(cls: ClassValue) -> Iterable[FunctionValue]:
    """The functions that a class defines itself, those of its properties included."""
    for value in list(cls.slots.values()):
        if isinstance(value, FunctionValue) and value.owner is cls:
            yield value
        elif isinstance(value, Property):
            for part in (value.getter, value.setter):
                if isinstance(part, FunctionValue) and part.owner is cls:
                    yield part


_ORDER = {"__init__": 0, "build": 1, "call": 2, "train_step": 3, "test_step": 4}


def _rank(name: str) -> int:
    return _ORDER.get(name, 5)
