"""Where a node of Python's ``ast`` stands in the text, in characters."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_NEWLINE = re.compile(r"\r\n|\r|\n")

Span = tuple[int, int]


def spans_of(text: str) -> Callable[[Any], Span]:
    """A function that gives start and end of any node that has a place in ``text``.

    Rows end as Python ends them (a form feed or a Unicode line separator ends none), and columns of ``ast`` count
    bytes of UTF-8.
    """
    starts = [0, 0, *(match.end() for match in _NEWLINE.finditer(text))]  # rows count from 1
    if text.isascii():

        def plain(node: Any) -> Span:
            return starts[node.lineno] + node.col_offset, starts[node.end_lineno] + node.end_col_offset

        return plain
    wide = _wide_rows(text, starts)

    def span(node: Any) -> Span:
        row, start = node.lineno, node.col_offset
        if row in wide:
            start = len(wide[row][:start].decode("utf-8", "replace"))
        end_row, end = node.end_lineno, node.end_col_offset
        if end_row in wide:
            end = len(wide[end_row][:end].decode("utf-8", "replace"))
        return starts[row] + start, starts[end_row] + end

    return span


def _wide_rows(text: str, starts: list[int]) -> dict[int, bytes]:
    """The rows that hold more than ASCII, encoded."""
    rows = {}
    for row in range(1, len(starts)):
        line = text[starts[row] : starts[row + 1] if row + 1 < len(starts) else len(text)]
        if not line.isascii():
            rows[row] = line.encode("utf-8", "surrogatepass")
    return rows
