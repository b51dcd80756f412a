"""With training on: do two passes draw different noise, one draw for each sample?"""

from __future__ import annotations

import functools
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.framework import to_numpy
from kerasvae_lint.runtime.probes import noise_source
from kerasvae_lint.runtime.probes.posterior import Posterior
from kerasvae_lint.runtime.results import FAIL, PASS, SKIP, ProbeResult
from kerasvae_lint.runtime.subject import ROUNDING, Subject, Unit, arrays, call, distance
from kerasvae_lint.runtime.trees import map_tree

FROZEN = ["KV406", "KV411"]
_HOST = {
    "numpy.random": ("normal", "randn", "rand", "random", "uniform", "standard_normal", "random_sample"),
    "random": ("random", "gauss", "uniform", "normalvariate"),
}
_TRACED = {
    "tensorflow.random": ("normal", "uniform", "truncated_normal", "stateless_normal", "stateless_uniform"),
    "keras.random": ("normal", "uniform", "truncated_normal", "gamma", "binomial"),
    "keras.backend": ("random_normal", "random_uniform", "truncated_normal"),
    "tf_keras.backend": ("random_normal", "random_uniform", "truncated_normal"),
}


def ask(subject: Subject) -> ProbeResult:
    """Pass twice in training mode, then a batch of one sample repeated."""
    drawn: list[str] = []
    with subject.undone(), draws_seen(drawn):
        first = subject.pass_on(training=True)
    with subject.undone():
        first, second = subject.pass_on(training=True), subject.pass_on(training=True)
    figures: dict[str, Any] = {"draws": sorted(set(drawn))}
    host = [name for name in drawn if name.startswith(("numpy", "random"))]
    posterior: Posterior | None = subject.notes.get("posterior")
    if posterior is not None and posterior.in_step:
        return _of_step(subject, posterior, figures)
    if not subject.differ(first, second):
        if drawn:
            message = f"two passes in training mode give the same numbers, although {drawn[0]} draws noise"
            return ProbeResult("noise", FAIL, message, FROZEN, figures)
        held = noise_source.constant(subject)
        if held is not None:
            message = f"`{held}` adds noise that was drawn once, before training: two passes are the same"
            return ProbeResult("noise", FAIL, message, ["KV406"], figures)
        return ProbeResult("noise", SKIP, "the forward pass draws no noise", [], figures)
    if host and _frozen_when_compiled(subject):
        message = f"{host[0]} draws once, when the step is traced: the compiled passes are all the same"
        return ProbeResult("noise", FAIL, message, FROZEN, figures)
    shown = [subject.differ([one], [two]) for one, two in zip(first, second, strict=False)]
    if not _per_sample(subject, posterior, shown):
        if posterior is not None and posterior.is_drawn and _is_shared(posterior):
            message = f"{_drawer(posterior)} gives all samples of a batch one and the same draw"
            return ProbeResult("noise", FAIL, message, ["KV406"], figures)
        message = "each pass has noise of its own, shared by the batch (as where weights are drawn)"
        return ProbeResult("noise", PASS, message, [], figures)
    trouble = noise_source.one_size(subject) if drawn else None
    if trouble is not None:
        message = f"noise is drawn for one size of batch, though the model's input leaves it open: {trouble}"
        return ProbeResult("noise", FAIL, message, ["KV406"], figures)
    return ProbeResult("noise", PASS, "each pass and each sample has noise of its own", [], figures)


def _drawer(posterior: Posterior) -> str:
    if posterior.drawn is not None:
        return posterior.drawn.where
    return f"`{posterior.sampler.name}`"


def _is_shared(posterior: Posterior) -> bool:
    """Where the draw itself is in sight, its shape tells; else the repeated sample did."""
    return posterior.drawn is None or posterior.drawn.shared


