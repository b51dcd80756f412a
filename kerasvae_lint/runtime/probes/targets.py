"""Do the targets fit the loss, the units and the function of the output? Is the scale of the data one to train on?"""

from __future__ import annotations

from typing import Any

import numpy as np

from kerasvae_lint.runtime import survey, watch
from kerasvae_lint.runtime.probes import broadcast, inputs, labels, outputs
from kerasvae_lint.runtime.probes.outputs import BINARY, CATEGORICAL, CROSSENTROPIES, ERROR, HINGE, SPARSE, Head
from kerasvae_lint.runtime.results import FAIL, PASS, SKIP, ProbeResult
from kerasvae_lint.runtime.subject import Subject
from kerasvae_lint.runtime.trees import leaves
from kerasvae_lint.runtime.words import first_line

Answer = tuple[str, list[str]]
_NORMALISED_BY_THE_LOSS = frozenset({"exponential", "exp", "softplus"})
"""A cross-entropy over classes divides by the sum: these still give shares."""
UNREACHABLE = 0.05
"""A share of targets, or of their variance, that an output can't reach."""


def ask(subject: Subject) -> ProbeResult:
    """For each output its root; then what was broadcast, then the scale of the inputs."""
    figures: dict[str, Any] = {}
    if subject.notes.get("wrapped"):
        return ProbeResult("targets", SKIP, "the targets are made up")
    heads = [head for head in outputs.of(subject) if head.family]
    answers = [found for head in heads if (found := _of_head(subject, head, figures))]
    answers += _broadcasts(subject)
    if subject.trains and not subject.synthetic:
        scale = inputs.ask(subject, figures)
        answers += [scale] if scale else []
    if answers:
        message = "; ".join(dict.fromkeys(text for text, _ in answers))
        codes = list(dict.fromkeys(code for _, found in answers for code in found))
        return ProbeResult("targets", FAIL, message, codes, figures)
    if not heads and "first_layer" not in figures:
        return ProbeResult("targets", SKIP, _why_nothing(subject), [], figures)
    return ProbeResult("targets", PASS, _said(figures), [], figures)


def _why_nothing(subject: Subject) -> str:
    if not subject.trains:
        return "no loss object of Keras is called in the training loop"
    if outputs.of(subject):
        return "the loss is one's own, and the first layer is given no plain numbers"
    return "no loss was given an output and its targets"


def _said(figures: dict[str, Any]) -> str:
    parts = [one["said"] for one in figures.get("outputs", [])]
    parts += [f"hint: {hint}" for hint in figures.get("hints", [])]
    scale = figures.get("first_layer")
    if scale:
        parts.append(f"inputs up to {scale['largest']:.3g}" + (f" ({scale['note']})" if "note" in scale else ""))
    return "; ".join(parts) or "nothing that does not fit"


def _of_head(subject: Subject, head: Head, figures: dict[str, Any]) -> Answer | None:
    """The root of what is wrong with one output; the figures say what its targets are like."""
    if head.y.dtype.kind not in "fiub" or not head.y.size:
        return None
    given, seen = outputs.targets(subject, head)
    facts = labels.facts(given)
    row: dict[str, Any] = {"loss": head.name, "output": list(head.output.shape[1:]), "samples": seen.count}
    if head.function is not None:
        row["function"] = head.function.name
    row |= facts.figures()
    row["said"] = f"{facts.words()} in {seen.said} for {head.name}"
    figures.setdefault("outputs", []).append(row)
    known = _units(head) or _copied(subject, head) or _shapes(head, facts) or _function(head)
    if known or subject.synthetic:
        return known
    answer = _values(head, given, facts, seen, row) or _reach(head, given, facts, row) or _held_out(subject, head)
    return answer or _sums(subject, head, figures)


