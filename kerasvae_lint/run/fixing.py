"""Files fixed in place: all linted again after each pass, as a fix can settle findings elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Finding, Problem, Settings
from kerasvae_lint.run import pool
from kerasvae_lint.run.api import LintResult, Progress, SettingsFor, _settings_for, lint_paths, silent

if TYPE_CHECKING:
    from kerasvae_lint.run.notebooks import Lint
    from kerasvae_lint.source import Source

MAX_PASSES = 5


@dataclass(slots=True)
class Change:
    """What fixing makes of one file; ``after`` is its old content where nothing changes.

    ``old`` and ``new`` are a script's text; of a notebook, ``cells`` has what changes: number, old text, new text.
    """

    filename: str
    before: bytes
    after: bytes
    old: str = ""
    new: str = ""
    cells: list[tuple[int, str, str]] = field(default_factory=list)
    fixed: list[Finding] = field(default_factory=list)
    remaining: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class FixRun:
    """What fixing some paths gave: ``result`` is what linting them gives now."""

    result: LintResult
    changes: list[Change] = field(default_factory=list)

    @property
    def fixed(self) -> list[Finding]:
        """All findings whose fix was applied."""
        return [finding for change in self.changes for finding in change.fixed]


def is_fixable(finding: Finding, unsafe: bool) -> bool:
    """True if fixing may touch the file for this finding."""
    return finding.fix is not None and (unsafe or finding.fix.applicability is Applicability.SAFE)


def fix_paths(
    paths: Iterable[str | os.PathLike[str]],
    settings: Settings | SettingsFor | None = None,
    *,
    unsafe: bool = False,
    write: bool = True,
    cache: bool = False,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> FixRun:
    """Lint files and folders and fix what can be fixed.

    Without ``write`` nothing is written, and the changes of the first pass are worked out only.
    """
    settings_for = _settings_for(settings)
    wanted = list(paths)
    run = FixRun(lint_paths(wanted, settings_for, cache=cache, jobs=jobs, progress=progress))
    problems: list[Problem] = []
    for _ in range(MAX_PASSES):
        names = {f.filename: None for f in run.result.findings if is_fixable(f, unsafe)}
        made = []
        for name in names:
            made.append(_fix_file(name, settings_for(name), unsafe, write))
            (progress or silent)("Fixing", len(made), len(names))
        changed = [change for change in made if change.after != change.before]
        problems = [problem for change in made for problem in change.problems]
        run.changes += changed
        if not write or not changed:
            break
        pool.forget()
        run.result = lint_paths(wanted, settings_for, cache=cache, jobs=jobs, progress=progress)
    run.result.problems += [problem for problem in problems if problem not in run.result.problems]
    return run


def _fix_file(filename: str, settings: Settings, unsafe: bool, write: bool) -> Change:
    data = pool.read(filename)
    if isinstance(data, Problem):
        return Change(filename, b"", b"", problems=[data])
    change = fix_data(data, filename, settings, unsafe=unsafe)
    if write and change.after != change.before:
        from kerasvae_lint.fix import write_atomically

        try:
            write_atomically(Path(filename), change.after, expected=data)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            return Change(filename, data, data, problems=[Problem(filename, f"can't be written: {why}")])
    return change


def fix_data(data: bytes, filename: str, settings: Settings, *, unsafe: bool = False) -> Change:
    """Fix the bytes of a file, written nowhere; encoding, byte order mark and newlines stay."""
    from kerasvae_lint.run import registry
    from kerasvae_lint.run.baseline import fresh
    from kerasvae_lint.run.engine import lint_data, lint_text
    from kerasvae_lint.semantics import Project
    from kerasvae_lint.source import SourceError, decode

    change = Change(filename, data, data)
    if not pool.needs_parsing(data, settings):
        return change
    rules = registry.selected(settings)
    project = Project()
    first = lint_data(data, filename, settings, rules, project)
    change.remaining, change.problems = first.findings, first.problems
    fix = _fix_cells if filename.endswith(".ipynb") else _fix_script

    def lint(source: Source) -> list[Finding]:
        return fresh(lint_text(source, settings, rules, project).findings, source, settings)

    try:
        if settings.baseline:
            change.remaining = fresh(first.findings, decode(data, filename), settings)
        if not any(is_fixable(finding, unsafe) for finding in change.remaining):
            return change
        refused = fix(change, lint, unsafe)
    except SourceError as error:
        change.problems.append(Problem(filename, error.message, error.location, error.cell))
        return change
    if refused:
        what = "a fix was" if refused == 1 else f"{refused} fixes were"
        change.problems.append(Problem(filename, f"{what} left out: the file would not parse with it"))
    return change


def _fix_cells(change: Change, lint: Lint, unsafe: bool) -> int:
    from kerasvae_lint.run.notebooks import fix_notebook

    done = fix_notebook(change.before, change.filename, lint, unsafe, change.remaining)
    change.after, change.cells = done.data, done.cells
    change.fixed, change.remaining = done.fixed, done.remaining
    return done.refused


def _fix_script(change: Change, lint: Lint, unsafe: bool) -> int:
    from kerasvae_lint.fix import fix_text
    from kerasvae_lint.source import SourceError, decode

    source = decode(change.before, change.filename)
    done = fix_text(
        source.text,
        lambda text: lint(source.with_text(text)),
        unsafe=unsafe,
        filename=change.filename,
        findings=change.remaining,
    )
    after = _encoded(source, change.before, done.text)
    if isinstance(after, str):
        raise SourceError(after)
    change.after, change.old, change.new = after, source.text, done.text
    change.fixed, change.remaining = list(done.fixed), list(done.remaining)
    return done.refused


def _encoded(source: Source, data: bytes, text: str) -> bytes | str:
    """The bytes to write, or why they can't be."""
    try:
        if source.encode(source.text) != data:
            return f"can't be fixed: its bytes are not plain {source.encoding}"
        return source.encode(text)
    except UnicodeEncodeError:
        return f"can't be fixed: the fix can't be written in {source.encoding}"
