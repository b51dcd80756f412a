"""Which folders and files a project wants left alone: ``.gitignore``, excludes, and what never holds its own code."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import PathSpec

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


class Ignores:
    """The ``.gitignore`` files on the way down, and the settings' excludes.

    Args:
        top: the folder in which a walk begins.
        patterns: of the settings.
        base: the folder that the patterns are relative to; None for the current one.
        outer: what the repository around ``top`` ignores counts too.
    """

    def __init__(self, top: str, patterns: tuple[str, ...], base: str | None = None, *, outer: bool = True) -> None:
        self._specs: dict[str, PathSpec[object]] = {}  # type: ignore[type-var, unused-ignore]
        self._cwd = base or os.getcwd()
        absolute = os.path.abspath(top)
        self._root = repository_of(absolute)
        if patterns:
            self._add(self._cwd, list(patterns))
        if self._root is not None and outer:
            info = os.path.join(self._root, ".git", "info", "exclude")
            self._read(self._root, info)
            at = absolute
            while at != self._root and len(at) > len(self._root):
                at = os.path.dirname(at)
                self._read(at, os.path.join(at, ".gitignore"))

    def enter(self, folder: str) -> None:
        """Read the folder's own ``.gitignore``; its parents' come first."""
        absolute = os.path.abspath(folder)
        self._read(absolute, os.path.join(absolute, ".gitignore"))

    def _read(self, base: str, path: str) -> None:
        if not os.path.isfile(path):  # a pipe of that name would never end
            return
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


def repository_of(path: str) -> str | None:
    """The folder of the repository that a path belongs to."""
    for place in (Path(path), *Path(path).parents):
        if (place / ".git").exists():
            return str(place)
    return None
