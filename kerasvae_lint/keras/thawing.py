"""Whether BatchNormalization is trainable at a moment of the program: frozen, unfrozen, in whole or in part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.flags import Path
from kerasvae_lint.keras.kinds import is_application
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import Access, Constant, Instance, LibraryObject, Value, constant

Owner = LibraryObject | Instance
_ABOUT_NORMALIZATION = ("batchnorm", "batch_norm", "bn", "normalization")


@dataclass(frozen=True, eq=False, slots=True)
class _Write:
    """One setting of ``trainable``.

    Attributes:
        access: the setting.
        owner: whose it is, or whose layers' a loop sets.
        part: True if it is the ``trainable`` of some of the owner's layers, nobody can say which.
        inside: True if it is that of all of the owner's layers, one by one, not the owner's own.
    """

    access: Access
    owner: Owner
    part: bool = False
    inside: bool = False


class Thawing:
    """What the code does to the ``trainable`` of one BatchNormalization.

    Args:
        machine: the interpreter, after it ran.
        path: the layer, and those around it, the outermost one first.
        models: the models that all this is part of.
    """

    def __init__(self, machine: Interpreter, path: Path, models: list[Owner]) -> None:
        self._machine = machine
        self._path = path
        self._models = models
        self._writes = sorted(self._all_writes(), key=lambda write: write.access.order)

    def trained_at(self, order: int, place: r.Record) -> Access | bool:
        """What made it trainable last: a setting, True if it always was; False if it is not, or may not be, trainable.

        Args:
            order: the moment.
            place: the code that runs then; what stands under an ``if`` that it stands under too is certain.
        """
        own = {id(owner): made_trainable(owner) for owner in (*self._models, *self._path)}
        state = _joined([own[id(owner)] for owner in self._path])
        last: Access | bool = True
        for write in self._writes:
            if write.access.order > order:
                break
            value, place_of = flag_value(write.access.value), write.access.site.record
            if _is_about_normalization(place_of, write.access.site.unit.source.text):
                state = state if value is True else False
                continue
            if write.part or (write.inside and is_under_other_branch(place_of, place)):
                state = self._after_part(state, value)
            elif write.inside:
                state = value
            else:
                certain = value is True or not is_under_other_branch(place_of, place)
                state = self._after_setting(own, write.owner, state, value if certain else None)
            if state and value:
                last = write.access
        return last if state else False

    def _after_part(self, state: bool | None, value: bool | None) -> bool | None:
        """The network of ``keras.applications`` that a path ends in has BatchNormalization wherever it is cut."""
        if value is None:
            return None
        if value:
            return True if is_application(self._path[-1]) else state or None
        return state

    def _after_setting(
        self, own: dict[int, bool | None], owner: Owner, state: bool | None, value: bool | None
    ) -> bool | None:
        """Keras 3 on TensorFlow takes a setting to what a layer has for none, and hands it down to no layer in it."""
        index = next((i for i, one in enumerate(self._path) if one is owner), -1)
        for one in (owner, *self._path[index + 1 :]):
            if value is not None and own[id(one)] is value:
                return state
            own[id(one)] = value
        return state if value is None and not state else value

    # settings -----------------------------------------------------------------------------------
    def _all_writes(self) -> Iterator[_Write]:
        owners = [*self._models, *self._path]
        for owner in owners:
            for access in owner.writes.get("trainable", ()):
                if access.kind != "delete":
                    yield _Write(access, owner)
        keys = {owner.key: owner for owner in owners}
        for _, name, access in self._machine.loose_writes:
            if name != "trainable" or not isinstance(access.site.record, r.Attribute):
                continue
            found = owner_of_element(self._machine, access.site.record.value, keys)
            if found is None:
                continue
            owner, whole = found
            if any(owner is model for model in self._models):
                if whole:
                    yield _Write(access, self._path[0])
                continue
            yield _Write(access, owner, part=not whole, inside=True)


def owner_of_element(
    machine: Interpreter, element: r.Expression, keys: dict[object, Owner]
) -> tuple[Owner, bool] | None:
    """Whose layer an expression is, and whether it goes through all of them."""
    owners, whole = owners_of_element(machine, element, keys)
    return (owners[0], whole) if owners else None


def owners_of_element(
    machine: Interpreter, element: r.Expression, keys: dict[object, Owner]
) -> tuple[list[Owner], bool]:
    """Whose layer an expression is, in one run or another, and whether it goes through all of them."""
    listed, whole = element, False
    if isinstance(element, r.Name):
        loop = _loop_of(element)
        if loop is None:
            return [], False
        listed, whole = loop, True
    while True:
        if isinstance(listed, r.Call) and isinstance(listed.func, r.Name) and listed.arguments:
            if listed.func.id not in {"enumerate", "reversed", "list", "tuple", "iter", "tqdm"}:
                return [], False
            listed = listed.arguments[0].value
        elif isinstance(listed, r.Subscript):
            listed, whole = listed.value, False
        else:
            break
    if isinstance(listed, r.Call) and isinstance(listed.func, r.Attribute) and listed.func.attr == "get_layer":
        listed, whole = listed.func, False
    elif not isinstance(listed, r.Attribute) or listed.attr not in {"layers", "_layers"}:
        return [], False
    members = [m for value in machine.values.seen.get(listed.value, ()) for m in value.alternatives()]
    return list({id(keys[m.key]): keys[m.key] for m in members if m.key in keys}.values()), whole


def made_trainable(owner: Owner) -> bool | None:
    """A layer's ``trainable`` as it is made."""
    given = owner.arguments.get("trainable") if isinstance(owner, LibraryObject) else None
    if isinstance(owner, Instance):
        given = next((bound["trainable"] for bound in owner.arguments.values() if "trainable" in bound), None)
    return True if given is None else flag_value(given)


