"""The bytes of a file with its fixes in them: worked out on its text, and brought back as it was written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Finding, Problem
from kerasvae_lint.run.results import Change

if TYPE_CHECKING:
    from kerasvae_lint.source import Source

    Lint = Callable[[Source], list[Finding]]


def is_fixable(finding: Finding, unsafe: bool) -> bool:
    """True if fixing may touch the file for this finding."""
    return finding.fix is not None and (unsafe or finding.fix.applicability is Applicability.SAFE)


def mend(change: Change, lint: Lint, unsafe: bool) -> None:
    """Work out what fixing makes of a file whose findings are known; encoding, byte order mark and newlines stay.

    ``change.remaining`` has the findings that there are before. What can't be done is among its problems.
    """
    from kerasvae_lint.source import SourceError

    fix = _fix_cells if change.filename.endswith(".ipynb") else _fix_script
    try:
        refused = fix(change, lint, unsafe)
    except SourceError as error:
        change.problems.append(Problem(change.filename, error.message, error.location, error.cell))
        return
    if refused:
        what = "a fix was" if refused == 1 else f"{refused} fixes were"
        change.problems.append(Problem(change.filename, f"{what} left out: the file would not parse with it"))


def written(change: Change) -> Change:
    """The change once it stands in its file; or no change, and the problem why it does not."""
    if change.after == change.before:
        return change
    from kerasvae_lint.fix import write_atomically

    filename, before = change.filename, change.before
    try:
        write_atomically(Path(filename), change.after, expected=before)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        return Change(filename, before, before, problems=[Problem(filename, f"can't be written: {why}")])
    return change


def _fix_cells(change: Change, lint: Lint, unsafe: bool) -> int:
    from kerasvae_lint.run.notebooks import fix_notebook

    done = fix_notebook(change.before, change.filename, lint, unsafe, change.remaining)
    change.after, change.cells = done.data, done.cells
    change.fixed, change.remaining = done.fixed, done.remaining
    return done.refused


def _fix_script(change: Change, lint: Lint, unsafe: bool) -> int:
    from kerasvae_lint.fix import fix_text
    from kerasvae_lint.source import SourceError, decode

    source = decode(change.before, change.filename)
    done = fix_text(
        source.text,
        lambda text: lint(source.with_text(text)),
        unsafe=unsafe,
        filename=change.filename,
        findings=change.remaining,
    )
    after = _encoded(source, change.before, done.text)
    if isinstance(after, str):
        raise SourceError(after)
    change.after, change.old, change.new = after, source.text, done.text
    change.fixed, change.remaining = list(done.fixed), list(done.remaining)
    return done.refused


def _encoded(source: Source, data: bytes, text: str) -> bytes | str:
    """The bytes to write, or why they can't be."""
    try:
        if source.encode(source.text) != data:
            return f"can't be fixed: its bytes are not plain {source.encoding}"
        return source.encode(text)
    except UnicodeEncodeError:
        return f"can't be fixed: the fix can't be written in {source.encoding}"
