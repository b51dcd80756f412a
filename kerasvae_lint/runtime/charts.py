"""Small pictures as inline SVG: bars and lines, drawn with the page's own colours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

WIDTH = 430
ROW = 22
LEFT = 158


def bars(rows: Sequence[tuple[str, float | None, str]], title: str) -> str:
    """Horizontal bars on a logarithmic scale: ``(name, value or None for nothing, class)``."""
    values = [value for _, value, _ in rows if value and math.isfinite(value)]
    low = math.floor(math.log10(min(values))) - 1 if values else -1
    high = math.ceil(math.log10(max(values))) if values else 1
    span = max(high - low, 1)
    room = WIDTH - LEFT - 56
    height = ROW * len(rows) + 8
    parts = []
    for number, (name, value, kind) in enumerate(rows):
        y = 4 + number * ROW
        shown = name if len(name) <= 24 else "…" + name[-23:]
        parts.append(f'<text x="{LEFT - 8}" y="{y + 15}" class="end">{escape(shown)}</text>')
        if value is None or not math.isfinite(value) or value <= 0:
            word = "none" if value is None else f"{value:g}"
            parts.append(f'<text x="{LEFT}" y="{y + 15}" class="{kind}">{word}</text>')
            continue
        length = max(2.0, room * (math.log10(value) - low) / span)
        parts.append(f'<rect x="{LEFT}" y="{y + 3}" width="{length:.1f}" height="{ROW - 7}" class="{kind}"/>')
        parts.append(f'<text x="{LEFT + length + 6:.1f}" y="{y + 15}">{value:.3g}</text>')
    return _svg(parts, height, title)


def columns(values: Sequence[float], lit: Sequence[bool], title: str, unit: str) -> str:
    """Vertical bars, one for each latent dimension; those not ``lit`` are pale."""
    height, floor = 190, 160
    top = max([*values, 1e-9])
    step = (WIDTH - 60) / max(len(values), 1)
    parts = [
        f'<line x1="50" y1="{floor}" x2="{WIDTH}" y2="{floor}" class="axis"/>',
        f'<text x="44" y="18" class="end">{top:.2g}</text>',
        f'<text x="44" y="{floor}" class="end">0</text>',
        f'<text x="50" y="{height - 4}">latent dimension, {escape(unit)}</text>',
    ]
    for number, value in enumerate(values):
        size = max(1.0, 150 * max(value, 0.0) / top)
        x = 52 + number * step
        kind = "ok" if lit[number] else "pale"
        width = max(step * 0.8, 1.0)
        parts.append(
            f'<rect x="{x:.1f}" y="{floor - size:.1f}" width="{width:.1f}" height="{size:.1f}" class="{kind}"/>'
        )
    return _svg(parts, height, title)


def lines(series: Sequence[tuple[str, str, Sequence[float]]], title: str, unit: str) -> str:
    """Lines over epochs or steps: ``(name, class, values)``; the names stand under the picture."""
    every = [value for _, _, values in series for value in values if math.isfinite(value)]
    if not every:
        return ""
    low, high = min(every), max(every)
    if high - low < 1e-12:
        low, high = low - 0.5, high + 0.5
    longest = max(len(values) for _, _, values in series)
    height, floor = 220, 170

    def at(index: int, value: float) -> str:
        x = 60 + (WIDTH - 80) * (index / max(longest - 1, 1))
        return f"{x:.1f},{floor - 150 * (value - low) / (high - low):.1f}"

    parts = [
        f'<line x1="60" y1="{floor}" x2="{WIDTH - 10}" y2="{floor}" class="axis"/>',
        f'<line x1="60" y1="20" x2="60" y2="{floor}" class="axis"/>',
        f'<text x="54" y="26" class="end">{high:.3g}</text>',
        f'<text x="54" y="{floor}" class="end">{low:.3g}</text>',
        f'<text x="{WIDTH - 10}" y="{floor + 16}" class="end">{escape(unit)} {longest}</text>',
    ]
    x = 60
    for name, kind, values in series:
        points = " ".join(at(i, value) for i, value in enumerate(values) if math.isfinite(value))
        parts.append(f'<polyline points="{points}" class="line {kind}"/>')
        for point in points.split() if len(values) <= 40 and "wide" not in kind else ():
            x_of, y_of = point.split(",")
            parts.append(f'<circle cx="{x_of}" cy="{y_of}" r="2.5" class="{kind}"/>')
        parts.append(f'<rect x="{x}" y="{height - 18}" width="12" height="12" class="{kind}"/>')
        parts.append(f'<text x="{x + 17}" y="{height - 8}">{escape(name)}</text>')
        x += 36 + 7 * len(name)
    return _svg(parts, height, title)


def _svg(parts: Sequence[str], height: int, title: str) -> str:
    body = "".join(parts)
    return (
        f'<figure><figcaption>{escape(title)}</figcaption><svg viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}">{body}</svg></figure>'
    )
