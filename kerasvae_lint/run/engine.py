"""One file: parsed, walked, shown to every rule; findings placed, suppressed and sorted."""

from __future__ import annotations

import gc
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kerasvae_lint.core import (
    Applicability,
    Edit,
    Finding,
    Fix,
    Note,
    Place,
    Problem,
    Report,
    Rule,
    Settings,
    TextEdit,
)
from kerasvae_lint.run import registry, suppress
from kerasvae_lint.run.perfile import ignored_codes
from kerasvae_lint.source import Source, SourceError, decode
from kerasvae_lint.source.words import Search

if TYPE_CHECKING:
    import libcst as cst

    from kerasvae_lint.semantics import Project, SemanticModel

RECURSION_LIMIT = 12_000


@dataclass(slots=True)
class FileResult:
    """What linting one file gave. ``consulted`` and ``searched`` say what else the answer rests on."""

    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    consulted: dict[str, str | None] = field(default_factory=dict)
    searched: tuple[Search, ...] = ()
    parsed: bool = False


def lint_data(
    data: bytes,
    filename: str,
    settings: Settings,
    rules: dict[str, type[Rule]],
    project: Project | None = None,
) -> FileResult:
    """Lint the bytes of a file; never raises for what is in it."""
    try:
        source = decode(data, filename)
    except SourceError as error:
        return FileResult(problems=[Problem(filename, error.message, error.location, error.cell)])
    return lint_text(source, settings, rules, project)


def lint_text(
    source: Source, settings: Settings, rules: dict[str, type[Rule]], project: Project | None = None
) -> FileResult:
    """Lint a decoded file; a rule that fails becomes a problem that names it."""
    from kerasvae_lint.semantics import Project, SemanticModel
    from kerasvae_lint.source import parse

    result = FileResult(parsed=True)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
    collecting = gc.isenabled()
    gc.disable()
    try:
        try:
            module, source = parse(source)
        except SourceError as error:
            result.problems.append(Problem(source.filename, error.message, error.location, error.cell))
            return result
        for cell, place, message in source.problems:
            result.problems.append(Problem(source.filename, message, place, cell))
        project = project or Project()
        model = SemanticModel(module, source, target=settings.target_keras, project=project)
        gone = ignored_codes(source.filename, settings, rules)
        enabled = {code: rule for code, rule in rules.items() if code not in gone}
        found = _check(model, enabled, result, settings.preview)
        skip = False
        suppressions: list[suppress.Suppression] = []
        if suppress.has_marks(source.text, bool(found)):
            skip, suppressions = suppress.read(source)
        if not skip:
            result.findings = [f for f, rows in found if not suppress.silences(suppressions, f.code, rows)]
            unused = registry.UNUSED[0]
            if registry.is_selected(unused, settings) and not ignored_codes(source.filename, settings, (unused,)):
                _report_unused(source, suppressions, set(enabled), result)
        result.consulted = project.closure(model)
        result.searched = tuple(model.searched)
    finally:
        sys.setrecursionlimit(limit)
        if collecting:
            gc.enable()
    result.findings = sorted(set(result.findings), key=lambda finding: finding.sort_key)
    return result


def _check(
    model: SemanticModel, rules: dict[str, type[Rule]], result: FileResult, preview: bool
) -> list[tuple[Finding, range]]:
    """What the rules find, each with the rows on which a comment may silence it."""
    text = model.source.text
    found: list[tuple[Finding, range]] = []
    for code, rule in rules.items():
        if not any(word in text for word in rule.triggers):
            continue
        if rule.companions and not any(word in text for word in rule.companions):
            continue
        try:
            reports = [report for report in rule().check(model) if preview or not report.preview]
            found += [_placed(model, rule, report) for report in reports]
        except Exception as error:  # one rule's mistake must not cost the others' findings
            what = (str(error).splitlines() or [""])[0][:200]
            message = f"internal error in {code}: {type(error).__name__}: {what}"
            result.problems.append(Problem(model.source.filename, message))
    return found


def _placed(model: SemanticModel, rule: type[Rule], report: Report) -> tuple[Finding, range]:
    """A report as a finding, and the rows on which a comment may silence it."""
    source = model.source
    start, end = model.span(report.at)
    cell, first = source.position(start)
    _, last = source.position(end)
    rows = range(source.program_row(cell, first.row), _last_row(model, report.at, cell, last.row) + 1)
    notes = tuple(_note(model, at, message) for at, message in report.notes)
    fix = None
    if report.fix is not None:
        edits = tuple(_edit(source, e.start, e.end, e.content) for e in report.fix.edits)
        fix = _within_cells(source, Fix(report.fix.applicability, report.fix.message, edits))
    recipe = rule.recipe or None
    finding = Finding(rule.code, rule.name, report.message, source.filename, first, last, cell, fix, notes, recipe)
    return finding, rows


def _last_row(model: SemanticModel, node: cst.CSTNode, cell: int | None, row: int) -> int:
    import libcst as cst

    statement = model.statement_of(node)
    if isinstance(statement, cst.BaseSmallStatement):
        _, place = model.source.position(model.span(statement)[1])
        row = max(row, place.row)
    return model.source.program_row(cell, row)


def _edit(source: Source, start: int, end: int, content: str) -> Edit:
    cell, place = source.position(start)
    return Edit(content, place, source.position(end)[1], start, end, cell)


def _within_cells(source: Source, fix: Fix) -> Fix | None:
    """The fix; in a notebook, None for one with an edit that crosses a cell's border or changes a magic."""
    if source.cells is None:
        return fix
    from kerasvae_lint.source.cells import in_cells

    edits = [TextEdit(edit.start_offset, edit.end_offset, edit.content) for edit in fix.edits]
    return fix if in_cells(source, edits) is not None else None


def _note(model: SemanticModel, at: cst.CSTNode | Place, message: str) -> Note:
    if isinstance(at, Place):
        return Note(message, at.filename, at.position)
    cell, place = model.source.position(model.span(at)[0])
    return Note(message, model.source.filename, place, cell)


def _report_unused(
    source: Source, suppressions: list[suppress.Suppression], enabled: set[str], result: FileResult
) -> None:
    code, name = registry.UNUSED
    for suppression, message in suppress.unused(suppressions, enabled, set(registry.all_rules())):
        cell, first = source.position(suppression.start)
        _, last = source.position(suppression.end)
        result.findings.append(
            Finding(
                code,
                name,
                message,
                source.filename,
                first,
                last,
                cell,
                _removal(source, suppression),
            )
        )


def _removal(source: Source, suppression: suppress.Suppression) -> Fix | None:
    """Taking the comment out, with the spaces before it; only where it names nothing that is used."""
    if suppression.used or (not suppression.ours and any(not c.startswith("KV") for c in suppression.codes)):
        return None
    text, start, end = source.text, suppression.start, suppression.end
    if text[end : end + 1] not in {"", "\n", "\r"}:
        return None
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    if start == 0 or text[start - 1] in "\r\n":
        end += 2 if text.startswith("\r\n", end) else 1 if end < len(text) else 0
    return _within_cells(source, Fix(Applicability.SAFE, "Remove the suppression", (_edit(source, start, end, ""),)))
