"""Reading and setting attributes: of instances through their classes, of modules, classes, library objects."""

from __future__ import annotations

from kerasvae_lint.values import builtins
from kerasvae_lint.values.lattice import (
    Access,
    ClassValue,
    Computed,
    Constant,
    FunctionValue,
    Instance,
    LibraryName,
    LibraryObject,
    ModuleObject,
    Object,
    Property,
    Site,
    Super,
    Tuple,
    Union,
    Unknown,
    Value,
    join,
)
from kerasvae_lint.values.world import Arguments, Machine


def bound(value: Value, obj: Value) -> Value:
    """A class's attribute as its object sees it: a function becomes a method."""
    if isinstance(value, FunctionValue):
        if "staticmethod" in value.tags:
            return value
        if "classmethod" in value.tags:
            return value.bind(obj.cls if isinstance(obj, Instance) else obj)
        return value.bind(obj)
    if isinstance(value, Union):
        return join(*(bound(member, obj) for member in value.members))
    return value


def get(machine: Machine, obj: Value, name: str, site: Site) -> Value:
    """``obj.name``."""
    if isinstance(obj, Union):
        return join(*(get(machine, member, name, site) for member in obj.members))
    if isinstance(obj, Instance):
        return _of_instance(machine, obj, name, site)
    if isinstance(obj, ModuleObject):
        return _of_module(machine, obj, name, site)
    if isinstance(obj, ClassValue):
        return _of_class(machine, obj, name, site)
    if isinstance(obj, Super):
        return _of_super(machine, obj, name, site)
    if isinstance(obj, LibraryName):
        found = machine.library(f"{obj.spelling}.{name}", site)
        if isinstance(found, LibraryName) and found.name == f"{obj.spelling}.{name}" != f"{obj.name}.{name}":
            return machine.library(f"{obj.name}.{name}", site)
        return found
    if isinstance(obj, LibraryObject):
        return _of_library_object(machine, obj, name, site)
    if isinstance(obj, Object) and name in obj.slots:
        return obj.slots[name]
    if isinstance(obj, FunctionValue) and name in {"__name__", "__qualname__"}:
        return Constant(obj.function.name, site)
    found_ = builtins.attribute(machine, obj, name, site)
    if found_ is None:
        found_ = machine.world.attribute(machine, obj, name, site)
    if found_ is not None:
        if isinstance(obj, Unknown):
            _note_loose(machine, obj, name, found_, site)
        return found_
    if isinstance(obj, Computed):
        return Computed("attribute", (obj,), "any", site, {"name": Constant(name)})
    unknown = Unknown("attribute", site, obj, name)
    if isinstance(obj, Unknown):
        _note_loose(machine, obj, name, unknown, site)
    return unknown


def _note_loose(machine: Machine, obj: Unknown, name: str, value: Value, site: Site) -> None:
    machine.loose_reads.append((obj, name, Access(site, machine.phase, value, machine.now, machine.function, "read")))


def _note_read(machine: Machine, obj: Object, name: str, value: Value, site: Site) -> None:
    access = Access(site, machine.phase, value, machine.now, machine.function, "read")
    reads = obj.reads.setdefault(name, [])
    if len(reads) < 64:
        reads.append(access)


def _of_instance(machine: Machine, obj: Instance, name: str, site: Site) -> Value:
    found = obj.cls.find(name)
    if found is not None and isinstance(found[0], Property):
        _note_read(machine, obj, name, found[0], site)
        return machine.call(found[0].getter, Arguments((obj,)), site)
    own = obj.slots.get(name)
    if own is not None:
        _note_read(machine, obj, name, own, site)
        return own
    special = builtins.instance_attribute(obj, name, site)
    if special is not None:
        return special
    if found is not None and found[0] is not found[1]:
        value = bound(found[0], obj)
        _note_read(machine, obj, name, value, site)
        return value
    given = machine.world.attribute(machine, obj, name, site)
    if given is None:
        fallback = obj.cls.find("__getattr__")
        if fallback is not None and fallback[0] is not fallback[1]:
            given = machine.call(bound(fallback[0], obj), Arguments((Constant(name),)), site)
    value = given if given is not None else Unknown("attribute", site, obj, name)
    _note_read(machine, obj, name, value, site)
    return value


