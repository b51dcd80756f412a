"""How a report looks: width, colour, which fixes count, and how names and places are spelled."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass, field

from kerasvae_lint.core import Applicability, Finding, Position

COLOURS = {
    "path": "1",
    "code": "1;91",
    "added": "32",
    "removed": "91",
    "mark": "1;95",
    "gutter": "2",
    "under": "1;91",
    "label": "1",
}
"""By kind; only what can be read on white and on black. Bold, which some terminals show as bright, is joined to none of
the eight dark colours: bold green would be a bright green, which is invisible on white."""
_PLAIN = "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Look:
    """Settings of the human formats.

    Attributes:
        width: columns to write in.
        colour: whether to use terminal colours.
        unsafe: whether unsafe fixes count as fixes (``--unsafe-fixes``).
        base: the directory that file names are shown relative to.
    """

    width: int = 80
    colour: bool = False
    unsafe: bool = False
    base: str = field(default_factory=os.getcwd)

    def paint(self, kind: str, text: str) -> str:
        """``text`` in the colour of its kind."""
        return f"\x1b[{COLOURS[kind]}m{text}{_PLAIN}" if self.colour and text else text

    def path(self, filename: str) -> str:
        """The file's name as a reader would type it from here."""
        if os.path.isabs(filename):
            inside = os.path.join(self.base, "")
            if filename.startswith(inside):
                filename = filename[len(inside) :]
        return printable(filename)

    def place(self, filename: str, position: Position, cell: int | None = None) -> str:
        """``path:row:column``, in a notebook ``path:cell 3:row:column``."""
        return place(self.path(filename), position, cell)

    def applies(self, finding: Finding) -> bool:
        """True if this run's ``--fix`` would mend (or has been asked to mend) the finding."""
        fix = finding.fix
        return fix is not None and (self.unsafe or fix.applicability is Applicability.SAFE)

    def mark(self, finding: Finding) -> str:
        """``[*]`` for what ``--fix`` mends, as in ruff."""
        return "[*]" if self.applies(finding) else ""


def place(name: str, position: Position, cell: int | None = None) -> str:
    """A place in words that editors and terminals know how to open."""
    inside = f"cell {cell}:" if cell is not None else ""
    return f"{name}:{inside}{position.row}:{position.column}"


def printable(text: str) -> str:
    """``text`` with nothing in it that a terminal would act on."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def cells(text: str) -> int:
    """How many columns ``text`` takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(cell_width(c) for c in text)


def cell_width(character: str) -> int:
    """How many columns one character takes: two for East Asian wide ones, none for accents."""
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrap(text: str, width: int, first: int, indent: str, lead: str = "") -> list[str]:
    """Break ``text`` between words.

    The first line is begun with ``lead`` and has ``first`` columns taken already; the others are
    indented.
    """
    lines: list[str] = []
    line, used, empty = lead, first, True
    for word in text.split():
        if not empty and used + 1 + cells(word) > width:
            lines.append(line)
            line, used, empty = indent, cells(indent), True
        line += word if empty else f" {word}"
        used += cells(word) + (not empty)
        empty = False
    return [*lines, line]
