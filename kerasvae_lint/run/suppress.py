"""Comments that silence findings: ``# kvlint: ignore[KV101]``, ``# noqa: KV101``, ``# kvlint: skip-file``.

A comment holds for the whole logical line that it stands in, as it does for flake8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kerasvae_lint.source import Source
from kerasvae_lint.source.logical import logical_lines

IGNORE = re.compile(r"#\s*kvlint:\s*ignore(?:\[([^\]]*)\])?", re.IGNORECASE)
NOQA = re.compile(r"#\s*noqa(?::\s*([A-Z][A-Z0-9]*\d(?:[,\s]+[A-Z][A-Z0-9]*\d)*))?", re.IGNORECASE)
_SKIP = re.compile(r"#\s*kvlint:\s*skip-file\b", re.IGNORECASE)
_CODE = re.compile(r"[A-Z]+\d+", re.IGNORECASE)


@dataclass(eq=False, slots=True)
class Suppression:
    """One comment; ``codes`` empty means all. ``start`` and ``end`` are offsets of the part that kvlint reads."""

    rows: range
    start: int
    end: int
    codes: tuple[str, ...]
    ours: bool
    used: set[str] = field(default_factory=set)

    def covers(self, code: str) -> bool:
        """True if the comment silences findings with this code."""
        return not self.codes or code in self.codes


_OWN = re.compile(r"kvlint:|noqa:\s*[A-Z0-9, ]*KV", re.IGNORECASE)


def has_marks(text: str, found: bool) -> bool:
    """A quick look: could a comment here be of kvlint's own, or (where something was ``found``) silence it?"""
    return _OWN.search(text) is not None or (found and "noqa" in text.lower())


def read(source: Source) -> tuple[bool, list[Suppression]]:
    """Whether the whole file is skipped, and its suppressions."""
    found: list[Suppression] = []
    for comment in logical_lines(source).comments:
        rows, offset, text = comment.rows, comment.offset, comment.text
        if _SKIP.search(text):
            return True, []
        match = IGNORE.search(text)
        if match is not None:
            codes = tuple(code.upper() for code in _CODE.findall(match[1] or ""))
            if match[1] is None or codes:
                found.append(Suppression(rows, offset + match.start(), offset + match.end(), codes, True))
            continue
        match = NOQA.search(text)
        if match is not None:
            codes = tuple(code.upper() for code in _CODE.findall(match[1] or ""))
            found.append(Suppression(rows, offset + match.start(), offset + match.end(), codes, False))
    return False, found


def silences(suppressions: list[Suppression], code: str, rows: range) -> bool:
    """True (and noted) if a comment that holds for one of ``rows`` covers ``code``."""
    hit = False
    for suppression in suppressions:
        held = suppression.rows
        if held.start < rows.stop and rows.start < held.stop and suppression.covers(code):
            suppression.used.add(code)
            hit = True
    return hit


def unused(suppressions: list[Suppression], enabled: set[str], known: set[str]) -> Iterator[tuple[Suppression, str]]:
    """Suppressions that silenced nothing, with what to say of them."""
    for suppression in suppressions:
        ours = [code for code in suppression.codes if code.startswith("KV")]
        if not suppression.codes:
            if suppression.ours and not suppression.used:
                yield suppression, "This suppression silences nothing."
            continue
        for code in ours if not suppression.ours else suppression.codes:
            if code in suppression.used:
                continue
            if code not in known:
                yield suppression, f"This suppression names {code}, which no rule has."
            elif code in enabled:
                yield suppression, f"This suppression of {code} silences nothing."
