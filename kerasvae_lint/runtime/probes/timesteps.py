"""Recurrent layers that get a single time step: their recurrent kernel only ever meets a state of zeros."""

from __future__ import annotations

from typing import Any

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.framework import is_tensor
from kerasvae_lint.runtime.subject import Subject
from kerasvae_lint.runtime.trees import leaves


def never_recurring(subject: Subject) -> set[int]:
    """The recurrent kernels of such layers, by identity; seen in one forward pass."""
    if "one time step" not in subject.notes:
        subject.notes["one time step"] = _found(subject)
    found: set[int] = subject.notes["one time step"]
    return found


def _found(subject: Subject) -> set[int]:
    base = subject.framework.keras.layers.RNN
    short: dict[int, Any] = {}
    long: set[int] = set()

    def called(made: watch.Call) -> None:
        if not isinstance(made.layer, base):
            return
        named = [value for name, value in made.kwargs.items() if name != "mask"]  # which is no state to begin with
        given = [leaf for leaf in leaves((made.args, named)) if is_tensor(leaf)]
        if len(given) == 1 and len(given[0].shape) >= 3 and given[0].shape[1] == 1 and not made.layer.stateful:
            short[id(made.layer)] = made.layer
        else:
            long.add(id(made.layer))

    try:
        with watch.listening(calls=called):
            subject.forward()
    except Exception:  # can't be called on its own: nothing can be said
        return set()
    cells = [cell for key, layer in short.items() if key not in long for cell in _cells(layer.cell)]
    return {id(cell.recurrent_kernel) for cell in cells if hasattr(cell, "recurrent_kernel")}


def _cells(cell: Any) -> list[Any]:
    return list(getattr(cell, "cells", [cell]))
