"""Matplotlib, tqdm and their like where they are not installed: everything can be called, and nothing is shown."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np


class Anything:
    """Answers every name and every call with itself, and is a number, a string and a context manager if need be."""

    def __call__(self, *given: Any, **_: Any) -> Any:
        return given[0] if len(given) == 1 and _is_function(given[0]) else self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, _: Any) -> Anything:
        return self

    def __setitem__(self, _: Any, __: Any) -> None:
        """Kept nowhere."""

    def __iter__(self) -> Iterator[Anything]:
        """As often as ``a, b, c = …`` asks can't be known: three, as a histogram gives."""
        return iter((self, self, self))

    def __enter__(self) -> Anything:
        return self

    def __exit__(self, *_: Any) -> None:
        return None

    def __len__(self) -> int:
        return 3

    def __array__(self, *_: Any, **__: Any) -> Any:
        """A number, or NumPy would look for the end of it."""
        return np.zeros(())

    def __float__(self) -> float:
        return 0.0

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        return ""

    def _self(self, *_: Any) -> Anything:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __or__ = _self


def _is_function(value: Any) -> bool:
    return callable(value) and hasattr(value, "__code__")


ANYTHING = Anything()


class Bar(Anything):
    """A progress bar: what it goes over."""

    def __init__(self, iterable: Any = None, *_: Any, **__: Any) -> None:
        self.iterable = iterable if iterable is not None else ()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.iterable)

    def __len__(self) -> int:
        return len(self.iterable)


def _counted(*ends: int, **_: Any) -> Bar:
    return Bar(range(*ends))


_BARS: dict[str, Any] = {"tqdm": Bar, "tqdm_notebook": Bar, "trange": _counted, "tnrange": _counted}


class Pictures(ModuleType):
    """A module that has every name."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "subplots":
            return _subplots
        if name in _BARS:
            return _BARS[name]
        return type(name, (Anything,), {}) if name[0].isupper() else ANYTHING


def module(name: str) -> ModuleType:
    """A module of that name."""
    made = Pictures(name)
    made.__dict__["__all__"] = []
    made.__dict__["__version__"] = "0 (kvlint's stand-in)"
    return made


def _subplots(nrows: int = 1, ncols: int = 1, *_: Any, squeeze: bool = True, **__: Any) -> tuple[Any, Any]:
    """A figure with as many axes as are asked for."""
    axes: Any = np.frompyfunc(lambda _: ANYTHING, 1, 1)(np.zeros((nrows, ncols)))
    return ANYTHING, (axes if not squeeze else axes[0, 0] if nrows == ncols == 1 else axes.squeeze())
