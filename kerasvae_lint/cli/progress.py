"""A bar for long work: on a terminal, on standard error, and gone without a trace when the work is done."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

from kerasvae_lint.cli.output import is_plain

DELAY = 0.5
"""What is done sooner needs no bar."""
REDRAW = 0.1
WIDEST = 36
_INFO = len("100%  00:00:00")
_UP_AND_ERASE = "\x1b[1A\x1b[2K"


def wanted(quiet: bool) -> bool:
    """True if somebody is looking: a terminal that can move its cursor, and not the log of a CI run."""
    return not quiet and not is_plain(sys.stderr) and not os.environ.get("CI")


class Bar:
    """Draws what it is told; nothing before ``delay``, and not more often than one can see."""

    def __init__(self, *, shown: bool, item: int = 0, delay: float = DELAY) -> None:
        self._shown = shown
        self._item = item
        self._begin = time.monotonic() + delay
        self._drawn = 0.0
        self._what: tuple[str, int] | None = None
        self._bar: Any = None

    def __call__(self, doing: str, done: int, total: int, item: str = "") -> None:
        """``done`` of ``total`` (0 if unknown) of what is being done; ``item`` is shown beside it."""
        now = time.monotonic()
        fresh = self._what != (doing, total)
        if not self._shown or now < self._begin or (now - self._drawn < REDRAW and not fresh):
            return
        self._drawn = now
        if fresh:
            self.close()
            self._open(doing, total)
        self._bar.update(done - self._bar.pos, item)

    def _open(self, doing: str, total: int) -> None:
        room = _columns() - len(doing) - _INFO - (self._item + 2 if self._item else 0) - 8
        width = min(room, WIDEST)
        plain = not total or width < 5
        self._what = doing, total
        self._bar = click.progressbar(
            iterable=(_ for _ in ()) if not total else None,
            length=total or None,
            label=doing,
            file=sys.stderr,
            width=max(width, 1),
            show_pos=not total,
            show_eta=bool(total),
            bar_template="%(label)s  %(info)s" if plain else "%(label)s  [%(bar)s]  %(info)s",
            item_show_func=(lambda item: item or "") if self._item and room >= 0 else None,
        )
        self._bar.__enter__()

    def close(self) -> None:
        """Take the bar away and show the cursor again."""
        if self._bar is None:
            return
        self._bar.__exit__(None, None, None)
        self._bar = self._what = None
        click.echo(_UP_AND_ERASE, file=sys.stderr, nl=False)


@contextmanager
def bar(*, shown: bool, item: int = 0, delay: float = DELAY) -> Iterator[Bar]:
    """A bar that is gone after this block, however the block ends; ``item`` is the longest item to show."""
    made = Bar(shown=shown, item=item, delay=delay)
    try:
        yield made
    finally:
        with suppress(OSError):
            made.close()


def _columns() -> int:
    """Of the terminal that standard error is, which may not be the one that standard output is."""
    with suppress(OSError, ValueError):
        return int(os.environ.get("COLUMNS") or 0) or os.get_terminal_size(sys.stderr.fileno()).columns or 80
    return 80
