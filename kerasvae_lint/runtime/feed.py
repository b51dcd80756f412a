"""The first batches of whatever ``fit`` was given, kept in its own structure and handed to ``fit`` again."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import Framework, is_tensor, to_numpy
from kerasvae_lint.runtime.trees import leaves, map_tree, zip_trees

ARRAYS, DATASET, SEQUENCE = "arrays", "dataset", "sequence"


@dataclass(frozen=True, slots=True)
class Batch:
    """Inputs, targets and sample weights of one step; ``raw`` is the element as a data set gave it."""

    x: Any
    y: Any = None
    weight: Any = None
    raw: Any = None

    @property
    def size(self) -> int:
        """Samples in the batch; 0 if it can't be told."""
        for leaf in leaves(self.x):
            shape: Any = getattr(leaf, "shape", ())
            if len(shape):
                return int(shape[0])
        return 0

    def with_x(self, x: Any) -> Batch:
        """The same batch with other inputs."""
        return replace(self, x=x, raw=_rebuild(self.raw, x, self.y, self.weight))

    def with_y(self, y: Any) -> Batch:
        """The same batch with other targets."""
        return replace(self, y=y, raw=_rebuild(self.raw, self.x, y, self.weight))

    def map(self, function: Callable[[Any], Any]) -> Batch:
        """The same batch with ``function`` applied to all its arrays."""
        return Batch(
            map_tree(function, self.x),
            map_tree(function, self.y),
            map_tree(function, self.weight),
            map_tree(function, self.raw),
        )


def _rebuild(raw: Any, x: Any, y: Any, weight: Any) -> Any:
    if isinstance(raw, tuple):
        return tuple((x, y, weight)[: len(raw)])
    return x


class Feed:
    """A few batches, and how to give them to ``fit`` so that a ``train_step`` sees what it would have seen."""

    def __init__(self, kind: str, batches: list[Batch]) -> None:
        self.kind = kind
        self.batches = batches

    def __len__(self) -> int:
        return len(self.batches)

    def only(self, *indices: int) -> Feed:
        """A feed of some of the batches."""
        return Feed(self.kind, [self.batches[i % len(self.batches)] for i in indices])

    def of(self, batches: list[Batch]) -> Feed:
        """A feed of the same kind with other batches."""
        return Feed(self.kind, batches)

    def fit_arguments(self, framework: Framework) -> dict[str, Any]:
        """Keyword arguments for ``fit``: one epoch is all batches, in order."""
        if self.kind == ARRAYS:
            first = self.batches[0]
            arguments: dict[str, Any] = {
                "x": zip_trees(_joined, [batch.x for batch in self.batches]),
                "batch_size": first.size,
                "shuffle": False,
            }
            if first.y is not None:
                arguments["y"] = zip_trees(_joined, [batch.y for batch in self.batches])
            if first.weight is not None:
                arguments["sample_weight"] = zip_trees(_joined, [batch.weight for batch in self.batches])
            return arguments
        raw = [batch.raw for batch in self.batches]
        tf = framework.tf
        if self.kind == DATASET and tf is not None:
            data = tf.data.Dataset.from_tensors(raw[0])
            for element in raw[1:]:
                data = data.concatenate(tf.data.Dataset.from_tensors(element))
            return {"x": data}
        base = framework.keras.utils.PyDataset if framework.version == "3" else framework.keras.utils.Sequence
        return {"x": _sequence(base)(raw), "shuffle": False}


