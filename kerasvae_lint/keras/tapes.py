"""Gradients by a tape: whose they are, which variables they are applied to, and what the tape could not record."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.anew import holds_weights
from kerasvae_lint.keras.chains import is_input
from kerasvae_lint.keras.graph import Graph
from kerasvae_lint.keras.kinds import is_application, is_layer, library_class
from kerasvae_lint.keras.layers import argument_of, model_inputs, model_outputs, sequential_layers
from kerasvae_lint.keras.steps import MAX_DEPTH, behind, inner
from kerasvae_lint.keras.thawing import made_trainable
from kerasvae_lint.keras.unheeded import settings_of
from kerasvae_lint.keras.variables import WEIGHT_LISTS, is_variable, trainable, weight_list
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import (
    Builtin,
    Computed,
    Constant,
    DictObject,
    FunctionValue,
    Instance,
    LibraryName,
    LibraryObject,
    ListObject,
    Native,
    Repeated,
    Site,
    Tuple,
    Union,
    Unknown,
    Value,
    constant,
    held,
)
from kerasvae_lint.values.world import CallEvent

BEFORE, BEHIND, NUMBER = "before", "behind", "number"
"""How a loss misses its tape: computed before it, or behind it, or made a plain number."""
_TAPE = "tf.GradientTape"
_APPLIES = frozenset({"apply_gradients", "apply"})
_WRAPS = ("layer", "cell", "forward_layer")
_ROLE = re.compile(
    r"encoder|decoder|generator|discriminator|critic|actor|classifier|policy|posterior|prior|gen(?![a-z])|disc(?![a-z])",
    re.IGNORECASE,
)
"""What the names of networks say that do two different things: of others, one may be a copy of the other."""
_LOSS = re.compile(r"loss|criterion|mse|bce|crossentropy|cross_entropy", re.IGNORECASE)
_FETCHES = frozenset({"numpy", "float", "int", "item", "tolist", "get_value", "convert_to_numpy"})
_HANDED_ON = frozenset({"getitem", "element", "identity", "convert", "convert_to_tensor", "call", "list", "tuple"})
_LISTED_BY = frozenset({"list", "tuple"})
_MAKE_LAYERS = ("keras.layers.", "keras.Model", "keras.Sequential", "keras.models.", "keras.applications.")


@dataclass(frozen=True, slots=True)
class Atom:
    """Something with trainable weights that a list of weights holds: a layer, a variable, or a network nobody knows.

    ``in_order`` is False where Keras puts it among others in an order of its own.
    """

    key: Hashable
    value: Value
    name: str = ""
    in_order: bool = True


@dataclass(frozen=True, eq=False, slots=True)
class Misapplied:
    """Gradients that an optimizer is told to apply to other weights than those that they were taken for.

    Attributes:
        event: the call of the optimizer.
        written: the list of the weights that are moved, as it is written for ``zip`` or the optimizer.
        taken: where the gradients were taken.
        sources: the list that they were taken for, as it is written.
        is_order: True where both lists hold the same, in another order.
    """

    event: CallEvent
    written: Site
    taken: Site
    sources: Site
    is_order: bool


@dataclass(frozen=True, eq=False, slots=True)
class Unrecorded:
    """A loss that a tape is asked to differentiate and that it hasn't seen being computed.

    Attributes:
        event: the call of ``gradient``.
        how: before, behind or number.
        place: where the model is called, the loss computed, or the number made of it.
    """

    event: CallEvent
    how: str
    place: Site


# gradients and the variables that they move ---------------------------------------------------------
def misapplied(machine: Interpreter) -> list[Misapplied]:
    """The calls of optimizers that pair gradients with other weights than theirs, each place once.

    A place that pairs them rightly in another run of the code is left out.
    """
    found: dict[r.Record, Misapplied | None] = {}
    pairings = _Pairings(machine)
    for event in machine.events:
        for pairing, gradients, variables in pairings.of(event):
            verdict = _judged(machine, event, pairing, gradients, variables)
            if isinstance(verdict, Misapplied):
                found.setdefault(verdict.event.site.record, verdict)
            elif verdict is False:
                found[event.site.record] = None
    return [one for one in found.values() if one is not None]


class _Pairings:
    """Which gradients an optimizer is given for which variables."""

    def __init__(self, machine: Interpreter) -> None:
        self._machine = machine
        self._zips: dict[int, CallEvent] = {}
        for event in machine.events:
            if (
                isinstance(event.callee, Builtin)
                and event.callee.name == "zip"
                and isinstance(event.result, ListObject)
            ):
                for row in _rows(event.result):
                    self._zips[id(row)] = event

    def of(self, event: CallEvent) -> Iterator[tuple[CallEvent, Value, Value]]:
        """The call that pairs them, the gradients, the variables; nothing for what isn't an optimizer's call."""
        call = event.call
        word = call.func.attr if call is not None and isinstance(call.func, r.Attribute) else ""
        if call is None or word not in _APPLIES or isinstance(event.callee, (FunctionValue, LibraryName, Builtin)):
            return
        first, second = event.arguments.get(0, "grads_and_vars", "grads", "gradients"), event.arguments.get(1)
        second = event.arguments.get(1, "trainable_variables") if second is None else second
        if first is None:
            return
        if word == "apply":
            if second is not None:
                yield event, first, second
            return
        zipped = self._zip(first)
        if zipped is not None and len(zipped.arguments.positional) == 2:
            yield zipped, zipped.arguments.positional[0], zipped.arguments.positional[1]

    def _zip(self, pairs: Value) -> CallEvent | None:
        if not isinstance(pairs, ListObject):
            return None
        for row in _rows(pairs):
            if id(row) in self._zips:
                return self._zips[id(row)]
        record = pairs.site.record if pairs.site is not None else None
        if isinstance(record, r.Comprehension) and len(record.generators) == 1:
            return self._zip_of_loop(record)
        return None

    def _zip_of_loop(self, loop: r.Comprehension) -> CallEvent | None:
        """``[(clip(g), v) for g, v in zip(gradients, variables)]``, where each stays beside its own."""
        target, element = loop.generators[0].target, loop.element
        if not isinstance(target, r.Display) or not isinstance(element, r.Display) or len(element.items) != 2:
            return None
        names = [item.id if isinstance(item, r.Name) else "" for item in target.items]
        if len(names) != 2 or not isinstance(element.items[1], r.Name) or element.items[1].id != names[1]:
            return None
        if not any(isinstance(part, r.Name) and part.id == names[0] for part in element.items[0].walk()):
            return None
        seen = self._machine.values.seen.get(loop.generators[0].iterable, ())
        found = {self._zip(value) for value in seen}
        return found.pop() if len(found) == 1 else None


def _rows(pairs: ListObject) -> Iterator[Value]:
    state = pairs.items
    yield from state.items[:1]
    if state.rest is not None:
        yield state.rest


def _judged(
    machine: Interpreter, event: CallEvent, pairing: CallEvent, gradients: Value, variables: Value
) -> Misapplied | bool | None:
    """What is wrong with a pairing; False for one that is right, None for one that nobody can judge."""
    taken = _taken(machine, gradients)
    given = _listed(machine, variables)
    if taken is None or given is None or taken.site is None:
        return None
    sources, written = _argument(taken.site, "sources"), _argument(pairing.site, "trainable_variables")
    if sources is None or written is None:
        return None
    if [atom.key for atom in taken.atoms] == [atom.key for atom in given]:
        return False
    roles = [_roles(site.unit.text(site.record)) for site in (sources, written)]
    named = all(roles) and not roles[0] & roles[1]
    verdict = _differ(machine, taken.atoms, given, named)
    if not verdict:
        return verdict
    same = {atom.key for atom in taken.atoms} == {atom.key for atom in given}
    return Misapplied(event, written, taken.site, sources, same)


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a list of gradients was taken for, and by which call (None for several)."""

    atoms: list[Atom]
    site: Site | None


