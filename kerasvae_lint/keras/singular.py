"""Where a loss has no slope: roots of what can be 0, logarithms and quotients that a ``where`` throws away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.flow import inner_values, reached
from kerasvae_lint.keras.kinds import kinds_of
from kerasvae_lint.keras.variables import is_variable, trainable
from kerasvae_lint.library import lookup
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import (
    Computed,
    FunctionValue,
    Instance,
    LibraryObject,
    Parameter,
    Site,
    Value,
    constant,
    held,
    is_none,
)
from kerasvae_lint.values.unit import Unit

MAX_STEPS = 24
_CARRIERS = frozenset(
    {
        *("expand_dims", "reshape", "squeeze", "cast", "identity", "transpose", "flatten", "convert_to_tensor"),
        *("convert", "getitem", "tile", "repeat", "stack", "concatenate", "pad", "broadcast_to", "batch_flatten"),
    }
)
_WRAPPERS = frozenset({"TimeDistributed", "Bidirectional", "RNN", "SpectralNormalization"})
_INITIALIZERS = ("kernel_initializer", "depthwise_initializer", "embeddings_initializer", "beta_initializer")
_FLOORS = frozenset({"maximum", "relu", "clip"})
_REDUCES = frozenset({"sum", "mean"})
_PRODUCTS = frozenset({"matmul", "dot", "batch_dot", "einsum", "tensordot"})
_EUCLIDEAN = frozenset({None, 2, "euclidean", "fro"})
_SAYS_LOSS = re.compile(r"loss|cost|objective|penalt|triplet|contrastive|wasserstein|align", re.IGNORECASE)
_SAYS_METRIC = re.compile(r"metric|accuracy|score|eval|plot|monitor", re.IGNORECASE)
TARGETS = frozenset({"y_true", "true", "target", "targets", "labels", "label", "y", "ground_truth", "gt"})
"""What a loss's parameter for the targets is called."""


@dataclass(frozen=True, eq=False, slots=True)
class Singular:
    """A place of a loss at which the gradient is NaN though the value is fine.

    Attributes:
        kind: ``root`` of something that can be 0, ``norm`` of a difference, ``unchosen`` branch of a ``where``.
        site: the call (or the power) that has no slope there.
        inner: what is 0 there.
        chosen: of an unchosen branch the ``where`` around it; None for others.
    """

    kind: Literal["root", "norm", "unchosen"]
    site: Site
    inner: Value
    chosen: Computed | None = None

    @property
    def targets(self) -> frozenset[str]:
        """The parameters for targets, of the function around it, that it is made of."""
        function = r.function_of(self.site.record)
        if function is None:
            return frozenset()
        said, before = _names(self.site.record), frozenset[str]()
        while said != before:
            before = said
            for statement in function.walk():
                if isinstance(statement, r.Assign) and any(_names(target) & said for target in statement.targets):
                    said |= _names(statement.value)
        return frozenset(parameter.name for parameter in function.parameters) & TARGETS & said


def _names(record: r.Record) -> frozenset[str]:
    return frozenset(part.id for part in record.walk() if isinstance(part, r.Name))


def singular(machine: Interpreter, unit: Unit, losses: Iterable[Value]) -> Iterator[Singular]:
    """The places of a file's losses at which their gradient is NaN, each once."""
    named = list(named_losses(machine, unit))
    judged = reached(losses)
    below = reached([*losses, *named])
    by_name = reached(named)
    from_layers = reached(_outputs_of_layers(machine, unit))
    seen: set[r.Record] = set()
    users = _users({**from_layers, **below})
    for value in {**from_layers, **below}.values():
        site = value.site
        if not isinstance(value, Computed) or site is None or site.unit is not unit or site.record in seen:
            continue
        found = _at(value, site)
        if found is None or not _is_learned(found, shown=id(value) in by_name, called=id(value) in judged):
            continue
        if id(value) not in below and not _is_for_a_loss(found):
            continue
        if found.kind != "unchosen" and _is_squared_away(value, users):
            continue
        seen.add(site.record)
        yield found


