"""Methods and attributes of Keras's objects, and functions of the libraries that do more than compute."""

from __future__ import annotations

from collections.abc import Mapping

from kerasvae_lint.keras import backend, configs, tfds, training, variables
from kerasvae_lint.keras.backbones import taken_apart
from kerasvae_lint.keras.chains import chain, declared_shape, is_input, output_and_input
from kerasvae_lint.keras.graph import Graph
from kerasvae_lint.keras.kinds import is_application, is_layer, is_model, library_class
from kerasvae_lint.keras.layers import (
    LAYER_LIST,
    model_inputs,
    model_outputs,
    note_loss,
    note_made,
    output_of,
    sequential_layers,
)
from kerasvae_lint.keras.pipelines import arguments_of
from kerasvae_lint.keras.shaping import shape_value, shapes_of, static_shape
from kerasvae_lint.keras.tensors import best_signature, bound_by_role, is_callable
from kerasvae_lint.library import Entry, lookup, string_alias
from kerasvae_lint.library.shapes.calls import Call
from kerasvae_lint.values.binding import bind_library
from kerasvae_lint.values.lattice import (
    Computed,
    Constant,
    FunctionValue,
    Instance,
    LibraryName,
    LibraryObject,
    ListObject,
    Native,
    Parameter,
    Repeated,
    Site,
    Tuple,
    Unknown,
    Value,
    constant,
    held,
    join,
    plainly,
)
from kerasvae_lint.values.world import Arguments, Machine

_WEIGHT_MAKERS = frozenset({"add_weight", "add_variable", "_add_weight"})
MAX_NESTED = 6
_WRITES = frozenset({"set_value", "update", "update_add", "update_sub", "moving_average_update", "batch_set_value"})


# functions --------------------------------------------------------------------------------------
def call_special(
    machine: Machine, callee: LibraryName, entry: Entry | None, arguments: Arguments, site: Site
) -> Value | None:
    """Library functions whose meaning is no formula; None for all others."""
    name = callee.name
    if name == "tf.function":
        given = arguments.get(0, "func")
        if isinstance(given, FunctionValue):
            return given.tagged("tf.function")
        return given if given is not None else LibraryObject(name, "function", site, arguments.keywords)
    if name == "keras.activations.get" and arguments.positional:
        return join(*(_activation(machine, member, site) for member in arguments.positional[0].alternatives()))
    if name in {"keras.layers.deserialize", "keras.losses.get", "keras.initializers.get"}:
        return arguments.positional[0] if arguments.positional else None
    if name == tfds.LOAD:
        return tfds.load(machine, arguments, site)
    config = configs.call_through_class(callee, arguments, site)
    if config is not None:
        return config
    makes = entry.makes if entry is not None else ""
    if makes == "variable" and name != "tf.TensorArray":
        return _variable(machine, callee, entry, arguments, site)
    if name == "keras.models.clone_model" or name == "keras.utils.multi_gpu_model":
        given = arguments.get(0, "model")
        return machine.copy(given, site) if given is not None else None
    return backend.call(machine, name, arguments, site)


def _activation(machine: Machine, given: Value, site: Site) -> Value:
    """The function that an activation's name means; None is the linear one."""
    plain = plainly(given)
    if not isinstance(plain, Constant):
        return given
    word = "linear" if plain.value is None else plain.value
    found = string_alias("activation", word) if isinstance(word, str) else None
    return machine.library(found, given.site or site) if found is not None else given


def _variable(
    machine: Machine, callee: LibraryName, entry: Entry | None, arguments: Arguments, site: Site
) -> LibraryObject:
    signature = best_signature(entry, arguments)
    if signature is not None:
        bound, rest = bind_library(signature.parameters, arguments)
    else:
        bound, rest = dict(arguments.keywords), arguments.positional
    return variables.make_variable(machine, callee.name, bound, site, arguments.complete, None, rest)


