"""Variables: which are made where, whose weights they are, and who writes them."""

from __future__ import annotations

from collections.abc import Mapping

from kerasvae_lint.keras.kinds import is_layer, library_class
from kerasvae_lint.values.lattice import (
    Access,
    Computed,
    Constant,
    Instance,
    LibraryObject,
    Native,
    Site,
    Unknown,
    Value,
    constant,
)
from kerasvae_lint.values.world import Arguments, Machine

WEIGHT_NAMES = frozenset(
    {"kernel", "embeddings", "bias", "recurrent_kernel", "gamma", "beta", "moving_mean", "moving_variance", "W", "b"}
)
_PLAIN_NAMES = frozenset({"kernel", "embeddings", "recurrent_kernel"})
"""Names of weights that say so even of an object that nobody knows."""
WEIGHT_LISTS = frozenset(
    {
        "weights",
        "trainable_weights",
        "variables",
        "trainable_variables",
        "non_trainable_weights",
        "non_trainable_variables",
        "_trainable_weights",
        "_non_trainable_weights",
    }
)
_FIRST_WEIGHT = {"keras.layers.Embedding": "embeddings", "keras.layers.BatchNormalization": "gamma"}
WRITERS = frozenset({"assign", "assign_add", "assign_sub", "scatter_update", "scatter_add", "load", "update"})


def make_variable(
    machine: Machine,
    name: str,
    arguments: Mapping[str, Value],
    site: Site,
    complete: bool,
    owner: Value | None = None,
    positional: tuple[Value, ...] = (),
) -> LibraryObject:
    """A variable that the code makes."""
    return LibraryObject(
        name,
        "variable",
        site,
        arguments,
        positional,
        complete,
        machine.phase,
        machine.function,
        owner,
        machine.now,
        machine.traced,
    )


def trainable(variable: LibraryObject) -> bool | None:
    """Whether a variable is trainable as it was made; None where that can't be told."""
    own = variable.slots.get("trainable", variable.slots.get("_trainable"))
    given = own if own is not None else variable.arguments.get("trainable")
    if given is None:
        if variable.name == "weight":
            return variable.facts.get("weight") not in {"moving_mean", "moving_variance"}
        return True if variable.complete else None
    value = constant(given)
    if value is None and isinstance(given, Constant):
        return True
    return value if isinstance(value, bool) else None


def weight_of(machine: Machine, owner: Value, name: str, site: Site) -> LibraryObject:
    """The weight ``name`` of a layer that makes it itself; the same one each time."""
    place = ("weight", owner.key, name)
    known = machine.memory.get(place)
    if not isinstance(known, LibraryObject):
        known = LibraryObject("weight", "variable", owner.site or site, {}, (), True, "", None, owner)
        known.facts["weight"] = name
        machine.memory[place] = known
    return known


def weight_attribute(machine: Machine, obj: Value, name: str, site: Site) -> Value | None:
    """An attribute of a layer that is a weight, or a list of them; None for others."""
    if name in WEIGHT_LISTS:
        if isinstance(obj, Unknown) or is_layer(obj) or isinstance(obj, (Computed, LibraryObject)):
            return Computed("weights", (obj,), "object", site, {"name": Constant(name)})
        return None
    if isinstance(obj, Unknown):
        return weight_of(machine, obj, name, site) if name in _PLAIN_NAMES else None
    if name in WEIGHT_NAMES and is_layer(obj) and library_class(obj) != "keras.layers.Layer":
        if isinstance(obj, Instance) and library_class(obj) in {"keras.Model", ""}:
            return None
        return weight_of(machine, obj, name, site)
    return None


def weight_item(machine: Machine, weights: Computed, index: Value, site: Site) -> Value | None:
    """``layer.weights[i]``: the weight that the layer made at that place."""
    owner = weights.operands[0]
    at = constant(index)
    if not isinstance(at, int):
        return None
    if isinstance(owner, Instance) and library_class(owner) in {"keras.layers.Layer", "keras.Model"}:
        listed = weight_list(weights)
        own = _own_weights(owner, listed[1] if listed is not None else "weights")
        if 0 <= at < len(own):
            return own[at]
        if any(is_layer(value) for value in owner.slots.values()):
            return None
    first = _FIRST_WEIGHT.get(library_class(owner), "kernel")
    name = first if at == 0 else "bias" if at == 1 and first == "kernel" else f"[{at}]"
    return weight_of(machine, owner, name, site)


