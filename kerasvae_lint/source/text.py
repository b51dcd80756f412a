"""From bytes to text: encodings, byte order marks, newlines; and places in the text."""

from __future__ import annotations

import bisect
import codecs
import re
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from kerasvae_lint.core import Position

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:[#\r\n]|$)")
_CELL_MAGIC = re.compile(r"\s*%%.*(?:\r\n|\r|\n|$)")
_NEWLINE = re.compile(r"\r\n|\r|\n")


class SourceError(Exception):
    """A file that can't be read as Python; ``message`` is one line without the file's name."""

    def __init__(self, message: str, location: Position | None = None, cell: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.location = location
        self.cell = cell


@dataclass(frozen=True, slots=True)
class Cell:
    """A notebook's code cell in the joined program: its number over all cells, its rows (from 1), what was typed.

    Without ``text`` it was typed as the program has it.
    """

    index: int
    first_row: int
    last_row: int
    text: str | None = None

    @property
    def first_code_row(self) -> int:
        """The first row below a magic of the whole cell, such as ``%%time``."""
        magic = _CELL_MAGIC.match(self.text or "")
        return self.first_row + (len(_NEWLINE.findall(magic[0])) if magic is not None else 0)


@dataclass(frozen=True)
class Source:
    """The text of one file (for a notebook: the program that its code cells make).

    ``text`` has the file's own newlines and no byte order mark. ``problems`` are cells that could not be used.
    """

    filename: str
    text: str
    encoding: str = "utf-8"
    bom: bool = False
    cells: tuple[Cell, ...] | None = None
    problems: tuple[tuple[int | None, Position | None, str], ...] = field(default=())

    @property
    def is_notebook(self) -> bool:
        """True for a notebook's joined program."""
        return self.cells is not None

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _NEWLINE.finditer(self.text))]

    def position(self, offset: int) -> tuple[int | None, Position]:
        """The cell (None in a script) and the place of a character offset."""
        row, column = self.row_and_column(offset)
        cell = self.cell_at(row)
        if cell is None:
            return None, Position(row, column)
        row -= cell.first_row - 1
        return cell.index, Position(row, typed_column(self, cell, row, column))

    def row_and_column(self, offset: int) -> tuple[int, int]:
        """The row and the column of an offset in the text, both from 1."""
        row = bisect.bisect_right(self._starts, offset)
        return row, offset - self._starts[row - 1] + 1

    def cell_at(self, row: int) -> Cell | None:
        """The cell that a row of the program is in; the empty row behind a cell counts as its end."""
        index = bisect.bisect_right(self.cells or (), row, key=lambda cell: cell.first_row)
        return self.cells[index - 1] if self.cells and index else None

    def row_start(self, row: int) -> int:
        """The offset at which a row of the program begins; the text's end past the last."""
        return self._starts[row - 1] if row <= len(self._starts) else len(self.text)

    def program_row(self, cell: int | None, row: int) -> int:
        """The row of the joined program for a row of a cell."""
        for candidate in self.cells or ():
            if candidate.index == cell:
                return candidate.first_row + row - 1
        return row

    def line(self, row: int) -> str:
        """A line of the program by its row, without its newline; empty past the end."""
        if not 1 <= row <= len(self._starts):
            return ""
        end = self._starts[row] if row < len(self._starts) else len(self.text)
        return self.text[self._starts[row - 1] : end].rstrip("\r\n")

    def display(self, offset: int) -> str:
        """``12:5``, or ``cell 3:12:5`` in a notebook."""
        cell, place = self.position(offset)
        return f"{f'cell {cell}:' if cell is not None else ''}{place.row}:{place.column}"

    def encode(self, text: str) -> bytes:
        """``text`` in the file's own encoding, with its byte order mark."""
        data = text.encode(self.encoding)
        return codecs.BOM_UTF8 + data if self.bom else data

    def with_text(self, text: str) -> Source:
        """The same file with other text."""
        return replace(self, text=text)


def decode_script(data: bytes, filename: str) -> Source:
    """Decode a Python file as PEP 263 says.

    Raises:
        SourceError: NUL bytes, an unknown encoding, bytes that are not in the encoding.
    """
    bom = data.startswith(codecs.BOM_UTF8)
    if bom:
        data = data[3:]
    if b"\0" in data:
        row = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise SourceError("source holds a NUL byte", Position(row, 1))
    encoding = _cookie(data)
    if bom and encoding not in {"utf-8", "utf-8-sig"}:
        raise SourceError(f"the encoding cookie says {encoding}, the byte order mark says utf-8", Position(1, 1))
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise SourceError(f"byte 0x{data[error.start]:02x} is not {encoding}", Position(row, 1)) from None
    return Source(filename, text, encoding, bom)


def _cookie(data: bytes) -> str:
    for row, line in enumerate(data.split(b"\n", 2)[:2], 1):
        match = _COOKIE.match(line)
        if match is not None:
            name = match[1].decode("ascii", "replace")
            try:
                found = codecs.lookup(name)
            except LookupError:
                raise SourceError(f"unknown encoding {name}", Position(row, 1)) from None
            if not getattr(found, "_is_text_encoding", True):
                raise SourceError(f"{name} is not a text encoding", Position(row, 1))
            return found.name
        if not _BLANK.match(line):
            break
    return "utf-8"


@lru_cache(maxsize=64)
def typed_lines(text: str) -> tuple[str, ...]:
    """The lines of a cell without their newlines: as many as it has rows in the program."""
    lines = _NEWLINE.split(text)
    return tuple(lines if len(lines) == 1 or lines[-1] else lines[:-1])


def typed(source: Source, cell: Cell) -> str:
    """The text of a cell."""
    if cell.text is not None:
        return cell.text
    return source.text[source.row_start(cell.first_row) : source.row_start(cell.last_row + 1)]


def typed_column(source: Source, cell: Cell, row: int, column: int) -> int:
    """The column in the cell for a column of the program.

    ``%time`` stands before the code that it times, and a cell may be indented as a whole.
    """
    lines = typed_lines(typed(source, cell))
    if not 1 <= row <= len(lines):
        return column
    plain = source.line(cell.first_row + row - 1)
    line = lines[row - 1]
    shift = shift_of(line, plain)
    before = len(plain) - len(plain.lstrip())
    if not shift or (column <= before and not line.endswith(plain)):
        return column
    return column + shift


def shift_of(line: str, plain: str) -> int | None:
    """How far the code of a line stands to the right of where the program has it; None for a line that is a magic."""
    if line == plain:
        return 0
    if line.endswith(plain) and not line.removesuffix(plain).strip():
        return len(line) - len(plain)
    timed = plain.strip() and line.lstrip().startswith("%") and line.endswith(plain.lstrip())
    return len(line) - len(plain) if timed else None