def named_for(method: Callable[..., Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """``arguments`` of ``fit`` as the method has them: ``fit_generator`` calls its batches ``generator``."""
    if getattr(method, "__name__", "") != "fit_generator" or "x" not in arguments:
        return arguments
    return {"generator": arguments["x"], **{name: value for name, value in arguments.items() if name != "x"}}


def _sequence(base: type) -> Callable[[list[Any]], Any]:
    class Kept(base):  # type: ignore[misc]
        def __init__(self, elements: list[Any]) -> None:
            super().__init__()
            self.elements = elements

        def __len__(self) -> int:
            return len(self.elements)

        def __getitem__(self, index: int) -> Any:
            return self.elements[index]

    return Kept


def _joined(parts: list[Any]) -> Any:
    return np.concatenate([np.asarray(part) for part in parts]) if len(parts) > 1 else np.asarray(parts[0])


def feed_of(x: Any, y: Any = None, weight: Any = None, batch_size: int | None = None, count: int = 6) -> Feed:
    """The first ``count`` batches.

    Raises:
        ValueError: nothing that batches can be taken from, or no data in it.
    """
    if is_source(x):
        rows = list(itertools.islice(elements(x), count))
        kind = DATASET if hasattr(x, "element_spec") else SEQUENCE
        batches = [unpacked(map_tree(as_array, row)) for row in rows]
    else:
        kind = ARRAYS
        given = [map_tree(as_array, part) for part in (x, y, weight)]
        batches = list(_slices(given, batch_size or 32, count))
    batches = [batch for batch in batches if batch.size]
    full = [batch for batch in batches if batch.size == batches[0].size]
    if not full:
        raise ValueError("there is no data in what fit was given")
    return Feed(kind, full)


def is_source(x: Any) -> bool:
    """True for what gives batches (data sets, sequences, generators, loaders), not arrays."""
    if isinstance(x, list | tuple | dict | np.ndarray) or x is None:
        return False
    if hasattr(x, "element_spec") or hasattr(x, "__next__"):
        return True
    return (hasattr(x, "__getitem__") and hasattr(x, "__len__") and not hasattr(x, "shape")) or hasattr(x, "dataset")


def elements(source: Any) -> Iterator[Any]:
    """What a source gives, one batch at a time."""
    if hasattr(source, "element_spec") or hasattr(source, "__next__") or hasattr(source, "dataset"):
        source = map(_same, source)  # not the user's generator itself, which would be closed with this one
    else:
        source = map(source.__getitem__, range(len(source)))
    yield from source


def _same(element: Any) -> Any:
    return element


def as_array(leaf: Any) -> Any:
    """A leaf as a NumPy array where it is one; ragged and sparse ones stay as they are."""
    if leaf.__class__.__name__ in {"DataFrame", "Series"}:
        return leaf.to_numpy()
    if isinstance(leaf, int | float | bool):
        return np.asarray(leaf)
    return to_numpy(leaf) if is_tensor(leaf) and not _is_ragged(leaf) else leaf


def _is_ragged(leaf: Any) -> bool:
    return "Ragged" in type(leaf).__name__ or "Sparse" in type(leaf).__name__


def unpacked(element: Any) -> Batch:
    """A batch as ``fit`` reads it."""
    if isinstance(element, list):
        element = tuple(element)
    if not isinstance(element, tuple):
        return Batch(element, raw=element)
    x, y, weight = (*element, None, None, None)[:3]
    return Batch(x, y, weight, raw=element)


def _slices(given: list[Any], size: int, count: int) -> Iterator[Batch]:
    given = [_lists_to_arrays(part) for part in given]
    total = max((len(leaf) for leaf in leaves(given[0])), default=0)
    size = min(size, total)
    for number in range(count):
        start = number * size
        if start + size > total or not size:
            return
        cut = operator.itemgetter(slice(start, start + size))
        yield Batch(*(map_tree(cut, part) for part in given))


def as_arrays(tree: Any) -> Any:
    """Inputs or targets as given to ``fit``, their leaves as arrays."""
    return _lists_to_arrays(map_tree(as_array, tree))


def _lists_to_arrays(tree: Any) -> Any:
    if isinstance(tree, list) and tree and not is_tensor(tree[0]) and not isinstance(tree[0], dict):
        return np.asarray(tree)
    return tree
