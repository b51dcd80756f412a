"""Runs a program as ``python program.py`` would and says in one line what went wrong, if something did."""

from __future__ import annotations

import os
import sys
import traceback
import types
from typing import Any

from kerasvae_lint.runtime import legacy
from kerasvae_lint.runtime.framework import Framework, is_own
from kerasvae_lint.runtime.words import first_line


class ScriptError(Exception):
    """The program ended with an exception; ``place`` is the Keras class of the user's own that raised it."""

    def __init__(self, reason: str, place: str = "", rows: list[int] | None = None) -> None:
        super().__init__(reason)
        self.place = place
        self.rows = rows or []


def run(path: str, text: str, arguments: tuple[str, ...], elsewhere: list[str]) -> dict[str, Any]:
    """Execute ``text`` as ``__main__``; its names when it ends.

    Raises:
        ScriptError: an exception, a ``sys.exit``, or code that is no Python.
    """
    module = types.ModuleType("__main__")
    module.__file__ = path
    module.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = module
    sys.argv = [path, *arguments]
    sys.path[0:0] = [os.path.dirname(path), *elsewhere]
    try:
        code = compile(text, path, "exec")
    except (SyntaxError, ValueError) as error:
        raise ScriptError(
            f"not Python: {getattr(error, 'msg', error)} (line {getattr(error, 'lineno', '?')})"
        ) from None
    try:
        exec(code, module.__dict__)
    except SystemExit as stop:
        if stop.code not in {None, 0}:
            raise ScriptError(f"the script exits with {stop.code!r} before it trains anything") from None
    except BaseException as error:
        raise ScriptError(_reason(error, path), _own_class(error), rows_of(error, path)) from None
    return module.__dict__


def _reason(error: BaseException, path: str) -> str:
    """``ValueError: … (line 12)``, with a word on what helps."""
    rows = rows_of(error, path)
    where = f" (line {rows[-1]})" if rows else ""
    if isinstance(error, EOFError):
        return f"the script reads standard input{where}"
    if isinstance(error, MemoryError):
        return f"out of memory{where}"
    if isinstance(error, ModuleNotFoundError):
        return f"there is no module {str(error.name).removeprefix('tf_') if legacy.is_active() else error.name}{where}"
    return first_line(error) + where


def rows_of(error: BaseException, path: str) -> list[int]:
    """The rows of the program that a traceback goes through, the innermost last."""
    frames = traceback.extract_tb(error.__traceback__)
    return [frame.lineno for frame in frames if frame.filename == path and frame.lineno is not None]


def _own_class(error: BaseException) -> str:
    """The user's Keras class in whose method the exception arose; empty if it was elsewhere."""
    found = ""
    step = error.__traceback__
    while step is not None:
        own = step.tb_frame.f_locals.get("self")
        if own is not None and is_own(type(own)) and _is_keras(own):
            found = type(own).__name__
        step = step.tb_next
    return found


def _is_keras(thing: Any) -> bool:
    framework = Framework.of(thing)
    if framework is None:
        return False
    keras = framework.keras
    kinds = (keras.layers.Layer, keras.metrics.Metric, keras.losses.Loss, keras.regularizers.Regularizer)
    return isinstance(thing, kinds)
