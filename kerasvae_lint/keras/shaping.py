"""The shapes of values: what a tensor's axes are, worked out from the formula that it is, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from kerasvae_lint.keras.kinds import is_application, is_layer, library_class
from kerasvae_lint.keras.pipelines import PREFIX, dataset_output, element
from kerasvae_lint.keras.plain import Plain, options_of
from kerasvae_lint.keras.sources import source_output
from kerasvae_lint.library import lookup
from kerasvae_lint.library.shapes.calls import Call, Operand, Options, Part, Result
from kerasvae_lint.library.shapes.dims import UNKNOWN, MismatchError, Output, Shape, join
from kerasvae_lint.library.signatures import NO_DEFAULT, OPAQUE
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
    Union,
    Unknown,
    Value,
    is_none,
)
from kerasvae_lint.values.operators import kind_of
from kerasvae_lint.values.world import Arguments, Machine

MAX_STEPS = 60_000
_NOTHING = Result(None, UNKNOWN, UNKNOWN)
_HANDED_ON = frozenset({"read", "identity", "numpy", "get_value"})
_WEIGHED = frozenset({"keras.layers.Dense", "keras.layers.Embedding"})
_SAID_IN_CALLS = frozenset({"return_attention_scores", "reverse"})
"""What a call of a layer is given that decides what it gives."""
_FLAGS = frozenset({"training", "mask"})
_OF_ARRAYS = frozenset({"sum", "mean", "std", "var", "min", "max", "prod", "argmax", "argmin", "repeat"})
"""Methods of arrays whose names other objects use for something else."""
_BOUNDS = frozenset({"start", "stop", "limit", "x"})


@dataclass(frozen=True, slots=True)
class Problem:
    """A call that Keras can't make: what it was given does not fit.

    Attributes:
        value: what it would give.
        error: what does not fit.
    """

    value: Computed
    error: MismatchError


class Shapes:
    """What is known of the shapes of one program's values.

    Args:
        machine: the interpreter whose values they are.
    """

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.plain = Plain(self, trusting=machine.patience > 1)
        self.problems: list[Problem] = []
        self._done: dict[int, tuple[Value, Output]] = {}
        self._results: dict[int, Result] = {}
        self._asked: set[int] = set()

    def of(self, value: Value) -> Output:
        """The shape of a value; a list of shapes for several tensors; None if it is not known."""
        value = _state(value)
        found = self._done.get(id(value))
        if found is not None:
            return found[1]
        todo, opened = [value], set[int]()
        while todo:
            at = todo[-1]
            if id(at) in self._done:
                todo.pop()
                continue
            if id(at) not in opened and len(opened) < MAX_STEPS:
                opened.add(id(at))
                waiting = [part for part in _parts(at) if id(part) not in self._done and id(part) not in opened]
                if waiting:
                    todo += waiting
                    continue
            todo.pop()
            self._done[id(at)] = (at, None)  # a circle ends here
            self._done[id(at)] = (at, self._worked_out(at))
        return self._done[id(value)][1]

    def shape(self, value: Value) -> Shape | None:
        """The shape of one tensor; None if it is not known, or if there are several."""
        found = self.of(value)
        return None if isinstance(found, list) else found

    def each(self, value: Value) -> list[Shape | None]:
        """The shapes of one or several tensors."""
        found = self.of(value)
        return found if isinstance(found, list) else [found]

    def result(self, output: Computed) -> Result:
        """What one call of a library's layer gave, with the layer's parameters."""
        self.of(output)
        return self._results.get(id(output), _NOTHING)

    # one value ----------------------------------------------------------------------------------
    def _worked_out(self, value: Value) -> Output:
        try:
            if isinstance(value, Computed):
                return self._of_formula(value)
            if isinstance(value, Union):
                return _joined([self.of(member) for member in value.members if not is_none(member)])
            if isinstance(value, Tuple):
                return self._of_sequence(value)
            if isinstance(value, Entries):
                return [self.shape(part) for _, part in value.items.values()] if value.rest is None else None
            if isinstance(value, LibraryObject) and value.kind == "variable":
                return self._of_variable(value)
            if isinstance(value, Constant):
                return () if isinstance(value.value, (bool, int, float, complex)) else None
        except MismatchError as error:
            if isinstance(value, Computed):
                self.problems.append(Problem(value, error))
        return None

    def _of_sequence(self, value: Tuple) -> Output:
        if value.rest is not None:
            return None
        if value.items and all(kind_of(item) in {"number", "bool"} for item in value.items):
            return (len(value.items),)
        shapes: list[Shape | None] = []
        for item in value.items:
            found = self.of(item)
            shapes += found if isinstance(found, list) else [found]
        return shapes

    def _of_weight(self, weight: LibraryObject) -> Output:
        """The shape of a weight that a library's layer makes itself, by what the layer is called on."""
        layer, name = weight.owner, weight.facts.get("weight")
        if not isinstance(layer, (LibraryObject, Instance)) or library_class(layer) not in _WEIGHED:
            return None
        if isinstance(layer, Instance) and self.machine.method(layer, "build") is not None:
            return None  # it may make other weights than its base
        options = self.layer_options(layer)
        if library_class(layer) == "keras.layers.Embedding":
            return (options.size("input_dim"), options.size("output_dim")) if name == "embeddings" else None
        units = options.size("units")
        if name == "bias":
            return (units,)
        nodes = self.machine.memory.get(("nodes", layer.key))
        for node in nodes if isinstance(nodes, list) else ():
            given = self.shape(node.inputs) if node.inputs is not None else None
            if given:
                return (given[-1], units)
        return (UNKNOWN, units) if name == "kernel" else None

    def _of_variable(self, variable: LibraryObject) -> Output:
        if variable.name == "weight":
            return self._of_weight(variable)
        given = variable.arguments.get("shape")
        if given is None and variable.name in {"add_weight", "tf.get_variable"} and len(variable.positional) > 1:
            given = variable.positional[1]
        if given is not None:
            return self.plain.shape(given)
        for name in ("initial_value", "value", "initializer"):
            if name in variable.arguments:
                return self.of(variable.arguments[name])
        if variable.name == "add_weight" and variable.complete:
            return ()
        return self.of(variable.positional[0]) if variable.positional else None

    def _of_formula(self, value: Computed) -> Output:
        op = value.op
        if op == "draw" and (isinstance(value.maker, LibraryObject) or "x" in value.options):
            return self._of_shuffled(value)
        if op == "layer":
            return self._of_layer(value)
        if op in {"input", "batch", "placeholder"}:
            return self._of_input(value)
        if op == "data":
            return self._of_data(value)
        if op.startswith(PREFIX):
            return dataset_output(value, self.of, self.plain.dim, self.plain.shape)
        known = source_output(value, self.of, self.options)
        if known is not None:
            return known[0]
        if op == "output" and isinstance(value.maker, LibraryObject) and is_application(value.maker):
            return self._application(value.maker, None).output
        if op == "getitem" and value.operands:
            whole = self.of(value.operands[0])
            if isinstance(whole, list):
                return self._picked(whole, value)
        if op in _HANDED_ON and value.operands:
            return self.of(value.operands[0])
        if isinstance(value.maker, LibraryName) and lookup(value.maker.name) is None:
            return None
        if value.kind in {"number", "bool"} and op != "getitem":
            return ()
        if value.maker is None and op in _OF_ARRAYS and value.operands and kind_of(value.operands[0]) != "array":
            return None  # a method of something else: a distribution, a data set
        if isinstance(value.maker, LibraryObject) and value.maker.kind == "loss":
            return None if "reduction" in value.maker.arguments or not value.maker.complete else ()
        if isinstance(value.maker, LibraryObject) and value.maker.kind in {"distribution", "bijector"}:
            return None
        if isinstance(value.maker, LibraryName) and value.maker.name.startswith("tf.contrib."):
            return None
        if op == "range" and self._is_free(value):
            return (None,)
        from kerasvae_lint.library.shapes.operations import operation_output  # imported late, for a fast start

        return operation_output(op, tuple(map(self.operand, value.operands)), self.options(value))

    def _of_shuffled(self, value: Computed) -> Output:
        """``shuffle(x)``, ``permutation(n)``: a draw of what there is."""
        given = value.options.get("x")
        if given is None or self.plain.of(value.options["distribution"]) not in {"shuffle", "permutation"}:
            return None
        count = self.plain.of(given)
        return (count,) if isinstance(count, int) else self.of(given)

    def _is_free(self, value: Computed) -> bool:
        """True for a range whose end is the size of a free axis."""
        bounds = [*value.operands, *(option for name, option in value.options.items() if name in _BOUNDS)]
        return any(not isinstance(bound, Constant) and self.plain.of(bound) is None for bound in bounds)

    def _picked(self, shapes: list[Shape | None], value: Computed) -> Output:
        index = self.plain.of(value.options.get("index", Constant(None)))
        if isinstance(index, int) and -len(shapes) <= index < len(shapes):
            return shapes[index]
        return shapes[index] if isinstance(index, slice) else None

    def operand(self, value: Value) -> Operand:
        """A value as the shape functions of operations take it."""
        if isinstance(value, Unknown):
            return Operand(None)  # the default of a parameter says nothing of what else it is given
        plain = self.plain.of(value)
        if plain is UNKNOWN and isinstance(_state(value), Tuple):
            state = _state(value)
            assert isinstance(state, Tuple)
            if state.rest is None:
                return Operand(None, [self.operand(item) for item in state.items])
            return Operand(None)
        found = self.of(value)
        return Operand(None if isinstance(found, list) else found, plain)

    def options(self, value: Computed) -> Options:
        """The other arguments of an operation, with the defaults of the function that was called."""
        found: dict[str, object] = {}
        maker = value.maker
        entry = lookup(maker.name) if isinstance(maker, LibraryName) else None
        signature = next(entry.signatures(), None) if entry is not None else None
        for parameter in signature.parameters if signature is not None else ():
            if parameter.default is not NO_DEFAULT and parameter.default is not OPAQUE:
                found[parameter.role] = parameter.default
        if entry is not None and entry.reduced:
            found["reduced"] = entry.reduced
        for name, option in value.options.items():
            plain = self.plain.of(option)
            is_array = kind_of(option) in {"tensor", "array"} or (isinstance(option, Computed) and option.op == "range")
            is_tensor = plain is UNKNOWN and (is_array or isinstance(option, Tuple))
            found[name] = self.operand(option) if is_tensor else plain
        return Options(found, self.keras)

    @property
    def keras(self) -> int | None:
        """Which Keras the program is for, where that is known."""
        found = self.machine.memory.get("keras")
        return found if isinstance(found, int) else None

    # inputs -------------------------------------------------------------------------------------
    def _of_input(self, value: Computed) -> Output:
        options = value.options
        if isinstance(value.maker, LibraryObject) and is_application(value.maker) and not options:
            return self._application(value.maker, None, inputs=True).output
        tensor = options.get("x")
        if tensor is not None and not is_none(tensor):
            return self.of(tensor)
        for name in ("batch_shape", "batch_input_shape"):
            given = options.get(name)
            if given is not None and not is_none(given):
                return self.plain.shape(given)
        given = options.get("shape")
        if given is None or is_none(given):
            return None
        shape = self.plain.shape(given)
        if value.op != "input" or shape is None or not isinstance(value.maker, LibraryName):
            return shape
        if value.maker.name != "keras.layers.Input":
            return shape  # the whole shape, the batch among it
        batch = options.get("batch_size")
        size = self.plain.dim(batch) if batch is not None else None
        return (size, *shape)

    def _of_data(self, value: Computed) -> Output:
        """What a training or a data set gives at a time."""
        if value.options:
            return self.of(value.options["given"]) if "given" in value.options else self._of_input(value)
        found = element(value.operands[0]) if value.operands else None
        return self.of(found) if found is not None else None

    # layers -------------------------------------------------------------------------------------
    def call_of(self, value: Computed) -> Call:
        """What a call of a layer was given."""
        first = value.operands[0] if value.operands else None
        others: dict[str, Output] = {}
        for position, operand in enumerate(value.operands[1:], 1):
            others[f"#{position}"] = self.of(operand)
        for name, option in value.options.items():
            if name not in _FLAGS and not isinstance(option, Constant):
                others[name] = self.of(option)
        if first is None:
            return Call((None,), False, others)
        is_list = isinstance(_state(first), (Tuple, Entries))
        return Call(tuple(self.each(first)), is_list or isinstance(self.of(first), list), others)

    def _of_layer(self, value: Computed) -> Output:
        layer = value.maker
        if layer is None:
            return None
        members = layer.alternatives()
        if len(members) > 1:
            return _joined([self._called(member, value).output for member in members])
        result = self._called(layer, value)
        self._results[id(value)] = result
        return result.output

    def _called(self, layer: Value, value: Computed) -> Result:
        if isinstance(layer, LibraryObject) and is_application(layer):
            return self._application(layer, self.shape(value.operands[0]) if value.operands else None)
        said = {name: self.plain.of(option) for name, option in value.options.items() if name in _SAID_IN_CALLS}
        return self._made_of(layer, self.call_of(value), said)

    def layer_result(self, layer: Value, call: Call) -> Result:
        """What a library's layer would give for a call; nothing is known of one that it can't take."""
        try:
            return self._made_of(layer, call)
        except MismatchError:
            return _NOTHING

    def _made_of(self, layer: Value, call: Call, said: Mapping[str, object] | None = None) -> Result:
        """What a library's layer (or a project's subclass of one that has no ``call``) gives for a call.

        Args:
            said: what the call is given that is no tensor.

        Raises:
            MismatchError: it can't take that.
        """
        if not isinstance(layer, (LibraryObject, Instance)):
            return _NOTHING
        name = library_class(layer)
        if isinstance(layer, Instance) and (layer.cls.is_open or self.machine.method(layer, "call") is not None):
            return _NOTHING
        if not name.startswith(("keras.layers.", "tf.layers.", "tfp.layers.", "keras.legacy.")):
            return _NOTHING
        from kerasvae_lint.library.shapes.layers import layer_result

        options = self.layer_options(layer)
        return layer_result(name.rpartition(".")[2], call, Options({**options, **(said or {})}, options.keras))

    def layer_options(self, layer: LibraryObject | Instance) -> Options:
        """What a layer was made with."""
        return options_of(layer, self.plain, self.keras)

    def part(self, layer: Value) -> Part | None:
        """A layer that another one is given; None if it can't be told which."""
        if not isinstance(layer, (LibraryObject, Instance)) or not is_layer(layer) or id(layer) in self._asked:
            return None
        self._asked.add(id(layer))
        try:
            return self._part(layer)
        finally:
            self._asked.discard(id(layer))

    def _part(self, layer: LibraryObject | Instance) -> Part:
        own = isinstance(layer, Instance) and self.machine.method(layer, "call") is not None
        name = library_class(layer).rpartition(".")[2]
        if isinstance(layer, Instance) and own:
            name = layer.cls.name
        follow = own or library_class(layer) in {"keras.Sequential", "keras.Model", "keras.layers.Lambda"}
        apply: Callable[[Call], Result] = self._following(layer) if follow else self._applying(layer)
        return Part(name, self.layer_options(layer), apply)

    def _applying(self, layer: Value) -> Callable[[Call], Result]:
        if isinstance(layer, LibraryObject) and is_application(layer):
            return lambda call: self._application(layer, call.shape)
        return lambda call: self._made_of(layer, call)

    def _following(self, layer: LibraryObject | Instance) -> Callable[[Call], Result]:
        """What a layer gives whose code has to be run for it."""

        def apply(call: Call) -> Result:
            site = layer.site
            if site is None or call.shape is None:
                return _NOTHING
            given = self.tensor(call.shape, site)
            found = self.machine.call(layer, Arguments((given,)), site)
            return Result(self.of(found), UNKNOWN, UNKNOWN)

        return apply

    def tensor(self, shape: Shape, site: Site, op: str = "batch", maker: Value | None = None) -> Computed:
        """A tensor of a shape that comes from outside."""
        return Computed(op, (), "tensor", site, {"shape": shape_value(shape, site)}, maker)

    def _application(self, model: LibraryObject, given: Shape | None, inputs: bool = False) -> Result:
        from kerasvae_lint.library.shapes.applications import application_output

        found = application_output(model.name.rpartition(".")[2], given, self.layer_options(model))
        return Result(found.input, 0, 0) if inputs else found.result


