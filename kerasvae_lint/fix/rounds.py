"""Fixing one text: lint, apply what goes together, check, and again until nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kerasvae_lint.core import Applicability, Finding, TextEdit
from kerasvae_lint.fix.apply import apply_fixes, text_edits

MAX_ROUNDS = 100
"""Generous: fixes that insert at one place (the top of one ``call``) take a round each."""

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
    original = text
    if findings is None:
        findings = lint(text)
    fixed: list[Finding] = []
    refused: set[tuple[TextEdit, ...]] = set()
    seen = {text}
    for _ in range(MAX_ROUNDS):
        candidates = [
            (finding, edits)
            for finding in findings
            if (edits := _edits(finding, unsafe)) is not None and edits not in refused
        ]
        new, applied, bad = _one_round(text, [edits for _, edits in candidates])
        refused.update(candidates[index][1] for index in bad)
        if new in seen:
            from kerasvae_lint.fix.imports import remove_unused_imports

            cleaned = remove_unused_imports(original, text, filename) if fixed else text
            if cleaned in seen:
                break
            new, applied = cleaned, []
        fixed += [candidates[index][0] for index in applied]
        if new != text:
            refused.clear()
        text = new
        seen.add(text)
        findings = lint(text)
    return FixedText(text, tuple(fixed), tuple(findings), len(refused))


def _edits(finding: Finding, unsafe: bool) -> tuple[TextEdit, ...] | None:
    fix = finding.fix
    if fix is None or not (unsafe or fix.applicability is Applicability.SAFE):
        return None
    return text_edits(fix.edits)


def _one_round(text: str, fixes: Sequence[tuple[TextEdit, ...]]) -> tuple[str, list[int], list[int]]:
    """The text after one round, the fixes in it, and those that break it."""
    new, applied = apply_fixes(text, fixes)
    if new == text or parses(new):
        return new, applied if new != text else [], []
    good: list[int] = []
    bad: list[int] = []
    best = text
    for index in applied:
        tried, among = apply_fixes(text, [fixes[i] for i in (*good, index)])
        if len(among) == len(good) + 1 and parses(tried):
            good.append(index)
            best = tried
        else:
            bad.append(index)
    return best, good, bad


def parses(text: str) -> bool:
    """True if ``text`` is a program."""
    from kerasvae_lint.source import Source, SourceError, parse

    try:
        parse(Source("<fixed>", text))
    except SourceError:
        return False
    return True
