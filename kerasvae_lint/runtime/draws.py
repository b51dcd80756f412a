"""Normal noise where it is drawn, whatever function asked for it: seen, and exchanged for other numbers.

Keras, TensorFlow Probability and a user's own code end in a handful of functions that give standard normal numbers;
mean and deviation are put on afterwards. So one hook over each of these sees every draw, even where a name was imported
before the hook was laid.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.framework import is_tensor, to_numpy

_TENSORFLOW = (
    ("gen_random_ops", "random_standard_normal"),
    ("gen_random_ops", "truncated_normal"),
    ("gen_stateless_random_ops_v2", "stateless_random_normal_v2"),
    ("gen_stateless_random_ops_v2", "stateless_truncated_normal_v2"),
    ("gen_stateless_random_ops", "stateless_random_normal"),
    ("gen_stateless_random_ops", "stateless_truncated_normal"),
)
_JAX = ("normal", "truncated_normal")
_TORCH = ("normal", "randn", "randn_like")
_NUMPY = ("normal", "randn", "standard_normal")


@dataclass(slots=True)
class Draw:
    """Numbers of one draw; ``function`` and ``row`` say where the user's code asked for them."""

    value: Any
    function: str
    row: int
    file: str


def watch_tensorflow() -> None:
    """Hook TensorFlow's kernels; again is harmless, and so is a release that has them elsewhere."""
    for module, name in _TENSORFLOW:
        try:
            _hook(importlib.import_module(f"tensorflow.python.ops.{module}"), name)
        except ImportError:
            continue


def watch_backend(backend: str) -> None:
    """Hook what a backend of Keras 3 draws with, and NumPy on the host."""
    for name in _NUMPY:
        _hook(np.random, name, of_user=True)
    if backend == "tensorflow":
        watch_tensorflow()
    elif backend in sys.modules:
        module = sys.modules["jax"].random if backend == "jax" else sys.modules["torch"]
        for name in _JAX if backend == "jax" else _TORCH:
            _hook(module, name)


def _hook(module: Any, name: str, *, of_user: bool = False) -> None:
    original = getattr(module, name, None)
    if original is None or getattr(original, "_kvlint_draw", False):
        return

    def drawing(*args: Any, **kwargs: Any) -> Any:
        value = original(*args, **kwargs)
        if not watch.LISTENERS.draws or not is_tensor(value):
            return value
        if of_user and _is_library(sys._getframe(1)):
            return value
        return _told(value)

    wrapper = _named(original, drawing)
    wrapper._kvlint_draw = True
    setattr(module, name, wrapper)


def _named(original: Any, wrapper: Any) -> Any:
    try:
        return functools.wraps(original)(wrapper)
    except (AttributeError, TypeError):  # a compiled function without a name
        return wrapper


def _told(value: Any) -> Any:
    draw = Draw(value, *_place())
    for listener in list(watch.LISTENERS.draws):
        other = listener(draw)
        if other is not None:
            draw.value = other
    return draw.value


def _is_library(frame: Any) -> bool:
    name = str(frame.f_globals.get("__name__", ""))
    return "site-packages" in frame.f_code.co_filename or name.startswith("kerasvae_lint.runtime")


def _place() -> tuple[str, int, str]:
    """Function, row and file of the innermost frame that is the user's own."""
    frame: Any = sys._getframe(2)
    while frame is not None:
        if not _is_library(frame) and not frame.f_code.co_filename.startswith("<"):
            return frame.f_code.co_name, frame.f_lineno, frame.f_code.co_filename
        frame = frame.f_back
    return "", 0, ""


def filled(number: float) -> Callable[[Any], Any]:
    """For :func:`exchanged`: the same number everywhere, in a tensor of the same kind."""
    return lambda value: value * 0 + number


def as_drawn(draw: Draw, array: Any, tensor: Callable[[Any], Any]) -> Any:
    """Other numbers in the shape and kind of a draw, NumPy's or the backend's."""
    value = draw.value
    numbers = array.reshape(np.shape(value)).astype(to_numpy(value).dtype)
    return numbers if isinstance(value, np.ndarray) else tensor(numbers)


def unchanged(_: Draw) -> Any:
    """A listener that changes nothing."""
    return None


def exchanged(number: int, value: Callable[[Any], Any]) -> Callable[[Draw], Any]:
    """A listener that puts ``value(drawn numbers)`` in the place of draw ``number``, counted from 0."""
    count = -1

    def listener(draw: Draw) -> Any:
        nonlocal count
        count += 1
        return value(draw.value) if count == number else None

    return listener