def _argument(site: Site, name: str) -> Site | None:
    """The second argument of a call, or the one of a name, as it is written."""
    call = site.record
    if not isinstance(call, r.Call):
        return None
    named = next((argument.value for argument in call.arguments if argument.name == name), None)
    plain = [argument.value for argument in call.arguments if argument.name is None and not argument.star]
    found = named if named is not None else plain[1] if len(plain) > 1 else None
    return Site(site.unit, found) if found is not None else None


def _taken(machine: Interpreter, gradients: Value, depth: int = 0) -> _Taken | None:
    """What a list of gradients, however it was clipped, scaled or summed, was taken for."""
    if depth > 2 * MAX_DEPTH:
        return None
    if isinstance(gradients, Computed):
        return _taken_by(machine, gradients, depth)
    if isinstance(gradients, (ListObject, Tuple)):
        state = gradients.items if isinstance(gradients, ListObject) else gradients
        if isinstance(gradients, ListObject) and not _is_whole(gradients):
            return None
        if state.rest is not None:
            return _taken(machine, state.rest, depth + 1) if not state.items else None
        parts = [_taken(machine, item, depth + 1) for item in state.items]
        return _together(parts)
    return None


def _taken_by(machine: Interpreter, value: Computed, depth: int) -> _Taken | None:
    if value.op == "gradient":
        sources = value.options.get("sources", value.operands[1] if len(value.operands) > 1 else None)
        atoms = _listed(machine, sources) if sources is not None else None
        return _Taken(atoms, value.site) if atoms is not None else None
    if value.op == "getitem":
        inside = value.operands[0] if value.operands else None
        at = constant(value.options.get("index", Constant(None)))
        if not isinstance(at, int) or not isinstance(inside, Computed):
            return None
        return _taken_item(machine, inside, at, depth)
    carrying = [part for part in value.operands if any(_is_gradient(one) for one in behind(part))]
    if value.op == "add" and len(carrying) == 2 and all(_is_list(part) for part in carrying):
        return _together([_taken(machine, part, depth + 1) for part in carrying])
    found = [_taken(machine, part, depth + 1) for part in carrying]
    if not found or found[0] is None:
        return None
    keys = [[atom.key for atom in one.atoms] if one is not None else None for one in found]
    return found[0] if all(one == keys[0] for one in keys) else None


