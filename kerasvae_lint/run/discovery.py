"""Which files to lint: Python and notebooks, ``.gitignore`` and excludes respected."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kerasvae_lint.core import Problem

if TYPE_CHECKING:
    from pathspec import PathSpec

SUFFIXES = (".py", ".ipynb")
DEFAULT_EXCLUDES = frozenset(
    [
        ".bzr",
        ".direnv",
        ".eggs",
        ".git",
        ".git-rewrite",
        ".hg",
        ".ipynb_checkpoints",
        ".kvlint_cache",
        ".mypy_cache",
        ".nox",
        ".pants.d",
        ".pyenv",
        ".pytest_cache",
        ".pytype",
        ".ruff_cache",
        ".svn",
        ".tox",
        ".venv",
        ".vscode",
        "__pypackages__",
        "__pycache__",
        "_build",
        "buck-out",
        "build",
        "dist",
        "node_modules",
        "site-packages",
        "venv",
    ]
)

Item = str | Problem


def discover(
    paths: list[str], exclude: Callable[[str], tuple[str, ...]], visited: list[str] | None = None
) -> Iterator[Item]:
    """Files to lint in order, each once, and problems with what was asked for.

    A file that is named is linted even if it is excluded; folders are walked without following links to folders.
    ``exclude`` gives the patterns for a folder; ``visited`` gets the folders that were looked into.
    """
    seen: set[str] = set()
    for path in paths:
        for item in _one(path, exclude, visited):
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


def _one(path: str, exclude: Callable[[str], tuple[str, ...]], visited: list[str] | None) -> Iterator[Item]:
    if os.path.isdir(path):
        yield from _folder(path, _Ignores(path, exclude(path)), visited)
    elif os.path.exists(path):
        yield path
    elif os.path.islink(path):
        yield Problem(path, "broken link")
    else:
        yield Problem(path, "no such file or directory")


def _folder(folder: str, ignores: _Ignores, visited: list[str] | None) -> Iterator[Item]:
    if visited is not None:
        visited.append(folder)
    ignores.enter(folder)
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Problem(folder, f"can't be read: {error.strerror}")
        return
    for entry in entries:
        path = os.path.join(folder, entry.name) if folder != "." else entry.name
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in DEFAULT_EXCLUDES and not ignores.match(path, folder=True):
                yield from _folder(path, ignores, visited)
        elif entry.name.endswith(SUFFIXES) and not os.path.isdir(path) and not ignores.match(path, folder=False):
            if os.path.isfile(path):
                yield path
            elif entry.is_symlink():
                yield Problem(path, "broken link")


def is_left_out(path: str, top: str, patterns: tuple[str, ...]) -> bool:
    """True if a walk that begins in ``top``, the folder that ``patterns`` are relative to, would not meet the file."""
    absolute = os.path.abspath(path)
    if "site-packages" in Path(absolute).parts[:-1]:
        return True
    if not absolute.startswith(os.path.join(top, "")):
        return False
    ignores = _Ignores(top, patterns, base=top)
    at = top
    for name in Path(absolute).relative_to(top).parts[:-1]:
        ignores.enter(at)
        at = os.path.join(at, name)
        if name in DEFAULT_EXCLUDES or ignores.match(at, folder=True):
            return True
    ignores.enter(at)
    return ignores.match(absolute, folder=False)


class _Ignores:
    """The ``.gitignore`` files on the way down, and the settings' excludes."""

    def __init__(self, top: str, patterns: tuple[str, ...], base: str | None = None) -> None:
        self._specs: dict[str, PathSpec[object]] = {}  # type: ignore[type-var, unused-ignore]
        self._cwd = base or os.getcwd()
        absolute = os.path.abspath(top)
        self._root = _repository(absolute)
        if patterns:
            self._add(self._cwd, list(patterns))
        if self._root is not None:
            info = os.path.join(self._root, ".git", "info", "exclude")
            self._read(self._root, info)
            at = absolute
            while at != self._root and len(at) > len(self._root):
                at = os.path.dirname(at)
                self._read(at, os.path.join(at, ".gitignore"))

    def enter(self, folder: str) -> None:
        absolute = os.path.abspath(folder)
        self._read(absolute, os.path.join(absolute, ".gitignore"))

    def _read(self, base: str, path: str) -> None:
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                lines = file.read().splitlines()
        except OSError:
            return
        self._add(base, lines)

    def _add(self, base: str, lines: list[str]) -> None:
        from pathspec import GitIgnoreSpec

        key = base
        while key in self._specs:
            key += os.sep
        self._specs[key] = GitIgnoreSpec.from_lines(lines)  # type: ignore[assignment, unused-ignore]

    def match(self, path: str, folder: bool) -> bool:
        """True if a path is ignored."""
        if not self._specs:
            return False
        absolute = os.path.abspath(path)
        verdict = False
        for base, spec in self._specs.items():
            root = base.rstrip(os.sep)
            if not absolute.startswith(root + os.sep):
                continue
            relative = absolute[len(root) + 1 :].replace(os.sep, "/")
            found = spec.check_file(relative + ("/" if folder else ""))
            if found.include is not None:
                verdict = bool(found.include)
        return verdict


def _repository(path: str) -> str | None:
    for place in (Path(path), *Path(path).parents):
        if (place / ".git").exists():
            return str(place)
    return None
