"""Imports that a fix leaves without a reader go with it."""

from __future__ import annotations

import io
import re
import tokenize
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import PurePath

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from kerasvae_lint.core import TextEdit
from kerasvae_lint.fix.apply import rewrite
from kerasvae_lint.source import Source, SourceError, parse

_NEWLINE = re.compile(r"\r\n|\r|\n")
_WORD = re.compile(r"[^\W\d]\w*")
_IMPORT = re.compile(r"\bimport\b(?:[ \t]*\([^)]*|(?:[^\r\n\\]|\\\r?\n|\\\r)*)")
_TYPE_COMMENT = re.compile(r"#\s*type:(.*)")

Key = tuple[tuple[str, ...], str]
"""A scope (the names of the functions and classes around it) and a name that is bound there."""


@dataclass(frozen=True, eq=False)
class _Imported:
    """One name of one import statement; without a ``line`` it is not ours to remove."""

    statement: cst.Import | cst.ImportFrom
    alias: cst.ImportAlias
    line: cst.SimpleStatementLine | None


@dataclass
class _Scope:
    path: tuple[str, ...]
    imported: dict[str, list[_Imported]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)


class _Reader:
    """Which names each scope imports and which words it reads; generous about what is reading."""

    def __init__(self) -> None:
        self.scopes = [_Scope(())]
        self.open = [self.scopes[0]]

    def read(self, node: cst.CSTNode, guarded: bool = False) -> None:
        """Take in ``node``; ``guarded`` statements are those in a ``try``."""
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            self._scope(node, guarded)
        elif isinstance(node, (cst.Module, cst.IndentedBlock)):
            alone = len(node.body) == 1 and not isinstance(node, cst.Module)
            for child in node.children:
                if isinstance(child, cst.SimpleStatementLine):
                    self._line(child, not (guarded or alone), guarded)
                else:
                    self.read(child, guarded)
        elif isinstance(node, (cst.Import, cst.ImportFrom)):
            self._imports(node, None, False)
        else:
            self._words(node)
            left_out = getattr(node, "attr", None) if isinstance(node, cst.Attribute) else None
            keyword = node.keyword if isinstance(node, cst.Arg) else None
            for child in node.children:
                if child is not left_out and child is not keyword:
                    self.read(child, guarded or isinstance(node, (cst.Try, cst.TryStar)))

    def _scope(self, node: cst.FunctionDef | cst.ClassDef, guarded: bool) -> None:
        scope = _Scope((*self.open[-1].path, node.name.value))
        self.scopes.append(scope)
        self.open.append(scope)
        for child in node.children:
            self.read(child, guarded)
        self.open.pop()

    def _line(self, line: cst.SimpleStatementLine, removable: bool, guarded: bool) -> None:
        for child in line.children:
            if isinstance(child, (cst.Import, cst.ImportFrom)):
                self._imports(child, line, removable or len(line.body) > 1)
            else:
                self.read(child, guarded)

    def _imports(
        self,
        statement: cst.Import | cst.ImportFrom,
        line: cst.SimpleStatementLine | None,
        removable: bool,
    ) -> None:
        names = statement.names
        module = statement.module if isinstance(statement, cst.ImportFrom) else None
        if isinstance(names, cst.ImportStar):
            return
        if isinstance(module, cst.Name) and module.value == "__future__":
            return
        for alias in names:
            name = alias.evaluated_alias
            bound = name or alias.evaluated_name.partition(".")[0]
            fit = name != alias.evaluated_name and (removable or len(names) > 1)
            item = _Imported(statement, alias, line if fit else None)
            self.open[-1].imported.setdefault(bound, []).append(item)

    def _words(self, node: cst.CSTNode) -> None:
        words: list[str] = []
        if isinstance(node, cst.Name):
            words = [node.value]
        elif isinstance(node, cst.SimpleString):
            text = node.raw_value
            if " " not in text or "[" in text:
                words = _WORD.findall(text)
        elif isinstance(node, cst.Comment) and (match := _TYPE_COMMENT.match(node.value)):
            words = _WORD.findall(match.group(1))
        for scope in self.open:
            scope.used.update(words)


def _imports(module: cst.Module) -> tuple[dict[Key, list[_Imported]], set[Key]]:
    """The names that the module's scopes import, and which of these are read there."""
    reader = _Reader()
    reader.read(module)
    imported: dict[Key, list[_Imported]] = {}
    used: set[Key] = set()
    for scope in reader.scopes:
        for name, items in scope.imported.items():
            imported.setdefault((scope.path, name), []).extend(items)
        used |= {(scope.path, name) for name in scope.imported if name in scope.used}
    return imported, used


