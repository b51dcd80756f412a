"""GitLab's code quality report: the part of Code Climate's format that GitLab reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from kerasvae_lint.core import Finding, Position, Problem
from kerasvae_lint.report.fingerprints import fingerprint, fingerprints
from kerasvae_lint.report.places import Places, Region, in_cell, well_formed
from kerasvae_lint.report.rule_info import ERROR, level

_SEVERITIES = {"error": "major", "warning": "minor"}
PROBLEM = "kvlint-error"
"""The name of the check for files that could not be linted."""


def gitlab(findings: Sequence[Finding], problems: Iterable[Problem], places: Places) -> str:
    """A list with one object per finding and per problem; paths are relative to the repository."""
    names = fingerprints(findings, places)
    issues = [_finding(finding, name, places) for finding, name in zip(findings, names, strict=True)]
    seen: dict[tuple[str, str], int] = {}
    for problem in problems:
        key = (places.path(problem.filename), problem.message)
        seen[key] = seen.get(key, -1) + 1
        issues.append(_problem(problem, fingerprint(*key, PROBLEM, str(seen[key])), places))
    return json.dumps(issues, indent=2)


def _finding(finding: Finding, name: str, places: Places) -> dict[str, Any]:
    return _issue(
        f"{in_cell(finding)}{finding.message}",
        f"{finding.code} {finding.name}",
        name,
        _SEVERITIES[level(finding.code)],
        places.path(finding.filename),
        places.finding(finding),
    )


def _problem(problem: Problem, name: str, places: Places) -> dict[str, Any]:
    start = problem.location or Position(1, 1)
    region = places.region(problem.filename, start, cell=problem.cell)
    where = f"Cell {problem.cell}: " if problem.cell is not None else ""
    path = places.path(problem.filename)
    return _issue(f"{where}{problem.message}", PROBLEM, name, _SEVERITIES[ERROR], path, region)


def _issue(description: str, check: str, name: str, severity: str, path: str, region: Region) -> dict[str, Any]:
    return {
        "type": "issue",
        "categories": ["Bug Risk"],
        "description": well_formed(description),
        "check_name": check,
        "fingerprint": name,
        "severity": severity,
        "location": {
            "path": well_formed(path),
            "lines": {"begin": region.start_line, "end": region.end_line},
        },
    }
