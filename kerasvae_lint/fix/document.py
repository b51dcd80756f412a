"""What is fixed: a script, or the cells of a notebook as one program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from kerasvae_lint.core import TextEdit
from kerasvae_lint.fix.apply import rewrite
from kerasvae_lint.source import Source, SourceError
from kerasvae_lint.source.cells import edited_cells, in_cells, unseen_words
from kerasvae_lint.source.notebook import joined


@dataclass(frozen=True)
class Script:
    """A text that is a program as it stands."""

    text: str

    def edited(self, edits: Sequence[TextEdit]) -> Script | None:
        """The script with edits made; None if they can't be."""
        return Script(rewrite(self.text, edits))

    def parses(self) -> bool:
        """True if it is a program."""
        return parses(self.text)

    @property
    def unseen(self) -> frozenset[str]:
        """Words that the file has beside the program's."""
        return frozenset()


@dataclass(frozen=True)
class Cells:
    """The code cells of a notebook; ``source`` is the program that they make, ``blank`` are cells left out of it.

    ``changed`` are the cells that fixes have changed, but for those that were no program by themselves before.
    """

    source: Source
    blank: frozenset[int] = frozenset()
    changed: frozenset[int] = frozenset()

    @classmethod
    def of(cls, source: Source) -> Cells:
        """The cells of a decoded notebook; those that are no Python are left out.

        Raises:
            SourceError: it can't be parsed without them either.
        """
        from kerasvae_lint.source.syntax import parse_code

        _, usable = parse_code(source)
        blank = frozenset(cell for cell, _, _ in usable.problems if cell is not None)
        return cls(usable, blank)

    @property
    def text(self) -> str:
        """The program."""
        return self.source.text

    @property
    def unseen(self) -> frozenset[str]:
        """Words in magics and in cells that are left out."""
        return unseen_words(self.source)

    def edited(self, edits: Sequence[TextEdit]) -> Cells | None:
        """The cells with edits of the program made; None if one crosses a cell's border or changes a magic."""
        placed = in_cells(self.source, edits)
        if placed is None:
            return None
        source = joined(self.source.filename, edited_cells(self.source, placed), self.blank)
        new = {index for index, _ in placed} - self.changed
        return Cells(source, self.blank, self.changed | {index for index in new if parses(self._alone(index))})

    def parses(self) -> bool:
        """True if the cells are a program together, and each that was changed is one by itself if it was before."""
        return parses(self.text) and all(parses(self._alone(index)) for index in self.changed)

    def _alone(self, index: int) -> str:
        """The program that one cell makes."""
        lines = self.text.split("\n")
        rows = (slice(cell.first_row - 1, cell.last_row) for cell in self.source.cells or () if cell.index == index)
        return "\n".join([*(line for part in rows for line in lines[part]), ""])


Document = TypeVar("Document", Script, Cells)


def parses(text: str) -> bool:
    """True if ``text`` is a program, by the parser that reads programs: LibCST refuses some that Python takes."""
    from kerasvae_lint.source.syntax import parse_text

    try:
        parse_text(text)
    except SourceError:
        return False
    return True