def _units(head: Head) -> Answer | None:
    """One unit where several classes are needed."""
    function = head.function
    if function is not None and function.name == "softmax" and function.size == 1:
        text = f"`{function.layer}` takes a softmax over one number: it is 1.0 for every input"
        return text, ["KV701"]
    if head.units == 1 and head.family == CATEGORICAL:
        return f"{head.name} over one unit is 0 whatever the output says", ["KV710"]
    if head.units == 1 and head.family == SPARSE:
        return f"{head.name} over one unit knows one class only, number 0", ["KV710"]
    return None


def _copied(subject: Subject, head: Head) -> Answer | None:
    """The labels given as inputs too; images that an autoencoder gives back have many numbers for each sample."""
    batch = subject.feed.batches[0] if subject.feed is not None and subject.feed.batches else None
    given = [np.asarray(leaf) for leaf in leaves(batch.x) if hasattr(leaf, "shape")] if batch is not None else []
    y = np.asarray(head.y)
    if head.family not in {BINARY, SPARSE, CATEGORICAL} or len(given) != 1 or y.size != len(y) or len(np.unique(y)) < 2:
        return None
    if given[0].size == y.size and np.array_equal(given[0].reshape(-1), y.reshape(-1)):
        return "the inputs are the labels themselves: the model learns to copy them", ["KV735"]
    return None


def _shapes(head: Head, facts: labels.Facts) -> Answer | None:
    """Shapes that differ after squeezing, under a loss that then broadcasts."""
    if head.family not in {ERROR, BINARY, HINGE} or facts.is_constant:
        return None
    left, right = _squeezed(tuple(head.y.shape), tuple(head.output.shape))
    if left == right or not left or not right or not _are_broadcast(left, right):
        return None
    own, others = outputs.shape_of(head.output), outputs.shape_of(head.y)
    shapes = f"an output of shape {own} is compared with targets of shape {others}"
    return f"{shapes}: they are broadcast, so that numbers meet targets that are not theirs", ["KV708"]


