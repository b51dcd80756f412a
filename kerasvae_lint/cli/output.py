"""Where the words go: streams, colours and width."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from typing import TextIO

from kerasvae_lint.core import Problem
from kerasvae_lint.report.look import Look, place, printable

NARROWEST = 40


def look_for(stream: TextIO, *, unsafe: bool = False) -> Look:
    """Colour and width that suit ``stream``: ``COLUMNS`` and ``NO_COLOR`` respected."""
    width = shutil.get_terminal_size((80, 24)).columns
    return Look(max(width, NARROWEST), wants_colour(stream), unsafe)


def wants_colour(stream: TextIO) -> bool:
    """``NO_COLOR`` wins over ``FORCE_COLOR``; else only a terminal gets colours."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in {"", "0"}:
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def write(stream: TextIO, lines: Iterable[str]) -> None:
    """Print lines, whatever the stream can or can't encode."""
    _tolerant(stream)
    for line in lines:
        stream.write(f"{line}\n")
    if stream is sys.stderr:
        stream.flush()


def write_bytes(data: bytes) -> None:
    """Put bytes on standard output as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _tolerant(stream: TextIO) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None and getattr(stream, "errors", None) == "strict":
        reconfigure(errors="backslashreplace")


def problem_line(problem: Problem, look: Look) -> str:
    """``path:row:column: error: message``."""
    name = look.path(problem.filename)
    where = place(name, problem.location, problem.cell) if problem.location else name
    if problem.location is None and problem.cell is not None:
        where = f"{name}:cell {problem.cell}"
    head = f"{look.paint('path', f'{where}:')} {look.paint('code', 'error:')}"
    return f"{head} {printable(problem.message)}"
