"""Compiling and fitting: what a training runs, in which order, and what it is given."""

from __future__ import annotations

from collections.abc import Mapping

from kerasvae_lint.keras.kinds import kinds, library_class
from kerasvae_lint.keras.layers import model_outputs
from kerasvae_lint.keras.tensors import is_callable
from kerasvae_lint.library import lookup, string_alias
from kerasvae_lint.values.binding import bind_library
from kerasvae_lint.values.interpreter import HOST, TRACING
from kerasvae_lint.values.lattice import (
    Computed,
    Constant,
    DictObject,
    Entries,
    Instance,
    LibraryName,
    LibraryObject,
    ListObject,
    Site,
    Tuple,
    Unknown,
    Value,
    constant,
)
from kerasvae_lint.values.world import Arguments, Machine

FITS = frozenset({"fit", "fit_generator"})
TRAINS = FITS | {"train_on_batch"}
RUNS = TRAINS | {"evaluate", "predict", "evaluate_generator", "predict_generator", "test_on_batch", "predict_on_batch"}
MODEL_METHODS = RUNS | {
    "compile",
    "add",
    "pop",
    "summary",
    "get_layer",
    "add_loss",
    "add_metric",
    "save",
    "save_weights",
    "load_weights",
    "get_weights",
    "set_weights",
    "reset_states",
    "reset_state",
    "compute_output_shape",
    "compute_mask",
    "get_config",
    "from_config",
    "count_params",
    "to_json",
    "build",
    "train_step",
    "test_step",
    "compute_loss",
    "make_train_function",
    "make_test_function",
    "make_predict_function",
    "reset_metrics",
    "export",
    "compiled_loss",
    "add_weight",
    "add_variable",
    "_add_weight",
}
_HOOKS_BEFORE = (
    ("on_train_begin", 0),
    ("on_epoch_begin", 1),
    ("on_train_batch_begin", 1),
    ("on_batch_begin", 1),
)
_HOOKS_AFTER = (
    ("on_train_batch_end", 1),
    ("on_batch_end", 1),
    ("on_test_begin", 0),
    ("on_test_batch_begin", 1),
    ("on_test_batch_end", 1),
    ("on_test_end", 0),
    ("on_epoch_end", 1),
    ("on_train_end", 0),
)
HOOKS = frozenset(name for name, _ in (*_HOOKS_BEFORE, *_HOOKS_AFTER))


class Run:
    """One ``compile``, ``fit``, ``evaluate``, ``predict``, … of a model.

    Attributes:
        model: whose.
        method: the method's name.
        arguments: what it was given, by parameter name.
        complete: False if there may be more arguments than are known.
        site: where.
        order: when.
        phase: in which phase of the program.
    """

    __slots__ = ("arguments", "complete", "method", "model", "order", "phase", "site")

    def __init__(
        self,
        model: Value,
        method: str,
        arguments: Mapping[str, Value],
        complete: bool,
        site: Site,
        order: int,
        phase: str,
    ) -> None:
        self.model = model
        self.method = method
        self.arguments = arguments
        self.complete = complete
        self.site = site
        self.order = order
        self.phase = phase

    def __repr__(self) -> str:
        return f"<{self.method} of {self.model!r}>"


def runs(machine: Machine) -> list[Run]:
    """Everything that was compiled, fitted, evaluated and predicted, in order of time."""
    found = machine.memory.setdefault("runs", [])
    assert isinstance(found, list)
    return found


def note_run(machine: Machine, model: Value, method: str, arguments: Arguments, site: Site) -> Run:
    """Write down that a model is compiled, fitted, …"""
    entry = lookup(f"keras.Model.{method}")
    signature = entry.signature() if entry is not None else None
    bound = dict(arguments.keywords)
    if signature is not None:
        bound, _ = bind_library(signature.parameters, arguments)
    run = Run(model, method, bound, arguments.complete, site, machine.now, machine.phase)
    runs(machine).append(run)
    return run


