"""The bytes of a file, and whether they are too many to parse."""

from __future__ import annotations

import contextlib

from kerasvae_lint.core import Problem

MAX_BYTES = 2_000_000


def read(filename: str) -> bytes | Problem:
    """The bytes of a file, or why not."""
    try:
        with open(filename, "rb") as file:
            return file.read()
    except OSError as error:
        return Problem(filename, f"can't be read: {(error.strerror or str(error)).lower()}")


def is_too_large(data: bytes, filename: str) -> bool:
    """True if there is too much to parse: of a notebook its code alone, since most of a large one is pictures."""
    if len(data) > MAX_BYTES and filename.endswith(".ipynb"):
        from kerasvae_lint.source import SourceError, decode

        with contextlib.suppress(SourceError):
            return len(decode(data, filename).text) > MAX_BYTES
    return len(data) > MAX_BYTES


def too_large(filename: str) -> Problem:
    """What is said of a file that is."""
    return Problem(filename, f"larger than {MAX_BYTES // 1_000_000} MB: left out")
