"""Signals that ask kvlint to stop: it stops at once, and what must not be cut in two is finished first.

Only the command line calls :func:`install`; without it :func:`deferred` does nothing, and a program that uses kvlint
as a library keeps its own handlers.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

GRACE = 3.0
"""Seconds in which a second signal is not heard: the first one's cleaning up must not be cut short in its turn."""
SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Stopped(SystemExit):
    """Raised in the main thread by a signal; its code is the exit status, 128 and the signal's number."""


class _State:
    received: int | None = None
    at = 0.0
    depth = 0
    pending = False


def install() -> None:
    """Hear the signals, those excepted that whoever started kvlint wants ignored (``nohup``, ``&`` in a script)."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _hear)


def received() -> int | None:
    """The first signal that was heard."""
    return _State.received


def stop() -> NoReturn:
    """Go on with what a signal began, where a library has made something else of it."""
    raise Stopped(128 + (_State.received or signal.SIGINT))


def _hear(number: int, _frame: FrameType | None) -> None:
    now = time.monotonic()
    if _State.received is not None and now - _State.at < GRACE:
        return
    _State.received = _State.received or number
    _State.at = now
    if _State.depth:
        _State.pending = True
        return
    stop()


@contextmanager
def deferred() -> Iterator[None]:
    """What stands in this block is done whole: a signal that arrives meanwhile is raised at its end."""
    _State.depth += 1
    try:
        yield
    finally:
        _State.depth -= 1
        if _State.pending and not _State.depth:
            _State.pending = False
            stop()