def compile_model(machine: Machine, model: Value, arguments: Arguments, site: Site) -> Value:
    """``model.compile(…)``."""
    run = note_run(machine, model, "compile", arguments, site)
    machine.memory["compiled", model.key] = run
    machine.memory.pop(("traced", model.key), None)
    return Constant(None, site)


def run_model(machine: Machine, model: Value, method: str, arguments: Arguments, site: Site) -> Value:
    """``fit``, ``evaluate``, ``predict`` and their kin: callbacks and the traced step run."""
    run = note_run(machine, model, method, arguments, site)
    given = run.arguments.get("callbacks")
    callbacks = machine.iterate(given, site) if given is not None and method in RUNS else ((), None)
    every = [*callbacks[0], *([callbacks[1]] if callbacks[1] is not None else [])]
    if method in FITS:
        _hooks(machine, model, every, _HOOKS_BEFORE, site)
    trace(machine, model, site)
    if method in FITS:
        _hooks(machine, model, every, _HOOKS_AFTER, site)
        return LibraryObject("keras.callbacks.History", "callback", site)
    if method.startswith("predict"):
        return Computed("predict", tuple(run.arguments.values())[:1], "array", site, run.arguments, model)
    return Computed(method, (), "any", site, run.arguments, model)


def _hooks(machine: Machine, model: Value, callbacks: list[Value], hooks: tuple[tuple[str, int], ...], site: Site) -> None:
    for value in callbacks:
        for callback in value.alternatives():
            for name, count in hooks:
                function = hook_of(machine, model, callback, name)
                if function is None:
                    continue
                logs = DictObject(Entries({}, Computed("log", (), "number", site)), site)
                word = "epoch" if "epoch" in name else "batch"
                index = Computed(word, (), "number", site)
                given: tuple[Value, ...] = (index, logs) if count else (logs,)
                with machine.in_phase(HOST):
                    machine.call(function, Arguments(given), site)
            if library_class(callback) == "keras.callbacks.LearningRateScheduler" and hooks is _HOOKS_BEFORE:
                schedule = callback.arguments.get("schedule") if isinstance(callback, LibraryObject) else None
                if schedule is not None and is_callable(schedule):
                    machine.call(schedule, Arguments((Computed("epoch", (), "number", site),)), site)


def hook_of(machine: Machine, model: Value, callback: Value, name: str) -> Value | None:
    """The function that a callback has for a hook; the callback's ``model`` is set."""
    if isinstance(callback, Instance):
        if "model" not in callback.slots and "callback" in kinds(callback):
            machine.heap.store(callback, "model", model)
        return machine.method(callback, name)
    if isinstance(callback, LibraryObject) and callback.name == "keras.callbacks.LambdaCallback":
        given = callback.arguments.get(name)
        return given if given is not None and is_callable(given) else None
    return None


# tracing ----------------------------------------------------------------------------------------
def trace(machine: Machine, model: Value, site: Site) -> None:
    """Run what Keras traces of a model: its step, its ``call``, its losses. Once for each ``compile``."""
    if machine.memory.get(("traced", model.key)):
        return
    machine.memory["traced", model.key] = True
    compiled = machine.memory.get(("compiled", model.key))
    at = compiled.site if isinstance(compiled, Run) else site
    data = Computed("data", (), "tensor", at, None, model)
    with machine.in_phase(TRACING):
        if isinstance(model, Instance):
            for name in ("train_step", "test_step"):
                step = machine.method(model, name)
                if step is not None:
                    machine.call(step, Arguments((data,)), at)
        outputs = forward(machine, model, at)
    if isinstance(compiled, Run):
        losses = compiled_losses(machine, compiled, outputs)
        machine.memory["losses", model.key] = losses


def forward(machine: Machine, model: Value, site: Site) -> Value:
    """What a model gives for a batch of its data."""
    outputs = model_outputs(model)
    if outputs is not None:
        return outputs
    batch = Computed("batch", (), "tensor", site, None, model)
    if kinds(model) & {"layer", "model"}:
        return machine.call(model, Arguments((batch,)), site)
    return Computed("output", (), "any", site, None, model)


