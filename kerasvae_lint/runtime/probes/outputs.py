"""The outputs of a model with what the compiled loss and metrics compare them with, seen in a step that is undone."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kerasvae_lint.runtime import survey, watch
from kerasvae_lint.runtime.feed import Batch
from kerasvae_lint.runtime.framework import is_own, is_tensor, to_numpy
from kerasvae_lint.runtime.probes import activations, logits
from kerasvae_lint.runtime.probes.activations import Function
from kerasvae_lint.runtime.subject import Subject, Unit, call, quiet
from kerasvae_lint.runtime.trees import leaves, map_tree

BINARY, CATEGORICAL, SPARSE, ERROR, HINGE = "binary", "categorical", "sparse", "error", "hinge"
FAMILIES = {
    "binary_crossentropy": BINARY,
    "binary_focal_crossentropy": BINARY,
    "categorical_crossentropy": CATEGORICAL,
    "categorical_focal_crossentropy": CATEGORICAL,
    "sparse_categorical_crossentropy": SPARSE,
    "mean_squared_error": ERROR,
    "mean_absolute_error": ERROR,
    "huber": ERROR,
    "huber_loss": ERROR,
    "log_cosh": ERROR,
    "logcosh": ERROR,
    "mean_squared_logarithmic_error": ERROR,
    "mean_absolute_percentage_error": ERROR,
    "hinge": HINGE,
    "squared_hinge": HINGE,
}
"""What the built-in losses compare, by the name of their function."""
CROSSENTROPIES = (BINARY, CATEGORICAL, SPARSE)
SECONDS = 4.0
MOST_KEPT, MOST_HEADS = 20_000, 256
"""Tensors of one step, and outputs of all steps, that are held."""
MOST = 48
"""Batches that outputs are made of, taken at even distances."""


@dataclass(slots=True)
class Head:
    """One output as a loss or a metric gets it.

    Attributes:
        name: of a built-in loss; empty for one's own.
        family: what the loss takes, as in :data:`FAMILIES`; empty where that is not known.
        logits: the loss takes logits.
        y, output: what was compared, of one batch.
        function: what the output comes out of, if that is known.
        place: ``("y", 0)``: which leaf of the batch ``y`` is; None if it is made in the step.
        index: which of the model's outputs it is; None if the model was not called as a whole.
        measures: the compiled metrics that get the same output.
    """

    name: str
    family: str
    logits: bool
    loss: Any
    y: Any
    output: Any
    function: Function | None
    place: tuple[str, int] | None
    index: int | None
    measures: list[Any] = field(default_factory=list)

    @property
    def units(self) -> int:
        """The size of the output's last axis."""
        return int(self.output.shape[-1]) if self.output.ndim > 1 else 1


class Watch:
    """Listens to layers, losses and metrics, and keeps each output with what it is compared with.

    Built for one step after the other: what one step made is forgotten when the next begins.
    """

    def __init__(self, model: Any = None) -> None:
        self.model = model
        self.made: dict[int, watch.Call] = {}
        self.whole: list[Any] = []
        self.kept: list[Any] = []
        self.heads: list[tuple[int, Head]] = []

    def called(self, call: watch.Call) -> None:
        """A layer was called: its outputs are known by their identity."""
        if len(self.kept) > MOST_KEPT:
            self.forget()
        for leaf in leaves(call.output):
            if is_tensor(leaf):
                self.made.setdefault(id(leaf), call)
                self.kept.append(leaf)
        if call.layer is self.model and call.depth == 0:
            self.whole = list(leaves(call.output))

    def judged(self, loss: Any, y: Any, output: Any) -> None:
        """A loss was given an output."""
        if not (is_tensor(y) and is_tensor(output)) or not len(output.shape) or len(self.heads) >= MOST_HEADS:
            return
        name = name_of(loss)
        head = self._head(name, y, output, loss)
        self.heads.append((id(output), head))
        self.kept.append(output)

    def measured(self, metric: Any, y: Any, output: Any) -> None:
        """A metric was given an output."""
        if not (is_tensor(y) and is_tensor(output)) or not len(output.shape):
            return
        known = [head for key, head in self.heads if key == id(output)] or [
            head for _, head in self.heads if _same(head.output, to_numpy(output))
        ]
        if not known:
            known = [self._head("", y, output, None)]
            self.heads.append((id(output), known[0]))
        known[0].measures.append(metric)

    def _head(self, name: str, y: Any, output: Any, loss: Any) -> Head:
        index = next((i for i, leaf in enumerate(self.whole) if leaf is output), None)
        return Head(
            name,
            FAMILIES.get(name, ""),
            bool(logits.flag(loss)) if loss is not None else False,
            loss,
            to_numpy(y),
            to_numpy(output),
            activations.of_tensor(output, self.made),
            None,
            index,
        )

    def forget(self) -> None:
        """A new step begins."""
        self.made.clear()
        self.kept.clear()
        self.whole = []


