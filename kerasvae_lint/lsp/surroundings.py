"""The files around the linted one, kept from one lint to the next and given up once any of them changes."""

from __future__ import annotations

import os
import time
from pathlib import Path

from kerasvae_lint.project import Index
from kerasvae_lint.model import Project

LOOK_AGAIN = 1.0
"""Seconds for which an unwatched disk is taken to be as it was."""
MAX_LINTS = 60
"""A project's models remember whom they met: after so many lints they are all let go."""
_SIGNATURE = tuple[int, int]


def signature(path: str) -> _SIGNATURE | None:
    """What changes when a file or a folder's list of files does; None if it is not there."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


class _Watched(Project):
    """A project that notes what it has seen of the disk, and when it was so."""

    def __init__(self) -> None:
        super().__init__()
        self._looked_into: set[Path] = set()
        self._indexed: set[str] = set()
        self._noted: dict[str, _SIGNATURE | None] = {}

    def _index(self, root: Path) -> Index:
        index = super()._index(root)
        if root not in self._looked_into:
            self._looked_into.add(root)
            self._indexed.update(index.rows, index.folders)
        return index

    def note(self, consulted: dict[str, str | None]) -> None:
        """Remember how the files that an answer rests on look now."""
        for path in (*consulted, *self._indexed):
            if path not in self._noted:
                self._noted[path] = signature(path)

    def is_stale(self) -> bool:
        """True if a file that was looked at has changed, come or gone."""
        return any(signature(path) != before for path, before in self._noted.items())


class Surroundings:
    """Hands out the project to lint in: the last one, as long as it is true."""

    def __init__(self) -> None:
        self._project: _Watched | None = None
        self._lints = 0
        self._looked = 0.0
        self._doubted = False

    def doubt(self) -> None:
        """Some file has changed: look before the next lint, however short a while ago that was done."""
        self._doubted = True

    def note(self, consulted: dict[str, str | None]) -> None:
        """Remember how the files look that the last answer rests on."""
        if self._project is not None:
            self._project.note(consulted)

    def project(self) -> _Watched:
        """The project for the next lint."""
        now = time.monotonic()
        if self._project is not None and (self._doubted or now - self._looked > LOOK_AGAIN):
            self._looked = now
            if self._doubted or self._project.is_stale():
                self._project = None
        self._doubted = False
        if self._project is None or self._lints >= MAX_LINTS:
            self._project = _Watched()
            self._lints, self._looked = 0, now
        self._lints += 1
        return self._project
