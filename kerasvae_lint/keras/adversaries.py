"""Adversarial trainings: networks that are frozen for one model's sake and train, or don't, in another one."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import is_model
from kerasvae_lint.keras.passes import excludes
from kerasvae_lint.keras.steps import inner
from kerasvae_lint.keras.thawing import flag_value, is_under_other_branch, made_trainable
from kerasvae_lint.keras.training import TRAINS, Run, runs, trains_as_keras_does
from kerasvae_lint.keras.trainings import trainings
from kerasvae_lint.keras.unheeded import Setting, settings_of
from kerasvae_lint.values.interpreter import HOST, Interpreter
from kerasvae_lint.values.lattice import Access, FunctionValue, Instance, LibraryObject, Site, Value
from kerasvae_lint.values.unit import Unit

LOST, GAINED, NEVER = "lost", "gained", "never"


@dataclass(frozen=True, eq=False, slots=True)
class Adversary:
    """A setting of ``trainable`` that is meant for one model and holds in another one too.

    Attributes:
        setting: where it is set.
        sites: the same place, then the calls that led there, the innermost first.
        kind: ``lost`` for a network that Keras 3 never trains, ``gained`` for one that Keras 3 trains where it is to
            stay as it is, ``never`` for one that neither Keras trains.
        compiled: the ``compile`` of the model that goes wrong.
        own: the trainings of the network itself; of all calls, if it is what they are called on.
        combined: the trainings of the model that it is frozen for.
        network: True if the network's own trainings are called on the network itself.
    """

    setting: Access
    sites: tuple[Site, ...]
    kind: str
    compiled: Site
    own: tuple[Site, ...]
    combined: tuple[Site, ...]
    network: bool

    def place_in(self, unit: Unit) -> r.Record | None:
        """Where a file says it: the setting, or the call of a helper that sets what it is told."""
        statement = r.statement_of(self.setting.site.record)
        is_told = isinstance(statement, r.Assign) and not isinstance(statement.value, r.Constant)
        sites = self.sites[1:] if is_told and len(self.sites) > 1 else self.sites
        return next((site.record for site in sites if site.unit is unit), None)


@dataclass(frozen=True, slots=True)
class _State:
    """Whether a layer is trainable at a moment, and what made it so; None for a value that can't be told."""

    value: bool | None
    setting: Setting | None = None


@dataclass(frozen=True, slots=True)
class _Own:
    """A training of a network by itself: in a model of its own, or in a loop.

    Attributes:
        model: what is trained.
        site: where.
        order: when.
        by_keras: True for ``fit`` and its like.
    """

    model: Value
    site: Site
    order: int
    by_keras: bool


def adversaries(machine: Interpreter) -> list[Adversary]:
    """The settings between a model's ``compile`` and its first training that another model was the reason for.

    Keras 2 notes at ``compile`` what is trained, Keras 3 at the first training: code that goes by the one is wrong by
    the other.
    """
    return list(_Adversaries(machine).found())