def _at(value: Computed, site: Site) -> Singular | None:
    first = value.operands[0] if value.operands else None
    if first is None or value.kind == "array":
        return None
    if value.op == "sqrt" or (value.op == "power" and len(value.operands) > 1 and constant(value.operands[1]) == 0.5):
        return Singular("root", site, first) if _vanishes(first, MAX_STEPS) else None
    if value.op == "norm" and _is_euclidean(value) and not _is_whole(value):
        return Singular("norm", site, first) if _is_difference(first, MAX_STEPS) else None
    return _unchosen(value) if value.op == "where" else None


def has_weights(layer: Value | None) -> bool:
    """True for a layer or model that has weights to train, as far as can be told."""
    if isinstance(layer, Instance):
        return True
    if not isinstance(layer, LibraryObject):
        return False
    entry = lookup(layer.name)
    if layer.kind == "model" or layer.name.rpartition(".")[2] in _WRAPPERS:
        return True
    return entry is not None and any(entry.parameter(name) is not None for name in _INITIALIZERS)


# what can be 0 ----------------------------------------------------------------------------------
def _vanishes(value: Value, steps: int) -> bool:
    """True for a sum of squares of a difference, per sample, with nothing that keeps it above 0."""
    members = value.alternatives()
    if len(members) > 1:
        return steps > 0 and all(_vanishes(member, steps - 1) for member in members)
    if steps <= 0 or not isinstance(value, Computed) or not value.operands:
        return False
    first = value.operands[0]
    if _is_square(value):
        return _is_difference(first, steps - 1)
    if value.op == "squared_difference":
        return _are_apart(value)
    if value.op in _REDUCES:
        return not _is_whole(value) and _vanishes(first, steps - 1)
    if value.op in _CARRIERS:
        return _vanishes(first, steps - 1)
    if value.op == "divide":
        return _vanishes(first, steps - 1)
    if value.op == "multiply":
        return any(_vanishes(operand, steps - 1) for operand in value.operands)
    if value.op == "add":
        return all(_vanishes(operand, steps - 1) for operand in value.operands)
    if value.op in _FLOORS and _floor(value) == 0:
        return _vanishes(first, steps - 1) or _is_multiplied_out(first)
    return False


def _is_square(value: Computed) -> bool:
    if value.op == "square":
        return True
    if value.op == "power" and len(value.operands) > 1:
        return constant(value.operands[1]) in (2, 2.0)
    return value.op == "multiply" and len(value.operands) == 2 and value.operands[0] is value.operands[1]


def _is_difference(value: Value, steps: int) -> bool:
    """True for ``a - b`` of two tensors that can be equal in every element."""
    members = value.alternatives()
    if len(members) > 1:
        return steps > 0 and all(_is_difference(member, steps - 1) for member in members)
    if steps <= 0 or not isinstance(value, Computed) or not value.operands:
        return False
    if value.op == "subtract":
        return _are_apart(value)
    if value.op == "layer" and isinstance(value.maker, LibraryObject):
        return value.maker.name == "keras.layers.Subtract"
    if value.op in _CARRIERS:
        return _is_difference(value.operands[0], steps - 1)
    if value.op == "multiply":
        return any(_is_difference(operand, steps - 1) for operand in value.operands)
    return value.op in {"abs", "negative"} and _is_difference(value.operands[0], steps - 1)


def _are_apart(value: Computed) -> bool:
    """True for two tensors of which neither is a number, nor the mean of the other one."""
    if len(value.operands) != 2:
        return False
    for one, other in (value.operands, value.operands[::-1]):
        if constant(one) is not None or (isinstance(one, Computed) and one.kind in {"number", "bool", "shape"}):
            return False
        if any(isinstance(part, Computed) and part.op == "mean" for part in one.alternatives()):
            return False
        if one is other:
            return False
    return True