def _squeezed(y: tuple[int, ...], output: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The shapes as Keras compares them: one that has an axis of 1 more at its end loses it."""
    if len(output) - len(y) == 1 and output[-1] == 1:
        output = output[:-1]
    elif len(y) - len(output) == 1 and y[-1] == 1:
        y = y[:-1]
    return y, output


def _are_broadcast(left: tuple[int, ...], right: tuple[int, ...]) -> bool:
    try:
        np.broadcast_shapes(left, right)
    except ValueError:  # Keras refuses them: shown by `build`
        return False
    return True


def _function(head: Head) -> Answer | None:
    """A function that gives no probabilities under a loss that takes some."""
    function = head.function
    if function is None or head.family not in CROSSENTROPIES or head.logits or function.gives_probabilities:
        return None
    if head.family != BINARY and function.name in _NORMALISED_BY_THE_LOSS:
        return None
    text = f"{head.name} takes probabilities, and `{function.layer}` gives what {function.name} gives"
    if function.name == "linear":
        return f"{text}: logits", ["KV409"]
    inside = _share(head.output, 0.0, 1.0)
    return f"{text}, {_numbers(function.low, function.high)}; {inside:.0%} of it lies in 0 to 1 now", ["KV702"]


def _numbers(low: float, high: float) -> str:
    if np.isinf(low):
        return "any number" if np.isinf(high) else f"numbers up to {high:g}"
    return f"numbers from {low:g} up" if np.isinf(high) else f"numbers from {low:g} to {high:g}"


def _share(array: Any, low: float, high: float) -> float:
    return float(np.mean((array >= low) & (array <= high)))


def _values(head: Head, given: Any, facts: labels.Facts, seen: survey.Survey, row: dict[str, Any]) -> Answer | None:
    """Labels that the loss has no meaning for."""
    if head.family == SPARSE:
        return labels.sparse(head, given, facts, seen)
    multi = labels.multi_hot(head, given, seen, row)
    if multi is not None:
        return multi
    if head.family == BINARY:
        return labels.binary(head, given, facts, seen)
    if head.family == HINGE:
        return labels.hinge(head, facts, seen)
    return None


def _reach(head: Head, given: Any, facts: labels.Facts, row: dict[str, Any]) -> Answer | None:
    """The share of targets that the output's function can't give."""
    function = head.function
    if function is None or head.family != ERROR or facts.low is None or facts.high is None:
        return None
    room = 1e-3 * max([1.0, *(abs(end) for end in (function.low, function.high) if np.isfinite(end))])
    numbers = survey.thinned(given)
    outside = (numbers < function.low - room) | (numbers > function.high + room)
    share = float(outside.mean())
    if not share:
        return None
    missed = float(np.square(numbers - np.clip(numbers, function.low, function.high)).mean())
    around = float(numbers.var())
    row["out_of_reach"] = {"share": share, "of_variance": missed / around if around else 1.0}
    if share < UNREACHABLE and missed < UNREACHABLE * around:
        return None
    text = f"{share:.0%} of the targets ({facts.low:.4g} to {facts.high:.4g}) are out of reach of `{function.layer}`"
    return f"{text}: {function.name} gives {_numbers(function.low, function.high)}", ["KV714"]


def _held_out(subject: Subject, head: Head) -> Answer | None:
    """The labels that the model is validated on, against the same loss."""
    side = survey.validation(subject)
    if side is None or head.place is None or head.place[0] != "y":
        return None
    given = side.targets(head.place[1])
    if given is None:
        return None
    found = _values(head, side.kept(given), labels.facts(given), side, {})
    return (f"in validation: {found[0]}", found[1]) if found else None


def _sums(subject: Subject, head: Head, figures: dict[str, Any]) -> Answer | None:
    """Sigmoids as the shares of classes: a hint where the loss takes their logits, which is all that trains."""
    function = head.function
    if head.family not in {CATEGORICAL, SPARSE} or head.logits or function is None or head.units < 2:
        return None
    if function.name not in {"sigmoid", "hard_sigmoid"}:
        return None
    sums = np.concatenate([output.reshape(-1, head.units).sum(-1) for _, output in outputs.pairs(subject, head)])
    if float(np.abs(sums - 1.0).max()) <= 0.01:
        return None
    text = f"rows of `{function.layer}` sum to {sums.min():.3g} to {sums.max():.3g}, not to 1"
    if not function.is_last:
        return f"{text}; behind another layer {head.name} gets no logits and divides them by their sum", ["KV731"]
    figures.setdefault("hints", []).append(f"{text} (KV731)")
    return None


def _broadcasts(subject: Subject) -> list[Answer]:
    """Outputs that met targets of another rank in code of one's own."""
    found: list[broadcast.Broadcast] = list(subject.notes.get("broadcasts", []))
    can_step = subject.trains and subject.feed is not None and not subject.notes.get("running")
    if can_step and subject.feed is not None and subject.framework.tf is not None and outputs.has_own_step(subject):
        with subject.undone(), watch.idle(), broadcast.watched(found):
            try:
                subject.train(subject.feed.only(0), eager=True)
            except Exception as error:  # shown by `build`
                subject.notes["not_watched"] = first_line(error)
    rows: dict[tuple[Any, Any], set[int]] = {}
    for one in found:
        rows.setdefault((one.output, one.other), set()).add(one.row)
    told = []
    for (output, other), lines in rows.items():
        shapes = f"an output of shape {output} meets targets of shape {other}{_at(sorted(lines - {0}))}"
        size = f"({output[0]}, {output[0]})"
        told.append((f"{shapes}: the difference has shape {size}, each output meets all targets", ["KV720"]))
    return told[:2]


def _at(lines: list[int]) -> str:
    if not lines:
        return ""
    return f" at line {lines[0]}" if len(lines) == 1 else f" at lines {', '.join(map(str, lines[:4]))}"