def name_of(loss: Any) -> str:
    """``mean_squared_error`` for a built-in loss, whichever way it was written; empty for one's own."""
    function = getattr(loss, "fn", None)
    if function is not None:
        module = str(getattr(function, "__module__", "") or "").partition(".")[0]
        return str(getattr(function, "__name__", "")) if module in {"keras", "tf_keras"} else ""
    if is_own(type(loss)):
        return ""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(loss).__name__).lower()


def of(subject: Subject) -> list[Head]:
    """Each output that a loss or a metric is given in a training step; looked at once for all who ask."""
    if "heads" not in subject.notes:
        subject.notes["heads"] = _seen(subject)
    found: list[Head] = subject.notes["heads"]
    return found


def _seen(subject: Subject) -> list[Head]:
    if not subject.trains or subject.feed is None:
        return _distinct(subject.notes.get("judged", []))
    seen = Watch(subject.model)
    metrics = compiled_metrics(subject.model) or ([] if subject.notes.get("running") else _metrics_made(subject))
    batch = subject.feed.batches[0]
    listening = watch.listening(calls=seen.called, criteria=seen.judged)
    with subject.undone(), watch.idle(), _metrics_watched(metrics, seen), listening:
        if not subject.notes.get("running") and subject.framework.backend != "jax":  # which traces the loss
            with suppress(Exception):  # shown by other probes; what was seen before counts
                subject.train(subject.feed.only(0), eager=True)
        if not seen.heads and not has_own_step(subject):
            _plainly(subject, batch)
    heads = [head for _, head in seen.heads]
    for head in heads:
        head.place = _place(batch, head.y)
    return _distinct(heads)


def _metrics_made(subject: Subject) -> list[Any]:
    """Keras makes the metrics in the first step."""
    with subject.undone(), watch.idle(), suppress(Exception):  # shown by other probes
        subject.train(subject.feed.only(0) if subject.feed else None, eager=True)
    return compiled_metrics(subject.model)


def _plainly(subject: Subject, batch: Batch) -> None:
    """The loss of a plain pass: for a backend that traces the steps it takes, and for a model that is being trained."""
    model, framework = subject.model, subject.framework
    if framework.version != "3" and not subject.notes.get("running"):
        return
    try:
        with quiet(), framework.eagerly():
            x, y, weight = (map_tree(framework.tensor, part) for part in (batch.x, batch.y, batch.weight))
            output = call(framework, Unit(model, (batch.x,)), False)
            if framework.version == "3":
                model.compute_loss(x=x, y=y, y_pred=output, sample_weight=weight)
                model.compute_metrics(x, y, output, weight)
            else:
                model.compiled_loss(y, output, weight)
                model.compiled_metrics.update_state(y, output, weight)
    except Exception:  # it can't be asked
        return


def has_own_step(subject: Subject) -> bool:
    """True if what ``fit`` does with a batch is the user's own code."""
    names = {"train_step", "compute_loss", "compute_metrics"}
    return any(names & set(vars(cls)) for cls in type(subject.model).__mro__ if is_own(cls))


