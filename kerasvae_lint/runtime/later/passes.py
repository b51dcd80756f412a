"""Predictions of a shuffled source beside labels that are read in another pass over it."""

from __future__ import annotations

import ast
import dis
import functools
import sys
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import is_tensor, to_numpy
from kerasvae_lint.runtime.trees import leaves

MOST = 2_000
SECONDS = 8.0
FEWEST = 8
_KEEPS_ORDER = ("Map", "ParallelMap", "Prefetch", "Unbatch", "Batch", "ParallelBatch", "Options", "Restructured")
_LABELS = {"classes", "labels", "y", "filenames"}
GONE_THROUGH: list[tuple[Any, str, int]] = []
"""Data sets that the script's own loops have gone through, with file and row."""
Answer = tuple[str, list[str]]


def watch(tf: Any) -> None:
    """Note whose loops go through a data set; again is harmless."""
    cls = tf.data.Dataset
    for name in ("__iter__", "as_numpy_iterator"):
        owner = next(base for base in cls.__mro__ if name in base.__dict__)
        original = owner.__dict__[name]
        if not getattr(original, "_kvlint_passes", False):
            wrapper = functools.wraps(original)(_noting(original, name))
            wrapper._kvlint_passes = True  # type: ignore[attr-defined]
            setattr(owner, name, wrapper)


def _noting(original: Any, name: str) -> Any:
    def noting(self: Any) -> Any:
        frame = sys._getframe(1)
        if "site-packages" not in frame.f_code.co_filename and len(GONE_THROUGH) < MOST:
            loop = dis.opname[frame.f_code.co_code[frame.f_lasti]] == "GET_ITER"
            if loop or name != "__iter__":
                GONE_THROUGH.append((self, frame.f_code.co_filename, frame.f_lineno))
        return original(self)

    return noting


@dataclass(slots=True)
class Prediction:
    """A source that predictions were made of, in an order of its own."""

    source: Any
    row: int
    agree: int
    count: int


class Passes:
    """Predictions of one script, and who reads labels beside them."""

    def __init__(self, text: str, path: str) -> None:
        self.path = path
        self.predictions: list[Prediction] = []
        try:
            self.tree: ast.Module = ast.parse(text)
        except (SyntaxError, ValueError):
            self.tree = ast.Module([], [])

    def predicted(self, source: Any, caller: Any) -> Answer | None:
        """``predict`` has gone through a source once; is the next pass in another order?"""
        if hasattr(source, "index_array") and hasattr(source, "shuffle"):
            return self._iterator(source, caller)
        if not hasattr(source, "element_spec"):
            return None
        orders = [_order(source) for _ in range(2)]
        if orders[0] is None or orders[1] is None or len(orders[0]) < FEWEST or len(orders[0]) != len(orders[1]):
            return None
        agree = sum(a == b for a, b in zip(*orders, strict=True))
        if agree <= len(orders[0]) // 2 and set(orders[0]) == set(orders[1]):
            self.predictions.append(Prediction(source, caller.f_lineno, agree, len(orders[0])))
        return self.ended()

    def ended(self) -> Answer | None:
        """A pass of the script's own over what predictions were made of."""
        for made in self.predictions:
            root = _root(made.source)
            for data, file, row in GONE_THROUGH:
                if file == self.path and _root(data) is root and not self._breaks(row):
                    places = f"two passes agree at {made.agree} of {made.count} places"
                    return (
                        f"`predict` (line {made.row}) goes through its data in another order than line {row}: {places}",
                        ["KV706"],
                    )
        return None

    def _breaks(self, row: int) -> bool:
        """True for a loop that looks at some elements only."""
        loops = [node for node in ast.walk(self.tree) if isinstance(node, ast.For) and node.lineno == row]
        return any(isinstance(inner, ast.Break | ast.Return) for loop in loops for inner in ast.walk(loop))

    def _iterator(self, source: Any, caller: Any) -> Answer | None:
        """Keras's own image iterators: the order is theirs, the labels are stored in another."""
        order = getattr(source, "index_array", None)
        if order is None or len(order) < FEWEST:
            return None
        agree = int(np.count_nonzero(np.asarray(order) == np.arange(len(order))))
        if agree > len(order) // 2:
            return None
        row = self._reads_labels(source, caller)
        if not row:
            return None
        places = f"its order and the stored one agree at {agree} of {len(order)} places"
        return f"`predict` (line {caller.f_lineno}) goes by a shuffled order, line {row} by the stored one: {places}", [
            "KV706"
        ]

    def _reads_labels(self, source: Any, caller: Any) -> int:
        """The row that reads the stored labels: the source's own, or the array that it was made of."""
        names = {**caller.f_globals, **caller.f_locals}
        same = {name for name, value in names.items() if value is source}
        stored = getattr(source, "y", None)
        arrays = {name for name, value in names.items() if stored is not None and value is stored}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute) and node.attr in _LABELS and isinstance(node.value, ast.Name):
                if node.value.id in same and isinstance(node.ctx, ast.Load):
                    return node.lineno
            if isinstance(node, ast.Name) and node.id in arrays and isinstance(node.ctx, ast.Load):
                if node.lineno > caller.f_lineno:
                    return node.lineno
        return 0


def _order(source: Any) -> list[int] | None:
    """A number for each sample of one pass, by its inputs; None if that takes too long."""
    begun, found = time.monotonic(), []
    for element in source:
        first = next((leaf for leaf in leaves(element) if is_tensor(leaf)), None)
        if first is None or not len(first.shape):
            return None
        found += [hash(np.ascontiguousarray(row).tobytes()) for row in to_numpy(first)]
        if len(found) > MOST or time.monotonic() - begun > SECONDS / 2:
            return None
    return found


def _root(data: Any) -> Any:
    """The data set whose order this one keeps."""
    while type(data).__name__.lstrip("_").removesuffix("Dataset") in _KEEPS_ORDER:
        inner = getattr(data, "_input_dataset", None)
        if inner is None:
            return data
        data = inner
    return data
