"""What a rule finds, and what the user sees: plain data, picklable."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol


class Applicability(Enum):
    """How far a fix can be trusted, as in ruff.

    A *safe* fix makes the code do what it plainly intends and changes nothing else; an *unsafe*
    one needs a human's eye and is applied only with ``--unsafe-fixes``.
    """

    SAFE = "safe"
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file (or in a notebook's cell).

    Attributes:
        row: from 1.
        column: from 1, in characters.
    """

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
    """A fix as a rule proposes it.

    Attributes:
        applicability: whether it is safe.
        message: what it does, in a line.
        edits: by offset into the source text that the rule was shown.
    """

    applicability: Applicability
    message: str
    edits: tuple[TextEdit, ...]


class Span(Protocol):
    """A piece of the text that can be underlined: a record, a call."""

    @property
    def start(self) -> int:
        """Offset of its first character."""

    @property
    def end(self) -> int:
        """Offset behind its last one."""


@dataclass(frozen=True, slots=True)
class Report:
    """A finding as a rule yields it: placed in the text, not yet in the file.

    Attributes:
        at: what to underline.
        message: what is wrong, what will happen, what to do.
        notes: related places, ``(span, message)`` in this file or ``(Place, message)`` in another one.
        fix: what an ``Editor`` collected.
        preview: marks one finding of a stable rule as preview.
        about: the places that it is about: what another rule says of one of them may outrank it (``Rule.outranks``).
    """

    at: Span | Any  # Any: a node of the old reading's tree, until the last rule has moved
    message: str
    notes: tuple[tuple[Span | Place | Any, str], ...] = ()
    fix: Draft | None = None
    preview: bool = False
    about: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A position in some file, by name: for notes that point outside the linted file."""

    filename: str
    position: Position


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement of a fix, in the coordinates that the user sees.

    Attributes:
        content: the new text.
        location: where the old text begins.
        end_location: where it ends.
        start_offset: the same in characters of the decoded source text (for a notebook: of the program that its cells
            make), which is what the fixer applies.
        end_offset: likewise.
        cell: the notebook's cell, counted from 1.
    """

    content: str
    location: Position
    end_location: Position
    start_offset: int
    end_offset: int
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """What ``--fix`` would do about a finding.

    Attributes:
        applicability: whether it is safe.
        message: what it does, in a line.
        edits: in the order of the text.
    """

    applicability: Applicability
    message: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A related place: where the variable is made, where the callback assigns it.

    Attributes:
        message: what is there.
        filename: the file, which may be another one than the finding's.
        location: where in it.
        cell: of a notebook, from 1.
    """

    message: str
    filename: str
    location: Position
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnostic, placed in a file.

    Attributes:
        code: of the rule.
        name: of the rule.
        message: what is wrong, what will happen, what to do.
        filename: as it was given.
        location: where the underlined code begins.
        end_location: where it ends.
        cell: of a notebook, counting all cells from 1; None in a Python file.
        fix: None if the rule has none to offer here.
        notes: related places.
        recipe: what ``kvlint recipe`` prints to put in the broken code's place, by name; None if there is nothing.
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
    """A file that kvlint could not do its whole job on.

    Attributes:
        filename: as it was given.
        message: one line.
        location: where, if that is known.
        cell: of a notebook, from 1.
        unread: True if no rule has looked at any of the file.
    """

    filename: str
    message: str
    location: Position | None = None
    cell: int | None = None
    unread: bool = False
