"""What was done so that a script runs here, told in the report: each thing once, with the first line that needed it."""

from __future__ import annotations

import os
import sys
import sysconfig
from types import FrameType

_LIBRARIES = tuple(
    {
        os.path.realpath(path) + os.sep
        for path in (
            *map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib")),
            os.path.dirname(os.__file__),
            os.path.dirname(__file__),
        )
    }
)
_IMPORTERS = (f"{os.sep}importlib{os.sep}", f"{os.sep}wrapt{os.sep}")
_SAID: dict[str, int | None] = {}


def say(text: str, row: int | None = None) -> None:
    """Note ``text`` for the report; ``row`` is the user's line, found where it is not given."""
    if text not in _SAID:
        _SAID[text] = row if row is not None else row_of_user()


def said() -> list[str]:
    """Everything noted so far, as sentences."""
    return [f"{text} (line {row})" if row else text for text, row in _SAID.items()]


def clear() -> None:
    """Forget what was said: another script begins."""
    _SAID.clear()


def is_users(file: str) -> bool:
    """True for a file that is no library's, not ours, and not made up by the interpreter."""
    if file.startswith("<"):
        return False
    real = os.path.realpath(file)
    return not real.startswith(_LIBRARIES) and f"{os.sep}site-packages{os.sep}" not in real


def row_of_user() -> int | None:
    """The line of the program (not of another file of the user's) that is running."""
    frame: FrameType | None = sys._getframe(1)
    program = getattr(sys.modules.get("__main__"), "__file__", None)
    while frame is not None and frame.f_code.co_filename != program:
        frame = frame.f_back
    return frame.f_lineno if frame is not None else None


def user_asks() -> bool:
    """True if the user's code itself (no library for its own ends) does what is going on, an import say."""
    frame: FrameType | None = sys._getframe(1)
    ours = os.path.dirname(__file__) + os.sep
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(("<frozen importlib", ours)) and not any(part in file for part in _IMPORTERS):
            return is_users(file)
        frame = frame.f_back
    return False
