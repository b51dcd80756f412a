"""Random numbers that a script draws before it trains: a model that holds them as constants draws no more."""

from __future__ import annotations

import functools
import sys
from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import is_tensor, to_numpy

KEPT, LARGEST = 256, 1_000_000
_FUNCTIONS = {
    "random": ("normal", "uniform", "truncated_normal", "randn", "rand", "standard_normal"),
    "backend": ("random_normal", "random_uniform", "truncated_normal", "random_normal_variable"),
}
SEEN: list[Any] = []


def watch(module: Any, kind: str) -> None:
    """Remember what the functions of ``module`` (``tf.random``, ``K``…) give the script; again is harmless."""
    for name in _FUNCTIONS[kind]:
        original = getattr(module, name, None)
        if original is None or getattr(original, "_kvlint_early", False):
            continue
        try:
            wrapper = functools.wraps(original)(_remembering(original))
        except (AttributeError, TypeError):
            continue
        wrapper._kvlint_early = True  # type: ignore[attr-defined]
        setattr(module, name, wrapper)


def _remembering(original: Any) -> Any:
    def remembering(*args: Any, **kwargs: Any) -> Any:
        made = original(*args, **kwargs)
        if len(SEEN) < KEPT and "site-packages" not in sys._getframe(1).f_code.co_filename:
            _remember(made)
        return made

    return remembering


def _remember(made: Any) -> None:
    if not is_tensor(made) and type(made).__name__ not in {"ResourceVariable", "Variable"}:
        return
    try:
        array = to_numpy(made)
    except (AttributeError, NotImplementedError, TypeError, ValueError):  # a tensor of a graph
        return
    if array.dtype.kind == "f" and 1 < array.size <= LARGEST:
        SEEN.append(np.array(array, dtype="float32"))


def was_drawn(value: Any) -> bool:
    """True for an array (or a variable) that holds just what the script has drawn."""
    try:
        array = np.asarray(to_numpy(value), dtype="float32")
    except (AttributeError, NotImplementedError, TypeError, ValueError):
        return False
    return any(array.shape == drawn.shape and np.array_equal(array, drawn) for drawn in SEEN)