def effect(machine: Machine, callee: LibraryName, entry: Entry, arguments: Arguments, site: Site) -> Value:
    """A function that is called for what it does."""
    if entry.operation in _WRITES:
        roles, rest = bound_by_role(entry, arguments)
        target = roles.get("x", rest[0] if rest else None)
        value = next((v for k, v in roles.items() if k != "x"), Unknown("value", site))
        for member in target.alternatives() if target is not None else ():
            if isinstance(member, LibraryObject) and member.kind == "variable":
                variables.note_write(machine, member, value, site, entry.operation)
    return formula(machine, entry.operation, arguments, "object", site, callee)


def formula(machine: Machine, word: str, arguments: Arguments, kind: str, site: Site, maker: Value | None) -> Computed:
    """A call that nobody follows, as a formula over its arguments."""
    return Computed(word, arguments.positional, kind, site, arguments.keywords, maker, None, machine.phase, machine.now)


def made(machine: Machine, obj: LibraryObject, arguments: Arguments, site: Site) -> None:
    """What follows from an object having been made: a Sequential holds its layers."""
    if obj.kind in {"layer", "model"}:
        note_made(machine, obj)
    if obj.name == "keras.Sequential":
        given = obj.arguments.get("layers", arguments.positional[0] if arguments.positional else None)
        obj.slots[LAYER_LIST] = _layer_list(machine, given, site)


def constructed(
    machine: Machine, obj: Instance, base: str, bound: Mapping[str, Value], arguments: Arguments, site: Site
) -> None:
    """The same for an object of a project's subclass."""
    if base == "keras.Sequential":
        given = bound.get("layers", arguments.positional[0] if arguments.positional else None)
        machine.heap.store(obj, LAYER_LIST, _layer_list(machine, given, site))


def _layer_list(machine: Machine, given: Value | None, site: Site) -> ListObject:
    if given is None or (isinstance(given, Constant) and given.value is None):
        return ListObject(Tuple((), site), site)
    items, rest = machine.iterate(given, site)
    return ListObject(Tuple(items, site, rest), site)


# layers and models ------------------------------------------------------------------------------
def of_layer(machine: Machine, obj: Value, name: str, site: Site) -> Value | None:
    """A method or attribute that Keras gives every layer or model."""
    if name in _WEIGHT_MAKERS:
        return Native(name, _weight_maker(machine, obj, name), site, obj)
    found = _attribute_of_layer(machine, obj, name, site)
    if found is not None:
        return found
    if name in training.MODEL_METHODS or name in {"call", "__call__"}:

        def call(arguments: Arguments, at: Site) -> Value:
            return call_method(machine, obj, name, arguments, at)

        return Native(name, call, site, obj)
    return None


def _weight_maker(machine: Machine, obj: Value, name: str):  # type: ignore[no-untyped-def]
    def make(arguments: Arguments, at: Site) -> Value:
        entry = lookup("keras.layers.Layer.add_weight")
        signature = entry.keras2 if entry is not None else None
        bound = dict(arguments.keywords)
        if signature is not None:
            bound, _ = bind_library(signature.parameters, arguments)
        return variables.make_variable(machine, "add_weight", bound, at, arguments.complete, obj, arguments.positional)

    del name
    return make


_PARTS = frozenset({"output", "outputs", "input", "inputs", "layers"})


