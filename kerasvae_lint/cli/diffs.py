"""Changes as ``diff`` and ``patch`` write them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from kerasvae_lint.report.look import Look, printable


class Changed(Protocol):
    """A file that changes: ``old`` and ``new`` are a script's text, ``cells`` what changes in a notebook."""

    filename: str
    old: str
    new: str
    cells: list[tuple[int, str, str]]


def diff(change: Changed, look: Look, *, harmless: bool = False) -> Iterable[str]:
    """What changes in a file, in a notebook cell by cell.

    With ``harmless``, for a terminal, signs that it would act on are spelled out; ``patch`` needs them as they are.
    """
    name = look.path(change.filename)
    if not change.cells:
        yield from _unified(name, change.old, change.new, look, harmless)
    for cell, old, new in change.cells:
        end = "" if old.endswith("\n") and new.endswith("\n") else "\n"
        yield from _unified(f"{name}:cell {cell}", old + end, new + end, look, harmless)


def _unified(name: str, old: str, new: str, look: Look, harmless: bool) -> Iterable[str]:
    import difflib

    lines = difflib.unified_diff(_lines(old), _lines(new), name, name, lineterm="")
    colours = {"-": "removed", "+": "added", "@": "mark"}
    for number, line in enumerate(lines):
        kind = "path" if number < 2 else colours.get(line[:1], "")
        end = "" if line.endswith("\n") or number < 2 or line.startswith("@") else "\n\\ No newline at end of file"
        text = line.removesuffix("\n")
        if harmless:
            text = "\t".join(map(printable, text.split("\t")))
        yield (look.paint(kind, text) if kind else text) + end


def _lines(text: str) -> list[str]:
    """Lines with their newlines; only what ``patch`` takes for a newline counts as one."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]
