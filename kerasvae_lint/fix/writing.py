"""Writing a file so that whoever reads it, at any moment, finds the old text or the new one."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from pathlib import Path

from kerasvae_lint.core.interrupts import deferred

PREFIX = ".kvlint-"
SUFFIX = ".tmp"
"""What the temporary files are called: nothing that a linter or an import would pick up."""


def write_atomically(path: Path, data: bytes, *, expected: bytes | None = None) -> None:
    """Replace the content of an existing file in one step.

    The new content is written to a file beside it, flushed to the disk and moved over it. Links are
    followed to the file they mean; mode, extended attributes and, where the system lets us, owner
    stay. The time of a file whose content would not change is left alone too.

    Args:
        path: the file.
        data: its new content.
        expected: the content that ``data`` was made from; if the file holds something else by now,
            nothing is written.

    Raises:
        OSError: the file or its directory can't be written, or the file has changed meanwhile.
    """
    target = Path(os.path.realpath(path))
    status = target.stat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    if not status.st_mode & 0o222 or not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "the file is read-only", str(path))
    current = target.read_bytes()
    if expected is not None and current != expected:
        raise OSError(errno.EBUSY, "the file has changed while it was being fixed", str(path))
    if current == data:
        return
    with deferred():
        _move_in(target, data, status)


def put_atomically(path: Path, data: bytes) -> None:
    """Write a file in one step, whether it is there already or not; a new one gets the usual mode.

    Raises:
        OSError: the file or its directory can't be written.
    """
    target = Path(os.path.realpath(path))
    if target.exists():
        write_atomically(target, data)
    else:
        with deferred():
            _move_in(target, data, None)


def _move_in(target: Path, data: bytes, like: os.stat_result | None) -> None:
    """Write a file beside ``target`` and move it there, with the attributes of what it replaces."""
    handle, name = tempfile.mkstemp(prefix=PREFIX, suffix=SUFFIX, dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if like is not None:
                _copy_attributes(target, Path(name), like)
            else:
                os.chmod(name, 0o666 & ~_umask())
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    _flush_directory(target.parent)


def _umask() -> int:
    """The process's mask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _copy_attributes(source: Path, copy: Path, status: os.stat_result) -> None:
    """Owner first: changing it clears the set-user-ID bits of the mode."""
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):
            os.chown(copy, status.st_uid, status.st_gid)
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):
            for attribute in os.listxattr(source):
                os.setxattr(copy, attribute, os.getxattr(source, attribute))
    os.chmod(copy, stat.S_IMODE(status.st_mode))


def _flush_directory(directory: Path) -> None:
    """Make the move last through a power cut; not every system lets a directory be opened."""
    with contextlib.suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
