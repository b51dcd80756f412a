"""Numbers that are others in Keras 3 whatever is written: rows of an ``Embedding`` that a batch holds twice."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.asking import is_for_keras3, keras_calls
from kerasvae_lint.migrate.step import Remark, Step, differs
from kerasvae_lint.model import Call, Module

_SQUARING = frozenset({"adam", "adamw", "nadam", "rmsprop", "adagrad", "adadelta"})
"""Optimizers that divide by a mean of squared gradients."""


class Repeats(Step):
    """An ``Embedding`` under Adam: measured, tf_keras 2.21 beside Keras 3.15 on TensorFlow."""

    name = "repeats"
    triggers = ("Embedding",)

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each ``Embedding`` that is trained by such an optimizer."""
        if is_for_keras3(module):
            return
        calls = [(call, place.name.rpartition(".")[2]) for call, _, place in keras_calls(module)]
        kind = next(_kinds(module, calls), None)
        if kind is None:
            return
        for call, name in calls:
            if name == "Embedding" and not _is_frozen(call):
                said = "a row that comes n times in a batch is moved up to √n times as far in Keras 3 (on TensorFlow)"
                why = "which squares the gradient of each time by itself; Keras 2 adds them up before"
                yield differs(call.record, f"`Embedding` under {kind}: {said}, {why}")


def _kinds(module: Module, calls: list[tuple[Call, str]]) -> Iterator[str]:
    for call, name in calls:
        if name.lower() in _SQUARING and call.record.func is not None:
            yield name
    for record in module.code.walk():
        if isinstance(record, r.Constant) and isinstance(record.value, str) and record.value.lower() in _SQUARING:
            yield record.value


def _is_frozen(call: Call) -> bool:
    given = next((a for a in call.record.arguments if a.name == "trainable"), None)
    return given is not None and isinstance(given.value, r.Constant) and given.value.value is False