def _attribute_of_layer(machine: Machine, obj: Value, name: str, site: Site) -> Value | None:
    if name in _PARTS and machine.patience > 1 and isinstance(obj, LibraryObject) and is_application(obj):
        whole = taken_apart(machine, obj)
        if whole is not None:
            return _attribute_of_layer(machine, whole, name, site)
    if name in {"losses", "metrics", "updates", "metrics_names"}:
        return Computed(name, (obj,), "object", site, None, obj, None, machine.phase, machine.now)
    if name in {"output", "outputs"}:
        outputs = model_outputs(obj)
        if outputs is None:
            outputs, _ = output_and_input(machine, obj, site)
        return outputs if outputs is not None else Computed("output", (), "tensor", site, None, obj)
    if name in {"input", "inputs"}:
        inputs = model_inputs(obj)
        if inputs is None:
            _, inputs = output_and_input(machine, obj, site)
        return inputs if inputs is not None else Computed("input", (), "tensor", site, None, obj)
    if name == "layers" and isinstance(obj, (LibraryObject, Instance)):
        return _layers_of(machine, obj, site)
    if name in {"optimizer", "loss", "history", "stop_training"}:
        compiled = machine.memory.get(("compiled", obj.key))
        given = compiled.arguments.get(name) if isinstance(compiled, training.Run) else None
        if given is not None and not (name == "optimizer" and isinstance(constant(given), str)):
            return given
        if name == "optimizer":
            place = ("optimizer", obj.key)
            known = machine.memory.get(place)
            if not isinstance(known, LibraryObject):
                known = LibraryObject("keras.optimizers.Optimizer", "optimizer", site)
                machine.memory[place] = known
            return known
        return Computed(name, (), "object", site, None, obj)
    if name in {"input_shape", "output_shape"}:
        tensor = machine.get_attribute(obj, name.removesuffix("_shape"), site)
        shape = static_shape(machine, tensor, site)
        if shape is not None:
            return shape
    if name in {"dtype", "compute_dtype", "name", "built", "input_shape", "output_shape", "trainable"}:
        given = obj.arguments.get(name) if isinstance(obj, LibraryObject) else None
        if given is None and isinstance(obj, Instance):
            given = next((bound[name] for bound in obj.arguments.values() if name in bound), None)
        if given is not None:
            return given
        kind = "shape" if name.endswith("shape") else "bool" if name in {"built", "trainable"} else "string"
        return Computed(name, (), kind, site, None, obj)
    if isinstance(obj, LibraryObject) and name in obj.arguments:
        return obj.arguments[name]
    if isinstance(obj, LibraryObject) and name in {"units", "filters", "activation", "use_bias"}:
        entry = lookup(obj.name)
        default = entry.default(name) if entry is not None else None
        return Constant(default, site, assumed=True) if isinstance(default, (str, int, float, bool)) else None
    if isinstance(obj, Instance) and library_class(obj) not in {"keras.layers.Layer", "keras.Model", ""}:
        return next((bound[name] for bound in obj.arguments.values() if name in bound), None)
    return None


def _layers_of(machine: Machine, obj: LibraryObject | Instance, site: Site) -> Value | None:
    """``model.layers``: of a Sequential its list, of a functional model what its outputs are made with."""
    own = sequential_layers(obj)
    if own is not None:
        if declared_shape(machine, obj) is not None:
            chain(machine, obj, site)
        items = tuple(item for item in own.items if not is_input(item))
        first = next((index for index, item in enumerate(items) if isinstance(item, Repeated)), None)
        if first is None:
            return ListObject(Tuple(items, site, own.rest), site)
        behind = join(*(part for item in items[first:] for part in held(item)))
        return ListObject(Tuple(items[:first], site, behind), site)
    outputs = model_outputs(obj)
    if outputs is not None:
        before = obj.order if isinstance(obj, LibraryObject) else machine.now
        graph = Graph(machine, outputs, model_inputs(obj), before)
        if graph.is_open and graph.layers:
            return ListObject(Tuple((), site, join(*graph.layers, Unknown("layer", site, obj))), site)
        return ListObject(Tuple(graph.layers, site), site)
    if isinstance(obj, Instance):
        found = tracked_layers(obj)
        return ListObject(Tuple((), site, join(*found) if found else Unknown("layer", site, obj)), site)
    return None


def tracked_layers(obj: Instance) -> tuple[Value, ...]:
    """The layers that an object holds in its attributes, also in lists and dictionaries, as they were first set."""
    found = [part for value in obj.slots.values() for part in held(value) if is_layer(part) and part is not obj]
    return tuple({id(part): part for part in found}.values())


