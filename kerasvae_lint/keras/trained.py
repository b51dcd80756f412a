"""Which variables the optimizer moves: those that layers and models hold, use, and leave in their list of weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import kinds
from kerasvae_lint.keras.layers import LAYER_LIST
from kerasvae_lint.keras.variables import WRITERS, is_same_variable, is_variable, trainable
from kerasvae_lint.keras.writing import Writing
from kerasvae_lint.library import lookup
from kerasvae_lint.values.interpreter import TRACING, Interpreter
from kerasvae_lint.values.lattice import (
    Access,
    Computed,
    FunctionValue,
    Instance,
    LibraryName,
    LibraryObject,
    ListObject,
    Tuple,
    Unknown,
    Value,
    constant,
    held,
)
from kerasvae_lint.values.unit import Unit

_LISTS = frozenset({"trainable_weights", "_trainable_weights", "trainable_variables"})
_NO_LAYERS = frozenset({"callback", "loss", "metric"})
_HANDLED_BY = WRITERS | {"numpy", "eval", "shape", "dtype", "name", "path", "device", "trainable", "_trainable"}
_ASKS_LATER = frozenset({"__init__", "get_config"})


@dataclass(frozen=True, eq=False, slots=True)
class Held:
    """A variable in the hands of a layer or model.

    Attributes:
        variable: the variable.
        owner: the layer or model; a call that nobody can follow, for a layer of a class that can't be seen.
        attribute: the attribute that holds it; empty where that can't be told.
    """

    variable: LibraryObject
    owner: Instance | LibraryObject | Computed
    attribute: str

    @property
    def owner_name(self) -> str:
        """The name of the owner's class."""
        if isinstance(self.owner, Instance):
            return self.owner.cls.name
        if isinstance(self.owner, LibraryObject):
            return self.owner.name.rpartition(".")[2]
        return _class_word(self.owner)

    def is_written_by(self, machine: Interpreter, writing: Writing) -> bool:
        """True if a writing is one of the variable, as far as values or, of objects unknown, names tell."""
        if writing.whole:
            return self._is_its_only_weight() and any(self._is_same_kind(one) for one in writing.obj.alternatives())
        known = [member for member in writing.obj.alternatives() if is_variable(member)]
        if known or not isinstance(writing.target, r.Attribute):
            return any(is_same_variable(member, self.variable) for member in known)
        owners = machine.values.get(writing.target.value)
        if owners is None or writing.target.attr != self.attribute:
            return self._is_passed_to(machine, writing)
        if any(self._may_be(owner) for owner in owners.alternatives()):
            return True
        return self._is_passed_to(machine, writing)

    def _may_be(self, owner: Value) -> bool:
        if owner is self.owner:
            return True
        if isinstance(owner, Instance):
            return self._is_same_kind(owner)
        if isinstance(owner, LibraryObject):
            return isinstance(self.owner, LibraryObject) and owner.name == self.owner.name
        if isinstance(self.owner, Computed) and isinstance(owner, Computed):
            return False
        return isinstance(owner, (Unknown, Computed))

    def _is_same_kind(self, owner: Value) -> bool:
        """True for an object of the owner's class, or of a class made from it or that it is made from."""
        if not isinstance(owner, Instance) or not isinstance(self.owner, Instance):
            return False
        mine, other = self.owner.cls, owner.cls
        return other.is_subclass(mine) or mine.is_subclass(other) or other.name == mine.name

    def _is_passed_to(self, machine: Interpreter, writing: Writing) -> bool:
        """True where a method writes what its object was given, and an object of that class was given the variable."""
        target, method = writing.target, r.method_of(writing.target)
        if not isinstance(target, r.Attribute) or method is None or not method.parameters:
            return False
        if not isinstance(target.value, r.Name) or target.value.id != method.parameters[0].name:
            return False
        return any(
            is_same_variable(member, self.variable)
            for obj in machine.objects
            if any(cls.cls is method.owner for cls in obj.cls.classes())
            for member in obj.slots.get(target.attr, Tuple(())).alternatives()
        )

    def _is_its_only_weight(self) -> bool:
        if not isinstance(self.owner, Instance):
            return False
        own = {name for name, value in self.owner.slots.items() if any(is_variable(v) for v in held(value))}
        return own == {self.attribute}


# who holds what ---------------------------------------------------------------------------------
def trained(machine: Interpreter, unit: Unit) -> Iterator[Held]:
    """The variables made in a file that the optimizer moves, as far as can be seen, each with who holds it."""
    for one in _held(machine):
        if one.variable.site is not None and one.variable.site.unit is unit and trainable(one.variable) is True:
            if not _is_left_out(one) and _is_used(machine, one):
                yield one