def compiled_metrics(model: Any) -> list[Any]:
    """The metric objects that ``compile`` was given, as far as they are made yet."""
    held = getattr(model, "_compile_metrics", None) or getattr(model, "compiled_metrics", None)
    found = getattr(held, "metrics", None) or []
    return [metric for metric in found if hasattr(metric, "update_state")]


@contextmanager
def _metrics_watched(metrics: list[Any], seen: Watch) -> Iterator[None]:
    missing = object()
    before = [(metric, vars(metric).get("update_state", missing)) for metric in metrics]
    for metric in metrics:
        object.__setattr__(metric, "update_state", _telling(metric, metric.update_state, seen))
    try:
        yield
    finally:
        for metric, update in before:
            if update is missing:
                object.__delattr__(metric, "update_state")
            else:
                object.__setattr__(metric, "update_state", update)


def _telling(metric: Any, update: Any, seen: Watch) -> Any:
    def update_state(*args: Any, **kwargs: Any) -> Any:
        given = [*args[:2], *(kwargs[name] for name in ("y_true", "y_pred") if name in kwargs)]
        if len(given) == 2:
            seen.measured(metric, *given)
        return update(*args, **kwargs)

    return update_state


def _place(batch: Batch, y: Any) -> tuple[str, int] | None:
    for name, tree in (("y", batch.y), ("x", batch.x)):
        for index, leaf in enumerate(leaves(tree)):
            if survey.is_numbers(leaf) and leaf.size == y.size and _same(leaf.reshape(-1), y.reshape(-1)):
                return name, index
    return None


def _same(a: Any, b: Any) -> bool:
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-5, atol=1e-6, equal_nan=True))


def _distinct(heads: list[Head]) -> list[Head]:
    """Each loss with its output once; a later call of the same pair adds nothing."""
    found: dict[tuple[Any, ...], Head] = {}
    for head in heads:
        key = (id(head.loss), head.index, head.place, head.function, head.output.shape[1:])
        found.setdefault(key, head)
    return list(found.values())


def targets(subject: Subject, head: Head) -> tuple[Any, survey.Survey]:
    """All targets of an output that carry weight, and what they were taken from."""
    seen = survey.train(subject)
    if head.place is not None:
        name, index = head.place
        array = seen.targets(index) if name == "y" else seen.inputs(index)
        if array is not None:
            return seen.kept(array), seen
    count = Batch(head.y)
    return head.y, survey.Survey([count], whole=False)


def pairs(subject: Subject, head: Head) -> list[tuple[Any, Any]]:
    """Targets and outputs of inference, batch by batch; those of the one step where the model can't be called."""
    if head.index is None or head.place is None or head.place[0] != "y":
        return [(head.y, head.output)]
    found = []
    for batch, outputs in _predicted(subject):
        y = list(leaves(batch.y))
        if head.index < len(outputs) and head.place[1] < len(y):
            found.append((np.asarray(y[head.place[1]]), outputs[head.index]))
    return found or [(head.y, head.output)]


def _predicted(subject: Subject) -> list[tuple[Batch, list[Any]]]:
    if "predicted" not in subject.notes:
        subject.notes["predicted"] = _predict(subject)
    found: list[tuple[Batch, list[Any]]] = subject.notes["predicted"]
    return found


def _predict(subject: Subject) -> list[tuple[Batch, list[Any]]]:
    assert subject.feed is not None
    batches = list(survey.train(subject).cut(subject.feed.batches[0].size))
    batches = batches[:: max(1, -(-len(batches) // MOST))]
    found, started = [], time.monotonic()
    with subject.undone(), quiet():
        for batch in batches:
            try:
                output = call(subject.framework, Unit(subject.model, (batch.x,)), False)
            except Exception:  # a model without a call of its own
                break
            found.append((batch, [to_numpy(leaf) for leaf in leaves(output) if is_tensor(leaf)]))
            if time.monotonic() - started > SECONDS:
                break
    return found


def shape_of(array: Any) -> str:
    """``(B, 5, 1)``."""
    return f"(B, {', '.join(map(str, array.shape[1:]))})" if array.ndim > 1 else "(B,)"
