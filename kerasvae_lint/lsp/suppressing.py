"""The comment that silences a finding where it is."""

from __future__ import annotations

import io
import re
import tokenize

from kerasvae_lint.core import Finding, TextEdit
from kerasvae_lint.lsp.snapshot import Snapshot
from kerasvae_lint.run import registry
from kerasvae_lint.run.suppress import Suppression, read

_ENDS = {tokenize.NEWLINE, tokenize.NL}


def suppression(snapshot: Snapshot, finding: Finding) -> TextEdit | None:
    """The edit of the program that silences ``finding``; None where no comment can stand.

    A suppression of kvlint's that is there already gets the code too; other comments stay as they are.
    """
    if finding.code == registry.UNUSED[0]:
        return None
    source = snapshot.source
    first = source.program_row(finding.cell, finding.location.row)
    last = source.program_row(finding.cell, finding.end_location.row)
    row = _row_for_a_comment(source.text, first)
    if row is None:
        return None
    _, known = read(source)
    for old in known:
        if row in old.rows or (old.rows.start <= last and first < old.rows.stop):
            merged = _merged(source.text, old, finding.code)
            if merged is not None:
                return merged
    start = _start_of(source.text, row)
    line = source.line(row)
    kept = len(line.rstrip())
    return TextEdit(start + kept, start + len(line), f"  # kvlint: ignore[{finding.code}]")


def _merged(text: str, old: Suppression, code: str) -> TextEdit | None:
    """``code`` added to the list of a comment that kvlint reads; None where a comment of its own is better."""
    if not old.codes or code in old.codes:
        return None
    if not old.ours and not any(other.startswith("KV") for other in old.codes):
        return None
    words = text[old.start : old.end]
    at = words.rindex("]") if old.ours else len(words.rstrip())
    kept = len(words[:at].rstrip().rstrip(","))
    return TextEdit(old.start + kept, old.start + at, f", {code}")


def _start_of(text: str, row: int) -> int:
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
    return starts[row - 1]


def _row_for_a_comment(text: str, first: int) -> int | None:
    """The first row from ``first`` on that ends in no string and in no backslash: the statement goes on till there."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type in _ENDS and token.start[0] >= first:
                return token.start[0]
    except (tokenize.TokenError, SyntaxError):
        return None
    return None
