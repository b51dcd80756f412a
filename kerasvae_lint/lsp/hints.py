"""Inlay hints: the shape that each call of a layer gives, behind the call."""

from __future__ import annotations

from lsprotocol import types

from kerasvae_lint.lsp.layers import shapes_text
from kerasvae_lint.lsp.networks import Reading

MAX_SHAPES = 2
"""So many shapes are shown of a call that gives several, as one in a loop may."""


def hints(reading: Reading, uri: str, asked: types.Range) -> list[types.InlayHint]:
    """The hints of one text, as far as they are in a range."""
    shapes: dict[int, dict[str, None]] = {}
    for spot in reading.spots:
        if spot.made and spot.layer.calls:
            continue
        text = shapes_text(spot.outputs)
        if text:
            shapes.setdefault(spot.end, {})[text] = None
    found = []
    for offset, texts in sorted(shapes.items()):
        placed = reading.snapshot.placed(offset)
        if placed is None or placed[0].uri != uri:
            continue
        at = placed[0].lines.position(placed[1])
        if asked.start <= at <= asked.end:
            found.append(_hint(at, list(texts)))
    return found


def _hint(at: types.Position, shapes: list[str]) -> types.InlayHint:
    shown = shapes if len(shapes) <= MAX_SHAPES else [*shapes[:MAX_SHAPES], "…"]
    more = "\n".join(shapes) if len(shapes) > MAX_SHAPES else None
    return types.InlayHint(at, " | ".join(shown), types.InlayHintKind.Type, tooltip=more, padding_left=True)
