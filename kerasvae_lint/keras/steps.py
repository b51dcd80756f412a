"""Steps of one's own: which models a ``train_step`` calls, what it takes gradients of, and whom it moves by them."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterator
from dataclasses import dataclass, field

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.flags import Path, heeding, parts
from kerasvae_lint.keras.kinds import is_layer, is_model, kinds
from kerasvae_lint.keras.layers import Node, argument_of, every_node
from kerasvae_lint.keras.methods import tracked_layers
from kerasvae_lint.keras.passes import adders, adds_loss
from kerasvae_lint.keras.phases import is_keras_step
from kerasvae_lint.keras.training import FITS, runs
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import (
    Computed,
    DictObject,
    Entries,
    FunctionValue,
    Instance,
    LibraryObject,
    ListObject,
    Native,
    Partial,
    Site,
    Tuple,
    Unknown,
    Value,
    constant,
    held,
)
from kerasvae_lint.values.world import CallEvent

MAX_DEPTH = 6
_MAX_VALUES = 4000
_MINIMIZE = "minimize"
_STEPS = frozenset({"train_step", "test_step"})
_TERM = re.compile(r"loss|kl|kld|divergence|recon|elbo|nll|likelihood|penalty|error|mse|mae", re.IGNORECASE)
"""What the names of terms of a loss say."""
_WEIGHTS = "weights"
_LOSSES = frozenset({"losses", "_losses", "get_losses_for", "collect_losses", "regularization_losses"})
_PLAIN_MODELS = frozenset({"keras.Model", "keras.Sequential", "keras.models.Model", "keras.models.Sequential"})
_OWN_JUDGES = frozenset(
    {"test_step", "compute_loss", "make_test_function", "evaluate", "fit", "test_on_batch", "__getattr__"}
)
_KERAS_OWN = frozenset({"compute_loss", "train_step", "get_regularization_loss"})
"""What adds the layers' losses, where it is Keras's own."""


@dataclass(frozen=True, eq=False, slots=True)
class Gradient:
    """Where a step takes a gradient.

    Attributes:
        event: the call.
        loss: what it is the gradient of.
        owners: the layers and models whose weights it is taken by.
    """

    event: CallEvent
    loss: Value
    owners: tuple[Value, ...]


@dataclass(eq=False, slots=True)
class TrainStep:
    """One run of a ``train_step`` of the project's own.

    Attributes:
        function: the step.
        model: whose step it is; None for a function.
        began: when.
        ended: when it was over.
        nodes: the layers and models that the step itself calls, not those that these call.
        gradients: the gradients that it takes.
        functions: the project's functions that it runs, those in its layers left out.
    """

    function: FunctionValue
    model: Instance | None
    began: int
    ended: int
    nodes: list[Node] = field(default_factory=list)
    gradients: list[Gradient] = field(default_factory=list)
    functions: list[r.Function] = field(default_factory=list)


@dataclass(frozen=True, eq=False, slots=True)
class Untold:
    """A call in a step that trains a model and does not tell it so.

    Attributes:
        step: the step.
        node: the call.
        call: the same as it is written.
        heeding: the layers that run as in inference there, each with those around it.
        shared: True where the call stands in a function that other code than such steps runs too.
    """

    step: TrainStep
    node: Node
    call: r.Call
    heeding: list[Path]
    shared: bool


@dataclass(frozen=True, eq=False, slots=True)
class LeftOut:
    """A step whose loss leaves out what layers add to it.

    Attributes:
        step: the step.
        gradient: the gradient of that loss.
        holders: the layers with a regularizer or an ``add_loss`` of their own.
    """

    step: TrainStep
    gradient: Gradient
    holders: list[Value]


@dataclass(frozen=True, eq=False, slots=True)
class RawLogs:
    """What a step hands to the logs as it is: tensors of one batch, no results of metrics.

    Attributes:
        step: the ``train_step`` or ``test_step``.
        logs: the dictionary that it returns.
        names: the keys in it whose values are tensors and losses, or by their names terms of one.
        replaced: True if these names are those of the model's metrics, which Keras 3 shows in their place.
    """

    step: TrainStep
    logs: DictObject
    names: list[str]
    replaced: bool


def train_steps(machine: Interpreter, name: str = "train_step") -> list[TrainStep]:
    """Every run of a ``train_step``, or of another step, in order of time."""
    found = [
        _step(machine, callee, began, ended)
        for function, spans in machine.spans.items()
        if function.name == name
        for callee, began, ended in spans
    ]
    return sorted(found, key=lambda step: step.began)


def _step(machine: Interpreter, callee: FunctionValue, began: int, ended: int) -> TrainStep:
    model = callee.bound if isinstance(callee.bound, Instance) else None
    step = TrainStep(callee, model, began, ended)
    inside = [node for node in every_node(machine) if began < node.order < ended]
    until = began
    for node in sorted(inside, key=lambda node: node.order):
        if node.order > until:
            step.nodes.append(node)
            until = node.until or ended
    for event in machine.events:
        if began < event.order < ended:
            step.gradients += _gradients(event)
    step.functions = [
        function
        for function, spans in machine.spans.items()
        if any(began <= start < ended and not _is_in_layer(step, start) for _, start, _ in spans)
    ]
    return step


def _is_in_layer(step: TrainStep, order: int) -> bool:
    return any(node.order < order < node.until for node in step.nodes)


def _gradients(event: CallEvent) -> Iterator[Gradient]:
    call = event.call
    word = call.func.attr if call is not None and isinstance(call.func, r.Attribute) else ""
    for made in event.result.alternatives():
        if isinstance(made, Computed) and made.op == "gradient" and word == "gradient" and len(made.operands) > 1:
            yield Gradient(event, made.operands[0], tuple(_owners(made.operands[1])))
            return
    if word == _MINIMIZE:
        loss, by = event.arguments.get(0, "loss"), event.arguments.get(1, "var_list")
        if loss is not None and by is not None:
            yield Gradient(event, loss, tuple(_owners(by)))


def _owners(variables: Value) -> Iterator[Value]:
    for value in behind(variables):
        if isinstance(value, Computed) and value.op == _WEIGHTS and value.operands and is_layer(value.operands[0]):
            yield value.operands[0]


def behind(value: Value) -> Iterator[Value]:
    """Everything that a value is made of and that a gradient flows through, itself included."""
    todo, seen = [value], set[int]()
    while todo and len(seen) < _MAX_VALUES:
        at = todo.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        yield at
        if isinstance(at, Computed):
            if at.op != "stop_gradient":
                todo += [*at.operands, *at.options.values()]
                if isinstance(at.maker, LibraryObject) and at.maker.kind == "distribution":
                    todo.append(at.maker)
        elif isinstance(at, Tuple):
            todo += [*at.items, *([at.rest] if at.rest is not None else [])]
        elif isinstance(at, ListObject):
            todo.append(at.items)
        elif isinstance(at, DictObject):
            todo.append(at.entries)
        elif isinstance(at, Entries):
            todo += [part for _, part in at.items.values()] + ([at.rest] if at.rest is not None else [])
        elif isinstance(at, LibraryObject) and at.kind == "distribution":
            todo += [*at.arguments.values(), *at.positional]
        elif isinstance(at, Partial):
            todo += [*at.arguments, *at.keywords.values()]
        else:
            todo += [part for part in at.alternatives() if part is not at]


# the mode ---------------------------------------------------------------------------------------
def untold(machine: Interpreter, steps: list[TrainStep]) -> list[Untold]:
    """The calls that give no ``training`` though the step trains what they call, and though it matters there."""
    found: dict[r.Record, list[Untold | None]] = {}
    for step in steps:
        for node in step.nodes:
            call = node.site.record
            if not isinstance(call, r.Call):
                continue
            one = None
            if _names_mode(machine, node) is False:
                reached = heeding(machine, node) if _is_trained(machine, step, node) else []
                if not reached:
                    continue  # another run of the step may be of a model where it matters
                one = Untold(step, node, call, reached, _is_shared(machine, steps, call))
            found.setdefault(call, []).append(one)
    made = ([one for one in runs if one is not None] for runs in found.values() if None not in runs)
    return [runs[0] for runs in made if runs]


def _is_shared(machine: Interpreter, steps: list[TrainStep], call: r.Call) -> bool:
    around = r.function_of(call)
    runs = machine.spans.get(around, ()) if around is not None else ()
    return any(not any(step.began <= began < step.ended for step in steps) for _, began, _ in runs)


def _names_mode(machine: Interpreter, node: Node) -> bool | None:
    """Whether a call says which mode it wants; None where that can't be told."""
    given = node.arguments
    if "training" in given.keywords:
        return True
    if not given.complete:
        return None
    method = machine.method(node.layer, "call") if isinstance(node.layer, Instance) else None
    if isinstance(method, FunctionValue):
        names = [p.name for p in method.function.parameters if p.kind in {"positional", "positional-only"}][1:]
        return "training" in names[: len(given.positional)]
    return False if len(given.positional) <= 1 else None