def call_method(machine: Machine, obj: Value, name: str, arguments: Arguments, site: Site) -> Value:
    """Call a method that Keras gives layers and models."""
    if name == "compile":
        return training.compile_model(machine, obj, arguments, site)
    if name in training.RUNS:
        return training.run_model(machine, obj, name, arguments, site)
    if name in {"add", "pop"}:
        return _grow(machine, obj, name, arguments, site)
    if name == "get_layer":
        return _get_layer(machine, obj, arguments, site)
    if name in {"call", "__call__"}:
        return output_of(machine, obj, arguments.get(0, "inputs"), arguments, site)
    if name in {"compute_loss", "compiled_loss"}:
        return formula(machine, "compiled_loss", arguments, "tensor", site, obj)
    if name in {"get_weights"}:
        return Computed("get_weights", (obj,), "array", site, None, obj, None, machine.phase, machine.now)
    if name == "set_weights":
        weights = variables.weight_of(machine, obj, "*", site)
        given = arguments.get(0, "weights")
        variables.note_write(machine, weights, given if given is not None else Unknown("value", site), site, name)
        _write_own(machine, obj, given, site)
    if name == "train_step":
        training.trace(machine, obj, site)
    if name == "build":
        _build(machine, obj, arguments, site)
    if name == "compute_output_shape" and arguments.positional:
        shapes = shapes_of(machine)
        shape = shapes.plain.shape(arguments.positional[0])
        output = shapes.layer_result(obj, Call((shape,))).output if shape is not None else None
        if isinstance(output, tuple):
            return shape_value(output, site)
    if name == "add_loss" and arguments.positional:
        note_loss(machine, obj, arguments.positional[0])
    return Computed(name, arguments.positional, "any", site, arguments.keywords, obj, None, machine.phase, machine.now)


def _build(machine: Machine, obj: Value, arguments: Arguments, site: Site) -> None:
    """``model.build(input_shape)``: the model is called on an input of that shape."""
    given = arguments.get(0, "input_shape")
    if given is None or not is_model(obj):
        return
    plain = shapes_of(machine).plain.of(given)
    if not isinstance(plain, (tuple, list)) or any(isinstance(part, (tuple, list)) for part in plain):
        return  # one shape is read, not those of several inputs
    shape = shapes_of(machine).plain.shape(given)
    if shape is None:
        return
    machine.memory["built for", obj.key] = given
    if isinstance(obj, Instance) and sequential_layers(obj) is None and model_outputs(obj) is None:
        batch = shapes_of(machine).tensor(shape, site, "batch", obj)
        with machine.in_phase("tracing"):
            machine.call(obj, Arguments((batch,)), site)


def _write_own(machine: Machine, obj: Value, given: Value | None, site: Site) -> None:
    """``set_weights`` writes every variable that a layer of the project holds."""
    if isinstance(obj, Instance):
        for value in obj.slots.values():
            if isinstance(value, LibraryObject) and value.kind == "variable":
                new = given if given is not None else Unknown("value", site)
                variables.note_write(machine, value, new, site, "set_weights")


def _grow(machine: Machine, obj: Value, name: str, arguments: Arguments, site: Site) -> Value:
    if isinstance(obj, (LibraryObject, Instance)):
        own = obj.slots.get(LAYER_LIST)
        if isinstance(own, ListObject):
            state = own.items
            if state.rest is not None:
                # a loop or a branch that nobody could follow: what comes next comes behind it
                every = Repeated(state.rest)
                machine.heap.store(own, "[]", Tuple((*state.items, every), state.site))
            word = "append" if name == "add" else "pop"
            machine.call(machine.get_attribute(own, word, site), Arguments(arguments.positional), site)
    return Constant(None, site)


