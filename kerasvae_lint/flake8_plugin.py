"""kvlint's findings through flake8: the rules, suppressions and baseline that ``[tool.kvlint]`` says.

flake8 finds the class by its entry point, gives it each file that parses and selects and prints what it yields. This
module imports nothing of kvlint's engine before a file mentions Keras.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from kerasvae_lint import __version__

if TYPE_CHECKING:
    from kerasvae_lint.semantics import Project
    from kerasvae_lint.source import Source

UNDONE = "KV000"
"""For what kvlint could not do: flake8 has no other way to be told."""

Row = tuple[int, int, str, type]
_NOQA = re.compile("noqa", re.IGNORECASE)


class KerasPlugin:
    """One file, as flake8 hands it over."""

    name: ClassVar[str] = "kerasvae-lint"
    version: ClassVar[str] = __version__
    disable_noqa: ClassVar[bool] = False

    def __init__(self, tree: ast.AST, filename: str, lines: Sequence[str]) -> None:
        """``tree`` is what makes flake8 call this once for a file, and leave it out if it does not parse."""
        self.tree = tree
        self.filename = filename
        self.lines = lines

    @classmethod
    def parse_options(cls, options: object) -> None:
        """Hear of flake8's own options, once in each process."""
        cls.disable_noqa = bool(getattr(options, "disable_noqa", False))

    def run(self) -> Iterator[Row]:
        """Row, column (from 0), text and origin of each finding."""
        from kerasvae_lint.run.triage import mentions_field

        text = "".join(self.lines)
        data = text.encode("utf-8", "surrogatepass")
        if not mentions_field(data):
            return
        from kerasvae_lint.run.config import ConfigError
        from kerasvae_lint.run.packs import RulePackError

        try:
            yield from self._rows(text, data)
        except (ConfigError, RulePackError) as error:
            yield self._row(1, 1, UNDONE, str(error))

    def _rows(self, text: str, data: bytes) -> Iterator[Row]:
        from kerasvae_lint.run import pool, registry
        from kerasvae_lint.run.baseline import fresh
        from kerasvae_lint.run.config import load
        from kerasvae_lint.run.discovery import is_excluded
        from kerasvae_lint.run.engine import lint_text
        from kerasvae_lint.source import Source

        settings = load(self.filename)[0]
        if is_excluded(self.filename, settings.all_excludes) or not pool.needs_parsing(data, settings):
            return
        if len(data) > pool.MAX_BYTES:
            yield self._row(1, 1, UNDONE, f"larger than {pool.MAX_BYTES // 1_000_000} MB: left out")
            return
        source = Source(self.filename, text)
        if self.disable_noqa:
            source = _without_noqa(source)
        result = lint_text(source, settings, registry.selected(settings), _project())
        for finding in fresh(result.findings, source, settings):
            place = finding.location
            yield self._row(place.row, place.column, finding.code, finding.message)
        for problem in result.problems:
            row, column = (problem.location.row, problem.location.column) if problem.location else (1, 1)
            yield self._row(row, column, UNDONE, problem.message)

    def _row(self, row: int, column: int, code: str, message: str) -> Row:
        from kerasvae_lint.report.look import printable

        return row, column - 1, f"{code} {printable(message)}", type(self)


@lru_cache(maxsize=1)
def _project() -> Project:
    """What is known of the other files: read once in each process."""
    from kerasvae_lint.semantics import Project

    return Project()


def _without_noqa(source: Source) -> Source:
    """The program with its ``noqa`` comments made unreadable, in the same places (``--disable-noqa``)."""
    from kerasvae_lint.source.logical import logical_lines

    text = source.text
    for comment in logical_lines(source).comments:
        end = comment.offset + len(comment.text)
        text = text[: comment.offset] + _NOQA.sub("----", comment.text) + text[end:]
    return source.with_text(text)
