"""A notebook's file, rewritten so that nothing changes but the source of the cells that did.

The JSON is read with places kept (``json``'s own decoder says where each value ends), and new text is put in the place
of the old one: what is not replaced stays as it is, byte for byte.
"""

from __future__ import annotations

import codecs
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import accumulate

from kerasvae_lint.source.json_strings import Spelling, parts
from kerasvae_lint.source.text import SourceError

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_BETWEEN = re.compile(r"\s*,(\s*)\"")
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()

Span = tuple[int, int]


class NotebookFile:
    """The text of a notebook's file, and where its cells' sources stand in it."""

    def __init__(self, data: bytes) -> None:
        self.bom = data.startswith(codecs.BOM_UTF8)
        self.text = data.decode("utf-8-sig")

    @cached_property
    def places(self) -> list[tuple[str, int]]:
        """Each cell as a JSON pointer, and where it begins, in the order of the cells; format 3 has worksheets."""
        top = dict(_members(self.text, _skip(self.text, 0)))
        if "cells" in top:
            return [(f"/cells/{n}", start) for n, (start, _) in enumerate(_items(self.text, top["cells"][0]))]
        sheets = [dict(_members(self.text, start)) for start, _ in _items(self.text, top["worksheets"][0])]
        return [
            (f"/worksheets/{number}/cells/{n}", start)
            for number, sheet in enumerate(sheets)
            if "cells" in sheet
            for n, (start, _) in enumerate(_items(self.text, sheet["cells"][0]))
        ]

    @cached_property
    def cells(self) -> list[dict[str, Span]]:
        """Each cell's members by key."""
        return [dict(_members(self.text, start)) for _, start in self.places]

    def source(self, cell: int) -> _Value:
        """The source of a cell, by its number from 1.

        Raises:
            SourceError: it is not made of strings.
        """
        members = self.cells[cell - 1]
        span = members.get("source") or members.get("input")
        if span is None:
            raise SourceError("has no source", cell=cell)
        kind = self.text[span[0]]
        strings = [span] if kind == '"' else _items(self.text, span[0])
        if kind not in '"[' or any(self.text[start] != '"' for start, _ in strings):
            raise SourceError("the source is not made of strings", cell=cell)
        return _Value(self.text, span, strings)

    @cached_property
    def spelling(self) -> Spelling:
        """How this file spells the strings of its sources."""
        spans = [members.get("source") or members.get("input") for members in self.cells]
        return Spelling.of((self.text[start:end] for start, end in filter(None, spans)), self.text)

    @cached_property
    def gap(self) -> str:
        """What stands behind a comma on one line: a space, as Python writes it, or nothing."""
        for members in self.cells:
            for _, end in members.values():
                match = _BETWEEN.match(self.text, end)
                if match is not None:
                    return " " if "\n" in match[1] else match[1]
        return ""

    def with_sources(self, new: Mapping[int, str]) -> bytes:
        """The file's bytes with other text in some cells, given by number.

        Raises:
            SourceError: the source of such a cell is not made of strings.
        """
        pieces: list[str] = []
        done = 0
        values = [(self.source(cell), text) for cell, text in new.items()]
        for value, text in sorted(values, key=lambda item: item[0].span):
            pieces += (self.text[done : value.span[0]], value.rewritten(text, self.spelling, self.gap))
            done = value.span[1]
        data = "".join([*pieces, self.text[done:]]).encode()
        return codecs.BOM_UTF8 + data if self.bom else data


