"""What a proof says: plain data, printed as text or as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

EQUAL, DIFFERS, COULD_NOT_RUN = "equal", "differs", "could not run"
END = "end.json"
ENDED, RUNNING, RAISED = "ended", "running", "raised"
"""How a program ended after its record was written, told in the file :data:`END` beside it."""
ALONE = "alone"
"""The source of a job that is only to run: its record is empty."""
SAME, OTHER, UNASKED = "same", "other", "not asked"


@dataclass(slots=True)
class Check:
    """One comparison.

    Attributes:
        what: ``weights``, ``outputs``, ``loss``, ``gradients``, ``step``, ``optimizer``, ``save``, ``batch``, …
        verdict: ``same``, ``other``, or ``not asked`` with the reason.
        said: the first difference in words with figures, or how near they are.
        largest: the largest difference, relative to the largest number of its tensor.
        allowed: what is taken for rounding.
    """

    what: str
    verdict: str
    said: str
    largest: float | None = None
    allowed: float | None = None


@dataclass(slots=True)
class ModelProof:
    """One model (or loop) of the program."""

    name: str
    checks: list[Check] = field(default_factory=list)

    @property
    def differences(self) -> list[Check]:
        """What is not the same."""
        return [check for check in self.checks if check.verdict == OTHER]

    @property
    def says_enough(self) -> bool:
        """True if outputs and a loss could be compared: without them equal would be said of nothing."""
        return {"outputs", "loss"} <= {check.what for check in self.checks if check.verdict != UNASKED}


@dataclass(slots=True)
class Proof:
    """The old program under Keras 2 beside the new one under Keras 3.

    Attributes:
        verdict: ``equal``, ``differs`` or ``could not run``.
        which: ``old`` or ``new``, for what could not run.
        reason: why, or the first difference.
        ends: how each program ended after its training began: ``ended``, ``running`` (it was stopped, no error so far)
            or the exception that both raise in the same way.
        notes: what was done so that they run here, and what was compared in another way than as it is.
    """

    target: str
    verdict: str
    reason: str = ""
    which: str = ""
    models: list[ModelProof] = field(default_factory=list)
    ends: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    environment: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def ran(self) -> bool:
        """True if both programs ran."""
        return self.verdict != COULD_NOT_RUN

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def lines(proof: Proof, width: int = 100) -> Iterator[str]:
    """For people."""
    head = f"{proof.target}: {proof.verdict}"
    if proof.which:
        head += f" ({'Keras 2, the old text' if proof.which == 'old' else 'Keras 3, the new text'})"
    yield from _wrapped(head + (f": {proof.reason}" if proof.reason else ""), width, "")
    for model in proof.models:
        yield f"  {model.name}"
        for check in model.checks:
            yield from _wrapped(check.said, width, f"    {check.verdict:<10}{check.what:<11}", 25)
    for name, end in proof.ends.items():
        if end not in {"", "ended"}:
            yield from _wrapped(f"the {name} program, after its training began: {end}", width, "    ")
    for note in proof.notes:
        yield from _wrapped(note, width, "    note  ", 10)


def _wrapped(text: str, width: int, indent: str, later: int | None = None) -> Iterator[str]:
    further = " " * (len(indent) if later is None else later)
    yield from textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=further, break_long_words=False) or [
        indent.rstrip()
    ]