def _is_trained(machine: Interpreter, step: TrainStep, node: Node) -> bool:
    """True for a call whose output a loss of the step is made of, of a layer that the step moves."""
    if node.output is None:
        return False
    made = {id(part) for part in held(node.output)} | {id(node.output)}
    owners = [owner for gradient in step.gradients for owner in gradient.owners]
    if not any(_overlap(machine, owner, node.layer) for owner in owners):
        return False
    return any(id(value) in made for gradient in step.gradients for value in behind(gradient.loss))


def _overlap(machine: Interpreter, one: Value, other: Value) -> bool:
    """True if two layers are the same, or one holds the other."""
    return one.key in inner(machine, other) or other.key in inner(machine, one)


def inner(machine: Interpreter, layer: Value) -> dict[Hashable, Value]:
    """A layer and all layers in it, by their keys."""
    found: dict[Hashable, Value] = {}
    todo = [(layer, 0)]
    while todo:
        at, depth = todo.pop()
        if at.key in found or depth > MAX_DEPTH or not isinstance(at, (Instance, LibraryObject)):
            continue
        found[at.key] = at
        todo += [(part, depth + 1) for part in parts(machine, at)]
        if isinstance(at, Instance):
            todo += [(part, depth + 1) for part in tracked_layers(at)]
    return found


