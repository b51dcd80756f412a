"""The index of a project: which of its files mention some words, import a module, define a name.

A file is read again only once it has changed. An index that knows nothing yet answers all the same: it reads the
files, tells by the asked words alone which are in question, and learns some more of them each time, so that the first
answer is not kept waiting for the whole.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from kerasvae_lint.project.folder import folder_for, keep
from kerasvae_lint.project.rows import Row, dump, load
from kerasvae_lint.project.walk import MAX_NOTEBOOK, walk
from kerasvae_lint.project.words import line
from kerasvae_lint.source.disk import read_file

Search = tuple[tuple[str, ...], tuple[str, ...], str]
"""Words that must be there, words of which one must (if there are any), and a hash of what was found."""

IMPORTERS = ("import",)
"""The words of a search for the files that import the one that asks: no identifier is called so."""

FIRST_BYTES, AHEAD_BYTES = 4_000_000, 24_000_000
"""How much is learned in one search beyond what it needs: while nothing is known, and later."""
MAX_WORD_BYTES = 64_000_000
"""How much is kept of the words of all files; those beyond are read each time."""
SETTLED_NS = 2_000_000_000
"""A file changed so short a while ago may change again and have the same time, on a coarse file system."""


class Index:
    """The files of one project as they are at one moment.

    Args:
        root: the project's folder.
        known: what is known of files already, in whatever state they were.
        place: the file in which to keep what is learned; None to keep it nowhere.

    Attributes:
        root: the project's folder.
        folders: those that were looked into.
        left_out: what a limit left out, as half a sentence; empty if nothing was.
    """

    def __init__(self, root: str, known: Mapping[str, Row], place: Path | None = None) -> None:
        self.root = root
        self._place = place
        walked = walk(root)
        self.folders = walked.folders
        self.left_out = walked.left_out
        self.rows: dict[str, Row] = {}
        young = time.time_ns() - SETTLED_NS
        for path, state in walked.files.items():
            row = known.get(path)
            if row is None or row.state != state or not row.settled:
                row = Row(state, settled=state[0] < young)
            self.rows[path] = row
        self._room = MAX_WORD_BYTES - sum(len(row.words) for row in self.rows.values())
        self._answers: dict[tuple[tuple[str, ...], frozenset[str]], list[str]] = {}
        self._digest = ""
        self._is_complete = False

    # words --------------------------------------------------------------------------------------
    def holding(self, here: str, words: tuple[str, ...], one_of: frozenset[str] = frozenset()) -> list[str]:
        """The files but ``here`` that hold layers, callbacks or writes, every word of ``words`` and, if it is not
        empty, one of ``one_of``. A word is an identifier, or ``.name(`` where a method is called."""
        key = words, one_of
        if key not in self._answers:
            self._answers[key] = list(self._mentioning(words, one_of))
            if not self._is_complete and all(row.telling is not None for row in self.rows.values()):
                self._is_complete = True
                self.save()
        return [path for path in self._answers[key] if path != here]

    def _mentioning(self, words: tuple[str, ...], one_of: frozenset[str]) -> Iterator[str]:
        needed, chosen = [line(word) for word in words], [line(word) for word in sorted(one_of)]
        raw, any_raw = [word[1:-1] for word in needed], [word[1:-1] for word in chosen]
        rarest = max(raw, key=len, default=b"")
        ahead = self._ahead(row.telling is not None for row in self.rows.values())
        for path, row in self.rows.items():
            held = row.words
            if row.telling is None:
                data = _read(path, row.state[2])
                if data is None:
                    continue
                if ahead <= 0 and (rarest not in data or not _holds(data, raw, any_raw)):
                    continue
                ahead -= len(data)
                held = self._learned(row, data)
            if held and _holds(held, needed, chosen):
                yield path

    @staticmethod
    def _ahead(known: Iterable[bool]) -> int:
        return AHEAD_BYTES if any(known) else FIRST_BYTES

    def _learned(self, row: Row, data: bytes) -> bytes:
        row.learn_words(data)
        words = row.words
        self._room -= len(words)
        if self._room < 0:
            self._room += len(words)
            row.words, row.telling = b"", None
        return words

    # imports and definitions --------------------------------------------------------------------
    def importing(self, path: str) -> list[str]:
        """The files that import, or may import, the module in ``path``, under whatever name."""
        stem, _ = os.path.splitext(path)
        target = os.path.dirname(path) if os.path.basename(stem) == "__init__" else stem
        parts = [part for part in target.split(os.sep) if part]
        names = [line("import " + ".".join(parts[at:])) for at in range(len(parts))]

        def imports(other: str, outline: bytes) -> bool:
            if any(name in outline for name in names):
                return True
            return any(_place(other, module) == target for module in _relative(outline))

        # `from . import x` names no package, so a package's own file is looked for everywhere
        word = "" if target != stem else os.path.basename(target)
        return [other for other in self._outlined(word, imports) if other != path]

    def defining(self, name: str) -> list[str]:
        """The files that define a function or class of that name at their top."""
        wanted = line(f"def {name}")
        return list(self._outlined(name, lambda _, outline: wanted in outline))

    def _outlined(self, word: str, fits: Callable[[str, bytes], bool]) -> Iterator[str]:
        raw = word.encode("utf-8", "replace")
        ahead = self._ahead(row.outline is not None for row in self.rows.values())
        for path, row in self.rows.items():
            outline = row.outline
            if outline is None:
                data = _read(path, row.state[2])
                if data is None or (raw not in data and ahead <= 0):
                    continue
                ahead -= len(data)
                outline = row.learn_outline(data)
            if fits(path, outline):
                yield path

    # all of it ----------------------------------------------------------------------------------
    def digest(self) -> str:
        """A hash over the names and states of all files; of what was changed just now, the content counts too."""
        if not self._digest:
            total = hashlib.sha256()
            for path, row in self.rows.items():
                content = "" if row.settled else hashlib.sha256(_read(path, row.state[2]) or b"").hexdigest()
                total.update(f"{path}\0{row.state}\0{content}\n".encode("utf-8", "surrogateescape"))
            self._digest = total.hexdigest()
        return self._digest

    def finds(self, here: str, search: Search) -> bool:
        """True if a search of the file ``here`` finds the same files as when it was noted."""
        words, one_of = tuple(search[0]), frozenset(search[1])
        found = self.importing(here) if words == IMPORTERS else self.holding(here, words, one_of)
        return search == search_of(words, one_of, found)

    def save(self) -> None:
        """Keep what has been learned, if it is to be kept and worth the writing."""
        if self._place is None:
            return
        new = sum(1 for row in self.rows.values() if row.settled and row.is_known and not row.kept)
        if new * 50 <= len(self.rows):
            return
        start = len(self.root.rstrip(os.sep)) + 1
        keep(self._place, dump({name[start:]: row for name, row in self.rows.items()}))
        for row in self.rows.values():
            row.kept = row.settled and row.is_known


class Indexes:
    """The indexes of the projects that one run meets: each project is looked at once.

    Args:
        kept: what is known is kept on disk, beside the cache.
    """

    def __init__(self, kept: bool = False) -> None:
        self.kept = kept
        self._indexes: dict[str, Index] = {}

    def of(self, root: str | os.PathLike[str]) -> Index:
        """The index of the project in a folder."""
        folder = os.path.abspath(root)
        if folder not in self._indexes:
            place = file_for(folder) if self.kept else None
            known = _known.get(folder)
            if known is None:
                kept = load(place) if place is not None else {}
                known = {os.path.join(folder, name): row for name, row in kept.items()}
            index = self._indexes[folder] = Index(folder, known, place)
            _known[folder] = index.rows
            _known.move_to_end(folder)
            while len(_known) > _MAX_KNOWN:
                _known.popitem(last=False)
        return self._indexes[folder]

    def save(self) -> None:
        """Keep what has been learned, if this run keeps anything."""
        for index in self._indexes.values():
            index.save()

    def __reduce__(self) -> tuple[type[Indexes], tuple[bool]]:
        """Another process looks for itself."""
        return Indexes, (self.kept,)

    def notices(self) -> list[str]:
        """What limits left out, a sentence for each project."""
        return [
            f"{folder} was searched in part: {index.left_out}."
            for folder, index in self._indexes.items()
            if index.left_out
        ]


_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
_MAX_KNOWN = 8
_known: OrderedDict[str, Mapping[str, Row]] = OrderedDict()


def forget() -> None:
    """Drop what this process knows of all files."""
    _known.clear()


def file_for(root: str) -> Path:
    """The file in which the index of the project in ``root`` is kept."""
    name = hashlib.sha256(root.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return folder_for(root) / f"index-{name}.kv"


def search_of(words: tuple[str, ...], one_of: frozenset[str], found: Iterable[str]) -> Search:
    """A search as the cache keeps it."""
    names = "\0".join(found).encode(errors="surrogateescape")
    return words, tuple(sorted(one_of)), hashlib.sha256(names).hexdigest()


def _holds(text: bytes, needed: Iterable[bytes], chosen: list[bytes]) -> bool:
    return all(word in text for word in needed) and (not chosen or any(word in text for word in chosen))


def _read(path: str, size: int) -> bytes | None:
    """The bytes of a file that had this size; None if it can't be read. Of ten thousand files each call counts."""
    try:
        handle = os.open(path, _FLAGS)
        try:
            data = os.read(handle, size + 1)
        finally:
            os.close(handle)
        return data if len(data) == size else read_file(path, MAX_NOTEBOOK)
    except OSError:
        return None


def _relative(outline: bytes) -> list[str]:
    """The relative modules that a file imports."""
    return [word[7:].decode("utf-8", "replace") for word in outline.split(b"\n") if word.startswith(b"import .")]


def _place(importer: str, module: str) -> str:
    """Where a relative module stands, without its suffix: ``..a.b`` in ``/r/p/q/m.py`` is ``/r/p/a/b``."""
    name = module.lstrip(".")
    folder = os.path.dirname(importer)
    for _ in range(len(module) - len(name) - 1):
        folder = os.path.dirname(folder)
    return os.path.join(folder, *name.split(".")) if name else folder
