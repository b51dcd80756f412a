"""From a path or a text to its findings, and to its fixes: one object, made once for a run, for every way in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from kerasvae_lint.core import Finding, Problem, Settings
from kerasvae_lint.project import Indexes
from kerasvae_lint.run import config, pool
from kerasvae_lint.run.discovery import discover
from kerasvae_lint.run.fixing import is_fixable, mend, written
from kerasvae_lint.run.known import Seen
from kerasvae_lint.run.reading import MAX_BYTES, is_too_large, read, too_large
from kerasvae_lint.run.results import Change, FixResult, FixRun, LintError, LintResult, TextResult
from kerasvae_lint.run.store import Store
from kerasvae_lint.run.triage import looks_broken, mentions_field, needs_parsing

if TYPE_CHECKING:
    from kerasvae_lint.model import Project
    from kerasvae_lint.run.engine import FileResult
    from kerasvae_lint.source import Source

MAX_PASSES = 5
NAMED_LINKS = 3

SettingsFor = Callable[[str], Settings]
Progress = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and how much there is (0: nobody knows yet)."""


class Pipeline:
    """Lints and fixes texts, files and folders; the steps between are put together here and nowhere else.

    A file's settings, a look at whether it needs reading, its text, the rules that are on, what they find, and what
    of it the baseline knows.

    Args:
        settings: the same for all files, or a function from a file's (or folder's) name; None reads the nearest
            ``pyproject.toml`` of each.
        cache: use and fill ``.kvlint_cache``, where files are linted.
        jobs: how many processes to use for files, if there is enough to do; None for one each processor, eight at most.
        progress: told of each file that is done.
        indexes: where texts ask which files mention a word; None for indexes that are made for them alone.
        projects: hands out, for each text, what is known of the files around it; None for what this pipeline has read
            since it last had to :meth:`forget`.
        consulted: told, after each text, of the other files that the answer rests on, with the hash of their content.
    """

    def __init__(
        self,
        settings: Settings | SettingsFor | None = None,
        *,
        cache: bool = False,
        jobs: int | None = None,
        progress: Progress | None = None,
        indexes: Indexes | None = None,
        projects: Callable[[], Project] | None = None,
        consulted: Callable[[dict[str, str | None]], None] | None = None,
    ) -> None:
        self.settings_for = _function_of(settings)
        self._cache = cache
        self._jobs = jobs
        self._tell = progress or _silent
        self._indexes = indexes
        self._projects = projects
        self._consulted = consulted
        self._around: Project | None = None

    def forget(self) -> None:
        """Drop what is known of the files around: some may have changed."""
        self._around = None

    def _project(self) -> Project:
        if self._projects is not None:
            return self._projects()
        if self._around is None:
            from kerasvae_lint.model import Project

            self._around = Project(self._indexes)
        return self._around

    # one text -----------------------------------------------------------------------------------
    def lint(self, source: Source) -> TextResult:
        """Lint a decoded program; never raises for what is in it.

        Raises:
            ConfigError: the settings can't be meant, or their baseline can't be used.
        """
        from kerasvae_lint.run import registry
        from kerasvae_lint.run.baseline import new_and_known
        from kerasvae_lint.run.engine import lint_text

        settings = self.settings_for(source.filename)
        found = lint_text(source, settings, registry.selected(settings), self._project())
        if self._consulted is not None:
            self._consulted(found.consulted)
        new, known = new_and_known(found.findings, source, settings)
        return TextResult(new, found.problems, known, frozenset(found.consulted), bool(found.searched))

    def _new(self, source: Source) -> list[Finding]:
        return self.lint(source).findings

    def lint_open(self, source: Source, data: bytes, *, thorough: bool = False) -> TextResult:
        """Lint a program that another tool holds open, if it needs it and is not too large; ``data`` are its bytes.

        With ``thorough`` a program without a word that a rule looks for is linted too where it may be no Python.
        """
        wanted = needs_parsing(data, self.settings_for(source.filename))
        if not wanted and not (thorough and mentions_field(data)):
            return TextResult()
        if len(data) > MAX_BYTES:
            return TextResult(problems=[too_large(source.filename)])
        if not wanted and not looks_broken(data, "<text>", True):
            return TextResult()
        return self.lint(source)

    def lint_data(self, data: bytes, filename: str) -> TextResult:
        """Lint the bytes of a file, wherever they come from, if they need it or may be no Python.

        Raises:
            ConfigError: as for :meth:`lint`.
        """
        wanted = needs_parsing(data, self.settings_for(filename)) or looks_broken(data, filename, True)
        if wanted and is_too_large(data, filename):
            return TextResult(problems=[too_large(filename)])
        return self._decoded(data, filename) if wanted else TextResult()

    def _decoded(self, data: bytes, filename: str) -> TextResult:
        from kerasvae_lint.source import SourceError, decode

        try:
            source = decode(data, filename)
        except SourceError as error:
            return TextResult(problems=[Problem(filename, error.message, error.location, error.cell, unread=True)])
        return self.lint(source)

    def lint_string(self, text: str, filename: str) -> list[Finding]:
        """The findings of a program, or of the JSON of a notebook if ``filename`` says so.

        Raises:
            LintError: the text can't be parsed.
            ConfigError: as for :meth:`lint`.
        """
        from kerasvae_lint.source import Source

        if filename.endswith(".ipynb"):
            result = self._decoded(text.encode("utf-8", "surrogatepass"), filename)
        else:
            result = self.lint(Source(filename, text))
        if result.problems and not result.findings and not result.known:
            problem = result.problems[0]
            raise LintError(problem.message, problem.location)
        return result.findings

    def fix_string(self, text: str, filename: str, *, unsafe: bool = False) -> FixResult:
        """Fix a program, or a notebook; nothing is written to any file.

        Raises:
            LintError: the text can't be parsed.
            ConfigError: as for :meth:`lint`.
        """
        if filename.endswith(".ipynb"):
            return self._fix_notebook(text, filename, unsafe)
        from kerasvae_lint.fix import fix_text

        done = fix_text(text, lambda t: self.lint_string(t, filename), unsafe=unsafe, filename=filename)
        return FixResult(done.text, list(done.fixed), list(done.remaining))

    def _fix_notebook(self, text: str, filename: str, unsafe: bool) -> FixResult:
        from kerasvae_lint.run.notebooks import fix_notebook
        from kerasvae_lint.source import SourceError

        findings = self.lint_string(text, filename)
        try:
            done = fix_notebook(text.encode(), filename, self._new, unsafe, findings)
        except SourceError as error:
            raise LintError(error.message, error.location) from None
        return FixResult(done.data.decode(), done.fixed, done.remaining)

    def fix_data(self, data: bytes, filename: str, *, unsafe: bool = False) -> Change:
        """Fix the bytes of a file, written nowhere; the files around are read anew."""
        self.forget()
        found = self.lint_data(data, filename)
        change = Change(filename, data, data, remaining=found.findings, problems=found.problems)
        if any(is_fixable(finding, unsafe) for finding in change.remaining):
            mend(change, self._new, unsafe)
        return change

    # files and folders --------------------------------------------------------------------------
    def lint_paths(self, paths: Iterable[str | os.PathLike[str]]) -> LintResult:
        """Lint files and folders; what can't be linted is among the result's problems, and nothing is raised for it.

        Raises:
            ConfigError: the settings can't be meant, or their baseline can't be used.
        """
        result = LintResult()
        todo: list[pool.Job] = []
        store = Store(self._cache)
        given = [os.fspath(path) for path in paths]
        named = set(given)
        seen = Seen(given)
        outside: list[str] = []
        for item in discover(given, lambda folder: self.settings_for(folder).all_excludes, outside=outside):
            if isinstance(item, Problem):
                result.problems.append(item)
                continue
            result.files += 1
            result.names.append(item)
            self._tell("Reading", result.files, 0)
            chosen = seen.files[item] = self.settings_for(item)
            data = read(item)
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
            elif not mentioned or needs_parsing(data, chosen) or looks_broken(data, item, True):
                todo.append(pool.Job(item, chosen, len(data)))
            else:
                store.put(item, data, chosen)
        done, total = 0, sum(job.size for job in todo)
        self._tell("Linting", done, total)
        for job, found in pool.run(todo, pool.workers_for(self._jobs), partial(worker, store.indexes)):
            done += job.size
            self._tell("Linting", done, total)
            result.findings += found.findings
            result.problems += found.problems
            store.put_result(job, found)
        store.save()
        result.notices = [*_left_alone(outside), *store.indexes.notices()]
        result.findings, result.known, result.gone = seen.judge(result.findings, result.problems)
        result.findings.sort(key=lambda finding: finding.sort_key)
        return result

    def fix_paths(self, paths: Iterable[str | os.PathLike[str]], *, unsafe: bool = False, write: bool = True) -> FixRun:
        """Lint files and folders and fix what can be fixed; all are linted again after each pass.

        A fix can settle findings elsewhere. Without ``write`` nothing is written, and the changes of the first pass
        are worked out only.
        """
        wanted = list(paths)
        run = FixRun(self.lint_paths(wanted))
        problems: list[Problem] = []
        for _ in range(MAX_PASSES):
            looked_at = set(run.result.names)
            names = {f.filename: None for f in run.result.findings if is_fixable(f, unsafe) and f.filename in looked_at}
            made = []
            for name in names:
                made.append(self._fix_file(name, unsafe, write))
                self._tell("Fixing", len(made), len(names))
            changed = [change for change in made if change.after != change.before]
            problems = [problem for change in made for problem in change.problems]
            run.changes += changed
            if not write or not changed:
                break
            run.result = self.lint_paths(wanted)
        run.result.problems += [problem for problem in problems if problem not in run.result.problems]
        return run

    def _fix_file(self, filename: str, unsafe: bool, write: bool) -> Change:
        data = read(filename)
        if isinstance(data, Problem):
            return Change(filename, b"", b"", problems=[data])
        change = self.fix_data(data, filename, unsafe=unsafe)
        return written(change) if write else change

    def _job(self, job: pool.Job) -> FileResult:
        """One file of many, by the settings that it brings; the run's end knows of baselines."""
        from kerasvae_lint.run import registry
        from kerasvae_lint.run.engine import FileResult, lint_data

        data = read(job.filename)
        if isinstance(data, Problem):
            return FileResult(problems=[data])
        if is_too_large(data, job.filename):
            return FileResult(problems=[too_large(job.filename)])
        return lint_data(data, job.filename, job.settings, registry.selected(job.settings), self._project())


def worker(indexes: Indexes) -> pool.Lint:
    """What lints one file after the other in a process: with a pipeline of its own, that reads others' files once."""
    return Pipeline(indexes=indexes)._job


def _left_alone(links: list[str]) -> list[str]:
    """What is said of links that lead out of the folders that were walked."""
    if not links:
        return []
    what = "A link leads" if len(links) == 1 else f"{len(links)} links lead"
    more = ", ..." if len(links) > NAMED_LINKS else ""
    pronoun = ("was", "it", "it") if len(links) == 1 else ("were", "them", "one")
    return [
        f"{what} out of the folder and {pronoun[0]} left alone: {', '.join(links[:NAMED_LINKS])}{more}."
        f" To lint {pronoun[1]}, name {pronoun[2]} on the command line."
    ]


def _silent(_doing: str, _done: int, _total: int) -> None:
    """Nobody is told."""


def _function_of(settings: Settings | SettingsFor | None) -> SettingsFor:
    if settings is None:
        return lambda filename: config.load(filename)[0]
    if isinstance(settings, Settings):
        fixed = settings
        return lambda _: fixed
    return settings
