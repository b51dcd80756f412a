"""Fixing one text: lint, apply what goes together, check, and again until nothing changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

from kerasvae_lint.core import Applicability, Finding, TextEdit
from kerasvae_lint.fix.apply import choose, text_edits
from kerasvae_lint.fix.document import Document, Script
from kerasvae_lint.fix.document import parses as parses
from kerasvae_lint.source.recursion import deep

MAX_ROUNDS = 100
"""Generous: fixes that insert at one place (the top of one ``call``) take a round each."""
PATIENCE = 3
"""In so many rounds running a fix may leave as many findings like its own as there were before."""

Lint = Callable[[str], Sequence[Finding]]


@dataclass(frozen=True, slots=True)
class FixedText:
    """What fixing made of a text.

    ``fixed`` are the findings whose fix is in the new text, placed where they were when it was
    applied; ``remaining`` are the findings of the new text. ``refused`` counts fixes that were
    taken back because the text did not parse with them.
    """

    text: str
    fixed: tuple[Finding, ...]
    remaining: tuple[Finding, ...]
    refused: int = 0


def fix_text(
    text: str,
    lint: Lint,
    *,
    unsafe: bool = False,
    filename: str = "<string>",
    findings: Sequence[Finding] | None = None,
) -> FixedText:
    """Apply the safe fixes of what ``lint`` finds (with ``unsafe`` the unsafe ones too).

    ``lint`` is given the text of each round and raises nothing for text that parses; ``findings``
    are those of the first round, if they are known. A text that is returned has been parsed,
    unless nothing was changed.
    """
    done = fix_document(Script(text), lambda script: lint(script.text), unsafe, filename, findings)
    return FixedText(done.document.text, done.fixed, done.remaining, done.refused)


@dataclass(frozen=True, slots=True)
class Fixed(Generic[Document]):
    """The same of a script or a notebook's cells."""

    document: Document
    fixed: tuple[Finding, ...]
    remaining: tuple[Finding, ...]
    refused: int = 0


def fix_document(
    document: Document,
    lint: Callable[[Document], Sequence[Finding]],
    unsafe: bool,
    filename: str,
    findings: Sequence[Finding] | None = None,
) -> Fixed[Document]:
    """What :func:`fix_text` does, for anything that has a program's text and takes edits of it."""
    with deep():
        return _fixed(document, lint, unsafe, filename, findings)


def _fixed(
    document: Document,
    lint: Callable[[Document], Sequence[Finding]],
    unsafe: bool,
    filename: str,
    findings: Sequence[Finding] | None,
) -> Fixed[Document]:
    original = document
    if findings is None:
        findings = lint(document)
    fixed: list[Finding] = []
    refused: set[tuple[TextEdit, ...]] = set()
    seen = {document.text}
    vain = _InVain[Document]()
    for _ in range(MAX_ROUNDS):
        candidates = [
            (finding, edits)
            for finding in findings
            if (edits := _edits(finding, unsafe)) is not None and edits not in refused and not vain.holds(finding)
        ]
        new, applied, bad = _one_round(document, _one_import_each([edits for _, edits in candidates]))
        refused.update(candidates[index][1] for index in bad)
        if new.text in seen:
            cleaned = _without_unused_imports(original, document, filename) if fixed else document
            if cleaned.text in seen:
                break
            new, applied = cleaned, []
        before = _Before(document, tuple(findings), len(fixed), frozenset(seen))
        fixed += [candidates[index][0] for index in applied]
        if new.text != document.text:
            refused.clear()
        document = new
        seen.add(document.text)
        findings = lint(document)
        back: _Before[Document] | None = vain.judge(before, fixed[before.fixed :], findings)
        if back is not None:
            document = back.document
            findings = back.findings
            seen = set(back.seen)
            del fixed[back.fixed :]
    return Fixed(document, tuple(fixed), tuple(findings), len(refused))


@dataclass(frozen=True, slots=True)
class _Before(Generic[Document]):
    """What there was before a round."""

    document: Document
    findings: tuple[Finding, ...]
    fixed: int
    seen: frozenset[str]


class _InVain(Generic[Document]):
    """Fixes after which what they are to mend is found as before: without an end, the text would grow by each round.

    Which fixes are alike is told by the rule and by what they write. One that lets another appear is none of these.
    """

    def __init__(self) -> None:
        self._given_up: set[tuple[str, ...]] = set()
        self._rounds: dict[tuple[str, ...], list[_Before[Document]]] = {}

    def holds(self, finding: Finding) -> bool:
        """True for a finding whose fix has been tried in vain."""
        return _kind(finding) in self._given_up

    def judge(
        self, before: _Before[Document], applied: Sequence[Finding], after: Sequence[Finding]
    ) -> _Before[Document] | None:
        """Take note of a round; what to go back to, where a fix has helped nothing some times running."""
        had, left = Counter(map(_kind, before.findings)), Counter(map(_kind, after))
        for kind in dict.fromkeys(map(_kind, applied)):
            if left[kind] < had[kind]:
                self._rounds.pop(kind, None)
                continue
            rounds = self._rounds.setdefault(kind, [])
            rounds.append(before)
            if len(rounds) == PATIENCE:
                self._given_up.add(kind)
                self._rounds.clear()
                return rounds[0]
        return None


def _kind(finding: Finding) -> tuple[str, ...]:
    edits = finding.fix.edits if finding.fix is not None else ()
    return finding.code, *(edit.content for edit in edits)


def _edits(finding: Finding, unsafe: bool) -> tuple[TextEdit, ...] | None:
    fix = finding.fix
    if fix is None or not (unsafe or fix.applicability is Applicability.SAFE):
        return None
    return text_edits(fix.edits)


def _one_import_each(fixes: Sequence[tuple[TextEdit, ...]]) -> list[tuple[TextEdit, ...]]:
    """The fixes with an import that several add where the first of them, which is above all its uses, wants it."""
    first: dict[str, int] = {}
    for edit in (edit for edits in fixes for edit in edits if _is_import(edit)):
        first[edit.content] = min(edit.start, first.get(edit.content, edit.start))
    moved = {content: TextEdit(at, at, content) for content, at in first.items()}
    return [tuple(moved[e.content] if _is_import(e) else e for e in edits) for edits in fixes]


def _is_import(edit: TextEdit) -> bool:
    return edit.start == edit.end and edit.content.startswith(("import ", "from ")) and edit.content.count("\n") == 1


def _one_round(document: Document, fixes: Sequence[tuple[TextEdit, ...]]) -> tuple[Document, list[int], list[int]]:
    """The document after one round, the fixes in it, and those that break it."""
    taken, applied = choose(document.text, fixes)
    new = document.edited(taken)
    if new is not None and (new.text == document.text or new.parses()):
        return new, applied if new.text != document.text else [], []
    good: list[int] = []
    bad: list[int] = []
    best = document
    for index in applied:
        taken, among = choose(document.text, [fixes[i] for i in (*good, index)])
        tried = document.edited(taken) if len(among) == len(good) + 1 else None
        if tried is not None and tried.parses():
            good.append(index)
            best = tried
        else:
            bad.append(index)
    return best, good, bad


def _without_unused_imports(original: Document, document: Document, filename: str) -> Document:
    """The document without the imports that its fixes have left without a reader."""
    from kerasvae_lint.fix.imports import unused_import

    kept: set[str] = set(document.unseen)
    while True:
        found = unused_import(original.text, document.text, filename, kept)
        if found is None:
            return document
        name, edit = found
        shorter = document.edited([edit])
        if shorter is None or not shorter.parses():
            kept.add(name)
        else:
            document = shorter
