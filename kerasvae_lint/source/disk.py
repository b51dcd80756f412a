"""The bytes of a file as a folder of strangers may hold it: no pipe that never ends, nothing without end in memory."""

from __future__ import annotations

import errno
import os
import stat

_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISDIR, "a folder"),
)

MAX_READ = 64_000_000
"""A larger file is not read: it takes several times as much memory, and is hardly somebody's code."""


def read_file(path: str | os.PathLike[str], most: int = MAX_READ) -> bytes:
    """The bytes of a regular file of at most ``most`` bytes.

    Raises:
        OSError: it can't be read, is a pipe, a device or the like, or is larger; ``strerror`` says which.
    """
    status = os.stat(path)
    _check(path, status, most)
    # The file may have become a pipe by now, and a pipe nobody writes to is opened at once only without blocking.
    handle = os.open(path, _FLAGS)
    with open(handle, "rb") as file:
        status = os.fstat(handle)
        _check(path, status, most)
        data = file.read(most + 1)
    if len(data) > most:
        raise _too_large(path, most)
    return data


def kind_of(status: os.stat_result) -> str:
    """What stands in a file's place, such as ``a named pipe``; empty for a regular file."""
    mode = status.st_mode
    if stat.S_ISREG(mode):
        return ""
    return next((what for test, what in _KINDS if test(mode)), "no file")


def _check(path: str | os.PathLike[str], status: os.stat_result, most: int) -> None:
    kind = kind_of(status)
    if kind:
        raise OSError(errno.EINVAL, f"it is {kind}", os.fspath(path))
    if status.st_size > most:
        raise _too_large(path, most)


def _too_large(path: str | os.PathLike[str], most: int) -> OSError:
    return OSError(errno.EFBIG, f"it is larger than {most // 1_000_000} MB", os.fspath(path))
