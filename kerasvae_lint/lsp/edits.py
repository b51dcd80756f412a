"""What fixing makes of a snapshot, as edits of the editor's texts."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from kerasvae_lint.core import Applicability, Finding, Settings, TextEdit
from kerasvae_lint.fix import fix_text
from kerasvae_lint.fix.document import Script
from kerasvae_lint.lsp.snapshot import Snapshot, Spans
from kerasvae_lint.run.pipeline import Pipeline
from kerasvae_lint.source.notebook import neutralize

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
Relint = Callable[[str], Sequence[Finding]]


def is_safe(finding: Finding) -> bool:
    """True for a finding that ``--fix`` mends."""
    return finding.fix is not None and finding.fix.applicability is Applicability.SAFE


def relint_with(snapshot: Snapshot, settings: Settings, code: str | None) -> Relint:
    """A function that lints another text of the same file: all rules, or findings with one code alone."""
    pipeline = Pipeline(settings)
    plain = snapshot.source.cells is None
    source = snapshot.source if plain else replace(snapshot.source, cells=(), problems=())

    def lint(text: str) -> Sequence[Finding]:
        found = pipeline.lint(source.with_text(text)).findings
        return [finding for finding in found if code is None or finding.code == code]

    return lint


def one(snapshot: Snapshot, finding: Finding) -> Spans | None:
    """The fix of one finding, safe or not, with the imports that it leaves unused."""
    done = fix_text(snapshot.source.text, lambda _: (), unsafe=True, filename=snapshot.filename, findings=[finding])
    return _spans(snapshot, done.text)


def many(snapshot: Snapshot, findings: Sequence[Finding], relint: Relint, *, unsafe: bool) -> Spans | None:
    """The fixes of all ``findings``, in rounds, as ``--fix`` makes them."""
    if snapshot.source.cells is not None:
        findings = [finding for finding in findings if _fits(snapshot, finding)]
    done = fix_text(snapshot.source.text, relint, unsafe=unsafe, filename=snapshot.filename, findings=findings)
    made = _spans(snapshot, done.text)
    if made is not None or snapshot.source.cells is None:
        return made
    once = fix_text(snapshot.source.text, lambda _: (), unsafe=unsafe, filename=snapshot.filename, findings=findings)
    return _spans(snapshot, once.text)


def _fits(snapshot: Snapshot, finding: Finding) -> bool:
    """True if a fix of a notebook touches no magic and keeps within cells."""
    edits = [TextEdit(e.start_offset, e.end_offset, e.content) for e in finding.fix.edits] if finding.fix else []
    return bool(edits) and snapshot.spans(edits) is not None


def _spans(snapshot: Snapshot, after: str) -> Spans | None:
    """The edits that turn the snapshot's program into ``after``; None if there are none, or none that hold."""
    edits = between(snapshot.source.text, after)
    if not edits:
        return None
    spans = snapshot.spans(edits)
    if spans is not None and snapshot.source.cells is not None and not _cells_parse(snapshot, spans):
        return None
    return spans


def _cells_parse(snapshot: Snapshot, spans: Spans) -> bool:
    for uri, edits in spans.items():
        part = snapshot.by_uri(uri)
        if part is None or not Script("\n".join(neutralize(rewritten(part.lines.text, edits))) + "\n").parses():
            return False
    return True


def rewritten(text: str, edits: Sequence[TextEdit]) -> str:
    """``text`` with edits made that don't overlap."""
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True):
        text = text[: edit.start] + edit.content + text[edit.end :]
    return text


def between(before: str, after: str) -> list[TextEdit]:
    """The smallest edits, line by line, that turn one text into another."""
    if before == after:
        return []
    old, new = _LINE.findall(before), _LINE.findall(after)
    head, tail = _shared(old, new)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    matcher = difflib.SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False)
    edits = []
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag != "equal":
            edits += _trimmed(starts[head + i], "".join(old[head + i : head + j]), "".join(new[head + k : head + m]))
    return edits


def _shared(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many items both begin with, and how many of the rest both end with."""
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    rest = shorter - head
    return head, next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)


def _trimmed(start: int, old: str, new: str) -> list[TextEdit]:
    """One replacement without what both sides begin and end with; never between the halves of a newline."""
    if not old or not new:
        return [TextEdit(start, start + len(old), new)]
    head, tail = _shared(old, new)
    while head and old[head - 1] == "\r":
        head -= 1
    if tail and old[len(old) - tail] == "\n" and "\r" in {old[len(old) - tail - 1], new[len(new) - tail - 1]}:
        tail -= 1
    return [TextEdit(start + head, start + len(old) - tail, new[head : len(new) - tail])]
