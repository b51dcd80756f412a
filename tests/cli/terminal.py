"""A real terminal around a real process: what it draws, and what Ctrl-C does."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

_FROM_OUTSIDE = ("CI", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE")


class Terminal:
    """A process in a session of its own whose standard streams (or some of them) are a terminal."""

    def __init__(self, arguments: list[str], folder: Path, columns: int, piped: bool, extra: dict[str, str]) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        environment = {name: value for name, value in os.environ.items() if name not in _FROM_OUTSIDE}
        self.process = subprocess.Popen(
            arguments,
            cwd=folder,
            env={**environment, "TERM": "xterm", **extra},
            stdin=slave,
            stdout=subprocess.PIPE if piped else slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(2, termios.TIOCSCTTY, 0),
        )
        os.close(slave)
        self.drawn = ""

    def _read(self, seconds: float) -> bool:
        if not select.select([self.master], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:  # the last process that held the terminal is gone
            return False
        self.drawn += data.decode(errors="replace")
        return bool(data)

    def until(self, pattern: str, seconds: float = 60.0) -> str:
        """Wait until something like this is drawn; it and what came before it are no longer looked at."""
        end = time.monotonic() + seconds
        while (found := re.search(pattern, self.drawn)) is None:
            if time.monotonic() > end or not self._read(0.05):
                raise AssertionError(f"{pattern!r} was not drawn, but {self.drawn!r}")
        before, self.drawn = self.drawn[: found.end()], self.drawn[found.end() :]
        return before

    def type(self, keys: str) -> None:
        """As if typed."""
        os.write(self.master, keys.encode())

    def interrupt(self) -> None:
        """Ctrl-C, which reaches every process in the foreground."""
        self.type("\x03")

    def children(self) -> list[psutil.Process]:
        """Everything that the process has started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, seconds: float = 60.0) -> int:
        """Wait for the end; the exit status."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._read(0.05) and self.process.poll() is None:
            pass
        status = self.process.wait(max(end - time.monotonic(), 1.0))
        while select.select([self.master], [], [], 0.05)[0] and self._read(0.0):
            pass
        return status


@contextmanager
def terminal(
    *arguments: str, folder: Path, columns: int = 80, piped: bool = False, extra: dict[str, str] | None = None
) -> Iterator[Terminal]:
    """kvlint in a terminal; ``piped`` says that standard output is a pipe. Nothing is left of it afterwards."""
    made = Terminal([sys.executable, "-m", "kerasvae_lint", *arguments], folder, columns, piped, extra or {})
    try:
        yield made
    finally:
        family = [made.process] if made.process.poll() is None else []
        for process in (*(made.children() if family else ()), *family):
            process.kill()
        made.process.wait()
        os.close(made.master)


def screen(drawn: str, columns: int = 80) -> list[str]:
    """What is left on the screen, line by line: enough of a terminal for what kvlint draws."""
    lines, row, column = [""], 0, 0
    for token in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|[^\x1b]", drawn):
        if token == "\n":
            row, column = row + 1, 0
        elif token == "\r":
            column = 0
        elif token == "\x1b[K":
            lines[row] = lines[row][:column]
        elif token == "\x1b[2K":
            lines[row] = ""
        elif token == "\x1b[1A":
            row -= 1
        elif token == "\x1b[2J":
            lines, row, column = [""], 0, 0
        elif token[0] != "\x1b":
            if column == columns:
                row, column = row + 1, 0
            lines += [""] * (row + 1 - len(lines))
            lines[row] = lines[row].ljust(column)[:column] + token + lines[row][column + 1 :]
            column += 1
        lines += [""] * (row + 1 - len(lines))
    return [line.rstrip() for line in lines]


def gone(processes: list[psutil.Process], seconds: float = 5.0) -> bool:
    """True once none of them runs any more."""
    return not psutil.wait_procs(processes, timeout=seconds)[1]
