"""Layers of one Keras in a model of another: which Keras each comes from, and where they meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.anew import holds_weights
from kerasvae_lint.keras.flavour import COPY, DOOR, KERAS, TF_KERAS, home_of
from kerasvae_lint.keras.kinds import is_application, is_layer, is_model, kind_of_base
from kerasvae_lint.keras.layers import every_node, made_layers, model_inputs, products_of, sequential_layers
from kerasvae_lint.keras.methods import tracked_layers
from kerasvae_lint.keras.parameters import is_trainable
from kerasvae_lint.keras.symbolic import symbolic_of
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import (
    Computed,
    Instance,
    LibraryName,
    LibraryObject,
    Site,
    Value,
    held,
)
from kerasvae_lint.values.unit import Unit

Meeting = Literal["listed", "called", "held", "made"]
_MAX_STEPS = 400

_APART = frozenset({(KERAS, TF_KERAS), (TF_KERAS, KERAS), (KERAS, COPY), (COPY, KERAS), (DOOR, COPY), (COPY, DOOR)})
"""Whose models refuse whose layers. A Sequential of tf_keras takes TensorFlow's old copy in, and trains it."""
_STRANGERS = _APART | {(TF_KERAS, COPY)}
"""On whose symbolic tensors whose layers can't be called."""
_UNTRACKED = _APART - {(COPY, KERAS), (COPY, DOOR)}
"""Whose classes don't see whose layers among their attributes."""
_OWN_STEPS = frozenset({"train_step", "fit", "trainable_variables", "trainable_weights"})


@dataclass(frozen=True, eq=False, slots=True)
class Mixed:
    """A layer that meets a model of another Keras.

    Attributes:
        layer: the layer, or the model that is made of tensors of another Keras.
        meeting: ``listed`` in a Sequential, ``called`` on a symbolic tensor, ``held`` as an attribute of a layer or
            model, or ``made`` for a functional model whose inputs are of another Keras.
        home: the Keras that the layer is of.
        host: the Keras that it meets.
        place: where they meet.
        holder: what it is put into; None for a layer that is called on a tensor.
    """

    layer: Value
    meeting: Meeting
    home: str
    host: str
    place: Site
    holder: Value | None = None


class _Homes:
    """Which Keras the layers, models and inputs of a program are of."""

    def __init__(self, machine: Interpreter, door: str) -> None:
        self._machine = machine
        self._door = door
        self._spellings: dict[int, tuple[Value, str]] = {}
        for event in machine.events:
            if isinstance(event.callee, LibraryName):
                for made in event.result.alternatives():
                    if isinstance(made, (LibraryObject, Computed)) and made.site is not None:
                        if made.site.record is event.site.record:
                            self._spellings[id(made)] = (made, event.callee.spelling)
        self._unsure = {unit for unit in self._units() if _is_ambiguous(unit)}

    def _units(self) -> set[Unit]:
        return {module.unit for module in self._machine.modules.values()}

    def of(self, made: Value) -> str | None:
        """The Keras that a layer, a model or an ``Input`` is of; None where that can't be told."""
        if self._unsure:
            return None
        if isinstance(made, Instance):
            if made.cls.is_open:
                return None
            homes = {home_of(base.spelling, self._door) for base in made.cls.library_bases() if kind_of_base(base)}
            return homes.pop() if len(homes) == 1 else None
        known = self._spellings.get(id(made))
        return home_of(known[1], self._door) if known is not None and known[0] is made else None

    def of_tensor(self, value: Value) -> str | None:
        """The Keras whose layers a symbolic tensor comes from; None if there are several."""
        found = {self.of(source) for source in self.sources(value)}
        return found.pop() if len(found) == 1 else None

    def sources(self, value: Value) -> list[Value]:
        """The layers and inputs that a tensor comes from first."""
        found: list[Value] = []
        todo, seen = [value], set[int]()
        while todo and len(seen) < _MAX_STEPS:
            at = todo.pop()
            if id(at) in seen:
                continue
            seen.add(id(at))
            products = products_of(self._machine, at)
            if products:
                found.append(products[-1].layer)
            elif isinstance(at, Computed) and at.op == "input":
                found.append(at)
            elif isinstance(at, Computed) and at.op == "layer" and at.maker is not None:
                found.append(at.maker)
            elif isinstance(at, Computed):
                todo += at.operands
            else:
                todo += [part for part in held(at) if part is not at]
        return found


