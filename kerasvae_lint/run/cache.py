"""Results by content: a file that is the same, judged by the same rules, is not read twice.

The key holds the content, the file's name, the settings, the rules' own code and kvlint's and Python's versions; an
entry also holds the hashes of every other file that the answer rests on, and, for rules that searched the whole
project, a digest of it and what they searched for. Anything that does not fit is thrown away.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from kerasvae_lint.core import Settings
from kerasvae_lint.project import Search
from kerasvae_lint.project.folder import keep

_FORMAT = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of a linted file."""

    findings: tuple[Any, ...]
    problems: tuple[Any, ...]
    consulted: dict[str, str | None]
    digest: str | None
    searched: tuple[Search, ...] = ()


class Cache:
    """One folder of entries, one file per project and configuration; loaded whole, written whole."""

    def __init__(self, folder: Path, salt: str) -> None:
        self.folder = folder
        self.path = folder / f"{salt[:32]}.bin"
        self._entries: dict[str, Entry] = {}
        self._changed: dict[str, Entry] = {}
        self._used: set[str] = set()
        self._hashes: dict[str, str | None] = {}
        self._load()

    def _load(self) -> None:
        try:
            with open(self.path, "rb") as file:
                check = file.read(32)
                data = file.read()
            if hashlib.sha256(data).digest() == check:
                self._entries = pickle.loads(data)
        except Exception:  # a cache that can't be read is an empty one
            self._entries = {}

    @staticmethod
    def key(filename: str, data: bytes) -> str:
        """The key of a file with this name and content; findings name it as it was given, so that counts too."""
        name = f"{os.getcwd()}\0{filename}".encode(errors="surrogateescape")
        return hashlib.sha256(name + b"\0" + data).hexdigest()

    def get(self, key: str, digest: Callable[[], str], found: Callable[[Search], bool]) -> Entry | None:
        """A valid entry, or None.

        ``digest`` gives the project's digest. Where that is another by now, ``found`` says of each search whether it
        still finds the same files, whose contents are among those that were consulted.
        """
        entry = self._entries.get(key)
        if entry is None:
            return None
        if any(self._hash(path) != content for path, content in entry.consulted.items()):
            return None
        if entry.digest is not None and entry.digest != digest():
            if not all(map(found, entry.searched)):
                return None
            self._changed[key] = entry = replace(entry, digest=digest())
        self._used.add(key)
        return entry

    def put(self, key: str, entry: Entry) -> None:
        """Keep a result until :meth:`save`."""
        self._changed[key] = entry

    def _hash(self, path: str) -> str | None:
        if path not in self._hashes:
            try:
                with open(path, "rb") as file:
                    self._hashes[path] = hashlib.sha256(file.read()).hexdigest()
            except OSError:
                self._hashes[path] = None
        return self._hashes[path]

    def save(self) -> None:
        """Write what changed."""
        if not self._changed:
            return
        merged = {**self._entries, **self._changed}
        if len(merged) > 20_000:
            merged = {key: e for key, e in merged.items() if key in self._used or key in self._changed}
        data = pickle.dumps(merged, protocol=4)
        keep(self.path, hashlib.sha256(data).digest() + data)


def salt(settings: Settings, rules_fingerprint: str, version: str) -> str:
    """Everything but the files that a result depends on."""
    parts = (
        str(_FORMAT),
        repr(replace(settings, baseline="")),
        rules_fingerprint,
        version,
        sys.version.split()[0],
        _engine(),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def _engine() -> str:
    """The state of kvlint's own code, by size and time of its files: an edited checkout has another cache.

    Asked once in a process, as the code is loaded once: what a long process answers is what that code said.
    """
    root = Path(__file__).resolve().parent.parent
    total = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        status = path.stat()
        total.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}".encode())
    return total.hexdigest()
