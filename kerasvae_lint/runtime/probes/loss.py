"""Is the loss finite and sane, can it fall, are all its terms in it once, and do targets meet their own outputs?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.feed import Batch
from kerasvae_lint.runtime.framework import is_tensor, to_numpy
from kerasvae_lint.runtime.probes import likelihood, logits, regularizers, repeats, sampled, weight_kl, weighting
from kerasvae_lint.runtime.probes.gradients import Steps
from kerasvae_lint.runtime.probes.objective import optimised
from kerasvae_lint.runtime.probes.trial import is_alike
from kerasvae_lint.runtime.results import FAIL, PASS, SKIP, ProbeResult
from kerasvae_lint.runtime.subject import Subject
from kerasvae_lint.runtime.trees import leaves, map_tree

NOT_FINITE = ["KV306", "KV307", "KV417", "KV516"]
SANE = 1e9
STEPS = 24
CLEAR = 12
"""After so many steps a loss that lies a tenth below where it began has fallen."""
Answer = tuple[str, list[str]] | None


def ask(subject: Subject, steps: Steps) -> ProbeResult:
    """Every part that can be asked; the first failure decides."""
    figures: dict[str, Any] = {"first": steps.losses[:1]}
    if not steps.losses:
        return ProbeResult("loss", SKIP, "no loss was seen", [], figures)
    worst = next((value for value in steps.losses if not np.isfinite(value)), None)
    if worst is not None:
        return ProbeResult("loss", FAIL, f"the loss is {worst} within {len(steps.losses)} steps", NOT_FINITE, figures)
    if abs(steps.losses[0]) > SANE:
        message = f"the loss begins at {steps.losses[0]:.3g}: is the data scaled?"
        return ProbeResult("loss", FAIL, message, ["KV417"], figures)
    if not subject.trains or subject.feed is None:
        return ProbeResult("loss", PASS, f"finite in {len(steps.losses)} steps", [], figures)
    parts: list[Callable[[Subject, dict[str, Any]], Answer]] = [
        weight_kl.ask,
        weight_kl.twice,
        _terms,
        logits.ask,
        likelihood.ask,
        sampled.ask,
        _batch_size,
        _pairing,
        weighting.ask,
    ]
    answers = (part(subject, figures) for part in parts)
    answer = next((found for found in answers if found), None) or _falls(subject, steps, figures)
    if answer is not None:
        return ProbeResult("loss", FAIL, answer[0], answer[1], figures)
    fall = figures.get("fall")
    message = f"{fall[0]:.4g} falls to {fall[1]:.4g} on one batch" if fall else "finite"
    return ProbeResult("loss", PASS, message, [], figures)


def _terms(subject: Subject, figures: dict[str, Any]) -> Answer:
    """Each ``add_loss`` term, doubled: the loss must rise by its value, once."""
    given = regularizers.several_numbers(subject) or regularizers.averaged(subject)
    if given is not None:
        return given
    before, terms, sizes = _first(subject)
    total = sum(terms)
    figures["add_loss_sizes"] = sizes
    if any(size > 1 for size in sizes):
        each = f"add_loss gets {max(sizes)} numbers, one for each sample"
        return f"{each}: their sum is optimised, which grows with the batch size", ["KV412", "KV311"]
    if before is None or not terms or abs(total) < 1e-6 * max(1.0, abs(before)):
        return regularizers.ask(subject, before, figures)

    def doubled(_: Any, loss: Any) -> Any:
        return map_tree(lambda leaf: leaf if callable(leaf) else leaf * 2.0, loss)

    with watch.listening(losses=doubled):
        after = optimised(subject)
    if after is None:
        return None
    count = (after - before) / total
    figures["add_loss"] = {"total": total, "counted": count}
    if abs(count) < 0.05:
        return "the terms of add_loss are not in the loss that is optimised", ["KV505"]
    twofold = count > 1.9 and abs(count - round(count)) < 0.01
    if (abs(count - 1.0) > 0.2 and len(terms) == 1) or twofold:
        what = "the term of add_loss counts" if len(terms) == 1 else "the terms of add_loss count"
        return f"{what} {count:.3g} times", ["KV310", "KV412", "KV414"]
    twice = repeats.ask(subject) if len(terms) > 1 else None
    if twice is not None:
        return twice
    return regularizers.ask(subject, before, figures)


def _value_and_terms(subject: Subject, batch: Batch | None = None) -> tuple[float | None, list[float], list[int]]:
    """The loss, and values and sizes of what ``add_loss`` gets on its way; on JAX, which traces it, in a plain pass."""
    terms: list[float] = []
    sizes: list[int] = []

    def seen(_: Any, loss: Any) -> Any:
        for leaf in leaves(loss):
            if is_tensor(leaf):
                terms.append(float(np.sum(to_numpy(leaf))))
                sizes.append(int(np.prod(leaf.shape)))
        return loss

    if subject.framework.backend != "jax":
        with watch.listening(losses=seen):
            return optimised(subject, batch), terms, sizes
    with watch.listening(losses=seen):
        subject.forward(batch, training=True)
    return optimised(subject, batch), terms, sizes


def _first(subject: Subject) -> tuple[float | None, list[float], list[int]]:
    """The same for the first batch, run once for all who ask."""
    if "first" not in subject.notes:
        subject.notes["first"] = _value_and_terms(subject)
    found: tuple[float | None, list[float], list[int]] = subject.notes["first"]
    return found


def _batch_size(subject: Subject, figures: dict[str, Any]) -> Answer:
    """A batch given twice over: a term that doubles while the rest stays is summed over the batch."""
    assert subject.feed is not None
    once = subject.feed.batches[0]
    if subject.feed.kind != "arrays" or once.size < 2:
        return None
    size = once.size

    def twice(leaf: Any) -> Any:
        same = getattr(leaf, "shape", ()) and leaf.shape[0] == size
        return np.concatenate([leaf, leaf]) if same else leaf

    found: list[tuple[float, float]] = []
    try:
        for value, terms, _ in (_first(subject), _value_and_terms(subject, once.map(twice))):
            if value is None:
                return None
            found.append((sum(terms), value - sum(terms)))
    except Exception:  # a model of a fixed batch size
        return None
    (term, rest), (term_twice, rest_twice) = found
    if abs(term) < 1e-6 or abs(rest) < 1e-6 * abs(term):
        return None
    figures["batch_size"] = {"add_loss": term_twice / term, "rest": rest_twice / rest}
    if abs(term_twice / term - 2.0) < 0.1 and abs(rest_twice / rest - 1.0) < 0.2:
        return "the add_loss terms grow with the batch size, the rest of the loss does not", ["KV311", "KV418", "KV412"]
    return None


def _pairing(subject: Subject, _: dict[str, Any]) -> Answer:
    """Targets in another order: a loss that stays the same does not compare each output with its own target."""
    assert subject.feed is not None
    batch = subject.feed.batches[0]
    targets = list(leaves(batch.y))
    if len(targets) != 1 or batch.size < 4 or int(np.prod(np.shape(targets[0])[1:])) != 1:
        return None
    y = np.asarray(targets[0])
    if y.dtype.kind not in "fiu" or len(np.unique(y)) < 2:
        return None
    outputs = [one for one in subject.forward(batch, training=True) if np.shape(one)[:1] == (batch.size,)]
    if outputs and all(is_alike(one) for one in outputs):  # it is the same to each target which of them it meets
        return None
    generator = np.random.default_rng(subject.options.seed)
    before = _first(subject)[0]
    orders = [generator.permutation(batch.size) for _ in range(2)]
    mixed = [optimised(subject, batch.with_y(map_tree(_in_order(order), batch.y))) for order in orders]
    other = optimised(subject, batch.with_y(map_tree(_first_repeated, batch.y)))
    if before is None or other is None or any(value is None for value in mixed):
        return None
    tolerance = 1e-5 * max(1.0, abs(before))
    blind = all(value is not None and abs(value - before) < tolerance for value in mixed)
    if blind and abs(other - before) > tolerance and _would_show(outputs, y, orders):
        shape = np.shape(targets[0])
        return f"targets of shape {shape} are broadcast against the outputs: each meets all of them", ["KV418"]
    return None


def _would_show(outputs: list[Any], y: Any, orders: list[Any]) -> bool:
    """True if outputs differ so much, beside the targets, that a squared error tells one order from another."""
    flat = y.astype("float64").reshape(-1)
    columns = [np.asarray(one, dtype="float64").reshape(-1) for one in outputs if np.size(one) == flat.size]
    for column in columns:
        errors = [float(np.mean(np.square(flat[order] - column))) for order in (np.arange(flat.size), *orders)]
        if max(abs(error - errors[0]) for error in errors) > 1e-4 * max(1.0, abs(errors[0])):
            return True
    return not columns


def _in_order(order: Any) -> Callable[[Any], Any]:
    return lambda leaf: np.asarray(leaf)[order]


def _first_repeated(targets: Any) -> Any:
    return np.asarray(targets)[:1].repeat(len(targets), axis=0)


def _falls(subject: Subject, steps: Steps, figures: dict[str, Any]) -> Answer:
    """Some steps on one batch, with the user's optimizer, then with other learning rates."""
    assert subject.feed is not None
    if len(subject.optimizers()) > 1 or len(steps.optimizers) > 1 or not any(steps.records):
        return None
    best = (0.0, 0.0)
    for factor in (1.0, 10.0, 0.03):
        with subject.undone():
            if not _scale_rate(subject, factor):
                return None
            try:
                losses = _some_steps(subject)
            finally:
                _scale_rate(subject, 1.0 / factor)
        if len(losses) < CLEAR or not np.isfinite(losses).all():
            if factor == 1.0 and losses and not np.isfinite(losses).all():
                figures["diverged"] = True
            continue
        start, end = _ends(losses)
        if factor == 1.0:
            figures["losses"] = losses
        if end < start:
            figures["fall"] = [losses[0], end]
            return None
        best = (start, end)
    if best == (0.0, 0.0):
        return None
    return f"{STEPS} steps on one batch do not lower the loss: {best[0]:.4g}, then {best[1]:.4g}", []


