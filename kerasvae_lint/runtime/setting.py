"""What a script sets in its own environment before it imports Keras, read from its source.

A child that imports TensorFlow ahead of the script has to be started with it: afterwards it is too late.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kerasvae_lint.runtime import said

NAMES = ("TF_USE_LEGACY_KERAS", "KERAS_BACKEND")
_READERS = frozenset({"tensorflow", "keras", "tf_keras", "tensorflow_probability", "tensorflow_hub", "keras_hub"})
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Setting:
    """What a program asks of its environment.

    Attributes:
        early: names and values that it surely sets before it imports what reads them.
        late: it sets one of the names in another way too, or too late: nothing may be imported ahead of it.
    """

    early: tuple[tuple[str, str], ...] = ()
    late: bool = False


UNSET = Setting()


@dataclass(slots=True)
class _Reading:
    """How far the reading of a program has come, over all its files."""

    roots: list[str]
    found: dict[str, str] = field(default_factory=dict)
    late: bool = False
    imported: bool = False
    seen: set[str] = field(default_factory=set)


def of_program(text: str, path: str, roots: Iterable[str] = ()) -> Setting:
    """The setting of a program; local modules that it imports are read in their place, found below ``roots``."""
    reading = _Reading([os.path.dirname(path), *roots])
    _read(text, reading, 0)
    return Setting(tuple(sorted(reading.found.items())), reading.late)


def of_factory(target: str, folder: str) -> Setting:
    """The setting of the module of ``package.module:factory``, imported from ``folder``."""
    reading = _Reading([folder])
    _follow(target.partition(":")[0], reading, 0)
    return Setting(tuple(sorted(reading.found.items())), reading.late)


def _read(text: str, reading: _Reading, depth: int) -> None:
    if depth > _DEEPEST:
        return
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    constants: dict[str, str] = {}
    environs = _environs(tree)
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            for target in statement.targets:
                if isinstance(target, ast.Name) and isinstance(statement.value.value, str):
                    constants[target.id] = statement.value.value
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for name in _modules(statement):
                if name.partition(".")[0] in _READERS:
                    reading.imported = True
                else:
                    _follow(name, reading, depth)
            continue
        direct = list(_assigned(statement, constants, environs))
        for name, value, softly in direct:
            _take(name, value, softly, reading)
        if not direct and _mentions(statement, constants, environs):
            reading.late = True
        if isinstance(statement, ast.Try | ast.If | ast.With):
            for inner in ast.walk(statement):
                if isinstance(inner, ast.Import | ast.ImportFrom):
                    reading.imported |= any(name.partition(".")[0] in _READERS for name in _modules(inner))


def _take(name: str, value: str | None, softly: bool, reading: _Reading) -> None:
    if name not in NAMES:
        return
    if value is None or reading.imported:
        reading.late = True
    elif not softly:
        reading.found[name] = value
    elif name not in os.environ:
        reading.found.setdefault(name, value)


def _modules(statement: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(statement, ast.Import):
        yield from (alias.name for alias in statement.names)
    elif statement.module is not None:
        yield statement.module
        yield from (f"{statement.module}.{alias.name}" for alias in statement.names)
    else:
        yield from (alias.name for alias in statement.names)


def _follow(name: str, reading: _Reading, depth: int) -> None:
    """Read a module of the user's own, if that is one, and the packages that it is in."""
    parts = name.split(".")
    for count in range(1, len(parts) + 1):
        for root in reading.roots:
            stem = os.path.join(root, *parts[:count])
            path = next((p for p in (stem + ".py", os.path.join(stem, "__init__.py")) if os.path.isfile(p)), None)
            if path is None:
                continue
            if path not in reading.seen:
                reading.seen.add(path)
                try:
                    with open(path, encoding="utf-8", errors="replace") as file:
                        _read(file.read(), reading, depth + 1)
                except OSError:
                    reading.late = True
            break


def _environs(tree: ast.Module) -> set[str]:
    """The names that ``os.environ`` goes by without its module."""
    return {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "os"
        for alias in node.names
        if alias.name == "environ"
    }


def _is_environ(node: ast.expr, environs: set[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in environs
    return isinstance(node, ast.Attribute) and node.attr == "environ"


def _string(node: ast.expr | None, constants: dict[str, str]) -> str | None:
    """A constant as the text that it is, or is turned into by ``str``."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str" and len(node.args) == 1:
        given = node.args[0]
        return str(given.value) if isinstance(given, ast.Constant) else _string(given, constants)
    return None


def _assigned(
    statement: ast.stmt, constants: dict[str, str], environs: set[str]
) -> Iterator[tuple[str, str | None, bool]]:
    """Names, values and whether they yield to what is there already, of a statement that runs whatever happens."""
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            if isinstance(target, ast.Subscript) and _is_environ(target.value, environs):
                name = _string(target.slice, constants)
                if name is not None:
                    yield name, _string(statement.value, constants), False
    elif isinstance(statement, ast.AugAssign) and _is_environ(statement.target, environs):
        yield from ((name, value, False) for name, value in _pairs(statement.value, constants))
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        if not isinstance(call.func, ast.Attribute) or not _is_environ(call.func.value, environs):
            return
        if call.func.attr == "setdefault" and len(call.args) == 2:
            name = _string(call.args[0], constants)
            if name is not None:
                yield name, _string(call.args[1], constants), True
        elif call.func.attr == "update":
            for given in call.args:
                yield from ((name, value, False) for name, value in _pairs(given, constants))
            for keyword in call.keywords:
                if keyword.arg is not None:
                    yield keyword.arg, _string(keyword.value, constants), False


def _pairs(node: ast.expr, constants: dict[str, str]) -> Iterator[tuple[str, str | None]]:
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            name = _string(key, constants)
            if name is not None:
                yield name, _string(value, constants)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        for keyword in node.keywords:
            if keyword.arg is not None:
                yield keyword.arg, _string(keyword.value, constants)


def _mentions(statement: ast.stmt, constants: dict[str, str], environs: set[str]) -> bool:
    """True if the statement may set one of the names in a way that is not followed: in a branch or a function."""
    for node in ast.walk(statement):
        if isinstance(node, ast.stmt) and node is not statement:
            if any(name in NAMES for name, _, _ in _assigned(node, constants, environs)):
                return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            if _is_environ(node.func.value, environs) and not isinstance(statement, ast.Expr):
                return True
    return False


def hold(names: Iterable[str], why: str) -> None:
    """From here on these names of ``os.environ`` stay as they are, whatever the script does: ``why`` decides."""
    held = frozenset(names)
    kind: Any = type(os.environ)
    assign = kind.__setitem__

    def setitem(environ: Any, key: str, value: str) -> None:
        if environ is os.environ and key in held:
            if value != os.environ.get(key):
                said.say(f"{why} overrules the script's {key}={value}")
            return
        assign(environ, key, value)

    kind.__setitem__ = setitem
