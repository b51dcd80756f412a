"""A layer that adds a loss, called twice on the same numbers in one training step."""

from __future__ import annotations

from typing import Any

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.framework import is_tensor, to_numpy
from kerasvae_lint.runtime.subject import Subject, same
from kerasvae_lint.runtime.trees import leaves


def ask(subject: Subject) -> tuple[str, list[str]] | None:
    """The outermost such layer."""
    assert subject.feed is not None
    adders: set[int] = set()
    calls: list[watch.Call] = []

    def seen(layer: Any, loss: Any) -> Any:
        adders.add(id(layer))
        return loss

    with subject.undone(), watch.idle(), watch.listening(calls=calls.append, losses=seen):
        subject.train(subject.feed.only(0), eager=True)
    if not adders:
        return None
    holders: dict[int, bool] = {}
    inputs: dict[int, list[list[Any]]] = {}
    for call in sorted(calls, key=lambda c: c.depth):
        layer = call.layer
        if id(layer) not in holders:
            held = subject.framework.layers_of(layer) if hasattr(layer, "_flatten_layers") else [layer]
            holders[id(layer)] = any(id(inner) in adders for inner in held)
        given = [to_numpy(leaf) for leaf in leaves(call.args) if is_tensor(leaf)]
        if not holders[id(layer)] or not given:
            continue
        before = inputs.setdefault(id(layer), [])
        if any(_same(given, other) for other in before):
            message = f"`{layer.name}` is called twice on the same numbers in one step, and adds its loss each time"
            return message, ["KV414"]
        before.append(given)
    return None


def _same(left: list[Any], right: list[Any]) -> bool:
    return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))
