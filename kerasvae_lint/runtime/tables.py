"""What a script expects of the data that it reads, as far as its source tells: columns, how many of them, classes.

Read from the source alone: names in subscripts and slices of what was read, the first layer's ``input_dim`` or
``input_shape``, the last layer's units and activation.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

LABELS = re.compile(
    r"(?i)^(.*[_ ])?(label|labels|target|class|classes|y|outcome|output|survived|diagnosis|species|category|result"
    r"|quality|exited|churn|price|medv|sentiment|variety|digit|emotion|purchased|is_.*|has_.*)$"
)
_FEW = 8
_READERS = frozenset(
    {"read_csv", "read_table", "read_excel", "read_json", "read_pickle", "read_parquet", "loadtxt", "genfromtxt"}
)
_TEXTS = re.compile(r"(?i)^(text|review|comment|tweet|sentence|headline|content|body|title|message|description)s?$")
_DATES = re.compile(r"(?i)^(date|time|datetime|timestamp|day|month_year)$")


@dataclass(slots=True)
class Expected:
    """What a table must be like.

    Attributes:
        names: columns that the script names, in the order in which it does.
        width: columns, at least; 0 if nothing tells.
        targets: names or numbers of columns that are taken alone, as a target is.
        dropped: names that are taken out of the inputs.
        values: of a column, the values that the script gives numbers or other names to.
        spans: first and last names of columns that are taken together, with all that stand between them.
        shape: of one sample, as the first layer is told.
        end: the activation of the network's last layer.
        classes: how many classes the network's end can tell apart; 1 for a number, 2 for a sigmoid, 0 if nothing tells.
    """

    names: list[str] = field(default_factory=list)
    width: int = 0
    targets: list[str | int] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    spans: list[tuple[str, str]] = field(default_factory=list)
    values: dict[str, list[Any]] = field(default_factory=dict)
    shape: tuple[int, ...] = ()
    end: str = ""
    classes: int = 0

    def target(self, names: list[str]) -> str | None:
        """The column that holds the target: the one that is taken out, that has a target's name, or the last."""
        for name in names:
            if name in self.targets and (name in self.dropped or LABELS.match(name)):
                return name
        for known in [*self.targets, *names]:
            if isinstance(known, str) and known in names and (LABELS.match(known) or known in self.dropped):
                return known
        for number in self.targets:
            if isinstance(number, int) and -len(names) <= number < len(names):
                return names[number]
        return names[-1] if names else None


def kind_of(name: str) -> str:
    """``text``, ``date`` or ``number``, by a column's name."""
    return "text" if _TEXTS.match(name) else "date" if _DATES.match(name) else "number"


class Source:
    """One program, read once."""

    def __init__(self, text: str) -> None:
        try:
            self.tree: ast.Module = ast.parse(text)
        except (SyntaxError, ValueError):
            self.tree = ast.Module([], [])
        self.units, self.end = _end_of_network(self.tree)
        self.shape = _input_shape(self.tree)

    def expected(self, row: int | None) -> Expected:
        """What the table that is read on line ``row`` is used for."""
        found = Expected(classes=self.classes, shape=self.shape, end=self.end)
        name = self._bound_on(row)
        followed = _followed(self.tree, {name} if name else set())
        for node in ast.walk(self.tree):
            self._look(node, followed, found)
        if not found.width and self.shape and len(self.shape) == 1 and not found.names:
            found.width = self.shape[0] + 1
        found.names = list(dict.fromkeys(found.names))
        return found

    @property
    def classes(self) -> int:
        """By the last Dense: its units under a softmax, 2 for one sigmoid, 1 for one number."""
        if self.units is None:
            return 0
        if self.end == "sigmoid" and self.units == 1:
            return 2
        return self.units if self.units > 1 else 1

    def _bound_on(self, row: int | None) -> str | None:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign) and row is not None and node.lineno <= row <= (node.end_lineno or 0):
                if isinstance(node.targets[0], ast.Name):
                    return node.targets[0].id
        return None

    def _look(self, node: ast.AST, followed: set[str], found: Expected) -> None:
        if isinstance(node, ast.Subscript) and _root(node.value) in followed:
            inner = node.slice
            parts = inner.elts[1:] if isinstance(inner, ast.Tuple) else [inner]
            if not isinstance(node.ctx, ast.Store):
                found.names += [name for part in parts for name in _strings(part)]
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                found.targets.append(inner.value)
            if isinstance(inner, ast.Tuple) and len(inner.elts) == 2:
                number = _number(inner.elts[1])
                if number is not None:
                    found.targets.append(number)
                found.width = max(found.width, _reach(inner.elts[1]))
            for part in parts:  # the columns': rows may go by texts too
                if isinstance(part, ast.Slice) and len(ends := list(_strings(part))) == 2:
                    found.spans.append((ends[0], ends[1]))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _root(node.func) in followed:
            if node.func.attr in {"map", "replace"} and (column := _column(node.func.value)):
                keys = [key for argument in node.args for key in _keys(argument)]
                if len(keys) > 1:
                    found.names.append(column)
                    found.values[column] = keys
            given = [*node.args, *(k.value for k in node.keywords if k.arg in {"columns", "labels", "subset"})]
            if node.func.attr in {"drop", "pop"}:
                names = [name for argument in given for name in _strings(argument)]
                found.names += names
                found.dropped += names
                if node.func.attr == "pop":
                    found.targets += names
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in followed:
            if not isinstance(node.ctx, ast.Store) and LABELS.match(node.attr):
                found.names.append(node.attr)
                found.targets.append(node.attr)