class _Adversaries:
    def __init__(self, machine: Interpreter) -> None:
        self._machine = machine
        self._runs = [run for run in runs(machine) if run.phase == HOST]
        self._inside: dict[int, frozenset[Hashable]] = {}
        self._places: dict[int, tuple[Site, ...]] = {}
        self._settings: list[Setting] = []
        for setting in settings_of(machine):
            if self._is_taken(setting):
                self._settings.append(setting)

    def found(self) -> Iterator[Adversary]:
        if not self._settings:
            return
        seen: set[tuple[r.Record, ...]] = set()
        for compiled, trained in self._pairs():
            for found in list(self._lost(compiled, trained)) or self._gained(compiled, trained):
                place = tuple(site.record for site in found.sites)
                if place not in seen:
                    seen.add(place)
                    yield found

    def _pairs(self) -> Iterator[tuple[Run, Run]]:
        """Each ``compile`` with the first training that goes by it."""
        for trained in self._runs:
            model = trained.model
            if trained.method not in TRAINS or not isinstance(model, (LibraryObject, Instance)):
                continue
            if not is_model(model) or not trains_as_keras_does(model):
                continue
            before = [one for one in self._of(model, "compile") if one.order < trained.order]
            if not before or not self._precedes(before[-1].order, trained.order, trained.site.record):
                continue
            since = [one for one in self._of(model, *TRAINS) if before[-1].order < one.order < trained.order]
            if all(excludes(one.site.record, trained.site.record) for one in since):
                yield before[-1], trained

    def _of(self, model: Value, *methods: str) -> list[Run]:
        return [
            run for run in self._runs if run.method in methods and any(m is model for m in run.model.alternatives())
        ]

    # what goes wrong ----------------------------------------------------------------------------
    def _lost(self, compiled: Run, trained: Run) -> Iterator[Adversary]:
        """A network that is frozen, for another model, at its own first training."""
        for kind, then in ((LOST, True), (NEVER, False)):
            for setting, layers in self._changed(compiled, trained, then, False):
                is_whole = layers == self._layers(trained.model)
                if kind == NEVER and not is_whole:
                    continue
                for other in self._frozen_for(setting, layers, trained):
                    own, combined = _sites(self._of(trained.model, *TRAINS)), _sites(self._of(other.model, *TRAINS))
                    sites = self._sites(setting)
                    yield Adversary(setting.access, sites, kind, compiled.site, own, combined, is_whole)
                    break

    def _frozen_for(self, setting: Setting, layers: set[Hashable], trained: Run) -> Iterator[Run]:
        """Where another model that holds the layers, and is trained too, is compiled while they are frozen."""
        for other in self._runs:
            if other.method != "compile" or other.order < setting.access.order or other.model is trained.model:
                continue
            if not layers <= self._everything(other.model) or not self._of(other.model, *TRAINS):
                continue
            if all(self._state(layer, other.order, other.site.record).value is False for layer in layers):
                yield other

    def _gained(self, compiled: Run, trained: Run) -> Iterator[Adversary]:
        """A network that is frozen at the ``compile`` of another model, and unfrozen before that one's training."""
        for setting, layers in self._changed(compiled, trained, False, True):
            own = [
                one
                for one in self._own_trainings()
                if one.model is not trained.model and one.order > setting.access.order
                if layers <= self._everything(one.model) and self._is_for(one, layers)
            ]
            if own:
                combined, sites = _sites(self._of(trained.model, *TRAINS)), self._sites(setting)
                is_whole = all(one.by_keras and self._layers(one.model) == layers for one in own)
                yield Adversary(setting.access, sites, GAINED, compiled.site, _sites(own), combined, is_whole)

    def _is_for(self, one: _Own, layers: set[Hashable]) -> bool:
        """True for a training that is to move the layers: by its ``compile``, or by what a loop asks for."""
        compiled = [run for run in self._of(one.model, "compile") if run.order < one.order]
        if not one.by_keras or not compiled:
            return not one.by_keras
        last = compiled[-1]
        return all(self._state(layer, last.order, last.site.record).value for layer in layers)

    def _own_trainings(self) -> Iterator[_Own]:
        for run in self._runs:
            if run.method in TRAINS:
                yield _Own(run.model, run.site, run.order, True)
        for training in trainings(self._machine):
            for step in training.steps:
                if step.method == "loop":
                    yield _Own(training.model, step.site, step.order, False)

    def _changed(self, compiled: Run, trained: Run, then: bool, now: bool) -> list[tuple[Setting, set[Hashable]]]:
        """The layers of a model that are ``then`` at its ``compile`` and ``now`` at its first training, by setting."""
        found: dict[tuple[r.Record, ...], tuple[Setting, set[Hashable]]] = {}
        for layer in self._layers(trained.model):
            before = self._state(layer, compiled.order, compiled.site.record)
            after = self._state(layer, trained.order, trained.site.record)
            setting = after.setting
            if setting is None or after.value is not now or before.value is not then:
                continue
            if self._precedes(setting.access.order, trained.order, trained.site.record):
                place = tuple(site.record for site in self._sites(setting))
                found.setdefault(place, (setting, set()))[1].add(layer)
        return list(found.values())

    # what is in what ----------------------------------------------------------------------------
    def _everything(self, layer: Value) -> frozenset[Hashable]:
        known = self._inside.get(id(layer))
        if known is None:
            known = self._inside[id(layer)] = frozenset(inner(self._machine, layer))
        return known

    def _layers(self, model: Value) -> frozenset[Hashable]:
        """The keys of the layers in a model that hold no others and are made trainable; its own where none is known."""
        return frozenset(
            key
            for key, layer in inner(self._machine, model).items()
            if len(self._everything(layer)) == 1
            if isinstance(layer, (LibraryObject, Instance)) and made_trainable(layer)
        )

    # when ---------------------------------------------------------------------------------------
    def _precedes(self, order: int, until: int, place: r.Record) -> bool:
        """True if one moment surely comes before another: in the same run, in the program itself, in ``__init__``."""
        machine = self._machine
        if machine.in_one_run(order, until) or machine.in_one_run(order, 0):
            return True
        method = r.method_of(place)
        return any(
            function.name == "__init__"
            and method is not None
            and function.owner is method.owner
            and any(began <= order < ended for _, began, ended in spans)
            for function, spans in machine.spans.items()
        )

    def _is_taken(self, setting: Setting) -> bool:
        """Keras 3 does nothing where the object that is set has that value already, whatever its layers have."""
        if setting.inside:
            return True
        owner, value = setting.owner, flag_value(setting.access.value)
        own = [s for s in self._settings if s.owner is owner and not s.inside and not s.part]
        state = flag_value(own[-1].access.value) if own else made_trainable(owner)
        return state is not value or value is None

    def _state(self, layer: Hashable, order: int, place: r.Record) -> _State:
        """Whether a layer is trainable at a moment of the program."""
        state, is_never = _State(True), self._machine.is_never(order)
        for setting in self._settings:
            access = setting.access
            if access.order > order:
                break
            if layer not in self._everything(setting.owner) or excludes(access.site.record, place):
                continue
            if self._machine.is_never(access.order) and not is_never:
                continue
            value = flag_value(access.value)
            if access.phase != HOST or setting.part or is_under_other_branch(access.site.record, place):
                value = None if value is not state.value else value
            if value is not state.value:
                state = _State(value, setting)
        return state

    def _sites(self, setting: Setting) -> tuple[Site, ...]:
        """Where a setting stands, and the calls that led there."""
        known = self._places.get(id(setting))
        if known is None:
            known = self._places[id(setting)] = tuple(self._led(setting.access))
        return known

    def _led(self, access: Access) -> Iterator[Site]:
        machine = self._machine
        yield access.site
        inside = [
            (began, function)
            for function, spans in machine.spans.items()
            for _, began, ended in spans
            if began < access.order < ended
        ]
        for began, function in sorted(inside, key=lambda pair: -pair[0]):
            calls = [
                event
                for event in machine.events
                if isinstance(event.callee, FunctionValue) and event.callee.function is function and event.order < began
            ]
            if not calls:
                return
            yield calls[-1].site


def _sites(done: Iterable[Run | _Own]) -> tuple[Site, ...]:
    return tuple({id(one.site.record): one.site for one in done}.values())


__all__ = ["GAINED", "LOST", "NEVER", "Adversary", "adversaries"]
