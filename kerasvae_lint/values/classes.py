"""Classes that Python writes methods for: dataclasses, named tuples, enums, namespaces."""

from __future__ import annotations

from kerasvae_lint.binding import records as r
from kerasvae_lint.values.lattice import (
    Builtin,
    ClassValue,
    Computed,
    Constant,
    DictObject,
    FunctionValue,
    Instance,
    LibraryName,
    LibraryObject,
    ListObject,
    ModuleObject,
    Parameter,
    Site,
    Tuple,
    Unknown,
    Value,
    constant,
)
from kerasvae_lint.values.world import Arguments, Machine

_ENUMS = frozenset({"enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag"})
_NAMED = frozenset({"typing.NamedTuple", "typing_extensions.NamedTuple"})


def finish_class(made: ClassValue, cls: r.Class) -> None:
    """Work out, once its body has run, what the bases of a class make of it."""
    for base in made.bases:
        if isinstance(base, LibraryName) and base.name in _ENUMS:
            made.flavour = "enum"
            if base.name == "enum.StrEnum":
                made.bases = (*made.bases, Builtin("str"))
            elif base.name == "enum.IntEnum":
                made.bases = (*made.bases, Builtin("int"))
        elif isinstance(base, LibraryName) and base.name in _NAMED:
            made.flavour = "namedtuple"
            made.fields = fields_of(cls)
        elif isinstance(base, ClassValue) and base.flavour:
            made.flavour = made.flavour or base.flavour
            if base.fields is not None and made.fields is None:
                made.fields = base.fields


def make_dataclass(made: ClassValue) -> ClassValue:
    """``@dataclass``: the annotated names of the class and of its dataclass bases are its fields."""
    inherited = [name for base in reversed(list(made.classes())) if base is not made for name in base.fields or ()]
    own = fields_of(made.cls) if made.cls is not None else ()
    made.fields = tuple(dict.fromkeys([*inherited, *own]))
    made.flavour = "dataclass"
    return made


def fields_of(cls: r.Class) -> tuple[str, ...]:
    """The annotated names of a class body, in order."""
    found: list[str] = []
    for statement in cls.body:
        if isinstance(statement, r.Declaration) and isinstance(statement.target, r.Name):
            found.append(statement.target.id)
        elif isinstance(statement, r.Assign) and statement.annotation is not None:
            target = statement.targets[0]
            if isinstance(target, r.Name):
                found.append(target.id)
    return tuple(found)


def make_named_tuple(arguments: Arguments, machine: Machine, site: Site) -> ClassValue | None:
    """``collections.namedtuple("P", "x y", defaults=(…))``, and ``typing.NamedTuple("P", [("x", int)])``."""
    name = constant(arguments.positional[0]) if arguments.positional else None
    given = arguments.get(1, "field_names", "fields")
    if given is None:
        return None
    words = constant(given)
    if isinstance(words, str):
        names = words.replace(",", " ").split()
    else:
        items, rest = machine.iterate(given, site)
        found = [constant(value.items[0] if isinstance(value, Tuple) and value.items else value) for value in items]
        if rest is not None or not all(isinstance(word, str) for word in found):
            return None
        names = [word for word in found if isinstance(word, str)]
    made = ClassValue(name if isinstance(name, str) else "namedtuple", None, None, (), site)
    made.flavour = "namedtuple"
    made.fields = tuple(names)
    defaults = arguments.keywords.get("defaults")
    if defaults is not None:
        items, _ = machine.iterate(defaults, site)
        for field, value in zip(reversed(names), reversed(items), strict=False):
            made.slots[field] = value
    return made


def fill_fields(
    machine: Machine, obj: Instance, cls: ClassValue, arguments: Arguments, site: Site, generic: bool
) -> None:
    """What the constructor that Python writes for a dataclass or named tuple does."""
    positional = list(arguments.positional)
    for name in cls.fields or ():
        default = _default_of(machine, cls, name, site)
        if positional:
            value: Value = positional.pop(0)
        elif name in arguments.keywords:
            value = arguments.keywords[name]
        elif generic or not arguments.complete:
            function = r.Function(0, 0, "__init__", r.Scope("function", None))
            value = Parameter(function, name, default, site) if generic else Unknown("argument", site, None, name)
        elif default is not None:
            value = default
        else:
            value = Unknown("argument", site, None, name)
        machine.set_attribute(obj, name, value, site)


def _default_of(machine: Machine, cls: ClassValue, name: str, site: Site) -> Value | None:
    found = cls.find(name)
    if found is None or found[0] is found[1]:
        return None
    value = found[0]
    if isinstance(value, LibraryObject) and value.name == "dataclasses.field":
        default = value.arguments.get("default")
        factory = value.arguments.get("default_factory")
        if default is not None:
            return default
        return machine.call(factory, Arguments(), site) if factory is not None else None
    return value