@dataclass(frozen=True)
class _Value:
    """The source of one cell in the file: one string, or a list of them."""

    file: str
    span: Span
    strings: Sequence[Span]

    @property
    def raw(self) -> list[str]:
        return [self.file[start:end] for start, end in self.strings]

    @property
    def is_list(self) -> bool:
        return self.file[self.span[0]] == "["

    def rewritten(self, text: str, spelling: Spelling, gap: str) -> str:
        """The JSON for ``text``; strings (or parts of one) that stay the same keep their spelling."""
        raw = self.raw
        old = [json.loads(item) for item in raw]
        spelling = spelling.within("".join(raw))
        changes = _changes("".join(old), text)
        if not changes:
            return self.file[slice(*self.span)]
        if not self.is_list:
            return _respelled(raw[0], changes, spelling)
        return self._list([*_items_with(old, raw, changes, spelling)], gap)

    def _list(self, items: list[str], gap: str) -> str:
        start, end = self.span
        if not items:
            return "[]"
        if not self.strings:
            return f"[{f',{gap}'.join(items)}]"
        lead = self.file[start : self.strings[0][0]]
        tail = self.file[self.strings[-1][1] : end]
        between = [self.file[a[1] : b[0]] for a, b in zip(self.strings, self.strings[1:], strict=False)]
        comma = between[0] if between else "," + (lead[1:] or gap)
        return lead + comma.join(items) + tail


Change = tuple[int, int, str]
"""A part of the old text, by offset, and what stands there in the new one: whole lines."""


def _changes(old: str, new: str) -> list[Change]:
    before, after = _LINE.findall(old), _LINE.findall(new)
    starts = [0, *accumulate(map(len, before))]
    matched = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(starts[a], starts[b], "".join(after[c:d])) for kind, a, b, c, d in matched if kind != "equal"]


def _items_with(old: list[str], raw: list[str], changes: list[Change], spelling: Spelling) -> Iterator[str]:
    """The strings of a list with changes made; those that a change does not touch stay as they are."""
    bounds = [0, *accumulate(map(len, old))]
    text = "".join(old)
    done = at = 0
    while at < len(changes):
        first, last = _touched(bounds, changes[at])
        stop = at + 1
        while stop < len(changes) and changes[stop][0] < bounds[last]:
            last = max(last, _touched(bounds, changes[stop])[1])
            stop += 1
        yield from raw[done:first]
        chunk = _with(text, bounds[first], bounds[last], changes[at:stop])
        whole = any("\n" in string[:-1] for string in old[first:last])
        yield from map(spelling.string, [chunk] if whole else chunk.splitlines(keepends=True))
        done, at = last, stop
    yield from raw[done:]


def _touched(bounds: Sequence[int], change: Change) -> tuple[int, int]:
    """Which strings of a list a change touches; none where it inserts between two."""
    first = bisect_right(bounds, change[0]) - 1
    return first, max(first, bisect_left(bounds, change[1]))


def _with(text: str, start: int, end: int, changes: Sequence[Change]) -> str:
    pieces: list[str] = []
    for first, last, content in changes:
        pieces += (text[start:first], content)
        start = last
    return "".join([*pieces, text[start:end]])


def _respelled(raw: str, changes: Sequence[Change], spelling: Spelling) -> str:
    """One string with changes made to what it says."""
    places = [0, *accumulate(len(part) for part in parts(raw[1:-1]))]
    pieces: list[str] = []
    done = 0
    for start, end, content in changes:
        pieces += (raw[1 + places[done] : 1 + places[start]], spelling.string(content)[1:-1])
        done = end
    return '"' + "".join([*pieces, raw[1 + places[done] : -1]]) + '"'


def _members(text: str, at: int) -> Iterator[tuple[str, Span]]:
    """The keys of the object at ``at``, and where their values stand."""
    if text[at] != "{":
        return
    at = _skip(text, at + 1)
    while text[at] == '"':
        key, at = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        _, end = _DECODER.raw_decode(text, start)
        yield key, (start, end)
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at


def _items(text: str, at: int) -> list[Span]:
    """Where the values of the list at ``at`` stand."""
    found: list[Span] = []
    if text[at] != "[":
        return found
    at = _skip(text, at + 1)
    while text[at] != "]":
        _, end = _DECODER.raw_decode(text, at)
        found.append((at, end))
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at
    return found


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match is not None else at
