"""Variables that a compiled loss computes with and that no layer or model owns: no optimizer is given them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.flow import reached
from kerasvae_lint.keras.kinds import kinds_of
from kerasvae_lint.keras.layers import made_layers
from kerasvae_lint.keras.training import CompiledLoss, compiled_losses_of
from kerasvae_lint.keras.variables import is_same_variable, is_variable, trainable
from kerasvae_lint.keras.writing import Writings
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import Computed, Instance, LibraryObject, Value, constant, held, leaves
from kerasvae_lint.values.unit import Unit

_MADE_BY = frozenset({"tf.Variable", "keras.Variable", "keras.backend.variable"})
_TAKES = frozenset({"minimize", "apply_gradients", "gradient", "append", "extend", "watch", "add", "get_updates"})
_SQUASHES = frozenset({"exp", "softplus", "sigmoid", "tanh", "expm1"})
_MEANT = re.compile(r"learn|trainab|log_?(var|sigma|std|scale)|sigma|uncertaint|temperature", re.IGNORECASE)


@dataclass(frozen=True, eq=False, slots=True)
class LossVariable:
    """A variable that is meant to be trained and isn't.

    Attributes:
        variable: the variable.
        loss: the compiled loss that reads it.
    """

    variable: LibraryObject
    loss: CompiledLoss


def loss_variables(machine: Interpreter, unit: Unit) -> Iterator[LossVariable]:
    """The variables made in a file that only a compiled loss owns, each once."""
    seen: set[r.Record] = set()
    for loss in compiled_losses_of(machine):
        found = reached([loss.value])
        for value in found.values():
            if not isinstance(value, LibraryObject) or value.name not in _MADE_BY or trainable(value) is not True:
                continue
            if value.site is None or value.site.unit is not unit or value.site.record in seen or value.traced:
                continue
            if _is_meant(value, found) and not _is_owned(machine, value) and not _is_taken(machine, value):
                seen.add(value.site.record)
                yield LossVariable(value, loss)


def _is_meant(variable: LibraryObject, values: dict[int, Value]) -> bool:
    """True where its name, its maker or a bound that is put on it says that it is to be learned."""
    asked = variable.arguments.get("trainable")
    if asked is not None and constant(asked) is True:
        return True
    name = variable.arguments.get("name")
    words = [constant(name) if name is not None else None, *_names(variable)]
    if any(isinstance(word, str) and _MEANT.search(word) for word in words):
        return True
    return any(
        isinstance(value, Computed) and value.op in _SQUASHES and any(part is variable for part in leaves(value))
        for value in values.values()
    )


def _names(variable: LibraryObject) -> Iterator[str]:
    statement = r.statement_of(variable.site.record) if variable.site is not None else None
    if isinstance(statement, r.Assign):
        for target in statement.targets:
            if isinstance(target, r.Name):
                yield target.id
            elif isinstance(target, r.Attribute):
                yield target.attr


def _is_owned(machine: Interpreter, variable: LibraryObject) -> bool:
    """True for a variable that a layer or model holds, in an attribute or by its constructor."""
    owners = [obj for obj in machine.objects if kinds_of(obj.cls) & {"layer", "model", "optimizer"}]
    for owner in [*owners, *made_layers(machine)]:
        given = list(owner.slots.values())
        if isinstance(owner, LibraryObject):
            given += owner.arguments.values()
        elif isinstance(owner, Instance):
            given += [value for bound in owner.arguments.values() for value in bound.values()]
        if any(_holds(value, variable) for value in given):
            return True
    return False


def _is_taken(machine: Interpreter, variable: LibraryObject) -> bool:
    """True where it is written by hand, or given to an optimizer, a tape or a list of weights."""
    if any(_holds(writing.obj, variable) for writing in Writings(machine).every):
        return True
    for event in machine.events:
        call = event.call
        word = call.func.attr if call is not None and isinstance(call.func, r.Attribute) else ""
        if word in _TAKES and any(_holds(part, variable) for given in event.arguments.all() for part in leaves(given)):
            return True
    return False


def _holds(value: Value, variable: LibraryObject) -> bool:
    return any(is_variable(part) and is_same_variable(part, variable) for part in held(value))


__all__ = ["LossVariable", "loss_variables"]