def _is_ambiguous(unit: Unit) -> bool:
    """True where the imports leave open which Keras a name is of: it comes from one or another, or a star hides it."""
    homes: dict[str, set[str]] = {}
    for statement in unit.module.imports:
        for alias in statement.aliases:
            home = home_of(alias.target.removesuffix("*").rstrip("."), DOOR)
            if home is not None:
                homes.setdefault(alias.bound, set()).add(home)
    every = set().union(*homes.values()) if homes else set()
    return any(len(found) > 1 for found in homes.values()) or ("*" in homes and len(every) > 1)


def mixed(machine: Interpreter, door: str) -> list[Mixed]:
    """The layers of a program that meet another Keras, one finding for each.

    Args:
        machine: the interpreter that ran it.
        door: the Keras that ``tf.keras`` stands for.
    """
    homes = _Homes(machine, door)
    found: dict[int, Mixed] = {}
    for one in (*_listed(machine, homes), *_called(machine, homes), *_made(machine, homes), *_held(machine, homes)):
        found.setdefault(id(one.layer), one)
    return list(found.values())


def _listed(machine: Interpreter, homes: _Homes) -> Iterator[Mixed]:
    for model in made_layers(machine):
        listed, host = sequential_layers(model), homes.of(model)
        if listed is None or host is None:
            continue
        refused: list[Mixed] = []
        for item in (*listed.items, *([listed.rest] if listed.rest is not None else [])):
            for part in item.alternatives():
                home = homes.of(part)
                if home is not None and (host, home) in _APART and part.site is not None:
                    refused.append(Mixed(part, "listed", home, host, part.site, model))
        yield from refused[:1]  # the first one is as far as it comes


def _called(machine: Interpreter, homes: _Homes) -> Iterator[Mixed]:
    symbolic = symbolic_of(machine)
    strangers: set[int] = set()
    for node in every_node(machine):
        home = homes.of(node.layer)
        if home is None or node.inputs is None or not symbolic.among(node.inputs):
            continue
        sources = homes.sources(node.inputs)
        host = homes.of_tensor(node.inputs)
        if host is None or (host, home) not in _STRANGERS:
            continue
        if not any(id(source) in strangers for source in sources):  # else it is the chain that goes on after one
            yield Mixed(node.layer, "called", home, host, node.site)
        strangers.add(id(node.layer))


def _made(machine: Interpreter, homes: _Homes) -> Iterator[Mixed]:
    for model in made_layers(machine):
        inputs, home = model_inputs(model), homes.of(model)
        if home is None or inputs is None or not is_model(model) or sequential_layers(model) is not None:
            continue
        host = homes.of_tensor(inputs)
        if host is not None and (host, home) in _STRANGERS and model.site is not None:
            yield Mixed(model, "made", home, host, model.site)


def _held(machine: Interpreter, homes: _Homes) -> Iterator[Mixed]:
    for holder in made_layers(machine):
        host = homes.of(holder) if isinstance(holder, Instance) else None
        if not isinstance(holder, Instance) or host is None or _trains_by_itself(holder):
            continue
        for part in tracked_layers(holder):
            home = homes.of(part)
            if home is None or (host, home) not in _UNTRACKED or part.site is None:
                continue
            if isinstance(part, (LibraryObject, Instance)) and _is_meant_to_learn(machine, part):
                yield Mixed(part, "held", home, host, part.site, holder)


def _trains_by_itself(holder: Instance) -> bool:
    """True for a class that may train what it holds without Keras, by the names in its code."""
    return any(
        (isinstance(record, r.Attribute) and record.attr in _OWN_STEPS)
        or (isinstance(record, r.Function) and record.name in _OWN_STEPS)
        for cls in holder.cls.classes()
        if cls.cls is not None
        for record in cls.cls.walk()
    )


def _is_meant_to_learn(machine: Interpreter, layer: LibraryObject | Instance) -> bool:
    if is_application(layer) or not is_layer(layer) or is_trainable(layer) is not True:
        return False
    return holds_weights(machine, layer) and "trainable_variables" not in layer.reads