# the layers' own losses --------------------------------------------------------------------------
def left_out(machine: Interpreter, steps: list[TrainStep]) -> list[LeftOut]:
    """The steps that never add the losses that layers hold: of regularizers, and of ``add_loss``."""
    found: dict[r.Record, LeftOut] = {}
    for step in steps:
        place = step.function.function
        if place in found or _may_add_losses(machine, step):
            continue
        for gradient in step.gradients:
            holders = list(_holders(machine, step, gradient))
            if holders:
                found[place] = LeftOut(step, gradient, holders)
                break
    return list(found.values())


def _holders(machine: Interpreter, step: TrainStep, gradient: Gradient) -> Iterator[Value]:
    """The layers with losses of their own that a gradient moves, through what the step calls."""
    used = {id(value) for value in behind(gradient.loss)}
    moved = {key for owner in gradient.owners for key in inner(machine, owner)}
    for node in step.nodes:
        outputs = (id(part) for part in (*held(node.output), node.output)) if node.output is not None else ()
        if not used.intersection(outputs):
            continue
        inside = inner(machine, node.layer)
        if not moved.intersection(inside):
            continue
        for key, layer in inside.items():
            if (key in moved and _is_regularized(layer)) or _adds_loss_during(machine, layer, node):
                yield layer


def _is_regularized(layer: Value) -> bool:
    """True for a layer of Keras that was given a regularizer that weighs something."""
    if not isinstance(layer, LibraryObject) or argument_of(layer, "trainable") is not None:
        return False
    if layer.name == "keras.layers.ActivityRegularization":
        return any(_weighs(given) for word, given in layer.arguments.items() if word in {"l1", "l2"})
    return any(_weighs(given) for word, given in layer.arguments.items() if word.endswith("_regularizer"))


