"""From places in the program that a notebook's cells make to places in the cells as they were typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from kerasvae_lint.core import TextEdit
from kerasvae_lint.source.text import Cell, Source, shift_of, typed, typed_column, typed_lines

_NEWLINE = re.compile(r"\r\n|\r|\n")
_WORD = re.compile(r"[^\W\d]\w*")

CellEdit = tuple[int, TextEdit]
"""The number of a cell, and an edit of its own text (ended by a newline, if it has none)."""


@lru_cache(maxsize=64)
def _starts(text: str) -> tuple[int, ...]:
    return (0, *(match.end() for match in _NEWLINE.finditer(ended(text))))


def ended(text: str) -> str:
    """The text of a cell, its last line ended by a newline."""
    return text if text.endswith(("\n", "\r")) else text + newline_of(text)


def newline_of(text: str) -> str:
    """The newline that a cell uses."""
    match = _NEWLINE.search(text)
    return match[0] if match is not None else "\n"


def in_cells(source: Source, edits: Iterable[TextEdit]) -> list[CellEdit] | None:
    """Edits of the program as edits of its cells; None if one crosses a cell's border or changes a magic."""
    placed: list[CellEdit] = []
    for edit in edits:
        row, _ = source.row_and_column(edit.start)
        cell = source.cell_at(row)
        own = _Place(source, cell).edit(edit) if cell is not None else None
        if cell is None or own is None:
            return None
        placed.append((cell.index, own))
    return placed


class _Place:
    """One cell; rows count from 0, and one past the last stands for its end."""

    def __init__(self, source: Source, cell: Cell) -> None:
        self.source, self.cell = source, cell
        self.text = typed(source, cell)
        self.lines = typed_lines(self.text)
        self.top = cell.first_code_row - cell.first_row
        self.end = source.row_start(cell.last_row + 1)

    def edit(self, edit: TextEdit) -> TextEdit | None:
        start, end = edit.start, edit.end
        if end > self.end and not edit.content and not self.source.text[self.end : end].strip():
            end = self.end
        if end > self.end:
            return None
        first, last = self._row_and_offset(start), self._row_and_offset(end)
        if start == end:
            free = self._is_free(first[0]) or self._may_follow(first, edit.content)
        else:
            free = all(self._is_free(row) for row in range(first[0], last[0] + bool(last[1])))
        if not free:
            return None
        content = self._indented(first, edit.content)
        newline = newline_of(self.text)
        if newline != "\n":
            content = content.replace("\n", newline)
        return TextEdit(self._typed(*first), self._typed(*last), content)

    def _indented(self, place: tuple[int, int], content: str) -> str:
        """Whole lines as they are to be typed in a cell that is indented as a whole."""
        row = min(place[0], len(self.lines) - 1)
        shift = self.shift_of(row) or 0
        indent = self.lines[row][:shift]
        if not indent or not indent.isspace():
            return content
        lines = content.splitlines(keepends=True)
        begin = 0 if not place[1] else 1
        return "".join([*lines[:begin], *(indent + line if line.strip() else line for line in lines[begin:])])

    def _row_and_offset(self, offset: int) -> tuple[int, int]:
        row, column = self.source.row_and_column(offset)
        return row - self.cell.first_row, column - 1

    def _is_free(self, row: int) -> bool:
        """True for a line of code that is in the program as it was typed, below the magic of the whole cell."""
        return self.top <= row < len(self.lines) and self.shift_of(row) is not None

    def _may_follow(self, place: tuple[int, int], content: str) -> bool:
        """True if whole lines are put behind a line of code: at the cell's end, say, or before a magic."""
        row, column = place
        return column == 0 and row > 0 and content.endswith("\n") and self._is_free(row - 1)

    def shift_of(self, row: int) -> int | None:
        return shift_of(self.lines[row], self.source.line(self.cell.first_row + row))

    def _typed(self, row: int, offset: int) -> int:
        start = _starts(self.text)[row]
        if not offset:
            return start
        return start + typed_column(self.source, self.cell, row + 1, offset + 1) - 1


def edited_cells(source: Source, edits: Sequence[CellEdit]) -> Iterator[tuple[int, str]]:
    """All cells by number and text, with ``edits`` made; a cell without a newline at its end stays so."""
    for cell in source.cells or ():
        own = sorted((edit for index, edit in edits if index == cell.index), key=lambda edit: (edit.start, edit.end))
        before = typed(source, cell)
        if not own:
            yield cell.index, before
            continue
        text, done = ended(before), 0
        pieces: list[str] = []
        for edit in own:
            pieces += (text[done : edit.start], edit.content)
            done = edit.end
        text_after = "".join([*pieces, text[done:]])
        if text != before:
            text_after = text_after.removesuffix(newline_of(before))
        yield cell.index, text_after


def unseen_words(source: Source) -> frozenset[str]:
    """The words in what the program does not show: magics, shell commands, cells that could not be parsed."""
    words: set[str] = set()
    for cell in source.cells or ():
        for row, line in enumerate(typed_lines(typed(source, cell))):
            if shift_of(line, source.line(cell.first_row + row)) != 0:
                words.update(_WORD.findall(line))
    return frozenset(words)
