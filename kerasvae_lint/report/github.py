"""Workflow commands: GitHub shows them as annotations of a job and in the changed files of a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kerasvae_lint.core import Finding, Position, Problem
from kerasvae_lint.report.look import place, printable
from kerasvae_lint.report.places import Places, Region, is_file
from kerasvae_lint.report.rule_info import ERROR, level

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def github(findings: Iterable[Finding], problems: Iterable[Problem], places: Places) -> Iterator[str]:
    """One ``::error …::message`` for each finding, then for each problem.

    The message begins with the place and the code: in the log of a job it is all that is shown. An
    annotation of a notebook stands at the line of its JSON.
    """
    for finding in findings:
        path = places.path(finding.filename)
        where = place(path, finding.location, finding.cell)
        title = f"{finding.code} {finding.name}"
        message = f"{where}: {finding.code} {finding.message}"
        region = places.finding(finding)
        yield _command(level(finding.code), path if is_file(finding.filename) else "", region, title, message)
    for problem in problems:
        yield _problem(problem, places)


def _problem(problem: Problem, places: Places) -> str:
    path = places.path(problem.filename)
    region = None
    if problem.location is not None or problem.cell is not None:
        start = problem.location or Position(1, 1)
        region = places.region(problem.filename, start, cell=problem.cell)
    where = place(path, problem.location, problem.cell) if problem.location else path
    file = path if is_file(problem.filename) else ""
    return _command(ERROR, file, region, "kvlint", f"{where}: error: {problem.message}")


def _command(kind: str, file: str, region: Region | None, title: str, message: str) -> str:
    """Columns only where the range is in one line: GitHub refuses them elsewhere."""
    properties: dict[str, str | int] = {}
    if file:
        properties["file"] = printable(file)
    if file and region is not None:
        properties["line"] = region.start_line
        one_line = region.start_line == region.end_line
        if one_line:
            properties["col"] = region.start_column
        properties["endLine"] = region.end_line
        if one_line:
            properties["endColumn"] = region.end_column
    properties["title"] = title
    pairs = ",".join(f"{key}={_escaped(str(value), _PROPERTY)}" for key, value in properties.items())
    return f"::{kind} {pairs}::{_escaped(_shown(message), _DATA)}"


def _shown(message: str) -> str:
    """Nothing for a terminal to act on; line breaks are the command's own to escape."""
    return "\n".join(printable(line) for line in message.split("\n"))


def _escaped(text: str, signs: dict[str, str]) -> str:
    return text.translate({ord(sign): code for sign, code in signs.items()})
