"""The folder in which kvlint keeps what it knows of a project: ``.kvlint_cache``, which no repository takes in."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from kerasvae_lint.core.interrupts import deferred

FOLDER = ".kvlint_cache"
_MARKERS = (".git", "pyproject.toml", "setup.py", "setup.cfg")
_SIGNS = ((".gitignore", b"*\n"), ("CACHEDIR.TAG", b"Signature: 8a477f597d28d172789f06886806bc55\n"))


def folder_for(path: str) -> Path:
    """Where the cache of the project around ``path`` lives."""
    at = Path(os.path.abspath(path))
    start = at if at.is_dir() else at.parent
    for place in (start, *start.parents):
        if any((place / marker).exists() for marker in _MARKERS):
            return place / FOLDER
    return start / FOLDER


def keep(path: Path, data: bytes) -> None:
    """Write a file of the cache; a folder that can't be written is no fault.

    A link in the folder's place is not followed: it may lead to somebody's own files.
    """
    with contextlib.suppress(OSError):
        if path.parent.is_symlink():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        for name, content in _SIGNS:
            if not (path.parent / name).exists():
                _put(path.parent / name, content)
        _put(path, data)


def _put(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, whatever else reads it or interrupts."""
    with deferred():
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
