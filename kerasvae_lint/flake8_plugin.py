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
    from kerasvae_lint.run.pipeline import Pipeline
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
        from kerasvae_lint.run.discovery import is_excluded
        from kerasvae_lint.source import Source

        pipeline = _pipeline()
        if is_excluded(self.filename, pipeline.settings_for(self.filename).all_excludes):
            return
        source = Source(self.filename, text)
        result = pipeline.lint_open(_without_noqa(source) if self.disable_noqa else source, data)
        for finding in result.findings:
            place = finding.location
            yield self._row(place.row, place.column, finding.code, finding.message)
        for problem in result.problems:
            row, column = (problem.location.row, problem.location.column) if problem.location else (1, 1)
            yield self._row(row, column, UNDONE, problem.message)

    def _row(self, row: int, column: int, code: str, message: str) -> Row:
        from kerasvae_lint.report.look import printable

        return row, column - 1, f"{code} {printable(message)}", type(self)


@lru_cache(maxsize=1)
def _pipeline() -> Pipeline:
    """Made once in each process, so that the other files are read once."""
    from kerasvae_lint.run.pipeline import Pipeline

    return Pipeline()


def _without_noqa(source: Source) -> Source:
    """The program with its ``noqa`` comments made unreadable, in the same places (``--disable-noqa``)."""
    from kerasvae_lint.source.logical import logical_lines

    text = source.text
    for comment in logical_lines(source).comments:
        end = comment.offset + len(comment.text)
        text = text[: comment.offset] + _NOQA.sub("----", comment.text) + text[end:]
    return source.with_text(text)
