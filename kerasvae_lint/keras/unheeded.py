"""Settings of ``trainable`` that come too late for the training step that they are meant for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.flags import MAX_DEPTH, Path, parts
from kerasvae_lint.keras.kinds import is_layer, is_model
from kerasvae_lint.keras.layers import made_layers, model_outputs, sequential_layers
from kerasvae_lint.keras.methods import tracked_layers
from kerasvae_lint.keras.passes import excludes
from kerasvae_lint.keras.thawing import Owner, flag_value, is_under_other_branch, made_trainable, owners_of_element
from kerasvae_lint.keras.training import TRAINS, Run, runs
from kerasvae_lint.values.interpreter import HOST, Interpreter
from kerasvae_lint.values.lattice import (
    Access,
    Constant,
    FunctionValue,
    Instance,
    LibraryObject,
    Parameter,
    Unknown,
    Value,
)


@dataclass(frozen=True, eq=False, slots=True)
class Unheeded:
    """A setting of ``trainable`` that the next training does without.

    Attributes:
        setting: where it is set.
        value: what it is set to.
        compiled: the last ``compile`` of the model that is trained.
        trained: the training.
        in2: True if Keras 2 trains as if it had not been set.
        in3: True if Keras 3 does.
    """

    setting: Access
    value: bool
    compiled: Run
    trained: Run
    in2: bool
    in3: bool


@dataclass(frozen=True, eq=False, slots=True)
class Setting:
    """One setting of ``trainable``.

    Attributes:
        access: the setting.
        owner: whose it is, or whose layers' a loop sets.
        part: True if it is that of some of the owner's layers, nobody can say which.
        inside: True if it is that of all of the owner's layers, not the owner's own.
    """

    access: Access
    owner: Owner
    part: bool = False
    inside: bool = False


def unheeded(machine: Interpreter) -> list[Unheeded]:
    """The settings of ``trainable`` after a ``compile`` that no further ``compile`` takes in, in order of time.

    ``compile`` fixes in Keras 2 what is trained, and the first training after it in Keras 3. A setting that the
    ``compile`` or the training of another model takes in is meant for that one: so are adversarial networks trained.
    """
    return list(_Unheeded(machine).found())


def settings_of(machine: Interpreter) -> list[Setting]:
    """Every setting of ``trainable``, in order of time."""
    keys = {owner.key: owner for owner in made_layers(machine)}
    written = {id(owner): owner for owner in (*made_layers(machine), *machine.objects)}
    found = [
        Setting(access, owner)
        for owner in written.values()
        for access in owner.writes.get("trainable", ())
        if access.kind != "delete"
    ]
    for _, name, access in machine.loose_writes:
        if name != "trainable" or not isinstance(access.site.record, r.Attribute):
            continue
        owners, whole = owners_of_element(machine, access.site.record.value, keys)
        if len(owners) > 1:
            owners = [owner for owner in owners if _is_given(machine, access, owner)]
        if len(owners) == 1:
            part = not whole or _is_chosen(access.site.record)
            found.append(Setting(access, owners[0], part=part, inside=True))
    return sorted(found, key=lambda setting: setting.access.order)


def _is_given(machine: Interpreter, access: Access, owner: Owner) -> bool:
    """True if the run of a function that sets something was called with this object."""
    calls = [
        event
        for event in machine.events
        if isinstance(event.callee, FunctionValue) and event.callee.function is access.function
        if event.order < access.order
    ]
    given = calls[-1].arguments.all() if calls else ()
    return any(member is owner for value in given for member in value.alternatives())


class _Unheeded:
    def __init__(self, machine: Interpreter) -> None:
        self._machine = machine
        self._runs = runs(machine)
        self._settings = settings_of(machine)

    def found(self) -> Iterator[Unheeded]:
        if not self._settings:
            return
        seen: set[tuple[r.Record, r.Record]] = set()
        for run in self._runs:
            if run.method not in TRAINS or run.phase != HOST or self._machine.is_never(run.order):
                continue
            compiled = self._compiled_for(run)
            if compiled is None or not isinstance(run.model, (LibraryObject, Instance)):
                continue
            late = self._late(run, compiled)
            if late is not None and (late.setting.site.record, run.site.record) not in seen:
                seen.add((late.setting.site.record, run.site.record))
                yield late

    def _compiled_for(self, run: Run) -> Run | None:
        """The ``compile`` that a training goes by; None for one that may run step by step, or not before it."""
        before = [one for one in self._of(run.model.key, "compile") if one.order < run.order]
        if not before or not is_model(run.model):
            return None
        eagerly = before[-1].arguments.get("run_eagerly")
        is_eager = eagerly is not None and not (isinstance(eagerly, Constant) and not eagerly.value)
        return None if is_eager or not before[-1].complete else before[-1]

    def _of(self, key: object, *methods: str) -> list[Run]:
        return [one for one in self._runs if one.method in methods and key in {m.key for m in one.model.alternatives()}]

    def _late(self, run: Run, compiled: Run) -> Unheeded | None:
        first = next((one for one in self._of(run.model.key, *TRAINS) if one.order > compiled.order), run)
        settings = [s for s in self._settings if compiled.order < s.access.order < run.order]
        settings = [s for s in settings if self._is_meant(s, run, compiled)]
        for path in self._paths(run.model) if settings else ():
            for setting in settings:
                value = flag_value(setting.access.value)
                if setting.owner not in path or value is None or self._is_replaced(setting, path, run.order):
                    continue
                in2 = self._state(path, compiled.order) is (not value)
                in3 = first.order < setting.access.order and self._state(path, first.order) is (not value)
                in3 = (
                    in3
                    and self._changes_in3(setting, value)
                    and not is_under_other_branch(first.site.record, run.site.record)
                )
                if in2 or in3:
                    return Unheeded(setting.access, value, compiled, run, in2, in3)
        return None

    def _is_meant(self, setting: Setting, run: Run, compiled: Run) -> bool:
        """True for a setting that can only be meant for a training, and that is sure to stand before it."""
        order, place = setting.access.order, setting.access.site.record
        if self._machine.is_never(order) or setting.access.phase != HOST:
            return False
        if not self._machine.in_one_run(order, run.order) or not self._is_before(compiled, setting.access, order):
            return False
        if excludes(place, run.site.record) or excludes(compiled.site.record, run.site.record):
            return False
        for other in self._runs:
            if order < other.order < run.order and (
                other.method == "compile" or (other.method in TRAINS and other.model.key != run.model.key)
            ):
                return False
        return not any(
            order < event.order < run.order
            and (
                "compile" in getattr(getattr(event.call, "func", None), "attr", "")
                or (isinstance(event.callee, (Unknown, Parameter)) and self._gets(event.arguments.all(), run))
            )
            for event in self._machine.events
        )

    def _is_before(self, compiled: Run, setting: Access, order: int) -> bool:
        """True if the ``compile`` is sure to come first: in the same run, or where the object is made."""
        if self._machine.in_one_run(compiled.order, order):
            return True
        made, used = r.method_of(compiled.site.record), r.method_of(setting.site.record)
        return made is not None and used is not None and made.name == "__init__" and made.owner is used.owner

    @staticmethod
    def _gets(given: tuple[object, ...], run: Run) -> bool:
        return any(value is run.model for value in given)

    def _paths(self, model: Value) -> Iterator[Path]:
        if isinstance(model, (LibraryObject, Instance)):
            yield from _paths(self._machine, model, ())

    def _changes_in3(self, setting: Setting, value: bool) -> bool:
        """Keras 3 does nothing where the object that is set has that value already, whatever its layers have."""
        if setting.inside:
            return True
        before = [s for s in self._settings if s.owner is setting.owner and s.access.order < setting.access.order]
        own = [s for s in before if not s.inside and not s.part]
        state = flag_value(own[-1].access.value) if own else made_trainable(setting.owner)
        return state is not value

    def _state(self, path: Path, order: int) -> bool | None:
        """Whether a layer is trainable at a moment; None if that is not known."""
        firsts = [made_trainable(owner) for owner in path]
        state = False if False in firsts else None if None in firsts else True
        for setting in self._settings:
            if setting.access.order > order:
                break
            if setting.owner in path:
                state = None if setting.part else flag_value(setting.access.value)
        return state

    def _is_replaced(self, setting: Setting, path: Path, order: int) -> bool:
        """True if another setting of the same layer comes before the training."""
        return any(
            setting.access.order < other.access.order < order and other.owner in path and not other.part
            for other in self._settings
        )


def _paths(machine: Interpreter, layer: Owner, around: Path) -> Iterator[Path]:
    """The layers without others in them that a model holds, each with those around it."""
    if len(around) > MAX_DEPTH or layer in around:
        return
    path = (*around, layer)
    is_own = isinstance(layer, Instance) and model_outputs(layer) is None and sequential_layers(layer) is None
    inner = list(tracked_layers(layer)) if is_own and isinstance(layer, Instance) else list(parts(machine, layer))
    for part in inner:
        if isinstance(part, (LibraryObject, Instance)) and is_layer(part):
            yield from _paths(machine, part, path)
    if not inner:
        yield path


def _is_chosen(place: r.Record) -> bool:
    """True for a setting under an ``if`` inside of its loop."""
    at = place.parent
    while at is not None and not isinstance(at, (r.Function, r.Class, r.For)):
        if isinstance(at, (r.If, r.Conditional, r.Try)):
            return True
        at = at.parent
    return False


__all__ = ["Setting", "Unheeded", "settings_of", "unheeded"]
