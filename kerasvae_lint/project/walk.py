"""Which files a project has: its Python files and notebooks with what changes when one is saved; nothing is read."""

from __future__ import annotations

import os
import stat
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from kerasvae_lint.source.files import has_marker
from kerasvae_lint.source.ignores import DEFAULT_EXCLUDES, Ignores

State = tuple[int, int, int, int]
"""A file's times of modification and of change of its entry in nanoseconds, its size and its inode."""

_ENVIRONMENTS = frozenset({"pyvenv.cfg", "conda-meta"})
MAX_SCRIPT, MAX_NOTEBOOK = 2_000_000, 20_000_000


def most_bytes(path: str) -> int:
    """How large a file around the linted ones may be; a larger one is not read."""
    return MAX_NOTEBOOK if path.endswith(".ipynb") else MAX_SCRIPT


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a project is looked at."""

    files: int
    bytes: int
    entries: int


LIMITS = Limits(files=20_000, bytes=400_000_000, entries=400_000)
LOOSE_LIMITS = Limits(files=4_000, bytes=80_000_000, entries=100_000)
"""For a folder that doesn't say that it is a project's: it may be somebody's home."""


@dataclass(slots=True)
class Walk:
    """What a walk through a project met, under absolute names.

    Attributes:
        files: in the order of their folders and names.
        folders: those that were looked into.
        left_out: what a limit left out, as half a sentence; empty if nothing was.
    """

    files: dict[str, State] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    left_out: str = ""


def limits_of(root: str) -> Limits:
    """How much of the project in ``root`` is looked at."""
    return LIMITS if has_marker(Path(root)) else LOOSE_LIMITS


def walk(root: str, limits: Limits | None = None) -> Walk:
    """The Python files and notebooks of a project.

    What stands near its top comes first where a limit is hit. Links to folders are not followed, nor is a link to a
    file that leads out of the project; hidden folders, virtual environments and ignored folders are left alone.
    """
    return _Walker(os.path.abspath(root), limits or limits_of(root)).walked()


class _Walker:
    def __init__(self, root: str, limits: Limits) -> None:
        self.root, self.limits = root, limits
        self.inside = os.path.join(os.path.realpath(root), "")
        self.ignores = Ignores(root, (), base=root)
        if self.ignores.match(root, folder=True):  # then what ignores the project as a whole says nothing about it
            self.ignores = Ignores(root, (), base=root, outer=False)
        self.found: dict[str, list[tuple[str, State]]] = {}
        self.entries = self.files = self.bytes = self.large = 0
        self.stopped = ""

    def walked(self) -> Walk:
        pending = deque([self.root])
        while pending and not self.stopped:
            pending.extend(self._folder(pending.popleft()))
        folders = sorted(self.found, key=lambda folder: folder.split(os.sep))
        files = {path: state for folder in folders for path, state in self.found[folder]}
        return Walk(files, folders, self._left_out())

    def _folder(self, folder: str) -> list[str]:
        """Note the files of a folder; the folders in it that are to be looked into."""
        try:
            with os.scandir(folder) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            return []
        names = {entry.name for entry in listed}
        if folder != self.root and not names.isdisjoint(_ENVIRONMENTS):
            return []
        self.entries += len(listed)
        if self.entries > self.limits.entries:
            self.stopped = f"after {self.limits.entries:,} entries of folders"
            return []
        if ".gitignore" in names:
            self.ignores.enter(folder)
        files = self.found[folder] = []
        folders = []
        for entry in listed:
            if entry.name.endswith((".py", ".ipynb")):
                self._file(entry, files)
            if not entry.name.startswith(".") and entry.name not in DEFAULT_EXCLUDES and _is_folder(entry):
                if not self.ignores.match(entry.path, folder=True):
                    folders.append(entry.path)
        return folders

    def _file(self, entry: os.DirEntry[str], files: list[tuple[str, State]]) -> None:
        try:
            status = os.stat(entry.path)
            if not stat.S_ISREG(status.st_mode):
                return
            if entry.is_symlink() and not os.path.realpath(entry.path).startswith(self.inside):
                return
        except OSError:
            return
        size = status.st_size
        if size > MAX_SCRIPT and (size > MAX_NOTEBOOK or entry.name.endswith(".py")):
            self.large += 1
            return
        if self.files >= self.limits.files or self.bytes + size > self.limits.bytes:
            full = self.files >= self.limits.files
            self.stopped = (
                f"after {self.limits.files:,} file{'s' if self.limits.files > 1 else ''}"
                if full
                else f"after {self.limits.bytes / 1e6:,.0f} MB"
            )
            return
        self.files += 1
        self.bytes += size
        files.append((entry.path, (status.st_mtime_ns, status.st_ctime_ns, size, status.st_ino)))

    def _left_out(self) -> str:
        parts = [f"the search ended {self.stopped}"] if self.stopped else []
        if self.large:
            parts.append(f"{self.large} large file{'s were' if self.large > 1 else ' was'} left out")
        return "; ".join(parts)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False
