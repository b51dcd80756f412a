"""Networks as a picture: one SVG with a box per layer, for light and for dark pages, that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from kerasvae_lint.core.network import Network
from kerasvae_lint.report.look import cells, printable
from kerasvae_lint.report.network_families import FAMILIES
from kerasvae_lint.report.network_graph import Graph, Node, graph_of, title_of
from kerasvae_lint.report.network_layout import Box, Layout, Line, Point, laid_out
from kerasvae_lint.report.network_words import elided, totals_words

MARGIN = 24.0
_BETWEEN = 44.0
_TITLE = 48.0
_NARROWEST, _WIDEST = 140.0, 300.0
_PADDING = 10.0
_LINE = 16.0
_ROUND = 7.0
"""The radius of a line's corners."""
_STRAIGHT = 9.0
"""How much of a bow is straight, before its tip."""

_FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"
_TEXT, _FAINT, _EDGE, _PAGE = "#1c2128", "#57606a", "#6b7683", "#ffffff"
_DARK_TEXT, _DARK_FAINT, _DARK_EDGE, _DARK_PAGE = "#e6edf3", "#9aa5b1", "#8b96a3", "#0d1117"

_Path = Callable[[str], str]


def networks_svg(networks: Iterable[Network], path: _Path = printable) -> str:
    """All networks in one picture, one below the other, each with its title; ``path`` says how files are called."""
    parts: list[str] = []
    families: set[str] = set()
    frozen = False
    y, widest = MARGIN, 0.0
    for network in networks:
        graph = graph_of(network)
        families |= {node.family for node in graph.nodes}
        frozen |= any(node.frozen for node in graph.nodes)
        width = _box_width(graph)
        layout = laid_out(graph, width, [_height(node) for node in graph.nodes])
        y += _BETWEEN if parts else 0.0
        title, below = title_of(network, path), totals_words(network)
        parts += [
            f'<g transform="translate({_n(MARGIN)} {_n(y)})">',
            _text(0, 14, title, "title", size=15, bold=True),
            _text(0, 32, below, "faint", size=12),
            f'<g transform="translate(0 {_n(_TITLE)})">',
            *_picture(graph, layout),
            "</g></g>",
        ]
        y += _TITLE + layout.height
        widest = max(widest, layout.width, _wide(title, 15 * 1.08), _wide(below, 12))
    legend, rows = _legend([name for name in FAMILIES if name in families], frozen, max(widest, 300.0))
    if legend:
        parts += [f'<g transform="translate({_n(MARGIN)} {_n(y + 26)})">', *legend, "</g>"]
        y += 26 + rows * 20
        widest = max(widest, 300.0)
    return _document(parts, widest + 2 * MARGIN, y + MARGIN)


def _document(parts: list[str], width: float, height: float) -> str:
    size = f"{_n(width)} {_n(height)}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{_n(width)}" height="{_n(height)}"'
            f' font-family={quoteattr(_FONT)} role="img" class="kvlint">',
            "<title>Networks</title>",
            f"<style>{_style()}</style>",
            "<defs>",
            f'<marker id="kvlint-tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7"'
            f' orient="auto"><path d="M0 0.5 L8 4 L0 7.5 Z" class="tip" fill="{_EDGE}"/></marker>',
            '<pattern id="kvlint-frozen" width="7" height="7" patternUnits="userSpaceOnUse"'
            f' patternTransform="rotate(45)"><rect width="2" height="7" class="ice" fill="{_EDGE}"'
            ' fill-opacity="0.22"/></pattern>',
            "</defs>",
            f'<rect class="page" width="{_n(width)}" height="{_n(height)}" fill="{_PAGE}"/>',
            *parts,
            "</svg>",
        ]
    )


def _style() -> str:
    """The colours of a dark page; those of a light one are the attributes of what is drawn."""
    dark = [
        f".kvlint .page{{fill:{_DARK_PAGE}}}",
        f".kvlint .title,.kvlint .name{{fill:{_DARK_TEXT}}}",
        f".kvlint .faint{{fill:{_DARK_FAINT}}}",
        f".kvlint .edge{{stroke:{_DARK_EDGE}}}",
        f".kvlint .tip,.kvlint .ice{{fill:{_DARK_EDGE}}}",
        *(f".kvlint .{name}{{fill:{of.dark_fill};stroke:{of.dark_edge}}}" for name, of in FAMILIES.items()),
    ]
    return f"@media (prefers-color-scheme: dark){{{''.join(dark)}}}"


def _picture(graph: Graph, layout: Layout) -> Iterable[str]:
    yield from (_line(line) for line in layout.lines)
    for node, box in zip(graph.nodes, layout.boxes, strict=True):
        yield from _box(node, box)


def _line(line: Line) -> str:
    dashes = ' stroke-dasharray="5 3"' if line.back else ""
    return (
        f'<path class="edge" d="{_bow(line.points) if line.curved else _cornered(line.points)}" fill="none"'
        f' stroke="{_EDGE}" stroke-width="1.3"{dashes} marker-end="url(#kvlint-tip)"/>'
    )


def _bow(points: Sequence[Point]) -> str:
    """Straight down where a point stands beneath the one before, else a bow with a straight end."""
    (x1, y1), *rest = points
    parts = [f"M{_n(x1)} {_n(y1)}"]
    for x2, y2 in rest:
        if abs(x1 - x2) >= 0.5:
            end = y2 - _STRAIGHT
            half = (y1 + end) / 2
            parts.append(f"C{_n(x1)} {_n(half)} {_n(x2)} {_n(half)} {_n(x2)} {_n(end)}")
        parts.append(f"L{_n(x2)} {_n(y2)}")
        x1, y1 = x2, y2
    return " ".join(parts)


