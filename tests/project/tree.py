"""A project on disk, and the indexes of it that this process and the next one make."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kerasvae_lint.project import Index, Indexes, index


class Tree:
    """A project whose files were all saved an hour ago, unless it is said otherwise."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.read: list[str] = []
        read = index._read

        def noted(path: str, size: int) -> bytes | None:
            self.read.append(self.name(path))
            return read(path, size)

        monkeypatch.setattr(index, "_read", noted)

    def name(self, path: str) -> str:
        return Path(path).relative_to(self.root).as_posix()

    def path(self, name: str) -> str:
        return str(self.root / name)

    def write(self, name: str, text: str, *, ago: float = 3600) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        status = path.stat()
        os.utime(path, (status.st_mtime - ago, status.st_mtime - ago))

    def index(self) -> Index:
        """The index in this process."""
        return Indexes(kept=True).of(self.root)

    def fresh(self) -> Index:
        """The index in a new process."""
        index.forget()
        return self.index()

    def holding(self, of: Index, *words: str, one_of: frozenset[str] = frozenset()) -> list[str]:
        """The names of the files that hold words; what was read for it stands in ``read``."""
        self.read.clear()
        return [self.name(path) for path in of.holding("", words, one_of)]