def _joined(flags: list[bool | None]) -> bool | None:
    """A layer is trainable if all around it were made so."""
    return False if False in flags else None if None in flags else True


def flag_value(value: Value) -> bool | None:
    members = {
        constant(member) if isinstance(member, Constant) and not member.assumed else None
        for member in value.alternatives()
    }
    found = members.pop() if len(members) == 1 else None
    return bool(found) if isinstance(found, (bool, int)) else None


def _loop_of(name: r.Name) -> r.Expression | None:
    """What the loop goes through whose variable a name is."""
    at: r.Record | None = name.parent
    while at is not None and not isinstance(at, (r.Function, r.Class)):
        if isinstance(at, r.For):
            targets = [part for part in at.target.walk() if isinstance(part, r.Name)]
            if any(part.id == name.id for part in targets):
                return at.iterable
        at = at.parent
    return None


def _is_about_normalization(place: r.Record, text: str) -> bool:
    """True for a setting that goes by whether a layer is BatchNormalization: so says its loop, ``if`` or value."""
    at: r.Record | None = place
    while at is not None and not isinstance(at, (r.Function, r.Class, r.Module)):
        said: r.Record | None = at if isinstance(at, r.For) else at.test if isinstance(at, r.If) else None
        if isinstance(at, r.Assign):
            said = at.value
        if said is not None:
            words = text[said.start : said.end].lower()
            if any(word in words for word in _ABOUT_NORMALIZATION):
                return True
        at = at.parent
    return False


def is_under_other_branch(place: r.Record, other: r.Record) -> bool:
    """True for code under an ``if`` of its function that the other code is not under."""
    around = {id(branch) for branch in _branches(other)}
    return any(id(branch) not in around for branch in _branches(place))


def _branches(place: r.Record) -> Iterator[r.Record]:
    at = place.parent
    while at is not None and not isinstance(at, (r.Function, r.Class)):
        if isinstance(at, (r.If, r.Conditional, r.Try)):
            yield at
        at = at.parent


__all__ = [
    "Owner",
    "Thawing",
    "flag_value",
    "is_under_other_branch",
    "made_trainable",
    "owner_of_element",
    "owners_of_element",
]
