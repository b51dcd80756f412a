"""The facade: one file and everything that a rule may ask of it. Worked out when somebody asks."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from kerasvae_lint.binding import records as r
from kerasvae_lint.core import Place, TargetKeras
from kerasvae_lint.keras.crossentropy import Entropy, entropies
from kerasvae_lint.keras.flavour import Flavour, flavour_of
from kerasvae_lint.keras.kept import Kept, kept_values, untrained_distributions
from kerasvae_lint.keras.model_outputs import ModelOutputs
from kerasvae_lint.keras.passes import Repeat, adders, adds_loss, repeats
from kerasvae_lint.keras.program import Program
from kerasvae_lint.keras.training import TRAINS, compiled_losses_of
from kerasvae_lint.model.calls import Call, calls_method
from kerasvae_lint.model.changes import Changes
from kerasvae_lint.model.classes import Class
from kerasvae_lint.model.editing import Editor
from kerasvae_lint.model.fetched import Fetched, fetched
from kerasvae_lint.model.objective import Objective
from kerasvae_lint.model.project import Project, Surroundings
from kerasvae_lint.model.scheduled import Scheduled, scheduled
from kerasvae_lint.model.schedules import Schedules
from kerasvae_lint.model.unread import Unread
from kerasvae_lint.source import Source
from kerasvae_lint.values.lattice import (
    Access,
    ClassValue,
    Instance,
    LibraryName,
    LibraryObject,
    Parameter,
    Site,
    Unknown,
    Value,
)
from kerasvae_lint.values.unit import Unit
from kerasvae_lint.values.world import CallEvent

if TYPE_CHECKING:  # imported when somebody asks, for a fast start
    from kerasvae_lint.keras.data import Data
    from kerasvae_lint.keras.trainings import Training
    from kerasvae_lint.model.misfits import Misfit

_TRAINING_WORDS = TRAINS | {
    *("minimize", "apply_gradients", "gradient", "gradients", "trainable_variables", "trainable_weights"),
    *("value_and_gradient", "value_and_gradients", "fit_surrogate_posterior", "Model", "Sequential"),
}


class Module:
    """One file.

    Args:
        code: its records.
        source: its text.
        target: the ``target-keras`` setting, None to judge by the code.
        project: the files around it; None keeps everything inside this one.

    Attributes:
        unit: the file as the interpreter takes it.
        around: what it sees of its project.
    """

    def __init__(
        self, code: r.Module, source: Source, *, target: TargetKeras | None = None, project: Project | None = None
    ) -> None:
        self.code = code
        self.source = source
        self.target = target
        self.unit = Unit("__main__", code, source)
        self.around = Surroundings(project, self.unit) if project is not None else None

    @cached_property
    def program(self) -> Program:
        """The file's program, run on abstract values."""
        return Program(self.unit, self.around)

    @cached_property
    def flavour(self) -> Flavour:
        """Which Keras the file is for."""
        pinned = self.around.pins() if self.around is not None else None
        return flavour_of(self.code, self.source.text, self.target, pinned)

    # places -------------------------------------------------------------------------------------
    def text(self, record: r.Record) -> str:
        """The code of a record as it is written."""
        return self.source.text[record.start : record.end]

    def owns(self, site: Site | None) -> bool:
        """True for a place in this file."""
        return site is not None and site.unit is self.unit

    def notes(self, text: str, *places: Access | Value) -> tuple[tuple[r.Record, str], ...]:
        """The same note at each of several places, as far as they are in this file."""
        sites = [place.site for place in places if place.site is not None and self.owns(place.site)]
        return tuple((site.record, text) for site in sites)

    def place(self, site: Site) -> r.Record | Place:
        """A place for a note: the record itself in this file, else its position in the other one."""
        if self.owns(site):
            return site.record
        return Place(site.unit.filename, site.unit.source.position(site.record.start)[1])

    @staticmethod
    def stands_in(inner: r.Record, outer: r.Record) -> bool:
        """True if one record is part of another."""
        return outer.start <= inner.start and inner.end <= outer.end

    def spelled_from(self, argument: r.Argument) -> int:
        """Where the value of an argument begins, the parentheses around it included."""
        return self.editor().span(argument.value)[0]

    def editor(self) -> Editor:
        """A collector of the edits of one fix."""
        return Editor(self.code, self.source)

    # values -------------------------------------------------------------------------------------
    def value(self, expression: r.Expression) -> Value:
        """What an expression of the file can be, in any run of it."""
        found = self.program.machine.values.get(expression)
        return found if found is not None else Unknown("never run")

    def phases(self, function: r.Function) -> frozenset[str]:
        """The phases in which a function was seen to run."""
        return frozenset(self.program.machine.executed.get(function, ()))

    @cached_property
    def keras_prefix(self) -> str | None:
        """How this file spells Keras itself: ``tf.keras``, ``keras`` or an alias; None if it imports only parts."""
        tensorflow = None
        for name, value in self.program.module.slots.items():
            if isinstance(value, LibraryName):
                if value.name == "keras":
                    return name
                if value.name == "tf" and tensorflow is None:
                    tensorflow = f"{name}.keras"
        return tensorflow

    def imports(self, library: str) -> bool:
        """True if the file imports a library, or something of it, under the library's own name."""
        aliases = (alias for statement in self.code.imports for alias in statement.aliases)
        return any(alias.target.partition(".")[0] == library for alias in aliases)

    # calls --------------------------------------------------------------------------------------
    @cached_property
    def _events(self) -> list[CallEvent]:
        return [event for event in self.program.machine.events if event.site.unit is self.unit]

    @cached_property
    def all_calls(self) -> list[Call]:
        """Every call of the file that was run, in source order."""
        return sorted(self._by_record.values(), key=lambda call: (call.record.start, -call.record.end))

    @cached_property
    def _by_record(self) -> dict[r.Record, Call]:
        found: dict[r.Call, list[CallEvent]] = {}
        for event in self._events:
            if event.call is not None:
                found.setdefault(event.call, []).append(event)
        return {record: Call(record, self.unit, events) for record, events in found.items()}

    def call_at(self, record: r.Record) -> Call | None:
        """The call that a record is; None if it is none, or never ran."""
        return self._by_record.get(record)

    def calls(self, *names: str) -> Iterator[Call]:
        """Calls of the library functions (or objects of the classes) with these canonical names, in source order."""
        wanted = set(names)
        for call in self.all_calls:
            events = [e for e in call.events if isinstance(e.callee, LibraryName) and e.callee.name in wanted]
            if events:
                yield Call(call.record, call.unit, events)

    def method_calls(self, *names: str) -> Iterator[Call]:
        """Calls of the form ``something.name(…)``, in source order."""
        for call in self.all_calls:
            if call.method in names:
                events = [event for event in call.events if calls_method(event.callee, call.method)]
                if events:
                    yield Call(call.record, call.unit, events)

    def has_own_compile(self, call: Call) -> bool:
        """True where the ``compile`` that is called is the project's own, or may be, which may do anything."""
        func = call.record.func
        receiver = func.value if isinstance(func, r.Attribute) else None
        if isinstance(receiver, r.Call) and isinstance(receiver.func, r.Name) and receiver.func.id == "super":
            return True
        classes = [cls for obj in call.receivers for cls in self.declared(obj)]
        return any(cls.is_open or any("compile" in base.slots for base in cls.classes()) for cls in classes)

    def objects(self, kind: str) -> Iterator[LibraryObject]:
        """The library objects of a kind (``layer``, ``variable``, …) that calls of this file made, in order."""
        seen: set[int] = set()
        for event in self._events:
            for value in event.result.alternatives():
                if isinstance(value, LibraryObject) and value.kind == kind and id(value) not in seen:
                    if value.site is not None and value.site.record is event.site.record:
                        seen.add(id(value))
                        yield value

    @cached_property
    def repeats(self) -> list[Repeat]:
        """The layers that one pass of a layer's ``call`` calls twice on the same input."""
        return list(repeats(self.program.machine, self.unit))

    @cached_property
    def trains(self) -> bool:
        """True if the file trains something, or has a layer, model or module that others may train."""
        if any(cls.kinds & {"layer", "model", "module"} for cls in self.classes):
            return True
        said = {record.attr for record in self.code.walk() if isinstance(record, r.Attribute)}
        return bool(said & _TRAINING_WORDS)

    # losses -------------------------------------------------------------------------------------
    @cached_property
    def entropies(self) -> dict[r.Record, list[Entropy]]:
        """The uses of each cross-entropy, by the place where it is chosen: in this file, or else where it is used."""
        found: dict[r.Record, list[Entropy]] = {}
        for entropy in entropies(self.program.machine.events, compiled_losses_of(self.program.machine)):
            place = next((site for site in (entropy.site, entropy.use) if self.owns(site)), None)
            if place is not None:
                found.setdefault(place.record, []).append(entropy)
        return found

    def is_used_only(self, entropy: Entropy) -> bool:
        """True if nothing but losses that the interpreter saw uses a loss object: it is handed to nobody else."""
        return entropy.made is None or not entropy.made.escaped

    # models -------------------------------------------------------------------------------------
    @cached_property
    def outputs(self) -> ModelOutputs:
        """The outputs of the models: how large they are, how they end, which losses they meet."""
        return ModelOutputs(self.program.machine)

    @cached_property
    def trainings(self) -> list[Training]:
        """What this file does with each model, in order of time."""
        from kerasvae_lint.keras.trainings import trainings

        found = trainings(self.program.machine)
        return [training for training in found if any(self.owns(step.site) for step in training.steps)]

    def data(self, value: Value) -> Data:
        """Where data come from and what was done to them."""
        from kerasvae_lint.keras.data_reader import data_reader

        return data_reader(self.program.machine).of(value)

    @cached_property
    def misfits(self) -> list[Misfit]:
        """The calls of layers and functions of this file that can't be made as they are written."""
        from kerasvae_lint.model.misfits import misfits

        return misfits(self.program, self.unit)

    @cached_property
    def _loss_adders(self) -> set[Hashable]:
        return adders(self.program.machine)

    def adds_loss(self, layer: Value) -> bool:
        """True for a layer or model that adds a loss when it is called, itself or a layer in it."""
        return adds_loss(self.program.machine, layer, self._loss_adders)

    @cached_property
    def objective(self) -> Objective:
        """What the program trains: losses with their terms, Gaussian KLs, reparameterized samples."""
        return Objective(self.program, self.unit)

    @cached_property
    def schedules(self) -> Schedules:
        """The trainings, and what the callbacks of this file set in them."""
        return Schedules(self.program, self.unit, self.around)

    @cached_property
    def scheduled(self) -> list[Scheduled]:
        """The numbers that a training sets again and again though the optimizer moves them too."""
        return scheduled(self.program, self.unit, self.around)

    @cached_property
    def changes(self) -> Changes:
        """What host code of this file sets while a compiled step goes on."""
        return Changes(self.program, self.unit, self.around)

    @cached_property
    def fetched(self) -> list[Fetched]:
        """Where traced code of this file asks for the number in a variable that a training sets again and again."""
        return fetched(self.program, self.unit, self.around)

    @cached_property
    def unread(self) -> Unread:
        """Who gets hold of the file's variables and reads the attributes that its callbacks set."""
        return Unread(self.program, self.unit, self.around)

    @cached_property
    def kept(self) -> list[Kept]:
        """The values that the classes of this file compute once, keep, and use when they are called.

        None in code of TensorFlow 1, where what is computed is an operation of the graph and stays live.
        """
        if self.flavour.graph:
            return []
        found = kept_values(self.program.machine.objects)
        return [kept for kept in found if self.owns(kept.write.site) and r.class_of(kept.write.site.record)]

    def untrained_distributions(self) -> Iterator[tuple[r.Record, r.Record]]:
        """Distributions made outside any class on snapshots, and where it is asked to train them."""
        kept = {kept.value for kept in self.kept}
        for made, asked in untrained_distributions(self._events):
            if made not in kept and made.site is not None and self.owns(made.site):
                yield made.site.record, asked.record

    def declared(self, value: Value) -> list[ClassValue]:
        """The project's classes that a value is an object of, a parameter by its annotation."""
        found = [member.cls for member in value.alternatives() if isinstance(member, Instance)]
        for member in value.alternatives():
            parameters = member.function.parameters if isinstance(member, Parameter) else ()
            notes = [p.annotation for p in parameters if isinstance(member, Parameter) and p.name == member.name]
            for note in notes:
                name = note.id if isinstance(note, r.Name) else note.attr if isinstance(note, r.Attribute) else ""
                if isinstance(note, r.Constant) and isinstance(note.value, str):
                    name = note.value
                found += [cls for cls in self.program.machine.classes if cls.name == name]
        return found

    # classes ------------------------------------------------------------------------------------
    @cached_property
    def classes(self) -> list[Class]:
        """The classes of the file, in source order."""
        made: dict[r.Class, Class] = {}
        for value in self.program.machine.classes:
            if value.unit is self.unit and value.cls is not None and value.cls not in made:
                made[value.cls] = Class(self.program, value)
        return sorted(made.values(), key=lambda cls: cls.record.start)

    def class_of(self, record: r.Record) -> Class | None:
        """The class whose methods a record stands in."""
        at = r.class_of(record)
        return next((cls for cls in self.classes if cls.record is at), None)
