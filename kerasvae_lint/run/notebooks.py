"""Fixes for notebooks: worked out on the program that the cells make, made cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kerasvae_lint.core import Finding

if TYPE_CHECKING:
    from kerasvae_lint.source import Source

    Lint = Callable[[Source], Sequence[Finding]]


@dataclass(frozen=True, slots=True)
class FixedNotebook:
    """``cells`` are those that change: number, old text, new text."""

    data: bytes
    cells: list[tuple[int, str, str]] = field(default_factory=list)
    fixed: list[Finding] = field(default_factory=list)
    remaining: list[Finding] = field(default_factory=list)
    refused: int = 0


def fix_notebook(
    data: bytes, filename: str, lint: Lint, unsafe: bool, findings: Sequence[Finding] | None = None
) -> FixedNotebook:
    """Fix the bytes of a notebook; nothing in them changes but the source of the cells that do.

    ``findings`` are those of the notebook as it is, if they are known.

    Raises:
        SourceError: the notebook can't be parsed, or can't be written back without losing something.
    """
    from kerasvae_lint.fix.document import Cells
    from kerasvae_lint.fix.rounds import fix_document
    from kerasvae_lint.source import decode

    cells = Cells.of(decode(data, filename))
    done = fix_document(cells, lambda document: lint(document.source), unsafe, filename, findings)
    written, changed = write_back(data, cells.source, done.document.source)
    return FixedNotebook(written, changed, list(done.fixed), list(done.remaining), done.refused)


def write_back(data: bytes, old: Source, new: Source) -> tuple[bytes, list[tuple[int, str, str]]]:
    """The bytes of a notebook with the cells of ``new`` in it, and those that differ: number, old text, new text.

    Raises:
        SourceError: it can't be written back without losing something.
    """
    from kerasvae_lint.source import SourceError, decode
    from kerasvae_lint.source.notebook_file import NotebookFile

    before, after = _texts(old), _texts(new)
    changed = [(index, text, after[index]) for index, text in before.items() if text != after[index]]
    written = NotebookFile(data).with_sources({index: text for index, _, text in changed})
    if _texts(decode(written, old.filename)) != after:
        raise SourceError("can't be changed: its cells can't be written back as they should be")
    return written, changed


def _texts(source: Source) -> dict[int, str]:
    from kerasvae_lint.source.text import typed

    return {cell.index: typed(source, cell) for cell in source.cells or ()}
