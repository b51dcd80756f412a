"""Findings as the editor shows them."""

from __future__ import annotations

import os
from typing import Any

from lsprotocol import types
from pygls import uris

from kerasvae_lint.core import Finding, Note, Problem
from kerasvae_lint.lsp.analysis import Outcome
from kerasvae_lint.lsp.edits import is_safe
from kerasvae_lint.lsp.positions import Lines
from kerasvae_lint.lsp.snapshot import Part, Snapshot
from kerasvae_lint.run import documentation, registry
from kerasvae_lint.run.reading import MAX_BYTES

SOURCE = "kvlint"


def diagnostics(outcome: Outcome, *, related: bool = True) -> dict[str, list[types.Diagnostic]]:
    """Diagnostics by the address of the text that they are in; every text of the snapshot has a list.

    ``related``: the client shows related places.
    """
    found: dict[str, list[types.Diagnostic]] = {part.uri: [] for part in outcome.snapshot.parts}
    for problem in outcome.problems:
        part = outcome.snapshot.part(problem.cell) or (outcome.snapshot.parts or (None,))[0]
        if part is not None:
            found[part.uri].append(_of_problem(problem, part, outcome.snapshot))
    for finding in outcome.findings:
        part = outcome.snapshot.part(finding.cell)
        if part is not None:
            found[part.uri].append(_of_finding(finding, part, outcome.snapshot, related))
    return found


def range_of(finding: Finding, part: Part, snapshot: Snapshot) -> types.Range:
    """Where a finding is, in the editor's text."""
    start = snapshot.offset(part, finding.location)
    return part.lines.range(start, max(start, snapshot.offset(part, finding.end_location)))


def identity(finding: Finding) -> dict[str, Any]:
    """What tells a finding from the others of its text: what a quick fix comes back with."""
    return {
        "code": finding.code,
        "cell": finding.cell,
        "row": finding.location.row,
        "column": finding.location.column,
        "fix": finding.fix.applicability.value if finding.fix is not None else None,
    }


def _of_finding(finding: Finding, part: Part, snapshot: Snapshot, related: bool) -> types.Diagnostic:
    unused = finding.code == registry.UNUSED[0]
    notes = [_related(note, snapshot) for note in finding.notes] if related else []
    address = documentation.address(finding.code)
    return types.Diagnostic(
        range=range_of(finding, part, snapshot),
        message=finding.message,
        severity=types.DiagnosticSeverity.Information if unused else types.DiagnosticSeverity.Warning,
        code=finding.code,
        code_description=types.CodeDescription(address) if address else None,
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if unused else None,
        related_information=[note for note in notes if note is not None] or None,
        data={**identity(finding), "safe": is_safe(finding)},
    )


def _of_problem(problem: Problem, part: Part, snapshot: Snapshot) -> types.Diagnostic:
    """A syntax error at its place; what has no place, on the first line."""
    lines = part.lines
    start = snapshot.offset(part, problem.location) if problem.location is not None else 0
    line = lines.position(start).line
    end = max(lines.end_of(line), start)
    if start == end and start > lines.starts[line]:
        start -= 1
    serious = problem.location is not None
    return types.Diagnostic(
        range=lines.range(start, end),
        message=problem.message,
        severity=types.DiagnosticSeverity.Error if serious else types.DiagnosticSeverity.Information,
        source=SOURCE,
    )


def _related(note: Note, snapshot: Snapshot) -> types.DiagnosticRelatedInformation | None:
    """A note as a related place; a place in another file is looked up there, to count its columns right."""
    if note.filename == snapshot.filename:
        part = snapshot.part(note.cell)
        if part is None:
            return None
        at = part.lines.position(snapshot.offset(part, note.location))
        return types.DiagnosticRelatedInformation(types.Location(part.uri, types.Range(at, at)), note.message)
    if note.filename.endswith(".ipynb"):
        return None
    filename = os.path.abspath(note.filename)
    lines = _other_file(filename, snapshot.parts[0].lines.encoding)
    at = lines.position(lines.at(note.location)) if lines is not None else types.Position(note.location.row - 1, 0)
    uri = uris.from_fs_path(filename)
    return types.DiagnosticRelatedInformation(types.Location(uri, types.Range(at, at)), note.message) if uri else None


def _other_file(filename: str, encoding: str) -> Lines | None:
    from kerasvae_lint.source import SourceError, decode
    from kerasvae_lint.source.disk import read_file

    try:
        return Lines(decode(read_file(filename, MAX_BYTES), filename).text, encoding)
    except (OSError, SourceError):
        return None
