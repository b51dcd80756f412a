"""Where noise comes from: constants that were drawn before training, and draws that fit one size of batch only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerasvae_lint.runtime import early, watch
from kerasvae_lint.runtime.framework import is_own, is_tensor
from kerasvae_lint.runtime.subject import Subject
from kerasvae_lint.runtime.trees import leaves
from kerasvae_lint.runtime.words import first_line

_SUMS = ("add", "mul")


def constant(subject: Subject) -> str | None:
    """Who adds (or multiplies by) numbers that the script drew once."""
    if not early.SEEN:
        return None
    for operation in _operations(subject):
        name = str(getattr(operation, "name", ""))
        if any(word in f"{name} {type(operation).__name__}".lower() for word in _SUMS):
            if any(is_tensor(leaf) and early.was_drawn(leaf) for leaf in _given(operation)):
                return name
    return _held(subject)


def _operations(subject: Subject) -> Iterator[Any]:
    for layer in subject.layers:
        yield from getattr(layer, "_operations", None) or [layer]


def _given(operation: Any) -> Iterator[Any]:
    for node in getattr(operation, "_inbound_nodes", ()):
        arguments = getattr(node, "arguments", None)
        if arguments is not None:
            yield from leaves(arguments.args)
            yield from leaves(arguments.kwargs)
        else:
            yield from leaves(getattr(node, "call_args", ()))
            yield from leaves(getattr(node, "call_kwargs", {}))


def _held(subject: Subject) -> str | None:
    """A layer of one's own that combines two tensors and keeps such numbers, as wide as they are."""
    calls: list[watch.Call] = []
    with subject.undone(), watch.listening(calls=calls.append):
        subject.pass_on(training=True)
    for seen in calls:
        given = [leaf for leaf in leaves(seen.args) if is_tensor(leaf)]
        if not is_own(type(seen.layer)) or len(given) != 2 or tuple(given[0].shape) != tuple(given[1].shape):
            continue
        for value in vars(seen.layer).values():
            shape = tuple(getattr(value, "shape", None) or ())
            if shape and shape[-1] == given[0].shape[-1] and early.was_drawn(value):
                return str(seen.layer.name)
    return None


def one_size(subject: Subject) -> str | None:
    """What a pass over fewer samples raises, where the model leaves the batch open; None if nothing."""
    feed = subject.feed
    if feed is None or feed.kind != "arrays" or feed.batches[0].size < 4 or subject.units:
        return None
    inputs = getattr(subject.model, "inputs", None) or []
    if any(tensor.shape[0] is not None for tensor in inputs):
        return None
    size, troubles = feed.batches[0].size, []
    for fewer in (1, 2):

        def cut(leaf: Any, keep: int = size - fewer) -> Any:
            same = getattr(leaf, "shape", ()) and leaf.shape[0] == size
            return leaf[:keep] if same else leaf

        try:
            subject.forward(feed.batches[0].map(cut), training=True)
            return None
        except Exception as error:  # whatever the backend raises for shapes that don't fit
            troubles.append(first_line(error))
    return troubles[0] if inputs else None