def _held(machine: Interpreter) -> Iterator[Held]:
    owners: dict[int, Instance | LibraryObject] = {id(obj): obj for obj in machine.objects}
    unseen: dict[int, Computed] = {}
    for event in machine.events:
        for made in event.result.alternatives():
            if isinstance(made, LibraryObject):
                owners[id(made)] = made
            elif isinstance(made, Computed) and made.op == "call" and made.site is event.site:
                unseen[id(made)] = made
    for owner in owners.values():
        found = kinds(owner)
        if "layer" in found and not found & _NO_LAYERS:
            for name, writes in owner.writes.items():
                yield from _variables(owner, name, (write.value for write in writes if write.kind != "delete"))
    layers = _unseen_layers(machine) if unseen else set()
    for call in unseen.values():
        if id(call) in layers:
            for name, given in call.options.items():
                yield from _variables(call, name, (given,))
            for given in call.operands:
                if all(given is not named for named in call.options.values()):
                    yield from _variables(call, "", (given,))


def _variables(owner: Instance | LibraryObject | Computed, name: str, values: Iterable[Value]) -> Iterator[Held]:
    for value in values:
        for part in held(value):
            if isinstance(part, LibraryObject) and is_variable(part) and part.name != "weight":
                yield Held(part, owner, name)


def _unseen_layers(machine: Interpreter) -> set[int]:
    """What is plainly a layer though its class can't be seen: its name says so and it is used as one.

    It is called on a tensor, or on a list of them, or it stands among a model's layers.
    """
    found: set[int] = set()
    for event in machine.events:
        if isinstance(event.callee, Computed) and event.callee.op == "call" and len(event.arguments.positional) == 1:
            given = [part for part in held(event.arguments.positional[0]) if isinstance(part, Computed)]
            if given and all(part.kind == "tensor" for part in given) and _says_layer(event.callee):
                found.add(id(event.callee))
        for made in event.result.alternatives():
            if isinstance(made, LibraryObject) and isinstance(made.slots.get(LAYER_LIST), ListObject):
                found |= {id(layer) for layer in held(made.slots[LAYER_LIST]) if isinstance(layer, Computed)}
    return found


def _says_layer(call: Computed) -> bool:
    """True for ``util.KLLayer(…)`` and for a class imported from a module of layers."""
    word = _class_word(call)
    if not word[:1].isupper():
        return False
    path, at = "", call.maker
    while isinstance(at, Unknown):
        path, at = f"{at.name}.{path}", at.base
    return "Layer" in word or "layers" in path.split(".")


def _class_word(call: Computed) -> str:
    maker = call.maker
    return maker.name.rpartition(".")[2] if isinstance(maker, Unknown) else ""


# what keeps a variable from the optimizer -------------------------------------------------------
def _is_left_out(one: Held) -> bool:
    """True if the owner is not trained, keeps a list of weights of its own, or leaves its own to nobody."""
    owner = one.owner
    if isinstance(owner, Computed):
        return "trainable" in owner.options and constant(owner.options["trainable"]) is False
    if owner.writes.keys() & _LISTS:
        return True
    given: Iterable[object] = (owner.arguments, *owner.arguments.values()) if isinstance(owner, Instance) else ()
    if any(isinstance(bound, dict) and _is_false(bound.get("trainable")) for bound in given):
        return True
    own = {cls.cls for cls in owner.cls.classes()} if isinstance(owner, Instance) else set()
    for write in owner.writes.get("trainable", ()):
        if _is_false(write.value) and write.function is not None and r.class_of(write.function) in own:
            return True
    return isinstance(owner, Instance) and _trains_others(owner)


def _is_false(value: object) -> bool:
    return isinstance(value, Value) and constant(value) is False


def _trains_others(model: Instance) -> bool:
    """True if the model's own ``train_step`` trains the weights of its parts, and not its own."""
    found = model.cls.find("train_step")
    if found is None or not isinstance(found[0], FunctionValue):
        return False
    methods = [method for cls in model.cls.classes() if cls.cls is not None for method in cls.cls.methods.values()]
    return not any(_asks_for_own_weights(method) for method in methods) and not _calls_super(found[0].function)


def _asks_for_own_weights(method: r.Function) -> bool:
    names = ("trainable_variables", "trainable_weights")
    return bool(method.parameters) and any(_is_own(record, method, name) for record in method.walk() for name in names)


