"""What a training is given and what its callbacks set, as a rule sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import kinds_of
from kerasvae_lint.keras.program import Program
from kerasvae_lint.keras.repeating import Repeated
from kerasvae_lint.keras.settings import (
    ItemSetting,
    Setting,
    is_done_again,
    items_set,
    number_of,
    readers,
    settings,
    words_of,
)
from kerasvae_lint.keras.training import FITS, TRAINS, Run, compiled_losses_of, runs
from kerasvae_lint.keras.variables import is_variable
from kerasvae_lint.keras.weights import LossWeight, loss_weights
from kerasvae_lint.model.calls import Call
from kerasvae_lint.model.classes import Class
from kerasvae_lint.model.project import MAX_FILES, Surroundings
from kerasvae_lint.values.interpreter import HOST, TRACING
from kerasvae_lint.values.lattice import (
    Access,
    Computed,
    FunctionValue,
    Instance,
    LibraryName,
    LibraryObject,
    Native,
    Object,
    Site,
    Unknown,
    Value,
    constant,
    held,
    leaves,
)
from kerasvae_lint.values.unit import Unit

_RATE = re.compile(r"(^|_)(lr|learning_rate|optimizer)($|_)", re.I)
_WARM_UP = re.compile(r"warm|anneal|ramp|kl|beta|rampup|burn", re.I)
_SCHEDULER = re.compile(r"sched|anneal|warm|ramp", re.I)
_TEMPERATURE = re.compile(r"temp|tau", re.I)
_EAGER_WORDS = ("run_eagerly", "run_functions_eagerly", "experimental_run_functions_eagerly")
_EAGER_FUNCTIONS = frozenset({"tf.config.run_functions_eagerly", "tf.config.experimental_run_functions_eagerly"})

COMPILED = TRAINS | {"compile"}


class Fit:
    """One ``fit`` of a model.

    Attributes:
        run: what the interpreter knows of it.
    """

    def __init__(self, run: Run) -> None:
        self.run = run

    @property
    def site(self) -> Site:
        """Where."""
        return self.run.site

    @property
    def epochs(self) -> Value | None:
        """What it is given for ``epochs``; None if nothing."""
        return self.run.arguments.get("epochs", self.run.arguments.get("nb_epoch"))

    @property
    def is_one_epoch(self) -> bool:
        """True if it trains for one epoch only, as ``fit`` does when nobody says anything."""
        given = self.epochs
        return self.run.complete if given is None else number_of(given) == 1

    @property
    def may_validate(self) -> bool:
        """True if it validates after each epoch, as far as can be seen: without that there is no ``val_loss``."""
        given = self.run.arguments
        return not self.run.complete or "validation_data" in given or "validation_split" in given

    @property
    def epochs_words(self) -> list[str]:
        """The names by which ``epochs`` is given, the last one first."""
        call = self.run.site.record
        arguments = call.arguments if isinstance(call, r.Call) else ()
        given = next((a.value for a in arguments if a.name in {"epochs", "nb_epoch"}), None)
        return words_of(given) if given is not None else []

    @property
    def callbacks(self) -> list[Value]:
        """The callbacks that it is given, as far as they can be seen."""
        given = self.run.arguments.get("callbacks")
        return [value for value in held(given) if isinstance(value, (Instance, LibraryObject))] if given else []


def makes_loss(function: r.Function) -> bool:
    """True for the functions in which a loss is made: a loss, a step, what calls ``add_loss``."""
    if "loss" in function.name or function.name.endswith("_step") or "elbo" in function.name or function.is_lambda:
        return True
    calls = (inner.func for inner in function.walk() if isinstance(inner, r.Call))
    return any(isinstance(func, r.Attribute) and func.attr == "add_loss" for func in calls)


def _is_own(setting: Setting, callback: Instance) -> bool:
    return setting.access is not None and isinstance(setting.obj, Instance) and setting.obj.cls is callback.cls


class Schedules:
    """The trainings of a program and what the callbacks of one file set in them."""

    def __init__(self, program: Program, unit: Unit, around: Surroundings | None) -> None:
        self._program = program
        self._unit = unit
        self._around = around

    @cached_property
    def fits(self) -> list[Fit]:
        """The ``fit`` calls of the file, in order of time."""
        every = runs(self._program.machine)
        return [Fit(run) for run in every if run.method in FITS and run.site.unit is self._unit]

    @cached_property
    def settings(self) -> list[Setting]:
        """What hooks of the file's callbacks set, in source order: one for each run of a place."""
        return settings(self._program.machine, self._unit)

    def settings_of(self, callback: Value) -> list[Setting]:
        """What the hooks of one callback set, those of a class in another file too, but for attributes of its own."""
        machine = self._program.machine
        if isinstance(callback, Instance):
            classes = {cls.cls: cls.unit for cls in callback.cls.classes()}
            every = [
                found for unit in dict.fromkeys(u for u in classes.values() if u) for found in settings(machine, unit)
            ]
            return [s for s in every if s.hook.function.owner in classes and not _is_own(s, callback)]
        given = callback.arguments.values() if isinstance(callback, LibraryObject) else ()
        functions = {f.function: f.unit for v in given for f in v.alternatives() if isinstance(f, FunctionValue)}
        every = [found for unit in dict.fromkeys(functions.values()) for found in settings(machine, unit)]
        return [setting for setting in every if setting.hook.function in functions]

    def loss_reads(self, variable: Value) -> Iterator[r.Expression]:
        """Where traced code that makes a loss reads a variable."""
        machine = self._program.machine
        for record, seen in machine.values.seen.items():
            if isinstance(record, (r.Name, r.Attribute)) and any(m is variable for v in seen for m in v.alternatives()):
                function = r.function_of(record)
                if function is None or TRACING not in machine.executed.get(function, ()):
                    continue
                if self._is_loss(function):
                    yield record

    @cached_property
    def _given_losses(self) -> frozenset[r.Function]:
        """The functions that a ``compile`` got as losses."""
        given = [loss.given for loss in compiled_losses_of(self._program.machine)]
        return frozenset(value.function for value in given if isinstance(value, FunctionValue))

    def _is_loss(self, function: r.Function | None) -> bool:
        return function is not None and (function in self._given_losses or makes_loss(function))

    def weighs(self, setting: Setting) -> bool:
        """True if a hook sets a weight of the loss: a variable or an attribute that a loss reads, or named like one."""
        if is_learning_rate(setting) or any(_TEMPERATURE.search(word) for word in words_of(setting.target)):
            return False
        if setting.access is not None:
            return any(self._is_loss(read.function) for read in self.readers(setting))
        variables = [m for m in setting.obj.alternatives() if is_variable(m)]
        if any(True for variable in variables for _ in self.loss_reads(variable)):
            return True
        return not variables and is_warm_up(setting.attribute)

    def readers(self, setting: Setting) -> list[Access]:
        """Where traced code reads the attribute or global that a hook sets; of an unknown object elsewhere too."""
        found = readers(self._program.machine, setting)
        if found or self._around is None or isinstance(setting.obj, Object):
            return found
        for unit in self._around.search((setting.attribute,))[:MAX_FILES]:
            self._program.include(unit)
        return readers(self._program.machine, setting)

    def loss_weights(self, call: Call) -> list[LossWeight]:
        """The items of what a ``compile`` is given as ``loss_weights``."""
        given, written = call.argument("loss_weights"), call.written("loss_weights")
        if given is None or written is None:
            return []
        return list(loss_weights(self._program.machine, self._unit, given, written.value))

    def writes_of(self, variable: LibraryObject) -> list[Access]:
        """Where hooks, or loops that train, set a variable again and again, in any file."""
        repeated = Repeated(self._program.machine)
        writes = (w for w in variable.writes.get("value", ()) if w.phase == HOST and w.kind != "set_weights")
        return [write for write in writes if repeated.holds(write.site.record, write.function)]

    def settings_of_variable(self, variable: LibraryObject) -> list[Setting]:
        """What hooks of callbacks, those of other files too, set a variable to again and again."""
        machine = self._program.machine
        units = dict.fromkeys((self._unit, *(write.site.unit for write in variable.writes.get("value", ()))))
        every = [setting for unit in units for setting in settings(machine, unit)]
        return [
            setting
            for setting in every
            if setting.hook.is_repeated and any(member is variable for member in setting.obj.alternatives())
        ]

    def sets_more(self, setting: Setting) -> bool:
        """True if a hook also sets something that is neither the variable nor its callback's own."""
        every = settings(self._program.machine, setting.unit)
        every = [other for other in every if other.hook.function is setting.hook.function]
        mine = setting.obj.alternatives()
        for other in every:
            is_same = other.record is setting.record or any(member in mine for member in other.obj.alternatives())
            holder = other.obj.cls if isinstance(other.obj, Instance) and other.access is not None else None
            if not is_same and not (holder is not None and "callback" in kinds_of(holder)):
                return True
        return False

    def compiles_after(self, call: Call, write: Access) -> bool:
        """True if a ``compile`` is called anew after each writing of a value: it reads it then."""
        return is_done_again(self._program.machine, call.record, call.function, write)

    def handed_to_schedulers(self, variable: LibraryObject) -> list[Site]:
        """Where callbacks are made of a variable whose class can't be seen, but says that it is a schedule."""
        events = self._program.machine.events
        given = [e.arguments.keywords["callbacks"] for e in events if "callbacks" in e.arguments.keywords]
        found: dict[r.Record, Site] = {}
        for callback in (member for value in given for member in held(value)):
            made = callback.site.record if callback.site is not None else None
            if isinstance(callback, Computed) and callback.op == "call" and isinstance(made, r.Call):
                words = words_of(made.func)
                if words and _SCHEDULER.search(words[0]) and any(part is variable for part in leaves(callback)):
                    assert callback.site is not None
                    found[made] = callback.site
        return list(found.values())

    def is_read(self, setting: Setting) -> bool:
        """True for variables, and for attributes and globals that traced code reads."""
        return setting.access is None or bool(self.readers(setting))

    def items_set(self, container: Value) -> list[ItemSetting]:
        """Where hooks, or loops that train, set items of a list or dictionary, in source order."""
        return items_set(self._program.machine, self._unit, container)

    def fits_of(self, count: Value) -> list[Fit]:
        """The trainings whose epoch a count is; every one of the file where nobody in sight passes the callback."""
        site = count.site if isinstance(count, Computed) else None
        own = [fit for fit in self.fits if site is not None and fit.site.record is site.record]
        return own or self.fits

    @cached_property
    def is_eager(self) -> bool:
        """True if this file asks Keras or TensorFlow not to compile."""
        return self._is_eager(self._unit)

    def runs_eagerly(self, cls: Class) -> bool:
        """True if this file, that of a class, or another that knows it asks Keras or TensorFlow not to compile."""
        if self.is_eager or self._is_eager(cls.unit):
            return True
        for word in _EAGER_WORDS if self._around is not None else ():
            assert self._around is not None
            for unit in self._around.search((cls.name, word))[:MAX_FILES]:
                self._program.include(unit)
                if self._is_eager(unit) and all(own.name != cls.name for own in unit.module.classes):
                    return True
        return False

    def is_compiled(self, cls: Class) -> bool:
        """True if something compiles the steps of a class: a ``fit``, a callback, a ``tf.function``."""
        if self._compiles(self._unit):
            return True
        others = self._around.search((cls.name, ".fit(")) if self._around is not None else []
        for unit in others[:MAX_FILES]:
            self._program.include(unit)
            if self._compiles(unit):
                return True
        return False

    def _compiles(self, unit: Unit) -> bool:
        machine = self._program.machine
        if any(run.site.unit is unit and run.method in COMPILED for run in runs(machine)):
            return True
        if any(cls.unit is unit and "callback" in kinds_of(cls) for cls in machine.classes):
            return True
        for event in machine.events:
            if event.site.unit is unit and isinstance(event.callee, (LibraryName, Unknown, Native)):
                if event.callee.name in {"tf.function", "keras.callbacks.LambdaCallback", *COMPILED}:
                    return True
        made = (value for function, value in machine.made.items() if function in unit.module.functions)
        return any("tf.function" in value.tags for value in made)

    def _is_eager(self, at: Unit) -> bool:
        machine = self._program.machine
        for run in runs(machine):
            given = run.arguments.get("run_eagerly")
            if run.site.unit is at and given is not None and constant(given) is True:
                return True
        for event in machine.events:
            if event.site.unit is at and getattr(event.callee, "name", "") in _EAGER_FUNCTIONS:
                given = event.arguments.get(0, "run_eagerly")
                if given is None or constant(given) is True:
                    return True
        owners = [*((obj, obj.writes) for obj in machine.objects)]
        written = [access for _, writes in owners for access in writes.get("run_eagerly", ())]
        written += [access for _, name, access in machine.loose_writes if name == "run_eagerly"]
        return any(access.site.unit is at and constant(access.value) is True for access in written)


def is_learning_rate(setting: Setting) -> bool:
    """True for ``optimizer.learning_rate`` and the like."""
    return any(_RATE.search(word) for word in words_of(setting.target))


def is_warm_up(*names: str) -> bool:
    """True if one of the names says that the value is a warm-up's."""
    return any(_WARM_UP.search(name) for name in names)
