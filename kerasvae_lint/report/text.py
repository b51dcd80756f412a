"""The format for people: the message, the place underlined, what belongs to it, and the fix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kerasvae_lint.core import Applicability, Finding
from kerasvae_lint.report.excerpt import excerpt
from kerasvae_lint.report.lines import SourceLines
from kerasvae_lint.report.look import Look, cells, printable, wrap

_INDENT = " " * 4
_NARROW = 24


def text(findings: Iterable[Finding], lines: SourceLines, look: Look) -> Iterator[str]:
    """One block of lines per finding."""
    for finding in findings:
        parts = [*_head(finding, look)]
        gutter = len(str(finding.end_location.row))
        body = list(
            excerpt(
                lines.of(finding.filename, finding.cell),
                finding.location,
                finding.end_location,
                look,
            )
        )
        parts += body
        notes = [
            *(("note", f"{look.place(n.filename, n.location, n.cell)}: {printable(n.message)}") for n in finding.notes),
            *(("help", line) for line in _help(finding, look)),
            *([("recipe", f"kvlint recipe {printable(finding.recipe)}")] if finding.recipe else []),
        ]
        if body and notes:
            parts.append(look.paint("gutter", f"{' ' * gutter} |"))
        for label, line in notes:
            parts += _remark(label, line, gutter, look)
        yield "\n".join(parts) + "\n"


def _head(finding: Finding, look: Look) -> Iterator[str]:
    where = look.place(finding.filename, finding.location, finding.cell)
    mark = look.mark(finding)
    plain = " ".join(filter(None, (f"{where}:", finding.code, mark)))
    painted = " ".join(
        filter(
            None,
            (
                look.paint("path", f"{where}:"),
                look.paint("code", finding.code),
                look.paint("mark", mark),
            ),
        )
    )
    message = printable(finding.message)
    taken = cells(plain) + 1
    if taken > look.width - _NARROW:
        yield painted
        yield from wrap(f"{message}", look.width, len(_INDENT), _INDENT, _INDENT)
        return
    first, *rest = wrap(message, look.width, taken, _INDENT)
    yield f"{painted} {first}"
    yield from rest


def _remark(label: str, line: str, gutter: int, look: Look) -> Iterator[str]:
    lead = f"{' ' * gutter} = {label}: "
    indent = " " * len(lead)
    first, *rest = wrap(line, look.width, len(lead), indent)
    sign = look.paint("gutter", f"{' ' * gutter} =")
    yield f"{sign} {look.paint('label', f'{label}:')} {first}"
    yield from rest


def _help(finding: Finding, look: Look) -> Iterator[str]:
    fix = finding.fix
    if fix is None:
        return
    message = printable(fix.message)
    if fix.applicability is Applicability.UNSAFE:
        yield f"{message} (unsafe: needs --unsafe-fixes)" if not look.unsafe else message
    else:
        yield message
