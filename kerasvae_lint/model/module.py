"""The facade: one file and everything that a rule may ask of it. Worked out when somebody asks."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from kerasvae_lint.binding import records as r
from kerasvae_lint.core import Place, TargetKeras
from kerasvae_lint.keras.crossentropy import Entropy, entropies
from kerasvae_lint.keras.flavour import Flavour, door_of, flavour_of
from kerasvae_lint.keras.kept import Kept, kept_values, untrained_distributions
from kerasvae_lint.keras.model_outputs import ModelOutputs
from kerasvae_lint.keras.passes import Repeat, adders, adds_loss, repeats
from kerasvae_lint.keras.program import Program
from kerasvae_lint.keras.symbolic import Symbolic, symbolic_of
from kerasvae_lint.keras.training import TRAINS, compiled_losses_of
from kerasvae_lint.model.calls import Call, calls_method
from kerasvae_lint.model.changes import Changes
from kerasvae_lint.model.classes import Class
from kerasvae_lint.model.editing import Editor
from kerasvae_lint.model.fetched import Fetched, fetched
from kerasvae_lint.model.lost import Lost, lost
from kerasvae_lint.model.objective import Objective
from kerasvae_lint.model.project import Project, Surroundings
from kerasvae_lint.model.scheduled import Scheduled, scheduled
from kerasvae_lint.model.schedules import Schedules
from kerasvae_lint.model.unread import Unread
from kerasvae_lint.source import Source
from kerasvae_lint.values.interpreter import TRACING
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
    from kerasvae_lint.keras.adversaries import Adversary
    from kerasvae_lint.keras.anew import Anew
    from kerasvae_lint.keras.broadcasts import Broadcast
    from kerasvae_lint.keras.captured import Captured
    from kerasvae_lint.keras.closures import SymbolicLoss
    from kerasvae_lint.keras.comparisons import Comparison
    from kerasvae_lint.keras.data import Data
    from kerasvae_lint.keras.divergences import Unscaled
    from kerasvae_lint.keras.entrances import Entrance
    from kerasvae_lint.keras.equal_starts import EqualStart
    from kerasvae_lint.keras.flat import Flat
    from kerasvae_lint.keras.folds import Fold
    from kerasvae_lint.keras.loss_variables import LossVariable
    from kerasvae_lint.keras.masks import LostMask
    from kerasvae_lint.keras.mixed import Mixed
    from kerasvae_lint.keras.monitors import Monitor
    from kerasvae_lint.keras.networks import Network
    from kerasvae_lint.keras.random_outputs import BlockedLatent, DrawnPrediction, LossOnDraw
    from kerasvae_lint.keras.rates import RateUse
    from kerasvae_lint.keras.singular import Singular
    from kerasvae_lint.keras.stacks import Joint
    from kerasvae_lint.keras.steps import LeftOut, RawLogs, TrainStep, Untold
    from kerasvae_lint.keras.straight_through import Swapped
    from kerasvae_lint.keras.stray_metrics import StrayMetric
    from kerasvae_lint.keras.tapes import Misapplied, Unrecorded
    from kerasvae_lint.keras.tasks import Task
    from kerasvae_lint.keras.trainings import Training
    from kerasvae_lint.keras.unheeded import Unheeded
    from kerasvae_lint.keras.value_copies import ValueCopy
    from kerasvae_lint.keras.weighted import LostWeights
    from kerasvae_lint.model.clones import Clone
    from kerasvae_lint.model.misfits import Misfit
    from kerasvae_lint.model.own_copies import OwnCopy
    from kerasvae_lint.model.repeated_kls import RepeatedKL
    from kerasvae_lint.model.shadowed import Shadowed

_TRAINING_WORDS = TRAINS | {
    *("minimize", "apply_gradients", "assign_sub", "assign_add", "fit_surrogate_posterior", "Model", "Sequential"),
}
_MAX_IMPORTERS = 24
_GRADIENT_WORDS = frozenset(
    {
        *("gradient", "gradients", "value_and_gradient", "value_and_gradients"),
        *("trainable_variables", "trainable_weights"),
    }
)


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
    def made_anew(self) -> list[Anew]:
        """The layers with weights and the variables that traced code of this file makes at each call."""
        from kerasvae_lint.keras.anew import made_anew

        return made_anew(self.program.machine, self.unit)

    @cached_property
    def equal_starts(self) -> list[EqualStart]:
        """The random initializers that draw the same numbers for several weights of this file."""
        from kerasvae_lint.keras.equal_starts import equal_starts

        return equal_starts(self.program.machine, self.unit)

    @cached_property
    def lost_masks(self) -> list[LostMask]:
        """The masks that get lost in this file before a layer that would heed them, in source order."""
        from kerasvae_lint.keras.masks import lost_masks

        found = [one for one in lost_masks(self.program.machine) if self.owns(one.lost)]
        return sorted(found, key=lambda one: one.lost.record.start)

    @cached_property
    def mixed(self) -> list[Mixed]:
        """The layers of one Keras that meet a model of another in this file, in source order."""
        from kerasvae_lint.keras.mixed import mixed

        pinned = self.around.pins() if self.around is not None else None
        door = door_of(self.code, self.source.text, self.target, pinned)
        found = [one for one in mixed(self.program.machine, door) if self.owns(one.place)] if door is not None else []
        return sorted(found, key=lambda one: one.place.record.start)

    @cached_property
    def captured(self) -> list[Captured]:
        """The layers with weights that only the functions of this file's Lambdas call."""
        from kerasvae_lint.keras.captured import captured

        return captured(self.program.machine, self.unit)

    @cached_property
    def repeats(self) -> list[Repeat]:
        """The layers that one pass of a layer's ``call`` calls twice on the same input."""
        return list(repeats(self.program.machine, self.unit))

    def may_train(self, variable: Value) -> bool:
        """True if the file trains something, or a variable may be a part of a layer, model or module for others."""
        return self._trains or (self._has_parts and self._is_for_others(variable))

    @cached_property
    def _has_parts(self) -> bool:
        return any(cls.kinds & {"layer", "model", "module"} for cls in self.classes)

    def _is_for_others(self, variable: Value) -> bool:
        """True for a variable that no class makes, or one whose objects are trained: a test case's are not."""
        owner = self.class_of(variable.site.record) if variable.site is not None and self.owns(variable.site) else None
        return owner is None or bool(owner.kinds & {"layer", "model", "module"})

    @cached_property
    def _trains(self) -> bool:
        """True if a step is taken somewhere; a gradient that nobody takes a step by is only looked at."""
        said = {record.attr for record in self.code.walk() if isinstance(record, r.Attribute)}
        if said & _TRAINING_WORDS:
            return True
        named = said | {record.id for record in self.code.walk() if isinstance(record, r.Name)}
        return bool(said & _GRADIENT_WORDS) and ("apply" in said or any("optim" in name.lower() for name in named))

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

    @cached_property
    def idle_compiles(self) -> frozenset[r.Record]:
        """The ``compile``s of models that predict and that nothing trains by them: a part of another, for example."""
        return frozenset(
            task.compiled.site.record
            for task in self.tasks
            if not task.fits
            and any(step.method.startswith("predict") for step in task.training.steps)
            and not any(step.method.startswith(("evaluate", "test_on")) for step in task.training.steps)
        )

    def is_used_only(self, entropy: Entropy) -> bool:
        """True if nothing but losses that the interpreter saw uses a loss object: it is handed to nobody else."""
        return entropy.made is None or not entropy.made.escaped

    # models -------------------------------------------------------------------------------------
    @cached_property
    def outputs(self) -> ModelOutputs:
        """The outputs of the models: how large they are, how they end, which losses they meet."""
        return ModelOutputs(self.program.machine)

    @property
    def symbolic(self) -> Symbolic:
        """Which values are tensors of functional models: places for numbers, which no number is in."""
        return symbolic_of(self.program.machine)

    def tensor_branches(self, function: r.Function) -> list[r.Expression]:
        """The tests and ranges in a function that are tensors: Python itself can't go by them while it is traced."""
        from kerasvae_lint.keras.branching import tensor_branches

        return list(tensor_branches(self.program.machine, function))

    def averages_batch(self, function: Value) -> r.Record | None:
        """Where a function of activations takes their mean over the batch; None if it gives anything else."""
        from kerasvae_lint.keras.averages import averages_batch

        return averages_batch(self.program.machine, function)

    @cached_property
    def symbolic_calls(self) -> list[Call]:
        """The calls of library functions outside traced code that get a functional model's tensor, in source order."""
        found = []
        for call in self.all_calls:
            events = [
                event
                for event in call.events
                if isinstance(event.callee, LibraryName)
                and not event.traced
                and (event.function is None or TRACING not in self.phases(event.function))
                and not self.program.machine.is_never(event.order)
                and any(map(self.symbolic.among, event.arguments.all()))
            ]
            if events:
                found.append(Call(call.record, call.unit, events))
        return found

    @cached_property
    def symbolic_losses(self) -> list[SymbolicLoss]:
        """The losses and metrics, given to a ``compile`` of this file, that read a functional model's tensors."""
        from kerasvae_lint.keras.closures import symbolic_losses

        return [loss for loss in symbolic_losses(self.program.machine) if self.owns(loss.run.site)]

    @cached_property
    def trainings(self) -> list[Training]:
        """What this file does with each model, in order of time."""
        from kerasvae_lint.keras.trainings import trainings

        found = trainings(self.program.machine)
        return [training for training in found if any(self.owns(step.site) for step in training.steps)]

    @cached_property
    def tasks(self) -> list[Task]:
        """What each output of the models that this file compiles is trained for, in order of ``compile``."""
        from kerasvae_lint.keras.tasks import tasks_of

        return [task for task in tasks_of(self.trainings, self.outputs) if self.owns(task.compiled.site)]

    @property
    def networks(self) -> list[Network]:
        """The models of the program, each with its layers in Keras's order."""
        return self.outputs.networks

    @cached_property
    def joints(self) -> list[Joint]:
        """The layers with weights of this file that feed another one and nobody else."""
        from kerasvae_lint.keras.stacks import joints

        return [joint for joint in joints(self.program.machine) if self.owns(joint.site)]

    def entrances(self, model: Value) -> list[Entrance]:
        """The layers that the inputs of a model reach first, with what the model does to them before."""
        from kerasvae_lint.keras.entrances import entrances

        found = self.network_of(model)
        return entrances(self.program.machine, found) if found is not None else []

    @cached_property
    def clones(self) -> list[Clone]:
        """The copies by ``clone_model`` in this file that are used as if they had the weights of the original."""
        from kerasvae_lint.model.clones import clones

        return list(clones(self.program.machine, self.unit, self.trainings))

    @cached_property
    def reused_models(self) -> list[Fold]:
        """The trainings in cross-validations of this file that go on where the fold before stopped."""
        from kerasvae_lint.keras.folds import reused_models

        return list(reused_models(self.program.machine, self.trainings, self.unit))

    @cached_property
    def unheeded(self) -> list[Unheeded]:
        """The settings of ``trainable`` in this file that come too late for the training that they are meant for."""
        from kerasvae_lint.keras.unheeded import unheeded

        return [one for one in unheeded(self.program.machine) if self.owns(one.setting.site)]

    @cached_property
    def adversaries(self) -> list[Adversary]:
        """The settings of ``trainable`` in this file for one model that Keras 3 takes in for another one too."""
        from kerasvae_lint.keras.adversaries import adversaries

        return [one for one in adversaries(self.program.machine) if one.place_in(self.unit) is not None]

    @cached_property
    def train_steps(self) -> list[TrainStep]:
        """The runs of each ``train_step`` that the program defines, in order of time."""
        from kerasvae_lint.keras.steps import train_steps

        return train_steps(self.program.machine)

    @cached_property
    def untold_modes(self) -> list[Untold]:
        """The calls of this file that train a model in a ``train_step``, and run it as in inference."""
        from kerasvae_lint.keras.steps import untold

        found = untold(self.program.machine, self.train_steps)
        return sorted((one for one in found if self.owns(one.node.site)), key=lambda one: one.node.site.record.start)

    @cached_property
    def left_out_losses(self) -> list[LeftOut]:
        """The steps of this file whose loss leaves out what layers add to it."""
        from kerasvae_lint.keras.steps import left_out

        return [one for one in left_out(self.program.machine, self.train_steps) if self.owns(one.gradient.event.site)]

    @cached_property
    def misapplied_gradients(self) -> list[Misapplied]:
        """The calls of optimizers in this file that pair gradients with other weights than theirs."""
        from kerasvae_lint.keras.tapes import misapplied

        return [one for one in misapplied(self.program.machine) if self.owns(one.event.site)]

    @cached_property
    def unrecorded_losses(self) -> list[Unrecorded]:
        """The gradients taken in this file of losses that their tape has not recorded."""
        from kerasvae_lint.keras.tapes import unrecorded

        return [one for one in unrecorded(self.program.machine) if self.owns(one.event.site)]

    @cached_property
    def raw_logs(self) -> list[RawLogs]:
        """The steps of this file that return the tensor of a loss for the logs."""
        from kerasvae_lint.keras.steps import raw_logs

        return [one for one in raw_logs(self.program.machine, self.train_steps) if self.owns(one.logs.site)]

    @cached_property
    def stray_metrics(self) -> list[StrayMetric]:
        """The metrics that this file makes outside of the models whose steps update them, and that nobody resets."""
        from kerasvae_lint.keras.stray_metrics import stray_metrics

        return list(stray_metrics(self.program.machine, self.unit, self.train_steps))

    @cached_property
    def lost_weights(self) -> list[LostWeights]:
        """The trainings of this file that are given sample weights which nobody applies."""
        from kerasvae_lint.keras.weighted import lost_weights

        found = lost_weights(self.program.machine, self.train_steps)
        return [one for one in found if self.owns(one.run.site)]

    def step_without_test(self, model: Value) -> Site | None:
        """Where the ``train_step`` of a model stands that Keras's own ``test_step`` judges, without a loss."""
        from kerasvae_lint.keras.steps import step_without_test

        step = step_without_test(self.program.machine, model)
        return Site(step.unit, step.function) if step is not None else None

    @cached_property
    def broadcasts(self) -> list[Broadcast]:
        """The differences of this file between targets and outputs that are stretched to all pairs."""
        from kerasvae_lint.keras.broadcasts import broadcasts

        return list(broadcasts(self.outputs, self.unit))

    def monitors(self) -> Iterator[tuple[Call, Monitor]]:
        """The callbacks that this file makes and that decide by a number in the logs, in source order."""
        from kerasvae_lint.keras.monitors import CALLBACKS, monitor_of

        for call in self.calls(*CALLBACKS):
            found = monitor_of(call.result)
            if found is not None:
                yield call, found

    @cached_property
    def old_rates(self) -> list[RateUse]:
        """Where this file uses the learning rate of an optimizer as Keras 2 alone lets it, in source order."""
        from kerasvae_lint.keras.rates import rate_uses

        return list(rate_uses(self.program.machine, self.unit))

    @cached_property
    def comparisons(self) -> list[Comparison]:
        """The calls of this file that compare predictions for a shuffled data set with labels in another order."""
        from kerasvae_lint.keras.comparisons import comparisons

        return [one for one in comparisons(self.program.machine) if self.owns(one.site)]

    def network_of(self, model: Value) -> Network | None:
        """The layers of a model; None for one that nobody can see into."""
        return next((network for network in self.networks if network.model.key == model.key), None)

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
    def repeated_kls(self) -> list[RepeatedKL]:
        """The KLs that enter once for each output, as a ``compile`` of this file gives all the function with it."""
        from kerasvae_lint.model.repeated_kls import repeated_kls

        return [one for one in repeated_kls(self.program.machine, self.objective) if self.owns(one.use)]

    @cached_property
    def loss_variables(self) -> list[LossVariable]:
        """The variables of this file that are meant to be trained and that only a compiled loss owns."""
        from kerasvae_lint.keras.loss_variables import loss_variables

        return list(loss_variables(self.program.machine, self.unit))

    @cached_property
    def swapped_estimators(self) -> list[Swapped]:
        """The straight-through estimators of this file that are the wrong way round, in source order."""
        from kerasvae_lint.keras.straight_through import swapped

        return sorted(swapped(self.program.machine, self.unit), key=lambda one: one.site.record.start)

    @cached_property
    def blocked_latents(self) -> list[BlockedLatent]:
        """The draws of this file that let no gradient through to what made them, in source order."""
        from kerasvae_lint.keras.random_outputs import blocked_latents

        losses = [loss.value for loss in self.objective.losses if loss.value is not None]
        found = [one for one in blocked_latents(self.program.machine, losses) if self.owns(one.site)]
        return sorted(found, key=lambda one: one.site.record.start)

    @cached_property
    def layers_of_tfp(self) -> list[LibraryObject]:
        """The first layer of tfp in each model, as far as this file makes it, in source order."""
        from kerasvae_lint.keras.random_outputs import layers_of_tfp

        found = {
            one.site.record: one for one in layers_of_tfp(self.program.machine) if one.site and self.owns(one.site)
        }
        return sorted(found.values(), key=lambda one: one.site.record.start if one.site is not None else 0)

    @cached_property
    def value_copies(self) -> list[ValueCopy]:
        """The weights of other layers that the layers of this file copy by value, in source order."""
        from kerasvae_lint.keras.value_copies import value_copies

        found = [one for one in value_copies(self.program.machine.objects) if self.owns(one.write.site)]
        return sorted(found, key=lambda one: one.write.site.record.start)

    @cached_property
    def flat(self) -> list[Flat]:
        """The terms of the losses of this file by which nothing can be learned, in source order."""
        from kerasvae_lint.keras.flat import flat

        losses = [loss.value for loss in self.objective.losses if loss.value is not None]
        return sorted(flat(self.program.machine, self.unit, losses), key=lambda one: one.site.record.start)

    @cached_property
    def singular(self) -> list[Singular]:
        """The places of this file at which a loss has a gradient of NaN though its value is fine, in source order."""
        from kerasvae_lint.keras.singular import singular

        losses = [loss.value for loss in self.objective.losses if loss.value is not None]
        found = singular(self.program.machine, self.unit, losses)
        return sorted(found, key=lambda one: one.site.record.start)

    @cached_property
    def unscaled_kls(self) -> list[Unscaled]:
        """The models that this file compiles with the whole KL of their weights on every batch."""
        from kerasvae_lint.keras.divergences import unscaled

        return list(unscaled(self.program.machine, self.unit))

    @cached_property
    def drawn_predictions(self) -> list[DrawnPrediction]:
        """The predictions of this file that are one draw of a distribution, in source order."""
        from kerasvae_lint.keras.random_outputs import drawn_predictions

        found = {one.call: one for one in drawn_predictions(self.program.machine) if self.owns(one.site)}
        return sorted(found.values(), key=lambda one: one.call.start)

    @cached_property
    def losses_on_draws(self) -> list[LossOnDraw]:
        """The losses that a ``compile`` of this file puts on a draw of a distribution, in source order."""
        from kerasvae_lint.keras.random_outputs import losses_on_draws

        found = [one for one in losses_on_draws(self.program.machine) if self.owns(one.loss.use)]
        first = {one.loss.use.record: one for one in reversed(found)}
        return sorted(first.values(), key=lambda one: one.loss.use.record.start)

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
    def own_copies(self) -> list[OwnCopy]:
        """The numbers that callbacks of this file change in themselves alone, though a loss was given them, too."""
        from kerasvae_lint.model.own_copies import own_copies

        return list(own_copies(self.program, self.changes.attributes))

    @cached_property
    def shadowed(self) -> list[Shadowed]:
        """The arguments that constructors of this file keep, and in whose place a global of that name is read."""
        from kerasvae_lint.model.shadowed import shadowed

        return list(shadowed(self.program, self.code, self.classes))

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

    @cached_property
    def lost(self) -> list[Lost]:
        """The values that the file makes at its top level and nobody reads."""
        return list(lost(self.code))

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

    def is_only_a_base(self, cls: Class) -> bool:
        """True for a class of which nobody in sight makes an object, and that others with an ``__init__`` build on."""
        if any(obj.cls.cls is cls.record and not obj.generic for obj in cls.instances):
            return False
        if any(
            other.cls is not None and other.cls is not cls.record and "__init__" in other.cls.methods
            for other in self.program.machine.classes
            if other.is_subclass(cls.value)
        ):
            return True
        units = self.around.importers(_MAX_IMPORTERS) if self.around is not None else []
        return units is None or any(
            "__init__" in other.methods
            and any(base.value.id == cls.name for base in other.bases if isinstance(base.value, r.Name))
            for unit in units
            for other in unit.module.classes
        )

    def class_of(self, record: r.Record) -> Class | None:
        """The class whose methods a record stands in."""
        at = r.class_of(record)
        return next((cls for cls in self.classes if cls.record is at), None)
