"""Colours that can be read on white and on black, in the palettes that terminals come with."""

from __future__ import annotations

import re
from statistics import median

import pytest

from kerasvae_lint.report.look import COLOURS, Look

# Terminal -> its white, its black, and its 16 colours, as they are until somebody changes them.
PALETTES = {
    "Linux console (VGA)": "ffffff 000000 000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa "
    "555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
    "xterm": "ffffff 000000 000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 "
    "7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff",
    "Windows Terminal (Campbell)": "ffffff 0c0c0c 0c0c0c c50f1f 13a10e c19c00 0037da 881798 3a96dd cccccc "
    "767676 e74856 16c60c f9f1a5 3b78ff b4009e 61d6d6 f2f2f2",
    "macOS Terminal": "ffffff 000000 000000 990000 00a600 999900 0000b2 b200b2 00a6b2 bfbfbf "
    "666666 e50000 00d900 e5e500 0000ff e500e5 00e5e5 e5e5e5",
    "PuTTY": "ffffff 000000 000000 bb0000 00bb00 bbbb00 0000bb bb00bb 00bbbb bbbbbb "
    "555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
    "GNOME (Tango)": "ffffff 000000 2e3436 cc0000 4e9a06 c4a000 3465a4 75507b 06989a d3d7cf "
    "555753 ef2929 8ae234 fce94f 729fcf ad7fa8 34e2e2 eeeeec",
    "Ubuntu": "ffffff 300a24 010101 de382b 39b54a ffc706 006fb8 762671 2cb5e9 cccccc "
    "808080 ff0000 00ff00 ffff00 0000ff ff00ff 00ffff ffffff",
}
WORST, USUAL = 2.0, 3.0
"""The contrast in any palette, and in half of them; 3 is what WCAG asks of large text and of signs."""


def _light(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """As WCAG defines it, from 1 to 21."""
    dark, light = sorted((_light(one), _light(other)))
    return (light + 0.05) / (dark + 0.05)


def _contrasts(number: int) -> dict[str, list[float]]:
    """Of a colour (0 to 15) on each background, over all palettes."""
    rows = [palette.split() for palette in PALETTES.values()]
    return {name: [contrast(row[2 + number], row[at]) for row in rows] for at, name in enumerate(("white", "black"))}


def _legible(number: int) -> bool:
    return all(min(found) >= WORST and median(found) >= USUAL for found in _contrasts(number).values())


@pytest.mark.parametrize("kind", COLOURS)
def test_what_is_used_can_be_read(kind: str) -> None:
    codes = [int(code) for code in COLOURS[kind].split(";")]
    colours = [code - 30 if code < 90 else code - 82 for code in codes if code > 29]
    assert set(codes) <= {1, 2, *range(30, 38), *range(90, 98)}, "bold, faint, and the 16 colours"
    assert all(_legible(number) for number in colours)
    assert 1 not in codes or not any(number < 8 for number in colours), "bold may turn a dark colour into a bright one"


@pytest.mark.parametrize("number", [3, 4, 6, 7, 10, 11, 14, 15])
def test_the_measure_knows_the_bad_ones(number: int) -> None:
    assert not _legible(number)


def test_contrast_is_what_wcag_says() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21.0)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.01)


def test_paint_ends_what_it_begins() -> None:
    for kind in COLOURS:
        assert re.fullmatch(r"\x1b\[[\d;]+mtext\x1b\[0m", Look(colour=True).paint(kind, "text"))
        assert Look(colour=False).paint(kind, "text") == "text"
