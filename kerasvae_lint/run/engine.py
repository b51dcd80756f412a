"""One file: parsed, walked, shown to every rule; findings placed, suppressed and sorted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kerasvae_lint.binding.records import ClassStatement, FunctionStatement, Record, Statement, statement_of
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
    Span,
    TextEdit,
)
from kerasvae_lint.project import Search
from kerasvae_lint.run import registry, suppress
from kerasvae_lint.run.perfile import ignored_codes
from kerasvae_lint.source import Source, SourceError, decode
from kerasvae_lint.source.collector import paused_collector
from kerasvae_lint.source.recursion import LIMIT, deep

if TYPE_CHECKING:
    from kerasvae_lint.model import Module, Project

RECURSION_LIMIT = LIMIT


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
        return FileResult(problems=[Problem(filename, error.message, error.location, error.cell, unread=True)])
    return lint_text(source, settings, rules, project)


def lint_text(
    source: Source, settings: Settings, rules: dict[str, type[Rule]], project: Project | None = None
) -> FileResult:
    """Lint a decoded file; a rule that fails becomes a problem that names it."""
    from kerasvae_lint.model import Project

    with deep(), paused_collector():
        try:
            return _lint(source, settings, rules, project or Project())
        except RecursionError:
            return FileResult(
                problems=[Problem(source.filename, "code is nested too deeply", unread=True)], parsed=True
            )


def _lint(source: Source, settings: Settings, rules: dict[str, type[Rule]], project: Project) -> FileResult:
    """What is made of the file lives in here only, so that the collector, once it goes on, finds it all dead."""
    from kerasvae_lint.binding.build import build
    from kerasvae_lint.model import Module
    from kerasvae_lint.source.syntax import parse_code

    result = FileResult(parsed=True)
    try:
        tree, source = parse_code(source)
    except SourceError as error:
        result.problems.append(Problem(source.filename, error.message, error.location, error.cell, unread=True))
        return result
    for cell, place, message in source.problems:
        result.problems.append(Problem(source.filename, message, place, cell))
    module = Module(build(tree, source.text), source, target=settings.target_keras, project=project)
    gone = ignored_codes(source.filename, settings, rules)
    enabled = {code: rule for code, rule in rules.items() if code not in gone}
    found = _check(module, enabled, result, settings.preview)
    skip = False
    suppressions: list[suppress.Suppression] = []
    if suppress.has_marks(source.text, bool(found)):
        skip, suppressions = suppress.read(source)
    if not skip:
        result.findings = [f for f, rows in found if not suppress.silences(suppressions, f.code, rows)]
        unused = registry.UNUSED[0]
        if registry.is_selected(unused, settings) and not ignored_codes(source.filename, settings, (unused,)):
            _report_unused(source, suppressions, set(enabled), result)
    if module.around is not None:
        result.consulted = dict(module.around.consulted)
        result.searched = tuple(module.around.searched)
    result.findings = sorted(set(result.findings), key=lambda finding: finding.sort_key)
    return result


def _check(
    module: Module, rules: dict[str, type[Rule]], result: FileResult, preview: bool
) -> list[tuple[Finding, range]]:
    """What the rules find, each with the rows on which a comment may silence it."""
    text = module.source.text
    found: list[tuple[type[Rule], Report, tuple[Finding, range]]] = []
    for code, rule in rules.items():
        if not any(word in text for word in rule.triggers):
            continue
        if rule.companions and not any(word in text for word in rule.companions):
            continue
        try:
            reports = [report for report in rule().check(module) if preview or not report.preview]
            found += [(rule, report, placed(module, rule, report)) for report in reports]
        except RecursionError:
            raise
        except Exception as error:  # one rule's mistake must not cost the others' findings
            what = (str(error).splitlines() or [""])[0][:200]
            message = f"internal error in {code}: {type(error).__name__}: {what}"
            result.problems.append(Problem(module.source.filename, message))
    # of one fault only the root is told
    told = {(code, id(place)) for rule, report, _ in found for code in rule.outranks for place in report.about}
    return [one for rule, report, one in found if not any((rule.code, id(place)) in told for place in report.about)]


def placed(module: Module, rule: type[Rule], report: Report) -> tuple[Finding, range]:
    """A report as a finding, and the rows on which a comment may silence it."""
    source = module.source
    cell, first = source.position(report.at.start)
    _, last = source.position(report.at.end)
    end_row = last.row
    record = report.at if isinstance(report.at, Record) else getattr(report.at, "record", None)
    statement = statement_of(record) if isinstance(record, Record) else None
    if statement is not None and not isinstance(statement, (FunctionStatement, ClassStatement)):
        end_row = max(end_row, source.position(statement.end)[1].row if _is_small(statement) else 0)
    rows = range(source.program_row(cell, first.row), source.program_row(cell, end_row) + 1)
    notes = tuple(_note(module, at, message) for at, message in report.notes)
    fix = None
    if report.fix is not None:
        edits = tuple(_edit(source, e.start, e.end, e.content) for e in report.fix.edits)
        fix = _within_cells(source, Fix(report.fix.applicability, report.fix.message, edits))
    recipe = rule.recipe or None
    finding = Finding(rule.code, rule.name, report.message, source.filename, first, last, cell, fix, notes, recipe)
    return finding, rows


def _is_small(statement: Statement) -> bool:
    """True for a statement without a body."""
    return not any(hasattr(statement, name) for name in ("body", "cases"))


def _note(module: Module, at: Span | Place, message: str) -> Note:
    if isinstance(at, Place):
        return Note(message, at.filename, at.position)
    cell, place = module.source.position(at.start)
    return Note(message, module.source.filename, place, cell)


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
