"""Where the words go: streams, colours and width."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from typing import TextIO

import click

from kerasvae_lint.core import Problem
from kerasvae_lint.report.look import Look, place, printable, wrap

NARROWEST = 40


def look_for(stream: TextIO, *, unsafe: bool = False) -> Look:
    """Colour and width that suit ``stream``: ``COLUMNS``, ``--color`` and the like respected."""
    width = shutil.get_terminal_size((80, 24)).columns or 80
    return Look(max(width, NARROWEST), wants_colour(stream), unsafe)


def wants_colour(stream: TextIO) -> bool:
    """``--color`` wins, then ``NO_COLOR``, then ``FORCE_COLOR`` and ``CLICOLOR_FORCE``; else a terminal gets colours.

    ``CLICOLOR=0`` and ``TERM=dumb`` say that the terminal wants none.
    """
    context = click.get_current_context(silent=True)
    if context is not None and context.color is not None:
        return context.color
    if os.environ.get("NO_COLOR"):
        return False
    if any(os.environ.get(name, "0") not in {"", "0"} for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return os.environ.get("CLICOLOR") != "0" and not is_plain(stream)


def is_plain(stream: TextIO) -> bool:
    """True for a pipe, a file, and a terminal that only prints."""
    return not stream.isatty() or os.environ.get("TERM") == "dumb"


def write(stream: TextIO, lines: Iterable[str]) -> None:
    """Print lines, whatever the stream can or can't encode."""
    _tolerant(stream)
    for line in lines:
        stream.write(f"{line}\n")
    if stream is sys.stderr:
        stream.flush()


def folded(lines: Iterable[str], stream: TextIO) -> Iterator[str]:
    """Plain lines broken between words for a narrow terminal; a pipe gets them whole, to look for words in them."""
    width = look_for(stream).width
    for line in lines:
        yield from wrap(line, width, 0, "") if stream.isatty() else [line]


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
