"""A model in the middle of its own ``fit``, as the probes want to see it: a few of its batches, and nothing changed."""

from __future__ import annotations

import copy
import inspect
import sys
from types import FrameType
from typing import Any

import numpy as np

from kerasvae_lint.runtime import check
from kerasvae_lint.runtime.feed import ARRAYS, Batch, Feed, as_array, feed_of, is_source
from kerasvae_lint.runtime.framework import Framework, Variable, is_own, unique
from kerasvae_lint.runtime.options import Options
from kerasvae_lint.runtime.subject import State, Subject
from kerasvae_lint.runtime.trees import leaves, map_tree

BATCHES = 4
ROWS = 128
"""Samples looked at, taken at even distances; one batch if that holds more."""
_HEAVY = 2**22


class _Still(Framework):
    """A Keras whose random streams are the user's: they go on as they are."""

    def reseed(self, seed: int) -> None:
        """Nothing: the training that runs has its own seeds."""


class Running(Subject):
    """What a callback can see of the model that ``fit`` trains."""

    def state(self) -> State:
        """The numbers that a forward pass can move: statistics, seeds, metrics; the optimizer and weights stay."""
        raws: list[Any] = list(self.model.non_trainable_variables)
        for metric in getattr(self.model, "metrics", None) or []:
            raws += metric.variables
        held = unique(Variable(raw) for raw in raws if hasattr(raw, "assign"))
        return [(v, v.read()) for v in held if not v.dtype.startswith("string")]

    def _begin_anew(self, known: set[int]) -> None:
        """Nothing: no probe that looks on takes a step, and the optimizer is in the middle of its own."""

    def kernels(self) -> dict[int, Any]:
        """Copies of the kernels, by identity; of huge ones none."""
        held = [v for v in self.variables() if v.is_float and len(v.shape) >= 2 and np.prod(v.shape) <= _HEAVY]
        return {id(v.raw): v.read() for v in held}


def arguments_of_fit(model: Any) -> dict[str, Any]:
    """What the ``fit`` that is running was given, as it was given it, read from the frames below."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name in {"fit", "fit_generator"} and frame.f_locals.get("self") is model:
            return _as_given(frame, model) or {n: v for n, v in frame.f_locals.items() if n in _NAMES}
        frame = frame.f_back
    return {}


_NAMES = frozenset(
    {"x", "y", "sample_weight", "batch_size", "validation_split", "validation_data", "epochs", "callbacks"}
)


def _as_given(frame: FrameType, model: Any) -> dict[str, Any] | None:
    """From Keras's wrapper around ``fit``, which holds the arguments before any was changed."""
    outer = frame.f_back
    if outer is None:
        return None
    args, kwargs = outer.f_locals.get("args"), outer.f_locals.get("kwargs")
    if not isinstance(args, tuple) or not isinstance(kwargs, dict) or not args or args[0] is not model:
        return None
    try:
        given = inspect.signature(type(model).fit).bind(*args, **kwargs).arguments
    except TypeError:
        return None
    return {name: value for name, value in given.items() if name in _NAMES}


def subject_of(model: Any, given: dict[str, Any]) -> Running:
    """The model with a few batches.

    Raises:
        TypeError: not a Keras model.
        ValueError: data that can be read only once, or none.
    """
    found = Framework.of(model)
    if found is None:
        raise TypeError(f"{type(model).__name__} is not a Keras model")
    framework = _Still(found.keras)
    check.prepare(framework)
    name = type(model).__name__ if is_own(type(model)) else str(model.name)
    callbacks = given.get("callbacks")
    callbacks = list(callbacks) if isinstance(callbacks, list | tuple) else list(getattr(callbacks, "callbacks", ()))
    subject = Running(model, framework, Options(), name, _feed(given), callbacks, int(given.get("epochs") or 1))
    subject.notes |= {"running": True, "fit": True}
    subject.given = {key: given[key] for key in ("validation_split", "validation_data") if key in given}
    return subject


def _feed(given: dict[str, Any]) -> Feed:
    x, size = given.get("x", given.get("generator")), int(given.get("batch_size") or 32)
    if x is None:
        raise ValueError("fit got no data that can be looked at")
    if is_source(x):
        if hasattr(x, "__next__"):
            raise ValueError("a generator can be read once, and the training reads it")
        return feed_of(x.take(BATCHES) if hasattr(x, "take") else x, count=BATCHES)
    parts = [map_tree(as_array, given.get(key)) for key in ("x", "y", "sample_weight")]
    parts = [_array(part) for part in parts]
    total = min((len(leaf) for leaf in leaves(parts[0]) if getattr(leaf, "shape", ())), default=0)
    if not total:
        raise ValueError("there is no data in what fit was given")
    size = min(size, total)
    count = max(1, min(total // size, BATCHES if size <= ROWS // BATCHES else ROWS // size or 1))
    rows = np.linspace(0, total - 1, count * size).astype(int)
    batches = [
        Batch(*(_taken(part, chosen) for part in parts))
        for chosen in np.random.default_rng(0).permutation(rows).reshape(count, size)
    ]
    return Feed(ARRAYS, batches)


def _taken(part: Any, rows: Any) -> Any:
    return map_tree(lambda leaf: np.asarray(leaf)[rows], part)


def _array(part: Any) -> Any:
    return np.asarray(part) if isinstance(part, list) and part and not hasattr(part[0], "shape") else part


def with_all_labels(subject: Running, given: dict[str, Any]) -> Subject:
    """The same with the labels in the order in which ``fit`` got them."""
    twin = copy.copy(subject)
    twin.given = {key: given.get(key) for key in ("y", "validation_split", "validation_data")}
    return twin
