"""Which files of a project hold certain words: what a rule asks first when it searches the whole project."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from pathlib import Path

from kerasvae_lint.source.files import python_files

_TELLING = (
    *(b"set_value", b".assign", b"set_weights", b"on_epoch_", b"on_train_", b"on_batch_", b"LambdaCallback"),
    *(b"def call(", b"def train_step(", b"run_eagerly", b"run_functions_eagerly"),
)
_WORD = re.compile(rb"[A-Za-z_]\w*")
_METHOD = re.compile(rb"\.[A-Za-z_]\w*\(")

Index = dict[str, frozenset[str]]
Search = tuple[tuple[str, ...], tuple[str, ...], str]
"""Words that must be there, words of which one must (if there are any), and a hash of what was found."""

_known: dict[str, tuple[tuple[int, int, int], frozenset[str] | None]] = {}


def word_index(root: Path) -> Index:
    """The words of the project's files that hold layers, callbacks or writes; a file is read again once it changes.

    A word is an identifier, or ``.name(`` where a method is called.
    """
    index: Index = {}
    for path in map(os.path.abspath, python_files(root)):
        try:
            status = os.stat(path)
            state = status.st_mtime_ns, status.st_size, status.st_ino
            if path not in _known or _known[path][0] != state:
                _known[path] = state, _words(path)
        except OSError:
            continue
        words = _known[path][1]
        if words is not None:
            index[path] = words
    return index


def _words(path: str) -> frozenset[str] | None:
    with open(path, "rb") as file:
        data = file.read()
    if not any(word in data for word in _TELLING):  # far faster than one pattern
        return None
    found = {*_WORD.findall(data), *_METHOD.findall(data)}
    return frozenset(sys.intern(word.decode("ascii", "replace")) for word in found)


def keep(paths: set[str]) -> None:
    """Forget the words of all other files."""
    for path in _known.keys() - paths:
        del _known[path]


def holding(index: Index, here: str, words: tuple[str, ...], one_of: frozenset[str]) -> list[str]:
    """The files but ``here`` that hold every word of ``words`` and, if it is not empty, one of ``one_of``."""
    return [
        path
        for path, present in index.items()
        if path != here and present.issuperset(words) and not (one_of and present.isdisjoint(one_of))
    ]


def search_of(words: tuple[str, ...], one_of: frozenset[str], found: list[str]) -> Search:
    """A search as the cache keeps it."""
    names = "\0".join(found).encode(errors="surrogateescape")
    return words, tuple(sorted(one_of)), hashlib.sha256(names).hexdigest()