def _some_steps(subject: Subject) -> list[float]:
    """The loss of each step on one batch: of ``CLEAR`` steps where it falls clearly, else of all."""
    assert subject.feed is not None
    losses = _logged(subject.train(subject.feed.only(0), epochs=CLEAR))
    if len(losses) < CLEAR or not np.isfinite(losses).all():
        return losses
    start, end = _ends(losses)
    if end < start - 0.1 * abs(start):
        return losses
    return losses + _logged(subject.train(subject.feed.only(0), epochs=STEPS - CLEAR))


def _ends(losses: list[float]) -> tuple[float, float]:
    """Where they begin and end, each over a few steps."""
    return float(np.mean(losses[:4])), float(np.mean(losses[-6:]))


def _logged(history: dict[str, list[float]]) -> list[float]:
    """The logged loss, by whatever name a ``train_step`` gives its total."""
    for key in ("loss", "total_loss", *(key for key in history if "loss" in key)):
        if key in history:
            return history[key]
    return []


def _scale_rate(subject: Subject, factor: float) -> bool:
    """Multiply the learning rate; False where it is a schedule."""
    if factor == 1.0:
        return True
    optimizer = subject.model.optimizer
    try:
        rate = float(to_numpy(optimizer.learning_rate))
        optimizer.learning_rate = rate * factor
    except (AttributeError, TypeError, ValueError):
        return False
    return True
