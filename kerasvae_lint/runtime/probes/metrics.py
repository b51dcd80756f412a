"""Does each metric of ``compile`` measure what its name says: on the same labels and outputs, against NumPy?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from kerasvae_lint.runtime import survey
from kerasvae_lint.runtime.framework import Framework, to_numpy
from kerasvae_lint.runtime.probes import anew, labels, logged, outputs
from kerasvae_lint.runtime.probes.outputs import ERROR, Head
from kerasvae_lint.runtime.results import FAIL, PASS, SKIP, ProbeResult
from kerasvae_lint.runtime.subject import Subject, quiet

Answer = tuple[str, list[str]]
EQUALITY, BINARY, CATEGORICAL, SPARSE, CLASS_NUMBERS = "equality", "binary", "categorical", "sparse", "class numbers"
KINDS = {
    "accuracy": EQUALITY,
    "binary_accuracy": BINARY,
    "categorical_accuracy": CATEGORICAL,
    "sparse_categorical_accuracy": SPARSE,
    "top_k_categorical_accuracy": CATEGORICAL,
    "sparse_top_k_categorical_accuracy": SPARSE,
    "Accuracy": EQUALITY,
    "BinaryAccuracy": BINARY,
    "CategoricalAccuracy": CATEGORICAL,
    "SparseCategoricalAccuracy": SPARSE,
    "TopKCategoricalAccuracy": CATEGORICAL,
    "SparseTopKCategoricalAccuracy": SPARSE,
    "MeanIoU": CLASS_NUMBERS,
    "IoU": CLASS_NUMBERS,
}
"""How a built-in metric compares labels with outputs, by the name of its function or class."""
ACCURACIES = (EQUALITY, BINARY, CATEGORICAL, SPARSE)
BATCHES = 64
APART, SHARE_APART = 0.02, 0.05
"""A value over batches and one over all samples that differ by more, and by more than this share."""


def ask(subject: Subject) -> ProbeResult:
    """Each metric with the output that it gets; the first trouble of each."""
    if not subject.trains or subject.feed is None:
        return ProbeResult("metrics", SKIP, "a training loop of one's own")
    raw = logged.ask(subject) or anew.ask(subject)
    if raw is not None:
        return ProbeResult("metrics", FAIL, raw[0], raw[1], {})
    heads = [head for head in outputs.of(subject) if head.measures]
    if not heads:
        why = "no metric was given an output" if outputs.compiled_metrics(subject.model) else "no metric is compiled"
        return ProbeResult("metrics", SKIP, why)
    figures: dict[str, Any] = {}
    answers: list[Answer] = []
    checked = 0
    for head in heads:
        for metric in head.measures:
            if head.y.dtype.kind not in "fiub":
                continue
            checked += 1
            found = _meaning(subject, head, metric, figures) or _over_batches(subject, head, metric, figures)
            answers += [found] if found else []
    if answers:
        message = "; ".join(dict.fromkeys(text for text, _ in answers))
        codes = list(dict.fromkeys(code for _, found in answers for code in found))
        return ProbeResult("metrics", FAIL, message, codes, figures)
    if not checked:
        return ProbeResult("metrics", SKIP, "no labels that are numbers")
    notes = figures.get("notes", [])
    message = f"{checked} metric{'s' if checked > 1 else ''} of the kind that the labels and outputs are"
    return ProbeResult("metrics", PASS, "; ".join([message, *notes]), [], figures)


def kind_of(metric: Any) -> str:
    """How a metric of Keras compares; empty for others."""
    name = type(metric).__name__
    if not type(metric).__module__.startswith(("keras.", "tf_keras.")):
        return ""
    if name in KINDS:
        return KINDS[name] if getattr(metric, "sparse_y_pred", True) else ""
    function = getattr(metric, "_fn", None)
    module = str(getattr(function, "__module__", "") or "")
    return KINDS.get(str(getattr(function, "__name__", "")), "") if module.startswith(("keras", "tf_keras")) else ""


def _meaning(subject: Subject, head: Head, metric: Any, figures: dict[str, Any]) -> Answer | None:
    kind = kind_of(metric)
    if not kind:
        return None
    shown = f"`{metric.name}`"
    if head.family == ERROR and kind in ACCURACIES:
        return _of_errors(subject, head, metric, figures)
    whole_outputs = bool(np.all(head.output == np.round(head.output)))
    if kind in {CATEGORICAL, SPARSE} and head.units == 1:
        return _told(subject, head, metric, f"{shown} looks for the largest of one number", figures)
    if kind == CATEGORICAL and head.y.shape[-1:] != head.output.shape[-1:]:
        text = f"{shown} takes one-hot labels, and gets class numbers of shape {outputs.shape_of(head.y)}"
        return _told(subject, head, metric, text, figures)
    if kind == BINARY and head.units > 2 and _shares_one(head):
        text = f"{shown} counts each of {head.units} numbers by itself, most of which are rightly near 0"
        return _told(subject, head, metric, text, figures)
    if kind in {EQUALITY, CLASS_NUMBERS} and not whole_outputs and _gives_shares(head):
        text = f"{shown} compares class numbers, and is given the outputs themselves, which are no whole numbers"
        return _told(subject, head, metric, text, figures)
    if kind == BINARY and head.logits and getattr(metric, "_fn_kwargs", {}).get("threshold", 0.5) == 0.5:
        note = f"{shown} cuts at 0.5, and the output is logits, whose middle is 0 (KV719)"
        figures.setdefault("notes", []).append(note)
    return None


def _gives_shares(head: Head) -> bool:
    return head.function is not None and head.function.gives_probabilities


def _shares_one(head: Head) -> bool:
    """True for a softmax over classes with one-hot rows, or class numbers."""
    function = head.function
    if function is None or function.name != "softmax" or function.size != head.units:
        return False
    if head.y.shape != head.output.shape:
        return True
    rows = head.y.reshape(-1, head.units)
    return bool(np.mean((np.abs(rows.sum(axis=1) - 1.0) < 0.05) & (rows.max(axis=1) > 0.5)) > 0.95)


def _told(subject: Subject, head: Head, metric: Any, text: str, figures: dict[str, Any]) -> Answer:
    shown, right = _shown(subject, head, metric), _right(subject, head)
    best = _shown(subject, head, metric, perfect=True)
    figures.setdefault("metrics", {})[metric.name] = {"shown": shown, "right": right, "perfect": best}
    if best is not None and best < 0.95:
        text += f": perfect outputs would get {best:.3g}"
    elif shown is not None and right is not None:
        text += f": it shows {shown:.3g} where {right:.3g} of the samples are right"
    return text, ["KV719"]


def _of_errors(subject: Subject, head: Head, metric: Any, figures: dict[str, Any]) -> Answer | None:
    """An accuracy beside a loss of errors: how often does a number equal its target?"""
    given, seen = outputs.targets(subject, head)
    facts = labels.facts(given)
    if facts.low is None or facts.high is None:
        return None
    shown = _shown(subject, head, metric)
    figures.setdefault("metrics", {})[metric.name] = {"shown": shown, "whole_targets": facts.whole}
    fractions = facts.whole < 0.5
    counts = facts.whole > 0.99 and facts.distinct > 2 and head.units == 1
    if (not fractions and not counts) or _are_shares(head):
        return None
    if head.function is None or head.function.gives_probabilities:
        note = f"`{metric.name}` beside {head.name} says little: targets are no classes (KV707)"
        figures.setdefault("notes", []).append(note)
        return None
    what = f"{1 - facts.whole:.0%} of the targets are no whole numbers" if fractions else _counted(facts)
    told = f"it shows {shown:.3g} here" if shown is not None else "it says nothing"
    text = f"`{metric.name}` beside {head.name}: {what} in {seen.said}, so that hardly an output equals its target"
    return f"{text}; {told}", ["KV707"]


def _are_shares(head: Head) -> bool:
    """True if each row of targets shares 1 among classes, as soft labels do."""
    if head.units < 2 or head.y.shape != head.output.shape:
        return False
    return bool(head.y.min() >= 0 and np.allclose(head.y.sum(axis=-1), 1.0, atol=0.01))


def _counted(facts: labels.Facts) -> str:
    return f"the targets are {facts.distinct} numbers from {facts.low:g} to {facts.high:g}"


def _shown(subject: Subject, head: Head, metric: Any, *, perfect: bool = False) -> float | None:
    """What the metric shows of the outputs, or of outputs that are right everywhere; its state is put back."""
    try:
        with subject.undone(), quiet():
            _reset(metric)
            for y, output in outputs.pairs(subject, head):
                y, output = _alike(head, y, output)
                output = _perfect(head, y) if perfect else output
                metric.update_state(subject.framework.tensor(y), subject.framework.tensor(output))
            return float(to_numpy(metric.result()))
    except Exception:  # one that wants more than labels and outputs
        return None


def _perfect(head: Head, y: Any) -> Any:
    """Outputs of the right class everywhere, as sure as a trained model is."""
    rows = y
    if head.units > 1 and y.shape[-1:] != head.output.shape[-1:]:
        rows = np.eye(head.units)[y.astype("int64").reshape(len(y), -1)]
    return (0.9 * rows + 0.1 / max(head.units, 2)).astype("float32").reshape(len(y), *head.output.shape[1:])


def _reset(metric: Any) -> None:
    (getattr(metric, "reset_state", None) or metric.reset_states)()


def _alike(head: Head, y: Any, output: Any) -> tuple[Any, Any]:
    """Targets with the rank that the step gave them to the metric in."""
    if y.ndim + 1 == head.y.ndim and head.y.shape[-1] == 1:
        y = y[..., None]
    return y, output


def _right(subject: Subject, head: Head) -> float | None:
    """The share of samples whose class is right, by NumPy."""
    right = total = 0
    for y, output in outputs.pairs(subject, head):
        if head.units == 1:
            if y.size != output.size or output.min() < 0 or output.max() > 1:
                return None
            same = (output.reshape(-1) > 0.5) == (y.reshape(-1) > 0.5)
        else:
            classes = output.argmax(axis=-1)
            truth = y.argmax(axis=-1) if y.shape == output.shape else y
            if truth.size != classes.size:
                return None
            same = truth.reshape(-1) == classes.reshape(-1)
        right, total = right + int(same.sum()), total + same.size
    return right / total if total else None


def _over_batches(subject: Subject, head: Head, metric: Any, figures: dict[str, Any]) -> Answer | None:
    """A function of one's own that Keras averages over batches, against its value for all samples at once.

    Its predictions are made of the labels, three of four found, so that the verdict is not one about the model.
    """
    function = getattr(metric, "_fn", None)
    module = str(getattr(function, "__module__", "") or "")
    if function is None or module.startswith(("keras", "tf_keras", "tensorflow")):
        return None
    if type(metric).__name__ != "MeanMetricWrapper" or head.place is None or head.place[0] != "y":
        return None
    try:
        batches = list(_made(subject, head))
        if len(batches) < 4:
            return None
        kwargs = getattr(metric, "_fn_kwargs", None) or {}
        each = [_value(subject.framework, function, kwargs, *pair) for pair in batches]
        whole = _value(subject.framework, function, kwargs, *map(np.concatenate, zip(*batches, strict=True)))
    except Exception:  # one that wants what is not here
        return None
    if not np.isfinite([*each, whole]).all():
        return None
    mean = float(np.mean(each))
    name, size = getattr(function, "__name__", metric.name), len(batches[0][0])
    figures.setdefault("over_batches", {})[name] = {"mean": mean, "all": whole, "batch": size}
    if abs(mean - whole) <= APART or abs(mean - whole) <= SHARE_APART * abs(whole):
        return None
    if not all(-1e-6 <= value <= 1.0 + 1e-6 for value in (*each, whole)):  # no share of anything
        return None
    text = f"`{name}` is averaged over batches of {size}: of predictions that find three of four it makes {mean:.3f}"
    return f"{text}, of all {sum(len(y) for y, _ in batches):,} samples at once {whole:.3f}", ["KV727"]


def _made(subject: Subject, head: Head) -> Iterator[tuple[Any, Any]]:
    """Labels in batches of the user's size, each with predictions of the output's shape."""
    generator = np.random.default_rng(subject.options.seed)
    assert subject.feed is not None
    assert head.place is not None
    whole = survey.train(subject).targets(head.place[1])
    size = subject.feed.batches[0].size
    if whole is None:
        return
    whole = whole[generator.permutation(len(whole))[: BATCHES * size]]
    for start in range(0, len(whole) - size + 1, size):
        y = whole[start : start + size]
        shown = y[..., None] if y.ndim + 1 == head.y.ndim else y
        yield shown, _predictions(head, shown, generator)


def _predictions(head: Head, y: Any, generator: np.random.Generator) -> Any:
    """Three of four classes or positives found, and no more sure than 0.9."""
    if head.units > 1 and y.shape[-1:] != head.output.shape[-1:]:  # class numbers
        classes = np.where(generator.random(y.shape) < 0.25, generator.integers(0, head.units, y.shape), y)
        rows = np.eye(head.units, dtype="float32")[classes.astype("int64").reshape(y.shape[0], -1)]
        return (0.8 * rows + 0.2 / head.units).reshape(len(y), *head.output.shape[1:])
    if head.units > 1 and np.allclose(y.sum(axis=-1), 1.0, atol=1e-3):  # one-hot
        wrong = generator.random((len(y), *[1] * (y.ndim - 1))) < 0.25
        mixed = np.where(wrong, y[generator.permutation(len(y))], y)
    elif np.isin(y, (0, 1)).all():
        share = float(y.mean())
        strayed = 0.25 * min(1.0, share / max(1.0 - share, 1e-3))  # as many as are missed
        mixed = np.where(generator.random(y.shape) < np.where(y > 0, 0.25, strayed), 1 - y, y)
    else:
        mixed = y + generator.normal(scale=0.5 * float(y.std()), size=y.shape)
    mixed = mixed.astype("float32")
    if y.min() >= 0 and y.max() <= 1:
        mixed = np.clip(0.8 * mixed + 0.1, 0.0, 1.0)
    return mixed.reshape(len(y), *head.output.shape[1:])


def _value(framework: Framework, function: Any, kwargs: dict[str, Any], y: Any, output: Any) -> float:
    with quiet():
        found = function(framework.tensor(y.astype("float32")), framework.tensor(output.astype("float32")), **kwargs)
    return float(np.mean(to_numpy(found)))
