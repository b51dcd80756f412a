"""Which ``training`` the layers that behave differently in training are given inside a step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.framework import Framework

NAMES = (
    "Dropout",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "GaussianDropout",
    "GaussianNoise",
    "AlphaDropout",
    "BatchNormalization",
)


@dataclass(slots=True)
class Flag:
    """One layer's flags: was it ever told to train, and was every other call inference on purpose?"""

    layer: Any
    trained: bool = False
    deliberate: bool = True
    statistics: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Flags:
    """By the layer's identity."""

    seen: dict[int, Flag] = field(default_factory=dict)


@contextmanager
def flags_seen(framework: Framework, flags: Flags) -> Iterator[None]:
    """Note the flags of all calls inside."""
    patched: list[tuple[Any, Any]] = []
    for name in NAMES:
        cls: Any = getattr(framework.keras.layers, name, None)
        if cls is None or "call" not in cls.__dict__:
            continue
        patched.append((cls, cls.__dict__["call"]))
        cls.call = _noting(cls.__dict__["call"], flags)
    # The watch over Layer.__call__ keeps the stack of calls only while somebody listens.
    with watch.listening(entered=_ignore):
        try:
            yield
        finally:
            for cls, original in patched:
                cls.call = original


def _ignore(*_: Any) -> None:
    return None


def _noting(original: Any, flags: Flags) -> Any:
    import functools

    @functools.wraps(original)
    def call(self: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        training = kwargs.get("training", args[0] if args else None)
        flag = flags.seen.get(id(self))
        if flag is None:
            flag = flags.seen[id(self)] = Flag(self)
            if hasattr(self, "moving_mean"):
                flag.statistics = [self.moving_mean, self.moving_variance]
        flag.trained = flag.trained or not (training is None or training is False or training == 0)
        stack = watch.LISTENERS.stack
        flag.deliberate = flag.deliberate and bool(stack) and stack[-1][1]
        return original(self, inputs, *args, **kwargs)

    return call
