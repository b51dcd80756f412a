"""What labels are like, and whether a loss has a meaning for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kerasvae_lint.runtime import survey
from kerasvae_lint.runtime.probes.outputs import BINARY, CATEGORICAL, ERROR, Head

Answer = tuple[str, list[str]]
STRAY = 0.01
"""A share of labels that is no slip."""
SEVERAL = 0.02
"""A share of rows with several classes that is no slip."""
_SLACK = 1e-3


@dataclass(frozen=True, slots=True)
class Facts:
    """Range and kind of an array of targets; None where they are not numbers."""

    low: float | None = None
    high: float | None = None
    whole: float = 0.0
    distinct: int = 0

    @property
    def is_constant(self) -> bool:
        """True if all are the same."""
        return self.distinct == 1

    def figures(self) -> dict[str, Any]:
        """For the report."""
        return {"lowest": self.low, "highest": self.high, "whole_numbers": self.whole, "distinct": self.distinct}

    def words(self) -> str:
        """``0 … 9, whole numbers``."""
        if self.low is None or self.high is None:
            return "targets that are no numbers"
        span = f"{self.low:.4g} to {self.high:.4g}" if self.low != self.high else f"only {self.low:.4g}"
        return f"targets {span}" + (", whole" if self.whole == 1.0 and self.low != self.high else "")


def facts(given: Any) -> Facts:
    """Of all targets."""
    if given is None or given.dtype.kind not in "fiub" or not given.size:
        return Facts()
    if given.dtype.kind != "f":
        return Facts(float(given.min()), float(given.max()), 1.0, _distinct(given))
    if not np.isfinite(given.min() + given.max()):
        given = given[np.isfinite(given)]
        if not given.size:
            return Facts()
    numbers = survey.thinned(given)
    whole = float(np.mean(np.abs(numbers - np.round(numbers)) < _SLACK))
    return Facts(float(given.min()), float(given.max()), whole, _distinct(given))


def _distinct(array: Any) -> int:
    few = array.reshape(-1)[:: max(1, array.size // 200_000)]
    return len(np.unique(few))


def binary(head: Head, given: Any, kinds: Facts, seen: survey.Survey) -> Answer | None:
    """Labels outside 0 to 1 under a binary cross-entropy."""
    if kinds.low is None or kinds.high is None or (kinds.low >= -_SLACK and kinds.high <= 1.0 + _SLACK):
        return None
    numbers = survey.thinned(given)
    if kinds.whole < 1.0 and float(np.mean((numbers < -_SLACK) | (numbers > 1.0 + _SLACK))) < STRAY:
        return None
    told = f": the loss of perfect outputs would be {_floor(numbers):.3g}, not 0"
    text = f"{head.name} takes labels from 0 to 1, and they go from {kinds.low:.4g} to {kinds.high:.4g}"
    return f"{text} in {seen.said}{told}", ["KV722"] if kinds.whole > 0.99 else ["KV722", "KV714"]


def _floor(numbers: Any) -> float:
    """The loss of outputs as near to 0 and 1 as Keras lets them, each on the side that its label likes best."""
    nearest = -float(np.log(1e-7))
    return float(np.minimum(nearest * numbers, nearest * (1.0 - numbers)).mean())


def hinge(head: Head, kinds: Facts, seen: survey.Survey) -> Answer | None:
    """Labels that are neither ±1 nor 0 and 1 under a hinge loss."""
    if kinds.low is None or kinds.high is None or (kinds.low >= -1.0 - _SLACK and kinds.high <= 1.0 + _SLACK):
        return None
    text = f"{head.name} takes labels -1 and 1 (or 0 and 1), and they go from {kinds.low:.4g} to {kinds.high:.4g}"
    return f"{text} in {seen.said}", ["KV722"]


def sparse(head: Head, given: Any, kinds: Facts, seen: survey.Survey) -> Answer | None:
    """Class numbers that are fractions, or that no unit stands for."""
    if kinds.low is None or kinds.high is None:
        return None
    if kinds.whole < 1.0 - STRAY:
        truncated = float(np.mean(given.astype("int64") == 0))
        text = f"{head.name} takes class numbers, and {1 - kinds.whole:.0%} of the labels are fractions"
        cut = f"({kinds.low:.3g} to {kinds.high:.3g} in {seen.said}): cut off, {truncated:.0%} are class 0"
        return f"{text} {cut}", ["KV716", "KV722"]
    kept = getattr(head.loss, "_fn_kwargs", None) or {}
    ignored = kept.get("ignore_class", getattr(head.loss, "ignore_class", None))
    counted = given[given != ignored] if ignored is not None else given
    strange = (counted < 0) | (counted >= head.units)
    if not counted.size or not strange.any():
        return None
    text = f"{head.name} over {head.units} units takes class numbers 0 to {head.units - 1}"
    return f"{text}, and they go from {counted.min():g} to {counted.max():g} in {seen.said}", ["KV722"]


def multi_hot(head: Head, given: Any, seen: survey.Survey, row: dict[str, Any]) -> Answer | None:
    """Rows of targets that name several classes, where the output shares 1 among all of them."""
    function = head.function
    shares = function is not None and function.name == "softmax" and function.size == head.units
    if head.units < 2 or given.shape[-1] != head.units or given.ndim < 2 or not given.size:
        return None
    if head.family != CATEGORICAL and not (shares and head.family in {BINARY, ERROR}):
        return None
    rows = survey.thinned(given).reshape(-1, head.units)
    if not np.isfinite(rows).all() or rows.min() < 0:
        return None
    sums = rows.sum(axis=1)
    row["one_hot_rows"] = float(np.mean((np.abs(sums - 1.0) < 0.01) & (rows.max(axis=1) > 0.99)))
    several = (sums > 1.05) & ((rows > 0).sum(axis=1) > 1)
    share = float(several.mean())
    if share < SEVERAL or rows.max() > 1.0 + _SLACK:
        return None
    name = f"`{function.layer}`" if shares and function else head.name
    text = f"{share:.0%} of the rows of targets name several classes (their sum goes up to {sums.max():.3g}"
    return f"{text} in {seen.said}), and {name} shares 1 among them", ["KV723"]