class CompiledLoss:
    """One loss of a ``compile`` as it is applied.

    Attributes:
        given: the value that was given: a string, a function, a loss object.
        value: what it computes.
        output: the output that it is applied to; None if that can't be told.
        target: the target.
        name: the library function's canonical name, for Keras's own losses.
        site: where it was given.
    """

    __slots__ = ("given", "name", "output", "site", "target", "value")

    def __init__(
        self, given: Value, value: Value, output: Value | None, target: Value, name: str, site: Site
    ) -> None:
        self.given = given
        self.value = value
        self.output = output
        self.target = target
        self.name = name
        self.site = site


def compiled_losses(machine: Machine, compiled: Run, outputs: Value) -> list[CompiledLoss]:
    """Apply the losses of a ``compile`` to the model's outputs, in order or by name."""
    given = compiled.arguments.get("loss")
    if given is None:
        return []
    found: list[CompiledLoss] = []
    for one, output in _pairs(machine, given, outputs, compiled.site):
        for member in one.alternatives():
            made = _applied(machine, member, output, compiled)
            if made is not None:
                found.append(made)
    return found


def _pairs(machine: Machine, given: Value, outputs: Value, site: Site) -> list[tuple[Value, Value | None]]:
    many = outputs.items if isinstance(outputs, (Tuple, ListObject)) else None
    items = many.items if isinstance(many, Tuple) else many
    single = outputs if many is None else None
    if isinstance(given, (Tuple, ListObject)):
        losses, rest = machine.iterate(given, site)
        every = [*losses, *([rest] if rest is not None else [])]
        if single is not None:
            return [(loss, single if len(every) == 1 else None) for loss in every]
        known = list(items or ())
        return [(loss, known[i] if i < len(known) and rest is None else None) for i, loss in enumerate(every)]
    if isinstance(given, DictObject):
        named = _named_outputs(outputs, machine, site)
        return [
            (loss, named.get(key, single if len(given.entries.items) == 1 else None) if isinstance(key, str) else None)
            for key, (_, loss) in given.entries.items.items()
        ]
    if single is not None:
        return [(given, single)]
    return [(given, output) for output in items or ()] or [(given, None)]


def _named_outputs(outputs: Value, machine: Machine, site: Site) -> dict[str, Value]:
    found: dict[str, Value] = {}
    if isinstance(outputs, DictObject):
        return {key: value for key, (_, value) in outputs.entries.items.items() if isinstance(key, str)}
    items = machine.iterate(outputs, site)[0] if isinstance(outputs, (Tuple, ListObject)) else (outputs,)
    for item in items:
        if isinstance(item, Computed) and isinstance(item.maker, (LibraryObject, Instance)):
            name = item.maker.slots.get("name")
            if name is None and isinstance(item.maker, LibraryObject):
                name = item.maker.arguments.get("name")
            word = constant(name) if name is not None else None
            if isinstance(word, str):
                found[word] = item
    return found


def _applied(machine: Machine, given: Value, output: Value | None, compiled: Run) -> CompiledLoss | None:
    site = given.site or compiled.site
    target = Computed("target", (), "tensor", compiled.site, None, compiled.model)
    predicted = output if output is not None else Computed("output", (), "tensor", compiled.site, None, compiled.model)
    plain = constant(given)
    if isinstance(given, Constant) and plain is None:
        return None
    callee: Value = given
    if isinstance(plain, str):
        name = string_alias("loss", plain)
        if name is None:
            return None
        callee = LibraryName(name, name, given.site)
    with machine.in_phase(TRACING):
        value = machine.call(callee, Arguments((target, predicted)), compiled.site)
    name = ""
    if isinstance(callee, (LibraryName, LibraryObject)):
        name = callee.name
    elif isinstance(callee, Unknown):
        return CompiledLoss(given, value, output, target, "", site)
    return CompiledLoss(given, value, output, target, name, site)
