"""All that ``fit`` was given, as far as time and memory allow: arrays whole, other sources batch by batch."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kerasvae_lint.runtime import feed
from kerasvae_lint.runtime.feed import Batch
from kerasvae_lint.runtime.subject import Subject
from kerasvae_lint.runtime.trees import leaves, map_tree

SECONDS = 6.0
BYTES = 2**28
NUMBERS = 20_000_000
"""Of one array that statistics are made of; of a larger one rows at even distances."""


@dataclass(slots=True)
class Survey:
    """Samples and how many there are; ``whole`` if none is left out."""

    batches: list[Batch] = field(default_factory=list)
    whole: bool = True

    @property
    def count(self) -> int:
        """Samples seen."""
        return sum(batch.size for batch in self.batches)

    @property
    def said(self) -> str:
        """How many samples a verdict speaks of, in words."""
        return f"all {self.count:,} samples" if self.whole else f"the {self.count:,} samples looked at"

    def inputs(self, index: int) -> Any:
        """One leaf of the inputs, all samples; None where it is no array of numbers."""
        return _joined([list(leaves(batch.x)) for batch in self.batches], index)

    def targets(self, index: int) -> Any:
        """One leaf of the targets."""
        return _joined([list(leaves(batch.y)) for batch in self.batches], index)

    def kept(self, array: Any) -> Any:
        """``array`` without the samples whose weight is 0."""
        weights = _joined([list(leaves(batch.weight)) for batch in self.batches], 0)
        if array is None or weights is None or weights.shape != array.shape[: weights.ndim] or not (weights == 0).any():
            return array
        return array[weights != 0]

    def cut(self, size: int) -> Iterator[Batch]:
        """Batches of ``size`` samples."""
        for batch in self.batches:
            if batch.size <= size:
                yield batch
                continue
            for start in range(0, batch.size - size + 1, size):
                yield _part(batch, start, start + size)


def train(subject: Subject) -> Survey:
    """What the model is trained on; looked at once for all who ask."""
    if "survey" not in subject.notes:
        subject.notes["survey"] = _surveyed(subject)
    found: Survey = subject.notes["survey"]
    return found


def validation(subject: Subject) -> Survey | None:
    """What it is validated on, if that is known."""
    if "validation" not in subject.notes:
        subject.notes["validation"] = _validation(subject)
    found: Survey | None = subject.notes["validation"]
    return found


def _surveyed(subject: Subject) -> Survey:
    given = subject.given
    x, split = _source(given), float(given.get("validation_split") or 0.0)
    batches = subject.feed.batches if subject.feed is not None else []
    if x is None:
        return Survey(batches, whole=False)
    if feed.is_source(x):
        steps = given.get("steps_per_epoch")
        if _is_read_once(x):
            return _of_iterator(subject, x, steps, batches)
        return _of_source(x, steps)
    found = _of_arrays(x, given.get("y"), given.get("sample_weight"))
    if found is None:
        return Survey(batches, whole=False)
    kept = round(found.size * (1.0 - split))
    if subject.notes.get("one_batch"):
        return Survey([found], whole=False)
    return Survey([found if kept == found.size else _part(found, 0, kept)])


def _source(given: dict[str, Any]) -> Any:
    return given.get("x", given.get("generator"))


def _is_read_once(source: Any) -> bool:
    return hasattr(source, "__next__") and not hasattr(source, "__getitem__")


def _of_iterator(subject: Subject, source: Any, steps: int | None, batches: list[Batch]) -> Survey:
    """What was taken from it already, and more only where the script goes no further."""
    if not subject.notes.get("last"):
        return Survey(batches, whole=False)
    more = _of_source(source, max((steps or 64) - len(batches), 0))
    return Survey([*batches, *more.batches], more.whole and steps is None)


def _validation(subject: Subject) -> Survey | None:
    given = subject.given
    x, split = _source(given), float(given.get("validation_split") or 0.0)
    held_out = given.get("validation_data")
    if held_out is not None:
        if feed.is_source(held_out):
            if _is_read_once(held_out) and not subject.notes.get("last"):
                return None
            return _of_source(held_out, given.get("validation_steps") or (64 if _is_read_once(held_out) else None))
        parts = tuple(held_out) if isinstance(held_out, list | tuple) else (held_out,)
        found = _of_arrays(*(*parts, None, None, None)[:3])
        return Survey([found]) if found is not None else None
    if split and not feed.is_source(x):
        whole = _of_arrays(x, given.get("y"), given.get("sample_weight"))
        start = round(whole.size * (1.0 - split)) if whole is not None else 0
        return Survey([_part(whole, start, whole.size)]) if whole is not None and start < whole.size else None
    return None


def _of_arrays(x: Any, y: Any, weight: Any) -> Batch | None:
    x, y, weight = (feed.as_arrays(part) for part in (x, y, weight))
    sizes = {len(leaf) for leaf in leaves(x) if isinstance(leaf, np.ndarray) and leaf.ndim}
    return Batch(x, y, weight) if len(sizes) == 1 else None


def _of_source(source: Any, most: int | None = None) -> Survey:
    batches: list[Batch] = []
    held, started, whole = 0, time.monotonic(), False
    for element in itertools.islice(feed.elements(source), _length(source) if most is None else most):
        batch = feed.unpacked(map_tree(feed.as_array, element))
        held += sum(int(getattr(leaf, "nbytes", 0)) for part in (batch.x, batch.y) for leaf in leaves(part))
        batches.append(batch)
        if held > BYTES or time.monotonic() - started > SECONDS:
            break
    else:
        whole = True
    return Survey([batch for batch in batches if batch.size], whole)


def _length(source: Any) -> int | None:
    """Batches of an epoch; some sources give them again and again."""
    try:
        return len(source)
    except TypeError:  # unknown or without end
        return None


def _part(batch: Batch, start: int, stop: int) -> Batch:
    size = batch.size

    def cut(leaf: Any) -> Any:
        shape = getattr(leaf, "shape", ())
        return leaf[start:stop] if shape and shape[0] == size else leaf

    return Batch(map_tree(cut, batch.x), map_tree(cut, batch.y), map_tree(cut, batch.weight))


def _joined(rows: list[list[Any]], index: int) -> Any:
    parts = [np.asarray(row[index]) for row in rows if index < len(row) and is_numbers(row[index])]
    if not parts or len({part.shape[1:] for part in parts}) != 1:
        return None
    return np.concatenate(parts) if len(parts) > 1 else parts[0]


def is_numbers(leaf: Any) -> bool:
    """True for an array of numbers with samples along its first axis."""
    return isinstance(leaf, np.ndarray) and leaf.ndim > 0 and leaf.size > 0 and leaf.dtype.kind in "fiub"


def thinned(array: Any) -> Any:
    """The array, or rows of it at even distances if it is very large, as float64 (float32 if it is large)."""
    if array.size > NUMBERS and len(array) > 1:
        array = array[:: -(-array.size // NUMBERS)]
    return array.astype("float64" if array.size < NUMBERS // 10 else "float32")
