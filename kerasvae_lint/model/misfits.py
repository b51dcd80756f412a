"""Calls of layers and functions that can't be made as they are written: what they are given does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.guards import is_expected_to_raise, last_word
from kerasvae_lint.keras.kinds import library_class
from kerasvae_lint.keras.layers import every_node, function_layer_of, rebuilt_values
from kerasvae_lint.keras.networks import class_name, network_of, networks
from kerasvae_lint.keras.outputs import ending_of
from kerasvae_lint.keras.program import Program
from kerasvae_lint.keras.shaping import Problem, shapes_of
from kerasvae_lint.keras.trainings import trainings
from kerasvae_lint.keras.variables import weight_of
from kerasvae_lint.library.shapes.dims import Shape, same
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import Computed, Instance, LibraryName, LibraryObject, Native, Union, Value
from kerasvae_lint.values.unit import Unit

_ELEMENTWISE = frozenset(
    {
        *("mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error", "huber", "log_cosh"),
        *("mean_squared_logarithmic_error", "binary_crossentropy", "categorical_crossentropy"),
    }
)
"""Losses that compare targets and outputs element by element."""
_KERAS_1 = ("Convolution1D", "Convolution2D", "Convolution3D", "border_mode", "nb_filter", "dim_ordering", "nb_epoch")
_EXPECTING = ("expectedFailure", "suppress")


@dataclass(frozen=True, eq=False, slots=True)
class Misfit:
    """A call that Keras can't make.

    Attributes:
        record: the call.
        what: the layer's class or the function's name.
        reason: what does not fit, in words, with the shapes.
        given: the shapes of what it is given, as far as they are known.
        made: the call that makes the layer, where that stands elsewhere in the file.
    """

    record: r.Record
    what: str
    reason: str
    given: tuple[Shape, ...]
    made: r.Record | None


def misfits(program: Program, unit: Unit) -> list[Misfit]:
    """The calls of a file that can't be made, in source order; each once.

    None in code for Keras 1: its convolutions take the sizes of a kernel one by one.
    """
    machine = program.machine
    if any(word in unit.source.text for word in _KERAS_1):
        return []
    shapes = shapes_of(machine)
    for network in networks(machine):
        for member in network.members:
            if member.output is not None:
                shapes.of(member.output)
    for node in list(every_node(machine)):
        if node.output is not None:
            shapes.of(node.output)
    sure, unsure = set[int](), set[int]()
    for record in unit.module.walk():
        for value in machine.values.seen.get(record, ()):
            if isinstance(value, Union):
                unsure |= {id(member) for member in value.members}
                continue
            sure.add(id(value))
            if isinstance(record, (r.Binary, r.Call)) and isinstance(value, Computed) and value.kind == "tensor":
                shapes.of(value)
    found = {misfit.record: misfit for misfit in (*_targets(machine, unit), *_weights(machine, unit))}
    elsewhere = {id(value) for value in rebuilt_values(machine)}
    for problem in shapes.problems:
        at = id(problem.value)
        if at in elsewhere or (at in unsure and at not in sure) or machine.is_never(problem.value.order):
            continue
        misfit = _misfit(program, unit, problem)
        if misfit is not None:
            found.setdefault(misfit.record, misfit)
    return sorted(found.values(), key=lambda misfit: misfit.record.start)


def _targets(machine: Interpreter, unit: Unit) -> Iterator[Misfit]:
    """Targets of a ``fit`` that no loss can compare with the model's output, element by element."""
    shapes = shapes_of(machine)
    for training in trainings(machine):
        network = network_of(machine, training.model)
        if network is None or len(network.outputs) != 1:
            continue
        for step in training.fits:
            compiled = training.compiled_for(step)
            losses = compiled.losses if compiled is not None else ()
            place = step.site.record
            if step.site.unit is not unit or len(losses) != 1 or len(step.y) != 1 or machine.is_never(step.order):
                continue
            if _changes_after(machine, training.model, step.order):
                continue
            target, output = step.y[0].shape, shapes.shape(network.outputs[0])
            if losses[0].own or losses[0].name not in _ELEMENTWISE or target is None or output is None:
                continue
            if _differ(target, output, _is_strict(losses[0].name, network.outputs[0])) and not _is_expected(place):
                reason = f"the targets have the shape {target}, what the model gives {output}"
                yield Misfit(place, f"{step.method} with {losses[0].name}", reason, (target, output), None)


