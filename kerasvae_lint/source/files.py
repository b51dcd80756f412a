"""The files of a project, by its folder: no tree, no parsing."""

from __future__ import annotations

import os
from pathlib import Path

MARKERS = (".git", "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt")


INSTALLED = frozenset({"site-packages", "dist-packages"})
"""Folders whose packages are projects of their own, each a stranger to the others."""


def project_root(filename: str) -> Path:
    """The folder of the project that a file belongs to: the nearest with a marker, else its topmost package."""
    at = Path(os.path.abspath(filename)).parent
    for candidate in (at, *at.parents):
        if any((candidate / marker).exists() for marker in MARKERS):
            return candidate
    while (at / "__init__.py").exists() and at.parent != at:
        at = at.parent
    return at


def searched_folder(filename: str, root: Path) -> Path:
    """Where the files around a file are searched: all of its project; of an installed package that alone.

    Args:
        filename: the file.
        root: its project's folder.
    """
    if root.name not in INSTALLED:
        return root
    return root / Path(os.path.abspath(filename)).relative_to(root).parts[0]


def has_marker(root: Path) -> bool:
    """True if a folder says that it is a project's."""
    return any((root / marker).exists() for marker in MARKERS)
