"""Does the output or the loss move when a variable is assigned? Finds stale copies that gradients miss."""

from __future__ import annotations

from typing import Any

from kerasvae_lint.runtime.framework import Variable, is_own, is_tensor
from kerasvae_lint.runtime.probes import shadowed
from kerasvae_lint.runtime.results import FAIL, PASS, SKIP, ProbeResult
from kerasvae_lint.runtime.subject import Subject, is_distribution
from kerasvae_lint.runtime.words import names

CODES = ["KV301", "KV302", "KV303", "KV107", "KV113", "KV517"]
MOST = 64


def ask(subject: Subject) -> ProbeResult:
    """Assign each variable that no gradient has vouched for, and look."""
    told = shadowed.ask(subject)
    if told is not None:
        return ProbeResult("reaction", FAIL, *told)
    reached: set[int] = subject.notes.get("reached", set())
    holders = _holders(subject)
    candidates = [v for v in subject.variables() if v.is_float and _worth_asking(subject, v, reached, holders)]
    if not candidates:
        return ProbeResult("reaction", PASS, "gradients vouch for every variable that the forward pass reads")
    before = _seen(subject)
    deaf = [v for v in candidates[:MOST] if not _moves(subject, v, before)]
    failed = [v for v in deaf if v.trainable or _is_suspicious(subject, v, holders)]
    figures = {"asked": len(candidates[:MOST]), "deaf": [v.path for v in deaf]}
    if failed:
        verb = "is" if len(failed) == 1 else "are"
        message = f"neither output nor loss moves when {names([v.path for v in failed])} {verb} assigned"
        return ProbeResult("reaction", FAIL, message, CODES, figures)
    if deaf and len(deaf) == len(candidates[:MOST]):
        return ProbeResult("reaction", SKIP, "the other variables are state that no forward pass reads", [], figures)
    return ProbeResult("reaction", PASS, f"all {len(candidates) - len(deaf)} variables asked are read", [], figures)


def _holders(subject: Subject) -> dict[int, Any]:
    """The layer of one's own that made a variable, by the variable's identity."""
    return {
        id(raw): layer
        for layer in subject.layers
        if is_own(type(layer))
        for name in ("_trainable_variables", "_non_trainable_variables", "_trainable_weights", "_non_trainable_weights")
        for raw in getattr(layer, name, ())
    }


def _worth_asking(subject: Subject, variable: Variable, reached: set[int], holders: dict[int, Any]) -> bool:
    if id(variable.raw) in reached:
        return False
    if id(variable.raw) in holders:
        return True
    verdict = subject.notes.get("verdicts", {}).get(variable.path)
    return verdict in {"no path", "always zero"}


def _is_suspicious(subject: Subject, variable: Variable, holders: dict[int, Any]) -> bool:
    """A non-trainable variable may be mere state; not if a callback writes it or a copy of it is kept."""
    if id(variable.raw) in subject.notes.get("written", ()):
        return True
    if id(variable.raw) in subject.notes.get("moved", ()):
        return False
    layer = holders.get(id(variable.raw))
    kept = vars(layer).values() if layer is not None else ()
    return any(is_tensor(value) or is_distribution(value) for value in kept)


def _seen(subject: Subject) -> list[Any]:
    return [*subject.forward(training=False), *subject.forward(training=True), *_loss(subject)]


def _loss(subject: Subject) -> list[Any]:
    if not subject.trains or subject.feed is None:
        return []
    with subject.undone():
        try:
            history = subject.train(subject.feed.only(0), eager=True)
        except Exception:  # the step raises: outputs must do
            return []
    import numpy as np

    return [np.asarray(values) for key, values in sorted(history.items()) if key == "loss"]


def _moves(subject: Subject, variable: Variable, before: list[Any]) -> bool:
    value = variable.read()
    try:
        for factor, offset in ((1.5, 0.5), (-1.0, -0.25)):
            variable.write(value * factor + offset)
            if subject.differ(before, _seen(subject)):
                return True
        return False
    finally:
        variable.write(value)