def field_values(obj: Instance) -> tuple[Value, ...]:
    """The values of a named tuple's fields, in order."""
    return tuple(obj.slots.get(name, Unknown("field")) for name in obj.cls.fields or ())


# enums ------------------------------------------------------------------------------------------
def member_of_enum(cls: ClassValue, name: str, site: Site) -> Value | None:
    """``Colour.RED``: the member, with its ``name`` and ``value``."""
    found = cls.find(name)
    if found is None or found[0] is found[1] or name.startswith("_"):
        return None
    value = found[0]
    if isinstance(value, FunctionValue):
        return value.bind(cls) if "classmethod" in value.tags else value
    key = f"<{name}>"
    made = cls.slots.get(key)
    if made is None:
        obj = Instance(cls, value.site or site)
        if isinstance(value, LibraryObject) and value.name == "enum.auto":
            value = Constant(name.lower(), site, assumed=True)
        obj.slots["value"] = value
        obj.slots["_value_"] = value
        obj.slots["name"] = Constant(name, site)
        made = cls.slots[key] = obj
    return made


def enum_members(cls: ClassValue, site: Site) -> tuple[Value, ...]:
    """All members of an enum, in order."""
    found = []
    for name, value in list(cls.slots.items()):
        if not name.startswith(("_", "<")) and not isinstance(value, FunctionValue):
            member = member_of_enum(cls, name, site)
            if isinstance(member, Instance):
                found.append(member)
    return tuple(found)


def enum_member(cls: ClassValue, arguments: Arguments) -> Value | None:
    """``Colour("red")``: the member that has the value."""
    if not arguments.positional:
        return None
    wanted = arguments.positional[0]
    for name, value in list(cls.slots.items()):
        if not name.startswith(("_", "<")) and isinstance(value, Constant) and value.key == wanted.key:
            return member_of_enum(cls, name, Site(cls.unit, cls.cls) if cls.unit and cls.cls else wanted.site)  # type: ignore[arg-type]
    return None


# instances --------------------------------------------------------------------------------------
_PYTHON: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float,),
    "bool": (bool,),
    "bytes": (bytes,),
    "complex": (complex,),
    "object": (object,),
}
_CONTAINERS = {"list": ("list",), "set": ("set",), "frozenset": ("set",)}


def is_instance(value: Value, cls: Value) -> bool | None:
    """What ``isinstance(value, cls)`` decides; None where that can't be told."""
    if isinstance(cls, Builtin):
        return _is_python(value, cls.name)
    if isinstance(cls, ClassValue):
        if isinstance(value, Instance):
            if value.cls.is_subclass(cls):
                return True
            return None if value.cls.is_open or value.generic else False
        if isinstance(value, (Constant, Tuple, ListObject, DictObject, FunctionValue, ClassValue)):
            return False
        return False if isinstance(value, LibraryObject) else None
    if isinstance(cls, LibraryName):
        if isinstance(value, Instance):
            names = {base.name for base in value.cls.library_bases()}
            return True if cls.name in names else None
        if isinstance(value, LibraryObject):
            return True if value.name == cls.name else None
        if isinstance(value, (Constant, Tuple, ListObject, DictObject, FunctionValue, ModuleObject)):
            if cls.name.startswith(("collections", "typing", "types", "numbers", "np.")):
                return None
            return False
    return None


def _is_python(value: Value, name: str) -> bool | None:
    if isinstance(value, Constant):
        if name in _PYTHON:
            if value.assumed:
                return None
            return isinstance(value.value, _PYTHON[name])
        return False
    if isinstance(value, Tuple):
        return name in {"tuple", "object"}
    if isinstance(value, Computed) and value.op == "batch" and "shape" in value.options:
        return name == "object"  # one tensor, and known to be one
    if isinstance(value, ListObject):
        return value.kind in _CONTAINERS.get(name, ()) or name == "object"
    if isinstance(value, DictObject):
        return name in {"dict", "object"}
    if isinstance(value, Instance):
        if any(isinstance(base, Builtin) and base.name == name for base in value.cls.mro()):
            return True
        if value.cls.flavour == "namedtuple" and name == "tuple":
            return True
        return None if value.cls.is_open else False
    if isinstance(value, (FunctionValue, ClassValue, ModuleObject)):
        return name == "object" or (name == "type" and isinstance(value, ClassValue))
    if isinstance(value, LibraryObject):
        return False if value.kind not in {"host", "array", "other"} else None
    if isinstance(value, Computed) and value.kind in {"tensor", "string"}:
        return value.kind == "string" and name == "str"
    return None
