"""Runs a program as ``python program.py`` would and says in one line what went wrong, if something did."""

from __future__ import annotations

import ast
import os
import sys
import traceback
import types
from typing import Any

from kerasvae_lint.runtime import lacking, legacy
from kerasvae_lint.runtime.framework import Framework, is_own
from kerasvae_lint.runtime.old import modules
from kerasvae_lint.runtime.words import first_line


class ScriptError(Exception):
    """The program ended with an exception; ``place`` is the Keras class of the user's own that raised it."""

    def __init__(
        self, reason: str, place: str = "", rows: list[int] | None = None, cause: BaseException | None = None
    ) -> None:
        super().__init__(reason)
        self.place = place
        self.rows = rows or []
        self.cause = cause


def run(
    path: str,
    text: str,
    arguments: tuple[str, ...],
    elsewhere: list[str],
    synthetic: bool = False,
    *,
    plain: bool = False,
) -> dict[str, Any]:
    """Execute ``text`` as ``__main__``; its names when it ends. ``plain`` is as it stands, old copies of Keras and all.

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
        tree = ast.parse(text, path)
        code = compile(tree if plain else modules.rewritten(tree), path, "exec")
    except (SyntaxError, ValueError) as error:
        said = getattr(error, "msg", str(error))
        reason = f"not Python: {said} (line {getattr(error, 'lineno', '?')})"
        raise ScriptError("; ".join(filter(None, (reason, lacking.python_2(said))))) from None
    try:
        exec(code, module.__dict__)
    except SystemExit as stop:
        if stop.code not in {None, 0}:
            raise ScriptError(f"the script exits with {stop.code!r} before it trains anything") from None
    except BaseException as error:
        raise ScriptError(_reason(error, path, synthetic), _own_class(error), rows_of(error, path), error) from None
    return module.__dict__


def _reason(error: BaseException, path: str, synthetic: bool) -> str:
    """``ValueError: … (line 12)``, with a word on what helps."""
    rows = rows_of(error, path)
    where = f" (line {rows[-1]})" if rows else ""
    if isinstance(error, EOFError):
        return f"the script reads standard input{where}"
    if isinstance(error, MemoryError):
        return f"out of memory{where}"
    if isinstance(error, ModuleNotFoundError):
        name = str(error.name).removeprefix("tf_") if legacy.is_active() else str(error.name)
        return f"there is no module {name}{where}: {lacking.module_missing(name, synthetic)}"
    if isinstance(error, FileNotFoundError) and error.filename is not None:
        return lacking.file_missing(error, synthetic) + where
    advice = lacking.name_missing(error) if isinstance(error, ImportError | AttributeError) else ""
    return f"{first_line(error)}{where}" + (f": {advice}" if advice else "")


def rows_of(error: BaseException, path: str) -> list[int]:
    """The rows of the program that a traceback goes through, the innermost last."""
    frames = traceback.extract_tb(error.__traceback__)
    return [frame.lineno for frame in frames if frame.filename == path and frame.lineno is not None]


def _own_class(error: BaseException) -> str:
    """The user's Keras class in whose method the exception arose, or the model whose ``fit`` raised it; else empty."""
    found = str(getattr(error, "kvlint_model", ""))
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
