"""Which classes are Layers, Models, Callbacks, Losses…: through any number of bases, in other files too."""

from __future__ import annotations

from kerasvae_lint.library import kind_of
from kerasvae_lint.values.lattice import (
    ClassValue,
    Computed,
    Constant,
    Instance,
    LibraryName,
    LibraryObject,
    Unknown,
    Value,
    plainly,
)

_NAMED = {
    "keras.Model": "model",
    "keras.Sequential": "model",
    "tf.Module": "module",
    "keras.callbacks.Callback": "callback",
}
_LAYERED = frozenset({"layer", "model"})
_DUCK = frozenset({"build", "compute_output_shape", "get_config"})


def kind_of_base(base: Value) -> str | None:
    """The kind of a base class, if it is a library's."""
    if isinstance(base, LibraryName):
        return _NAMED.get(base.name) or kind_of(base.name)
    return None


def kinds_of(cls: ClassValue) -> frozenset[str]:
    """What a class is: ``layer``, ``model`` (a layer too), ``callback``, ``loss``, …; nothing for a plain class.

    A class with a base that can't be seen is a layer only if it behaves as one: it has a ``call`` and one of the other
    methods that only layers have.
    """
    found: set[str] = set()
    for base in cls.mro():
        kind = kind_of_base(base)
        if kind is not None:
            found.add(kind)
        elif isinstance(base, Unknown) and not found & _LAYERED:
            names = {name for own in cls.classes() for name in own.slots}
            if "call" in names and names & _DUCK:
                found.add("layer")
            elif base.name and _says_callback(base.name) and any(name.startswith("on_") for name in names):
                found.add("callback")
    if "model" in found:
        found.add("layer")
    return frozenset(found)


def _says_callback(name: str) -> bool:
    return name.rpartition(".")[2].endswith("Callback")


def kinds(value: Value) -> frozenset[str]:
    """What an object is, by its class."""
    if isinstance(value, Instance):
        return kinds_of(value.cls)
    if isinstance(value, LibraryObject):
        return frozenset({"model", "layer"}) if value.kind == "model" else frozenset({value.kind})
    return frozenset()


def is_layer(value: Value) -> bool:
    """True for layers and models."""
    return bool(kinds(value) & _LAYERED)


def is_model(value: Value) -> bool:
    """True for models."""
    return "model" in kinds(value)


def is_text(value: Value) -> bool:
    """True for strings, whole or made of parts."""
    for member in value.alternatives():
        plain = plainly(member)
        if isinstance(plain, Constant) and isinstance(plain.value, str):
            return True
        if isinstance(plain, Computed):
            if plain.kind == "string":
                return True
            if plain.op in {"add", "mod"} and any(is_text(operand) for operand in plain.operands[:2]):
                return True
    return False


def library_class(value: Value) -> str:
    """The canonical name of the library class that an object is of: its own, or the nearest base's."""
    if isinstance(value, LibraryObject):
        return value.name
    if isinstance(value, Instance):
        return next((base.name for base in value.cls.library_bases()), "")
    return ""


def is_application(value: Value) -> bool:
    """True for a ready-made network of ``keras.applications``."""
    return isinstance(value, LibraryObject) and value.name.startswith("keras.applications.")
