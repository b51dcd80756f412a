"""Does the output read the input, the decoder its latent code, and the script the output?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from kerasvae_lint.runtime import choices, watch
from kerasvae_lint.runtime.draws import as_drawn, exchanged, unchanged
from kerasvae_lint.runtime.feed import Batch
from kerasvae_lint.runtime.framework import to_numpy
from kerasvae_lint.runtime.probes.gradients import redraw
from kerasvae_lint.runtime.probes.inline import Drawn
from kerasvae_lint.runtime.probes.objective import optimised
from kerasvae_lint.runtime.probes.posterior import Posterior
from kerasvae_lint.runtime.results import FAIL, PASS, SKIP, ProbeResult
from kerasvae_lint.runtime.subject import Subject, Unit
from kerasvae_lint.runtime.trees import leaves, replace_leaf

CODES = ["KV405", "KV410", "KV511", "KV701"]


def ask(subject: Subject) -> ProbeResult:
    """Replace each input, then the latent code, and look at the output."""
    outputs = subject.forward()
    if not outputs:
        return ProbeResult("data", SKIP, "the forward pass gives no float tensor")
    deaf = _deaf_inputs(subject)
    if deaf:  # zero weights at the start are no fault: asked again at others
        with subject.undone():
            redraw(subject, np.random.default_rng(subject.options.seed + 1))
            subject.notes.pop("grain", None)  # outputs that were 0 showed no rounding
            still = _deaf_inputs(subject) or []
        deaf = [name for name in deaf if name in still]
    if deaf is None:
        return ProbeResult("data", SKIP, "the model has no input that could be changed")
    if deaf:
        names = ", ".join(deaf)
        return ProbeResult("data", FAIL, f"the output does not change with {names}", CODES, {"ignored": deaf})
    for (_, row), name in choices.SEEN.items():
        message = f"{name} at line {row} looks for the largest of one number: it is 0 whatever the output"
        return ProbeResult("data", FAIL, message, ["KV709"], {"row": row})
    posterior: Posterior | None = subject.notes.get("posterior")
    if posterior is not None and posterior.is_drawn:
        if not _reads_latent(subject, posterior):
            message = "the output is the same without the latent code: the decoder ignores it"
            return ProbeResult("data", FAIL, message, ["KV410"], {"ignored": ["latent code"]})
        return ProbeResult("data", PASS, "the output reads the input and the latent code")
    return ProbeResult("data", PASS, "the output reads the input")


def _deaf_inputs(subject: Subject) -> list[str] | None:
    """Names of inputs without effect; None if there is none to change."""
    deaf, asked = [], 0
    for where, variants in _variants(subject):
        tries = list(variants)
        asked += bool(tries)
        if tries and not any(_differs(subject, item) for item in tries):
            deaf.append(where)
    return deaf if asked else None


def _variants(subject: Subject) -> list[tuple[str, list[Any]]]:
    if subject.units or subject.feed is None:
        found = []
        for unit in subject.units:
            for index, leaf in enumerate(leaves(unit.args)):
                changed = [
                    Unit(unit.layer, replace_leaf(unit.args, index, _giving(c)), unit.kwargs) for c in _changes(leaf)
                ]
                found.append((f"input {index + 1} of {unit.layer.name}", [(unit, other) for other in changed]))
        return found
    batch = subject.feed.batches[0]
    count = len(list(leaves(batch.x)))
    return [
        (
            "the input" if count == 1 else f"input {index + 1} of {count}",
            [batch.with_x(replace_leaf(batch.x, index, _giving(c))) for c in _changes(leaf)],
        )
        for index, leaf in enumerate(leaves(batch.x))
    ]


def _giving(value: Any) -> Callable[[Any], Any]:
    return lambda _: value


def _changes(leaf: Any) -> list[Any]:
    """Zeros, the samples in another order, noise; nothing for what is no array of numbers."""
    array = np.asarray(leaf) if hasattr(leaf, "shape") else None
    if array is None or array.dtype.kind not in "fiu" or not array.size or not array.ndim:
        return []
    if array.dtype.kind != "f":
        changed = [np.zeros_like(array), array[::-1].copy()]
    else:
        noise = np.random.default_rng(0).normal(size=array.shape).astype(array.dtype)
        changed = [np.zeros_like(array), array + noise * (array.std() or 1.0)]
    return [other for other in changed if not np.array_equal(other, array)]


def _differs(subject: Subject, changed: Any) -> bool:
    for training in (False, True):
        if isinstance(changed, Batch):
            before, after = subject.forward(training=training), subject.forward(changed, training=training)
        else:
            before, after = (_unit_forward(subject, unit, training) for unit in changed)
        if subject.differ(before, after):
            return True
    return False


def _unit_forward(subject: Subject, unit: Unit, training: bool) -> list[Any]:
    kept = subject.units
    subject.units = [unit]
    try:
        return subject.forward(training=training)
    finally:
        subject.units = kept


def _reads_latent(subject: Subject, posterior: Posterior) -> bool:
    """Zeros in place of the draw: does the model's own output change?"""
    layer = posterior.sampler
    if posterior.drawn is not None:
        return _reads_code(subject, posterior, posterior.drawn)
    inner = layer.call

    def silent(*args: Any, **kwargs: Any) -> Any:
        return inner(*args, **kwargs) * 0.0

    before = subject.forward(training=False)
    object.__setattr__(layer, "call", silent)
    try:
        after = subject.forward(training=False)
    except (TypeError, ValueError):  # its output is no plain tensor
        return True
    finally:
        object.__delattr__(layer, "call")
    return subject.differ(before, after)


def _reads_code(subject: Subject, posterior: Posterior, drawn: Drawn) -> bool:
    """The same where no layer draws: noise that makes every code 0, in the pass or in the step that draws it."""
    noise = to_numpy(drawn.draw.value)
    silent = -drawn.mean / np.sqrt(np.maximum(drawn.variance, 1e-30))
    if silent.size != noise.size or subject.model is None:
        return True
    zeros = as_drawn(drawn.draw, silent, subject.framework.tensor)
    asked: list[Any] = []

    def silenced(draw: Any) -> Any:
        asked.append(draw)
        return zeros

    exchange = exchanged(drawn.number, silenced)
    found: list[list[Any]] = []
    for listener in (unchanged, exchange):
        with watch.listening(draws=listener):
            if posterior.in_step:
                found.append([np.asarray(optimised(subject) or 0.0)])
            else:
                found.append(subject.forward(training=True))
    return not asked or subject.differ(*found)
