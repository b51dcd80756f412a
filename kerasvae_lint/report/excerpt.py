"""The source lines of a finding, with the place underlined."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from kerasvae_lint.core import Position
from kerasvae_lint.report.look import Look, cell_width, cells

_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
MAX_ROWS = 4
"""Of a longer range, only the first and the last line are shown."""
TAB = 4
GAP = "..."


def excerpt(lines: Sequence[str], start: Position, end: Position, look: Look) -> Iterator[str]:
    """The lines from ``start`` to ``end``, numbered and underlined; nothing if there are none."""
    last = min(end.row, len(lines))
    if not 1 <= start.row <= last:
        return
    rows = list(range(start.row, last + 1))
    if len(rows) > MAX_ROWS:
        rows = [rows[0], 0, rows[-1]]
    gutter = len(str(last))
    bar = look.paint("gutter", f"{' ' * gutter} |")
    yield bar
    for row in rows:
        if not row:
            yield look.paint("gutter", GAP)
            continue
        line = lines[row - 1].rstrip()
        left = start.column - 1 if row == start.row else len(line) - len(line.lstrip())
        right = end.column - 1 if row == end.row else len(line)
        left, right = min(left, len(line)), min(right, len(line) + 1)
        shown, before, under = _window(line, left, max(right, left), look.width - gutter - 3)
        number = look.paint("gutter", f"{row:>{gutter}} |")
        yield f"{number} {shown}".rstrip()
        if under:
            yield f"{bar} {' ' * before}{look.paint('under', '^' * under)}"


def _window(line: str, left: int, right: int, width: int) -> tuple[str, int, int]:
    """The part of ``line`` to show, the columns before the underline, and its length."""
    drawn = _drawn(line)
    right = min(max(right, left + 1), max(len(drawn), left + 1))
    parts = [drawn[i] if i < len(drawn) else " " for i in range(max(len(drawn), right))]
    widths = [cells(part) for part in parts]
    first, last = 0, len(parts)
    width = max(width, 20)
    margin = 0
    if sum(widths) > width:
        margin = min(len(line) - len(line.lstrip()), left)
        first = margin
    if sum(widths[first:]) > width:
        cut = _cut(widths[margin:], left - margin, right - margin, width)
        first, last = cut[0] + margin, cut[1] + margin
    lead = GAP if first > margin else ""
    tail = GAP if last < len(parts) else ""
    shown = lead + "".join(parts[first:last]) + tail
    before = len(lead) + sum(widths[first:left])
    under = sum(widths[left : min(right, last)])
    return shown, before, under


def _cut(widths: Sequence[int], left: int, right: int, width: int) -> tuple[int, int]:
    """Which characters of a line that is too long to keep: the underlined ones, and some around."""
    room = width - 2 * len(GAP)
    first, last = left, left
    used = 0
    while last < len(widths) and last < right and used + widths[last] <= room:
        used += widths[last]
        last += 1
    before = max((room - used) * 2 // 3, room - used - sum(widths[last:]))
    while first > 0 and widths[first - 1] <= before:
        first -= 1
        before -= widths[first]
        used += widths[first]
    while last < len(widths) and used + widths[last] <= room:
        used += widths[last]
        last += 1
    return first, last


def _drawn(line: str) -> list[str]:
    """What each character looks like: tabs as spaces, nothing that moves the cursor."""
    drawn: list[str] = []
    column = 0
    for character in line:
        if character == "\t":
            shown = " " * (TAB - column % TAB)
        elif character.isprintable():
            shown = character
        else:  # a sign that turns the direction of writing takes no room, and must be seen
            turns = unicodedata.bidirectional(character) in _TURNING
            shown = "?" if turns or cell_width(character) else ""
        drawn.append(shown)
        column += cells(shown)
    return drawn