def _calls_super(function: r.Function) -> bool:
    """True if a method calls the base's method of its own name."""
    return any(
        isinstance(record, r.Attribute)
        and record.attr == function.name
        and isinstance(record.value, r.Call)
        and isinstance(record.value.func, r.Name)
        and record.value.func.id == "super"
        for record in function.walk()
    )


# what uses a variable ---------------------------------------------------------------------------
def _is_used(machine: Interpreter, one: Held) -> bool:
    """True if code that may be trained computes with the variable: one that nothing reads gets no gradient."""
    if isinstance(one.owner, Computed):
        return True
    if isinstance(one.owner, Instance):
        if any(_computes(machine, read) for read in one.owner.reads.get(one.attribute, ())):
            return True
        if any(_gets_gradient(machine, place) for place in _unseen_reads(machine, one.owner, one.attribute)):
            return True
    places = [
        record
        for record, seen in machine.values.seen.items()
        if isinstance(record, (r.Name, r.Attribute)) and any(m is one.variable for v in seen for m in v.alternatives())
    ]
    return any(_is_traced(machine, place) and _gets_gradient(machine, place) for place in places)


def _unseen_reads(machine: Interpreter, owner: Instance, attribute: str) -> Iterator[r.Record]:
    """Where methods that nobody in sight calls read an attribute of their object."""
    for cls in owner.cls.classes():
        for name, method in cls.cls.methods.items() if cls.cls is not None else ():
            if method not in machine.executed and name not in _ASKS_LATER and method.parameters:
                yield from (record for record in method.walk() if _is_own(record, method, attribute))


def _is_own(record: r.Record, method: r.Function, attribute: str) -> bool:
    return (
        isinstance(record, r.Attribute)
        and record.attr == attribute
        and isinstance(record.value, r.Name)
        and record.value.id == method.parameters[0].name
    )


def _computes(machine: Interpreter, read: Access) -> bool:
    """True for a reading in traced code, or in a method of which nobody knows where it runs, that computes with it."""
    function = read.function
    if function is None or function.name in _ASKS_LATER:
        return False
    if not _gets_gradient(machine, read.site.record):
        return False
    return read.phase == TRACING or _is_operand(machine, read.site.record)


def _is_traced(machine: Interpreter, place: r.Record) -> bool:
    function = r.function_of(place)
    return function is not None and TRACING in machine.executed.get(function, ())


def _gets_gradient(machine: Interpreter, place: r.Record) -> bool:
    """False where no gradient comes by: it is written or fetched, in a custom gradient, in ``stop_gradient``."""
    if _is_written_or_fetched(machine, place):
        return False
    at: r.Record | None = place
    while at is not None and not isinstance(at, r.Statement):
        if isinstance(at, r.Call) and _library_word(machine, at) == "stop_gradient":
            return False
        at = at.parent
    function = r.function_of(place)
    while function is not None:
        made = machine.made.get(function)
        if made is not None and "tf.custom_gradient" in made.tags:
            return False
        if any(_is_custom_gradient(machine, decorator) for decorator in function.decorators):
            return False
        function = r.function_of(function)
    return True


def _is_custom_gradient(machine: Interpreter, decorator: r.Expression) -> bool:
    value = machine.values.get(decorator)
    return isinstance(value, LibraryName) and value.name == "tf.custom_gradient"


def _is_written_or_fetched(machine: Interpreter, place: r.Record) -> bool:
    """True where nothing is computed with a variable's value as a tensor: it is set, asked for its number or name."""
    parent = place.parent
    if isinstance(parent, r.Attribute):
        return parent.attr in _HANDLED_BY
    if isinstance(parent, r.Argument) and isinstance(parent.parent, r.Call):
        entry = lookup(_library_name(machine, parent.parent))
        return entry is not None and entry.makes in {"effect", "host"}
    return isinstance(parent, r.Assign) and place in parent.targets


def _is_operand(machine: Interpreter, place: r.Record) -> bool:
    """True for an operand of arithmetic, and for what a library's function computes with."""
    parent = place.parent
    if isinstance(parent, (r.Binary, r.Unary)):
        return True
    if isinstance(parent, r.Argument) and isinstance(parent.parent, r.Call):
        entry = lookup(_library_name(machine, parent.parent))
        return entry is not None and entry.makes == "tensor"
    return False


def _library_name(machine: Interpreter, call: r.Call) -> str:
    callees = (event.callee for event in machine.calls.get(call, ()))
    return next((callee.name for callee in callees if isinstance(callee, LibraryName)), "")


def _library_word(machine: Interpreter, call: r.Call) -> str:
    return _library_name(machine, call).rpartition(".")[2]
