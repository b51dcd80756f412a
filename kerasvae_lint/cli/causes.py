"""Where a failed probe and a finding of the linter meet: the finding is the cause, the probe shows the symptom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kerasvae_lint.core import Applicability, Finding
from kerasvae_lint.runtime.results import ProbeResult, RunResult

NEAR = 4


def explain(run: RunResult, findings: Sequence[Finding]) -> None:
    """Tell each failed probe what the linter says of the same: the root first, with its line and what mends it."""
    from kerasvae_lint.run.registry import all_rules

    rules = all_rules()
    for probe in run.failed:
        met = [f for f in findings if f.code in rules and _meets(probe, f, rules[f.code].probes)]
        if not met:
            continue
        codes = {finding.code for finding in met}

        def rank(finding: Finding, codes: set[str] = codes, named: Sequence[str] = tuple(probe.codes)) -> Any:
            roots = len(codes & set(rules[finding.code].outranks))
            return -roots, named.index(finding.code) if finding.code in named else len(named), finding.location.row

        met.sort(key=rank)
        probe.codes = list(dict.fromkeys(finding.code for finding in met))
        probe.figures["findings"] = [{"code": finding.code, "row": finding.location.row} for finding in met]
        probe.figures["causes"] = [
            {
                "code": finding.code,
                "row": finding.location.row,
                "message": finding.message,
                "fix": finding.fix.applicability.value if finding.fix is not None else None,
                "mended_by": mended_by(finding),
            }
            for finding in met
        ]


def mended_by(finding: Finding) -> str | None:
    """The options of ``verify`` and ``check`` that mend it; None if a hand has to."""
    if finding.fix is None:
        return None
    return "--fix" if finding.fix.applicability is Applicability.SAFE else "--fix --unsafe-fixes"


def _meets(probe: ProbeResult, finding: Finding, probes: Sequence[str]) -> bool:
    """True if the rule proves itself by this probe, or the probe names the rule."""
    if probe.probe not in probes and finding.code not in probe.codes:
        return False
    return _is_near(finding.location.row, probe.figures.get("rows"))


def _is_near(row: int, rows: list[int] | None) -> bool:
    """An exception is explained only by what stands where it arose."""
    return rows is None or any(abs(row - other) <= NEAR for other in rows)
