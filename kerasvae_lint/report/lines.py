"""Source lines for the report, read when they are needed, one file at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_NEWLINE = re.compile(r"\r\n|\r|\n")


class SourceLines:
    """The lines of a file, or of a cell of a notebook.

    ``texts`` holds the text of what is not on disk (standard input) by file name.
    """

    def __init__(self, texts: Mapping[str, bytes] | None = None) -> None:
        self._texts = dict(texts or {})
        self._name = ""
        self._lines: list[str] = []
        self._cells: dict[int, str] = {}

    def of(self, filename: str, cell: int | None = None) -> Sequence[str]:
        """The lines; none if the file can't be read (any more)."""
        if filename != self._name:
            self._read(filename)
        if cell is None:
            return self._lines
        return _NEWLINE.split(self._cells[cell]) if cell in self._cells else ()

    def _read(self, filename: str) -> None:
        from kerasvae_lint.source import SourceError, decode
        from kerasvae_lint.source.disk import read_file
        from kerasvae_lint.source.text import typed

        self._name, self._lines, self._cells = filename, [], {}
        try:
            data = self._texts.get(filename)
            source = decode(read_file(filename) if data is None else data, filename)
        except (OSError, SourceError):
            return
        self._lines = _NEWLINE.split(source.text)
        self._cells = {cell.index: typed(source, cell) for cell in source.cells or ()}
