"""Layer by layer, before and after real steps: what is dead, saturated, not finite, or stays as it was made."""

from __future__ import annotations

from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import Variable, is_tensor, to_numpy
from kerasvae_lint.runtime.probes import first_bad
from kerasvae_lint.runtime.probes.gradients import Steps
from kerasvae_lint.runtime.probes.rehearsal import Rehearsal
from kerasvae_lint.runtime.probes.trial import Look, Seen, Trial, activation_of, is_alike, trial_of
from kerasvae_lint.runtime.results import FAIL, PASS, SKIP, ProbeResult
from kerasvae_lint.runtime.subject import Subject
from kerasvae_lint.runtime.trees import leaves
from kerasvae_lint.runtime.words import first_line, names

SATURATED = 0.9
"""A note from this share of outputs in the flat ends on."""
Answer = tuple[str, list[str]] | None


def ask(subject: Subject, steps: Steps, run: Rehearsal) -> ProbeResult:
    """The first failure decides; shares and ratios are figures."""
    if run.error is not None and not run.dropped:
        return ProbeResult("layers", SKIP, f"fit raises {first_line(run.error)}")
    trial = trial_of(subject)
    if trial is None:
        return ProbeResult("layers", SKIP, "the model can't be called with what fit gets")
    figures: dict[str, Any] = {"steps": trial.steps}
    notes = _figures(subject, trial, steps, figures)
    for question in (first_bad.ask, _still_zero, _equal_units, _twins, _all_dead):
        answer = question(subject, trial)
        if answer is not None:
            return ProbeResult("layers", FAIL, *answer, figures)
    count = len(trial.after.looks)
    return ProbeResult("layers", PASS, "; ".join([f"{count} layers looked at", *notes]), [], figures)


def _figures(subject: Subject, trial: Trial, steps: Steps, figures: dict[str, Any]) -> list[str]:
    """Shares by layer, and how gradients change from the first layer to the last; what is remarkable in words."""
    notes = []
    dead = {look.layer.name: float(np.mean(look.dead)) for look in trial.after.looks if _is_relu(look)}
    flat = {look.layer.name: look.ends for look in trial.after.looks if look.ends}
    figures["dead"], figures["saturated"] = dead, flat
    many = [name for name, share in dead.items() if share >= 0.5]
    if many:
        shares = ", ".join(f"{dead[name]:.0%}" for name in many[:4])
        notes.append(f"relu units that are 0 for every sample in {names(many)}: {shares}")
    stuck = [name for name, share in flat.items() if share >= SATURATED and name not in _outputs(trial.after)]
    if stuck:
        notes.append(f"{names(stuck)} {'is' if len(stuck) == 1 else 'are'} saturated")
    norms = _kernel_norms(subject, steps)
    if len(norms) > 1:
        (first, low), (last, high) = norms[0], norms[-1]
        figures["gradient_norms"] = {first: low, last: high}
        if high > 0 and low / high < 1e-4:
            notes.append(f"the gradient of `{first}` is {low / high:.1g} of that of `{last}`: it vanishes on its way")
    return notes


def _outputs(seen: Seen) -> list[str]:
    return [look.layer.name for look in seen.looks[-1:]]


def _is_relu(look: Look) -> bool:
    return look.dead is not None and activation_of(look.layer) == "relu"


def _kernel_norms(subject: Subject, steps: Steps) -> list[tuple[str, float]]:
    """The kernels in order, each with the norm of a typical gradient."""
    found = []
    for variable in subject.variables():
        if len(variable.shape) < 2 or not variable.trainable:
            continue
        values = [record[i] for record in steps.records for i in variable.ids if i in record]
        known = sorted(value for value in values if value is not None)
        if known:
            found.append((variable.path, known[len(known) // 2]))
    return found


def _trained(subject: Subject, trial: Trial) -> list[tuple[Variable, Any, Any]]:
    """Kernels that the optimizer has to move, before and after the steps."""
    if trial.steps < 10:
        return []
    return [
        (v, trial.start[id(v.raw)], trial.end[id(v.raw)])
        for v in subject.variables()
        if v.trainable and len(v.shape) >= 2 and id(v.raw) in trial.start and id(v.raw) in trial.end
    ]


def _still_zero(subject: Subject, trial: Trial) -> Answer:
    """Kernels made of zeros that no step moves, although they would get gradients elsewhere."""
    verdicts = subject.notes.get("verdicts", {})
    stuck = [
        v.path
        for v, before, after in _trained(subject, trial)
        if not before.any() and not after.any() and verdicts.get(v.path) == "zero here"
    ]
    if not stuck:
        return None
    verb = "is" if len(stuck) == 1 else "are"
    message = f"{names(stuck)} {verb} 0 at the start and still 0 after {trial.steps} steps: each waits for the other"
    if len(stuck) == 1:
        message = f"`{stuck[0]}` is 0 at the start and still 0 after {trial.steps} steps"
    return message, ["KV721"]


def _twins(subject: Subject, trial: Trial) -> Answer:
    """Two kernels of drawn numbers that were the same, number for number, when training began."""
    seen: dict[tuple[tuple[int, ...], bytes], str] = {}
    for variable, before, _ in _trained(subject, trial):
        if np.unique(before).size < min(before.size, 4):
            continue  # made of constants, as they may all be
        other = seen.setdefault((before.shape, before.tobytes()), variable.path)
        if other != variable.path:
            return f"`{other}` and `{variable.path}` are drawn equal: one initializer draws both", ["KV519"]
    return None


def _equal_units(subject: Subject, trial: Trial) -> Answer:
    """Hidden kernels whose columns are all the same after the steps: as good as one unit."""
    last = {id(raw) for look in trial.after.looks[-1:] for raw in look.layer.variables}
    same = []
    for variable, before, after in _trained(subject, trial):
        if id(variable.raw) in last or variable.shape[-1] < 2:
            continue
        moved = float(np.abs(after - before).max(initial=0.0))
        if moved > 1e-4 * float(np.abs(before).max(initial=0.0)) and _spread(before) == 0.0:
            if _spread(after) <= 1e-3 * moved:
                same.append((variable.path, variable.shape[-1]))
    if not same:
        return None
    path, count = same[0]
    return f"all {count} units of `{path}` are still equal after {trial.steps} steps: they are one unit", ["KV721"]


def _spread(kernel: Any) -> float:
    """How far the units of a kernel (its last axis) lie apart, at most."""
    return float(np.ptp(kernel.reshape(-1, kernel.shape[-1]), axis=1).max(initial=0.0))


def _all_dead(_: Subject, trial: Trial) -> Answer:
    """A relu layer that gives 0 for everything, and nothing that goes round it to the output."""
    if not all(is_alike(output) for output in trial.after.outputs) or not trial.after.outputs:
        return None
    dead = [look for look in trial.after.looks if _is_relu(look) and look.dead.all()]
    if not dead or _constant_data(trial):
        return None
    when = f"after {trial.steps} steps"
    names_of = {look.layer.name for look in trial.before.looks if _is_relu(look) and look.dead.all()}
    if dead[0].layer.name in names_of:
        when = f"at the start and {when}"
    message = (
        f"{when} all units of `{dead[0].layer.name}` give 0 for every sample: nothing passes, and nothing is learnt"
    )
    return message, ["KV702", "KV714", "KV715", "KV734"]


def _constant_data(trial: Trial) -> bool:
    parts = [[to_numpy(leaf) for leaf in leaves(batch.x) if is_tensor(leaf)] for batch in trial.batches]
    joined = [np.concatenate(columns) for columns in zip(*parts, strict=False)]
    return all(is_alike(array) for array in joined)