def _get_layer(machine: Machine, obj: Value, arguments: Arguments, site: Site) -> Value:
    wanted = constant(arguments.get(0, "name") or Constant(None))
    index = constant(arguments.get(1, "index") or Constant(None))
    layers = machine.get_attribute(obj, "layers", site)
    items, rest = machine.iterate(layers, site) if isinstance(layers, ListObject) else ((), None)
    if isinstance(index, int) and rest is None and -len(items) <= index < len(items):
        return items[index]
    if isinstance(wanted, str):
        for item in items:
            if name_of(item) == wanted:
                return item
    return Unknown("get_layer", site, obj, wanted if isinstance(wanted, str) else "")


def name_of(layer: Value) -> str | None:
    """The name that a layer was given."""
    given: Value | None = None
    if isinstance(layer, LibraryObject):
        given = layer.slots.get("name", layer.arguments.get("name"))
    elif isinstance(layer, Instance):
        given = layer.slots.get("name") or next((b["name"] for b in layer.arguments.values() if "name" in b), None)
    word = constant(given) if given is not None else None
    return word if isinstance(word, str) else None


def attribute_set(machine: Machine, obj: Value, name: str, value: Value, site: Site) -> None:
    """An attribute of something has been set; what Keras does about it."""
    if name == "layers" or not isinstance(obj, (LibraryObject, Instance)):
        return
    if name == "trainable" and is_layer(obj):
        _set_trainable(machine, obj, value, site, MAX_NESTED)
    if name in {"activation", "units"}:
        machine.memory.pop(("traced", obj.key), None)


def _set_trainable(machine: Machine, obj: Value, value: Value, site: Site, depth: int) -> None:
    """A layer's ``trainable`` goes down to the layers in it."""
    machine.memory["froze", obj.key] = site
    for part in _inside(machine, obj, site) if depth else ():
        if isinstance(part, (LibraryObject, Instance)) and part is not obj and is_layer(part):
            machine.heap.store(part, "trainable", value)
            _set_trainable(machine, part, value, site, depth - 1)


def _inside(machine: Machine, obj: Value, site: Site) -> tuple[Value, ...]:
    if machine.patience > 1 and isinstance(obj, LibraryObject) and is_application(obj):
        obj = taken_apart(machine, obj) or obj
    if isinstance(obj, Instance) and model_outputs(obj) is None and sequential_layers(obj) is None:
        return tracked_layers(obj)
    found = _layers_of(machine, obj, site) if isinstance(obj, (LibraryObject, Instance)) else None
    return found.items.items if isinstance(found, ListObject) else ()


# other objects ----------------------------------------------------------------------------------
def of_distribution(machine: Machine, obj: Value, name: str, site: Site) -> Value | None:
    """A method of a distribution: a formula over its parameters."""
    if isinstance(obj, LibraryObject) and name in obj.arguments:
        return obj.arguments[name]

    def call(arguments: Arguments, at: Site) -> Value:
        word = "draw" if name in {"sample", "experimental_sample_and_log_prob"} else name
        options = dict(arguments.keywords)
        if word == "draw":
            options["distribution"] = Constant(name)
        return Computed(word, arguments.positional, "tensor", at, options, obj, None, machine.phase, machine.now)

    if name in {"trainable_variables", "variables", "parameters"}:
        return Computed("weights", (obj,), "object", site, {"name": Constant(name)})
    if name in {"batch_shape", "event_shape", "dtype", "name"}:
        return Computed(name, (obj,), "shape", site)
    return Native(name, call, site, obj)


