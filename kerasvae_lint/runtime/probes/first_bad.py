"""What made the first number that is none: the data, a layer, the loss, or a gradient."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import Variable
from kerasvae_lint.runtime.probes.trial import Seen, Trial, bad_samples, seen
from kerasvae_lint.runtime.subject import Subject
from kerasvae_lint.runtime.words import names

CODES = ["KV306", "KV307", "KV417", "KV516", "KV702", "KV715", "KV734"]
SECONDS = 4.0
Answer = tuple[str, list[str]] | None


def ask(subject: Subject, trial: Trial) -> Answer:
    """Asked where outputs, losses or weights are not finite in the end; the steps are then gone through once more."""
    if _is_sound(trial.before) and _is_sound(trial.after) and all(np.isfinite(a).all() for a in trial.end.values()):
        return None
    count, total = bad_samples(subject)
    if count:
        return f"{count} of the {total} samples that fit gets hold NaN or infinity", []
    found = None
    if not subject.notes.get("running"):
        with subject.undone():
            found = _walk(subject, trial)
    if found is None:
        culprit = next((look for look in trial.after.looks if not look.finite), None)
        if culprit is None:
            return None
        found = f"after {trial.steps} steps `{culprit.layer.name}` is the first layer whose output is not finite"
    return found, CODES


def _is_sound(step: Seen) -> bool:
    return all(look.finite for look in step.looks) and all(np.isfinite(o).all() for o in step.outputs)


def _walk(subject: Subject, trial: Trial) -> str | None:
    """Step by step from the start: the first of layer, loss and weights that is not finite."""
    begun = time.monotonic()
    for number, batch in enumerate([*trial.feed.batches] * 3):
        when = "at the start" if not number else f"in step {number + 1}"
        now = seen(subject, [batch])
        culprit = next((look for look in now.looks if not look.finite), None)
        if culprit is not None:
            return f"{when} `{culprit.layer.name}` is the first layer whose output is not finite"
        if now.loss is not None and not np.isfinite(now.loss):
            return f"{when} the loss is {now.loss} though every layer's output is finite{_range(now)}"
        subject.train(trial.feed.of([batch]))
        bad = _bad_weights(subject)
        if bad:
            loss = f" (the loss was {now.loss:.3g})" if now.loss is not None else ""
            return f"{when} the gradients of {names(bad)} are the first that are not finite{loss}"
        if number >= trial.steps or time.monotonic() - begun > SECONDS:
            return None
    return None


def _range(now: Seen) -> str:
    if len(now.outputs) != 1 or not now.outputs[0].size:
        return ""
    return f": it takes an output between {now.outputs[0].min():.3g} and {now.outputs[0].max():.3g}"


def _bad_weights(subject: Subject) -> list[str]:
    held: list[Variable] = [v for v in subject.variables() if v.is_float]
    bad: list[Any] = [v.path for v in held if not np.isfinite(v.read()).all()]
    return bad
