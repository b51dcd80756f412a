"""What a file says, as the interpreter reads it, in text: ``kvlint inspect FILE``."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import is_model
from kerasvae_lint.keras.training import runs
from kerasvae_lint.keras.variables import trainable
from kerasvae_lint.model.classes import Attribute, Class
from kerasvae_lint.model.module import Module
from kerasvae_lint.values.interpreter import HOST
from kerasvae_lint.values.lattice import (
    Access,
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
    Partial,
    Site,
    Tuple,
    Unknown,
    Value,
)

_DEPTH = 4
"""Operations within operations that are written out."""
_SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "**"}
_PHASES = ("construction", "tracing", "host")


def describe(module: Module) -> str:
    """Flavour, classes with their kinds, phases and attributes, globals, and what is trained how."""
    return "\n".join(_lines(module)) + "\n"


def _lines(module: Module) -> Iterator[str]:
    flavour = module.flavour
    which = "Keras 2" if flavour.only2 else "Keras 3" if flavour.only3 else "Keras 2 or 3"
    yield f"{module.source.filename}"
    yield f"flavour: {which} ({flavour.why})"
    for cls in module.classes:
        yield ""
        yield from _class_lines(module, cls)
    yield from _section("module", _global_lines(module))
    yield from _section("training", _run_lines(module))
    yield from _section("writes", _write_lines(module))


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield from ("", title, *found)


def _class_lines(module: Module, cls: Class) -> Iterator[str]:
    kinds = ", ".join(sorted(cls.kinds)) or "plain"
    bases = ", ".join(_base_name(base) for base in cls.value.bases)
    yield f"class {cls.name}({bases}): {kinds}"
    for function in cls.functions():
        phases = module.phases(function)
        yield f"  {function.name}: {', '.join(phase for phase in _PHASES if phase in phases) or 'never run'}"
    for name, attribute in cls.attributes.items():
        yield from (f"  {line}" for line in _attribute_lines(module, name, attribute))


def _base_name(base: Value) -> str:
    return base.name if isinstance(base, (ClassValue, LibraryName, Builtin)) else "unknown"


def _attribute_lines(module: Module, name: str, attribute: Attribute) -> Iterator[str]:
    for access in attribute.writes:
        where = access.function.name if access.function is not None else "module"
        yield f"self.{name} ({where}, {_row(module, access.site)}): {words(access.value)}"


def _global_lines(module: Module) -> Iterator[str]:
    home, machine = module.program.module, module.program.machine
    for name, slot in list(home.slots.items()):
        value = machine.opened(home, name, slot)
        if not isinstance(value, (LibraryName, FunctionValue, ClassValue, ModuleObject)) and not name.startswith("__"):
            yield f"  {name}: {words(value)}"


def _run_lines(module: Module) -> Iterator[str]:
    for run in runs(module.program.machine):
        if module.owns(run.site):
            given = ", ".join(f"{name}={words(value)}" for name, value in run.arguments.items())
            yield f"  {run.method} of {words(run.model)} ({_row(module, run.site)}): {given}"


def _write_lines(module: Module) -> Iterator[str]:
    """Attributes that the host changes on layers and models, and values that it assigns to variables."""
    for text, access in _writes(module):
        where = access.function.name if access.function is not None else "module"
        yield f"  {text} ({where}, {_row(module, access.site)}): {words(access.value)}"


def _writes(module: Module) -> Iterator[tuple[str, Access]]:
    for cls in module.classes:
        if cls.is_layer:
            for name, attribute in cls.attributes.items():
                yield from ((f"{cls.name}.{name}", access) for access in attribute.written_in(HOST))
    seen: set[r.Record] = set()
    for variable in module.objects("variable"):
        for access in variable.writes.get("value", ()):
            if access.phase == HOST and access.site.record not in seen and module.owns(access.site):
                seen.add(access.site.record)
                yield words(variable), access


def _row(module: Module, site: Site | None) -> str:
    if site is None or not module.owns(site):
        return "another file"
    return f"line {module.source.display(site.record.start).rpartition(':')[0]}"


def words(value: Value, depth: int = _DEPTH) -> str:
    """A value in words, alternatives joined by ``or``."""
    return " or ".join(dict.fromkeys(_words(each, depth) for each in value.alternatives())) or "unknown"


def _words(value: Value, depth: int) -> str:
    match value:
        case Constant():
            return repr(value.value)
        case LibraryObject(kind="variable"):
            kind = {True: "trainable ", False: "non-trainable ", None: ""}[trainable(value)]
            weight = value.facts.get("weight")
            return f"{kind}variable [{weight or value.name}]"
        case LibraryObject() | Instance():
            return _object_words(value)
        case Computed():
            return _formula(value, depth)
        case Tuple() | ListObject() | DictObject():
            return {Tuple: "tuple", ListObject: "list"}.get(type(value), "dictionary")
        case Parameter():
            return f"parameter {value.name}"
        case Unknown():
            return f"unknown ({value.reason})" if value.reason else "unknown"
        case FunctionValue():
            return value.function.name
        case LibraryName() | Builtin() | ClassValue():
            return value.name
        case Partial():
            return f"partial of {words(value.callee, depth - 1)}"
        case _:
            return "unknown"


def _object_words(value: LibraryObject | Instance) -> str:
    if isinstance(value, LibraryObject):
        return value.name if value.name.startswith(value.kind) else f"{value.kind} {value.name}"
    return f"{'model' if is_model(value) else 'object'} {value.cls.name}"


def _formula(value: Computed, depth: int) -> str:
    """``x * exp(…)``: the operation, with its operands as far as ``depth`` goes."""
    if value.op == "layer":
        return f"output of {words(value.maker, depth - 1)}" if value.maker is not None else "output of a layer"
    if not value.operands:
        return value.op
    if depth <= 0:
        return "…"
    inner = [words(operand, depth - 1) for operand in value.operands]
    sign = _SIGNS.get(value.op)
    return f"({inner[0]} {sign} {inner[1]})" if sign and len(inner) == 2 else f"{value.op}({', '.join(inner)})"
