"""What a rule finds, and what the user sees: plain data, picklable, with no LibCST in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst


class Applicability(Enum):
    """How far a fix can be trusted, as in ruff.

    A *safe* fix makes the code do what it plainly intends and changes nothing else; an *unsafe*
    one needs a human's eye and is applied only with ``--unsafe-fixes``.
    """

    SAFE = "safe"
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file (or in a notebook's cell): row and column count from 1, in characters."""

    row: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class TextEdit:
    """Replace ``text[start:end]`` by ``content``; offsets count characters of the decoded source."""

    start: int
    end: int
    content: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A fix as a rule proposes it: edits by offset into the source text that the rule was shown."""

    applicability: Applicability
    message: str
    edits: tuple[TextEdit, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A finding as a rule yields it: still tied to nodes of the tree.

    ``at`` is the node to underline; ``notes`` are related places, ``(node, message)`` in this file
    or ``(Place, message)`` in another one. ``preview`` marks one finding of a stable rule as preview.
    """

    at: cst.CSTNode
    message: str
    notes: tuple[tuple[cst.CSTNode | Place, str], ...] = ()
    fix: Draft | None = None
    preview: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A position in some file, by name: for notes that point outside the linted file."""

    filename: str
    position: Position


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement of a fix, in the coordinates that the user sees.

    ``start_offset`` and ``end_offset`` count characters of the decoded source text (for a notebook:
    of the program that its cells make), which is what the fixer applies; ``cell`` is the notebook's cell.
    """

    content: str
    location: Position
    end_location: Position
    start_offset: int
    end_offset: int
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """What ``--fix`` would do about a finding."""

    applicability: Applicability
    message: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A related place: where the variable is made, where the callback assigns it."""

    message: str
    filename: str
    location: Position
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnostic, placed in a file; ``cell`` counts all cells of a notebook from 1.

    ``recipe`` names what ``kvlint recipe`` prints to put in the broken code's place, if there is something.
    """

    code: str
    name: str
    message: str
    filename: str
    location: Position
    end_location: Position
    cell: int | None = None
    fix: Fix | None = None
    notes: tuple[Note, ...] = field(default=())
    recipe: str | None = None

    @property
    def sort_key(self) -> tuple[str, int, Position, Position, str]:
        """Order of output: by file, place, then code."""
        return (self.filename, self.cell or 0, self.location, self.end_location, self.code)


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that kvlint could not do its whole job on (unreadable, unparsable); one line of text."""

    filename: str
    message: str
    location: Position | None = None
    cell: int | None = None
