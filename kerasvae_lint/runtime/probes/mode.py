"""In ``fit``: does Dropout drop, do statistics move? Does ``layer(x, training=…)`` hold there and in ``predict``?"""

from __future__ import annotations

from kerasvae_lint.runtime.framework import is_own
from kerasvae_lint.runtime.probes.flags import Flag
from kerasvae_lint.runtime.probes.named import Named
from kerasvae_lint.runtime.probes.rehearsal import Rehearsal
from kerasvae_lint.runtime.results import FAIL, PASS, SKIP, ProbeResult
from kerasvae_lint.runtime.subject import Subject
from kerasvae_lint.runtime.words import first_line, names


def ask(subject: Subject, run: Rehearsal) -> ProbeResult:
    """Judge the flags that the rehearsal saw."""
    flags = [flag for flag in run.flags.seen.values() if _matters(flag)]
    if run.error is not None and not run.dropped:
        return ProbeResult("mode", SKIP, f"fit raises {first_line(run.error)}")
    replaced = _replaced(run)
    if replaced is not None:
        return replaced
    if not flags:
        return ProbeResult("mode", SKIP, "no Dropout, noise or BatchNormalization that trains")
    off = [flag for flag in flags if not flag.trained and not flag.deliberate]
    still = [flag for flag in flags if flag.trained and flag.statistics and not _moved(flag, run)]
    figures = {"layers": {flag.layer.name: {"training": flag.trained, "on purpose": flag.deliberate} for flag in flags}}
    if off:
        own_step = any("train_step" in cls.__dict__ for cls in type(subject.model).__mro__ if is_own(cls))
        verb = "runs" if len(off) == 1 else "run"
        message = f"{_named(off)} {verb} as in inference in the step that fit runs"
        return ProbeResult("mode", FAIL, message, ["KV506"] if own_step else ["KV608"], figures)
    if still:
        return ProbeResult("mode", FAIL, f"the statistics of {_named(still)} do not move", ["KV506", "KV608"], figures)
    return ProbeResult("mode", PASS, f"{len(flags)} layers run in training mode", [], figures)


def _replaced(run: Rehearsal) -> ProbeResult | None:
    """The failure where a mode that the code names is not the one that the layer got."""
    off = [one for one in run.modes.values() if one.asked and False in one.predict and one.heeds]
    moved = [
        one
        for one in run.modes.values()
        if not one.asked and True in one.fit and any(id(raw) in run.moved for raw in one.statistics)
    ]
    parts = []
    if off:
        parts.append(f"{_called(off, True)}, and predict runs {_it(off)} with training=False")
    if moved:
        own = "its" if len(moved) == 1 else "their"
        parts.append(f"{_called(moved, False)}, and fit runs {_it(moved)} with training=True: {own} statistics move")
    if not parts:
        return None
    figures = {
        one.layer.name: {"asked": one.asked, "fit": sorted(one.fit), "predict": sorted(one.predict)}
        for one in run.modes.values()
    }
    return ProbeResult("mode", FAIL, "; ".join(parts), ["KV616"], {"named": figures})


def _called(modes: list[Named], asked: bool) -> str:
    verb = "is" if len(modes) == 1 else "are"
    return f"{names([one.layer.name for one in modes])} {verb} called with training={asked}"


def _it(modes: list[Named]) -> str:
    return "it" if len(modes) == 1 else "them"


def _named(flags: list[Flag]) -> str:
    return names([flag.layer.name for flag in flags])


def _matters(flag: Flag) -> bool:
    layer = flag.layer
    if flag.statistics:
        return bool(layer.trainable)
    strength = getattr(layer, "rate", None)
    return bool(getattr(layer, "stddev", 0.0) if strength is None else strength)


def _moved(flag: Flag, run: Rehearsal) -> bool:
    return any(id(raw) in run.moved for raw in flag.statistics)
