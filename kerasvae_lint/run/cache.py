"""Results by content: a file that is the same, judged by the same rules, is not read twice.

The key holds the content, the file's name, the settings, the rules' own code and kvlint's and Python's versions; an
entry also holds the hashes of every other file that the answer rests on, and, for rules that searched the whole
project, a digest of it and what they searched for. Anything that does not fit is thrown away. The file is text that
is only ever read as data: a folder that somebody else made can bring one.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

from kerasvae_lint.core import Settings
from kerasvae_lint.project import Search
from kerasvae_lint.project.folder import keep
from kerasvae_lint.project.walk import most_bytes
from kerasvae_lint.run import entries
from kerasvae_lint.run.entries import Entry
from kerasvae_lint.source.disk import read_file

_FORMAT = 4
_MAGIC = f"kvlint cache {_FORMAT}\n".encode()
_MAX_FILE = 512_000_000


class Cache:
    """One folder of entries, one file per project and configuration; loaded whole, written whole."""

    def __init__(self, folder: Path, salt: str) -> None:
        self.folder = folder
        self.path = folder / f"{salt[:32]}.bin"
        self._entries: dict[str, str] = {}
        self._changed: dict[str, str] = {}
        self._used: set[str] = set()
        self._hashes: dict[str, str | None] = {}
        self._load()

    def _load(self) -> None:
        try:
            whole = read_file(self.path, _MAX_FILE)
        except OSError:
            return
        data = whole[len(_MAGIC) + 32 :]
        if whole != _MAGIC + hashlib.sha256(data).digest() + data:
            return
        for line in data.decode("ascii", "replace").split("\n"):
            key, _, text = line.partition(" ")
            self._entries[key] = text

    @staticmethod
    def key(filename: str, data: bytes) -> str:
        """The key of a file with this name and content; findings name it as it was given, so that counts too."""
        name = f"{os.getcwd()}\0{filename}".encode(errors="surrogateescape")
        return hashlib.sha256(name + b"\0" + data).hexdigest()

    def get(self, key: str, filename: str, digest: Callable[[], str], found: Callable[[Search], bool]) -> Entry | None:
        """A valid entry of a file, or None.

        ``digest`` gives the project's digest. Where that is another by now, ``found`` says of each search whether it
        still finds the same files, whose contents are among those that were consulted.
        """
        text = self._entries.get(key)
        entry = entries.load(text, filename) if text is not None else None
        if entry is None:
            return None
        if any(self._hash(path) != content for path, content in entry.consulted.items()):
            return None
        if entry.digest is not None and entry.digest != digest():
            if not all(map(found, entry.searched)):
                return None
            entry = replace(entry, digest=digest())
            self.put(key, entry)
        self._used.add(key)
        return entry

    def put(self, key: str, entry: Entry) -> None:
        """Keep a result until :meth:`save`."""
        self._changed[key] = entries.dump(entry)

    def _hash(self, path: str) -> str | None:
        if path not in self._hashes:
            try:
                self._hashes[path] = hashlib.sha256(read_file(path, most_bytes(path))).hexdigest()
            except (OSError, ValueError):
                self._hashes[path] = None
        return self._hashes[path]

    def save(self) -> None:
        """Write what changed."""
        if not self._changed:
            return
        merged = {**self._entries, **self._changed}
        if len(merged) > 20_000:
            merged = {key: e for key, e in merged.items() if key in self._used or key in self._changed}
        data = "".join(f"{key} {text}\n" for key, text in merged.items()).encode("ascii")
        keep(self.path, _MAGIC + hashlib.sha256(data).digest() + data)


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
