"""The Python API: pure functions over text and paths."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kerasvae_lint.core import Finding, Position, Problem, Settings
from kerasvae_lint.run import config, pool
from kerasvae_lint.run.cache import Cache, Entry, folder_for, salt
from kerasvae_lint.run.discovery import discover
from kerasvae_lint.run.triage import looks_broken, mentions_field
from kerasvae_lint.source.files import project_digest, project_root
from kerasvae_lint.source.words import Index, Search, holding, search_of, word_index

if TYPE_CHECKING:
    from kerasvae_lint.run.engine import FileResult


@dataclass(slots=True)
class LintResult:
    """What linting some paths gave; findings are sorted. ``files`` counts the files looked at."""

    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: int = 0


@dataclass(slots=True)
class FixResult:
    """A fixed text: the findings whose fix is in it, and those that remain."""

    text: str
    fixed: list[Finding] = field(default_factory=list)
    remaining: list[Finding] = field(default_factory=list)


class LintError(Exception):
    """Text that can't be linted: a syntax error, a notebook that is none; ``location`` says where, if it is known."""

    def __init__(self, message: str, location: Position | None = None) -> None:
        super().__init__(message)
        self.location = location


SettingsFor = Callable[[str], Settings]
Progress = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and how much there is (0: nobody knows yet)."""


def lint_source(text: str, filename: str = "<string>", settings: Settings | None = None) -> list[Finding]:
    """Lint a program given as text; a ``filename`` that ends in ``.ipynb`` says that it is a notebook.

    Raises:
        LintError: the text can't be parsed.
    """
    from kerasvae_lint.run import registry
    from kerasvae_lint.run.engine import lint_data, lint_text
    from kerasvae_lint.source import Source

    settings = settings or Settings()
    rules = registry.selected(settings)
    if filename.endswith(".ipynb"):
        result = lint_data(text.encode("utf-8", "surrogatepass"), filename, settings, rules)
    else:
        result = lint_text(Source(filename, text), settings, rules)
    if result.problems and not result.findings:
        problem = result.problems[0]
        raise LintError(problem.message, problem.location)
    return result.findings


def fix_source(
    text: str, filename: str = "<string>", settings: Settings | None = None, unsafe: bool = False
) -> FixResult:
    """Fix a program given as text: the safe fixes, with ``unsafe`` the others too.

    Raises:
        LintError: the text can't be parsed, or is a notebook.
    """
    from kerasvae_lint.fix import fix_text

    if filename.endswith(".ipynb"):
        raise LintError("fixes for notebooks are not written yet")
    done = fix_text(text, lambda t: lint_source(t, filename, settings), unsafe=unsafe, filename=filename)
    return FixResult(done.text, list(done.fixed), list(done.remaining))


def lint_paths(
    paths: Iterable[str | os.PathLike[str]],
    settings: Settings | SettingsFor | None = None,
    *,
    cache: bool = False,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> LintResult:
    """Lint files and folders. ``settings`` may be a function from a file's name; None reads ``pyproject.toml``."""
    tell = progress or silent
    settings_for = _settings_for(settings)
    result = LintResult()
    todo: list[pool.Job] = []
    store = _Store(cache)
    given = [os.fspath(path) for path in paths]
    named = set(given)
    for item in discover(given, lambda folder: settings_for(folder).exclude):
        if isinstance(item, Problem):
            result.problems.append(item)
            continue
        result.files += 1
        tell("Reading", result.files, 0)
        data = pool.read(item)
        if isinstance(data, Problem):
            result.problems.append(data)
            continue
        chosen = settings_for(item)
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


class _Store:
    """The caches of all projects and settings that one run meets."""

    def __init__(self, enabled: bool) -> None:
        self.enabled = enabled
        self._caches: dict[tuple[Path, str], Cache] = {}
        self._salts: dict[Settings, str] = {}
        self._folders: dict[str, Path] = {}
        self._digests: dict[Path, str] = {}
        self._words: dict[Path, Index] = {}

    def _cache(self, filename: str, settings: Settings) -> Cache:
        folder = os.path.dirname(os.path.abspath(filename))
        if folder not in self._folders:
            self._folders[folder] = folder_for(folder)
        if settings not in self._salts:
            from kerasvae_lint import __version__
            from kerasvae_lint.run.packs import fingerprint

            self._salts[settings] = salt(settings, fingerprint(), __version__)
        key = (self._folders[folder], self._salts[settings])
        if key not in self._caches:
            self._caches[key] = Cache(*key)
        return self._caches[key]

    def _digest(self, filename: str) -> str:
        root = project_root(filename)
        if root not in self._digests:
            self._digests[root] = project_digest(root)
        return self._digests[root]

    def get(self, filename: str, data: bytes, settings: Settings) -> Entry | None:
        if not self.enabled:
            return None
        cache = self._cache(filename, settings)
        return cache.get(
            Cache.key(filename, data), lambda: self._digest(filename), lambda search: self._finds(filename, search)
        )

    def _finds(self, filename: str, search: Search) -> bool:
        root = project_root(filename)
        if root not in self._words:
            self._words[root] = word_index(root)
        words, one_of = search[0], frozenset(search[1])
        return search == search_of(words, one_of, holding(self._words[root], os.path.abspath(filename), words, one_of))

    def put(self, filename: str, data: bytes, settings: Settings) -> None:
        if self.enabled:
            self._cache(filename, settings).put(Cache.key(filename, data), Entry((), (), {}, None))

    def put_result(self, job: pool.Job, result: FileResult) -> None:
        if not self.enabled:
            return
        data = pool.read(job.filename)
        if isinstance(data, Problem):
            return
        digest = self._digest(job.filename) if result.searched else None
        cache = self._cache(job.filename, job.settings)
        cache.put(Cache.key(job.filename, data), pool.entry_of(result, digest))

    def save(self) -> None:
        for cache in self._caches.values():
            cache.save()
