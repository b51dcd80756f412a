"""``kvlint check``: asks the API, hands the answer to a report, works out the exit status."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from kerasvae_lint import report
from kerasvae_lint.cli import formats
from kerasvae_lint.cli.choices import Choices
from kerasvae_lint.cli.diffs import diff
from kerasvae_lint.cli.output import folded, look_for, problem_line, write, write_bytes
from kerasvae_lint.cli.outputs import Outputs, write_report
from kerasvae_lint.cli.progress import bar, wanted
from kerasvae_lint.core import Finding, Problem
from kerasvae_lint.report.look import printable
from kerasvae_lint.run.pipeline import Pipeline, Progress
from kerasvae_lint.run.reading import too_large
from kerasvae_lint.run.results import Change, LintResult
from kerasvae_lint.source.disk import MAX_READ

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
    outputs: Outputs = field(default_factory=Outputs)
    statistics: bool = False
    exit_zero: bool = False
    stdin_filename: str | None = None
    cache: bool = True
    jobs: int | None = None
    quiet: bool = False
    verbose: bool = False

    def pipeline(self, progress: Progress | None = None) -> Pipeline:
        """What lints by the request's choices."""
        return Pipeline(self.choices.settings_for(), cache=self.cache, jobs=self.jobs, progress=progress)


@dataclass(slots=True)
class Answer:
    """What linting or fixing gave; ``data`` is what standard input held, fixed if that was asked for."""

    result: LintResult
    changes: list[Change] = field(default_factory=list)
    data: bytes | None = None

    @property
    def fixed(self) -> list[Finding]:
        return [finding for change in self.changes for finding in change.fixed]

    def unread(self, choices: Choices) -> int:
        """How many files no rule has looked at: they can't be read, or their settings can't be used."""
        names = {problem.filename for problem in self.result.problems if problem.unread}
        stopped = choices.stopped & {*self.result.names}
        return min(len(names | stopped), self.result.files)


def check(request: Request) -> int:
    """Do what is asked and say what is found; the exit status."""
    started = time.perf_counter()
    return tell(request, answer_to(request), started)


def answer_to(request: Request) -> Answer:
    """Do what is asked."""
    if request.paths == (STDIN,):
        answer = _standard_input(request)
    else:
        with bar(shown=wanted(request.quiet)) as progress:
            answer = _files(request, request.pipeline(progress))
    answer.result.problems += request.choices.problems.values()
    return answer


def tell(request: Request, answer: Answer, started: float) -> int:
    """Say what is found; the exit status."""
    if request.diff:
        _show_diff(request, answer)
    else:
        _show(request, answer)
    _show_baseline(request, answer.result)
    if not request.quiet:
        write(sys.stderr, map(printable, answer.result.notices))
    if request.verbose:
        seconds = time.perf_counter() - started
        write(sys.stderr, [f"Looked at {answer.result.files} files in {seconds:.2f} s."])
    return _status(request, answer)


def conclude(request: Request, result: LintResult) -> int:
    """Say what is left after a task that has linted already; the exit status."""
    result.problems += request.choices.problems.values()
    answer = Answer(result)
    _show(request, answer)
    return _status(request, answer)


def _show_baseline(request: Request, result: LintResult) -> None:
    if not request.quiet and (result.gone or (result.known and request.verbose)):
        from kerasvae_lint.cli.known import baseline_notes

        write(sys.stderr, baseline_notes(result, verbose=request.verbose))


def _status(request: Request, answer: Answer) -> int:
    if answer.result.problems:
        return 2
    left = answer.changes if request.diff else answer.result.findings
    return 1 if left and not request.exit_zero else 0


def _files(request: Request, pipeline: Pipeline) -> Answer:
    if not (request.fix or request.diff):
        return Answer(pipeline.lint_paths(request.paths))
    run = pipeline.fix_paths(request.paths, unsafe=request.unsafe, write=not request.diff)
    return Answer(run.result, run.changes)


def _standard_input(request: Request) -> Answer:
    pipeline = Pipeline(request.choices.settings_for()(request.stdin_filename or "."))
    stopped = bool(request.choices.stopped)
    data = sys.stdin.buffer.read(MAX_READ + 1)
    name = request.stdin_filename or STDIN
    if len(data) > MAX_READ:
        data += sys.stdin.buffer.read() if request.fix else b""  # what is to come out again is taken in whole
        return Answer(LintResult(problems=[too_large(name, MAX_READ)], files=1), data=data)
    if stopped:
        request.choices.stopped.add(name)
    if request.fix or request.diff:
        change = pipeline.fix_data(data, name, unsafe=request.unsafe)
        result = LintResult(change.remaining, change.problems, 1, [name])
        return Answer(result, [change] if change.after != data else [], change.after)
    found = pipeline.lint_data(data, name)
    return Answer(LintResult(found.findings, found.problems, 1, [name]), data=data)


def _show(request: Request, answer: Answer) -> None:
    """Findings go to standard output, unless that is taken by the fixed text of ``-``."""
    out = sys.stdout
    if answer.data is not None and request.fix:
        write_bytes(answer.data)
        out = sys.stderr
    texts = {} if answer.data is None else {request.stdin_filename or STDIN: answer.data}
    problems = sorted(answer.result.problems, key=_order)
    material = formats.Material(answer.result.findings, problems, texts)
    answer.result.problems += _write_files(request, answer, material)
    look = look_for(out, unsafe=request.unsafe)
    if request.outputs.main is None:
        write(out, formats.lines(request.format, material, look, counted=request.statistics))
    out.flush()
    _show_problems(answer)
    if request.outputs.main is None and request.format in formats.HUMAN and not request.quiet:
        write(out, folded(_closing(request, answer, look), out))


def _write_files(request: Request, answer: Answer, material: formats.Material) -> list[Problem]:
    """Write the reports that go to files; the problems with those that can't be written after all."""
    problems = []
    look = report.Look(unsafe=request.unsafe)
    for name, path, is_main in request.outputs.files(request.format):
        lines = [*formats.lines(name, material, look, counted=request.statistics and is_main)]
        if name in formats.HUMAN and not request.quiet:
            lines += _closing(request, answer, look)
        try:
            write_report(path, lines)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            problems.append(Problem(str(path), f"can't be written: {why}"))
    return problems


def _closing(request: Request, answer: Answer, look: report.Look) -> Iterable[str]:
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
        unread=answer.unread(request.choices),
    )


def _show_problems(answer: Answer) -> None:
    look = look_for(sys.stderr)
    problems = sorted(answer.result.problems, key=_order)
    write(sys.stderr, (problem_line(problem, look) for problem in problems))


def _order(problem: Problem) -> tuple[str, int, tuple[int, int]]:
    place = problem.location
    return problem.filename, problem.cell or 0, (place.row, place.column) if place else (0, 0)


def _show_diff(request: Request, answer: Answer) -> None:
    look = look_for(sys.stdout, unsafe=request.unsafe)
    for change in answer.changes:
        write(sys.stdout, diff(change, look, harmless=sys.stdout.isatty()))
    sys.stdout.flush()
    _show_problems(answer)
    if not request.quiet:
        count = len(answer.fixed)
        write(sys.stderr, [f"Would fix {count} finding{'' if count == 1 else 's'}."])