def shapes_of(machine: Machine) -> Shapes:
    """The shapes of a program, kept with its interpreter."""
    found = machine.memory.get("shapes")
    if not isinstance(found, Shapes):
        found = machine.memory["shapes"] = Shapes(machine)
    return found


def shape_value(shape: Shape, site: Site, of: Value | None = None) -> Tuple:
    """A shape as the code sees it: a tuple of numbers and Nones; an axis that is not known is ``shape(of)[i]``."""
    items: list[Value] = []
    for index, dim in enumerate(shape):
        if isinstance(dim, int) or dim is None:
            items.append(Constant(dim, site))
        else:
            whole = Computed("shape", (of,) if of is not None else (), "shape", site)
            items.append(Computed("getitem", (whole,), "number", site, {"index": Constant(index)}))
    return Tuple(items, site)


def static_shape(machine: Machine, value: Value, site: Site) -> Value | None:
    """``value.shape`` as far as it is known when the model is built; None where not even the rank is."""
    shapes = shapes_of(machine)
    found = shapes.of(value)
    if isinstance(found, list):
        parts = [shape_value(shape, site) for shape in found if shape is not None]
        return ListObject(Tuple(parts, site), site) if len(parts) == len(found) else None
    return shape_value(found, site, value) if found is not None else None


def _state(value: Value) -> Value:
    """What a list or dictionary holds now."""
    if isinstance(value, ListObject):
        return value.items
    return value.entries if isinstance(value, DictObject) else value


def _parts(value: Value) -> Iterator[Value]:
    """What the shape of a value is worked out from."""
    if isinstance(value, Computed):
        for part in (*value.operands, *value.options.values()):
            yield _state(part)
    elif isinstance(value, Union):
        yield from map(_state, value.members)
    elif isinstance(value, Tuple):
        yield from map(_state, value.items)
    elif isinstance(value, Entries):
        yield from (_state(part) for _, part in value.items.values())


def _joined(outputs: list[Output]) -> Output:
    """The shape of what has one of several shapes."""
    if not outputs:
        return None
    first = outputs[0]
    for other in outputs[1:]:
        if isinstance(first, list) and isinstance(other, list):
            if len(first) != len(other):
                return None
            first = [join(a, b) for a, b in zip(first, other, strict=True)]
        elif isinstance(first, list) or isinstance(other, list):
            return None
        else:
            first = join(first, other)
    return first


__all__ = ["Problem", "Shapes", "shape_value", "shapes_of", "static_shape"]
