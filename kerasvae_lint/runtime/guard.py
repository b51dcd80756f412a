"""Keeps a script that runs here from writing outside its working copy and from reaching the network."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from collections.abc import Callable
from typing import Any

_WRITES = {
    "os.remove", "os.rmdir", "os.mkdir", "os.rename", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown",
    "shutil.rmtree", "shutil.move",
}  # fmt: skip
_NETWORK = {"socket.connect", "socket.sendto", "socket.getaddrinfo", "urllib.Request"}
_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_LOCAL = ("/dev/", "/proc/self/")


class OutsideError(PermissionError):
    """A write outside the working copy."""


class OfflineError(OSError):
    """A connection to another machine."""


def guard(folder: str) -> None:
    """From here on this process and its children write below ``folder`` only, and connect to nobody.

    Python's own file functions are watched by an audit hook; where the kernel has Landlock (Linux 5.13) it
    holds for compiled code too.
    """
    root = os.path.realpath(folder) + os.sep
    sys.addaudithook(_hook(root))
    _landlock(root)


def _hook(root: str) -> Callable[[str, tuple[Any, ...]], None]:
    def inside(path: Any) -> bool:
        if not isinstance(path, str | bytes | os.PathLike):
            return True
        real = os.path.realpath(os.fsdecode(path))
        return (real + os.sep).startswith(root) or real.startswith(_LOCAL)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            wants = any(c in mode for c in "wax+") if isinstance(mode, str) else bool((flags or 0) & _FLAGS)
            if wants and not inside(path):
                raise OutsideError(13, "verify lets a script write in its working copy only", _text(path))
        elif event in _WRITES:
            if not all(inside(path) for path in arguments[: 1 if event == "os.symlink" else 2]):
                raise OutsideError(13, "verify lets a script write in its working copy only", _text(arguments[0]))
        elif event in _NETWORK and not _is_local(event, arguments):
            raise OfflineError(101, "verify lets a script reach no network; try --synthetic")

    return hook


def _text(path: Any) -> str:
    return os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else str(path)


def _is_local(event: str, arguments: tuple[Any, ...]) -> bool:
    if event == "urllib.Request":
        return str(arguments[0]).startswith("file:")
    address = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
    if isinstance(address, str | bytes) and event != "socket.getaddrinfo":
        return True
    host = address[0] if isinstance(address, tuple) else address
    return host in {None, "", "localhost", "127.0.0.1", "::1", b"localhost"}


_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_WRITE_RIGHTS = {1: 0x1FF2, 2: 0x3FF2, 3: 0x7FF2}
"""Landlock's rights to write, remove and make files, by version of its interface (linux/landlock.h)."""


def _landlock(root: str) -> bool:
    """True if the kernel holds the writes from now on."""
    if sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"}:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    rights = _WRITE_RIGHTS[min(version, 3)]
    handled = ctypes.c_uint64(rights)
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(handled), ctypes.sizeof(handled), 0)
    if ruleset < 0:
        return False
    for path in (root, "/dev", "/proc/self"):
        if not os.path.isdir(path):
            continue
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)

        class Beneath(ctypes.Structure):
            _pack_ = 1
            _fields_ = (("rights", ctypes.c_uint64), ("parent", ctypes.c_int32))

        rule = Beneath(rights, beneath)
        libc.syscall(_ADD_RULE, ruleset, 1, ctypes.byref(rule), 0)
        os.close(beneath)
    libc.prctl(38, 1, 0, 0, 0)
    done = bool(libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    os.close(ruleset)
    return done
