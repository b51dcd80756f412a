"""Exceptions and lists in one readable line."""

from __future__ import annotations

import re
from collections.abc import Sequence

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_ERROR = re.compile(r"^[\w.]*(Error|Exception)\b.*: ")
_WRAPPER = re.compile(r"^Exception encountered when calling .*$")


def first_line(error: BaseException, width: int = 200) -> str:
    """``TypeError: what went wrong``: the first line that says something, without Keras's wrapping."""
    lines = [line.strip() for line in _COLOUR.sub("", str(error)).splitlines()]
    said = [line for line in lines if line and not _WRAPPER.match(line)]
    name = type(error).__name__
    if said and said[0] == "in user code:":  # a traceback of Keras 2's, with the error itself near its end
        said = [line.partition(": ")[2] for line in said if _ERROR.match(line)][-1:] or said[-1:]
    line = f"{name}: {said[0]}" if said else name
    return line if len(line) <= width else line[: width - 1] + "…"


def names(paths: Sequence[str], most: int = 4) -> str:
    """```a`, `b` and 3 more``."""
    shown = ", ".join(f"`{path}`" for path in paths[:most])
    return shown + (f" and {len(paths) - most} more" if len(paths) > most else "")
