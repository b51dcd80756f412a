"""Places in a text as the protocol counts them: lines from 0, columns in units of the negotiated encoding."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from lsprotocol import types

from kerasvae_lint.core import Position

_NEWLINE = re.compile(r"\r\n|\r|\n")


def units(text: str, encoding: str) -> int:
    """How many units ``text`` takes."""
    if encoding == types.PositionEncodingKind.Utf32.value or text.isascii():
        return len(text)
    if encoding == types.PositionEncodingKind.Utf8.value:
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text) + sum(char > "\uffff" for char in text)


class Lines:
    """A text with its lines; only the three newlines that the protocol knows end one."""

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self.text = text
        self.encoding = encoding

    @cached_property
    def starts(self) -> list[int]:
        """The offsets at which lines begin."""
        return [0, *(match.end() for match in _NEWLINE.finditer(self.text))]

    def end_of(self, line: int) -> int:
        """The offset of the end of a line (from 0), its newline left out."""
        if line + 1 >= len(self.starts):
            return len(self.text)
        end = self.starts[line + 1] - 1
        return end - 1 if self.text[end] == "\n" and end > 0 and self.text[end - 1] == "\r" else end

    def position(self, offset: int) -> types.Position:
        """The place of a character offset; one past the end is at the end."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self.starts, offset) - 1
        return types.Position(line, units(self.text[self.starts[line] : offset], self.encoding))

    def offset(self, place: types.Position) -> int:
        """The character offset of a place; a line or column that is not there counts as the nearest that is."""
        if place.line >= len(self.starts):
            return len(self.text)
        start = self.starts[place.line]
        line = self.text[start : self.end_of(place.line)]
        if place.character >= units(line, self.encoding):
            return start + len(line)
        if line.isascii():
            return start + place.character
        taken = 0
        for index, char in enumerate(line):
            taken += units(char, self.encoding)
            if taken > place.character:
                return start + index
        return start + len(line)

    def at(self, place: Position, shift: int = 0) -> int:
        """The offset of kvlint's own row and column (from 1); ``shift`` characters go before the first row."""
        row = min(max(place.row, 1), len(self.starts)) - 1
        start = self.starts[row] + (shift if row == 0 else 0)
        return min(start + place.column - 1, max(self.end_of(row), start))

    def range(self, start: int, end: int) -> types.Range:
        """Two offsets as a range."""
        return types.Range(self.position(start), self.position(end))
