"""Does what a ``train_step`` of one's own shows begin anew in each epoch, or go on since the first batch?"""

from __future__ import annotations

import gc
from typing import Any

import numpy as np

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.framework import Variable, to_numpy
from kerasvae_lint.runtime.probes.logged import has_own_step
from kerasvae_lint.runtime.probes.rehearsal import own_callbacks
from kerasvae_lint.runtime.subject import Subject

CODES = ["KV518"]
BATCHES = 2
NEAR = 1e-5


def ask(subject: Subject) -> tuple[str, list[str]] | None:
    """Two epochs of a few batches: a metric that the model does not hold, and that the second one goes on with."""
    if not has_own_step(subject) or subject.feed is None:
        return None
    metrics = _strays(subject)
    kept = [(variable, variable.read()) for metric in metrics for variable in _variables(metric)]
    begun: list[list[list[Any]]] = []
    ended: list[list[list[Any]]] = []
    shown: list[list[float | None]] = []

    def begin(_: int) -> None:
        begun.append([_values(metric) for metric in metrics])

    def end(_: int) -> None:
        ended.append([_values(metric) for metric in metrics])
        shown.append([_result(metric) for metric in metrics])

    callback = subject.callback(on_epoch_begin=begin, on_epoch_end=end)
    try:
        with subject.undone(), watch.idle():
            feed = subject.feed.only(*range(min(len(subject.feed), BATCHES)))
            callbacks = [*own_callbacks(subject), callback] if metrics else []
            history = subject.train(feed, epochs=2, callbacks=callbacks, eager=True) if metrics else {}
    except Exception:  # a callback that wants what is not here
        return None
    finally:
        for variable, value in kept:
            variable.write(value)
    for index, metric in enumerate(metrics):
        first, last, second = begun[0][index], ended[0][index], begun[1][index]
        if _same(first, last) or not _same(last, second):
            continue
        result = shown[1][index]
        for name, values in sorted(history.items(), key=lambda item: item[0] != metric.name):
            if result is not None and abs(values[-1] - result) <= NEAR * max(1.0, abs(result)):
                return (
                    f"`{name}` goes on through all epochs: the model does not hold the metric `{metric.name}`, so that"
                    f" `fit` never resets it, and the second epoch shows {values[-1]:.4g}",
                    CODES,
                )
    return None


def _strays(subject: Subject) -> list[Any]:
    """The metrics alive that are no part of the model."""
    base = subject.framework.keras.metrics.Metric
    held = {i for variable, _ in subject.state() for i in variable.ids}
    found = [value for value in gc.get_objects() if base in type(value).__mro__]
    return [m for m in found if _variables(m) and not any(v.ids & held for v in _variables(m))]


def _variables(metric: Any) -> list[Variable]:
    return [Variable(raw) for raw in metric.variables if hasattr(raw, "assign")]


def _values(metric: Any) -> list[Any]:
    return [variable.read() for variable in _variables(metric)]


def _result(metric: Any) -> float | None:
    try:
        return float(np.asarray(to_numpy(metric.result())).reshape(()))
    except Exception:  # one that gives several numbers
        return None


def _same(one: list[Any], other: list[Any]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
