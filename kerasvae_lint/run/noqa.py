"""``--add-noqa``: comments that silence what is found now, so that only what comes later is reported."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kerasvae_lint.core import Finding, Problem, TextEdit
from kerasvae_lint.run.pipeline import Pipeline
from kerasvae_lint.run.reading import read
from kerasvae_lint.run.registry import UNUSED
from kerasvae_lint.run.results import LintResult
from kerasvae_lint.run.suppress import IGNORE, NOQA

if TYPE_CHECKING:
    from kerasvae_lint.source import Source
    from kerasvae_lint.source.logical import LogicalLines


@dataclass(slots=True)
class Marked:
    """What adding comments makes of one file: ``lines`` says on how many lines, ``left`` what they do not silence."""

    filename: str
    after: bytes
    lines: int = 0
    left: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class NoqaRun:
    """What adding comments under some paths gave: ``result`` is what linting them gives now."""

    result: LintResult
    marked: list[Marked] = field(default_factory=list)

    @property
    def lines(self) -> int:
        """How many lines have a comment now, or a longer one."""
        return sum(item.lines for item in self.marked)


def add_noqa(pipeline: Pipeline, paths: Iterable[str | os.PathLike[str]]) -> NoqaRun:
    """Lint files and folders, and add ``# noqa`` comments for what is found."""
    run = NoqaRun(pipeline.lint_paths(paths))
    by_file: dict[str, list[Finding]] = {}
    for finding in run.result.findings:
        by_file.setdefault(finding.filename, []).append(finding)
    run.result.findings = []
    for filename, findings in by_file.items():
        marked = _mark_file(pipeline, filename, findings)
        run.result.findings += marked.left
        run.result.problems += marked.problems
        if marked.lines:
            run.marked.append(marked)
    return run


def _mark_file(pipeline: Pipeline, filename: str, findings: list[Finding]) -> Marked:
    data = read(filename)
    if isinstance(data, Problem):
        return Marked(filename, b"", left=findings, problems=[data])
    marked = mark_data(pipeline, data, filename, findings)
    if not marked.lines:
        return marked
    from kerasvae_lint.fix import write_atomically

    try:
        write_atomically(Path(filename), marked.after, expected=data)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        return Marked(filename, data, left=findings, problems=[Problem(filename, f"can't be written: {why}")])
    return marked


def mark_data(pipeline: Pipeline, data: bytes, filename: str, findings: list[Finding]) -> Marked:
    """The bytes of a file with comments for ``findings``, linted again to see that they do what they are for."""
    from kerasvae_lint.source import SourceError

    marked = Marked(filename, data, left=findings)
    commented = _in_cells if filename.endswith(".ipynb") else _in_script
    try:
        made, after, lines = commented(data, filename, findings)
    except SourceError as error:
        marked.problems.append(Problem(filename, error.message, error.location, error.cell))
        return marked
    found = pipeline.lint(made)
    broken = [problem for problem in found.problems if problem.cell is None]
    if broken:
        marked.problems += broken
        return marked
    marked.after, marked.lines = after, lines
    marked.left = found.findings
    marked.problems += [
        Problem(filename, f"{finding.code} can't be silenced by a comment here", finding.location, finding.cell)
        for finding in marked.left
        if finding.code != UNUSED[0]
    ]
    return marked


def _in_script(data: bytes, filename: str, findings: list[Finding]) -> tuple[Source, bytes, int]:
    from kerasvae_lint.source import SourceError, decode
    from kerasvae_lint.source.logical import logical_lines

    source = decode(data, filename)
    if source.encode(source.text) != data:
        raise SourceError(f"no comment can be added: its bytes are not plain {source.encoding}")
    edits = _edits(source, logical_lines(source), findings)
    made = source.with_text(_edited(source.text, edits))
    return made, made.encode(made.text), len(edits)


def _in_cells(data: bytes, filename: str, findings: list[Finding]) -> tuple[Source, bytes, int]:
    """The same of a notebook."""
    from kerasvae_lint.fix.document import Cells
    from kerasvae_lint.run.notebooks import write_back
    from kerasvae_lint.source import decode
    from kerasvae_lint.source.logical import logical_lines

    cells = Cells.of(decode(data, filename))
    edits = [
        edit for edit in _edits(cells.source, logical_lines(cells.source), findings) if cells.edited([edit]) is not None
    ]
    made = cells.edited(edits) or cells
    after, _ = write_back(data, cells.source, made.source)
    return made.source, after, len(edits)


def _edits(source: Source, lines: LogicalLines, findings: list[Finding]) -> list[TextEdit]:
    """One edit for each line that gets a comment; a suppression of nothing is no case for another."""
    codes: dict[int, set[str]] = {}
    for finding in findings:
        row = _row_for(source.program_row(finding.cell, finding.location.row), lines)
        if row and finding.code != UNUSED[0]:
            codes.setdefault(row, set()).add(finding.code)
    comments = {comment.row: comment for comment in lines.comments}
    edits = []
    for row, names in sorted(codes.items()):
        comment = comments.get(row)
        line = source.line(row)
        end = source.row_start(row) + len(line)
        if comment is None:
            start = end - len(line) + len(line.rstrip(" \t"))
            edits.append(TextEdit(start, end, f"  # noqa: {', '.join(sorted(names))}"))
        else:
            edits.append(TextEdit(comment.offset, end, merged(comment.text, names)))
    return edits


def _row_for(row: int, lines: LogicalLines) -> int:
    """The row of its logical line that has a ``noqa`` with codes, or the next at whose end a comment can stand.

    flake8 reads the first ``noqa`` of a logical line only: one before that would take its codes away. 0 for no row.
    """
    line = lines.at(row)
    rows = range(line.first_row, line.last_row + 1) if line is not None else range(row, row + 1)
    for comment in lines.comments:
        noqa = NOQA.search(comment.text) if comment.row in rows else None
        if noqa is not None and noqa[1] and not IGNORE.search(comment.text):
            return comment.row
    return next((candidate for candidate in range(row, rows.stop) if candidate not in lines.closed), 0)


def merged(comment: str, codes: Iterable[str]) -> str:
    """A comment that silences ``codes`` too: in the list that it has, or in one of its own behind it."""
    new = ", ".join(sorted(codes))
    own = IGNORE.search(comment)
    if own is not None and own[1] is not None:
        old = own[1].strip().rstrip(",")
        listed = f"{old}, {new}" if old else new
        return comment[: own.start(1)] + listed + comment[own.end(1) :]
    noqa = NOQA.search(comment)
    if noqa is not None and noqa[1]:
        return f"{comment[: noqa.end(1)]}, {new}{comment[noqa.end(1) :]}"
    return f"{comment.rstrip()}  # noqa: {new}"


def _edited(text: str, edits: list[TextEdit]) -> str:
    for edit in reversed(edits):
        text = text[: edit.start] + edit.content + text[edit.end :]
    return text
