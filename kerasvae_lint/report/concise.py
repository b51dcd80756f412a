"""The format for grep: one line per finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kerasvae_lint.core import Finding
from kerasvae_lint.report.look import Look, printable


def concise(findings: Iterable[Finding], look: Look) -> Iterator[str]:
    """``path:row:column: CODE [*] message``."""
    for finding in findings:
        where = look.place(finding.filename, finding.location, finding.cell)
        parts = (
            look.paint("path", f"{where}:"),
            look.paint("code", finding.code),
            look.paint("mark", look.mark(finding)),
            printable(finding.message),
        )
        yield " ".join(filter(None, parts))
