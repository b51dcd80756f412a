"""What is said of a baseline after a run."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from kerasvae_lint.cli.output import look_for
from kerasvae_lint.report.counts import many
from kerasvae_lint.report.look import printable
from kerasvae_lint.run.results import LintResult


def baseline_notes(result: LintResult, *, verbose: bool) -> Iterator[str]:
    """What to say of the baseline after a run."""
    look = look_for(sys.stderr)
    if verbose and result.known:
        count = len(result.known)
        yield f"{many(count, 'finding')} {'is' if count == 1 else 'are'} in the baseline and not reported."
    if not result.gone:
        return
    count = sum(item.count for item in result.gone)
    names = ", ".join(dict.fromkeys(look.path(item.baseline) for item in result.gone))
    verb = "entry no longer occurs" if count == 1 else "entries no longer occur"
    yield f"{names}: {count} {verb}; --update-baseline drops {'it' if count == 1 else 'them'}."
    for item in result.gone if verbose else ():
        scope = f" in {item.key.scope}" if item.key.scope else ""
        yield f"    {printable(item.filename)}: {item.key.code}{scope}: {printable(item.key.text)}"
