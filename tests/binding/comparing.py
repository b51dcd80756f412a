"""What the tests of records share: files to read, and what a record holds without its places."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

from kerasvae_lint.binding import records
from kerasvae_lint.binding.build import build

FIXTURES = Path(__file__).parents[2] / "fixtures"


def installed(package: str, every: int) -> list[Path]:
    """Each ``every``-th file of an installed package, without importing it."""
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return sorted(Path(spec.origin).parent.rglob("*.py"))[::every]


def read(path: Path) -> str:
    """A file's text with its own newlines."""
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def built(text: str) -> records.Module:
    """The records of a text that Python itself can read."""
    return build(ast.parse(text), text)


def shape(record: object) -> object:
    """All that a record says but where it stands, and what it stands in."""
    if isinstance(record, tuple):
        return tuple(shape(item) for item in record)
    if isinstance(record, records.Constant):
        return "Constant", type(record.value), repr(record.value)
    if not isinstance(record, records.Record):
        return record
    left_out = {"start", "end", "parent", "scope", "name_start", "body_start", "around", "owner", "methods"}
    slots = [name for cls in type(record).__mro__ for name in getattr(cls, "__slots__", ()) if name not in left_out]
    return type(record).__name__, *((name, shape(getattr(record, name))) for name in sorted(slots))


def inside_string(record: records.Record) -> bool:
    """Whether a record stands in an f-string, where it has the whole string's span."""
    at = record.parent
    while at is not None:
        if isinstance(at, (records.Formatted, records.Template)):
            return True
        at = at.parent
    return False


def reread(text: str, record: records.Expression) -> records.Expression:
    """The record that the code between a record's start and end makes when it is read alone."""
    code = text[record.start : record.end]
    opened, closed = ("_[", "\n]") if isinstance(record, (records.Slice, records.Starred)) else ("(", "\n)")
    if isinstance(record, records.Display) and any(isinstance(item, records.Slice) for item in record.items):
        opened, closed = "_[", "\n]"
    statement = built(opened + code + closed).body[0]
    assert isinstance(statement, records.ExpressionStatement)
    value = statement.value
    if opened == "_[":
        assert isinstance(value, records.Subscript)
        value = value.index
        if isinstance(record, records.Starred):
            assert isinstance(value, records.Display)
            (value,) = value.items
    return value
