"""One pass through a model: which layers are called again on what they have had already, and which add losses."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import is_layer, kinds_of
from kerasvae_lint.keras.layers import model_outputs, products_of, sequential_layers
from kerasvae_lint.values.interpreter import TRACING, Interpreter
from kerasvae_lint.values.lattice import (
    Computed,
    Constant,
    FunctionValue,
    Instance,
    LibraryObject,
    ListObject,
    Value,
    held,
    leaves,
)
from kerasvae_lint.values.unit import Unit
from kerasvae_lint.values.world import CallEvent

MAX_DEPTH = 6


@dataclass(frozen=True, eq=False, slots=True)
class Repeat:
    """A layer or model that is called twice on the same input inside of one ``call``.

    Attributes:
        layer: what is called.
        first: the first call.
        second: the second one.
    """

    layer: Value
    first: r.Call
    second: r.Call


def repeats(machine: Interpreter, unit: Unit) -> Iterator[Repeat]:
    """The second calls in a file, each once.

    Only what runs inside of a layer's ``call`` counts: Keras clears the losses at every outermost call, so two calls in
    a train step don't add up.
    """
    inside = _inside_call(machine)
    first: dict[Hashable, CallEvent] = {}
    found: set[r.Call] = set()
    for event in machine.events:
        key = _key(event) if event.site.unit is unit and event.function in inside else None
        call = event.call
        if key is None or call is None:
            continue
        earlier = first.setdefault(key, event).call
        if earlier is not None and earlier is not call and call not in found and not excludes(earlier, call):
            found.add(call)
            yield Repeat(event.callee, earlier, call)


def _inside_call(machine: Interpreter) -> set[r.Function | None]:
    """The functions that are a layer's ``call``, or that one of those uses."""
    uses: dict[r.Function | None, set[r.Function | None]] = {}
    found: set[r.Function | None] = set()
    for event in machine.events:
        callee = event.callee
        if isinstance(callee, FunctionValue) and event.phase == TRACING:
            uses.setdefault(event.function, set()).add(callee.function)
    for cls in machine.classes:
        method = cls.slots.get("call")
        if isinstance(method, FunctionValue) and kinds_of(cls) & {"layer", "model"}:
            found.add(method.function)
    todo = list(found)
    while todo:
        for function in uses.get(todo.pop(), set()) - found:
            found.add(function)
            todo.append(function)
    return found


def _key(event: CallEvent) -> Hashable:
    """What two calls share that do the same: the layer, its inputs, the function; None for other calls."""
    if not isinstance(event.callee, (Instance, LibraryObject)) or not is_layer(event.callee):
        return None
    arguments = event.arguments
    given = arguments.get(0, "inputs")
    if event.phase != TRACING or given is None or isinstance(given, Constant) or not arguments.complete:
        return None
    named = tuple((name, value.key) for name, value in arguments.keywords.items() if name != "training")
    return event.callee.key, event.function, tuple(value.key for value in arguments.positional), named


def excludes(one: r.Record, other: r.Record) -> bool:
    """True if two pieces of code stand in different arms of one ``if`` or ``match``: never both run."""
    arms = dict(_arms(one))
    return any(arms.get(branch, arm) is not arm for branch, arm in _arms(other))


def _arms(record: r.Record) -> Iterator[tuple[r.Record, object]]:
    """The branches that a piece of code stands in, with the arm of each."""
    below: r.Record = record
    at = record.parent
    while at is not None and not isinstance(at, (r.Function, r.Class)):
        if isinstance(at, r.If):
            arm = at.body if below in at.body else at.orelse if below in at.orelse else None
            if arm is not None:
                yield at, arm
        elif isinstance(below, r.Case) or (isinstance(at, r.Conditional) and below is not at.test):
            yield at, below
        below, at = at, at.parent


# losses -----------------------------------------------------------------------------------------
def adders(machine: Interpreter) -> set[Hashable]:
    """The keys of the layers and models that add a loss when they are called."""
    found: set[Hashable] = set()
    for event in machine.events:
        call = event.call
        func = call.func if call is not None else None
        if isinstance(func, r.Attribute) and func.attr == "add_loss" and event.traced:
            for owner in machine.values.seen.get(func.value, ()):
                found |= {member.key for member in owner.alternatives() if is_layer(member)}
    return found


def adds_loss(machine: Interpreter, layer: Value, known: set[Hashable], depth: int = 0) -> bool:
    """True for a layer that adds a loss, and for one that holds such a layer or is made of it."""
    if layer.key in known:
        return True
    return depth < MAX_DEPTH and any(adds_loss(machine, part, known, depth + 1) for part in _made_of(machine, layer))


def _made_of(machine: Interpreter, layer: Value) -> Iterator[Value]:
    """The layers that a layer or model runs when it is called."""
    listed = sequential_layers(layer)
    if listed is not None:
        yield from (member for item in listed.items for member in held(item) if is_layer(member))
    if isinstance(layer, Instance):
        for value in layer.slots.values():
            items = value.items.items if isinstance(value, ListObject) else (value,)
            yield from (m for item in items for m in item.alternatives() if is_layer(m) and m is not layer)
    outputs = model_outputs(layer)
    todo = [outputs] if outputs is not None else []
    seen: set[int] = set()
    while todo:
        for leaf in leaves(todo.pop()):
            if id(leaf) in seen:
                continue
            seen.add(id(leaf))
            if isinstance(leaf, Computed) and leaf.op == "layer" and leaf.maker is not None:
                yield leaf.maker
            for product in products_of(machine, leaf):
                yield product.layer
                todo += product.inputs
