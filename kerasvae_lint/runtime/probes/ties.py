"""Kernels that are tied at the start: which, and how far apart they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import Variable, is_own, is_tensor, to_numpy
from kerasvae_lint.runtime.subject import Subject, Unit, arrays, call, is_variable

NEAR = 1e-4
PRODUCTS = 2e-3
"""A GPU may multiply with ten bits of each number (TensorFloat-32): so far a product with a unit vector can be off."""
LARGEST = 4096


@dataclass(slots=True)
class Tie:
    """A kernel that is another's transpose at the start."""

    name: str
    distance: Callable[[], float]
    distances: list[float] = field(default_factory=list)

    @property
    def torn(self) -> bool:
        """True if they are further apart now than at the start, when they were equal but for rounding."""
        return self.distances[-1] > max(NEAR, 4 * self.distances[0])

    def measure(self) -> None:
        """Note the largest difference, relative to the kernel's largest number."""
        self.distances.append(self.distance())


def ties_of(subject: Subject) -> list[Tie]:
    """The kernels of layers of one's own that equal the transpose of another layer's."""
    found = []
    for layer in subject.layers:
        if not is_own(type(layer)):
            continue
        for other, kernel in _kernels(subject, layer):
            tie = _by_effect(subject, layer, other, kernel) or _by_attribute(layer, other, kernel)
            if tie is not None:
                found.append(tie)
                break
    return found


def _kernels(subject: Subject, layer: Any) -> Iterator[tuple[Any, Any]]:
    """Kernels of the layers that ``layer`` holds, then of all others."""
    base = subject.framework.keras.layers.Layer
    held = [value for value in vars(layer).values() if isinstance(value, base) and value is not layer]
    others = [*held, *(other for other in subject.layers if other is not layer and other not in held)]
    for other in others:
        kernel = getattr(other, "kernel", None)
        if kernel is not None and is_variable(kernel) and len(kernel.shape) >= 2:
            yield other, kernel


def _tied(name: str, distance: Callable[[], float], rounding: float = NEAR) -> Tie | None:
    try:
        first = distance()
    except Exception:  # it can't be called that way: no tie that could be measured
        return None
    return Tie(name, distance, [first]) if first < rounding else None


def _transposed(kernel: Any) -> Any:
    value = Variable(kernel).read()
    return value.T if value.ndim == 2 else np.swapaxes(value, -1, -2)


def _far(left: Any, right: Any) -> float:
    if left.shape != right.shape or not np.any(right) or np.ptp(right) == 0.0:
        return float("inf")
    return float(np.abs(left - right).max() / np.abs(right).max())


def _by_attribute(layer: Any, other: Any, kernel: Any) -> Tie | None:
    for name in ("kernel", *(key for key in vars(layer) if not key.startswith("_"))):
        value = getattr(layer, name, None)
        if value is None or value is kernel or not (is_tensor(value) or is_variable(value)):
            continue
        tie = _tied(f"{layer.name}.{name} and {other.name}.kernel", partial(_apart, layer, name, kernel))
        if tie is not None:
            return tie
    return None


def _apart(layer: Any, name: str, kernel: Any) -> float:
    return _far(to_numpy(getattr(layer, name)), _transposed(kernel))


def _by_effect(subject: Subject, layer: Any, other: Any, kernel: Any) -> Tie | None:
    """What the layer really multiplies with, from its answers to unit vectors, its activation set aside."""
    if len(kernel.shape) != 2 or not getattr(layer, "built", False) or max(kernel.shape) > LARGEST:
        return None
    if not any(value is other for value in vars(layer).values()):
        return None
    size = int(kernel.shape[1])

    def distance() -> float:
        activation = vars(layer).get("activation")
        if callable(activation):
            object.__setattr__(layer, "activation", subject.framework.keras.activations.linear)
        try:
            inputs = np.concatenate([np.eye(size), np.zeros((1, size))]).astype("float32")
            output = arrays(call(subject.framework, Unit(layer, (inputs,)), False))[0]
        finally:
            if callable(activation):
                object.__setattr__(layer, "activation", activation)
        return _far(output[:-1] - output[-1:], _transposed(kernel))

    return _tied(f"{layer.name} and {other.name}.kernel", distance, PRODUCTS)
