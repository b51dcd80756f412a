"""Logical lines, read with Python's own tokenizer: what a comment belongs to, and a text that outlives reformatting."""

from __future__ import annotations

import bisect
import io
import re
import token
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field

from kerasvae_lint.source.text import Source

_SILENT = {tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER}
_OPENS = {getattr(token, name) for name in ("FSTRING_START", "TSTRING_START") if hasattr(token, name)}
_CLOSES = {getattr(token, name) for name in ("FSTRING_END", "TSTRING_END") if hasattr(token, name)}
_PLAIN_STRING = re.compile(r"[A-Za-z]*'[^'\"\\{]*'")
_HEADER = re.compile(r"(?:async\s+)?(?:def|class)\s+(\w+)")


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """A simple statement, or the header of a compound one.

    ``scope`` names the classes and functions around it, ``text`` is its code without comments, in one spelling.
    """

    first_row: int
    last_row: int
    scope: str
    text: str


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment, by row and offset; ``rows`` are those of the logical line that it stands in, or its own."""

    row: int
    offset: int
    text: str
    rows: range


@dataclass(slots=True)
class LogicalLines:
    """The logical lines and comments of a program, as far as they can be read.

    ``closed`` are the rows at whose end no comment can stand: a string or a backslash goes on in the next.
    """

    lines: list[LogicalLine] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    closed: set[int] = field(default_factory=set)
    complete: bool = True

    def at(self, row: int) -> LogicalLine | None:
        """The logical line that a row is part of."""
        index = bisect.bisect_right(self.lines, row, key=lambda line: line.first_row) - 1
        if index < 0 or row > self.lines[index].last_row:
            return None
        return self.lines[index]


def logical_lines(source: Source) -> LogicalLines:
    """Read a program; a notebook's cells one by one, so that a broken one costs itself alone."""
    if source.cells is None:
        return _Reader(source.text, 0, 0).read()
    found = LogicalLines()
    for cell in source.cells:
        start, end = source.row_start(cell.first_row), source.row_start(cell.last_row + 1)
        part = _Reader(source.text[start:end], cell.first_row - 1, start).read()
        found.lines += part.lines
        found.comments += part.comments
        found.closed |= part.closed
        found.complete = found.complete and part.complete
    return found


class _Reader:
    """One pass over the tokens of a text that begins ``rows`` rows and ``offset`` characters into its program."""

    def __init__(self, text: str, rows: int, offset: int) -> None:
        self.text, self.rows, self.offset = text, rows, offset
        self.found = LogicalLines()
        self.starts = [0]
        self.physical = list(io.StringIO(text, newline=""))
        for line in self.physical:
            self.starts.append(self.starts[-1] + len(line))
        self._first = 0
        self._spans: list[tuple[int, int]] = []
        self._comments: list[tokenize.TokenInfo] = []
        self._open: list[tuple[int, int]] = []
        self._scopes: list[tuple[int, str]] = []

    def read(self) -> LogicalLines:
        """Everything up to the first thing that is no Python."""
        try:
            for item in self._tokens():
                self._take(item)
        except (tokenize.TokenError, SyntaxError, IndentationError):
            self.found.complete = False
            for item in self._comments:
                self._comment(item, range(item.start[0], item.start[0] + 1))
        return self.found

    def _tokens(self) -> Iterator[tokenize.TokenInfo]:
        lines = iter(self.physical)
        return tokenize.generate_tokens(lambda: next(lines, ""))

    def _take(self, item: tokenize.TokenInfo) -> None:
        if item.type == tokenize.COMMENT:
            if self._first:
                self._comments.append(item)
            else:
                self._comment(item, range(item.start[0], item.start[0] + 1))
        elif item.type == tokenize.NEWLINE:
            if self._first:
                self._close(item.start[0])
        elif item.type not in _SILENT:
            self._first = self._first or item.start[0]
            self._string_or_other(item)

    def _string_or_other(self, item: tokenize.TokenInfo) -> None:
        """Before Python 3.12 an f-string is one token; later, all between its ends counts as one."""
        if item.type in _OPENS:
            self._open.append(item.start)
            return
        start = item.start
        if self._open:
            if item.type not in _CLOSES:
                return
            start = self._open.pop()
            if self._open:
                return
        self._spans.append((self._place(start), self._place(item.end)))
        self.found.closed.update(range(start[0] + self.rows, item.end[0] + self.rows))

    def _place(self, position: tuple[int, int]) -> int:
        return self.starts[position[0] - 1] + position[1]

    def _comment(self, item: tokenize.TokenInfo, rows: range) -> None:
        moved = range(rows.start + self.rows, rows.stop + self.rows)
        offset = self._place(item.start) + self.offset
        self.found.comments.append(Comment(item.start[0] + self.rows, offset, item.string, moved))

    def _close(self, last: int) -> None:
        rows = range(self._first, last + 1)
        for item in self._comments:
            self._comment(item, rows)
        commented = {item.start[0] for item in self._comments}
        for row in rows:
            if row not in commented and self.physical[row - 1].rstrip("\r\n").endswith("\\"):
                self.found.closed.add(row + self.rows)
        text = _one_spelling([self.text[start:end] for start, end in self._spans])
        column = self._spans[0][0] - self.starts[self._first - 1] if self._spans else 0
        while self._scopes and self._scopes[-1][0] >= column:
            self._scopes.pop()
        scope = ".".join(name for _, name in self._scopes)
        self.found.lines.append(LogicalLine(rows.start + self.rows, last + self.rows, scope, text))
        header = _HEADER.match(text)
        if header is not None:
            self._scopes.append((column, header[1]))
        self._first, self._spans, self._comments = 0, [], []


def _one_spelling(pieces: list[str]) -> str:
    """Tokens as one line that does not depend on line breaks, spaces, trailing commas and kinds of quotes."""
    made: list[str] = []
    for piece in pieces:
        if _PLAIN_STRING.fullmatch(piece):
            piece = piece.replace("'", '"')
        if made and piece in {")", "]", "}"} and made[-1] == ",":
            made.pop()
        if made and (made[-1] == "," or (_is_word(made[-1][-1]) and _is_word(piece[0]))):
            made.append(" ")
        made.append(piece)
    return " ".join("".join(made).split())


def _is_word(char: str) -> bool:
    return char.isalnum() or char in "_\"'"