def _of_library_object(machine: Machine, obj: LibraryObject, name: str, site: Site) -> Value:
    own = obj.slots.get(name)
    if own is None:
        own = machine.world.attribute(machine, obj, name, site)
    if own is None:
        own = Unknown("attribute", site, obj, name)
    _note_read(machine, obj, name, own, site)
    return own


def _of_module(machine: Machine, obj: ModuleObject, name: str, site: Site) -> Value:
    found = obj.slots.get(name)
    if found is not None:
        return machine.opened(obj, name, found)
    inner = machine.submodule(obj, name)
    if inner is not None:
        return inner
    stars = obj.slots.get("*")
    if isinstance(stars, Tuple):
        named = [module for module in reversed(stars.items) if isinstance(module, LibraryName)]
        for sure in (True, False):
            for module in named:
                if machine.world.star(module.name, name, sure):
                    return machine.library(f"{module.spelling}.{name}", site)
    return Unknown("attribute", site, obj, name)


def _of_class(machine: Machine, obj: ClassValue, name: str, site: Site) -> Value:
    if obj.flavour == "enum":
        member = builtins.member_of_enum(obj, name, site)
        if member is not None:
            return member
    found = obj.find(name)
    if found is not None and found[0] is not found[1]:
        value = found[0]
        if isinstance(value, FunctionValue) and "classmethod" in value.tags:
            return value.bind(obj)
        _note_read(machine, obj, name, value, site)
        return value
    if name in {"__name__", "__qualname__"}:
        return Constant(obj.name, site)
    given = machine.world.attribute(machine, obj, name, site)
    return given if given is not None else Unknown("attribute", site, obj, name)


def _of_super(machine: Machine, obj: Super, name: str, site: Site) -> Value:
    instance = obj.instance
    cls = instance.cls if isinstance(instance, Instance) else instance
    if not isinstance(cls, ClassValue):
        return Unknown("super", site)
    after = next((c for c in cls.classes() if c is obj.after or (c.cls is obj.after.cls and c.cls is not None)), None)
    found = cls.find(name, after or cls)
    if found is None:
        return Unknown("super", site, instance, name)
    if found[0] is not found[1]:
        value = found[0]
        if isinstance(value, Property):
            return machine.call(value.getter, Arguments((instance,)), site)
        return bound(value, instance)
    return machine.base_method(instance, found[1], name, site)


def put(machine: Machine, obj: Value, name: str, value: Value, site: Site, kind: str) -> None:
    """``obj.name = value``."""
    if isinstance(obj, Union):
        machine.put_each(obj, name, value, site, kind)
        return
    if isinstance(obj, Super):
        obj = obj.instance
    if isinstance(obj, Instance):
        found = obj.cls.find(name)
        if found is not None and isinstance(found[0], Property) and found[0].setter is not None:
            machine.call(found[0].setter, Arguments((obj, value)), site)
            return
        own = obj.cls.find("__setattr__")
        if own is not None and own[0] is not own[1] and machine.is_running(own[0]) is False:
            machine.call(bound(own[0], obj), Arguments((Constant(name), value)), site)
            return
    if isinstance(obj, Object):
        old = obj.slots.get(name)
        access = Access(site, machine.phase, value, machine.now, machine.function, kind, old)
        writes = obj.writes.setdefault(name, [])
        if len(writes) < 64:
            writes.append(access)
        machine.heap.store(obj, name, value)
    else:
        access = Access(site, machine.phase, value, machine.now, machine.function, kind)
        machine.loose_writes.append((obj, name, access))
    machine.world.set_attribute(machine, obj, name, value, site)
