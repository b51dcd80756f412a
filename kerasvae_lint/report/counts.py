"""Findings counted: by rule, and in one closing line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator

from kerasvae_lint.core import Applicability, Finding
from kerasvae_lint.report.look import Look


def _counted(findings: Collection[Finding]) -> list[tuple[str, str, int]]:
    counts = Counter((finding.code, finding.name) for finding in findings)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(code, name, count) for (code, name), count in ordered]


def statistics(findings: Collection[Finding], look: Look) -> Iterator[str]:
    """``count  code  [*]  name``, the most frequent first; ``[*]`` all of them, ``[-]`` some."""
    rows = _counted(findings)
    width = max((len(str(count)) for _, _, count in rows), default=0)
    codes = max((len(code) for code, _, _ in rows), default=0)
    for code, name, count in rows:
        fixable = sum(look.applies(finding) for finding in findings if finding.code == code)
        mark = "[*]" if fixable == count else "[-]" if fixable else "[ ]"
        yield (f"{count:>{width}}  {look.paint('code', f'{code:<{codes}}')}  {look.paint('mark', mark)}  {name}")


def statistics_json(findings: Collection[Finding], look: Look) -> str:
    """The same as a list of objects."""
    return json.dumps(
        [
            {
                "code": code,
                "name": name,
                "count": count,
                "fixable": sum(look.applies(f) for f in findings if f.code == code),
            }
            for code, name, count in _counted(findings)
        ],
        indent=2,
    )


def summary(
    findings: Collection[Finding],
    look: Look,
    *,
    files: int,
    fixed: int = 0,
    fixing: bool = False,
    errors: int = 0,
    unread: int = 0,
) -> str:
    """The last line: how many were found, how many are mended, how many could be.

    Args:
        findings: those that are left.
        look: which fixes count.
        files: how many files there were.
        fixed: how many findings were mended.
        fixing: whether they were to be mended.
        errors: how many things could not be done.
        unread: how many of the files no rule has looked at.
    """
    end = f"; {many(errors, 'error')}." if errors else "."
    if unread:
        end = f"; {many(unread, 'file')} not linted{end}"
    if not findings and not fixed:
        if errors and unread >= files:
            return f"Nothing was linted; {many(errors, 'error')}."
        return f"No findings in {many(files - unread, 'file')}{end}"
    total = len(findings) + fixed
    where = len({finding.filename for finding in findings})
    parts = _hints(findings, look, fixing)
    if fixing:
        counted = f"Found {many(total, 'finding')}"
        parts.insert(0, f"{fixed} fixed, {len(findings)} remaining")
    else:
        counted = f"Found {many(total, 'finding')} in {many(where, 'file')}"
    return f"{counted} ({'; '.join(parts)}){end}" if parts else f"{counted}{end}"


def _hints(findings: Collection[Finding], look: Look, fixing: bool) -> list[str]:
    here = sum(look.applies(finding) for finding in findings)
    unsafe = sum(finding.fix is not None and finding.fix.applicability is Applicability.UNSAFE for finding in findings)
    parts = []
    if here and not fixing:
        parts.append(f"{here} fixable with --fix")
    if unsafe and not look.unsafe:
        parts.append(f"{unsafe} {'more' if parts else 'fixable'} with --unsafe-fixes")
    return parts


def many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
