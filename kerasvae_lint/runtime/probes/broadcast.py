"""One number for each sample, set against targets of another rank: ``(B, 1)`` and ``(B,)`` make ``(B, B)``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.trees import leaves

_COMPARES = frozenset({"Sub", "SquaredDifference"})
_MOST = 20_000
"""Tensors kept; a loop that makes more between two calls of a layer is not watched to its end."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Two shapes that met, and the line of the script."""

    output: tuple[int, ...]
    other: tuple[int, ...]
    row: int


class Watcher:
    """Follows outputs through TensorFlow's operations, while they run one by one."""

    def __init__(self) -> None:
        self.found: list[Broadcast] = []
        self._derived: dict[int, Any] = {}
        self._on = False

    def called(self, call: watch.Call) -> None:
        """An outermost layer has given its output."""
        if call.depth:
            return
        for leaf in leaves(call.output):
            self._follow(leaf)

    def _follow(self, tensor: Any) -> None:
        shape = getattr(tensor, "shape", None)
        if shape is not None and _is_column(_sizes(shape)):
            if len(self._derived) > _MOST:
                self._derived.clear()
            self._derived[id(tensor)] = tensor

    def start(self) -> None:
        """Listen, where this TensorFlow can tell of its operations."""
        callbacks = _callbacks()
        if callbacks is not None and not self._on:
            callbacks.add_op_callback(self._ran)
            self._on = True

    def stop(self) -> None:
        """Listen no more, and forget the tensors."""
        callbacks = _callbacks()
        if callbacks is not None and self._on:
            callbacks.remove_op_callback(self._ran)
        self._on = False
        self._derived.clear()

    def _ran(self, kind: Any, inputs: Any, _: Any, outputs: Any, *rest: Any, **named: Any) -> None:
        graph = named.get("graph", rest[1] if len(rest) > 1 else None)
        if graph is not None or not self._derived:
            return
        known = [tensor for tensor in inputs if id(tensor) in self._derived]
        if not known or not outputs:
            return
        if len(inputs) == 2 and len(known) == 1 and kind in _COMPARES:
            other = inputs[0] if known[0] is inputs[1] else inputs[1]
            self._compared(known[0], other)
        others = [tensor for tensor in inputs if id(tensor) not in self._derived]
        if len(outputs) == 1 and _count(outputs[0]) == _count(known[0]) and all(_is_setting(t) for t in others):
            self._follow(outputs[0])

    def _compared(self, output: Any, other: Any) -> None:
        left, right = _sizes(output.shape), _sizes(other.shape)
        if left and right and {len(left), len(right)} == {1, 2} and left[0] == right[0] > 1:
            if all(size == 1 for size in (*left[1:], *right[1:])):
                self.found.append(Broadcast(left, right, _row()))


def _sizes(shape: Any) -> tuple[int, ...]:
    try:
        return tuple(int(n) for n in shape)
    except (TypeError, ValueError):  # unknown
        return ()


def _is_column(sizes: tuple[int, ...]) -> bool:
    return len(sizes) in {1, 2} and sizes[0] > 1 and all(size == 1 for size in sizes[1:])


def _is_setting(tensor: Any) -> bool:
    """True for a single number, or for the axes and sizes that an operation is told."""
    return _count(tensor) <= 1 or "int" in str(getattr(tensor, "dtype", ""))


def _count(tensor: Any) -> int:
    total = 1
    for size in _sizes(tensor.shape):
        total *= size
    return total


def _callbacks() -> Any:
    try:
        from tensorflow.python.framework import op_callbacks
    except ImportError:  # another backend, or a TensorFlow that keeps them elsewhere
        return None
    return op_callbacks


def _row() -> int:
    """The innermost line of the script itself."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__") == "__main__":
            return int(frame.f_lineno)
        frame = frame.f_back
    return 0


@contextmanager
def watched(found: list[Broadcast]) -> Iterator[None]:
    """What is broadcast in the steps that are run inside is added to ``found``."""
    watcher = Watcher()
    watcher.start()
    try:
        with watch.listening(calls=watcher.called):
            yield
    finally:
        watcher.stop()
        found += watcher.found