def _taken_item(machine: Interpreter, value: Computed, at: int, depth: int) -> _Taken | None:
    """``tape.gradient(loss, [a, b])[0]``, ``clip_by_global_norm(gradients, 1.0)[0]``."""
    if value.op == "clip_by_global_norm":
        return _taken(machine, value.operands[0], depth + 1) if at == 0 and value.operands else None
    if value.op != "gradient":
        return None
    sources = value.options.get("sources", value.operands[1] if len(value.operands) > 1 else None)
    state = sources.items if isinstance(sources, ListObject) else sources
    if not isinstance(state, Tuple) or state.rest is not None or not 0 <= at < len(state.items):
        return None
    atoms = _listed(machine, state.items[at])
    return _Taken(atoms, value.site) if atoms is not None else None


def _together(parts: Sequence[_Taken | None]) -> _Taken | None:
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return None
    records = {part.site.record if part.site is not None else None for part in known}
    site = known[0].site if len(records) == 1 else None
    return _Taken([atom for part in known for atom in part.atoms], site)


def _is_gradient(value: Value) -> bool:
    return isinstance(value, Computed) and value.op == "gradient"


def _is_list(value: Value) -> bool:
    """True for a list of gradients, not one of them."""
    if isinstance(value, Computed):
        inside = value.operands[0] if value.operands else None
        nested = (
            value.op == "getitem" and isinstance(inside, Computed) and inside.op in {"gradient", "clip_by_global_norm"}
        )
        return value.op == "gradient" or nested
    return isinstance(value, ListObject)


