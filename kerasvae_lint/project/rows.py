"""What is known of each file of a project, and how it is kept on disk: numbers, names, words; nothing that runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kerasvae_lint.project.walk import State
from kerasvae_lint.project.words import FACTS, is_telling, outline_of, words_of
from kerasvae_lint.source.disk import read_file

_FORMAT = f"kvlint index 1 {FACTS}\n".encode()
MAX_INDEX = 512_000_000
"""More than an index ever has; a larger file is none of kvlint's."""
_UNKNOWN, _SILENT, _TELLING = range(3)


class Row:
    """One file in one state; what it says is learned when its bytes are at hand.

    Attributes:
        state: the file's, when it was listed.
        settled: false for a file that was changed so short a while ago that it may change again and look the same.
        telling: true if the file holds layers, callbacks or writes; None if nobody has looked.
        words: of a telling file.
        outline: what it imports and defines; None if nobody has looked.
        kept: all that is known stands on disk.
    """

    __slots__ = ("kept", "outline", "settled", "state", "telling", "words")

    def __init__(self, state: State, settled: bool) -> None:
        self.state = state
        self.settled = settled
        self.telling: bool | None = None
        self.words = b""
        self.outline: bytes | None = None
        self.kept = False

    def learn_words(self, data: bytes) -> None:
        """Note the words of the file."""
        self.words = words_of(data) if is_telling(data) else b""
        self.telling = bool(self.words)
        self.kept = False

    def learn_outline(self, data: bytes) -> bytes:
        """Note what the file imports and defines."""
        self.outline = outline_of(data)
        self.kept = False
        return self.outline

    @property
    def is_known(self) -> bool:
        """True if there is anything to keep."""
        return self.telling is not None or self.outline is not None


def dump(rows: Mapping[str, Row]) -> bytes:
    """The rows as they are kept, by names relative to the project's folder."""
    chosen = {name: row for name, row in rows.items() if row.settled and row.is_known}
    blobs: list[bytes] = []
    table: list[list[Any]] = []
    for name, row in chosen.items():
        telling = _UNKNOWN if row.telling is None else _TELLING if row.telling else _SILENT
        outline = -1 if row.outline is None else len(row.outline)
        table.append([name, *row.state, telling, len(row.words), outline])
        blobs += row.words, row.outline or b""
    data = json.dumps(table, separators=(",", ":")).encode() + b"\n" + b"".join(blobs)
    return _FORMAT + hashlib.sha256(data).digest() + data


def load(path: Path) -> dict[str, Row]:
    """The rows that are kept in a file; none if it is missing, foreign, of another version, or damaged."""
    try:
        data = read_file(path, MAX_INDEX)
        check, start = len(_FORMAT), len(_FORMAT) + 32
        if not data.startswith(_FORMAT) or hashlib.sha256(data[start:]).digest() != data[check:start]:
            return {}
        end = data.index(b"\n", start)
        return _rows(json.loads(data[start:end]), data, end + 1)
    except (OSError, ValueError, TypeError, RecursionError):
        return {}


def _rows(table: list[tuple[str, int, int, int, int, int, int, int]], data: bytes, at: int) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for name, modified, changed, size, inode, telling, words, outline in table:
        if not isinstance(name, str):
            raise TypeError("a name is text")
        row = rows[name] = Row((modified, changed, size, inode), settled=True)
        row.telling = None if telling == _UNKNOWN else telling == _TELLING
        row.words = data[at : at + words]
        at += words
        if outline >= 0:
            row.outline = data[at : at + outline]
            at += outline
        row.kept = True
    return rows
