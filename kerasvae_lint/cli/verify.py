"""``kvlint verify``: from targets to jobs, from what the children found to a report."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from kerasvae_lint.cli.causes import explain
from kerasvae_lint.cli.output import look_for, write
from kerasvae_lint.cli.progress import bar, wanted
from kerasvae_lint.core import Finding, Problem, Settings
from kerasvae_lint.runtime import lacking, launch, text
from kerasvae_lint.runtime.options import PROBES, Job, Options
from kerasvae_lint.runtime.results import Report, TargetResult

MANY = 3


@dataclass(slots=True)
class Request:
    """One call of ``kvlint verify``."""

    targets: tuple[str, ...]
    options: Options
    fix: bool = False
    unsafe: bool = False
    write: bool = False
    format: str = "text"
    probes: tuple[str, ...] = ()
    html: Path | None = None
    quiet: bool = False
    verbose: bool = False


@dataclass(slots=True)
class _Program:
    """A file to run: its text, what the linter says of it, and what the fix makes of it."""

    name: str
    path: str
    text: str
    data: bytes
    after: bytes = b""
    findings: list[Finding] = field(default_factory=list)
    fixed: str | None = None
    fixes: list[str] = field(default_factory=list)
    remaining: list[Finding] = field(default_factory=list)


def verify(request: Request) -> int:
    """Do what is asked and say what is found; the exit status."""
    report = Report()
    jobs: list[tuple[TargetResult, Job]] = []
    programs: dict[str, _Program] = {}
    for name in request.targets:
        for target, made, program in _jobs(name, request):
            report.targets.append(target)
            jobs += [(target, job) for job in made]
            if program is not None:
                programs[target.target] = program
    try:
        _run(request, report, jobs, programs)
    except launch.NotInstalledError as error:
        write(sys.stderr, [f"error: {error}"])
        return 2
    if request.fix and request.write:
        _write_back(report, programs)
    _show(request, report)
    return report.exit_status


def _jobs(name: str, request: Request) -> Iterator[tuple[TargetResult, list[Job], _Program | None]]:
    if ":" in name and not os.path.exists(name):
        yield TargetResult(name), [Job(name, "original", None, os.getcwd(), probes=request.probes)], None
        return
    from kerasvae_lint.run.discovery import discover
    from kerasvae_lint.run.triage import mentions_field

    is_folder = os.path.isdir(name)
    for item in discover([name], _no_excludes):
        if isinstance(item, Problem):
            yield TargetResult(item.filename, "error", item.message), [], None
            continue
        program = _read(item, request)
        if isinstance(program, str):
            yield TargetResult(item, "error", program), [], None
        elif is_folder and not mentions_field(program.data):
            continue
        else:
            target = TargetResult(item, fixes=program.fixes)
            found = _places(program.findings)
            jobs = [Job(item, "original", program.text, program.path, found, request.probes)]
            if program.fixed is not None:
                left = _places(program.remaining)
                jobs.append(Job(item, "fixed", program.fixed, program.path, left, request.probes))
            yield target, jobs, program


def _places(findings: list[Finding]) -> tuple[tuple[str, int], ...]:
    return tuple((finding.code, finding.location.row) for finding in findings)


def _no_excludes(_: str) -> tuple[str, ...]:
    return ()


def _read(filename: str, request: Request) -> _Program | str:
    """The program in a file, a notebook's cells as one; or why there is none."""
    from kerasvae_lint.run.pipeline import Pipeline
    from kerasvae_lint.run.results import LintError
    from kerasvae_lint.source import SourceError, decode

    try:
        data = Path(filename).read_bytes()
        source = decode(data, filename)
    except OSError as error:
        return f"can't be read: {(error.strerror or str(error)).lower()}"
    except SourceError as error:
        return str(error)
    program = _Program(filename, os.path.abspath(filename), source.text, data)
    pipeline = Pipeline(Settings(preview=True))
    plain = filename if not filename.endswith(".ipynb") else filename + ".py"
    try:
        program.findings = pipeline.lint_string(source.text, plain)
        if request.fix:
            done = pipeline.fix_data(data, filename, unsafe=request.unsafe)
            if done.fixed:
                program.after, program.fixed = done.after, decode(done.after, filename).text
                program.fixes = list(dict.fromkeys(f.code for f in done.fixed))
                left = done.remaining if plain == filename else pipeline.lint_string(program.fixed, plain)
                program.remaining = list(left)
    except LintError as error:
        said = f"{error} on line {error.location.row}" if error.location is not None else str(error)
        return "; ".join(filter(None, (said, lacking.python_2_in(source.text))))
    return program


