"""Which files to lint: Python and notebooks, ``.gitignore`` and excludes respected."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kerasvae_lint.core import Problem
from kerasvae_lint.source.ignores import DEFAULT_EXCLUDES, Ignores

SUFFIXES = (".py", ".ipynb")
Item = str | Problem


def discover(
    paths: list[str],
    exclude: Callable[[str], tuple[str, ...]],
    visited: list[str] | None = None,
    outside: list[str] | None = None,
) -> Iterator[Item]:
    """Files to lint in order, each once, and problems with what was asked for.

    A file that is named is linted even if it is excluded. Folders are walked without following links to folders, nor
    links to files that lead out of the folder: whoever made the folder may not say what else is read or fixed.

    Args:
        paths: files and folders.
        exclude: gives the patterns for a folder.
        visited: gets the folders that were looked into.
        outside: gets the links that were not followed.
    """
    seen: set[str] = set()
    for path in paths:
        for item in _one(path, exclude, visited, outside):
            if isinstance(item, str):
                real = os.path.realpath(item)
                if real in seen:
                    continue
                seen.add(real)
            yield item


def is_excluded(filename: str, patterns: tuple[str, ...]) -> bool:
    """True if walking the current folder would leave a file out for these patterns."""
    relative = os.path.relpath(filename).replace(os.sep, "/")
    if not patterns or relative.startswith("../"):
        return False
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(patterns).match_file(relative)


def _one(
    path: str, exclude: Callable[[str], tuple[str, ...]], visited: list[str] | None, outside: list[str] | None
) -> Iterator[Item]:
    if os.path.isdir(path):
        yield from _Walk(path, Ignores(path, exclude(path)), visited, outside).items()
    elif os.path.exists(path):
        yield path
    elif os.path.islink(path):
        yield Problem(path, "broken link")
    else:
        yield Problem(path, "no such file or directory")


class _Walk:
    """A walk through one folder; without recursion, since folders can be nested deeper than calls."""

    def __init__(self, top: str, ignores: Ignores, visited: list[str] | None, outside: list[str] | None) -> None:
        self.top = top
        self.ignores = ignores
        self.visited = visited if visited is not None else []
        self.outside = outside if outside is not None else []
        self._inside = os.path.join(os.path.realpath(top), "")

    def items(self) -> Iterator[Item]:
        """The files in order of their names, and what can't be looked at."""
        pending = [self._listed(self.top)]
        while pending:
            item = next(pending[-1], None)
            if item is None:
                pending.pop()
            elif isinstance(item, _Folder):
                pending.append(self._listed(item.path))
            else:
                yield item

    def _listed(self, folder: str) -> Iterator[Item | _Folder]:
        self.visited.append(folder)
        self.ignores.enter(folder)
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            yield Problem(folder, f"can't be read: {(error.strerror or str(error)).lower()}")
            return
        for entry in entries:
            path = os.path.join(folder, entry.name) if folder != "." else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in DEFAULT_EXCLUDES and not self.ignores.match(path, folder=True):
                    yield _Folder(path)
            elif entry.name.endswith(SUFFIXES) and not os.path.isdir(path):
                if not self.ignores.match(path, folder=False):
                    yield from self._file(path, entry.is_symlink())

    def _file(self, path: str, is_link: bool) -> Iterator[Item]:
        if is_link and not os.path.exists(path):
            yield Problem(path, "broken link")
        elif is_link and not os.path.realpath(path).startswith(self._inside):
            self.outside.append(path)
        else:
            yield path


@dataclass(frozen=True, slots=True)
class _Folder:
    path: str


def is_left_out(path: str, top: str, patterns: tuple[str, ...]) -> bool:
    """True if a walk that begins in ``top``, the folder that ``patterns`` are relative to, would not meet the file."""
    absolute = os.path.abspath(path)
    if "site-packages" in Path(absolute).parts[:-1]:
        return True
    if not absolute.startswith(os.path.join(top, "")):
        return False
    ignores = Ignores(top, patterns, base=top)
    at = top
    for name in Path(absolute).relative_to(top).parts[:-1]:
        ignores.enter(at)
        at = os.path.join(at, name)
        if name in DEFAULT_EXCLUDES or ignores.match(at, folder=True):
            return True
    ignores.enter(at)
    return ignores.match(absolute, folder=False)
