"""The format for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any

from kerasvae_lint.core import Finding, Fix, Note, Position


def to_json(findings: Iterable[Finding]) -> str:
    """A list with one object per finding; file names are absolute, rows and columns from 1."""
    return json.dumps([_finding(finding) for finding in findings], indent=2)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "name": finding.name,
        "message": finding.message,
        "filename": _absolute(finding.filename),
        "location": _position(finding.location),
        "end_location": _position(finding.end_location),
        "cell": finding.cell,
        "fix": _fix(finding.fix) if finding.fix is not None else None,
        "notes": [_note(note) for note in finding.notes],
        "recipe": finding.recipe,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "applicability": fix.applicability.value,
        "message": fix.message,
        "edits": [
            {
                "content": edit.content,
                "location": _position(edit.location),
                "end_location": _position(edit.end_location),
                "cell": edit.cell,
            }
            for edit in fix.edits
        ],
    }


def _note(note: Note) -> dict[str, Any]:
    return {
        "message": note.message,
        "filename": _absolute(note.filename),
        "location": _position(note.location),
        "cell": note.cell,
    }


def _position(position: Position) -> dict[str, int]:
    return {"row": position.row, "column": position.column}


def _absolute(filename: str) -> str:
    return filename if filename.startswith(("-", "<")) else os.path.abspath(filename)
