"""The temporary copy of a script's folder in which it runs: what it writes is thrown away."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from kerasvae_lint.core.interrupts import deferred
from kerasvae_lint.runtime.options import Job

LARGEST_FILE = 8 * 2**20
LARGEST_COPY = 128 * 2**20
MOST_FILES = 5000
_SKIPPED = {".git", ".hg", "__pycache__", ".venv", "venv", "node_modules", ".tox", ".mypy_cache", ".kvlint_cache"}


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    folder = None
    try:
        with deferred():
            folder = Path(tempfile.mkdtemp(prefix="kvlint-verify-"))
        yield folder
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def copy_folder(source: Path, target: Path) -> None:
    """Copy what is small; link what is large or too much, which can then be read but not written."""
    target.mkdir(parents=True)
    room, files = LARGEST_COPY, MOST_FILES
    todo = [(source, target)]
    while todo:
        here, there = todo.pop(0)
        try:
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            made = there / entry.name
            try:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name in _SKIPPED or Path(entry.path) == target:
                        continue
                    if files <= 0:
                        made.symlink_to(Path(entry.path).resolve())
                        continue
                    made.mkdir()
                    todo.append((Path(entry.path), made))
                elif entry.is_file():
                    size = entry.stat().st_size
                    if size > LARGEST_FILE or size > room or files <= 0:
                        made.symlink_to(Path(entry.path).resolve())
                    else:
                        shutil.copyfile(entry.path, made)
                        room -= size
                    files -= 1
            except OSError:
                continue


def placed_in(job: Job, copy: Path, where: Path) -> Job:
    """The program written into its working copy, where tracebacks and ``inspect`` find it."""
    if job.text is None:
        return job
    target = copy / (where.stem + ".py" if where.suffix != ".py" else where.name)
    target.write_text(job.text, encoding="utf-8")
    return replace(job, path=str(target))


def write_changed(job: Job, home: Path, copy: Path) -> None:
    """Other files of the program that have a new text, in the working copy of their folder."""
    for name, text in job.changed:
        if Path(name).is_relative_to(home):
            target = copy / Path(name).relative_to(home)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)  # it may be a link to the original
            target.write_text(text, encoding="utf-8")


def roots(home: Path) -> list[str]:
    """Folders above a script from which its imports may come: up to the project's root, read only."""
    found = []
    for folder in [home, *home.parents][:4]:
        found.append(str(folder))
        if any((folder / name).exists() for name in (".git", "pyproject.toml", "setup.py")):
            break
    return found
