"""The files of a project, by its folder: no tree, no parsing."""

from __future__ import annotations

import os
from pathlib import Path

MARKERS = (".git", "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt")


def project_root(filename: str) -> Path:
    """The folder of the project that a file belongs to: the nearest with a marker, else its topmost package."""
    at = Path(os.path.abspath(filename)).parent
    for candidate in (at, *at.parents):
        if any((candidate / marker).exists() for marker in MARKERS):
            return candidate
    while (at / "__init__.py").exists() and at.parent != at:
        at = at.parent
    return at


def has_marker(root: Path) -> bool:
    """True if a folder says that it is a project's."""
    return any((root / marker).exists() for marker in MARKERS)