def of_optimizer(machine: Machine, obj: Value, name: str, site: Site) -> Value | None:
    """An attribute or method of an optimizer."""
    if name in {"learning_rate", "lr", "iterations"}:
        given = obj.arguments.get(name) if isinstance(obj, LibraryObject) and name != "iterations" else None
        weight = variables.weight_of(machine, obj, "learning_rate" if name == "lr" else name, site)
        del given
        return weight

    def call(arguments: Arguments, at: Site) -> Value:
        word = name
        if name in {"minimize", "get_gradients", "compute_gradients"}:
            loss = arguments.get(0, "loss")
            if loss is not None and is_callable(loss):
                with machine.in_phase("tracing"):
                    value = machine.call(loss, Arguments(), at)
                return Computed(word, (value,), "any", at, arguments.keywords, obj, None, machine.phase, machine.now)
        return Computed(
            word, arguments.positional, "any", at, arguments.keywords, obj, None, machine.phase, machine.now
        )

    return Native(name, call, site, obj)


def of_library_object(machine: Machine, obj: LibraryObject, name: str, site: Site) -> Value | None:
    """A method of a tape, a data set, a metric, a bijector, a loss."""
    if obj.kind != "dataset" and name in obj.arguments:
        return obj.arguments[name]

    def call(arguments: Arguments, at: Site) -> Value:
        if obj.kind == "dataset":
            return _of_dataset(machine, obj, name, arguments, at)
        kind = "tensor" if obj.kind in {"bijector", "metric", "loss", "context"} else "any"
        return Computed(name, arguments.positional, kind, at, arguments.keywords, obj, None, machine.phase, machine.now)

    return Native(name, call, site, obj)


def _of_dataset(machine: Machine, obj: LibraryObject, name: str, arguments: Arguments, site: Site) -> LibraryObject:
    """A method of a data set gives another one; what ``map`` makes of an element is kept with it."""
    entry = lookup(f"{obj.name}.{name}") or lookup(f"tf.data.Dataset.{name}")
    signature = best_signature(entry, arguments)
    bound: Mapping[str, Value] = arguments.keywords
    if signature is not None:
        bound, _ = bind_library(signature.parameters, arguments)
    word = entry.name if entry is not None else f"tf.data.Dataset.{name}"
    made = LibraryObject(
        word, "dataset", site, {"input": obj, **bound}, arguments.positional, arguments.complete, order=machine.now
    )
    function = arguments.get(0, "map_func", "predicate", "transformation_func")
    if name in {"map", "filter", "flat_map", "apply"} and function is not None:
        fallback = Computed("data", (obj,), "tensor", site, None, obj, None, machine.phase, machine.now)
        given = (obj,) if name == "apply" else arguments_of(obj, fallback)
        if is_callable(function) or (name == "map" and isinstance(function, (LibraryObject, Instance, LibraryName))):
            made.facts["element"] = machine.call(function, Arguments(given), site)
    return made


# objects that nobody knows ----------------------------------------------------------------------
def call_on_unknown(machine: Machine, callee: Unknown, arguments: Arguments, site: Site) -> Value | None:
    """``something.fit(…)``, ``something.assign(…)``: a name that says enough even where the object is not known."""
    base, name = callee.base, callee.name
    assert base is not None
    if isinstance(base, LibraryObject) and base.name.startswith("sklearn."):
        return base if name in {"fit", "partial_fit"} else None  # what learns there is no model of Keras's
    if name == "compile" and (arguments.positional or arguments.keywords.keys() & {"optimizer", "loss"}):
        return training.compile_model(machine, base, arguments, site)
    if name in {"fit", "fit_generator", "evaluate", "predict", "train_on_batch"}:
        return training.run_model(machine, base, name, arguments, site)
    if name in _WEIGHT_MAKERS:
        return variables.make_variable(
            machine, "add_weight", arguments.keywords, site, arguments.complete, base, arguments.positional
        )
    if name in {"assign", "assign_add", "assign_sub"} and not isinstance(base, Parameter):
        return None
    return None


__all__ = [
    "attribute_set",
    "call_method",
    "call_on_unknown",
    "call_special",
    "constructed",
    "effect",
    "made",
    "name_of",
    "of_distribution",
    "of_layer",
    "of_library_object",
    "of_optimizer",
]
