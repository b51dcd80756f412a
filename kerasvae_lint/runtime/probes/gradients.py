"""Does every trainable variable get a gradient, where the optimizer gets it, on the second step and later?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.framework import Variable, to_numpy
from kerasvae_lint.runtime.probes.astray import Astray
from kerasvae_lint.runtime.probes.paths import has_path
from kerasvae_lint.runtime.probes.places import is_number
from kerasvae_lint.runtime.probes.response import weights_listed
from kerasvae_lint.runtime.probes.timesteps import never_recurring
from kerasvae_lint.runtime.results import FAIL, PASS, SKIP, ProbeResult, VariableResult
from kerasvae_lint.runtime.subject import Subject, TapeStep
from kerasvae_lint.runtime.trees import leaves
from kerasvae_lint.runtime.words import names

NO_PATH = ["KV301", "KV302", "KV303", "KV314", "KV504", "KV508", "KV509", "KV517", "KV522"]
ALWAYS_ZERO = ["KV306", "KV508"]
NOT_FINITE = ["KV306", "KV307", "KV516"]
UNTRACKED = ["KV305", "KV502", "KV511", "KV523"]
FROZEN = ["KV507", "KV512"]
ASTRAY = ["KV510"]
_BAD = {
    "no path": (NO_PATH, "no gradient: nothing of the loss depends on it in a way that can be differentiated"),
    "always zero": (ALWAYS_ZERO, "a gradient of 0 at every weight tried: clipped, rounded or saturated"),
    "not finite": (NOT_FINITE, "a gradient that is not finite"),
    "untracked": (UNTRACKED, "read, but not tracked by Keras: never trained, never saved"),
}


@dataclass(slots=True)
class Steps:
    """What the optimizer was given in each step that was watched."""

    records: list[dict[int, float | None]] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    optimizers: set[int] = field(default_factory=set)
    error: Exception | None = None
    astray: dict[str, str] = field(default_factory=dict)


def norm(gradient: Any) -> float | None:
    """The L2 norm; None for no gradient. Sparse rows count by their values."""
    if gradient is None:
        return None
    array = to_numpy(gradient.values if type(gradient).__name__ == "IndexedSlices" else gradient)
    return float(np.sqrt(np.sum(np.square(array.astype("float64")))))


def watch_steps(subject: Subject, count: int) -> Steps:
    """Train ``count`` batches, one at a time, with every gradient in sight."""
    steps, astray = Steps(), Astray()
    steps.astray = astray.found
    for number in range(count):
        seen: dict[int, float | None] = {}

        def given(pairs: list[tuple[Any, Any]], optimizer: Any, seen: dict[int, float | None] = seen) -> None:
            steps.optimizers.add(id(optimizer))
            for gradient, variable in pairs:
                if gradient is not None:
                    subject.notes["step_device"] = subject.framework.device_of(gradient)
                seen[id(variable)] = norm(gradient)

        assert subject.feed is not None
        targets: list[Any] = []
        try:
            with (
                watch.listening(gradients=given, tapes=lambda target, *_, to=targets: to.append(target)),
                watch.listening(gradients=astray.given, tapes=astray.taken),
            ):
                history = subject.train(subject.feed.only(number), eager=True)
        except Exception as error:  # whatever a training step raises is shown with what was seen before
            steps.error = error
            if not seen:
                break
        else:
            steps.losses += _loss(history, targets)
        steps.records.append(seen)
    return steps


def _loss(history: dict[str, list[float]], targets: list[Any]) -> list[float]:
    """The loss of a step: as logged, or what the tape differentiated where it goes by another name."""
    if "loss" in history:
        return history["loss"][:1]
    scalars = [target for target in targets if len(getattr(target, "shape", (0,))) == 0]
    values = [float(to_numpy(scalars[0]))] if scalars else [total(target) for target in targets[:1]]
    return [value for value in values if value is not None]


def total(target: Any) -> float | None:
    """What a tape takes the gradient of: the sum of all the numbers of a target; None if there are none."""
    parts = [leaf for leaf in leaves(target) if getattr(leaf, "shape", None) is not None]
    return float(sum(np.sum(to_numpy(leaf)) for leaf in parts)) if parts else None


def steps_of_tape(tape: list[TapeStep]) -> Steps:
    """The same from a loop of one's own."""
    losses = [step.loss for step in tape if step.loss is not None]
    return Steps([step.gradients for step in tape], losses)