# what a list of weights holds -----------------------------------------------------------------------
def _listed(machine: Interpreter, value: Value | None, depth: int = 0) -> list[Atom] | None:
    """What a list of weights holds, in order; None where that can't be told."""
    if depth > MAX_DEPTH or value is None:
        return None
    known = weight_list(value)
    if known is not None:
        owner, name = known
        return None if name.lstrip("_").startswith("non") else _weights_of(machine, owner)
    if isinstance(value, Computed):
        if value.op == "add":
            return _joined([_listed(machine, part, depth + 1) for part in value.operands])
        return _listed(machine, value.operands[0], depth + 1) if value.op == "element" and value.operands else None
    if isinstance(value, LibraryObject) and is_variable(value):
        if value.facts.get("weight") == "*" and value.owner is not None:
            return _weights_of(machine, value.owner)
        return [Atom(value.key, value)]
    if isinstance(value, (ListObject, Tuple)):
        state = value.items if isinstance(value, ListObject) else value
        if isinstance(value, ListObject) and not _is_whole(value):
            return None
        parts: list[Value] = list(state.items)
        if state.rest is not None:
            parts += state.rest.alternatives()
        return _joined([_listed(machine, part, depth + 1) for part in parts])
    return None


def _is_whole(value: ListObject) -> bool:
    """True for a list that still holds all that it was made of: none is left out, none was put in later."""
    record = value.site.record if value.site is not None else None
    if value.items.rest is None:
        return True
    if isinstance(record, r.Comprehension):
        return not any(generator.conditions for generator in record.generators)
    if isinstance(record, r.Call):
        return isinstance(record.func, r.Name) and record.func.id in _LISTED_BY
    return isinstance(record, r.Display) and bool(record.items)


def _joined(parts: Sequence[list[Atom] | None]) -> list[Atom] | None:
    known = [part for part in parts if part is not None]
    return [atom for part in known for atom in part] if known and len(known) == len(parts) else None


