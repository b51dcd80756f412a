"""Writing a file so that whoever reads it, at any moment, finds the old text or the new one."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from pathlib import Path
from types import ModuleType

from kerasvae_lint.core.interrupts import deferred
from kerasvae_lint.source.disk import read_file

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows, where no file that is open can be removed anyway
    fcntl = None

PREFIX = ".kvlint-"
SUFFIX = ".tmp"
"""What the temporary files are called: nothing that a linter or an import would pick up."""
_HANDLES = "/proc/self/fd"
_swept: set[Path] = set()
"""The folders that this process has looked through already."""


def write_atomically(path: Path, data: bytes, *, expected: bytes | None = None) -> None:
    """Replace the content of an existing file in one step.

    The new content is written to a file of its own, flushed to the disk and moved over it. Links are
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
    current = read_file(target)
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
    """Write a file and move it to ``target``, with the attributes of what it replaces."""
    if target.parent not in _swept:
        _swept.add(target.parent)
        sweep(target.parent)
    handle, name = _begun(target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            _locked(handle)
            file.write(data)
            file.flush()
            held: int | str = name or handle
            if like is not None:
                _copy_attributes(target, held, like)
            else:
                os.chmod(held, 0o666 & ~_umask())
            os.fsync(handle)
            name = name or _named(handle, target.parent)
            if os.name == "posix":  # closed after the move, the file is known to be in use until then
                os.replace(name, target)
        if os.name != "posix":
            os.replace(name, target)
    except BaseException:
        with contextlib.suppress(OSError):
            if name:
                os.unlink(name)
        raise
    _flush_directory(target.parent)


def _begun(folder: Path) -> tuple[int, str]:
    """A new file to write to, open, and its name; on Linux it has none as yet, and is gone if kvlint is killed."""
    flag = getattr(os, "O_TMPFILE", 0)
    if flag and os.path.isdir(_HANDLES):
        with contextlib.suppress(OSError):  # not every file system has such files
            return os.open(folder, flag | os.O_RDWR, 0o600), ""
    return tempfile.mkstemp(prefix=PREFIX, suffix=SUFFIX, dir=folder)


def _named(handle: int, folder: Path) -> str:
    """The name that a file without one is given."""
    name = os.fspath(folder / f"{PREFIX}{os.getpid():x}{os.urandom(4).hex()}{SUFFIX}")
    os.link(f"{_HANDLES}/{handle}", name, src_dir_fd=handle)  # a descriptor makes Python follow the link
    return name


def sweep(folder: Path) -> None:
    """Remove what a kvlint that was killed has left in a folder; one that is at work holds a lock on its file."""
    if fcntl is None:
        return
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            if not (name.startswith(PREFIX) and name.endswith(SUFFIX)):
                continue
            path = folder / name
            if not stat.S_ISREG(path.lstat().st_mode):
                continue
            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
            finally:
                os.close(handle)


def _locked(handle: int) -> None:
    """Say that a file is being written; not every file system has locks."""
    if fcntl is not None:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _umask() -> int:
    """The process's mask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _copy_attributes(source: Path, copy: int | str, status: os.stat_result) -> None:
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