def unused_import(before: str, after: str, filename: str, kept: Collection[str] = ()) -> tuple[str, TextEdit] | None:
    """The first import that ``before`` had a use for and ``after`` has none for: its name, the edit that removes it.

    Left alone: names in ``kept``, ``__init__.py``, ``from __future__``, names that ``__all__`` or any other string
    spells, ``import a as a``, imports in a ``try``, and names that are imported twice.
    """
    if PurePath(filename).name == "__init__.py" or not _may_lose_an_import(before, after):
        return None
    try:
        used_before = _imports(_parse(before))[1]
        module = _parse(after)
        if module.code != after:  # an odd continuation line, which LibCST drops: its places are wrong
            return None
        imported, used = _imports(module)
        for key, items in imported.items():
            if key not in used_before or key in used or key[1] in kept:
                continue
            if len(items) == 1 and items[0].line is not None:
                edit = TextEdit(*_without(after, module, items[0]), "")
                _parse(rewrite(after, [edit]))
                return key[1], edit
    except SourceError:
        pass
    return None


def _parse(text: str) -> cst.Module:
    return parse(Source("<fixed>", text))[0]


def _may_lose_an_import(before: str, after: str) -> bool:
    """A quick look at the words alone: does one that is imported occur less often, and perhaps nowhere else?"""
    now = Counter(_WORD.findall(after))
    fewer = {word for word, count in Counter(_WORD.findall(before)).items() if now[word] < count}
    if not fewer:
        return False
    doubtful: set[str] = set()
    for found in _IMPORT.finditer(after):
        words = fewer.intersection(_WORD.findall(found[0]))
        line = after.rfind("\n", 0, found.start()) + 1
        if words and after[line : line + 1].isspace():
            return True
        doubtful |= words
    return bool(doubtful) and not doubtful <= _used_words(after)


def _used_words(text: str) -> set[str]:
    """The names that a program reads for certain; imports, attributes and keywords are left out."""
    used: set[str] = set()
    before, name, in_import = "", "", False
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if name and token.string != "=":
                used.add(name)
            plain = token.type == tokenize.NAME and before != "." and not in_import
            in_import = (in_import or (plain and token.string in {"import", "from"})) and token.type != tokenize.NEWLINE
            name = token.string if plain and not in_import else ""
            before = token.string
    except (tokenize.TokenError, SyntaxError):
        return set()
    return used


class _Text:
    """Offsets of nodes in the text."""

    def __init__(self, text: str, module: cst.Module) -> None:
        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        self.text = text
        self.positions = wrapper.resolve(PositionProvider)
        ends = [match.end() for match in _NEWLINE.finditer(text)]
        self.starts = [0, *ends]

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        place = self.positions[node]
        return (
            self.starts[place.start.line - 1] + place.start.column,
            self.starts[place.end.line - 1] + place.end.column,
        )

    def line(self, offset: int) -> tuple[int, int]:
        """Where the line of ``offset`` begins and where the next one does."""
        index = bisect_right(self.starts, offset)
        return self.starts[index - 1], self.starts[index] if index < len(self.starts) else len(self.text)


def _without(text: str, module: cst.Module, item: _Imported) -> tuple[int, int]:
    """The part of ``text`` to cut for one imported name: with what only that name needed."""
    places = _Text(text, module)
    statement, names = item.statement, item.statement.names
    assert not isinstance(names, cst.ImportStar)
    if len(names) > 1:
        return _without_name(places, statement, list(names), item.alias)
    start, end = places.span(statement)
    assert item.line is not None
    body = list(item.line.body)
    if len(body) > 1:
        index = body.index(statement)
        if index + 1 < len(body):
            return (start, places.span(body[index + 1])[0])
        return (places.span(body[index - 1])[1], end)
    first, last = places.line(start)[0], places.line(end)[1]
    if not text[:first].strip("\ufeff"):
        while last < len(text) and not text[last : places.line(last)[1]].strip():
            last = places.line(last)[1]
    return (first, last)


def _without_name(
    places: _Text, statement: cst.CSTNode, names: list[cst.ImportAlias], alias: cst.ImportAlias
) -> tuple[int, int]:
    """Take one name out of a list: with its line, if the line is all its own."""
    text = places.text
    index = names.index(alias)
    start, end = places.span(alias)
    first = places.line(start)[0]
    last = places.line(end)[1]
    around = text[first:start] + re.sub(r"#.*", "", text[end:last], count=1)
    if isinstance(statement, cst.ImportFrom) and statement.lpar and not around.replace(",", "", 1).strip():
        return (first, last)
    if index + 1 < len(names):
        return (start, places.span(names[index + 1])[0])
    return (places.span(names[index - 1])[1], end)
