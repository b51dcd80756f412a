"""A model's weights by structure: which layer holds which, in order, and how those of two Kerases go together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import Variable
from kerasvae_lint.runtime.subject import Subject

_KINDS = {
    "cudnnlstm": "lstm",
    "cudnngru": "gru",
    "batchnormalizationbase": "batchnormalization",
    "syncbatchnormalization": "batchnormalization",
}
_INITIALIZERS = {"recurrent_kernel": "recurrent", "depthwise_kernel": "depthwise", "pointwise_kernel": "pointwise"}
_NAMES = {"depthwise_kernel": "kernel", "moving_var": "moving_variance"}


@dataclass(frozen=True, slots=True)
class Place:
    """One variable: its layer's number, name and class, its own name, what it is like, and its initializer's class."""

    layer: int
    owner: str
    kind: str
    name: str
    shape: tuple[int, ...]
    trainable: bool
    tracked: bool = True
    drawn: str = ""

    @property
    def path(self) -> str:
        """``dense/kernel``."""
        return f"{self.owner}/{self.name}"

    def to_dict(self) -> dict[str, Any]:
        """For the record."""
        return asdict(self)


def place_from(body: dict[str, Any]) -> Place:
    """From the record."""
    return Place(**{**body, "shape": tuple(body["shape"])})


@dataclass(slots=True)
class Matching:
    """Which variable of the new model is which of the old: ``pairs`` of numbers (old, new).

    Attributes:
        reordered: what was put into another shape, in words.
        lost: old variables that have no counterpart, and ``added``, new ones.
    """

    pairs: list[tuple[int, int]] = field(default_factory=list)
    reordered: list[str] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    added: list[int] = field(default_factory=list)


def kind_of(layer: Any) -> str:
    """A class's name without the marks of its release: ``BatchNormalizationV2`` → ``batchnormalization``."""
    name = type(layer).__name__.lower().removesuffix("_v1").removesuffix("_v2").removesuffix("_v3")
    for end in ("v1", "v2", "v3"):
        name = name.removesuffix(end) if not name.startswith(("resnet", "mobilenet", "efficientnet")) else name
    return _KINDS.get(name, name)


def places(subject: Subject) -> list[tuple[Place, Variable]]:
    """Every weight, layer by layer, in the order that ``get_weights`` has in both; not those of metrics and seeds."""
    found: dict[int, tuple[Place, Variable]] = {}
    roots = [subject.model] if subject.model is not None else [unit.layer for unit in subject.units]
    order = {id(raw): number for number, raw in reversed(list(enumerate(raw for r in roots for raw in r.weights)))}
    owners = []
    for layer in subject.layers:
        own = [raw for raw in _own(layer) if hasattr(raw, "assign")]
        if own and not isinstance(layer, subject.framework.keras.metrics.Metric):
            owners.append((min(order.get(id(raw), len(order)) for raw in own), layer, own))
    count = 0
    for _, layer, own in sorted(owners, key=lambda owner: owner[0]):
        for raw in own:
            variable = Variable(raw)
            if id(raw) in found or variable.dtype.startswith(("uint", "string")) or "seed_generator" in variable.path:
                continue
            place = _place(count, layer, variable)
            found[id(raw)] = (place, variable)
        count += 1
    for variable in [*subject.untracked(), *subject.extra]:
        if id(variable.raw) not in found and not variable.dtype.startswith(("uint", "string")):
            owner, _, name = variable.path.rpartition("/")
            place = Place(count, owner, "", name, variable.shape, variable.trainable, tracked=False)
            found[id(variable.raw)] = (place, variable)
            count += 1
    return list(found.values())


def _place(number: int, layer: Any, variable: Variable) -> Place:
    name = variable.path.rpartition("/")[2]
    initializer = getattr(layer, f"{_INITIALIZERS.get(name, name)}_initializer", None)
    drawn = kind_of(initializer) if hasattr(initializer, "get_config") else ""
    return Place(number, str(layer.name), kind_of(layer), name, variable.shape, variable.trainable, drawn=drawn)