def _weights_of(machine: Interpreter, owner: Value, depth: int = 0) -> list[Atom] | None:
    """What of a layer or model has trainable weights, in the order in which it was put there."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(owner, Unknown):
        return [Atom(owner.key, owner, owner.name)]
    if not isinstance(owner, (LibraryObject, Instance)) or not is_layer(owner):
        return None
    listed, outputs = sequential_layers(owner), model_outputs(owner)
    parts: list[Value]
    if listed is not None:
        if listed.rest is not None:
            return None
        parts = [item for item in listed.items if not is_input(item)]
    elif outputs is not None:
        graph = Graph(
            machine, outputs, model_inputs(owner), owner.order if isinstance(owner, LibraryObject) else 1 << 60
        )
        if graph.is_open:
            return None
        parts = [layer for layer in graph.layers if not is_input(layer)]
    elif isinstance(owner, Instance):
        return _weights_of_instance(machine, owner, depth)
    else:
        wrapped = None if is_application(owner) else argument_of(owner, *_WRAPS)
        if wrapped is None:
            return [Atom(owner.key, owner)] if holds_weights(machine, owner) else []
        parts = [wrapped]
    found = _unrepeated([_weights_of(machine, part, depth + 1) for part in parts])
    return _anyhow(found) if outputs is not None else found


def _anyhow(atoms: list[Atom] | None) -> list[Atom] | None:
    return [replace(atom, in_order=len(atoms) == 1) for atom in atoms] if atoms is not None else None


def _weights_of_instance(machine: Interpreter, owner: Instance, depth: int) -> list[Atom] | None:
    if owner.cls.is_open:
        return None
    found: list[list[Atom] | None] = []
    for name, slot in owner.slots.items():
        if isinstance(slot, Unknown) and _ROLE.search(name):
            found.append([Atom(slot.key, slot, name)])
        if isinstance(slot, Union) and any(is_layer(part) or is_variable(part) for part in held(slot)):
            return None
        for part in held(slot):
            if isinstance(part, LibraryObject) and is_variable(part):
                if trainable(part) is not False:
                    found.append([Atom(part.key, part)])
            elif is_layer(part) and part is not owner:
                found.append(_weights_of(machine, part, depth + 1))
    is_of_library = library_class(owner) not in {"keras.Model", "keras.Sequential", "keras.layers.Layer"}
    if None not in found and (is_of_library or (not any(found) and holds_weights(machine, owner))):
        found.append([Atom(owner.key, owner)])
    return _anyhow(_unrepeated(found))


def _unrepeated(parts: Sequence[list[Atom] | None]) -> list[Atom] | None:
    if any(part is None for part in parts):
        return None
    atoms = [atom for part in parts for atom in part or ()]
    return list({atom.key: atom for atom in atoms}.values())


def _differ(machine: Interpreter, taken: list[Atom], given: list[Atom], named: bool) -> bool | None:
    """Whether pairs of two lists go wrong: None where that can't be told.

    What is cut off at the end of the longer one leaves the pairs right. ``named`` says that the lists' names are those
    of networks that do different things.
    """
    if not taken or not given:
        return None
    keys, others = [atom.key for atom in taken], [atom.key for atom in given]
    shorter = min(len(keys), len(others))
    if keys[:shorter] == others[:shorter]:
        return False
    if all(is_variable(atom.value) for atom in (*taken, *given)):
        return True
    left = [atom for atom in taken if atom.key not in others]
    right = [atom for atom in given if atom.key not in keys]
    if not left and not right:
        return True if all(atom.in_order for atom in (*taken, *given)) else None
    loose = [atom for atom in (*left, *right) if isinstance(atom.value, Unknown)]
    if loose and not _are_of_two_roles(machine, left, right, loose):
        return None
    apart = len(left) == len(taken) and len(right) == len(given)
    if apart and not loose and not named and _may_be_copies(taken, given):
        return None
    return True if _all_learn(machine, [*left, *right]) else None


def _are_of_two_roles(machine: Interpreter, left: list[Atom], right: list[Atom], loose: list[Atom]) -> bool:
    """True for networks that nobody knows but whose names say that they do different things, none of them frozen."""
    roles = [{word for atom in side for word in _roles(atom.name)} for side in (left, right)]
    if not all(_roles(atom.name) for atom in loose) or roles[0] & roles[1]:
        return False
    return not any(name == "trainable" for _, name, _ in machine.loose_writes)


def _roles(name: str) -> set[str]:
    return {word.lower()[:4].rstrip("r") for word in _ROLE.findall(name)}


def _may_be_copies(taken: list[Atom], given: list[Atom]) -> bool:
    """True for two networks of one make: the gradient of a copy may be meant for the other one."""
    return len(taken) == len(given) and [_make(atom.value) for atom in taken] == [_make(atom.value) for atom in given]


def _make(value: Value) -> Hashable:
    if isinstance(value, Instance):
        return value.cls.key
    if isinstance(value, LibraryObject):
        size = argument_of(value, "units", "filters", "output_dim")
        return value.name, constant(size) if size is not None else None
    return value.key


def _all_learn(machine: Interpreter, atoms: list[Atom]) -> bool:
    """True if nothing in sight freezes any of them, which would leave it out of its model's list."""
    keys = {atom.key for atom in atoms}
    if any(isinstance(a.value, (LibraryObject, Instance)) and made_trainable(a.value) is not True for a in atoms):
        return False
    return not any(keys.intersection(inner(machine, setting.owner)) for setting in settings_of(machine))


