"""The files of a project, by its folder: no tree, no parsing."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

MARKERS = (".git", "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt")
_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages", "venv", "env", "build", "dist"})
MAX_FILES = 4000


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


def python_files(root: Path) -> list[str]:
    """Python files and notebooks under ``root``, hidden and vendored folders left out; at most some thousands."""
    found: list[str] = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED)
        found += [os.path.join(folder, name) for name in sorted(names) if name.endswith((".py", ".ipynb"))]
        if len(found) > MAX_FILES:
            break
    return found[:MAX_FILES]


def project_digest(root: Path) -> str:
    """A hash over the names and contents of all files of a project."""
    total = hashlib.sha256()
    for path in python_files(root):
        name = path.encode(errors="surrogateescape")
        try:
            with open(path, "rb") as file:
                total.update(name + b"\0" + hashlib.sha256(file.read()).digest())
        except OSError:
            total.update(name + b"\0-")
    return total.hexdigest()
