"""Are the weights' regularizers in the loss that is optimised? A ``train_step`` of one's own can leave them out."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import to_numpy
from kerasvae_lint.runtime.probes.objective import optimised
from kerasvae_lint.runtime.subject import Subject

STRONGER = 1e3
Answer = tuple[str, list[str]] | None


def ask(subject: Subject, before: float | None, figures: dict[str, Any]) -> Answer:
    """Weight regularizers, found on layers: stronger ones must change the loss."""
    held = [
        regularizer
        for layer in subject.layers
        for name, regularizer in vars(layer).items()
        if name.endswith("_regularizer") and name != "activity_regularizer" and callable(regularizer)
    ]
    classes = {type(regularizer) for regularizer in held if "__call__" in dir(type(regularizer))}
    classes = {cls for cls in classes if cls.__name__ not in {"function", "method", "builtin_function_or_method"}}
    if before is None or not classes:
        return None
    seen: list[float] = []
    with _multiplied(classes, STRONGER, seen):
        after = optimised(subject)
    figures["regularizers"] = len(held)
    if after is None or abs(after - before) > subject.grain * abs(before):
        return None
    if any(seen) or (not seen and _give_something(subject, held)):
        return "the weight regularizers are not in the loss that is optimised", ["KV505"]
    return None


def several_numbers(subject: Subject) -> Answer:
    """A regularizer that gives an array where the loss wants one number: Keras adds up whatever it gets."""
    for layer in subject.layers:
        for name, regularizer in vars(layer).items():
            weight = getattr(layer, name.removesuffix("_regularizer"), None)
            if not name.endswith("_regularizer") or not callable(regularizer) or not hasattr(weight, "assign"):
                continue
            try:
                size = np.size(to_numpy(regularizer(weight)))
            except (AttributeError, NotImplementedError, TypeError, ValueError):  # symbolic, or it refuses the weight
                continue
            if size > 1:
                what = f"the {name} of {layer.name} gives {size} numbers, the loss gets their sum"
                return f"{what}: {type(regularizer).__name__} is no regularizer", ["KV737"]
    return None


def averaged(subject: Subject) -> Answer:
    """An activity regularizer that gives a mean over the batch, which this Keras divides by the batch size again."""
    for layer in subject.layers:
        regularizer = getattr(layer, "activity_regularizer", None)
        shape = getattr(getattr(layer, "output", None), "shape", None)
        if not callable(regularizer) or shape is None or any(size is None for size in shape[1:]):
            continue
        some = np.random.default_rng(0).uniform(0.1, 0.9, (2, *shape[1:])).astype("float32")
        try:
            whole, twice = (float(to_numpy(regularizer(rows))) for rows in (some, np.concatenate([some, some])))
        except (AttributeError, NotImplementedError, TypeError, ValueError):  # an array, or it wants a tensor
            continue
        if (
            abs(whole) > 0
            and abs(twice - whole) < 1e-4 * abs(whole)
            and _divides(type(layer), regularizer, some, whole)
        ):
            what = f"the activity regularizer of {layer.name} gives a mean over the batch"
            return f"{what}, and Keras divides it by the batch size again", ["KV613"]
    return None


def _divides(kind: type, regularizer: Any, rows: Any, whole: float) -> bool:
    """True if the Keras of a layer divides what its activity regularizer gives by the batch size."""
    home = __import__(kind.__module__.partition(".")[0])
    try:
        layer = home.layers.Activation("linear", activity_regularizer=regularizer)
        layer(rows)
        return abs(float(to_numpy(layer.losses[0]))) < 0.75 * abs(whole)
    except (AttributeError, IndexError, TypeError, ValueError):  # a class of the project's own
        return False


def _give_something(subject: Subject, held: list[Any]) -> bool:
    """True if the layers' own losses are not 0."""
    losses = [loss for layer in subject.layers for loss in getattr(layer, "losses", ())]
    try:
        return bool(held) and any(float(to_numpy(loss)) for loss in losses)
    except (AttributeError, NotImplementedError, TypeError, ValueError):  # symbolic
        return False


@contextmanager
def _multiplied(classes: set[type], factor: float, seen: list[float]) -> Iterator[None]:
    kept: list[tuple[Any, Any]] = []
    for cls in classes:
        owner: Any = next(base for base in cls.__mro__ if "__call__" in base.__dict__)
        if not any(owner is other for other, _ in kept):
            kept.append((owner, owner.__dict__["__call__"]))
            owner.__call__ = _stronger(owner.__dict__["__call__"], factor, seen)
    try:
        yield
    finally:
        for owner, original in kept:
            owner.__call__ = original


def _stronger(original: Any, factor: float, seen: list[float]) -> Any:
    @functools.wraps(original)
    def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807
        value = original(self, *args, **kwargs)
        try:
            seen.append(float(to_numpy(value)))
        except (AttributeError, NotImplementedError, TypeError, ValueError):  # symbolic
            seen.append(1.0)
        return value * factor

    return __call__