def _weighs(given: Value) -> bool:
    """True for a regularizer, or its weight, that is there in any run and not 0."""
    for member in given.alternatives():
        plain = constant(member)
        if isinstance(plain, (str, float, int)) and plain:
            continue
        if isinstance(member, LibraryObject) and member.kind == "regularizer":
            weights = [*member.arguments.values(), *member.positional]
            if weights and not any(constant(one) in (0, 0.0, None) for w in weights for one in w.alternatives()):
                continue
            if not weights and member.complete:
                continue
            if any(isinstance(constant(w), (int, float)) and constant(w) for w in weights):
                continue
        if isinstance(member, Instance) and "regularizer" in kinds(member):
            continue
        return False
    return True


def _adds_loss_during(machine: Interpreter, layer: Value, node: Node) -> bool:
    for event in machine.events:
        callee = event.callee
        if node.order < event.order < node.until and isinstance(callee, Native) and callee.name == "add_loss":
            if callee.owner is not None and callee.owner.key == layer.key:
                return True
    return False


def _may_add_losses(machine: Interpreter, step: TrainStep) -> bool:
    """True where the code of a step speaks of the layers' losses, or hands a model to code that nobody sees."""
    own = {name for cls in step.model.cls.classes() for name in cls.slots} if step.model is not None else set()
    for function in step.functions:
        for record in function.walk():
            if isinstance(record, r.Argument) and record.name == "regularization_losses":
                return True
            if not isinstance(record, r.Attribute):
                continue
            if record.attr in _LOSSES or (record.attr in _KERAS_OWN and (record.attr not in own or _is_super(record))):
                return True
    for gradient in step.gradients:
        for value in behind(gradient.loss):
            if isinstance(value, Computed) and value.op == "call":
                given = (*value.operands, *value.options.values())
                if any(is_layer(member) for one in given for member in one.alternatives()):
                    return True
    return any(
        is_layer(member)
        for event in machine.events
        if step.began < event.order < step.ended and isinstance(event.callee, Unknown) and not is_layer(event.callee)
        for given in event.arguments.all()
        for member in given.alternatives()
    )


def _is_super(record: r.Attribute) -> bool:
    inner_call = record.value
    return isinstance(inner_call, r.Call) and isinstance(inner_call.func, r.Name) and inner_call.func.id == "super"


# what is shown ----------------------------------------------------------------------------------
def raw_logs(machine: Interpreter, steps: list[TrainStep]) -> list[RawLogs]:
    """The steps of models, run by ``fit`` or ``evaluate`` alone, that return the tensor of a loss."""
    found: dict[r.Record, RawLogs] = {}
    called = {
        event.callee.function
        for event in machine.events
        if isinstance(event.callee, FunctionValue) and event.callee.function.name in _STEPS
        if event.call is not None and getattr(event.call.func, "attr", "") in _STEPS
    }
    fitted = {
        member.cls
        for run in runs(machine)
        if run.method in FITS
        for member in run.model.alternatives()
        if isinstance(member, Instance)
    }
    shown: dict[Hashable, set[str]] = {}
    for step in (*steps, *train_steps(machine, "test_step")):
        function = step.function.function
        if function in found or not _is_of_fit(step) or step.model is None:
            continue
        if function in called and step.model.cls not in fitted:
            continue
        for logs in _returned(machine, function):
            raw = {name: value for name, value in _entries(logs) if _is_of_batch(value)}
            losses = shown.setdefault(step.model.cls.key, set())
            if any(_is_loss(step, name, value, losses) for name, value in raw.items()):
                names = [name for name in raw if _is_loss(step, name, raw[name], losses) or _TERM.search(name)]
                losses.update(names)
                found[function] = RawLogs(step, logs, names, _are_metrics(step, logs, names))
                break
    return list(found.values())


