"""Places as other programs count them: paths from the repository's root, columns in UTF-16 units."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kerasvae_lint.core import Edit, Finding, Position

if TYPE_CHECKING:
    from kerasvae_lint.source import Source
    from kerasvae_lint.source.raw_cells import RawCells

_NEWLINE = re.compile(r"\r\n|\r|\n")
_KEPT = 64
"""How many files are kept in memory at once."""


@dataclass(frozen=True, slots=True)
class Region:
    """A range in a file as it is on disk; all count from 1, the end column is the first one behind."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int


START = Region(1, 1, 1, 1)


@dataclass(slots=True)
class _File:
    source: Source | None = None
    lines: list[str] = field(default_factory=list)
    raw: RawCells | None = None
    raw_starts: list[int] = field(default_factory=list)
    raw_lines: list[str] = field(default_factory=list)


class Places:
    """Turns findings' places into those of the files: read when they are needed.

    A finding in a notebook is placed in a cell; its region is that of the same characters in the
    notebook's JSON, which is what a viewer of the file (or of a pull request) shows.

    Args:
        base: the folder that paths are relative to.
        texts: what is not on disk (standard input), by file name.
    """

    def __init__(self, base: str, texts: Mapping[str, bytes] | None = None) -> None:
        self.base = os.path.abspath(base)
        self._texts = dict(texts or {})
        self._files: dict[str, _File] = {}

    def relative(self, filename: str) -> str | None:
        """The path below the base, with slashes; None for what lies elsewhere, or is no file."""
        if not is_file(filename):
            return None
        inside = os.path.join(self.base, "")
        for whole in (os.path.abspath, os.path.realpath):
            path = whole(filename)
            if path.startswith(inside):
                return path[len(inside) :].replace(os.sep, "/")
        return None

    def path(self, filename: str) -> str:
        """The path below the base, or the absolute one; standard input is ``-``."""
        if not is_file(filename):
            return filename
        return self.relative(filename) or os.path.abspath(filename).replace(os.sep, "/")

    def lines(self, filename: str, cell: int | None = None) -> Sequence[str]:
        """The lines of a file or of a cell, as kvlint reads them."""
        file = self._file(filename)
        if cell is None or file.source is None:
            return file.lines
        for candidate in file.source.cells or ():
            if candidate.index == cell:
                return file.lines[candidate.first_row - 1 : candidate.last_row]
        return ()

    def region(self, filename: str, start: Position, end: Position | None = None, cell: int | None = None) -> Region:
        """The range from ``start`` to ``end`` (or of nothing, at ``start``) in the file."""
        end = end or start
        if cell is None:
            return Region(start.row, self._column(filename, start), end.row, self._column(filename, end))
        return self._raw_region(self._file(filename), cell, start, end) or START

    def pointer(self, filename: str, cell: int) -> str:
        """A notebook's cell as a JSON pointer: ``/cells/2`` is the third."""
        raw = self._file(filename).raw
        return (raw.pointer(cell) if raw is not None else None) or f"/cells/{cell - 1}"

    def finding(self, finding: Finding) -> Region:
        """The range of a finding."""
        return self.region(finding.filename, finding.location, finding.end_location, finding.cell)

    def snippet(self, filename: str, region: Region, *, notebook: bool) -> str:
        """The text of a region of the file, its line breaks as newlines; empty if it can't be read."""
        file = self._file(filename)
        lines = (file.raw_lines if notebook else file.lines)[region.start_line - 1 : region.end_line]
        if len(lines) != region.end_line - region.start_line + 1:
            return ""
        units = [line.encode("utf-16-le", "surrogatepass") for line in lines]
        units[-1] = units[-1][: 2 * (region.end_column - 1)]
        units[0] = units[0][2 * (region.start_column - 1) :]
        return "\n".join(unit.decode("utf-16-le", "replace") for unit in units)

    def edit(self, filename: str, edit: Edit, *, notebook: bool) -> tuple[Region, str] | None:
        """What to replace in the file, and by what; None if it can't be said for this notebook."""
        if not notebook:
            return self.region(filename, edit.location, edit.end_location), edit.content
        file = self._file(filename)
        if file.source is None or file.raw is None:
            return None
        cell, start = file.source.position(edit.start_offset)
        last, end = file.source.position(edit.end_offset)
        if cell is None or cell != last or not self._is_verbatim(file, cell, start.row, end.row):
            return None
        region = self._raw_region(file, cell, start, end)
        content = json.dumps(edit.content, ensure_ascii=file.raw.text.isascii())[1:-1]
        return (region, content) if region is not None else None

    def _is_verbatim(self, file: _File, cell: int, first: int, last: int) -> bool:
        """True if kvlint reads these lines as they stand in the cell: no magics."""
        if file.source is None or file.raw is None:
            return False
        return all(
            file.source.line(file.source.program_row(cell, row)) == file.raw.line(cell, row)
            for row in range(first, last + 1)
        )

    def _raw_region(self, file: _File, cell: int, start: Position, end: Position) -> Region | None:
        if file.raw is None:
            return None
        offsets = [file.raw.offset(cell, place.row, place.column) for place in (start, end)]
        corners: list[int] = []
        for offset in offsets:
            if offset is None:
                return None
            from kerasvae_lint.source.raw_cells import line_and_column

            row, column = line_and_column(file.raw_starts, offset)
            corners += (row, _utf16(file.raw_lines[row - 1], column))
        return Region(*corners)

    def _column(self, filename: str, place: Position) -> int:
        lines = self._file(filename).lines
        return _utf16(lines[place.row - 1], place.column) if 1 <= place.row <= len(lines) else place.column

    def _file(self, filename: str) -> _File:
        if filename not in self._files:
            if len(self._files) >= _KEPT:
                self._files.clear()
            self._files[filename] = self._read(filename)
        return self._files[filename]

    def _read(self, filename: str) -> _File:
        from kerasvae_lint.source import SourceError, decode
        from kerasvae_lint.source.disk import read_file
        from kerasvae_lint.source.raw_cells import RawCells, line_starts

        file = _File()
        try:
            data = self._texts.get(filename)
            data = read_file(filename) if data is None else data
            file.source = decode(data, filename)
        except (OSError, SourceError):
            return file
        file.lines = _split(file.source.text)
        if file.source.is_notebook:
            text = data.decode("utf-8-sig")
            file.raw = RawCells(text)
            file.raw_starts = line_starts(text)
            file.raw_lines = _split(text)
        return file


def _split(text: str) -> list[str]:
    return _NEWLINE.split(text)


def _utf16(line: str, column: int) -> int:
    """A column of characters as a column of UTF-16 code units."""
    if line.isascii():
        return column
    return column + sum(ord(character) > 0xFFFF for character in line[: column - 1])


def is_file(filename: str) -> bool:
    """False for standard input (``-``) and for text that was given without a name (``<string>``)."""
    return filename != "-" and not filename.startswith("<")


def well_formed(text: str) -> str:
    """``text`` without lone surrogates, which no encoding of Unicode can carry."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def in_cell(finding: Finding) -> str:
    """``Cell 3, line 2: `` before the message of a finding in a notebook; nothing before others."""
    return f"Cell {finding.cell}, line {finding.location.row}: " if finding.cell is not None else ""
