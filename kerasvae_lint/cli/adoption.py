"""What ``kvlint check`` does in place of linting: baselines, ``noqa`` comments, the settings and the files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kerasvae_lint.cli.check import Request, conclude
from kerasvae_lint.cli.nearest import Refusal
from kerasvae_lint.cli.output import look_for, problem_line, write, write_bytes
from kerasvae_lint.core import Problem
from kerasvae_lint.report.counts import many
from kerasvae_lint.report.look import printable
from kerasvae_lint.run.pipeline import Pipeline, SettingsFor
from kerasvae_lint.run.results import LintResult

if TYPE_CHECKING:
    from kerasvae_lint.run.known import Seen


def do(task: str, request: Request) -> int:
    """Do a task by name; the exit status."""
    if task == "show_settings":
        from kerasvae_lint.cli.shown import show_settings

        return show_settings(request)
    return {"add_noqa": _add_noqa, "update_baseline": _update_baseline, "show_files": _show_files}[task](request)


def _show_files(request: Request) -> int:
    from kerasvae_lint.run.discovery import discover

    settings_for = request.choices.settings_for()
    items = list(discover(list(request.paths), lambda folder: settings_for(folder).all_excludes))
    names = sorted(item for item in items if isinstance(item, str))
    if sys.stdout.isatty():
        write(sys.stdout, map(printable, names))
    else:
        write_bytes(b"".join(os.fsencode(name) + b"\n" for name in names))
    problems = [item for item in items if isinstance(item, Problem)] + [*request.choices.problems.values()]
    look = look_for(sys.stderr)
    write(sys.stderr, (problem_line(problem, look) for problem in problems))
    return 2 if problems else 0


def _add_noqa(request: Request) -> int:
    from kerasvae_lint.run.noqa import add_noqa

    run = add_noqa(request.pipeline(), request.paths)
    if not request.quiet:
        added = f"{many(run.lines, 'noqa comment')} in {many(len(run.marked), 'file')}"
        write(sys.stderr, [f"Added {added}." if run.lines else "Added no noqa comments."])
    return conclude(request, run.result)


def _update_baseline(request: Request) -> int:
    """Lint as if there were no baseline, and write what is found to those that there are."""
    from kerasvae_lint.run.known import Seen

    settings_for = request.choices.settings_for()
    _require_baseline(request, settings_for)
    whole = Pipeline(
        lambda name: replace(settings_for(name), baseline=""),
        cache=request.cache,
        jobs=request.jobs,
    )
    result = whole.lint_paths(request.paths)
    seen = Seen(request.paths, {name: settings_for(name) for name in result.names})
    lines = list(_write_baselines(seen, result))
    result.known = [finding for finding in result.findings if seen.files[finding.filename].baseline]
    result.findings = [finding for finding in result.findings if not seen.files[finding.filename].baseline]
    if not request.quiet:
        write(sys.stderr, lines)
    return conclude(request, result)


def _require_baseline(request: Request, settings_for: SettingsFor) -> None:
    folders = (path for path in request.paths if os.path.exists(path))
    if not any(settings_for(path).baseline for path in folders) and not request.choices.problems:
        raise click.UsageError("--update-baseline needs --baseline FILE, or the setting `baseline` in pyproject.toml")


def _write_baselines(seen: Seen, result: LintResult) -> Iterator[str]:
    from kerasvae_lint.fix.writing import put_atomically
    from kerasvae_lint.run.baseline import Baseline, dump, load
    from kerasvae_lint.run.known import renewed

    books: dict[str, Baseline] = {}

    def opened(path: str) -> Baseline:
        books[path] = load(path) if os.path.exists(path) else Baseline(path)
        return books[path]

    new, _, gone = seen.judge(result.findings, result.problems, opened)
    look = look_for(sys.stderr)
    for path, book in books.items():
        entries = renewed(book, seen, result.findings, gone)
        try:
            put_atomically(Path(path), dump(entries))
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise Refusal(f"{look.path(path)}: the baseline can't be written: {why}") from None
        total = sum(sum(counts.values()) for counts in entries.values())
        added = sum(seen.files[finding.filename].baseline == path for finding in new)
        dropped = sum(item.count for item in gone if item.baseline == path)
        counted = f"{many(total, 'finding')} in {many(len(entries), 'file')}"
        yield f"{look.path(path)}: {counted}, {added} new, {dropped} gone."
