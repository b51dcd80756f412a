"""Predictions and what they are compared with: from which data set each of the two comes, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.keras.sources import method
from kerasvae_lint.values.interpreter import Interpreter
from kerasvae_lint.values.lattice import (
    Computed,
    Constant,
    DictObject,
    LibraryName,
    LibraryObject,
    ListObject,
    Native,
    Site,
    Tuple,
    Union,
    Unknown,
    Value,
    constant,
)

_KEPT = frozenset({"classes", "labels", "filenames", "filepaths"})
"""What a generator of images keeps in the order of its files."""
_AVERAGES = frozenset({"np.mean", "np.sum", "np.average", "np.count_nonzero"})
_TABLES = frozenset({"pandas.DataFrame", "tf.math.confusion_matrix"})
_SCORES = frozenset({"confusion_matrix", "classification_report", "accuracy_score", "roc_auc_score", "f1_score"})
_MAX = 300


@dataclass(frozen=True, eq=False, slots=True)
class Comparison:
    """Predictions and labels that meet in one call.

    Attributes:
        site: the call.
        predicted: where the predictions are made.
        source: the data set that is predicted.
        shuffle: what shuffles it: the source itself, or a ``shuffle`` behind it.
        kept: True for labels that the source keeps in the order of its files or arrays; False for labels of another
            pass over the data set.
    """

    site: Site
    predicted: Site
    source: LibraryObject
    shuffle: LibraryObject
    kept: bool


def comparisons(machine: Interpreter) -> Iterator[Comparison]:
    """The calls that compare the predictions for a shuffled data set with labels in another order."""
    for event in machine.events:
        callee = event.callee
        name = callee.name if isinstance(callee, LibraryName) else ""
        nameless = isinstance(callee, Unknown) and callee.name in _SCORES  # imported in a way that nobody sees
        if not name.startswith("sklearn.metrics.") and name not in _AVERAGES | _TABLES and not nameless:
            continue
        for one, other in _pairs(name, list(event.arguments.all())):
            made = _prediction(other) or _prediction(one)
            labels = one if _prediction(other) is not None else other
            if made is None or _prediction(labels) is not None or made.site is None:
                continue
            source = _asked(made)
            shuffle = shuffle_of(source) if source is not None else None
            if shuffle is None or not isinstance(source, LibraryObject):
                continue
            kept = _is_kept(labels, source, shuffle)
            if kept is not None:
                yield Comparison(event.site, made.site, source, shuffle, kept)


def _pairs(name: str, given: list[Value]) -> Iterator[tuple[Value, Value]]:
    if name in _AVERAGES:
        first = given[0] if given else None
        if isinstance(first, Computed) and first.op == "equal" and len(first.operands) == 2:
            yield first.operands[0], first.operands[1]
    elif name == "pandas.DataFrame":
        first = given[0] if given else None
        columns = [part for _, part in first.entries.items.values()] if isinstance(first, DictObject) else []
        for index, one in enumerate(columns):
            for other in columns[index + 1 :]:
                yield one, other
    elif len(given) >= 2:
        yield given[0], given[1]


def _parts(value: Value) -> Iterator[Value]:
    """A value and everything that it is made of."""
    todo, seen = [value], set[int]()
    while todo and len(seen) < _MAX:
        at = todo.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        yield at
        if isinstance(at, Computed):
            if _asked(at) is None:
                todo += at.operands
        elif isinstance(at, Union):
            todo += at.members
        elif isinstance(at, ListObject):
            todo.append(at.items)
        elif isinstance(at, Tuple):
            todo += [*at.items, *([at.rest] if at.rest is not None else [])]
        elif isinstance(at, Unknown) and at.base is not None:
            todo.append(at.base)


def _prediction(value: Value) -> Computed | None:
    """The prediction for a data set that a value is made of."""
    for part in _parts(value):
        if isinstance(part, Computed):
            source = _asked(part)
            if source is not None:
                return part if isinstance(source, LibraryObject) and source.kind == "dataset" else None
    return None


def _asked(value: Computed) -> Value | None:
    """What a prediction is made for, by a model or by something that nobody knows; None for all else."""
    if value.op == "predict":
        return value.operands[0] if value.operands else None
    called = method(value)
    if called is not None and called.name in {"predict", "predict_generator"}:
        return called.argument(0, "x", "generator")
    return None


def shuffle_of(dataset: Value) -> LibraryObject | None:
    """What gives the samples of a data set in another order at each pass; None if nothing does, or nobody knows."""
    at: Value | None = dataset
    while isinstance(at, LibraryObject) and at.kind == "dataset":
        word = at.name.rpartition(".")[2]
        given = at.arguments.get("shuffle")
        if word in {"flow", "flow_from_directory", "flow_from_dataframe", "image_dataset_from_directory"}:
            return at if at.complete and (given is None or constant(given) is True) else None
        if word == "shuffle":
            again = at.arguments.get("reshuffle_each_iteration")
            if at.complete and (again is None or constant(again) is True):
                return at
        if word in {"cache", "snapshot"} or not at.name.startswith("tf.data."):
            return None
        at = at.arguments.get("input")
    return None


def _is_kept(labels: Value, source: LibraryObject, shuffle: LibraryObject) -> bool | None:
    """Whether labels are those that the source keeps, or come from another pass; None for any other labels."""
    given = source.arguments.get("y")
    for part in _parts(labels):
        if isinstance(part, Native) and part.name in _KEPT and part.owner is source:
            return True
        if given is not None and part is given and not isinstance(part, Constant):
            return True
        if isinstance(part, Computed) and part.op == "data" and part.operands:
            if not source.name.startswith("keras.preprocessing") and shuffle_of(part.operands[0]) is shuffle:
                return False
    return None


__all__ = ["Comparison", "comparisons", "shuffle_of"]