def _is_multiplied_out(value: Value) -> bool:
    """True for ``a·a - 2 a·b + b·b``: squares and a product, with nothing added that keeps it above 0."""
    todo, products, takes = [value], 0, False
    while todo:
        at = todo.pop()
        if not isinstance(at, Computed):
            if constant(at) is not None:
                return False
            continue
        if at.op in {"add", "subtract"} and len(at.operands) == 2:
            takes = takes or at.op == "subtract"
            todo += at.operands
        elif at.op in _CARRIERS or at.op in {"sum", "square", "diag_part", "negative"}:
            todo.append(at.operands[0])
        elif at.op in _PRODUCTS:
            products += 1
        elif at.op == "multiply" and any(constant(operand) in (2, 2.0, -2, -2.0) for operand in at.operands):
            takes = takes or any(constant(operand) in (-2, -2.0) for operand in at.operands)
            todo += [operand for operand in at.operands if constant(operand) is None]
        elif at.op not in {"layer", "input", "output"}:
            return False
    return products > 0 and takes


def _floor(value: Computed) -> float | None:
    """The number below which a ``maximum``, ``clip`` or ``relu`` lets nothing."""
    if value.op == "relu":
        return 0.0
    given = value.options.get("minimum")
    if given is None:
        given = next((operand for operand in value.operands[1:]), None)
    found = constant(given) if given is not None else None
    return float(found) if isinstance(found, (int, float)) else None


def _is_whole(value: Computed) -> bool:
    """True for a reduction over the batch too, which is 0 only where everything in it is."""
    given = value.options.get("axis")
    if given is None or is_none(given):
        return True
    parts = [constant(part) for part in held(given)]
    return not parts or any(not isinstance(part, int) or part == 0 for part in parts)


def _is_euclidean(value: Computed) -> bool:
    given = value.options.get("order", value.options.get("ord"))
    if given is None:
        return len(value.operands) == 1
    return is_none(given) or constant(given) in _EUCLIDEAN - {None}


# branches that are not taken --------------------------------------------------------------------
def _unchosen(value: Computed) -> Singular | None:
    """The logarithm or quotient of what a ``where`` asks about, in one of its branches."""
    condition = value.options.get("condition")
    asked = _compared_with_zero(condition) if condition is not None else None
    if asked is None or len(value.operands) < 2:
        return None
    for branch in value.operands:
        todo, steps = [branch], MAX_STEPS
        while todo and steps:
            at, steps = todo.pop(), steps - 1
            if not isinstance(at, Computed):
                continue
            hit = at.op == "log" and at.operands and at.operands[0] is asked
            hit = hit or (at.op == "divide" and len(at.operands) == 2 and at.operands[1] is asked)
            if hit and at.site is not None:
                return Singular("unchosen", at.site, at.operands[0] if at.op == "divide" else asked, value)
            todo += inner_values(at)
    return None


def _compared_with_zero(condition: Value) -> Value | None:
    if not isinstance(condition, Computed) or len(condition.operands) != 2:
        return None
    one, other = condition.operands
    if condition.op in {"greater", "not_equal"} and constant(other) in (0, 0.0):
        return one
    return other if condition.op in {"less", "not_equal"} and constant(one) in (0, 0.0) else None


# what is trained --------------------------------------------------------------------------------
def _is_learned(found: Singular, *, shown: bool, called: bool) -> bool:
    """True where a gradient goes on from there to something that is trained, as far as can be seen.

    Args:
        found: where.
        shown: True in a loss by name, which is given mere arrays where it is only shown.
        called: True in a loss that is plainly trained by: what calls give that nobody can see is a network's output.
    """
    parts: list[Value] = [found.inner]
    if found.chosen is not None and isinstance(found.chosen.options.get("condition"), Computed):
        asked = _compared_with_zero(found.chosen.options["condition"])
        parts += [asked] if asked is not None else []
    for value in reached(parts).values():
        if isinstance(value, Computed) and (value.op == "output" or (value.op == "layer" and has_weights(value.maker))):
            return True
        if isinstance(value, Computed) and value.op == "input" and isinstance(value.maker, Instance):
            return True
        if isinstance(value, Computed) and value.op == "draw" and value.kind == "array" and shown:
            return True
        if isinstance(value, Computed) and value.op == "call" and called:
            return True
        if isinstance(value, Parameter) and value.name not in TARGETS and value.name != "self":
            return True
        if isinstance(value, LibraryObject) and is_variable(value) and trainable(value) is True:
            return True
    return False


