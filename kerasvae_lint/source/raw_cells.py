"""Where the characters of a notebook's cells stand in its file: JSON read with places kept."""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Iterator, Sequence

_SPACE = re.compile(r"[ \t\r\n]*")
_NEWLINE = re.compile(r"\r\n|\r|\n")
_DECODER = json.JSONDecoder()

_Piece = tuple[int, str]
"""A string of the file: the offset behind its opening quote, and its value."""


class RawCells:
    """The cells of a notebook, by the text of its file.

    A place in a cell is looked up as an offset into the file's text. What can't be read is not
    there: nothing is raised for a file that is no notebook (any more).
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._cells: dict[int, list[_Piece]] = {}
        self._pointers: dict[int, str] = {}
        self._joined: dict[int, tuple[str, list[int]]] = {}
        try:
            for index, (pointer, at) in enumerate(_cells(text), 1):
                self._cells[index], self._pointers[index] = _source(text, at), pointer
        except (ValueError, IndexError, RecursionError):
            self._cells, self._pointers = {}, {}

    def pointer(self, cell: int) -> str | None:
        """Where the cell is in the JSON, as a JSON pointer."""
        return self._pointers.get(cell)

    def offset(self, cell: int, row: int, column: int) -> int | None:
        """The offset of a character in the file's text; past a line's end it is the line's end."""
        pieces = self._cells.get(cell)
        if not pieces:
            return None
        text, starts = self._rows(cell)
        if row > len(starts):
            return None
        end = starts[row] if row < len(starts) else len(text)
        length = len(text[starts[row - 1] : end].rstrip("\r\n"))
        rest = starts[row - 1] + min(column - 1, length)
        for start, value in pieces[:-1]:
            if rest < len(value):
                return _inside(self.text, start, rest)
            rest -= len(value)
        return _inside(self.text, pieces[-1][0], rest)

    def line(self, cell: int, row: int) -> str | None:
        """A line of a cell as it was typed, magics and all; None if there is no such line."""
        if not self._cells.get(cell):
            return None
        text, starts = self._rows(cell)
        if not 1 <= row <= len(starts):
            return None
        end = starts[row] if row < len(starts) else len(text)
        return text[starts[row - 1] : end].rstrip("\r\n")

    def _rows(self, cell: int) -> tuple[str, list[int]]:
        if cell not in self._joined:
            text = "".join(value for _, value in self._cells[cell])
            self._joined[cell] = text, line_starts(text)
        return self._joined[cell]


def line_starts(text: str) -> list[int]:
    """The offsets at which lines begin."""
    return [0, *(match.end() for match in _NEWLINE.finditer(text))]


def line_and_column(starts: Sequence[int], offset: int) -> tuple[int, int]:
    """The row and the column of an offset, from 1."""
    row = bisect.bisect_right(starts, offset)
    return row, offset - starts[row - 1] + 1


def _cells(text: str) -> Iterator[tuple[str, int]]:
    """Every cell in order, its pointer and where it begins; format 3 has them in worksheets."""
    parts = dict(_members(text, _skip(text, 0)))
    if "cells" in parts:
        yield from ((f"/cells/{number}", at) for number, at in enumerate(_items(text, parts["cells"])))
    elif "worksheets" in parts:
        for sheet, place in enumerate(_items(text, parts["worksheets"])):
            cells = dict(_members(text, place)).get("cells")
            if cells is not None:
                yield from ((f"/worksheets/{sheet}/cells/{n}", at) for n, at in enumerate(_items(text, cells)))


def _source(text: str, at: int) -> list[_Piece]:
    """The strings of a cell's source, one or many; format 3 calls it `input`."""
    parts = dict(_members(text, at))
    start = parts.get("source", parts.get("input"))
    if start is None:
        return []
    places = [start] if text[start] == '"' else _items(text, start)
    return [(place + 1, _DECODER.raw_decode(text, place)[0]) for place in places if text[place] == '"']


def _members(text: str, at: int) -> Iterator[tuple[str, int]]:
    """The keys of the object at ``at``, and where their values begin."""
    if text[at] != "{":
        return
    at = _skip(text, at + 1)
    while text[at] == '"':
        key, at = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        yield key, at
        at = _next(text, at)


def _items(text: str, at: int) -> Iterator[int]:
    """Where the values in the array at ``at`` begin."""
    if text[at] != "[":
        return
    at = _skip(text, at + 1)
    while text[at] != "]":
        yield at
        at = _next(text, at)


def _next(text: str, at: int) -> int:
    """What comes after the value at ``at`` and the comma behind it."""
    _, at = _DECODER.raw_decode(text, at)
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _inside(text: str, at: int, count: int) -> int:
    """The offset behind the first ``count`` characters of a string; an escape is one character."""
    for _ in range(count):
        if text[at] != "\\":
            at += 1
        elif text[at + 1] != "u":
            at += 2
        else:
            high = 0xD800 <= int(text[at + 2 : at + 6], 16) < 0xDC00
            paired = high and text[at + 6 : at + 8] == "\\u" and 0xDC00 <= int(text[at + 8 : at + 12], 16) < 0xE000
            at += 12 if paired else 6
    return at