def _cornered(points: Sequence[Point]) -> str:
    """A right-angled line with round corners."""
    first, *_ = points
    parts = [f"M{_n(first[0])} {_n(first[1])}"]
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_ROUND, _far(before, at) / 2, _far(at, after) / 2)
        into, out = _toward(at, before, radius), _toward(at, after, radius)
        parts.append(f"L{_n(into[0])} {_n(into[1])} Q{_n(at[0])} {_n(at[1])} {_n(out[0])} {_n(out[1])}")
    parts.append(f"L{_n(points[-1][0])} {_n(points[-1][1])}")
    return " ".join(parts)


def _far(one: Point, other: Point) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _toward(start: Point, end: Point, by: float) -> Point:
    far = _far(start, end) or 1.0
    return start[0] + (end[0] - start[0]) * by / far, start[1] + (end[1] - start[1]) * by / far


def _box(node: Node, box: Box) -> Iterable[str]:
    place = f'x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}"'
    corner = f'rx="{_n(box.height / 2) if node.family == "input" else 5}"'
    family = FAMILIES[node.family]
    yield '<g class="box">'
    yield f"<title>{_safe(_told(node))}</title>"
    thick = 2.4 if node.is_output else 1.2
    paint = f'fill="{family.fill}" stroke="{family.edge}" stroke-width="{thick}"'
    yield f'<rect class="{node.family}" {place} {corner} {paint}/>'
    if node.frozen:
        yield f'<rect {place} {corner} fill="url(#kvlint-frozen)"/>'
    lines = _words(node)
    y = box.y + (box.height - len(lines) * _LINE) / 2 + 12
    room = box.width - 2 * _PADDING
    head, name = lines[0]
    left = elided(head, _fitting(room, 12.5))
    x = box.x + _PADDING
    rest = _fitting(room - _wide(left, 12.5) - 8, 11)
    yield _text(x, y, left, "name", size=12.5, bold=True)
    if rest >= 3 and name:
        yield _text(box.right - _PADDING, y, elided(name, rest), "faint", size=11, end=True)
    for line, extra in lines[1:]:
        y += _LINE
        shown = elided(line, _fitting(room - (_wide(extra, 11) + 8 if extra else 0), 11))
        yield _text(x, y, shown, "faint", size=11)
        if extra:
            yield _text(box.right - _PADDING, y, extra, "faint", size=11, end=True)
    yield "</g>"


def _words(node: Node) -> list[tuple[str, str]]:
    """The lines in a box, each with what stands at its right end."""
    lines = [(node.head, node.name), (node.shape, "" if node.params in {"", "0"} else node.params)]
    marks = [mark for mark in node.marks if mark != "frozen"]  # that is hatched
    return [*lines, (", ".join(marks), "")] if marks else lines


def _told(node: Node) -> str:
    """What a box says when one points at it."""
    lines = [f"{node.head} {node.name}", node.shape]
    if node.params:
        lines.append(f"{node.params} params")
    lines += [*node.marks, *(["output"] if node.is_output else []), *([node.note] if node.note else [])]
    return "\n".join([*lines, *([f"line {node.line}"] if node.line else [])])


def _height(node: Node) -> float:
    return len(_words(node)) * _LINE + 8


def _box_width(graph: Graph) -> float:
    """As wide as the widest text of all boxes, within reason."""
    widest = max(
        (_line_width(*line, is_head=not at) for n in graph.nodes for at, line in enumerate(_words(n))), default=0
    )
    return min(max(widest, _NARROWEST), _WIDEST) + 2 * _PADDING


def _line_width(left: str, right: str, *, is_head: bool) -> float:
    return _wide(left, 12.5 if is_head else 11) + (_wide(right, 11) + 10 if right else 0)


def _wide(text: str, size: float) -> float:
    """About how wide a text is, rather too much than too little: fonts differ."""
    return cells(text) * size * 0.62


def _fitting(room: float, size: float) -> int:
    """How many columns of text fit into some room."""
    return max(int(room / (size * 0.62) + 1e-6), 0)


def _legend(names: Sequence[str], frozen: bool, width: float) -> tuple[list[str], int]:
    """What the colours mean, in as many rows as it takes."""
    entries = [(name, FAMILIES[name].words, False) for name in names]
    parts, x, row = [], 0.0, 0
    for name, words, hatched in [*entries, *([("other", "frozen", True)] if frozen else [])]:
        step = 18 + _wide(words, 11) + 14
        if x and x + step > width:
            x, row = 0.0, row + 1
        place = f'x="{_n(x)}" y="{_n(row * 20)}" width="12" height="12" rx="{6 if name == "input" else 3}"'
        family = FAMILIES[name]
        parts.append(f'<rect class="{name}" {place} fill="{family.fill}" stroke="{family.edge}"/>')
        if hatched:
            parts.append(f'<rect {place} fill="url(#kvlint-frozen)"/>')
        parts.append(_text(x + 18, row * 20 + 10, words, "faint", size=11))
        x += step
    return parts, row + 1


def _text(x: float, y: float, text: str, kind: str, *, size: float, bold: bool = False, end: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    anchor = ' text-anchor="end"' if end else ""
    colour = _FAINT if kind == "faint" else _TEXT
    return (
        f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}"{weight}{anchor} fill="{colour}">'
        f"{_safe(text)}</text>"
    )


def _safe(text: str) -> str:
    """``text`` as XML can hold it."""
    return escape("\n".join(printable(line) for line in text.split("\n")))


def _n(number: float) -> str:
    """A number as short as it can be."""
    return f"{number:.1f}".removesuffix(".0")
