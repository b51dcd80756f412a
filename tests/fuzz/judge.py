"""What must hold for any file at all: what kvlint says of it, and what it makes of it."""

from __future__ import annotations

import difflib
import re
import warnings
from dataclasses import dataclass

from kerasvae_lint.core import Finding, Problem, Settings
from kerasvae_lint.run.pipeline import Pipeline
from kerasvae_lint.run.results import Change
from kerasvae_lint.source import SourceError, decode
from kerasvae_lint.source.recursion import deep
from kerasvae_lint.source.syntax import parse_code

SETTINGS = Settings(preview=True)
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
KNOWN: tuple[str, ...] = ()
"""Parts of messages of faults that are known and not mended as yet."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with what kvlint did; ``findings`` and ``fixed`` say how much it had to do."""

    faults: tuple[str, ...] = ()
    findings: int = 0
    fixed: int = 0
    parsed: bool = False


def judge(data: bytes, name: str, folder: str) -> Verdict:
    """Lint and fix bytes as if they were a file of that name in an empty folder."""
    filename = f"{folder}/{name}"
    faults: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Python's own, about the text that is parsed, are not for the user
        pipeline = Pipeline(SETTINGS)
        found = pipeline.lint_data(data, filename)
        faults += _internal(found.problems)
        fixed = 0
        for unsafe in (False, True):
            change = pipeline.fix_data(data, filename, unsafe=unsafe)
            faults += _internal(change.problems)
            if change.after != change.before:
                fixed += len(change.fixed)
                faults += _of_change(change, filename, unsafe)
                faults += _beyond_edits(change, found.findings)
    parsed = not any(problem.unread for problem in found.problems)
    return Verdict(tuple(dict.fromkeys(faults)), len(found.findings), fixed, parsed)


def _internal(problems: list[Problem]) -> list[str]:
    words = ("internal error", "left out: the file would not parse")
    told = [problem.message for problem in problems if any(word in problem.message for word in words)]
    return [message for message in told if not any(known in message for known in KNOWN)]


def _of_change(change: Change, filename: str, unsafe: bool) -> list[str]:
    """What is fixed parses, and fixing it again changes nothing."""
    try:
        with deep():
            parse_code(decode(change.after, filename))
    except SourceError as error:
        return [f"what is fixed does not parse: {error.message}"]
    again = Pipeline(SETTINGS).fix_data(change.after, filename, unsafe=unsafe)
    if again.after != change.after:
        return [f"fixing again changes more: {', '.join(sorted({f.code for f in again.fixed}))}"]
    return []


def _beyond_edits(change: Change, found: list[Finding]) -> list[str]:
    """The lines that no fix speaks of are as they were, byte for byte; asked where one round was enough."""
    if change.cells or not {*change.fixed} <= {*found}:
        return []
    rows = {
        row
        for finding in change.fixed
        for edit in (finding.fix.edits if finding.fix is not None else ())
        for row in range(edit.location.row - 1, edit.end_location.row + 2)
    }
    before, after = _lines(change.before), _lines(change.after)
    for kind, start, end, _, _ in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        touched = set(range(start + 1, max(end, start + 1) + 1))
        imports = all(b"import" in line or not line.strip() for line in before[start:end])
        if not touched & rows and not imports:
            return [f"line {start + 1} changes, and no fix speaks of it"]
    return []


def _lines(data: bytes) -> list[bytes]:
    """Lines with their ends, as Python counts them."""
    return _LINE.findall(data)
