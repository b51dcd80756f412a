"""The state of all files that a lint of some paths rests on: what changed between two moments, and what to watch."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from kerasvae_lint.core import Settings
from kerasvae_lint.project.walk import walk
from kerasvae_lint.run.discovery import SUFFIXES, discover
from kerasvae_lint.source.files import project_root

_CONFIGURATION = re.compile(
    r"pyproject\.toml|setup\.(py|cfg)|Pipfile|environment\.ya?ml|\.gitignore|.*requirements.*\.txt"
)


@dataclass(slots=True)
class Snapshot:
    """Absolute names.

    Attributes:
        files: what lints, what it may import, and what configures it; each with what changes when it is saved.
        folders: the folders where something that matters can come or go.
    """

    files: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)

    def changes(self, older: Snapshot) -> list[str]:
        """The files that are new, gone or not the same as in ``older``."""
        names = {**older.files, **self.files}
        return sorted(name for name in names if self.files.get(name) != older.files.get(name))

    def add(self, path: str) -> None:
        """Note a file as it is now; one that is gone is none."""
        try:
            status = os.stat(path)
        except OSError:
            self.files.pop(path, None)
            return
        self.files[path] = status.st_mtime_ns, status.st_size, status.st_ino


def take(paths: Iterable[str], settings_for: Callable[[str], Settings], extra: Iterable[str] = ()) -> Snapshot:
    """The files that linting ``paths`` reads, without reading them; ``extra`` are more files that count."""
    made = Snapshot()
    given = [os.path.abspath(path) for path in paths]
    visited: list[str] = []
    for item in discover(given, lambda folder: settings_for(folder).all_excludes, visited):
        if isinstance(item, str):
            made.add(item)
            made.folders.add(os.path.dirname(item))
            made.folders.add(os.path.dirname(os.path.realpath(item)))
    made.folders.update(visited)
    for root in {str(project_root(os.path.join(path, "_") if os.path.isdir(path) else path)) for path in given}:
        if root not in made.folders:
            around = walk(root)
            made.folders.update(around.folders)
            for path in around.files:
                made.add(path)
        made.folders.update(_above(root, given))
    for path in extra:
        made.add(os.path.abspath(path))
        made.folders.add(os.path.dirname(os.path.abspath(path)))
    for folder in made.folders:
        for name in _names(folder):
            if _CONFIGURATION.fullmatch(name):
                made.add(os.path.join(folder, name))
    return made


def _above(root: str, given: list[str]) -> set[str]:
    """The folders between a project's and the paths in it, whose settings count; of a path that is gone, what is left.

    A path that is no longer there can come again.
    """
    found: set[str] = set()
    for path in given:
        at = os.path.dirname(path)
        while at.startswith(os.path.join(root, "")):
            found.add(at)
            at = os.path.dirname(at)
        at = path
        while not os.path.exists(at):
            at = os.path.dirname(at)
        if at != path:
            found.add(at)
    return {folder for folder in (*found, root) if os.path.isdir(folder)}


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def matters(path: str, folders: set[str]) -> bool:
    """A quick look at a path that something has happened to: can it change what linting says?"""
    folder, name = os.path.split(path)
    if path in folders:
        return True
    if folder not in folders:
        return False
    return name.endswith(SUFFIXES) or _CONFIGURATION.fullmatch(name) is not None or os.path.isdir(path)
