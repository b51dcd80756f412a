"""Which files to lint: Python and notebooks, ``.gitignore`` and excludes respected."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from kerasvae_lint.core import Problem
from kerasvae_lint.source.ignores import DEFAULT_EXCLUDES, Ignores

SUFFIXES = (".py", ".ipynb")
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
        yield from _folder(path, Ignores(path, exclude(path)), visited)
    elif os.path.exists(path):
        yield path
    elif os.path.islink(path):
        yield Problem(path, "broken link")
    else:
        yield Problem(path, "no such file or directory")


def _folder(folder: str, ignores: Ignores, visited: list[str] | None) -> Iterator[Item]:
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
    ignores = Ignores(top, patterns, base=top)
    at = top
    for name in Path(absolute).relative_to(top).parts[:-1]:
        ignores.enter(at)
        at = os.path.join(at, name)
        if name in DEFAULT_EXCLUDES or ignores.match(at, folder=True):
            return True
    ignores.enter(at)
    return ignores.match(absolute, folder=False)