# what a tape has not seen ---------------------------------------------------------------------------
def unrecorded(machine: Interpreter) -> list[Unrecorded]:
    """The gradients, applied by an optimizer, of losses that their tape has not recorded; each place once.

    A place whose loss is recorded in another run of the code is left out.
    """
    found: dict[r.Record, Unrecorded | None] = {}
    applied = _applied(machine)
    for event in machine.events:
        made = event.result
        if not isinstance(made, Computed) or made.op != "gradient" or id(made) not in applied:
            continue
        one = _missed(machine, event, made)
        if one is None:
            found[event.site.record] = None
        else:
            found.setdefault(event.site.record, one)
    return [one for one in found.values() if one is not None]


def _applied(machine: Interpreter) -> set[int]:
    """The gradients that optimizers are given, by identity."""
    found: set[int] = set()
    for event in machine.events:
        call = event.call
        if call is not None and isinstance(call.func, r.Attribute) and call.func.attr in _APPLIES:
            for given in event.arguments.all():
                found |= {id(part) for part in behind(given) if _is_gradient(part)}
    return found


def _missed(machine: Interpreter, event: CallEvent, made: Computed) -> Unrecorded | None:
    tape = event.callee.owner if isinstance(event.callee, Native) else None
    loss = made.options.get("target", made.operands[0] if made.operands else None)
    sources = made.options.get("sources", made.operands[1] if len(made.operands) > 1 else None)
    if not isinstance(tape, LibraryObject) or tape.name != _TAPE or loss is None or sources is None:
        return None
    block = _block_of(machine, tape)
    if block is None:
        return None
    place = _computed_behind(loss, tape, block)
    if place is not None:
        return Unrecorded(event, BEHIND, place)
    owners = [known[0] for part in held(sources) if (known := weight_list(part)) is not None]
    if not owners or len(owners) < len(list(held(sources))):
        return None
    place = _made_number(machine, loss, owners)
    if place is not None:
        return Unrecorded(event, NUMBER, place)
    place = _called_before(machine, loss, owners, block)
    return Unrecorded(event, BEFORE, place) if place is not None else None


def _block_of(machine: Interpreter, tape: LibraryObject) -> r.With | None:
    """The one block that a tape records; None for one that is begun or halted in other ways."""
    record = tape.site.record if tape.site is not None else None
    item = record.parent if record is not None else None
    block = item.parent if isinstance(item, r.WithItem) else None
    if not isinstance(block, r.With):
        return None
    around: r.Record | None = r.function_of(block)
    if around is None:
        around = block
        while around.parent is not None:
            around = around.parent
    for other in around.walk():
        if isinstance(other, r.Attribute) and other.attr in {"stop_recording", "reset", "__enter__"}:
            return None
        if isinstance(other, r.WithItem) and other is not item:
            seen = machine.values.seen.get(other.context, ())
            if any(member is tape for value in seen for member in value.alternatives()):
                return None
    return block


def _stands_in(inside: r.Record, block: r.With) -> bool:
    return block.start <= inside.start and inside.end <= block.end


def _computed_behind(loss: Value, tape: LibraryObject, block: r.With) -> Site | None:
    """Where a loss gets its last form below the block of the tape, in the same function."""
    places: list[Site] = []
    for member in loss.alternatives():
        site = member.site
        if not isinstance(member, Computed) or member.op in _HANDED_ON or site is None or tape.site is None:
            return None
        if site.unit is not tape.site.unit or r.function_of(site.record) is not r.function_of(block):
            return None
        if member.order < tape.order or site.record.start < block.end or not member.operands:
            return None
        places.append(site)
    return places[0] if places else None


def _made_number(machine: Interpreter, loss: Value, owners: list[Value]) -> Site | None:
    """Where a number is fetched from a loss that comes to the weights on no other way."""
    fetched = [part for part in _walked(loss) if isinstance(part, Computed) and _fetches(part)]
    if not fetched or any(_may_carry(part) for part in _walked(loss) if not _is_one_of(part, fetched)):
        return None
    inside = {key for owner in owners for key in inner(machine, owner)} | {owner.key for owner in owners}
    for part in fetched:
        if part.site is not None and any(_is_output(one, inside) for one in behind(Tuple(part.operands))):
            return part.site
    return None