def _own(layer: Any) -> Iterator[Any]:
    for names in (
        ("_trainable_variables", "_trainable_weights"),
        ("_non_trainable_variables", "_non_trainable_weights"),
    ):
        for name in names:
            held = vars(layer).get(name)
            if held is not None:
                yield from held
                break


def match(old: list[Place], new: list[Place]) -> Matching:
    """Layer by layer: the n-th of a class with weights of such shapes is the n-th there."""
    found = Matching()
    olds, news = _by_layer(old), _by_layer(new)
    for key in (_exactly, _by_size, _by_shapes):
        waiting = defaultdict(list)
        for numbers in news:
            waiting[key([new[i] for i in numbers])].append(numbers)
        for numbers in list(olds):
            candidates = waiting[key([old[i] for i in numbers])]
            if not candidates:
                continue
            chosen = candidates.pop(0)
            olds.remove(numbers)
            news.remove(chosen)
            _pair(found, numbers, chosen, old, new)
    _one_by_one(found, olds, news, old, new)
    found.pairs.sort()
    paired_old, paired_new = {a for a, _ in found.pairs}, {b for _, b in found.pairs}
    found.lost = [i for i in range(len(old)) if i not in paired_old and not _only_counts(old[i])]
    found.added = [i for i in range(len(new)) if i not in paired_new and not _only_counts(new[i])]
    return found


def _only_counts(place: Place) -> bool:
    """``Normalization`` counted its samples once."""
    return place.kind in {"normalization", "randomcrop"} and not place.trainable and place.shape == ()


def _by_layer(all_: list[Place]) -> list[list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for number, place in enumerate(all_):
        found[place.layer].append(number)
    return list(found.values())


def _exactly(held: list[Place]) -> Any:
    return (held[0].kind, tuple(sorted(p.shape for p in held if not _only_counts(p))))


def _by_size(held: list[Place]) -> Any:
    """Biases that were put into another shape have their size still."""
    return (held[0].kind, tuple(sorted(int(np.prod(p.shape)) for p in held)))


def _by_shapes(held: list[Place]) -> Any:
    """A layer whose class has another name."""
    return tuple(sorted(p.shape for p in held))


def _pair(found: Matching, olds: list[int], news: list[int], old: list[Place], new: list[Place]) -> None:
    left = list(news)
    for number in olds:
        if _only_counts(old[number]):
            continue
        chosen = next((n for n in left if _alike(old[number], new[n])), None)
        for way in (_same_shape, _same_size):
            chosen = chosen if chosen is not None else next((n for n in left if way(old[number], new[n])), None)
        if chosen is None:
            continue
        left.remove(chosen)
        found.pairs.append((number, chosen))
        if old[number].shape != new[chosen].shape:
            found.reordered.append(f"{old[number].path} {old[number].shape} as {new[chosen].shape}")


def _alike(a: Place, b: Place) -> bool:
    return a.shape == b.shape and _NAMES.get(a.name, a.name) == _NAMES.get(b.name, b.name)


def _same_shape(a: Place, b: Place) -> bool:
    return a.shape == b.shape


def _same_size(a: Place, b: Place) -> bool:
    return int(np.prod(a.shape)) == int(np.prod(b.shape))


def _one_by_one(
    found: Matching, olds: list[list[int]], news: list[list[int]], old: list[Place], new: list[Place]
) -> None:
    """What is left, where layers hold one weight more or less: by name and shape, then by shape."""
    left = [n for numbers in news for n in numbers]
    ways: tuple[Callable[[Place, Place], bool], ...] = (_alike, _same_shape)
    for way in ways:
        for number in [n for numbers in olds for n in numbers if n not in {a for a, _ in found.pairs}]:
            chosen = next((n for n in left if way(old[number], new[n])), None)
            if chosen is not None:
                left.remove(chosen)
                found.pairs.append((number, chosen))


def put(matching: Matching, arrays: list[Any], held: list[tuple[Place, Variable]]) -> None:
    """Write the old values into the new variables."""
    for a, b in matching.pairs:
        variable = held[b][1]
        with suppress(ValueError):  # told by the comparison
            variable.write(np.asarray(arrays[a]).reshape(variable.shape))
