"""A run's findings held against the baselines of its projects: what is new, what is known, what is gone."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kerasvae_lint.core import Finding, Problem, Settings
from kerasvae_lint.run import baseline
from kerasvae_lint.run.baseline import Baseline, Key
from kerasvae_lint.run.reading import read

if TYPE_CHECKING:
    from kerasvae_lint.source import Source


@dataclass(frozen=True, slots=True)
class Gone:
    """An entry of a baseline that no longer occurs, and how many times."""

    baseline: str
    filename: str
    key: Key
    count: int


@dataclass(slots=True)
class Seen:
    """The files of one run with their settings, and the paths that were asked for."""

    paths: Sequence[str]
    files: dict[str, Settings] = field(default_factory=dict)

    def judge(
        self, findings: list[Finding], problems: Iterable[Problem], load: Callable[[str], Baseline] = baseline.load
    ) -> tuple[list[Finding], list[Finding], list[Gone]]:
        """The findings that are new, those that a baseline knows, and its entries that no longer occur.

        Raises:
            BaselineError: a baseline can't be used.
        """
        paths = {settings.baseline for settings in self.files.values()} - {""}
        if not paths:
            return findings, [], []
        books = {path: load(path) for path in sorted(paths)}
        new: list[Finding] = []
        known: list[Finding] = []
        left: dict[tuple[str, str], Counter[Key]] = {}
        for filename, found in self._by_file(findings).items():
            book = books.get(self.files[filename].baseline)
            name = book.name_of(filename) if book is not None else ""
            if book is None or name not in book.files:
                new += found
                continue
            source = _source(filename) if found else None
            if source is None:
                left[book.path, name] = Counter() if found else Counter(book.files[name])
                new += found
                continue
            fresh, old, left[book.path, name] = book.split(filename, found, source)
            new += fresh
            known += old
        broken = {problem.filename for problem in problems}
        gone = [item for book in books.values() for item in self._gone(book, left, broken)]
        return sorted(new, key=lambda finding: finding.sort_key), known, gone

    def _by_file(self, findings: list[Finding]) -> dict[str, list[Finding]]:
        found: dict[str, list[Finding]] = {filename: [] for filename in self.files}
        for finding in findings:
            found[finding.filename].append(finding)
        return found

    def _gone(self, book: Baseline, left: dict[tuple[str, str], Counter[Key]], broken: set[str]) -> list[Gone]:
        """Entries of files that were judged, by rules that ran; and those of files that are no more."""
        names = {book.name_of(filename): filename for filename, s in self.files.items() if s.baseline == book.path}
        gone = []
        for name, counts in book.files.items():
            filename = names.get(name)
            if filename is None:
                judged = set(counts) if self.covers(book, name) else set()
            elif filename in broken:
                judged = set()
            else:
                counts = left[book.path, name]
                judged = {key for key in counts if ran(key.code, self.files[filename])}
            gone += [Gone(book.path, name, key, counts[key]) for key in sorted(judged)]
        return gone

    def covers(self, book: Baseline, name: str) -> bool:
        """True if a file of the baseline would have been seen in this run, were it there."""
        at = os.path.normpath(os.path.join(os.path.realpath(os.path.dirname(book.path)), name))
        return any(_is_under(at, os.path.realpath(path)) for path in self.paths)


def _is_under(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def ran(code: str, settings: Settings) -> bool:
    """True if a rule ran, or is no rule any more: what it does not find, is not there."""
    from kerasvae_lint.run import registry

    rule = registry.all_rules().get(code)
    if rule is None:
        return code != registry.UNUSED[0] or registry.is_selected(code, settings)
    return code in registry.selected(settings)


def _source(filename: str) -> Source | None:
    from kerasvae_lint.source import SourceError, decode

    data = read(filename)
    if isinstance(data, Problem):
        return None
    try:
        return decode(data, filename)
    except SourceError:
        return None


def renewed(book: Baseline, seen: Seen, findings: list[Finding], gone: list[Gone]) -> dict[str, Counter[Key]]:
    """The entries of a baseline after a run: what was found, and what the run could not judge."""
    kept = {name: Counter(counts) for name, counts in book.files.items()}
    for item in gone:
        if item.baseline == book.path:
            kept[item.filename] -= Counter({item.key: item.count})
    for filename in dict.fromkeys(finding.filename for finding in findings):
        if seen.files[filename].baseline != book.path:
            continue
        source = _source(filename)
        if source is None:
            continue
        found = Counter(key for _, key in baseline.keyed((f for f in findings if f.filename == filename), source))
        name = book.name_of(filename)
        kept[name] = kept.get(name, Counter()) | found
    return {name: counts for name, counts in kept.items() if counts}