def _called_before(machine: Interpreter, loss: Value, owners: list[Value], block: r.With) -> Site | None:
    """Where the model is called of which a loss is made, if nothing in the tape's block can call it."""
    if any(
        isinstance(part, Computed) and (part.op in {"weights", "losses"} or _fetches(part)) for part in behind(loss)
    ):
        return None
    if any(is_variable(part) for part in behind(loss)):
        return None
    if not all(_is_harmless(machine, record, 0) for record in block.body):
        return None
    inside = {key for owner in owners for key in inner(machine, owner)} | {owner.key for owner in owners}
    outputs = [part for part in behind(loss) if _is_output(part, inside)]
    places = [part.site for part in outputs if part.site is not None]
    return places[0] if places and not any(_stands_in(place.record, block) for place in places) else None


def _walked(value: Value) -> Iterator[Value]:
    """What a value is made of, down to the plain numbers that were fetched."""
    todo, seen = [value], set[int]()
    while todo and len(seen) < 2000:
        at = todo.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        yield at
        if isinstance(at, Computed):
            if not _fetches(at):
                todo += [*at.operands, *at.options.values()]
        elif isinstance(at, (Union, Tuple, ListObject, DictObject)):
            todo += [part for part in held(at) if part is not at]


def _fetches(value: Computed) -> bool:
    if isinstance(value.maker, LibraryName) and value.maker.name.startswith("np."):
        return True
    return value.op in _FETCHES


def _may_carry(value: Value) -> bool:
    """True for what may depend on the weights: a layer's output, a variable, anything that nobody knows."""
    if isinstance(value, Computed):
        return value.op in {"layer", "call", "weights", "losses", "output", "gradient"}
    if isinstance(value, Unknown):
        return value.reason != "parameter"
    return is_variable(value) or isinstance(value, (Instance, Repeated))


def _is_one_of(value: Value, among: Sequence[Value]) -> bool:
    return any(value is one for one in among)


def _is_of_layer(value: Value) -> bool:
    return isinstance(value, Computed) and value.op in {"layer", "call"}


def _is_output(value: Value, layers: set[Hashable]) -> bool:
    """True for what a call of one of some layers gives."""
    return (
        isinstance(value, Computed)
        and value.op in {"layer", "call"}
        and (value.maker is not None and value.maker.key in layers)
    )


def _is_harmless(machine: Interpreter, record: r.Record, depth: int) -> bool:
    """True for code that calls no layer: only libraries' functions, losses, and functions of the project that do so."""
    for part in record.walk():
        if isinstance(part, r.Attribute) and (part.attr in WEIGHT_LISTS or part.attr == "losses"):
            return False
        if isinstance(part, r.Call) and not all(
            _calls_no_layer(machine, event, depth) for event in machine.calls.get(part, [None])
        ):
            return False
    return True


def _calls_no_layer(machine: Interpreter, event: CallEvent | None, depth: int) -> bool:
    if event is None or depth > MAX_DEPTH or any(is_layer(part) for g in event.arguments.all() for part in held(g)):
        return False
    callee = event.callee
    if isinstance(callee, FunctionValue):
        return all(_is_harmless(machine, statement, depth + 1) for statement in callee.function.body)
    if isinstance(callee, LibraryObject):
        return callee.kind in {"loss", "metric"}
    if isinstance(callee, LibraryName):
        return not callee.name.startswith(_MAKE_LAYERS)
    if isinstance(callee, Native):
        return callee.owner is None or not is_layer(callee.owner)
    if isinstance(callee, Unknown):
        if callee.reason != "parameter" or not _LOSS.search(callee.name):
            return False  # a loss that is given a prediction need not make one
        return any(_is_of_layer(part) for given in event.arguments.all() for part in behind(given))
    return isinstance(callee, Builtin)


__all__ = ["BEFORE", "BEHIND", "NUMBER", "Misapplied", "Unrecorded", "misapplied", "unrecorded"]
