"""The modes that functional models name for their layers, ``layer(x, training=…)``, and those that the layers get."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.subject import Subject, quiet

_STRENGTHS = ("rate", "stddev", "dropout", "recurrent_dropout")
_BLIND = ("Random", "Embedding")
"""How the classes begin whose strength is no noise in training that anybody would ask for in inference."""


@dataclass(slots=True)
class Named:
    """A layer that the code calls with a mode.

    Attributes:
        layer: the layer.
        asked: the mode.
        fit: the modes that it got in the step that ``fit`` runs.
        predict: the modes that it got in ``predict``.
    """

    layer: Any
    asked: bool
    fit: set[bool] = field(default_factory=set)
    predict: set[bool] = field(default_factory=set)

    @property
    def inner(self) -> list[Any]:
        """The layer and those in it."""
        found = [self.layer]
        with suppress(AttributeError, TypeError):
            found += list(self.layer._flatten_layers(include_self=False, recursive=True))
        return found

    @property
    def statistics(self) -> list[Any]:
        """The moving statistics in it that training may move."""
        norms = [one for one in self.inner if getattr(one, "moving_mean", None) is not None and one.trainable]
        return [raw for norm in norms for raw in (norm.moving_mean, norm.moving_variance)]

    @property
    def heeds(self) -> bool:
        """True if what it gives depends on its mode: dropout, noise or BatchNormalization."""
        return any(getattr(one, "moving_mean", None) is not None or _is_random(one) for one in self.inner)


def _is_random(layer: Any) -> bool:
    if type(layer).__name__.startswith(_BLIND):
        return False
    values = [getattr(layer, name, None) for name in _STRENGTHS]
    return any(isinstance(value, int | float) and not isinstance(value, bool) and value > 0 for value in values)


def named_modes(subject: Subject) -> dict[int, Named]:
    """The layers for which functional models name a mode, the same one at each of their calls, by identity."""
    asked: dict[int, tuple[Any, set[bool | None]]] = {}
    for model in subject.layers:
        for node in _nodes(model):
            layer, kwargs = _called(node)
            if layer is not None:
                given = kwargs.get("training")
                mode = bool(given) if isinstance(given, bool | int) else None
                asked.setdefault(id(layer), (layer, set()))[1].add(mode)
    found = {}
    for key, (layer, modes) in asked.items():
        mode = modes.pop() if len(modes) == 1 else None
        if mode is not None:
            found[key] = Named(layer, mode)
    return found


def _nodes(model: Any) -> list[Any]:
    """The calls that a functional model is made of, from its inputs on."""
    by_depth = getattr(model, "_nodes_by_depth", None)
    return [node for depth in sorted(by_depth or (), reverse=True) for node in by_depth[depth]] if by_depth else []


def _called(node: Any) -> tuple[Any, dict[str, Any]]:
    """What a node calls, and the arguments that it is given by name: of Keras 3, or of Keras 2."""
    layer = getattr(node, "operation", None) or getattr(node, "layer", None)
    arguments = getattr(node, "arguments", None)
    kwargs = getattr(arguments, "kwargs", None) or getattr(node, "call_kwargs", None) or {}
    return layer, kwargs


@contextmanager
def modes_seen(modes: dict[int, Named], phase: str) -> Iterator[None]:
    """Note the modes that these layers get inside, as those of ``fit`` or ``predict``."""

    def called(call: watch.Call) -> None:
        named = modes.get(id(call.layer))
        given = call.kwargs.get("training")
        if named is not None and isinstance(given, bool | int):
            getattr(named, phase).add(bool(given))

    if not modes:
        yield
        return
    with watch.listening(calls=called):
        yield


def predict_once(subject: Subject, modes: dict[int, Named]) -> None:
    """Predict one batch, for the modes that layers get there; what can't be predicted shows none."""
    if not any(named.asked for named in modes.values()) or subject.feed is None:
        return
    kept, subject.model.predict_function = getattr(subject.model, "predict_function", None), None
    try:
        with subject.undone(), quiet(), modes_seen(modes, "predict"), suppress(Exception):
            subject.model.predict_on_batch(subject.feed.batches[0].x)
    finally:
        subject.model.predict_function = kept
