"""Is the data that a fit is judged on like what it is trained on, and was it never trained on?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import is_tensor, to_numpy
from kerasvae_lint.runtime.probes.trial import rows_of
from kerasvae_lint.runtime.subject import Subject
from kerasvae_lint.runtime.trees import leaves

FEWEST = 20
MOST = 20_000
SECONDS = 5.0
"""For going through the data; what takes longer is left unasked."""
OVERLAP = 0.2
Answer = tuple[str, list[str]] | None


def ask_order(subject: Subject, figures: dict[str, Any]) -> Answer:
    """``validation_split`` cuts the last samples off before anything is shuffled: are they of all classes?"""
    share = subject.given.get("validation_split") or 0.0
    if not share or subject.given.get("validation_data") is not None:
        return None
    classes = classes_of(subject.given.get("y"))
    if classes is None:
        return None
    cut = int(len(classes) * (1.0 - share))
    train, last = classes[:cut], classes[cut:]
    names = np.unique(classes)
    if len(classes) < FEWEST and not (len(np.unique(train)) == 1 and names.tolist() == [0, 1]):
        return None
    if len(names) > 2 and _units(subject) == 1:  # numbers, not classes
        return None
    if len(names) < 2 or not len(train) or not len(last):
        return None
    missing = np.setdiff1d(np.unique(last), np.unique(train))
    figures["validation_classes"] = {"slice": len(np.unique(last)), "all": len(names), "never trained": len(missing)}
    runs = 1 + int(np.count_nonzero(classes[1:] != classes[:-1]))
    sorted_by_class = runs == len(names) and min(np.unique(classes, return_counts=True)[1]) >= 3
    unseen = float(np.isin(last, missing).mean())
    if not sorted_by_class and unseen < 0.5:
        return None
    here = f"the last {len(last)} of {len(classes)} samples, which validation_split takes, hold"
    if len(missing):
        words = f"{len(missing)} of the {len(names)} classes, which the others lack ({unseen:.0%} of these samples)"
    else:
        words = f"{len(np.unique(last))} of the {len(names)} classes: the samples are sorted by class"
    return f"{here} {words}", ["KV724"]


def _units(subject: Subject) -> int:
    shape = getattr(subject.model, "output_shape", None)
    return int(shape[-1] or 0) if isinstance(shape, tuple) and shape and isinstance(shape[-1], int) else 0


def classes_of(y: Any) -> Any:
    """The class of each sample, from whole numbers or one-hot rows; None for anything else."""
    parts = list(leaves(y)) if not isinstance(y, list) else [np.asarray(y)]
    if len(parts) != 1:
        return None
    try:
        array = to_numpy(parts[0]) if is_tensor(parts[0]) else np.asarray(parts[0])
    except (TypeError, ValueError):
        return None
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.dtype.kind not in "fiub" or not array.size:
        return None
    if array.ndim == 2 and np.isin(array, (0, 1)).all() and (array.sum(axis=1) == 1).all():
        return array.argmax(axis=1)
    if array.ndim != 1 or not (array == np.round(array)).all():
        return None
    return array if len(np.unique(array)) <= max(2, len(array) // 10) else None


def ask_split(subject: Subject, figures: dict[str, Any]) -> Answer:
    """Training and validation data gone through twice: do samples change sides?"""
    train, validation = subject.given.get("x"), subject.given.get("validation_data")
    if not hasattr(train, "element_spec") or not hasattr(validation, "element_spec"):
        return None
    deadline = time.monotonic() + SECONDS
    first, trained = (_keys(source, deadline) for source in (validation, train))
    again = _keys(validation, deadline)
    if first is None or trained is None or again is None or len(first) < 2:
        return None
    both = first & trained
    figures["validation_overlap"] = {"samples": len(first), "trained on": len(both)}
    if first == again or len(both) < max(2, OVERLAP * len(first)):
        return None
    counts = f"{len(both)} of {len(first)} validation samples are trained on in the same epoch"
    return f"{counts}, and the next epoch has others: the data is shuffled anew before it is split", ["KV703"]


def _keys(source: Any, deadline: float) -> set[int] | None:
    """A number for each sample of a data set; None if that takes too long."""
    found: set[int] = set()
    for element in source:
        found.update(row_keys(element))
        if len(found) > MOST or time.monotonic() > deadline:
            return None
    return found


def row_keys(element: Any) -> Iterator[int]:
    """A number for each sample of a batch, or of an element that is no batch, by its inputs and targets."""
    arrays = [np.ascontiguousarray(to_numpy(leaf)) for leaf in leaves(element) if is_tensor(leaf)]
    count = rows_of(arrays)
    if not count or any(array.ndim == 0 for array in arrays):
        yield hash(tuple(array.tobytes() for array in arrays))
        return
    for row in range(count):
        yield hash(tuple(array[row].tobytes() for array in arrays))