def ask(subject: Subject, steps: Steps, strays: Sequence[Variable] = ()) -> tuple[ProbeResult, list[VariableResult]]:
    """The verdict over all variables, and one for each."""
    rows: list[VariableResult] = []
    bad: dict[str, list[str]] = {}
    untracked = {id(v.raw) for v in subject.untracked()}
    written = set(subject.notes.get("written", ()))
    for variable in subject.variables():
        row = _row(subject, variable, steps, is_untracked=id(variable.raw) in untracked - written)
        rows.append(row)
        if row.verdict in _BAD:
            bad.setdefault(row.verdict, []).append(row.path)
        if row.verdict == "ok":
            subject.notes.setdefault("reached", set()).add(id(variable.raw))
    for stray in strays:
        rows.append(VariableResult(stray.path, list(stray.shape), True, [], "untracked"))
        bad.setdefault("untracked", []).append(stray.path)
    stuck, unheld = _stuck(subject), _unheld(subject)
    trained = [row for row in rows if row.gradient_norms or row.verdict in _BAD]
    figures = {"watched_steps": len(steps.records), "variables": len(trained), "without": sum(map(len, bad.values()))}
    figures["no_path"] = len(bad.get("no path", ()))
    astray = steps.astray or subject.notes.get("astray", {})
    if astray:
        moved = "; ".join(f"{variable} by that of {source}" for variable, source in list(astray.items())[:3])
        message = f"{len(astray)} variables are moved by the gradient of another one: {moved}"
        return ProbeResult("gradients", FAIL, message, ASTRAY, figures), rows
    if stuck:
        message = (
            f"{names([v.path for v in stuck])} can be trained now and could not when the step was first run: it goes on"
            " without them until `compile` is called again"
        )
        return ProbeResult("gradients", FAIL, message, FROZEN, figures), rows
    if unheld:
        message = (
            f"{names([v.path for v in unheld])} {'is' if len(unheld) == 1 else 'are'} frozen and trained all the same:"
            " what is trained was fixed before, until `compile` is called again"
        )
        return ProbeResult("gradients", FAIL, message, FROZEN, figures), rows
    if not trained and rows and _all_frozen(subject, steps):
        message = f"the training moves nothing: all {len(rows)} weights are frozen when it begins"
        return ProbeResult("gradients", FAIL, message, FROZEN, figures), rows
    if not trained:
        return ProbeResult("gradients", SKIP, "no trainable variable was handed to an optimizer", [], figures), rows
    if bad:
        codes = [code for verdict in bad for code in _BAD[verdict][0]]
        parts = [f"{names(paths)}{_verb(verdict, paths)} {_BAD[verdict][1]}" for verdict, paths in bad.items()]
        count = f"{figures['without']} of {len(trained)} variables: "
        return ProbeResult("gradients", FAIL, count + "; ".join(parts), codes, figures), rows
    quiet = [row.path for row in rows if row.verdict == "zero here"]
    message = f"all {len(trained)} trained variables get gradients"
    if quiet:
        message += f"; 0 at these weights, not at others: {names(quiet)}"
    unused = [row.path for row in rows if row.verdict == "one time step"]
    if unused:
        message += f"; note: the sequences have one time step, so {names(unused)} {'is' if len(unused) == 1 else 'are'}"
        message += " never used (are the axes in order: samples, time steps, features?)"
    return ProbeResult("gradients", PASS, message, [], figures), rows


def _all_frozen(subject: Subject, steps: Steps) -> bool:
    """True where steps were really made, and layers are frozen that could learn."""
    if not subject.trains or subject.synthetic or subject.notes.get("wrapped") or steps.error is not None:
        return False
    return any(not layer.trainable and layer.weights for layer in subject.layers)


def _stuck(subject: Subject) -> list[Variable]:
    """Trainable variables that the step leaves alone because it was made, before this ``fit``, without them."""
    moved: set[int] = subject.notes.get("moved", set())
    if not subject.notes.get("compiled_before") or not moved:
        return []
    wanted = {i for raw in subject.model.trainable_variables if hasattr(raw, "assign") for i in Variable(raw).ids}
    meant = [v for v in subject.variables() if v.is_float and v.ids & wanted]
    left = [v for v in meant if id(v.raw) not in moved]
    if not 0 < len(left) < len(meant):
        return []
    seen, _ = _made_anew(subject)
    return [v for v in left if any(seen.get(i) for i in v.ids) or not v.ids & set(seen)]


def _unheld(subject: Subject) -> list[Variable]:
    """Weights of frozen layers that the training moves: they were frozen when it was settled what is trained.

    Not where the whole model is frozen: so is an adversarial network's discriminator, for the other one's sake.
    """
    moved: set[int] = subject.notes.get("moved", set())
    frozen = [layer for layer in subject.layers if not getattr(layer, "trainable", True)]
    if not frozen or not moved or not getattr(subject.model, "trainable_variables", ()):
        return []
    held = {i for layer in frozen for raw in _learned_by(layer) for i in Variable(raw).ids}
    left = [v for v in subject.variables() if v.is_float and v.ids & held and id(v.raw) in moved]
    if not left:
        return []
    seen, changed = _made_anew(subject)  # what moves without an optimizer is written by the layer itself
    return [v for v in left if v.ids & set(seen) or id(v.raw) not in changed]


