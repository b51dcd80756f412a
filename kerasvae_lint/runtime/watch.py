"""What optimizers, tapes and layers are given and give back, seen where it passes.

Each patch is laid once over a class of Keras or TensorFlow and does nothing while nobody listens.
Gradients are thus the ones that the optimizer really gets, whatever the ``train_step``.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Call:
    """One call of a layer; ``inference`` says that somebody asked for ``training=False`` on purpose."""

    layer: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    output: Any
    depth: int
    inference: bool


@dataclass(slots=True)
class Listeners:
    """Who is told what; ``gradients(pairs, optimizer)``, ``tapes(target, sources, gradients)``,
    ``criteria(loss, y, prediction)``, ``judged(loss, value)``, ``draws(draw)``.

    ``tape`` is the one that speaks, while the listeners of ``tapes`` are told.
    While ``idle`` is not 0, optimizers take their gradients and change nothing.
    What ``given(layer, args)`` and ``returned(layer, output)`` give takes the place of a layer's arguments and output;
    what ``draws`` gives, unless None, that of the noise drawn (see :mod:`kerasvae_lint.runtime.draws`).
    """

    gradients: list[Callable[[list[tuple[Any, Any]], Any], None]] = field(default_factory=list)
    tapes: list[Callable[[Any, Any, Any], None]] = field(default_factory=list)
    calls: list[Callable[[Call], None]] = field(default_factory=list)
    entered: list[Callable[[Any, int], None]] = field(default_factory=list)
    losses: list[Callable[[Any, Any], Any]] = field(default_factory=list)
    given: list[Callable[[Any, tuple[Any, ...]], tuple[Any, ...]]] = field(default_factory=list)
    returned: list[Callable[[Any, Any], Any]] = field(default_factory=list)
    criteria: list[Callable[[Any, Any, Any], None]] = field(default_factory=list)
    judged: list[Callable[[Any, Any], None]] = field(default_factory=list)
    draws: list[Callable[[Any], Any]] = field(default_factory=list)
    stack: list[tuple[Any, bool]] = field(default_factory=list)
    idle: int = 0
    tape: Any = None


LISTENERS = Listeners()
ORIGINALS: dict[str, Any] = {}


@contextmanager
def listening(**listeners: Any) -> Iterator[None]:
    """Tell these functions what passes, for a while; names as in :class:`Listeners`."""
    for name, listener in listeners.items():
        getattr(LISTENERS, name).append(listener)
    try:
        yield
    finally:
        for name, listener in listeners.items():
            getattr(LISTENERS, name).remove(listener)


@contextmanager
def idle() -> Iterator[None]:
    """Nothing is updated for a while: where only the loss of a step is wanted, the update is most of its time."""
    LISTENERS.idle += 1
    try:
        yield
    finally:
        LISTENERS.idle -= 1


def _patch(owner: Any, name: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    original = owner.__dict__.get(name) if isinstance(owner, type) else getattr(owner, name, None)
    if original is None or getattr(original, "_kvlint", False):
        return
    wrapper: Any = functools.wraps(original)(make(original))
    wrapper._kvlint = True
    ORIGINALS[f"{owner.__module__}.{owner.__qualname__}.{name}"] = original
    setattr(owner, name, wrapper)


def watch_keras(keras: Any) -> None:
    """Lay the patches over one Keras package; again is harmless."""
    _patch(_definer(keras.layers.Layer, "__call__"), "__call__", _watched_call)
    _patch(_definer(keras.layers.Layer, "add_loss"), "add_loss", _watched_add_loss)
    _patch(_definer(keras.losses.Loss, "__call__"), "__call__", _watched_criterion)
    for optimizer in _optimizer_classes(keras):
        for name, make in (("apply", _watched_apply), ("apply_gradients", _watched_apply_gradients)):
            _patch(optimizer, name, make)


def watch_tensorflow(tf: Any) -> None:
    """Lay the patch over ``tf.GradientTape``."""
    _patch(tf.GradientTape, "gradient", _watched_gradient)


def _definer(cls: type, name: str) -> type:
    return next(base for base in cls.__mro__ if name in base.__dict__)


def _optimizer_classes(keras: Any) -> list[type]:
    optimizers = [keras.optimizers.Optimizer]
    legacy = getattr(getattr(keras.optimizers, "legacy", None), "Optimizer", None)
    if legacy is not None:
        optimizers.append(legacy)
    found: dict[type, None] = {}
    for optimizer in optimizers:
        for base in optimizer.__mro__:
            if "apply" in base.__dict__ or "apply_gradients" in base.__dict__:
                found[base] = None
    return list(found)


def _watched_apply(original: Callable[..., Any]) -> Callable[..., Any]:
    def apply(self: Any, grads: Any, trainable_variables: Any = None) -> Any:
        grads = list(grads)
        if LISTENERS.gradients:
            variables = trainable_variables if trainable_variables is not None else self._trainable_variables
            _tell_gradients(list(zip(grads, variables, strict=False)), self)
        if LISTENERS.idle:
            return None
        return original(self, grads, trainable_variables)

    return apply


def _watched_apply_gradients(original: Callable[..., Any]) -> Callable[..., Any]:
    def apply_gradients(self: Any, grads_and_vars: Any, *args: Any, **kwargs: Any) -> Any:
        pairs = list(grads_and_vars)
        if LISTENERS.gradients:
            _tell_gradients(pairs, self)
        if LISTENERS.idle:
            return None
        return original(self, pairs, *args, **kwargs)

    return apply_gradients


def _tell_gradients(pairs: list[tuple[Any, Any]], optimizer: Any) -> None:
    for listener in list(LISTENERS.gradients):
        listener(pairs, optimizer)


def _watched_gradient(original: Callable[..., Any]) -> Callable[..., Any]:
    def gradient(self: Any, target: Any, sources: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, target, sources, *args, **kwargs)
        LISTENERS.tape = self
        try:
            for listener in list(LISTENERS.tapes):
                listener(target, sources, result)
        finally:
            LISTENERS.tape = None
        return result

    return gradient


def _watched_add_loss(original: Callable[..., Any]) -> Callable[..., Any]:
    def add_loss(self: Any, loss: Any, *args: Any, **kwargs: Any) -> Any:
        for listener in LISTENERS.losses:
            loss = listener(self, loss)
        return original(self, loss, *args, **kwargs)

    return add_loss


def _watched_criterion(original: Callable[..., Any]) -> Callable[..., Any]:
    def __call__(self: Any, y_true: Any, y_pred: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807
        for listener in list(LISTENERS.criteria):
            listener(self, y_true, y_pred)
        value = original(self, y_true, y_pred, *args, **kwargs)
        for told in list(LISTENERS.judged):
            told(self, value)
        return value

    return __call__


def _watched_call(original: Callable[..., Any]) -> Callable[..., Any]:
    def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807
        if not (LISTENERS.calls or LISTENERS.entered or LISTENERS.given or LISTENERS.returned):
            return original(self, *args, **kwargs)
        for change in list(LISTENERS.given):
            args = change(self, args)
        stack = LISTENERS.stack
        inference = (stack[-1][1] if stack else False) or (
            kwargs.get("training") is False and not _handed_on(sys._getframe(1))
        )
        depth = len(stack)
        for entered in list(LISTENERS.entered):
            entered(self, depth)
        stack.append((self, inference))
        try:
            output = original(self, *args, **kwargs)
        finally:
            stack.pop()
        for exchange in list(LISTENERS.returned):
            output = exchange(self, output)
        call = Call(self, args, kwargs, output, depth, inference)
        for listener in list(LISTENERS.calls):
            listener(call)
        return output

    return __call__


def _handed_on(frame: Any) -> bool:
    """True if the caller only passes on a ``training`` that it was given itself."""
    while frame is not None and frame.f_code.co_filename.endswith(("traceback_utils.py", "watch.py")):
        frame = frame.f_back
    code = frame.f_code if frame is not None else None
    return code is not None and "training" in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
