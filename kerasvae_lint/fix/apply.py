"""Edits into text: fixes are applied whole or not at all, and never two that clash."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from kerasvae_lint.core import Edit, TextEdit


def text_edits(edits: Sequence[Edit]) -> tuple[TextEdit, ...]:
    """The edits of a finding's fix, by offset alone."""
    return tuple(TextEdit(edit.start_offset, edit.end_offset, edit.content) for edit in edits)


def apply_fixes(text: str, fixes: Sequence[Sequence[TextEdit]]) -> tuple[str, list[int]]:
    """Apply as many of ``fixes`` as go together, as :func:`choose` picks them.

    Returns:
        The new text, and the indexes of the fixes that are in it.
    """
    taken, applied = choose(text, fixes)
    return rewrite(text, taken), applied


def choose(text: str, fixes: Sequence[Sequence[TextEdit]]) -> tuple[list[TextEdit], list[int]]:
    """As many of ``fixes`` as go together.

    A fix that comes earlier wins over a later one that clashes with it. Two fixes that insert the
    same whole lines at the same place (the same import, say) share one insertion.

    Returns:
        The edits to make, and the indexes of the fixes that they come from.
    """
    taken: list[TextEdit] = []
    applied: list[int] = []
    for index, fix in enumerate(fixes):
        edits = tuple(edit for edit in fix if edit.start != edit.end or edit.content)
        if not edits or not _is_sound(text, edits):
            continue
        if all(edit in taken for edit in edits):
            applied.append(index)
            continue
        new = [edit for edit in edits if edit not in taken or not _shareable(text, edit)]
        if not any(_clash(text, edit, other) for edit in new for other in taken):
            taken += new
            applied.append(index)
    return taken, applied


def _is_sound(text: str, edits: Sequence[TextEdit]) -> bool:
    """True if the edits of one fix lie in the text and not in each other."""
    if any(not 0 <= edit.start <= edit.end <= len(text) for edit in edits):
        return False
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    return all(a.end <= b.start for a, b in pairwise(ordered))


def _at_line_start(text: str, offset: int) -> bool:
    return offset == 0 or text[offset - 1] == "\n" or (text[offset - 1] == "\r" and text[offset : offset + 1] != "\n")


def _shareable(text: str, edit: TextEdit) -> bool:
    """True for an insertion of whole lines: done once, it serves every fix that wants it."""
    return edit.start == edit.end and edit.content[-1:] in {"\n", "\r"} and _at_line_start(text, edit.start)


def _clash(text: str, one: TextEdit, other: TextEdit) -> bool:
    """True if two edits of different fixes can't be made in one round.

    Edits that only touch may still depend on each other's words, so they clash too, unless they
    meet between two lines; two insertions at one place always do, as their order is unknown.
    """
    if one.start < other.end and other.start < one.end:
        return True
    if one.start == one.end == other.start == other.end:
        return True
    for left, right in ((one, other), (other, one)):
        if left.end == right.start:
            return not _at_line_start(text, left.end)
    return False


def rewrite(text: str, edits: Sequence[TextEdit]) -> str:
    """The text with all of ``edits`` made; an insertion stands before what replaces its place."""
    pieces: list[str] = []
    done = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        pieces += (text[done : edit.start], edit.content)
        done = edit.end
    pieces.append(text[done:])
    return "".join(pieces)