def _changes_after(machine: Interpreter, model: Value, order: int) -> bool:
    """True for a model whose layers are not those that it had then."""
    return any(
        isinstance(event.callee, Native) and event.callee.name in {"add", "pop"} and event.callee.owner is model
        for event in machine.events
        if event.order > order
    )


def _is_strict(loss: str, output: Value) -> bool:
    """True for a loss that broadcasts nothing; in Keras 2 the binary one goes by the logits behind an activation."""
    ending = ending_of(output)
    behind = ending is not None and ending.direct and ending.literal and ending.name in {"sigmoid", "softmax"}
    return loss == "categorical_crossentropy" or (loss == "binary_crossentropy" and behind)


def _differ(target: Shape, output: Shape, strict: bool) -> bool:
    if strict and len(target) == 1 and len(output) == 2:
        return same(output[1], 1) is False
    if len(target) != len(output) or len(target) < 2:
        return False
    pairs = [(a, b) for a, b in zip(target[1:], output[1:], strict=True) if same(a, b) is False]
    return any(strict or 1 not in pair for pair in pairs)


def _weights(machine: Interpreter, unit: Unit) -> Iterator[Misfit]:
    """``set_weights`` of a Dense with arrays of other shapes than its weights have."""
    shapes = shapes_of(machine)
    for event in machine.events:
        callee, place = event.callee, event.call
        if event.site.unit is not unit or place is None or not isinstance(callee, Native) or callee.owner is None:
            continue
        given = event.arguments.get(0, "weights")
        layer = callee.owner
        if callee.name != "set_weights" or library_class(layer) != "keras.layers.Dense" or given is None:
            continue
        items, rest = machine.iterate(given, event.site)
        wanted = [shapes.shape(weight_of(machine, layer, name, event.site)) for name in ("kernel", "bias")]
        for one, other in zip(items, wanted, strict=False) if rest is None else ():
            found = shapes.shape(one)
            if found is None or other is None or _is_expected(place):
                continue
            if len(found) != len(other) or any(same(a, b) is False for a, b in zip(found, other, strict=True)):
                reason = f"the layer's weight has the shape {other}, the array {found}"
                yield Misfit(place, "set_weights", reason, (found, other), None)
                break


def _misfit(program: Program, unit: Unit, problem: Problem) -> Misfit | None:
    value = problem.value
    layer = function_layer_of(program.machine, value) or (value.maker if value.op == "layer" else None)
    place = _place(unit, value, layer)
    if place is None or value.kind != "tensor" or _is_expected(place):
        return None
    shapes = shapes_of(program.machine)
    given = tuple(s for operand in value.operands for s in shapes.each(operand) if s is not None)
    made = layer.site.record if layer is not None and layer.site is not None and layer.site.unit is unit else None
    if made is not None and place.start <= made.start and made.end <= place.end:
        made = None
    return Misfit(place, _name(value, layer), str(problem.error), given, made)


def _place(unit: Unit, value: Computed, layer: Value | None) -> r.Record | None:
    """Where it is called; for a layer of a Sequential, which nobody calls, where it is made."""
    for site in (value.site, layer.site if layer is not None else None):
        if site is not None and site.unit is unit and isinstance(site.record, (r.Call, r.Binary)):
            return site.record
    return None


def _name(value: Computed, layer: Value | None) -> str:
    if isinstance(layer, (LibraryObject, Instance)):
        return class_name(layer)
    return value.maker.spelling if isinstance(value.maker, LibraryName) else value.op


def _is_expected(record: r.Record) -> bool:
    """True for code whose author knows that it may raise."""
    return is_expected_to_raise(record) or any(isinstance(at, r.Try) or _expects(at) for at in _around(record))


def _expects(record: r.Record) -> bool:
    return isinstance(record, r.With) and any(last_word(item.context) in _EXPECTING for item in record.items)


def _around(record: r.Record) -> Iterator[r.Record]:
    at = record.parent
    while at is not None:
        yield at
        at = at.parent
