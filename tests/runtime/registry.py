"""The scenarios by name: healthy ones, and sick ones with the probe that must fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pieces import X, keras

HEALTHY: dict[str, Callable[[], tuple[Any, ...]]] = {}
SICK: dict[str, tuple[str, Callable[[], tuple[Any, ...]]]] = {}
ALSO: dict[str, tuple[str, ...]] = {}
"""What else a sick one is asked."""


def healthy(make: Callable[[], tuple[Any, ...]]) -> Callable[[], tuple[Any, ...]]:
    """No probe may fail."""
    HEALTHY[make.__name__] = make
    return make


def sick(probe: str, *also: str) -> Callable[[Callable[[], tuple[Any, ...]]], Callable[[], tuple[Any, ...]]]:
    """This probe must fail; what the others say is looked at in a test of its own."""

    def register(make: Callable[[], tuple[Any, ...]]) -> Callable[[], tuple[Any, ...]]:
        SICK[make.__name__] = (probe, make)
        ALSO[make.__name__] = also
        return make

    return register


def compiled(model: Any, loss: Any = "mse", y: Any = None, callbacks: Any = (), x: Any = None) -> tuple[Any, ...]:
    """With Adam."""
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=loss)
    x = X if x is None else x
    return model, x, x if y is None else y, list(callbacks)
