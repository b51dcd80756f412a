"""Does the training step go by a value? It is set after the step was traced, and the logs are compared."""

from __future__ import annotations

from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import Variable
from kerasvae_lint.runtime.probes.places import Slot
from kerasvae_lint.runtime.subject import Subject


def is_baked(subject: Subject, holder: Any, name: str, one: Any, two: Any) -> bool:
    """True if the step reads the value when run as plain Python, and does not when compiled."""
    if subject.framework.backend == "torch" or bool(getattr(subject.model, "run_eagerly", False)):
        return False
    if not reacts(subject, holder, name, one, two, eager=True):
        return False
    return not reacts(subject, holder, name, one, two, eager=False)


def reacts(subject: Subject, holder: Any, name: str, one: Any, two: Any, *, eager: bool) -> bool:
    """Whether the second step's logs change with the value set after the first step was traced."""
    same, other = (second_step(subject, holder, name, one, value, eager=eager) for value in (one, two))
    least = max(1e-7, subject.grain)
    return any(abs(same[key] - other[key]) > least * max(1.0, abs(same[key])) for key in same)


def second_step(subject: Subject, holder: Any, name: str, one: Any, two: Any, *, eager: bool) -> dict[str, float]:
    """The logs of a step with ``two``, after one with ``one``."""
    assert subject.feed is not None
    before = Variable(holder).read() if is_assignable(holder) else _held(holder, name)
    with subject.undone() as state:
        subject.forget_steps()
        try:
            _set(holder, name, one)
            subject.train(subject.feed.only(0), eager=eager)
            subject.restore(state)
            _set(holder, name, two)
            history = subject.train(subject.feed.only(0), eager=eager)
        finally:
            if before is not None:
                _set(holder, name, before)
            subject.forget_steps()
    return {key: values[0] for key, values in history.items()}


def _held(holder: Any, name: str) -> Any:
    return holder.read() if isinstance(holder, Slot) else vars(holder).get(name)


def is_assignable(holder: Any) -> bool:
    """True for a variable."""
    return hasattr(holder, "assign") and hasattr(holder, "dtype")


def _set(holder: Any, name: str, value: Any) -> None:
    if is_assignable(holder):
        Variable(holder).write(np.broadcast_to(value, tuple(holder.shape)))
    elif isinstance(holder, Slot):
        holder.put(value)
    else:
        setattr(holder, name, value)


def loss_weights(subject: Subject) -> tuple[Any, Any]:
    """``loss`` and ``loss_weights`` as ``compile`` was given them; both None where that can't be told."""
    config = getattr(getattr(subject.model, "_compile_config", None), "config", None)
    if not isinstance(config, dict) or not {"loss", "loss_weights"} <= set(config):
        return None, None
    return config["loss"], config["loss_weights"]


def weights_listed(subject: Subject) -> list[Any]:
    """The loss weights themselves, whether in a list or by name."""
    _, weights = loss_weights(subject)
    found = list(weights.values()) if isinstance(weights, dict) else weights
    return list(found) if isinstance(found, list | tuple) else []
