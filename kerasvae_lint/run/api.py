"""The Python API: pure functions over text and paths."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kerasvae_lint.core import Finding, Position, Problem, Settings
from kerasvae_lint.run import config, pool
from kerasvae_lint.run.discovery import discover
from kerasvae_lint.run.known import Seen
from kerasvae_lint.run.store import Store
from kerasvae_lint.run.triage import looks_broken, mentions_field

if TYPE_CHECKING:
    from kerasvae_lint.run.known import Gone
    from kerasvae_lint.source import Source


@dataclass(slots=True)
class LintResult:
    """What linting some paths gave.

    Attributes:
        findings: sorted by file, place and code.
        problems: what could not be done: files that can't be read or parsed, paths that are not there.
        files: how many files were looked at.
        names: of these files.
        known: the findings that a baseline knows, which are not among ``findings``.
        gone: the baseline's entries that no longer occur.
    """

    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: int = 0
    names: list[str] = field(default_factory=list)
    known: list[Finding] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)


@dataclass(slots=True)
class FixResult:
    """A fixed text.

    Attributes:
        text: the new text; the old one if there was nothing to fix.
        fixed: the findings whose fix is in it, placed where they were when it was applied.
        remaining: the findings of the new text.
    """

    text: str
    fixed: list[Finding] = field(default_factory=list)
    remaining: list[Finding] = field(default_factory=list)


class LintError(Exception):
    """Text that can't be linted: a syntax error, a notebook that is none.

    Attributes:
        location: where, if it is known.
    """

    def __init__(self, message: str, location: Position | None = None) -> None:
        super().__init__(message)
        self.location = location


SettingsFor = Callable[[str], Settings]
Progress = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and how much there is (0: nobody knows yet)."""


def lint_source(text: str, filename: str = "<string>", settings: Settings | None = None) -> list[Finding]:
    """Lint a program given as text.

    Args:
        text: the program, or the JSON of a notebook.
        filename: stands in the findings; one that ends in ``.ipynb`` says that the text is a notebook. The file need
            not exist, but where it does, imports from its project are followed.
        settings: None for all stable rules; ``pyproject.toml`` is not read.

    Raises:
        LintError: the text can't be parsed.
        ConfigError: the settings' baseline can't be used.
    """
    from kerasvae_lint.run import registry
    from kerasvae_lint.run.baseline import fresh
    from kerasvae_lint.run.engine import lint_data, lint_text
    from kerasvae_lint.source import Source, decode

    settings = settings or Settings()
    rules = registry.selected(settings)
    data = text.encode("utf-8", "surrogatepass")
    is_notebook = filename.endswith(".ipynb")
    if is_notebook:
        result = lint_data(data, filename, settings, rules)
    else:
        result = lint_text(Source(filename, text), settings, rules)
    if result.problems and not result.findings:
        problem = result.problems[0]
        raise LintError(problem.message, problem.location)
    if not settings.baseline or not result.findings:
        return result.findings
    return fresh(result.findings, decode(data, filename) if is_notebook else Source(filename, text), settings)


def fix_source(
    text: str, filename: str = "<string>", settings: Settings | None = None, unsafe: bool = False
) -> FixResult:
    """Fix a program given as text; nothing is written to any file.

    Args:
        text: the program.
        filename: as for ``lint_source``.
        settings: as for ``lint_source``.
        unsafe: apply the unsafe fixes too.

    A ``filename`` that ends in ``.ipynb`` says that the text is a notebook; it comes back as one, with nothing
    changed but the source of cells.

    Raises:
        LintError: the text can't be parsed.
    """
    from kerasvae_lint.fix import fix_text

    if filename.endswith(".ipynb"):
        return _fix_notebook(text, filename, settings or Settings(), unsafe)
    done = fix_text(text, lambda t: lint_source(t, filename, settings), unsafe=unsafe, filename=filename)
    return FixResult(done.text, list(done.fixed), list(done.remaining))


def _fix_notebook(text: str, filename: str, settings: Settings, unsafe: bool) -> FixResult:
    from kerasvae_lint.run import registry
    from kerasvae_lint.run.baseline import fresh
    from kerasvae_lint.run.engine import lint_text
    from kerasvae_lint.run.notebooks import fix_notebook
    from kerasvae_lint.source import SourceError

    findings = lint_source(text, filename, settings)
    rules = registry.selected(settings)

    def lint(source: Source) -> list[Finding]:
        return fresh(lint_text(source, settings, rules).findings, source, settings)

    try:
        done = fix_notebook(text.encode(), filename, lint, unsafe, findings)
    except SourceError as error:
        raise LintError(error.message, error.location) from None
    return FixResult(done.data.decode(), done.fixed, done.remaining)


def lint_paths(
    paths: Iterable[str | os.PathLike[str]],
    settings: Settings | SettingsFor | None = None,
    *,
    cache: bool = False,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> LintResult:
    """Lint files and folders; what can't be linted is among the result's problems, and nothing is raised for it.

    Args:
        paths: files, and folders in which Python files and notebooks are looked for.
        settings: the same for all files, or a function from a file's (or folder's) name; None reads the nearest
            ``pyproject.toml`` of each.
        cache: use and fill ``.kvlint_cache``.
        jobs: how many processes to use, if there is enough to do; None for one each processor, eight at most.
        progress: told of each file that is done.
    """
    tell = progress or silent
    settings_for = _settings_for(settings)
    result = LintResult()
    todo: list[pool.Job] = []
    store = Store(cache)
    given = [os.fspath(path) for path in paths]
    named = set(given)
    seen = Seen(given)
    for item in discover(given, lambda folder: settings_for(folder).all_excludes):
        if isinstance(item, Problem):
            result.problems.append(item)
            continue
        result.files += 1
        result.names.append(item)
        tell("Reading", result.files, 0)
        chosen = seen.files[item] = settings_for(item)
        data = pool.read(item)
        if isinstance(data, Problem):
            result.problems.append(data)
            continue
        mentioned = mentions_field(data)
        if not mentioned and not looks_broken(data, item, item in named):
            continue
        entry = store.get(item, data, chosen)
        if entry is not None:
            result.findings += entry.findings
            result.problems += entry.problems
        elif not mentioned or pool.needs_parsing(data, chosen) or looks_broken(data, item, True):
            todo.append(pool.Job(item, chosen, len(data)))
        else:
            store.put(item, data, chosen)
    done, total = 0, sum(job.size for job in todo)
    tell("Linting", done, total)
    for job, found in pool.run(todo, pool.workers_for(jobs)):
        done += job.size
        tell("Linting", done, total)
        result.findings += found.findings
        result.problems += found.problems
        store.put_result(job, found)
    store.save()
    result.findings, result.known, result.gone = seen.judge(result.findings, result.problems)
    result.findings.sort(key=lambda finding: finding.sort_key)
    return result


def silent(_doing: str, _done: int, _total: int) -> None:
    """Nobody is told."""


def _settings_for(settings: Settings | SettingsFor | None) -> SettingsFor:
    if settings is None:
        return lambda filename: config.load(filename)[0]
    if isinstance(settings, Settings):
        fixed = settings
        return lambda _: fixed
    return settings
