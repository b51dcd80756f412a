"""The learning rate: does it lead downhill, and do its steps land where the loss is lower?"""

from __future__ import annotations

from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import to_numpy
from kerasvae_lint.runtime.probes.trial import STEPS, Trial, bad_samples, run_steps, seen
from kerasvae_lint.runtime.subject import Subject

EXPLODED = 3.0
"""So many times the loss at the start, in the middle and at the end: no slow start, no noise."""
SMALLER = 0.01
NOT_FINITE = ["KV306", "KV307", "KV417", "KV516", "KV702", "KV715", "KV734"]
Answer = tuple[str, list[str]] | None


def rate_of(subject: Subject) -> float | None:
    """The optimizer's learning rate now; None if there is none or it can't be read."""
    rate = getattr(getattr(subject.model, "optimizer", None), "learning_rate", None)
    try:
        return float(to_numpy(rate))
    except (AttributeError, TypeError, ValueError):
        return None


def ask_sign(subject: Subject, figures: dict[str, Any]) -> Answer:
    """A negative rate climbs."""
    rate = rate_of(subject)
    if rate is None:
        return None
    figures["learning_rate"] = rate
    if rate < 0 and len(subject.optimizers()) == 1:
        return f"the learning rate is {rate:g}: each step raises the loss", ["KV734"]
    return None


def ask(subject: Subject, trial: Trial, figures: dict[str, Any]) -> Answer:
    """A loss that runs away, or is no number: does it with a hundredth of the rate, too?"""
    start, middle, end = trial.before.loss, trial.middle.loss, trial.after.loss
    finite = all(np.isfinite(o).all() for o in trial.after.outputs) and (end is None or np.isfinite(end))
    finite = finite and all(np.isfinite(value) for value in trial.logged)
    if finite and not _ran_away(start, middle, end):
        return None
    count, total = bad_samples(subject) if not finite else (0, 0)
    if count:
        return f"{count} of the {total} samples that fit gets hold NaN or infinity, and so does the loss", []
    was = "what is no number" if not finite else f"{end:.3g}"
    began = f" from {start:.3g}" if start is not None and np.isfinite(start) else ""
    story = f"the loss goes{began} to {was} in {trial.steps} steps"
    rate = rate_of(subject)
    better = _with_rate(subject, trial, rate * SMALLER) if rate is not None else None
    if better is not None and start is not None and np.isfinite(better) and better < start:
        figures["smaller_rate"] = {"rate": rate * SMALLER if rate else 0.0, "loss": better}
        return f"with the learning rate {rate:g} {story}; with a hundredth of it, to {better:.3g}", ["KV734", "KV715"]
    if not finite and _starts_finite(trial):
        return story, NOT_FINITE
    return None


def _starts_finite(trial: Trial) -> bool:
    """What is no number from the start is for `loss` and `layers` to tell."""
    return all(np.isfinite(o).all() for o in trial.before.outputs)


def _ran_away(start: float | None, middle: float | None, end: float | None) -> bool:
    if start is None or middle is None or end is None or start <= 0:
        return False
    return min(middle, end) > EXPLODED * start


def _with_rate(subject: Subject, trial: Trial, rate: float) -> float | None:
    """The loss after as many steps from the same start with another rate; None where it can't be set."""
    optimizer = subject.model.optimizer
    before = rate_of(subject)
    try:
        with subject.undone():
            optimizer.learning_rate = rate
            run_steps(subject, trial.feed, STEPS)
            return seen(subject, trial.batches).loss
    except (AttributeError, TypeError, ValueError):
        return None
    finally:
        optimizer.learning_rate = before