def _run(request: Request, report: Report, jobs: list[tuple[TargetResult, Job]], programs: dict[str, _Program]) -> None:
    with _progress(request, len(jobs)) as step:
        outcomes = launch.run_jobs([job for _, job in jobs], request.options, step)
    for (target, job), outcome in zip(jobs, outcomes, strict=True):
        if outcome.run is None:
            target.status, target.reason = "error", outcome.reason
            if job.source == "fixed":
                target.reason = f"with the fix: {outcome.reason}"
            continue
        program = programs.get(target.target)
        if program is not None:
            explain(outcome.run, program.findings if job.source == "original" else program.remaining)
        outcome.run.environment = outcome.environment
        target.runs.append(outcome.run)
        for key, value in outcome.environment.items():
            report.environment.setdefault(key, value)


@contextmanager
def _progress(request: Request, count: int) -> Iterator[launch.Progress]:
    """A bar on a terminal; nothing elsewhere."""
    steps = len(PROBES) + 3
    with bar(shown=wanted(request.quiet) and count > 0, item=max(map(len, PROBES)), delay=0.0) as drawn:
        done = [0] * count
        drawn("Probing", 0, count * steps)

        def step(index: int, event: str) -> None:
            done[index] = steps if event == "end" else min(done[index] + 1, steps - 1)
            drawn("Probing", sum(done), count * steps, event if event in PROBES else "")

        yield step


def _write_back(report: Report, programs: dict[str, _Program]) -> None:
    """The fixed text replaces a file whose fixed run passes every probe."""
    from kerasvae_lint.fix import write_atomically

    for target in report.targets:
        program, run = programs.get(target.target), target.run("fixed")
        if program is None or program.fixed is None:
            continue
        if run is None or run.failed:
            write(sys.stderr, [f"{target.target}: not written, since the fixed source does not pass"])
            continue
        try:
            write_atomically(Path(program.path), program.after, expected=program.data)
        except OSError as error:
            target.status, target.reason = "error", f"can't be written: {error}"


def _show(request: Request, report: Report) -> None:
    if request.html is not None:
        from kerasvae_lint.runtime.html import page

        try:
            request.html.write_text(page(report), encoding="utf-8")
        except OSError as error:
            raise click.UsageError(f"{request.html} can't be written: {(error.strerror or '').lower()}") from None
    if request.format == "json":
        write(sys.stdout, [json.dumps(report.to_dict(), indent=2, ensure_ascii=False)])
        return
    if not report.targets:
        write(sys.stdout, ["No Python files or notebooks found."])
        return
    look = look_for(sys.stdout)
    many = len(report.targets) > MANY and not request.verbose
    if many:
        write(sys.stdout, text.summary(report, look.width, look.paint))
    else:
        write(sys.stdout, text.full(report, look.width, look.paint, every_variable=request.verbose))


def options_from(values: dict[str, Any]) -> Options:
    """The options of the command line.

    Raises:
        click.UsageError: sizes and shapes that are none.
    """
    from kerasvae_lint.runtime.options import parse_bytes, parse_shapes

    try:
        shapes = parse_shapes(values["input_shape"]) if values["input_shape"] else ()
    except ValueError:
        raise click.UsageError(f"{values['input_shape']!r} is no input shape: write 28,28,1 or 8;4,4") from None
    try:
        limit = parse_bytes(values["memory_limit"]) if values["memory_limit"] else 0
    except ValueError:
        raise click.UsageError(f"{values['memory_limit']!r} is no size: write 4G or 512M") from None
    if values["backend"] and values["backend"] != "tensorflow" and values["keras"] == "2":
        raise click.UsageError("Keras 2 has no backend but tensorflow")
    return Options(
        steps=values["steps"],
        epochs=values["epochs"],
        timeout=values["timeout"],
        memory_limit=limit,
        seed=values["seed"],
        keras=values["keras"] or ("3" if values["backend"] else None),
        backend=values["backend"],
        device=values["device"],
        require_gpu=values["require_gpu"],
        fit=values["fit"],
        synthetic=values["synthetic"],
        input_shape=shapes,
        data=values["data"],
        arguments=tuple(values["arguments"]),
    )
