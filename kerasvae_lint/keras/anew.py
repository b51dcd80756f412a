"""What traced code makes anew at each call: layers with weights, and variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.graph import Graph
from kerasvae_lint.keras.kinds import is_application, is_layer
from kerasvae_lint.keras.layers import argument_of, model_inputs, model_outputs, sequential_layers
from kerasvae_lint.keras.variables import is_variable
from kerasvae_lint.values.interpreter import TRACING, Interpreter
from kerasvae_lint.values.lattice import ClassValue, FunctionValue, Instance, LibraryName, LibraryObject, Value, held
from kerasvae_lint.values.unit import Unit
from kerasvae_lint.values.world import CallEvent, Machine

MAX_DEPTH = 6
_WEIGHTED = frozenset(
    {
        *("Dense", "EinsumDense", "Embedding", "PReLU", "LocallyConnected1D", "LocallyConnected2D"),
        *("Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
        *("Convolution1D", "Convolution2D", "Convolution3D", "Deconvolution2D", "Convolution2DTranspose"),
        *("SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D"),
        *("BatchNormalization", "LayerNormalization", "GroupNormalization", "RMSNormalization"),
        *("SimpleRNN", "GRU", "LSTM", "CuDNNGRU", "CuDNNLSTM", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"),
        *("SimpleRNNCell", "GRUCell", "LSTMCell", "MultiHeadAttention", "GroupQueryAttention", "AdditiveAttention"),
        *("DenseFlipout", "DenseReparameterization", "DenseLocalReparameterization", "DenseVariational"),
        *("Convolution2DFlipout", "Convolution2DReparameterization", "VariableLayer", "InstanceNormalization"),
    }
)
"""Classes of layers that hold weights, whatever they are made with."""
_FILLS = frozenset({"append", "insert", "setdefault", "extend", "add"})
_MAKERS = frozenset({"add_weight", "add_variable", "_add_weight"})


@dataclass(frozen=True, eq=False, slots=True)
class Anew:
    """Something that traced code makes at each call.

    Attributes:
        call: where it is made.
        made: the layer or variable.
    """

    call: r.Call
    made: LibraryObject | Instance


def holds_weights(machine: Machine, layer: Value, depth: int = 0) -> bool:
    """True for a layer or model that is known to have weights, its own or those of a layer in it."""
    if depth > MAX_DEPTH or not is_layer(layer):
        return False
    if isinstance(layer, Instance) and _makes_weights(layer):
        return True
    if isinstance(layer, LibraryObject) and (layer.name.rpartition(".")[2] in _WEIGHTED or is_application(layer)):
        return True
    return any(holds_weights(machine, part, depth + 1) for part in _parts(machine, layer) if part is not layer)


def _makes_weights(layer: Instance) -> bool:
    """True for an object of a project's class that has variables of its own, or would with its ``build``."""
    if any(is_variable(part) for value in layer.slots.values() for part in held(value)):
        return True
    return any(
        isinstance(record, r.Attribute) and record.attr in _MAKERS and isinstance(record.parent, r.Call)
        for cls in layer.cls.classes()
        if cls.cls is not None
        for method in cls.cls.methods.values()
        for record in method.walk()
    )


def _parts(machine: Machine, layer: Value) -> Iterator[Value]:
    listed = sequential_layers(layer)
    if listed is not None:
        for item in (*listed.items, listed.rest):
            yield from held(item) if item is not None else ()
    for name in ("layer", "cell", "forward_layer", "cells"):
        inner = argument_of(layer, name)
        yield from held(inner) if inner is not None else ()
    outputs = model_outputs(layer)
    if outputs is not None:
        yield from Graph(machine, outputs, model_inputs(layer), 1 << 60).layers
    elif isinstance(layer, Instance):
        for value in layer.slots.values():
            yield from held(value)


def made_anew(machine: Interpreter, unit: Unit) -> list[Anew]:
    """The layers with weights and the variables that traced code of a file makes, in source order.

    What is made once, behind a test for it, is left out; so is what is made for another layer that is made there.
    """
    found: dict[r.Call, Anew] = {}
    for event in machine.events:
        call = event.call
        if event.site.unit is not unit or event.phase != TRACING or call is None or call in found:
            continue
        if not isinstance(event.callee, (LibraryName, ClassValue)) and not _asks_for_weight(event):
            continue
        if isinstance(event.callee, LibraryName) and "get_or_create" in event.callee.name:
            continue
        for made in event.result.alternatives():
            if not isinstance(made, (LibraryObject, Instance)) or made.site is None or made.site.record is not call:
                continue  # it was there before: `tf.cond` gives back what its branches read
            if is_variable(made) or holds_weights(machine, made):
                found[call] = Anew(call, made)
    kept = [one for one in found.values() if not _is_guarded(machine, one.call)]
    return sorted((one for one in kept if not _is_part(one, found)), key=lambda one: one.call.start)


def _asks_for_weight(event: CallEvent) -> bool:
    func = event.call.func if event.call is not None else None
    return isinstance(func, r.Attribute) and func.attr in _MAKERS


def _is_part(one: Anew, found: dict[r.Call, Anew]) -> bool:
    """True for what is made as an argument of another: the cell of an RNN, the layers of a Sequential."""
    at = one.call.parent
    while isinstance(at, (r.Expression, r.Argument)):
        if isinstance(at, r.Call) and at in found:
            return one.call is not at.func and not _is_in(one.call, at.func)
        at = at.parent
    return False


def _is_in(inner: r.Record, outer: r.Record) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _is_guarded(machine: Interpreter, call: r.Call) -> bool:
    """True for what is made only where it is not there yet, here or wherever the function is called, or on an error."""
    function = r.function_of(call)
    if function is None or function.is_lambda:
        return False
    at = call.parent
    while at is not None and at is not function:
        if isinstance(at, r.Handler):
            return True
        at = at.parent
    kept = _kept(function)
    if any(_asks_for(test, kept) for test in r.tests_of(call)):
        return True
    callers = [
        event.call
        for event in machine.events
        if isinstance(event.callee, FunctionValue) and event.callee.function is function and event.call is not None
    ]
    return bool(callers) and all(any(_asks_for(test, kept) for test in r.tests_of(caller)) for caller in callers)


def _kept(function: r.Function) -> set[str]:
    """The names and attributes that a function sets or fills."""
    found: set[str] = set()
    for record in function.walk():
        targets: tuple[r.Record, ...] = ()
        if isinstance(record, r.Assign):
            targets = record.targets
        elif isinstance(record, r.Call) and isinstance(record.func, r.Attribute):
            targets = (record.func.value,) if record.func.attr in _FILLS else ()
        for target in targets:
            target = target.value if isinstance(target, r.Subscript) else target
            found |= {target.attr} if isinstance(target, r.Attribute) else set()
            found |= {target.id} if isinstance(target, r.Name) else set()
    return found


def _asks_for(test: r.Expression, kept: set[str]) -> bool:
    """True for a test of what is kept: ``self.x is None``, ``not hasattr(self, "x")``, ``not self.built``."""
    for record in test.walk():
        if isinstance(record, r.Attribute) and (record.attr in kept or "built" in record.attr):
            return True
        if isinstance(record, r.Name) and record.id in kept:
            return True
        if isinstance(record, r.Name) and record.id in {"hasattr", "getattr"}:
            return True
    return False
