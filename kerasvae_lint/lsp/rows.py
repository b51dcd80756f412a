"""Where the rows of a program stand in a newer text of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from difflib import SequenceMatcher

Rows = Callable[[int], int]
"""From a row of the old text to the row of the new, both from 1."""

MAX_COMPARED = 300
"""So many rows that differ are looked through for some that don't."""
_NEWLINE = re.compile(r"\r\n|\r|\n")
_PIECE = re.compile(
    r"(#[^\r\n]*)"
    r'|"""(?:[^\\]|\\.)*?"""'
    r"|'''(?:[^\\]|\\.)*?'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'",
    re.DOTALL,
)
_INSIDE = "\0"
"""Stands for a newline inside a string: no Python program holds it."""


class Code:
    """A program without its comments and its empty rows: what two texts of one program have in common."""

    def __init__(self, text: str) -> None:
        self.lines: list[str] = []
        self.starts: list[int] = []
        row, continued = 1, False
        for line in _PIECE.sub(_plain, text.replace("\r\n", "\n").replace("\r", "\n")).split("\n"):
            bare = line.rstrip()
            if bare or continued:
                continued = bare.endswith("\\")
                self.lines.append(line if continued else bare)
                self.starts.append(row)
            row += 1 + line.count(_INSIDE)

    def rows_in(self, newer: Code) -> Rows | None:
        """Where the rows are in ``newer``; None if that is another program."""
        if self.lines != newer.lines:
            return None

        def moved(row: int) -> int:
            index = max(bisect_right(self.starts, row) - 1, 0)
            return newer.starts[index] + row - self.starts[index] if self.starts else row

        return moved


def _plain(piece: re.Match[str]) -> str:
    """A string on one line, and nothing for a comment.

    One with a quote in it is left where it is: it may be part of an f-string with strings inside.
    """
    text = piece[0]
    if piece[1] is not None:
        return text if '"' in text or "'" in text else ""
    return text.replace("\n", _INSIDE)


def nearest(old: str, new: str) -> Rows:
    """Where rows have most likely gone: those that are as they were stay with their text, others with the row above."""
    before, after = _NEWLINE.split(old), _NEWLINE.split(new)
    shorter = min(len(before), len(after))
    top = 0
    while top < shorter and before[top] == after[top]:
        top += 1
    below = 0
    while below < shorter - top and before[-1 - below] == after[-1 - below]:
        below += 1

    kept = [(0, 0), (len(before) - below, len(after) - below)]
    middle = before[top : len(before) - below], after[top : len(after) - below]
    if max(map(len, middle)) <= MAX_COMPARED:
        blocks = SequenceMatcher(None, *middle, autojunk=False).get_matching_blocks()
        kept[1:1] = [(top + block.a, top + block.b) for block in blocks if block.size]
    starts = [start for start, _ in kept]

    def moved(row: int) -> int:
        index = bisect_right(starts, row - 1) - 1
        end = kept[index + 1][1] if index + 1 < len(kept) else len(after)
        return max(min(kept[index][1] + row - starts[index], end), 1)

    return moved
