"""What the cache keeps of a linted file, as JSON: a folder of strangers may bring a cache, and data can't run.

An entry stays text until it is asked for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from kerasvae_lint.core import Applicability, Edit, Finding, Fix, Note, Position, Problem
from kerasvae_lint.project import Search

_MOST = 2**31
"""No file is as long: its places are smaller."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of a linted file."""

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    consulted: dict[str, str | None]
    digest: str | None
    searched: tuple[Search, ...] = ()


def dump(entry: Entry) -> str:
    """An entry as text."""
    return json.dumps(
        [
            [_finding(finding) for finding in entry.findings],
            [[p.filename, p.message, _place(p.location), p.cell, p.unread] for p in entry.problems],
            entry.consulted,
            entry.digest,
            entry.searched,
        ],
        separators=(",", ":"),
    )


def load(text: str, filename: str) -> Entry | None:
    """An entry from its text; None if it is none, or speaks of another file than ``filename``."""
    try:
        findings, problems, consulted, digest, searched = json.loads(text)
        entry = Entry(
            tuple(_read_finding(row) for row in findings),
            tuple(_read_problem(row) for row in problems),
            {_text(path): None if content is None else _text(content) for path, content in consulted.items()},
            None if digest is None else _text(digest),
            tuple((_texts(words), _texts(chosen), _text(found)) for words, chosen, found in searched),
        )
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    named = {*(finding.filename for finding in entry.findings), *(problem.filename for problem in entry.problems)}
    return entry if named <= {filename} else None


def _finding(finding: Finding) -> list[Any]:
    fix = finding.fix
    return [
        finding.code,
        finding.name,
        finding.message,
        finding.filename,
        _place(finding.location),
        _place(finding.end_location),
        finding.cell,
        None if fix is None else [fix.applicability.value, fix.message, [_edit(edit) for edit in fix.edits]],
        [[note.message, note.filename, _place(note.location), note.cell] for note in finding.notes],
        finding.recipe,
    ]


def _edit(edit: Edit) -> list[Any]:
    places = _place(edit.location), _place(edit.end_location)
    return [edit.content, *places, edit.start_offset, edit.end_offset, edit.cell]


def _place(position: Position | None) -> list[int] | None:
    return None if position is None else [position.row, position.column]


def _read_finding(row: list[Any]) -> Finding:
    code, name, message, filename, start, end, cell, fix, notes, recipe = row
    return Finding(
        _text(code),
        _text(name),
        _text(message),
        _text(filename),
        _position(start),
        _position(end),
        _cell(cell),
        None if fix is None else _read_fix(fix),
        tuple(_read_note(note) for note in notes),
        None if recipe is None else _text(recipe),
    )


def _read_fix(row: list[Any]) -> Fix:
    applicability, message, edits = row
    return Fix(Applicability(applicability), _text(message), tuple(_read_edit(edit) for edit in edits))


def _read_edit(row: list[Any]) -> Edit:
    content, start, end, first, last, cell = row
    return Edit(_text(content), _position(start), _position(end), _number(first), _number(last), _cell(cell))


def _read_note(row: list[Any]) -> Note:
    message, filename, place, cell = row
    return Note(_text(message), _text(filename), _position(place), _cell(cell))


def _read_problem(row: list[Any]) -> Problem:
    filename, message, place, cell, unread = row
    location = None if place is None else _position(place)
    return Problem(_text(filename), _text(message), location, _cell(cell), bool(unread))


def _position(row: list[Any]) -> Position:
    line, column = row
    return Position(_number(line), _number(column))


def _cell(value: object) -> int | None:
    return None if value is None else _number(value)


def _number(value: object) -> int:
    if type(value) is not int or not 0 <= value <= _MOST:
        raise TypeError("a place is made of small numbers")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text is wanted here")
    return value


def _texts(values: list[Any]) -> tuple[str, ...]:
    return tuple(_text(value) for value in values)
