"""Where the characters of a notebook's cells stand in its file."""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Sequence
from itertools import islice

from kerasvae_lint.source.json_strings import parts
from kerasvae_lint.source.notebook_file import NotebookFile
from kerasvae_lint.source.text import SourceError

_NEWLINE = re.compile(r"\r\n|\r|\n")

_Piece = tuple[str, int, str]
"""A string of the file: what it says, the offset behind its opening quote, and how it is spelled."""


class RawCells:
    """The cells of a notebook, by the text of its file.

    A place in a cell is looked up as an offset into the file's text. What can't be read is not
    there: nothing is raised for a file that is no notebook (any more).
    """

    def __init__(self, text: str) -> None:
        file = NotebookFile(text.encode("utf-8", "surrogatepass"))
        self.text = file.text
        self._cells: dict[int, list[_Piece]] = {}
        self._pointers: dict[int, str] = {}
        self._joined: dict[int, tuple[str, list[int]]] = {}
        try:
            self._pointers = {index: pointer for index, (pointer, _) in enumerate(file.places, 1)}
            self._cells = {index: _source(file, index) for index in self._pointers}
        except (KeyError, ValueError, IndexError, RecursionError):
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
        for value, start, spelled in pieces[:-1]:
            if rest < len(value):
                return start + _length(spelled, rest)
            rest -= len(value)
        _, start, spelled = pieces[-1]
        return start + _length(spelled, rest)

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
            text = "".join(value for value, _, _ in self._cells[cell])
            self._joined[cell] = text, line_starts(text)
        return self._joined[cell]


def line_starts(text: str) -> list[int]:
    """The offsets at which lines begin."""
    return [0, *(match.end() for match in _NEWLINE.finditer(text))]


def line_and_column(starts: Sequence[int], offset: int) -> tuple[int, int]:
    """The row and the column of an offset, from 1."""
    row = bisect.bisect_right(starts, offset)
    return row, offset - starts[row - 1] + 1


def _source(file: NotebookFile, cell: int) -> list[_Piece]:
    """The strings of a cell's source; none if it is not made of strings."""
    try:
        spans = file.source(cell).strings
    except SourceError:
        return []
    return [(json.loads(file.text[start:end]), start + 1, file.text[start + 1 : end - 1]) for start, end in spans]


def _length(spelled: str, count: int) -> int:
    """How long the first ``count`` characters of a string are as they are spelled."""
    return sum(map(len, islice(parts(spelled), count)))
