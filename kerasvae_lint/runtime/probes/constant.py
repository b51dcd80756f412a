"""The best that a model could do with one prediction for everybody: the class shares, the mean, the median."""

from __future__ import annotations

from typing import Any

import numpy as np

from kerasvae_lint.runtime.feed import Batch
from kerasvae_lint.runtime.framework import is_tensor, to_numpy
from kerasvae_lint.runtime.probes.trial import Trial, loss_of
from kerasvae_lint.runtime.subject import Subject, quiet
from kerasvae_lint.runtime.trees import leaves


def best_constant(subject: Subject, trial: Trial) -> float | None:
    """The lowest loss that one prediction for all samples gets, by the model's own loss; None if it can't be told."""
    if len(trial.before.outputs) != 1:
        return None
    targets = [_targets(batch) for batch in trial.batches]
    if any(y is None for y in targets):
        return None
    output = trial.before.outputs[0]
    values = []
    for candidate in _candidates(np.concatenate(targets), output.shape[1:]):
        losses = []
        with quiet(), subject.undone(), subject.framework.eagerly():
            for batch in trial.batches:
                repeated = np.repeat(candidate[None].astype("float32"), batch.size, axis=0)
                losses.append(loss_of(subject, batch, repeated))
        known = [value for value in losses if value is not None and np.isfinite(value)]
        if known and len(known) == len(losses):
            values.append(float(np.mean(known)))
    return min(values) if values else None


def _targets(batch: Batch) -> Any:
    found = [to_numpy(leaf) for leaf in leaves(batch.y) if is_tensor(leaf)]
    return found[0] if len(found) == 1 and found[0].dtype.kind in "fiub" and found[0].ndim else None


def _candidates(y: Any, shape: tuple[int, ...]) -> list[Any]:
    """Predictions of the output's shape: as values and as logits."""
    if y.ndim == len(shape) and shape and shape[-1] == 1:
        y = y[..., None]
    plain = y[..., 0] if y.ndim == len(shape) + 1 and y.shape[-1] == 1 and shape[-1:] != (1,) else y
    if plain.ndim == len(shape) and shape and shape[-1] > 1 and _are_classes(plain, shape[-1]):
        y = np.eye(shape[-1])[plain.astype("int64")]
    if y.shape[1:] != shape:
        return []
    y = y.astype("float64")
    mean, median = y.mean(axis=0), np.median(y, axis=0)
    found = [mean, median]
    if mean.min() >= 0 and mean.max() <= 1:
        p = np.clip(mean, 1e-6, 1 - 1e-6)
        found += [p, np.log(p / (1 - p)), np.log(p)]
    return found


def _are_classes(y: Any, count: int) -> bool:
    return bool(y.size and (y == np.round(y)).all() and y.min() >= 0 and y.max() < count)
