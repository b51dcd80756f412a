"""Layers that a Lambda's function calls and no model knows of."""

from __future__ import annotations

from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.anew import holds_weights
from kerasvae_lint.keras.kinds import is_application, is_layer
from kerasvae_lint.keras.layers import argument_of, made_layers, nodes_of
from kerasvae_lint.keras.parameters import is_trainable
from kerasvae_lint.keras.training import runs
from kerasvae_lint.keras.variables import WEIGHT_LISTS
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import FunctionValue, Instance, LibraryObject
from kerasvae_lint.values.unit import Unit

_LAMBDA = "keras.layers.Lambda"


@dataclass(frozen=True, eq=False, slots=True)
class Captured:
    """A layer with weights that only the function of a Lambda calls.

    Attributes:
        wrapper: where the Lambda is made.
        function: its function.
        call: the call in it.
        layer: what is called.
    """

    wrapper: r.Call
    function: r.Function
    call: r.Call
    layer: LibraryObject | Instance


def captured(machine: Interpreter, unit: Unit) -> list[Captured]:
    """The layers that Lambdas of a file hide, in source order."""
    wrappers: dict[r.Function, r.Call] = {}
    for layer in made_layers(machine):
        if not isinstance(layer, LibraryObject) or layer.name != _LAMBDA or layer.site is None:
            continue
        given = argument_of(layer, "function")
        for function in given.alternatives() if given is not None else ():
            if isinstance(function, FunctionValue) and layer.site.unit is unit and function.bound is None:
                if isinstance(layer.site.record, r.Call):
                    wrappers[function.function] = layer.site.record
    found: dict[int, Captured] = {}
    for event in machine.events if wrappers else ():
        called, inside = event.callee, event.function
        if inside is None or inside not in wrappers or event.call is None or id(called) in found:
            continue
        said = [value for seen in machine.values.seen.get(event.call.func, ()) for value in seen.alternatives()]
        if not isinstance(called, (LibraryObject, Instance)) or not any(value is called for value in said):
            continue  # no layer, or one inside of the one that is called
        if is_layer(called) and _is_hidden(machine, called, wrappers, inside):
            found[id(called)] = Captured(wrappers[inside], inside, event.call, called)
    return sorted(found.values(), key=lambda one: one.call.start)


def _is_hidden(
    machine: Interpreter, layer: LibraryObject | Instance, wrappers: dict[r.Function, r.Call], function: r.Function
) -> bool:
    """True for a layer that should learn, that nothing but Lambdas call, and that nobody trains by itself."""
    made = layer.site.record if layer.site is not None else None
    if made is None or (function.start <= made.start and made.end <= function.end):
        return False
    if is_application(layer) or is_trainable(layer) is not True or not holds_weights(machine, layer):
        return False
    if any(node.function not in wrappers for node in nodes_of(machine, layer)):
        return False
    if layer.escaped or layer.reads.keys() & WEIGHT_LISTS:
        return False
    return not any(run.model is layer for run in runs(machine))
