"""Arguments that a constructor keeps and nobody reads, because the code reads a global of the same name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.program import Program
from kerasvae_lint.model.classes import Class
from kerasvae_lint.model.mentions import is_own, mentions
from kerasvae_lint.values.interpreter import TRACING
from kerasvae_lint.values.lattice import Constant, constant

_WEIGHT = re.compile(
    r"(^|_)(kl|weights?|w|beta|alpha|gamma|lambda|lambd|lam|coef|coeff|coefficient|temperature|temp|tau|scale|margin"
    r"|capacity|factor|ratio|strength|penalty|rate|sigma|stddev)(_|\d|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, eq=False, slots=True)
class Shadowed:
    """A number that is kept for nothing.

    Attributes:
        cls: the class.
        kept: where its constructor keeps the argument.
        name: the global, where it gets its number.
        reads: where traced code of the class reads the global.
    """

    cls: Class
    kept: r.Attribute
    name: r.Name
    reads: list[r.Name]


def shadowed(program: Program, code: r.Module, classes: list[Class]) -> Iterator[Shadowed]:
    """The arguments of a file's classes in whose place a global is read, in source order."""
    numbers = dict(_numbers(code))
    for cls in classes:
        init = cls.record.methods.get("__init__")
        for kept in _kept(init) if init is not None else ():
            word = kept.attr
            name = numbers.get(word)
            if name is None or _is_asked(code, classes, cls, kept) or not _differs(cls, word, name):
                continue
            reads = [read for read in _global_reads(cls.record, word) if r.method_of(read) is not init]
            if any(_is_traced(program, read) for read in reads):
                yield Shadowed(cls, kept, name, reads)


def _numbers(code: r.Module) -> Iterator[tuple[str, r.Name]]:
    """The globals that are given one number, once."""
    bound: dict[str, list[r.Assign]] = {}
    again: set[str] = set()
    for record in code.walk():
        if isinstance(record, r.Assign):
            for target in record.targets:
                for part in target.walk():
                    if isinstance(part, r.Name) and r.home_of(part) is code.scope:
                        bound.setdefault(part.id, []).append(record)
        elif isinstance(record, (r.Augmented, r.For)):
            again |= {part.id for part in record.target.walk() if isinstance(part, r.Name)}
    for word, statements in bound.items():
        statement = statements[0]
        name = statement.targets[0]
        if len(statements) > 1 or word in again or not _WEIGHT.search(word) or not isinstance(name, r.Name):
            continue
        if isinstance(statement.parent, r.Module) and len(statement.targets) == 1 and _is_number(statement.value):
            yield word, name


def _is_number(value: r.Expression) -> bool:
    inner = value.operand if isinstance(value, r.Unary) else value
    found = inner.value if isinstance(inner, r.Constant) else None
    return isinstance(found, (int, float)) and not isinstance(found, bool)


def _kept(init: r.Function) -> Iterator[r.Attribute]:
    """``self.x = x`` for a parameter ``x`` of a constructor."""
    names = {parameter.name for parameter in init.parameters[1:]}
    for record in init.walk():
        if isinstance(record, r.Assign) and len(record.targets) == 1 and isinstance(record.value, r.Name):
            target = record.targets[0]
            if isinstance(target, r.Attribute) and is_own(target) and target.attr == record.value.id:
                if target.attr in names and r.function_of(record) is init:
                    yield target


def _is_asked(code: r.Module, classes: list[Class], cls: Class, kept: r.Attribute) -> bool:
    """True if anything in the file asks for the attribute, but for the ``get_config`` of its class."""
    strangers = {
        one.record for one in classes if not one.value.is_subclass(cls.value) and not cls.value.is_subclass(one.value)
    }
    for mention in mentions(code, kept.attr):
        if is_own(mention) and r.class_of(mention) in strangers:
            continue
        if mention is kept or isinstance(mention, r.Name):
            continue
        method = r.method_of(mention)
        if method is not None and method.name == "get_config" and method.owner is cls.record:
            continue
        if isinstance(mention, r.Constant) and not _is_dynamic(mention):
            continue
        return True
    return False


def _is_dynamic(mention: r.Constant) -> bool:
    """True for ``getattr(model, "beta")`` and its like."""
    outer = mention.parent.parent if isinstance(mention.parent, r.Argument) else None
    return isinstance(outer, r.Call) and isinstance(outer.func, r.Name) and outer.func.id.endswith("attr")


def _differs(cls: Class, word: str, name: r.Name) -> bool:
    """False where every object in sight was given the number that the global is."""
    attribute = cls.attributes.get(word)
    statement = name.parent
    if attribute is None or not isinstance(statement, r.Assign):
        return False
    given = [value for write in attribute.writes for value in write.value.alternatives()]
    inner = statement.value.operand if isinstance(statement.value, r.Unary) else statement.value
    number = inner.value if isinstance(inner, r.Constant) else None
    is_signed = isinstance(statement.value, r.Unary)
    return bool(given) and not all(
        isinstance(value, Constant) and not is_signed and constant(value) == number for value in given
    )


def _global_reads(cls: r.Class, word: str) -> Iterator[r.Name]:
    for record in cls.walk():
        if isinstance(record, r.Name) and record.id == word and r.method_of(record) is not None:
            home = r.home_of(record)
            if home is not None and home.kind == "module":
                yield record


def _is_traced(program: Program, read: r.Name) -> bool:
    function = r.function_of(read)
    return function is not None and TRACING in program.machine.executed.get(function, ())


__all__ = ["Shadowed", "shadowed"]
