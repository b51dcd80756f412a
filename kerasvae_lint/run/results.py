"""What linting and fixing give, as plain data that can be pickled."""

from __future__ import annotations

from dataclasses import dataclass, field

from kerasvae_lint.core import Finding, Position, Problem
from kerasvae_lint.run.known import Gone


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
        notices: what was looked at in part only, a sentence each.
    """

    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: int = 0
    names: list[str] = field(default_factory=list)
    known: list[Finding] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


@dataclass(slots=True)
class TextResult:
    """What linting one text gave.

    Attributes:
        findings: sorted by place and code.
        problems: what could not be done.
        known: the findings that the baseline knows, which are not among ``findings``.
        consulted: the other files that the answer rests on.
        searched: True if it rests on all files of the project.
    """

    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    known: list[Finding] = field(default_factory=list)
    consulted: frozenset[str] = frozenset()
    searched: bool = False


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


class LintError(Exception):
    """Text that can't be linted: a syntax error, a notebook that is none.

    Attributes:
        location: where, if it is known.
    """

    def __init__(self, message: str, location: Position | None = None) -> None:
        super().__init__(message)
        self.location = location
