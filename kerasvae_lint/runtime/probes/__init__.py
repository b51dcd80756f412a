"""The probes: each asks one question of a model and answers with a verdict, figures and rule codes."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Collection
from typing import Any

from kerasvae_lint.runtime.feed import ARRAYS
from kerasvae_lint.runtime.framework import Variable
from kerasvae_lint.runtime.options import PROBES
from kerasvae_lint.runtime.probes import (
    as_called,
    data,
    gradients,
    kl,
    layers,
    learning,
    loss,
    metrics,
    mode,
    monitors,
    noise,
    reaction,
    save,
    schedule,
    strays,
    targets,
    tie,
)
from kerasvae_lint.runtime.probes.rehearsal import Rehearsal, own_callbacks, rehearse
from kerasvae_lint.runtime.results import FAIL, PASS, SKIP, UNASKED, ModelResult, ProbeResult
from kerasvae_lint.runtime.said import say
from kerasvae_lint.runtime.subject import Subject
from kerasvae_lint.runtime.words import first_line

Progress = Callable[[str], object]
SLOW = 0.5
"""Seconds for a forward pass: a slower model gets smaller batches, and is first asked what one step tells."""
LEAST = 16
_LEANS_ON = {"noise": ("kl",), "data": ("kl",), "reaction": ("gradients",), "layers": ("gradients",)}


def examine(
    subject: Subject,
    progress: Progress = str,
    names: Collection[str] = (),
    so_far: Callable[[ModelResult], object] = id,
) -> ModelResult:
    """Ask the probes of these names, or all; ``build`` always. The model is left as it was.

    A probe that can't be asked is skipped with the reason. ``so_far`` is told, from the first failure on, what is known
    after each probe: a run may be broken off.
    """
    for layer, flag in subject.notes.get("flags", ()):  # since its own step others may have been frozen or freed
        if bool(layer.trainable) != flag:
            layer.trainable = flag
    result = ModelResult(subject.name)
    answers: dict[str, ProbeResult] = {}

    wanted = set(names or PROBES) | {"build"}
    needed = wanted | {before for name in wanted for before in _LEANS_ON.get(name, ())}

    def asked(name: str, question: Callable[[], ProbeResult]) -> None:
        if name in answers:
            return
        progress(name)
        if name not in needed:
            return
        try:
            answers[name] = question()
        except Exception as error:  # one probe's trouble is not the others'
            answers[name] = ProbeResult(name, SKIP, f"could not be asked: {first_line(error)}")
        if any(answer.failed for answer in answers.values()):
            so_far(ModelResult(subject.name, [], _so_far(answers, wanted)))

    begun = time.monotonic()
    asked("build", lambda: _build(subject))
    if time.monotonic() - begun > SLOW:
        _lighten(subject)
        asked("targets", lambda: targets.ask(subject))
        asked("metrics", lambda: metrics.ask(subject))
    progress("rehearsal")
    run = _rehearsed(subject)
    progress("gradients")
    steps = _steps(subject)
    _note_trouble(subject, answers, steps, run)

    def gradients_asked() -> ProbeResult:
        answer, result.variables = gradients.ask(subject, steps, _strays(subject, steps))
        subject.notes["verdicts"] = {row.path: row.verdict for row in result.variables}
        return answer

    asked("gradients", gradients_asked)
    asked("reaction", lambda: reaction.ask(subject))
    asked("schedule", lambda: schedule.ask(subject, run) if run else _own_loop("schedule"))
    asked("tie", lambda: tie.ask(run) if run else _own_loop("tie"))
    asked("kl", lambda: kl.ask(subject))  # finds the posterior, of which noise and data make use
    asked("noise", lambda: noise.ask(subject))
    asked("loss", lambda: loss.ask(subject, steps))
    asked("mode", lambda: mode.ask(subject, run) if run else _own_loop("mode"))
    asked("data", lambda: data.ask(subject))
    asked("save", lambda: save.ask(subject))
    asked("learning", lambda: learning.ask(subject, run) if run else _own_loop("learning"))
    asked("layers", lambda: layers.ask(subject, steps, run) if run else _own_loop("layers"))
    asked("monitors", lambda: monitors.ask(subject))
    asked("targets", lambda: targets.ask(subject))
    asked("metrics", lambda: metrics.ask(subject))
    if answers["build"].failed:
        _doubted(answers)
    if not answers["build"].failed:
        _note_refusal(subject, answers, run)
    result.probes = [answers[name] for name in PROBES if name in answers and name in wanted]
    return result


def _lighten(subject: Subject) -> None:
    """Batches of as many samples as the time allows, where the model takes others than its own."""
    feed = subject.feed
    if feed is None or feed.kind != ARRAYS or not feed.batches[0].size > LEAST:
        return
    size, begun = feed.batches[0].size, time.monotonic()

    def some(leaf: Any) -> Any:
        return leaf[:rows] if getattr(leaf, "shape", ())[:1] == (size,) else leaf

    try:
        subject.forward()
        seconds = time.monotonic() - begun
        rows = max(LEAST, int(size * SLOW / seconds))
        lighter = feed.of([batch.map(some) for batch in feed.batches])
        if rows < size:
            subject.forward(lighter.batches[0])
    except Exception:  # a model of a fixed batch size
        return
    if rows < size:
        subject.feed = lighter
        say(f"a pass takes {seconds:.1f} s: {rows} of the {size:,} samples of a batch are looked at")


def _so_far(answers: dict[str, ProbeResult], wanted: Collection[str]) -> list[ProbeResult]:
    """The answers of a run that may be broken off now."""
    held = {name: ProbeResult(name, SKIP, UNASKED) for name in PROBES if name in wanted} | answers
    if held["build"].failed:
        _doubted(held)
    return [held[name] for name in PROBES if name in wanted]


def _doubted(answers: dict[str, ProbeResult]) -> None:
    """What asks for an effect on output or loss can't be judged where the step that makes the loss raises."""
    for name in ("data", "noise", "kl", "loss", "reaction", "learning", "layers"):
        if name in answers and answers[name].failed:
            answers[name] = ProbeResult(
                name, SKIP, f"not judged, as the training step raises ({answers[name].message})"
            )