def _of_step(subject: Subject, posterior: Posterior, figures: dict[str, Any]) -> ProbeResult:
    """The same of a draw that only the training step makes: two steps, nothing updated between them."""
    assert posterior.drawn is not None
    where = posterior.drawn.where
    figures["draws"] = [where]
    if posterior.drawn.shared:
        message = f"{where} gives all samples of a batch one and the same draw"
        return ProbeResult("noise", FAIL, message, ["KV406"], figures)
    if not subject.trains or subject.feed is None:
        return ProbeResult("noise", PASS, "each sample has noise of its own", [], figures)
    seen: list[Any] = []
    with subject.undone(), watch.idle():
        for _ in range(2):
            with watch.listening(draws=lambda draw: seen.append(to_numpy(draw.value))):
                subject.train(subject.feed.only(0), eager=True)
    half = len(seen) // 2
    if len(seen) > posterior.drawn.number + half and np.array_equal(
        seen[posterior.drawn.number], seen[posterior.drawn.number + half]
    ):
        message = f"{where} draws the same noise in every step"
        return ProbeResult("noise", FAIL, message, FROZEN, figures)
    return ProbeResult("noise", PASS, "each step and each sample has noise of its own", [], figures)


@contextmanager
def draws_seen(names: list[str]) -> Iterator[None]:
    """Note the random functions that are called inside, by their dotted names."""
    undo: list[tuple[Any, str, Any]] = []
    tables = {**_HOST, **_TRACED}
    modules: dict[str, Any] = {"numpy.random": np.random, "random": random}
    for dotted in _TRACED:
        top, _, rest = dotted.partition(".")
        module = sys.modules.get(top)
        modules[dotted] = getattr(module, rest, None) if module is not None else None
    for dotted, functions in tables.items():
        module = modules[dotted]
        for name in functions:
            original = getattr(module, name, None)
            if original is None:
                continue
            undo.append((module, name, original))
            setattr(module, name, _noting(original, f"{dotted}.{name}", names))
    try:
        yield
    finally:
        for module, name, original in reversed(undo):
            setattr(module, name, original)


def _noting(original: Any, dotted: str, names: list[str]) -> Any:
    def noting(*args: Any, **kwargs: Any) -> Any:
        caller = sys._getframe(1).f_code.co_filename
        if dotted.startswith(("tensorflow", "keras", "tf_keras")) or "site-packages" not in caller:
            names.append(dotted)
        return original(*args, **kwargs)

    try:
        return functools.wraps(original)(noting)
    except (AttributeError, TypeError):
        return noting


def _frozen_when_compiled(subject: Subject) -> bool:
    tf, feed = subject.framework.tf, subject.feed
    units = subject.units or ([Unit(subject.model, (feed.batches[0].x,))] if feed else [])
    if subject.framework.backend == "torch" or not units:
        return False

    def once() -> list[Any]:
        return [call(subject.framework, unit, True) for unit in units]

    if tf is not None:
        compiled = tf.function(once)
    else:
        import jax

        compiled = jax.jit(once)
    with subject.undone():
        first = arrays(compiled())
        return not subject.differ(first, arrays(compiled()))


def _per_sample(subject: Subject, posterior: Posterior | None, shown: list[bool]) -> bool:
    """False if one sample, repeated, gives the same row everywhere although passes differ.

    Asked of the sampler, where there is one, and of those outputs that noise is ``shown`` in: a model may give its
    input back and put all it does into its losses.
    """
    feed = subject.feed
    if feed is None or feed.batches[0].size < 2:
        return True
    size = feed.batches[0].size

    def repeated(leaf: Any) -> Any:
        same = getattr(leaf, "shape", ()) and leaf.shape[0] == size
        return np.repeat(leaf[:1], size, axis=0) if same else leaf

    batch = feed.batches[0].with_x(map_tree(repeated, feed.batches[0].x))
    drawn: list[Any] = []

    def called(seen: watch.Call) -> None:
        if posterior is not None and seen.layer is posterior.sampler:
            drawn.extend(arrays(seen.output))

    with subject.undone(), watch.listening(calls=called):
        outputs = subject.forward(batch, training=True)
    if not drawn and len(outputs) == len(shown):
        outputs = [output for output, noisy in zip(outputs, shown, strict=True) if noisy]
    outputs = [output for output in drawn or outputs if output.ndim and output.shape[0] == size]
    if not outputs:
        return True
    least = max(ROUNDING, subject.grain)
    return any(distance(output, np.broadcast_to(output[:1], output.shape)) > least for output in outputs)
