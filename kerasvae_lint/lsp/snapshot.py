"""A program as the editor holds it at one moment: one text, or the cells of a notebook; and places back to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from kerasvae_lint.core import Position, TextEdit
from kerasvae_lint.lsp.positions import Lines
from kerasvae_lint.source import Cell, Source
from kerasvae_lint.source.notebook import neutralize
from kerasvae_lint.source.text import shift_of

BOM = "\ufeff"


@dataclass(frozen=True)
class Part:
    """One text of the editor's: a whole script, or a cell. ``number`` counts cells from 1, None for a script."""

    uri: str
    version: int | None
    lines: Lines
    number: int | None = None


Spans = dict[str, list[TextEdit]]
"""Edits by the address of the text they change, in offsets into that text."""


@dataclass(frozen=True)
class Snapshot:
    """What is linted, and what of the editor's it came from. ``source`` is what the engine reads."""

    uri: str
    filename: str
    parts: tuple[Part, ...]
    source: Source

    @cached_property
    def key(self) -> tuple[object, ...]:
        """Two snapshots with one key hold the same text."""
        return tuple((part.uri, part.version, part.lines.text) for part in self.parts)

    @property
    def versions(self) -> list[list[object]]:
        """The parts with their versions, for a client to bring back."""
        return [[part.uri, part.version] for part in self.parts]

    def part(self, cell: int | None) -> Part | None:
        """The text that a finding's cell means."""
        return next((part for part in self.parts if part.number == cell), None)

    def by_uri(self, uri: str) -> Part | None:
        """The text with this address."""
        return next((part for part in self.parts if part.uri == uri), None)

    def offset(self, part: Part, place: Position) -> int:
        """The offset into the editor's text of a place that kvlint names."""
        return part.lines.at(place, 1 if self.source.bom else 0)

    def placed(self, offset: int) -> tuple[Part, int] | None:
        """The text of the editor's that an offset of the program is in, and the offset there."""
        if self.source.cells is None:
            return self.parts[0], offset + bool(self.source.bom)
        row, column = self.source.row_and_column(offset)
        cell = self.source.cell_at(row)
        part = self.part(cell.index) if cell is not None else None
        if cell is None or part is None:
            return None
        lines, place = part.lines, Position(row - cell.first_row + 1, column)
        at = min(place.row, len(lines.starts)) - 1
        typed = lines.text[lines.starts[at] : lines.end_of(at)]
        return part, min(lines.at(place) + (shift_of(typed, self.source.line(row)) or 0), lines.end_of(at))

    def without(self, cells: Iterable[int | None]) -> Snapshot:
        """The program without the cells that can't be parsed: what the engine shows its rules, to the character."""
        broken = set(cells)
        if self.source.cells is None or not broken:
            return self
        lines = self.source.text.split("\n")
        for cell in self.source.cells:
            if cell.index in broken:
                lines[cell.first_row - 1 : cell.last_row] = ["#"] * (cell.last_row - cell.first_row + 1)
        return replace(self, source=self.source.with_text("\n".join(lines)))

    def spans(self, edits: Sequence[TextEdit]) -> Spans | None:
        """Edits of the program as edits of the editor's texts; None if they can't be made there."""
        if self.source.cells is None:
            shift = 1 if self.source.bom else 0
            moved = [TextEdit(e.start + shift, e.end + shift, e.content) for e in edits]
            return {self.parts[0].uri: moved}
        found: Spans = {}
        for edit in edits:
            placed = self._in_a_cell(edit)
            if placed is None:
                return None
            found.setdefault(placed[0].uri, []).append(placed[1])
        return found

    def _in_a_cell(self, edit: TextEdit) -> tuple[Part, TextEdit] | None:
        """An edit of the joined program in the one cell that it lies in; not where a magic stands."""
        rows = Lines(self.source.text)
        first = rows.position(edit.start)
        last = rows.position(edit.end)
        cell = self._cell_for(edit, first.line + 1, first.character)
        if cell is None:
            return None
        part = self.part(cell.index)
        if part is None:
            return None
        text, height = part.lines, cell.last_row - cell.first_row + 1
        top, bottom = first.line + 1 - cell.first_row, last.line + 1 - cell.first_row
        if bottom > height or (bottom == height and last.character):
            return None
        shown = self.source.text.split("\n")
        for row in range(top, min(bottom + bool(last.character), height)):
            line = text.text[text.starts[row] : text.end_of(row)] if row < len(text.starts) else ""
            if shown[cell.first_row - 1 + row] != line:
                return None
        content = edit.content if "\r\n" not in text.text else edit.content.replace("\n", "\r\n")
        start = text.starts[top] + first.character if top < height else len(text.text)
        if bottom < height:
            return part, TextEdit(start, text.starts[bottom] + last.character, content)
        return part, _at_the_end(text.text, start, content)

    def _cell_for(self, edit: TextEdit, row: int, column: int) -> Cell | None:
        """The cell that an edit belongs to; an indented insertion between two cells carries on the upper one."""
        cells = [cell for cell in self.source.cells or () if cell.last_row >= cell.first_row]
        upper = next((cell for cell in cells if cell.last_row == row - 1), None)
        inserted = edit.start == edit.end and column == 0
        if upper is not None and inserted and (edit.content[:1] in {" ", "\t"} or upper is cells[-1]):
            return upper
        return next((cell for cell in cells if cell.first_row <= row <= cell.last_row), None)


def _at_the_end(text: str, start: int, content: str) -> TextEdit:
    """An edit that reaches the end of a cell: the cell ends with a newline then if it did before."""
    if text.endswith(("\n", "\r")):
        return TextEdit(start, len(text), content)
    body = content.removesuffix("\n").removesuffix("\r")
    if start == len(text) and text and body:
        body = ("\r\n" if "\r\n" in text else "\n") + body
    elif not body and 0 < start < len(text):
        start -= 2 if text[:start].endswith("\r\n") else 1
    return TextEdit(start, len(text), body)


def script(uri: str, filename: str, version: int | None, lines: Lines) -> Snapshot:
    """The snapshot of a Python file."""
    bom = lines.text.startswith(BOM)
    source = Source(filename, lines.text[1:] if bom else lines.text, bom=bom)
    return Snapshot(uri, filename, (Part(uri, version, lines),), source)


def notebook(uri: str, filename: str, cells: Sequence[tuple[str, int | None, Lines]]) -> Snapshot:
    """The snapshot of a notebook's Python cells: one program, as from the file (see ``source.notebook``)."""
    rows: list[str] = []
    parts: list[Part] = []
    placed: list[Cell] = []
    for number, (address, version, lines) in enumerate(cells, 1):
        first = len(rows) + 1
        rows += neutralize(lines.text)
        placed.append(Cell(number, first, len(rows)))
        parts.append(Part(address, version, lines, number))
    text = "\n".join(rows) + ("\n" if rows else "")
    return Snapshot(uri, filename, tuple(parts), Source(filename, text, cells=tuple(placed)))