def _codes(message: str) -> list[str]:
    if "KerasTensor" in message or "symbolic" in message:
        return ["KV604", "KV606", "KV609"]
    return ["KV605"] if "keras.backend" in message else []


def _own_loop(probe: str) -> ProbeResult:
    return ProbeResult(probe, SKIP, "a training loop of one's own can't be run again")


def _build(subject: Subject) -> ProbeResult:
    """The forward pass runs; builds what is not built."""
    with subject.undone():
        outputs = subject.forward(training=False)
    count = sum(v.shape == () or bool(v.shape) for v in subject.variables())
    return ProbeResult("build", PASS, f"{count} variables, {len(outputs)} outputs")


def _rehearsed(subject: Subject) -> Rehearsal | None:
    if not subject.trains or subject.feed is None:
        return None
    try:
        run = rehearse(subject)
    except Exception as error:  # the training step itself raises: shown by the gradient steps
        return Rehearsal(error=error)
    subject.notes["written"] = {id(track.raw) for track in run.tracks}
    subject.notes["scheduled"] = [track.raw for track in run.tracks]
    subject.notes["moved"] = run.moved
    return run


def _steps(subject: Subject) -> gradients.Steps:
    if subject.tape or not subject.trains:
        return gradients.steps_of_tape(subject.tape)
    with subject.undone():
        return gradients.watch_steps(subject, max(3, subject.options.steps))


def _strays(subject: Subject, steps: gradients.Steps) -> list[Variable]:
    if steps.error is not None:
        return []
    try:
        return strays.of(subject)
    except Exception:  # a step that can't be run so: then nothing is told of it
        return []


def _note_trouble(
    subject: Subject, answers: dict[str, ProbeResult], steps: gradients.Steps, run: Rehearsal | None
) -> None:
    """A step that raises for anything but missing gradients is itself the failure."""
    error = steps.error
    if error is None or "No gradients" in str(error):
        return
    if subject.notes.get("compiled_before") and run is not None and run.error is None:
        return  # the step as it was made before runs; one made now would train more than its optimizer knows
    answers["build"] = _broken("the training step raises", error, ["KV604", "KV609"])


def _broken(what: str, error: BaseException, codes: list[str]) -> ProbeResult:
    rows = [
        row for frame, row in traceback.walk_tb(error.__traceback__) if frame.f_globals.get("__name__") == "__main__"
    ]
    return ProbeResult("build", FAIL, f"{what} {first_line(error)}", codes, {"rows": rows})


def _note_refusal(subject: Subject, answers: dict[str, ProbeResult], run: Rehearsal | None) -> None:
    """What only the whole call raises: lengths that differ, data for validation, a callback; a loop after its steps."""
    stopped = subject.notes.get("stopped")
    if stopped is not None:
        answers["build"] = _broken(f"after {len(subject.tape)} steps the script raises", stopped, [])
    if run is None or (run.error is not None and not run.dropped):
        return
    error = as_called.raised(subject, own_callbacks(subject) if run.dropped else None)
    said = as_called.unjudged(subject, error)
    if error is not None and said is None and "No gradients" not in str(error):
        answers["build"] = _broken("fit raises", error, [])
    if said is not None:
        answers["build"] = ProbeResult("build", FAIL, said, ["KV514"])
