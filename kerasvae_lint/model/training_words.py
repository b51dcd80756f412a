"""Trainings and data in words, as ``kvlint show`` prints them under a network."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.data import Data, Step
from kerasvae_lint.keras.trainings import Chosen, TrainingStep
from kerasvae_lint.values.lattice import Computed, LibraryObject, ListObject, Tuple, Value, constant

MAX_TEXT = 40
_PLAIN = frozenset({"cast", "reshaped", "batched", "cached", "repeated"})
_SHORT = {"read_csv": "a table", "array": "an array", "random": "random numbers", "generator": "a generator"}
_SHORT |= {"file": "a file", "predict": "predictions", "several": "several arrays", "image file": "image files"}


def arguments_in_words(step: TrainingStep) -> Iterator[tuple[str, str]]:
    """What a step was given, by name."""
    if step.optimizer is not None:
        yield "optimizer", optimizer_in_words(step)
    if step.losses:
        yield "loss", _listed(step.losses)
    if step.metrics:
        yield "metrics", _listed(step.metrics)
    for name, data in (("x", step.x), ("y", step.y)):
        if data:
            yield name, "; ".join(map(data_in_words, data))
    if "epochs" in step.arguments or "nb_epoch" in step.arguments:
        yield "epochs", _number(step, step.epochs, "epochs", "nb_epoch")
    if "batch_size" in step.arguments:
        yield "batch_size", _number(step, step.batch_size, "batch_size")
    yield from _validation(step)
    if step.callbacks:
        yield "callbacks", _listed(step.callbacks)


def optimizer_in_words(step: TrainingStep) -> str:
    """``Adam(learning_rate=0.001)``."""
    chosen = step.optimizer
    name = chosen.name if chosen is not None and chosen.name else "?"
    if step.schedule is not None:
        return f"{name}(learning_rate={step.schedule.name})"
    return f"{name}(learning_rate={step.rate:g})" if step.rate is not None else name


def _listed(chosen: tuple[Chosen, ...]) -> str:
    found: list[str] = []
    for one in chosen:
        word = (one.name or "?") + _said(one)
        found.append(f"{one.key}: {word}" if one.key else word)
    return ", ".join(found)


def _said(chosen: Chosen) -> str:
    """The arguments of a loss that change what it computes."""
    if isinstance(chosen.value, LibraryObject) and chosen.value.kind != "loss":
        return ""
    given = {name: constant(chosen.arguments[name]) for name in _TELLING if name in chosen.arguments}
    words = ", ".join(f"{name}={value}" for name, value in given.items() if value is not None)
    return f"({words})" if words else ""


_TELLING = ("from_logits", "label_smoothing", "reduction", "delta")


def _number(step: TrainingStep, found: int | None, *names: str) -> str:
    if found is not None:
        return str(found)
    call = step.site.record
    given = call.arguments if isinstance(call, r.Call) else ()
    argument = next((argument.value for argument in given if argument.name in names), None)
    if argument is None:
        return "?"
    text = " ".join(step.site.unit.source.text[argument.start : argument.end].split())
    return text if len(text) <= MAX_TEXT else "?"


def _validation(step: TrainingStep) -> Iterator[tuple[str, str]]:
    x, _ = step.validation
    if x:
        yield "validation", "; ".join(map(data_in_words, x))
    elif "validation_data" in step.arguments and constant(step.arguments["validation_data"]) is None:
        yield "validation", "?"
    elif "validation_split" in step.arguments:
        share = step.validation_split
        if share is None:
            yield "validation", "a part of the data"
        elif share:
            yield "validation", f"{share * 100:g} % of the data"


# data -------------------------------------------------------------------------------------------
def data_in_words(data: Data) -> str:
    """``keras.datasets.mnist train images, / 255``."""
    source = data.source
    if not source.is_known and not data.steps:
        return f"? {source_text(source.value)}".rstrip()
    words = [_SHORT.get(source.kind, source.kind) if source.is_known else "?"]
    words += [word for word in (source.split, _part(data)) if word]
    steps = [word for step in data.steps if (word := step_in_words(step))]
    sure = [] if data.is_sure else ["or otherwise"]
    return ", ".join([" ".join(words), *steps, *sure])


def source_text(value: Value | None) -> str:
    """The code of what is not known, if it is short."""
    if value is None or value.site is None or isinstance(value, (ListObject, Tuple, Computed)):
        return ""
    record = value.site.record
    text = value.site.unit.source.text[record.start : record.end] if isinstance(record, (r.Name, r.Attribute)) else ""
    return f"({text})" if text and len(text) <= MAX_TEXT else ""


def _part(data: Data) -> str:
    if data.source.part == "x":
        return "images" if data.is_image else "inputs"
    if data.source.part == "y":
        return "labels" if data.classes is not None or data.encoding else "targets"
    return ""


def step_in_words(step: Step) -> str:
    """One step; empty for those that change nothing but the form."""
    if step.kind in _PLAIN:
        return ""
    if step.kind == "one-hot":
        return f"one-hot ({step.detail})" if step.detail.isdecimal() else "one-hot"
    if step.kind == "split":
        return f"{step.detail} part"
    if step.kind == "padded":
        return f"padded to {step.detail}" if step.detail else "padded"
    if step.kind == "unknown":
        return f"then {step.detail} (not followed)" if step.detail else "then something unknown"
    if step.kind in {"scaled", "selected", "computed", "encoded", "compared", "concatenated"} and step.detail:
        return step.detail
    if step.kind in {"clipped", "taken", "skipped", "mapped"} and step.detail:
        return f"{step.kind} {step.detail}"
    return step.kind


__all__ = ["arguments_in_words", "data_in_words"]
