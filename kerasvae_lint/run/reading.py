"""The bytes of a file, and whether they are too many to parse."""

from __future__ import annotations

import contextlib
import errno

from kerasvae_lint.core import Problem
from kerasvae_lint.source.disk import MAX_READ, read_file

MAX_BYTES = 2_000_000


def read(filename: str) -> bytes | Problem:
    """The bytes of a file, or why not."""
    try:
        return read_file(filename)
    except OSError as error:
        if error.errno == errno.EFBIG:
            return too_large(filename, MAX_READ)
        why = error.strerror or str(error)
        return Problem(filename, f"can't be read: {why[:1].lower()}{why[1:]}", unread=True)
    except ValueError as error:  # a name that no system takes, as one with a NUL byte
        return Problem(filename, f"can't be read: {error}", unread=True)


def is_too_large(data: bytes, filename: str) -> bool:
    """True if there is too much to parse: of a notebook its code alone, since most of a large one is pictures."""
    if len(data) > MAX_BYTES and filename.endswith(".ipynb"):
        from kerasvae_lint.source import SourceError, decode

        with contextlib.suppress(SourceError):
            return len(decode(data, filename).text) > MAX_BYTES
    return len(data) > MAX_BYTES


def too_large(filename: str, most: int = MAX_BYTES) -> Problem:
    """What is said of a file that is."""
    return Problem(filename, f"larger than {most // 1_000_000} MB: left out", unread=True)