def _is_of_fit(step: TrainStep) -> bool:
    """True for a step that Keras itself runs, and whose dictionary nobody else sees."""
    if step.model is None or not is_model(step.model) or not is_keras_step(step.function):
        return False
    own = {name for cls in step.model.cls.classes() for name in cls.slots}
    return not own & {"fit", "make_train_function", "compute_metrics", "reset_metrics"}


def _returned(machine: Interpreter, function: r.Function) -> Iterator[DictObject]:
    for record in function.walk():
        if isinstance(record, r.Return) and record.value is not None and r.function_of(record) is function:
            for value in machine.values.seen.get(record.value, ()):
                yield from (member for member in value.alternatives() if isinstance(member, DictObject))


def _entries(logs: DictObject) -> Iterator[tuple[str, Value]]:
    if logs.entries.rest is None:
        yield from ((name, value) for name, (_, value) in logs.entries.items.items() if isinstance(name, str))


def _is_loss(step: TrainStep, name: str, value: Value, losses: set[str]) -> bool:
    """True for what a gradient is taken of, or a part of it that a layer has made; in a ``test_step`` by its name."""
    if any(value is gradient.loss for gradient in step.gradients):
        return True
    if step.gradients:
        made = {
            id(part) for node in step.nodes if node.output is not None for part in (*held(node.output), node.output)
        }
        if not any(id(part) in made or (isinstance(part, Computed) and part.op == "layer") for part in behind(value)):
            return False  # a weight of a term
        return any(value is part for gradient in step.gradients for part in behind(gradient.loss))
    return step.function.function.name == "test_step" and (name in losses or name == "loss" or name.endswith("_loss"))


def _is_of_batch(value: Value) -> bool:
    """True for a tensor that is no result of a metric."""
    if not isinstance(value, Computed) or value.kind not in {"tensor", "any", "number"}:
        return False
    parts = list(behind(value))
    if any(isinstance(part, Computed) and _is_result(part.site) for part in parts):
        return False
    makers = [part.maker if isinstance(part, Computed) else part for part in parts]
    return not any(isinstance(maker, LibraryObject) and maker.kind == "metric" for maker in makers)


def _is_result(site: Site | None) -> bool:
    """True for ``tracker.result()``, which reads a metric even where nobody sees how it is made."""
    call = site.record if site is not None else None
    return isinstance(call, r.Call) and isinstance(call.func, r.Attribute) and call.func.attr == "result"


def _are_metrics(step: TrainStep, logs: DictObject, names: Collection[str]) -> bool:
    """True if the returned names are just those of the model's metrics, the loss of ``compile`` among them."""
    assert step.model is not None
    if "loss" not in names or any("metrics" in cls.slots for cls in step.model.cls.classes()):
        return False
    held = [value for slot in step.model.slots.values() for value in slot.alternatives()]
    metrics = [value for value in held if isinstance(value, LibraryObject) and value.kind == "metric"]
    known = {constant(argument_of(metric, "name") or metric) for metric in metrics}
    return {name for name, _ in _entries(logs)} == known | {"loss"}


# what judges a model ----------------------------------------------------------------------------
def step_without_test(machine: Interpreter, model: Value) -> FunctionValue | None:
    """The ``train_step`` of a model that is judged by Keras's own ``test_step``, and holds no losses for that one.

    None where a class, or what it is made from, may have a way of its own.
    """
    if not isinstance(model, Instance) or model.cls.is_open:
        return None
    if any(base.name not in _PLAIN_MODELS for base in model.cls.library_bases()):
        return None
    own = {name for cls in model.cls.classes() for name in cls.slots}
    found = model.cls.find("train_step")
    step = found[0] if found is not None else None
    if not isinstance(step, FunctionValue) or not is_keras_step(step) or own & _OWN_JUDGES:
        return None
    known = adders(machine)
    if adds_loss(machine, model, known) or any(map(_is_regularized, inner(machine, model).values())):
        return None
    return step


__all__ = [
    "Gradient",
    "LeftOut",
    "RawLogs",
    "TrainStep",
    "Untold",
    "behind",
    "inner",
    "left_out",
    "raw_logs",
    "step_without_test",
    "train_steps",
    "untold",
]
