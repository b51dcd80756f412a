"""What training sees of the output and inference doesn't: dropped outputs, and statistics over a batch of one."""

from __future__ import annotations

from typing import Any

import numpy as np

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.framework import is_tensor, to_numpy
from kerasvae_lint.runtime.probes.trial import Trial, is_alike, seen
from kerasvae_lint.runtime.subject import Subject, Unit, call, quiet
from kerasvae_lint.runtime.trees import leaves

Answer = tuple[str, list[str]] | None
_WHOLE, _SCORES = "output itself", "scores in front of its activation"


def ask_dropout(subject: Subject, trial: Trial, _: dict[str, Any]) -> Answer:
    """A Dropout behind the output layer, or in front of its softmax: in training, predictions or scores are 0."""
    calls: list[watch.Call] = []
    with subject.undone(), quiet(), subject.framework.eagerly(), watch.listening(calls=calls.append):
        output = call(subject.framework, Unit(subject.model, (trial.batches[0].x,)), True)
    given = [to_numpy(leaf) for leaf in leaves(output) if is_tensor(leaf)]
    scores = [_first(made.args) for made in calls if _is_end(made, given)]
    for made in calls:
        if not type(made.layer).__name__.endswith("Dropout") or not getattr(made.layer, "rate", 0.0):
            continue
        before, after = _first(made.args), _first(made.output)
        if after is None or before is None:
            continue
        what = _WHOLE if any(np.array_equal(after, whole) for whole in given) else ""
        if not what and any(score is not None and np.array_equal(after, score) for score in scores):
            what = _SCORES if any(_is_linear(other, before) for other in calls) else ""
        lost = float(np.mean((after == 0) & (before != 0)))
        if what and lost > 0:
            share = f"{lost:.0%} of {'the predictions' if what == _WHOLE else 'them'} are 0 in training"
            return f"`{made.layer.name}` drops the {what}: {share}, and none in `predict`", ["KV733"]
    return None


def _first(tree: Any) -> Any:
    return next((to_numpy(leaf) for leaf in leaves(tree) if is_tensor(leaf)), None)


def _is_end(made: watch.Call, given: list[Any]) -> bool:
    """True for a softmax or sigmoid that is a layer of its own and gives the output."""
    name = getattr(getattr(made.layer, "activation", None), "__name__", "")
    own = type(made.layer).__name__
    if own != "Softmax" and not (own == "Activation" and name in {"softmax", "sigmoid"}):
        return False
    output = _first(made.output)
    return output is not None and any(np.array_equal(output, whole) for whole in given)


def _is_linear(made: watch.Call, before: Any) -> bool:
    """True for a layer with a kernel, and no activation, that gives this."""
    if getattr(getattr(made.layer, "activation", None), "__name__", "") != "linear":
        return False
    output = _first(made.output)
    return hasattr(made.layer, "kernel") and output is not None and np.array_equal(output, before)


def ask_batch_of_one(subject: Subject, trial: Trial, figures: dict[str, Any]) -> Answer:
    """Batch normalisation over one sample gives the same for every sample; elsewhere the gap is a figure."""
    with subject.undone():
        training = seen(subject, trial.batches, training=True)
    with subject.undone():
        inference = seen(subject, trial.batches)
    figures["modes"] = {"training": training.loss, "inference": inference.loss}
    if any(batch.size != 1 for batch in trial.batches) or len(trial.batches) < 4:
        return None
    pairs = list(zip(training.outputs, inference.outputs, strict=False))
    if pairs and all(is_alike(a) and not is_alike(b) for a, b in pairs):
        look = next((look for look in training.looks if "BatchNorm" in type(look.layer).__name__), None)
        if look is not None:
            why = f"`{look.layer.name}` normalises each sample by itself"
            return f"in training, with a batch size of 1, the output is the same for all samples: {why}", []
    return None
