"""What ``verify`` found: plain data that goes from the child process to the parent and into every report."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

SCHEMA = 1
PASS, FAIL, SKIP = "pass", "fail", "skip"
UNASKED = "not asked: the run was broken off"

Norm = float | None
"""An L2 norm of a gradient; None where there is no gradient at all."""


@dataclass(slots=True)
class VariableResult:
    """One variable of a model.

    Attributes:
        path: its name in Keras's spelling, ``dense/kernel``.
        gradient_norms: the L2 norm of its gradient in each step that was watched, None for no gradient.
        verdict: ``ok``, ``no path``, ``always zero``, ``zero here``, ``one time step``, ``not finite``, ``untracked``,
            ``not optimized``, ``frozen`` or ``state``.
    """

    path: str
    shape: list[int]
    trainable: bool
    gradient_norms: list[Norm] = field(default_factory=list)
    verdict: str = "ok"

    @property
    def typical_norm(self) -> Norm:
        """The middle one of the norms from the second step on; None if there was no gradient in any."""
        later = sorted(value for value in self.gradient_norms[1:] or self.gradient_norms if value is not None)
        return later[len(later) // 2] if later else None


@dataclass(slots=True)
class ProbeResult:
    """The answer to one question; ``codes`` are the rules that explain a failure."""

    probe: str
    verdict: str
    message: str
    codes: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """True if the model did not pass."""
        return self.verdict == FAIL


@dataclass(slots=True)
class ModelResult:
    """One model (or layer) that was probed."""

    name: str
    variables: list[VariableResult] = field(default_factory=list)
    probes: list[ProbeResult] = field(default_factory=list)

    @property
    def failed(self) -> list[ProbeResult]:
        """The probes that the model did not pass."""
        return [probe for probe in self.probes if probe.failed]

    def probe(self, name: str) -> ProbeResult:
        """The answer of the probe called ``name``.

        Raises:
            KeyError: no such probe was asked.
        """
        for probe in self.probes:
            if probe.probe == name:
                return probe
        raise KeyError(name)


@dataclass(slots=True)
class RunResult:
    """One run of a target: of its ``original`` or its ``fixed`` source, and what it really ran on.

    Attributes:
        notes: what was done so that the script runs here: old names answered, data made up.
    """

    source: str
    models: list[ModelResult] = field(default_factory=list)
    seconds: float = 0.0
    environment: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def failed(self) -> list[ProbeResult]:
        """All failed probes of the run."""
        return [probe for model in self.models for probe in model.failed]

    @property
    def passed(self) -> bool:
        """True if something was asked and nothing failed."""
        return bool(self.models) and not self.failed


@dataclass(slots=True)
class TargetResult:
    """What became of one thing that ``verify`` was given."""

    target: str
    status: str = "ok"
    reason: str = ""
    fixes: list[str] = field(default_factory=list)
    runs: list[RunResult] = field(default_factory=list)

    def run(self, source: str) -> RunResult | None:
        """The run of the ``original`` or the ``fixed`` source."""
        return next((run for run in self.runs if run.source == source), None)


@dataclass(slots=True)
class Report:
    """Everything that one call of ``verify`` found."""

    environment: dict[str, Any] = field(default_factory=dict)
    targets: list[TargetResult] = field(default_factory=list)

    @property
    def exit_status(self) -> int:
        """0 if all probes pass, 1 if one fails, 2 if something could not run; a fixed run stands for its target."""
        if any(target.status == "error" for target in self.targets):
            return 2
        if not any(target.runs for target in self.targets):
            return 2
        last = [target.runs[-1] for target in self.targets if target.runs]
        return 1 if any(run.failed for run in last) else 0

    def to_dict(self) -> dict[str, Any]:
        """The documented JSON, schema 1; numbers that JSON has no word for become strings."""
        body = asdict(self)
        return {"schema": SCHEMA, **_plain(body)}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bool) or value is None or isinstance(value, int | str):
        return value
    number = float(value)
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def run_from_dict(body: dict[str, Any], source: str) -> RunResult:
    """The run that a child process wrote down."""
    models = [
        ModelResult(
            model["name"],
            [
                VariableResult(**{**v, "gradient_norms": list(_numbers(v["gradient_norms"]))})
                for v in model["variables"]
            ],
            [ProbeResult(**probe) for probe in model["probes"]],
        )
        for model in body["models"]
    ]
    return RunResult(source, models, float(body.get("seconds", 0.0)), notes=list(body.get("notes", ())))


def _numbers(values: list[Any]) -> Iterator[Norm]:
    for value in values:
        yield float(value) if value is not None else None


def run_to_dict(run: RunResult) -> dict[str, Any]:
    """What a child process writes down of a run."""
    body: dict[str, Any] = _plain(asdict(run))
    return body
