"""Are the values that callbacks write left alone by the optimizer, and does the compiled step see them?"""

from __future__ import annotations

from typing import Any

from kerasvae_lint.runtime.probes import plans, vain
from kerasvae_lint.runtime.probes.rehearsal import Rehearsal, Track, own_callbacks
from kerasvae_lint.runtime.probes.response import is_assignable, is_baked, reacts, second_step
from kerasvae_lint.runtime.results import FAIL, PASS, SKIP, ProbeResult
from kerasvae_lint.runtime.subject import Subject
from kerasvae_lint.runtime.words import first_line, names

MOVED = ["KV101"]
BAKED = ["KV102", "KV107"]
TOLERANCE = 1e-6


def ask(subject: Subject, run: Rehearsal) -> ProbeResult:
    """Judge what the callbacks wrote during the rehearsal, and what they did not."""
    told = _before_the_fit(subject, run)
    if told is not None:
        return ProbeResult("schedule", FAIL, told[0], told[1])
    if not own_callbacks(subject):
        return ProbeResult("schedule", SKIP, "fit got no callback that could write a schedule")
    if run.dropped:
        why = first_line(run.error) if run.error else "they raise"
        return ProbeResult("schedule", SKIP, f"the callbacks ({', '.join(run.dropped)}) can't run here: {why}")
    figures: dict[str, Any] = {"epochs": run.epochs, "tracks": [_figures(track) for track in run.tracks]}
    moved = [t for t in run.tracks if t.moved > TOLERANCE * max(1.0, *map(abs, t.set))]
    if moved:
        return ProbeResult("schedule", FAIL, "; ".join(map(_moved, moved)), MOVED, figures)
    baked = [name for name in _candidates(run) if is_baked(subject, *name)]
    if baked:
        changed = names([name for _, name, _, _ in baked])
        message = f"a callback changes {changed}, and the compiled step goes on with the first value"
        return ProbeResult("schedule", FAIL, message, BAKED, figures)
    told = _course(subject, run) or vain.ask(subject, run)
    if told is not None:
        return ProbeResult("schedule", FAIL, told[0], told[1], figures)
    count = len(run.tracks) + len(run.attributes)
    if not count:
        return ProbeResult("schedule", SKIP, "the callbacks write no number that the model could read", [], figures)
    return ProbeResult("schedule", PASS, f"{_values(count)} as the callbacks set them", [], figures)


Told = tuple[str, list[str]]


def _before_the_fit(subject: Subject, run: Rehearsal) -> Told | None:
    """What is wrong whatever the callbacks do."""
    if plans.weighs_nothing(subject):
        return "compile got loss_weights and no loss: they weigh nothing, add_loss is not weighted", ["KV109"]
    rate = vain.rate(subject, run)
    if rate is not None:
        return rate
    if plans.mutated(run):
        return "a callback changes an element of loss_weights, and compile has taken the numbers out", ["KV109"]
    uncalled = plans.uncalled_hooks(subject)
    if uncalled:
        return "; ".join(f"nobody calls `{name}`: the hook is `{meant}`" for name, meant in uncalled), ["KV111"]
    left = plans.forgotten(subject)
    if left is not None:
        return left, ["KV105"]
    for holder, name, first, _ in run.counted:
        if is_baked(subject, holder, name, _as_held(holder, name, first), _as_held(holder, name, first + 1)):
            return f"the step counts `{name}` in Python: once, when it is traced, and reads that for ever", ["KV108"]
    return None


def _course(subject: Subject, run: Rehearsal) -> Told | None:
    """What is wrong with where the values go."""
    for track in run.tracks:
        low, high = min(track.set), max(track.set)
        if plans.restarts(track):
            shown = ", ".join(f"{value:.3g}" for value in track.batches[1][:4])
            return f"`{track.name}` begins again in every epoch: {shown}, …", ["KV112"]
        if plans.endless(track):
            return f"`{track.name}` goes past 1, to {high:.4g}, and nothing holds it", ["KV104"]
        other = plans.twin(subject, run, track)
        copied = plans.copies(subject)
        if (other or copied) and low != high and not reacts(subject, track.raw, track.name, low, high, eager=True):
            if copied:
                return f"no loss reads `{track.name}`: a loss weight is a copy of its first value", ["KV114"]
            if other is not None:
                return f"no loss reads `{track.name}`: it reads another `{other[1]}`, of `{other[0].name}`", ["KV113"]
    watching = plans.watchers(subject)
    for holder, name, first, last in _candidates(run) if watching else ():
        before, after = (second_step(subject, holder, name, first, value, eager=True) for value in (first, last))
        if last > first and after.get("loss", 0.0) > before.get("loss", 0.0) * 1.01:
            kind = type(watching[0]).__name__
            return f"{kind} compares `{watching[0].monitor}`, which rises because callbacks raise `{name}`", ["KV110"]
    return None


def _values(count: int) -> str:
    return "1 value stays" if count == 1 else f"{count} values stay"


def _figures(track: Track) -> dict[str, Any]:
    return {"variable": track.name, "set": track.set, "real": track.real, "moved": track.moved}


def _moved(track: Track) -> str:
    worst = max(range(len(track.set)), key=lambda i: abs(track.set[i] - track.real[i])) if track.real else 0
    was = f"set to {track.set[worst]:.4g}, it was {track.real[worst]:.4g} at the end of epoch {worst + 1}"
    return f"the training step moves `{track.name}`: {was}"


Candidate = tuple[Any, str, Any, Any]


def _candidates(run: Rehearsal) -> list[Candidate]:
    """What callbacks wrote, as ``(holder, name, first, other)``."""
    numbers: list[Candidate] = [
        (holder, name, _as_held(holder, name, first), _as_held(holder, name, last))
        for holder, name, first, last in run.attributes
        if not hasattr(holder, "optimizer") or name not in {"epoch", "step"}
    ]
    variables: list[Candidate] = [(track.raw, track.name, min(track.set), max(track.set)) for track in run.tracks]
    return [(holder, name, one, two if two != one else one + 1) for holder, name, one, two in numbers + variables]


def _as_held(holder: Any, name: str, value: float) -> Any:
    """The number in the type that the holder has it in."""
    now = vars(holder).get(name)
    return value if now is None or is_assignable(now) else type(now)(value)