def _is_for_a_loss(found: Singular) -> bool:
    """True where a layer's name, or what it calls the result, says that it makes a loss, or its own weight is in it."""
    for value in reached([found.inner]).values():
        if isinstance(value, LibraryObject) and is_variable(value) and trainable(value) is True:
            return True
    record = found.site.record
    words = []
    function, cls = r.function_of(record), r.class_of(record)
    words += [function.name] if function is not None else []
    words += [cls.name] if cls is not None else []
    statement = r.statement_of(record)
    if isinstance(statement, r.Assign):
        words += [target.id for target in statement.targets if isinstance(target, r.Name)]
    return any(_SAYS_LOSS.search(word) for word in words)


def _users(values: dict[int, Value]) -> dict[int, list[Computed]]:
    found: dict[int, list[Computed]] = {}
    for value in values.values():
        if isinstance(value, Computed):
            for part in value.operands:
                for member in part.alternatives():
                    found.setdefault(id(member), []).append(value)
    return found


def _is_squared_away(value: Computed, users: dict[int, list[Computed]]) -> bool:
    """True where only the square of a root goes on: its gradient is 0 there."""
    every = users.get(id(value), [])
    return bool(every) and all(_is_square(user) for user in every)


# where losses are made --------------------------------------------------------------------------
def named_losses(machine: Interpreter, unit: Unit) -> Iterator[Value]:
    """What functions return that are losses by their names, but for those that only measure."""
    left = _measured(machine) | _called(machine)
    for function in unit.module.functions:
        if not _SAYS_LOSS.search(function.name) or _SAYS_METRIC.search(function.name) or function in left:
            continue
        yield from _returned(machine, function)
    for cls in machine.classes:
        method = cls.slots.get("call")
        if cls.unit is unit and isinstance(method, FunctionValue) and "loss" in kinds_of(cls):
            yield from _returned(machine, method.function)


def _returned(machine: Interpreter, function: r.Function) -> Iterator[Value]:
    for record in function.walk():
        if isinstance(record, r.Return) and record.value is not None and r.function_of(record) is function:
            yield from machine.values.seen.get(record.value, ())


def _called(machine: Interpreter) -> set[r.Function]:
    """The functions that others call: what they give is a part of what those are for."""
    return {
        event.callee.function
        for event in machine.events
        if isinstance(event.callee, FunctionValue) and event.call is not None and event.function is not None
    }


def _measured(machine: Interpreter) -> set[r.Function]:
    """The functions that a ``compile`` gets as metrics."""
    found: set[r.Function] = set()
    for event in machine.events:
        call = event.call
        if call is None or not isinstance(call.func, r.Attribute) or call.func.attr != "compile":
            continue
        given = event.arguments.get(2, "metrics")
        if given is not None:
            found |= {value.function for value in held(given) if isinstance(value, FunctionValue)}
    return found


def _outputs_of_layers(machine: Interpreter, unit: Unit) -> Iterator[Value]:
    """What the ``call`` of the layers of a file gives."""
    for cls in machine.classes:
        method = cls.slots.get("call")
        if cls.unit is unit and isinstance(method, FunctionValue) and kinds_of(cls) & {"layer", "model"}:
            yield from _returned(machine, method.function)


__all__ = ["Singular", "has_weights", "named_losses", "singular"]