def _own_weights(layer: Instance, name: str) -> list[LibraryObject]:
    """The variables that a layer's own code makes, as its list of that name begins: trainable ones come first.

    Between these and the others stand the trainable weights of its sub-layers, if it has any.
    """
    own = [value for value in layer.slots.values() if is_variable(value) and isinstance(value, LibraryObject)]
    own = list(dict.fromkeys(own))
    learns = [variable for variable in own if trainable(variable) is not False]
    fixed = [variable for variable in own if trainable(variable) is False]
    if "non_trainable" in name:
        return fixed
    nests = any(is_layer(value) for value in layer.slots.values())
    return learns if "trainable" in name or nests else learns + fixed


def weight_list(value: Value) -> tuple[Value, str] | None:
    """The layer whose list of weights a value is, and the list's name (``trainable_weights``); None for all else."""
    if not isinstance(value, Computed) or value.op != "weights" or "name" not in value.options:
        return None
    name = constant(value.options["name"])
    return (value.operands[0], name) if isinstance(name, str) else None


def owner_of(value: Value, weight: str) -> Value | None:
    """The layer whose weight of a name (``kernel``, ``bias``) a value is, even one that nobody knows; else None."""
    if isinstance(value, LibraryObject) and value.facts.get("weight") == weight:
        return value.owner
    if isinstance(value, LibraryObject) and isinstance(value.owner, Instance):
        return value.owner if value.owner.slots.get(weight) is value else None
    if isinstance(value, Unknown) and value.name == weight:
        return value.base
    return None


def is_variable(value: Value) -> bool:
    """True for variables, weights of layers included."""
    return isinstance(value, LibraryObject) and value.kind == "variable"


def is_same_variable(one: Value, other: Value) -> bool:
    """True for a variable itself, and for one that the same code made for another object."""
    if one is other:
        return True
    return is_variable(one) and one.site is not None and other.site is not None and one.site.record is other.site.record


def variable_attribute(machine: Machine, variable: LibraryObject, name: str, site: Site) -> Value | None:
    """Methods and attributes of a variable."""
    if name in WRITERS:

        def write(arguments: Arguments, at: Site) -> Value:
            given = arguments.get(0, "value", "delta")
            note_write(machine, variable, given if given is not None else Unknown("value", at), at, name)
            return variable

        return Native(name, write, site, variable)
    if name in {"read_value", "initialized_value"}:

        def read(arguments: Arguments, at: Site) -> Value:
            del arguments
            return Computed("read", (variable,), "tensor", at, None, None, None, machine.phase, machine.now)

        return Native(name, read, site, variable)
    if name in {"numpy", "eval"}:

        def fetch(arguments: Arguments, at: Site) -> Value:
            del arguments
            return Computed("numpy", (variable,), "array", at, None, None, None, machine.phase, machine.now)

        return Native(name, fetch, site, variable)
    if name == "value":
        return variable_value(machine, variable, site)
    if name in {"shape", "get_shape"}:
        return Computed("shape", (variable,), "shape", site)
    if name in {"dtype", "name", "path", "device"}:
        return Computed(name, (variable,), "object", site)
    return None


def variable_value(machine: Machine, variable: LibraryObject, site: Site) -> Value:
    """``variable.value``: an attribute in Keras 3, a method in TensorFlow."""

    def read(arguments: Arguments, at: Site) -> Value:
        del arguments
        return Computed("read", (variable,), "tensor", at, None, None, None, machine.phase, machine.now)

    return Native("value", read, site, variable)


def note_write(machine: Machine, variable: LibraryObject, value: Value, site: Site, kind: str) -> None:
    """Somebody writes a variable's value."""
    access = Access(site, machine.phase, value, machine.now, machine.function, kind, variable.slots.get("value"))
    writes = variable.writes.setdefault("value", [])
    if len(writes) < 64:
        writes.append(access)
