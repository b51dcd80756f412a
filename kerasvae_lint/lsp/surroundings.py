"""The files around the linted one, kept from one lint to the next and given up once any of them changes."""

from __future__ import annotations

import os
import time

from kerasvae_lint.model import Project
from kerasvae_lint.project import Index, Indexes

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


class _Seen(Indexes):
    """Indexes that remember which files and folders they rest on."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: set[str] = set()
        self._roots: set[str] = set()

    def of(self, root: str | os.PathLike[str]) -> Index:
        """The index of the project in a folder."""
        index = super().of(root)
        if os.fspath(root) not in self._roots:
            self._roots.add(os.fspath(root))
            self.paths.update(index.rows, index.folders)
        return index


class Watched(Project):
    """A project that notes what it has seen of the disk, and when it was so."""

    def __init__(self) -> None:
        self._seen = _Seen()
        super().__init__(self._seen)
        self._noted: dict[str, _SIGNATURE | None] = {}

    def note(self, consulted: dict[str, str | None]) -> None:
        """Remember how the files that an answer rests on look now."""
        for path in (*consulted, *self._seen.paths):
            if path not in self._noted:
                self._noted[path] = signature(path)

    def note_read(self) -> None:
        """The same for all that was read so far."""
        self.note(self._hashes)

    def is_stale(self) -> bool:
        """True if a file that was looked at has changed, come or gone."""
        return any(signature(path) != before for path, before in self._noted.items())


class Surroundings:
    """Hands out the project to lint in: the last one, as long as it is true."""

    def __init__(self) -> None:
        self._project: Watched | None = None
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

    def note_read(self) -> None:
        """The same for an answer that doesn't say what it rests on: for all files that were read so far."""
        if self._project is not None:
            self._project.note_read()

    def project(self) -> Watched:
        """The project for the next lint."""
        now = time.monotonic()
        if self._project is not None and (self._doubted or now - self._looked > LOOK_AGAIN):
            self._looked = now
            if self._doubted or self._project.is_stale():
                self._project = None
        self._doubted = False
        if self._project is None or self._lints >= MAX_LINTS:
            self._project = Watched()
            self._lints, self._looked = 0, now
        self._lints += 1
        return self._project
