"""``kvlint check``: asks the API, hands the answer to a report, works out the exit status."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kerasvae_lint import report
from kerasvae_lint.cli.choices import Choices
from kerasvae_lint.cli.output import look_for, problem_line, write, write_bytes
from kerasvae_lint.core import Finding, Problem, Settings
from kerasvae_lint.run.api import LintResult, lint_paths

if TYPE_CHECKING:
    from kerasvae_lint.run.fixing import Change

STDIN = "-"


@dataclass(slots=True)
class Request:
    """One call of ``kvlint check``."""

    paths: tuple[str, ...]
    choices: Choices
    fix: bool = False
    unsafe: bool = False
    diff: bool = False
    format: str = "text"
    statistics: bool = False
    exit_zero: bool = False
    stdin_filename: str | None = None
    cache: bool = True
    jobs: int | None = None
    quiet: bool = False
    verbose: bool = False


@dataclass(slots=True)
class _Answer:
    result: LintResult
    changes: list[Change] = field(default_factory=list)
    data: bytes | None = None

    @property
    def fixed(self) -> list[Finding]:
        return [finding for change in self.changes for finding in change.fixed]


def check(request: Request) -> int:
    """Do what is asked and say what is found; the exit status."""
    started = time.perf_counter()
    settings_for = request.choices.settings_for()
    if request.paths == (STDIN,):
        answer = _standard_input(request, settings_for(request.stdin_filename or "."))
    else:
        answer = _files(request, settings_for)
    answer.result.problems += request.choices.problems.values()
    if request.diff:
        _show_diff(request, answer)
    else:
        _show(request, answer)
    if request.verbose:
        seconds = time.perf_counter() - started
        write(sys.stderr, [f"Looked at {answer.result.files} files in {seconds:.2f} s."])
    return _status(request, answer)


def _status(request: Request, answer: _Answer) -> int:
    if answer.result.problems:
        return 2
    left = answer.changes if request.diff else answer.result.findings
    return 1 if left and not request.exit_zero else 0


def _files(request: Request, settings_for: Callable[[str], Settings]) -> _Answer:
    if not (request.fix or request.diff):
        found = lint_paths(request.paths, settings_for, cache=request.cache, jobs=request.jobs)
        return _Answer(found)
    from kerasvae_lint.run.fixing import fix_paths

    run = fix_paths(
        request.paths,
        settings_for,
        unsafe=request.unsafe,
        write=not request.diff,
        cache=request.cache,
        jobs=request.jobs,
    )
    return _Answer(run.result, run.changes)


def _standard_input(request: Request, settings: Settings) -> _Answer:
    data = sys.stdin.buffer.read()
    name = request.stdin_filename or STDIN
    if request.fix or request.diff:
        from kerasvae_lint.run.fixing import fix_data

        change = fix_data(data, name, settings, unsafe=request.unsafe)
        result = LintResult(change.remaining, change.problems, 1)
        return _Answer(result, [change] if change.after != data else [], change.after)
    from kerasvae_lint.run import pool, registry
    from kerasvae_lint.run.engine import lint_data

    result = LintResult(files=1)
    if pool.needs_parsing(data, settings):
        found = lint_data(data, name, settings, registry.selected(settings))
        result.findings, result.problems = found.findings, found.problems
    return _Answer(result, data=data)


def _show(request: Request, answer: _Answer) -> None:
    """Findings go to standard output, unless that is taken by the fixed text of ``-``."""
    out = sys.stdout
    if answer.data is not None and request.fix:
        write_bytes(answer.data)
        out = sys.stderr
    look = look_for(out, unsafe=request.unsafe)
    findings = answer.result.findings
    if request.format == "json":
        write(
            out,
            [report.statistics_json(findings, look) if request.statistics else report.to_json(findings)],
        )
    elif request.statistics:
        write(out, report.statistics(findings, look))
    elif request.format == "concise":
        write(out, report.concise(findings, look))
    else:
        texts = {} if answer.data is None else {request.stdin_filename or STDIN: answer.data}
        write(out, report.text(findings, report.SourceLines(texts), look))
    out.flush()
    _show_problems(answer)
    if request.format != "json" and not request.quiet:
        write(out, _closing(request, answer, look))


def _closing(request: Request, answer: _Answer, look: report.Look) -> Iterable[str]:
    result = answer.result
    if not result.files and not result.problems:
        yield "No Python files or notebooks found."
        return
    yield report.summary(
        result.findings,
        look,
        files=result.files,
        fixed=len(answer.fixed),
        fixing=request.fix,
        errors=len(result.problems),
    )


def _show_problems(answer: _Answer) -> None:
    look = look_for(sys.stderr)
    problems = sorted(answer.result.problems, key=_order)
    write(sys.stderr, (problem_line(problem, look) for problem in problems))


def _order(problem: Problem) -> tuple[str, int, tuple[int, int]]:
    place = problem.location
    return problem.filename, problem.cell or 0, (place.row, place.column) if place else (0, 0)


def _show_diff(request: Request, answer: _Answer) -> None:
    look = look_for(sys.stdout, unsafe=request.unsafe)
    for change in answer.changes:
        write(sys.stdout, _diff(change, look))
    sys.stdout.flush()
    _show_problems(answer)
    if not request.quiet:
        count = len(answer.fixed)
        write(sys.stderr, [f"Would fix {count} finding{'' if count == 1 else 's'}."])


def _diff(change: Change, look: report.Look) -> Iterable[str]:
    name = look.path(change.filename)
    if not change.cells:
        yield from _unified(name, change.old, change.new, look)
    for cell, old, new in change.cells:
        end = "" if old.endswith("\n") and new.endswith("\n") else "\n"
        yield from _unified(f"{name}:cell {cell}", old + end, new + end, look)


def _unified(name: str, old: str, new: str, look: report.Look) -> Iterable[str]:
    import difflib

    lines = difflib.unified_diff(_lines(old), _lines(new), name, name, lineterm="")
    colours = {"-": "code", "+": "added", "@": "mark"}
    for number, line in enumerate(lines):
        kind = "path" if number < 2 else colours.get(line[:1], "")
        end = "" if line.endswith("\n") or number < 2 or line.startswith("@") else "\n\\ No newline at end of file"
        text = line.removesuffix("\n")
        yield (look.paint(kind, text) if kind else text) + end


def _lines(text: str) -> list[str]:
    """Lines with their newlines; only what ``patch`` takes for a newline counts as one."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]
