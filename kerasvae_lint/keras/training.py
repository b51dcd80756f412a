"""Compiling and fitting: what a training runs, in which order, and what it is given."""

from __future__ import annotations

from collections.abc import Mapping

from kerasvae_lint.keras.chains import declared_shape
from kerasvae_lint.keras.feeding import fed
from kerasvae_lint.keras.kinds import kinds, library_class
from kerasvae_lint.keras.layers import model_outputs
from kerasvae_lint.keras.shaping import shapes_of
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
_ONCE = ("train_begin", "train_end", "on_test", "on_predict")


def happens_again(hook: str) -> bool:
    """True for a hook that Keras calls at every epoch or batch of a training."""
    return not any(word in hook for word in _ONCE)


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


def _hooks(
    machine: Machine, model: Value, callbacks: list[Value], hooks: tuple[tuple[str, int], ...], site: Site
) -> None:
    for value in callbacks:
        for callback in value.alternatives():
            machine.memory["hooked", callback.key] = True
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
    x, y = _given(machine, model, at)
    data: Value = Computed("data", (), "tensor", at, None, model)
    if shapes_of(machine).of(x) is not None:
        data = x if y is None else Tuple((x, y), at)
    with machine.in_phase(TRACING):
        if isinstance(model, Instance):
            for name in ("train_step", "test_step"):
                step = machine.method(model, name)
                if step is not None:
                    machine.call(step, Arguments((data,)), at)
        outputs = forward(machine, model, at)
    if isinstance(compiled, Run):
        if not trains_as_keras_does(model):
            outputs = Computed("output", (), "tensor", at, None, model)
        losses = compiled_losses(machine, compiled, outputs)
        machine.memory["losses", model.key] = losses


def forward(machine: Machine, model: Value, site: Site) -> Value:
    """What a model gives for a batch of its data."""
    outputs = model_outputs(model)
    if outputs is not None:
        return outputs
    batch: Value = Computed("batch", (), "tensor", site, None, model)
    if declared_shape(machine, model) is None:
        batch, _ = _given(machine, model, site)
    if kinds(model) & {"layer", "model"}:
        made = machine.call(model, Arguments((batch,)), site)
        # a subclass that returns several things is told by nobody which of them is which output
        several = isinstance(made, (Tuple, ListObject)) and isinstance(model, Instance)
        return Computed("output", (), "any", site, None, model) if several else made
    return Computed("output", (), "any", site, None, model)


def _given(machine: Machine, model: Value, site: Site) -> tuple[Value, Value | None]:
    """A batch of what a model is trained on (else: evaluated on, asked about), with its targets if it has any."""
    mine = [run for run in runs(machine) if run.method in RUNS and any(m is model for m in run.model.alternatives())]
    for run in sorted(mine, key=lambda run: run.method not in TRAINS):
        arguments = run.arguments
        x = arguments.get("x", arguments.get("generator"))
        made = fed(machine, x, arguments.get("y"), site, model)
        if shapes_of(machine).of(made[0]) is not None:
            return made
    return fed(machine, None, None, site, model)


class CompiledLoss:
    """One loss of a ``compile`` as it is applied.

    Attributes:
        given: the value that was given: a string, a function, a loss object.
        value: what it computes.
        output: the output that it is applied to; None if that can't be told.
        target: the target.
        name: the library function's canonical name, for Keras's own losses.
        site: where it was made or written.
        use: the ``compile`` that got it.
    """

    __slots__ = ("given", "name", "output", "site", "target", "use", "value")

    def __init__(
        self, given: Value, value: Value, output: Value | None, target: Value, name: str, site: Site, use: Site
    ) -> None:
        self.given = given
        self.value = value
        self.output = output
        self.target = target
        self.name = name
        self.site = site
        self.use = use


def compiled_losses_of(machine: Machine) -> list[CompiledLoss]:
    """Every loss that a ``compile`` got, applied to its output."""
    found: list[CompiledLoss] = []
    for place, losses in machine.memory.items():
        if isinstance(place, tuple) and place[0] == "losses" and isinstance(losses, list):
            found += losses
    return found


def trains_as_keras_does(model: Value) -> bool:
    """False for models that may do something else with the loss that ``compile`` gets."""
    if not isinstance(model, Instance):
        return True
    if model.cls.is_open:
        return False
    own = {name for cls in model.cls.classes() for name in cls.slots}
    return not own & {"train_step", "compile", "compute_loss", "compiled_loss", "fit", "make_train_function"}


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
    is_many = isinstance(outputs, (Tuple, ListObject, DictObject))
    items, unknown = machine.iterate(outputs, site) if isinstance(outputs, (Tuple, ListObject)) else ((outputs,), None)
    if isinstance(given, (Tuple, ListObject)):
        losses, rest = machine.iterate(given, site)
        every = [*losses, *([rest] if rest is not None else [])]
        fits = len(every) == len(items) and rest is None and unknown is None and not isinstance(outputs, DictObject)
        return [(loss, items[index] if fits else None) for index, loss in enumerate(every)]
    if isinstance(given, DictObject):
        entries = given.entries
        named = _named_outputs(outputs, machine, site) if entries.rest is None and unknown is None else {}
        alone = items[0] if not is_many and len(entries.items) == 1 and not named else None
        return [
            (loss, named.get(key, alone) if isinstance(key, str) else None) for key, (_, loss) in entries.items.items()
        ]
    if isinstance(outputs, DictObject):
        return [(given, output) for _, output in outputs.entries.items.values()]
    if not is_many:
        return [(given, outputs)]
    return [(given, output if unknown is None else None) for output in items] or [(given, None)]


def _named_outputs(outputs: Value, machine: Machine, site: Site) -> dict[str, Value]:
    """The outputs by the names of the layers that made them; names that two have are left out."""
    found: dict[str, Value] = {}
    twice: set[str] = set()
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
                twice.update({word} & found.keys())
                found[word] = item
    return {name: item for name, item in found.items() if name not in twice}


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
        entry = lookup(name)
        if entry is not None and entry.makes == "loss":  # `"BinaryCrossentropy"`: Keras makes the class's object
            callee = machine.call(callee, Arguments(()), site)
    with machine.in_phase(TRACING):
        value = machine.call(callee, Arguments((target, predicted)), compiled.site)
    name = ""
    if isinstance(callee, (LibraryName, LibraryObject)):
        name = callee.name
    elif isinstance(callee, Unknown):
        return CompiledLoss(given, value, output, target, "", site, compiled.site)
    return CompiledLoss(given, value, output, target, name, site, compiled.site)
