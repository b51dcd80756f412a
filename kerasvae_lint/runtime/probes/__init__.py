"""The probes: each asks one question of a model and answers with a verdict, figures and rule codes."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection

from kerasvae_lint.runtime.options import PROBES
from kerasvae_lint.runtime.probes import data, gradients, kl, loss, mode, noise, reaction, save, schedule, tie
from kerasvae_lint.runtime.probes.rehearsal import Rehearsal, rehearse
from kerasvae_lint.runtime.results import FAIL, PASS, SKIP, ModelResult, ProbeResult
from kerasvae_lint.runtime.subject import Subject
from kerasvae_lint.runtime.words import first_line

Progress = Callable[[str], object]
_LEANS_ON = {"noise": ("kl",), "data": ("kl",), "reaction": ("gradients",)}


def examine(subject: Subject, progress: Progress = str, names: Collection[str] = ()) -> ModelResult:
    """Ask the probes of these names, or all; ``build`` always. The model is left as it was.

    A probe that can't be asked is skipped with the reason.
    """
    result = ModelResult(subject.name)
    answers: dict[str, ProbeResult] = {}

    wanted = set(names or PROBES) | {"build"}
    needed = wanted | {before for name in wanted for before in _LEANS_ON.get(name, ())}

    def asked(name: str, question: Callable[[], ProbeResult]) -> None:
        progress(name)
        if name not in needed:
            return
        try:
            answers[name] = question()
        except Exception as error:  # one probe's trouble is not the others'
            answers[name] = ProbeResult(name, SKIP, f"could not be asked: {first_line(error)}")

    asked("build", lambda: _build(subject))
    progress("rehearsal")
    run = _rehearsed(subject)
    progress("gradients")
    steps = _steps(subject)
    _note_trouble(answers, steps)

    def gradients_asked() -> ProbeResult:
        answer, result.variables = gradients.ask(subject, steps)
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
    if answers["build"].failed:
        _doubted(answers)
    result.probes = [answers[name] for name in PROBES if name in answers and name in wanted]
    return result


def _doubted(answers: dict[str, ProbeResult]) -> None:
    """What asks for an effect on output or loss can't be judged where the step that makes the loss raises."""
    for name in ("data", "noise", "kl", "loss", "reaction"):
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
    subject.notes["moved"] = run.moved
    return run


def _steps(subject: Subject) -> gradients.Steps:
    if subject.tape or not subject.trains:
        return gradients.steps_of_tape(subject.tape)
    with subject.undone():
        return gradients.watch_steps(subject, max(3, subject.options.steps))


def _note_trouble(answers: dict[str, ProbeResult], steps: gradients.Steps) -> None:
    """A step that raises for anything but missing gradients is itself the failure."""
    error = steps.error
    if error is None or "No gradients" in str(error):
        return
    rows = [
        row for frame, row in traceback.walk_tb(error.__traceback__) if frame.f_globals.get("__name__") == "__main__"
    ]
    message = f"the training step raises {first_line(error)}"
    answers["build"] = ProbeResult("build", FAIL, message, ["KV604", "KV609"], {"rows": rows})