def _followed(tree: ast.Module, names: set[str]) -> set[str]:
    """The names that the table goes by: assigned from what begins with it; those of all tables if none is known."""
    if not names:
        names = {
            target.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _called(node.value) in _READERS
            for target in node.targets
            if isinstance(target, ast.Name)
        }
    found = set(names)
    for _ in range(3):
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and _root(node.value) in found:
                found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _root(node: ast.AST) -> str | None:
    """The name at the beginning of ``name.a[b].c(d)``."""
    while True:
        if isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            node = node.func
        else:
            return node.id if isinstance(node, ast.Name) else None


def _column(node: ast.AST) -> str:
    """``data["x"]`` or ``data.x`` → ``x``."""
    if isinstance(node, ast.Subscript):
        return next(_strings(node.slice), "")
    return node.attr if isinstance(node, ast.Attribute) else ""


def _keys(node: ast.AST) -> list[Any]:
    return [key.value for key in node.keys if isinstance(key, ast.Constant)] if isinstance(node, ast.Dict) else []


def _strings(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        for item in node.elts:
            yield from _strings(item)
    elif isinstance(node, ast.Slice):
        for end in (node.lower, node.upper):
            if end is not None:
                yield from _strings(end)


def _number(node: ast.AST | None) -> int | None:
    try:
        value = ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError, SyntaxError):
        return None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _reach(node: ast.AST) -> int:
    """How many columns an index or a slice needs."""
    if isinstance(node, ast.Slice):
        upper, lower = _number(node.upper), _number(node.lower)
        if upper is not None and upper > 0:
            return upper
        return lower + 1 if lower is not None and lower > _FEW else 0  # how far an open end goes is not told
    if isinstance(node, ast.List | ast.Tuple):
        return max([(_number(item) or 0) + 1 for item in node.elts], default=0)
    number = _number(node)
    return number + 1 if number is not None and number >= 0 else 0


def _end_of_network(tree: ast.Module) -> tuple[int | None, str]:
    """Units and activation of the Dense that stands last in the text."""
    last: tuple[int, int] = (0, 0)
    units, activation = None, ""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _called(node)
        where = (node.lineno, node.col_offset)
        if name == "Dense" and where >= last:
            named = [k.value for k in node.keywords if k.arg in {"units", "output_dim"}]
            given = [*node.args[:1], *named][:1]
            units, last = (_number(given[0]) if given else None), where
            activation = next((_text(k.value) for k in node.keywords if k.arg == "activation"), "")
        elif name == "Activation" and node.args and where >= last and units is not None:
            activation = _text(node.args[0])
    return units, activation


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _input_shape(tree: ast.Module) -> tuple[int, ...]:
    """The shape of one sample that the first layer with a shape is told."""
    for node in sorted((n for n in ast.walk(tree) if isinstance(n, ast.Call)), key=lambda n: (n.lineno, n.col_offset)):
        if _called(node) in {"Embedding"}:
            continue
        given: list[tuple[str, Any]] = [(k.arg or "", k.value) for k in node.keywords]
        if _called(node) == "Input" and node.args:
            given.append(("shape", node.args[0]))
        for name, value in given:
            if name == "input_dim" and (number := _number(value)) is not None:
                return (number,)
            if name in {"input_shape", "shape", "batch_input_shape"}:
                try:
                    shape = ast.literal_eval(value)
                except (ValueError, TypeError, SyntaxError):
                    continue
                if isinstance(shape, tuple | list) and all(isinstance(n, int | None) for n in shape):
                    sizes = [n or 8 for n in (shape[1:] if name == "batch_input_shape" else shape)]
                    return tuple(sizes)
    return _reshaped(tree)


def _reshaped(tree: ast.Module) -> tuple[int, ...]:
    """``x.reshape(-1, 28, 28, 1)`` → the sizes behind the samples."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or _called(node) != "reshape":
            continue
        given = [argument for argument in node.args if not isinstance(argument, ast.Name)]
        if len(given) == 1 and isinstance(given[0], ast.Tuple | ast.List):
            given = given[0].elts
        sizes = [_number(one) for one in given[1:]]
        if sizes and all(size is not None and size > 0 for size in sizes) and (len(sizes) > 1 or sizes[0] != 1):
            return tuple(size for size in sizes if size is not None)
    return ()
