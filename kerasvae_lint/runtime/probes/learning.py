"""From the script's own start, on its own data: does a model learn anything, and is it judged on what it never saw?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import is_tensor, to_numpy
from kerasvae_lint.runtime.probes import affine, ends, held_out, rate
from kerasvae_lint.runtime.probes.constant import best_constant
from kerasvae_lint.runtime.probes.rehearsal import Rehearsal
from kerasvae_lint.runtime.probes.trial import STEPS, Look, Trial, activation_of, is_alike, run_steps, seen, trial_of
from kerasvae_lint.runtime.results import FAIL, PASS, SKIP, ProbeResult
from kerasvae_lint.runtime.subject import Subject
from kerasvae_lint.runtime.trees import leaves
from kerasvae_lint.runtime.words import first_line

ONE_FOR_ALL = ["KV701", "KV702", "KV711", "KV714", "KV715", "KV721", "KV734"]
FEWEST = 8
"""Samples that must differ before one answer for all of them says something."""
Answer = tuple[str, list[str]] | None


def ask(subject: Subject, run: Rehearsal) -> ProbeResult:
    """What the data and the rate say by themselves, then what the steps show; the first failure decides."""
    figures: dict[str, Any] = {}
    early: list[Callable[[Subject, dict[str, Any]], Answer]] = [rate.ask_sign, held_out.ask_order, held_out.ask_split]
    for question in early:
        answer = question(subject, figures)
        if answer is not None:
            return ProbeResult("learning", FAIL, *answer, figures)
    if run.error is not None and not run.dropped:
        return ProbeResult("learning", SKIP, f"fit raises {first_line(run.error)}", [], figures)
    trial = trial_of(subject)
    if trial is None:
        return ProbeResult("learning", SKIP, "the model can't be called with what fit gets", [], figures)
    figures["steps"] = trial.steps
    later: list[Callable[[Subject, Trial, dict[str, Any]], Answer]] = [
        rate.ask,
        _one_for_all,
        ends.ask_dropout,
        ends.ask_batch_of_one,
        affine.ask,
    ]
    for step in later:
        answer = step(subject, trial, figures)
        if answer is not None:
            return ProbeResult("learning", FAIL, *answer, figures)
    return ProbeResult("learning", PASS, _story(subject, trial, figures), [], figures)


def ask_of(subject: Subject, labelled: Subject, trial: Trial) -> ProbeResult:
    """What a training that runs shows by itself: the rate's sign, the order of labels, one answer for all inputs."""
    figures: dict[str, Any] = {"steps": trial.steps}
    answer = rate.ask_sign(subject, figures) or held_out.ask_order(labelled, figures)
    answer = answer or _one_for_all(subject, trial, figures)
    if answer is not None:
        return ProbeResult("learning", FAIL, *answer, figures)
    start, end = trial.before.loss, trial.after.loss
    story = f"the output is finite after {trial.steps} steps"
    if start is not None and end is not None:
        story = f"{trial.steps} steps: the loss goes from {start:.4g} to {end:.4g}"
    return ProbeResult("learning", PASS, story, [], figures)


def _story(subject: Subject, trial: Trial, figures: dict[str, Any]) -> str:
    """The loss at both ends beside the best constant prediction's."""
    start, end = trial.before.loss, trial.after.loss
    notes = list(figures.pop("notes", []))
    if start is None or end is None:
        return "; ".join([f"the output is finite after {trial.steps} steps", *notes])
    constant = best_constant(subject, trial)
    figures["loss"] = {"start": start, "end": end, "constant": constant}
    story = f"{trial.steps} steps from the start: the loss goes from {start:.4g} to {end:.4g}"
    if constant is not None:
        below = end < constant - 1e-3 * abs(constant)
        story += f"; the best constant prediction gets {constant:.4g}"
        if not below:
            notes.insert(0, f"not better than that yet{_on_one_batch(subject, trial, figures)}")
    return "; ".join([story, *notes])


def _on_one_batch(subject: Subject, trial: Trial, figures: dict[str, Any]) -> str:
    """As many steps on the first batch alone: what can't be learnt by heart can't be learnt."""
    batch = trial.batches[0]
    with subject.undone():
        start = seen(subject, [batch]).loss
        run_steps(subject, trial.feed.of([batch] * len(trial.feed)), STEPS)
        end = seen(subject, [batch]).loss
    if start is None or end is None:
        return ""
    figures["one_batch"] = {"start": start, "end": end, "steps": STEPS}
    return f" (on the first batch alone from {start:.4g} to {end:.4g})"


def _one_for_all(_: Subject, trial: Trial, figures: dict[str, Any]) -> Answer:
    """The same prediction for every input, in the middle and at the end, though inputs and labels differ."""
    if sum(batch.size for batch in trial.batches) < FEWEST or not _differ(trial, "x") or not _differ(trial, "y"):
        return None
    outputs = list(zip(trial.middle.outputs, trial.after.outputs, strict=False))
    stuck = [end for middle, end in outputs if is_alike(middle) and is_alike(end)]
    figures["outputs_alike"] = len(stuck)
    if not stuck or len(stuck) < len(outputs):
        return None
    first = stuck[0][0].reshape(-1)
    shown = ", ".join(f"{value:.4g}" for value in first[:3]) + (", …" if first.size > 3 else "")
    count = sum(batch.size for batch in trial.batches)
    cause = next((look for look in trial.after.looks if look.alike), None)
    why = f" ({_cause(cause)})" if cause is not None else ""
    message = f"after {trial.steps} steps the prediction for all {count} inputs is {shown}, whatever the labels{why}"
    return message, ONE_FOR_ALL


def _cause(look: Look) -> str:
    if look.dead is not None and look.dead.all():
        dead = ": its relu is dead" if activation_of(look.layer) == "relu" else ""
        return f"`{look.layer.name}` gives 0 for every sample{dead}"
    return f"`{look.layer.name}` is the first layer that gives the same for all"


def _differ(trial: Trial, part: str) -> bool:
    """True if one of the parts (inputs, targets) is not the same for all samples."""
    columns = zip(*(list(leaves(getattr(batch, part))) for batch in trial.batches), strict=False)
    arrays = [np.concatenate([to_numpy(leaf) for leaf in parts]) for parts in columns if all(map(is_tensor, parts))]
    return any(array.ndim and not is_alike(array) for array in arrays)