def _learned_by(layer: Any) -> list[Any]:
    """A layer's own weights that are no state, whether it is frozen or not."""
    own = getattr(layer, "_trainable_variables", None) or getattr(layer, "_trainable_weights", None) or []
    return [raw for raw in own if hasattr(raw, "assign")]


def _made_anew(subject: Subject) -> tuple[dict[int, float | None], set[int]]:
    """What the optimizer is handed in a step that is made now, and what has moved after it."""
    seen: dict[int, float | None] = {}

    def given(pairs: list[tuple[Any, Any]], _: Any) -> None:
        seen.update({id(variable): norm(gradient) for gradient, variable in pairs})

    assert subject.feed is not None
    with subject.undone(), watch.idle(), watch.listening(gradients=given):
        before = {id(v.raw): v.read() for v in subject.variables()}
        subject.train(subject.feed.only(0), eager=True)
        changed = {id(v.raw) for v in subject.variables() if (v.read() != before.get(id(v.raw))).any()}
    return seen, changed


def _verb(verdict: str, paths: list[str]) -> str:
    if verdict == "untracked":
        return " are" if len(paths) > 1 else " is"
    return " get" if len(paths) > 1 else " gets"


def _row(subject: Subject, variable: Variable, steps: Steps, *, is_untracked: bool) -> VariableResult:
    row = VariableResult(variable.path, list(variable.shape), variable.trainable)
    given = [record[i] for record in steps.records for i in variable.ids if i in record]
    row.gradient_norms = given
    later = given[1:] or given
    if not given:
        row.verdict = _not_given(subject, variable, is_untracked)
    elif any(value is not None and not np.isfinite(value) for value in later):
        row.verdict = "not finite"
    elif all(value is None for value in later):
        row.verdict = "no path"
    elif all(not value for value in later):
        row.verdict = _why_zero(subject, variable)
    if row.verdict in {"no path", "always zero"} and id(variable.raw) in never_recurring(subject):
        row.verdict = "one time step"
    return row


def _not_given(subject: Subject, variable: Variable, is_untracked: bool) -> str:
    if is_untracked and variable.trainable and variable.is_float and _is_read(subject, variable):
        return "untracked"
    if not variable.trainable:
        return "state"
    return "frozen" if not variable.is_float else "not optimized"


def _is_read(subject: Subject, variable: Variable) -> bool:
    try:
        before, value = subject.forward(training=True), variable.read()
        variable.write(value * 1.5 + 0.5)
        try:
            return subject.differ(before, subject.forward(training=True))
        finally:
            variable.write(value)
    except Exception:  # can't be called on its own: nothing can be said
        return False


def _why_zero(subject: Subject, variable: Variable) -> str:
    """``no path``, ``always zero`` (at other weights too) or ``zero here`` (dead ReLU, saturation)."""
    if not subject.trains:
        return "zero here"
    if has_path(subject, variable) is False:
        return "no path"
    if "elsewhere" not in subject.notes:
        subject.notes["elsewhere"] = _elsewhere(subject)
    tried: list[dict[int, float | None]] = subject.notes["elsewhere"]
    norms = [record[i] for record in tried for i in variable.ids if i in record]
    if any(is_number(weight) and weight == 0 for weight in weights_listed(subject)):
        return "zero here"  # of an output that compile gives the weight 0, on purpose
    if len(norms) < len(tried) or any(norms):
        return "zero here"
    return "always zero"


def _elsewhere(subject: Subject) -> list[dict[int, float | None]]:
    """The same steps at other, moderate weights: what is dead or saturated there too is so by design."""
    found: list[dict[int, float | None]] = []
    generator = np.random.default_rng(subject.options.seed + 1)
    for _ in range(3):
        with subject.undone(), _raised(subject):
            redraw(subject, generator)
            found += watch_steps(subject, 2).records[-1:]
    return found


@contextmanager
def _raised(subject: Subject) -> Iterator[None]:
    """A weight that a callback raises from 0 later, wherever it is kept, is 1 for a while."""
    scheduled = [Variable(raw) for raw in subject.notes.get("scheduled", ())]
    before = [(variable, variable.read()) for variable in scheduled]
    for variable, value in before:
        if not value.any():
            variable.write(np.ones_like(value))
    try:
        yield
    finally:
        for variable, value in before:
            variable.write(value)


def redraw(subject: Subject, generator: np.random.Generator) -> None:
    """Other, moderate numbers in every float variable."""
    for variable in subject.variables():
        if variable.is_float:
            _redraw(variable, generator)


def _redraw(variable: Variable, generator: np.random.Generator) -> None:
    value = variable.read()
    if not variable.trainable:
        if value.size == 1 and not value.any():  # a schedule at its beginning
            variable.write(np.ones_like(value))
        return
    fan_in = int(np.prod(value.shape[:-1])) or 1
    drawn = generator.normal(0.0, min(0.5, 1.0 / np.sqrt(fan_in)), size=value.shape)
    variable.write(np.abs(drawn) + 0.1 if value.size and (value > 0).all() else drawn)
