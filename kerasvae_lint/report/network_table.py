"""Networks for people: one table each, with what is special about a layer, what is not known, and what is trained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kerasvae_lint.core.network import Network
from kerasvae_lint.report.look import Look, cells, printable, wrap
from kerasvae_lint.report.network_graph import Graph, graph_of
from kerasvae_lint.report.network_words import (
    broken,
    elided,
    inner_words,
    input_names,
    marks,
    padded,
    params_words,
    shape_words,
    shapes_words,
    totals_words,
)

Where = Callable[[int], str]
"""From a line of a file to the words for it: ``line 12``, or ``cell 3:2`` in a notebook."""

_HEADS = ("layer", "output shape", "params", "connections")
_MARGIN = "  "
_GAP = "  "
_NAME, _SHAPE, _LINKS = 24, 20, 20
"""How narrow columns get before they are laid out in another way, if their content is wider."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One layer: its cells, and what else is said of it beneath; ``depth`` 1 is a layer of a nested network."""

    name: str
    shape: str
    params: str
    marks: str
    links: tuple[str, ...]
    note: str
    depth: int

    @property
    def tail(self) -> str:
        return _GAP.join(filter(None, (self.marks, *self.links)))

    @property
    def indent(self) -> str:
        return _MARGIN * self.depth


@dataclass(frozen=True, slots=True)
class _Plan:
    """The widths of the columns; ``links`` is 0 where these go beneath, ``name`` 0 where all goes beneath the name."""

    name: int
    shape: int
    params: int
    links: int


def in_line(row: int) -> str:
    """How lines are called in scripts."""
    return f"line {row}"


def network_tables(networks: Iterable[Network], look: Look, where: Where = in_line) -> Iterator[str]:
    """The lines of one table per network, with an empty line between two."""
    for number, network in enumerate(networks):
        if number:
            yield ""
        yield from _table(network, look, where)


def _table(network: Network, look: Look, where: Where) -> Iterator[str]:
    yield from _head(network, look, where)
    rows = list(_rows(network, where))
    if rows:
        plan = _planned(rows, look.width - len(_MARGIN))
        yield from (f"{_MARGIN}{line}" for line in _titles(plan, look))
        yield _rule(look)
        for row in rows:
            yield from (f"{_MARGIN}{line}".rstrip() for line in _lines(row, plan, look))
        yield _rule(look)
    yield from _wrapped("total", totals_words(network), look, "label")
    for note in network.notes:
        yield from _wrapped("note:", printable(note), look, "mark")
    yield from _steps(network, look, where)


def _head(network: Network, look: Look, where: Where) -> Iterator[str]:
    rest = f"{network.kind}, {where(network.line)}"
    name = elided(printable(network.name), look.width)
    if cells(name) + 2 + cells(rest) <= look.width:
        yield f"{look.paint('label', name)}{_GAP}{rest}"
    else:
        yield look.paint("label", name)
        yield from wrap(rest, look.width, len(_MARGIN), _MARGIN, _MARGIN)
    inputs = [shape_words(tensor.shape) for tensor in network.inputs]
    if inputs:
        named = zip(input_names(network), inputs, strict=False)
        words = ", ".join(f"{_short(name, look)} {shape}" for name, shape in named)
        yield from _wrapped("input" if len(inputs) == 1 else "inputs", words.removeprefix("input "), look)


def _short(name: str, look: Look) -> str:
    return elided(printable(name), max(look.width // 2, _LINKS))


def _wrapped(label: str, words: str, look: Look, kind: str = "gutter") -> Iterator[str]:
    """``words`` behind a label in the colour of ``kind``."""
    first, *rest = broken(words, look.width, len(_MARGIN) + cells(label) + 1, _MARGIN * 2)
    yield f"{_MARGIN}{look.paint(kind, label)} {first}"
    yield from rest


def _rule(look: Look) -> str:
    return look.paint("gutter", "─" * look.width)


def _rows(network: Network, where: Where, depth: int = 0) -> Iterator[_Row]:
    graph = graph_of(network)
    links = _links(network, graph)
    for layer, link in zip(network.layers, links, strict=True):
        found = list(marks(layer))
        if layer.frozen_by is not None and layer.trainable is False:
            found[0] = f"frozen ({where(layer.frozen_by)})"
        if layer.network is not None and depth:
            found.insert(0, inner_words(layer.network))
        yield _Row(
            name=f"{printable(layer.name)} ({printable(layer.kind)})",
            shape=shapes_words(layer.outputs),
            params=params_words(layer),
            marks=", ".join(found),
            links=link,
            note=printable(layer.note),
            depth=depth,
        )
        if layer.network is not None and not depth:
            yield from _rows(layer.network, where, depth + 1)


def _links(network: Network, graph: Graph) -> list[tuple[str, ...]]:
    """What each layer gets and gives, where that is not just from the row before and to the row after."""
    first = len(input_names(network))
    last = first + len(network.layers) - 1
    sources: dict[int, list[int]] = {}
    targets: dict[int, list[int]] = {}
    for source, target in graph.edges:
        sources.setdefault(target, []).append(source)
        targets.setdefault(source, []).append(target)
    outputs = [at for at in range(first, last + 1) if graph.nodes[at].is_output]
    found = []
    for at in range(first, last + 1):
        parts = []
        before = sources.get(at, [])
        usual = at - 1 if at > first else 0 if first == 1 else None
        if before and before != [usual]:
            parts.append("← " + ", ".join(graph.nodes[index].name for index in before))
        elif not before and sources and at > first:
            parts.append("← ?")
        after = [graph.nodes[index].name for index in targets.get(at, []) if index != at + 1]
        if at in outputs and outputs != [last]:
            after.append("output")
        if after:
            parts.append("→ " + ", ".join(after))
        found.append(tuple(parts))
    return found


def _planned(rows: list[_Row], width: int) -> _Plan:
    """The widths that fit, and that cut off least."""
    name = max(len(_HEADS[0]), *(cells(row.indent + row.name) for row in rows))
    shape = max(len(_HEADS[1]), *(cells(row.shape) for row in rows))
    params = max(len(_HEADS[2]), *(cells(row.params) for row in rows))
    links = max(cells(row.tail) for row in rows)
    links = max(links, len(_HEADS[3])) if links else 0
    gaps = 2 * len(_GAP)
    if links:
        least = min(links, _LINKS)
        room = width - params - gaps - len(_GAP) - least
        plan = _shared(name, shape, room)
        if plan is not None:
            rest = width - sum(plan) - params - gaps - len(_GAP)
            return _Plan(*plan, params, min(links, rest))
    plan = _shared(name, shape, width - params - gaps)
    if plan is not None:
        return _Plan(*plan, params, 0)
    return _Plan(0, width - len(_MARGIN) - len(_GAP) - params, params, 0)


def _shared(name: int, shape: int, room: int) -> tuple[int, int] | None:
    """The widths of names and shapes in some room: none below its least, and the names are cut before the shapes."""
    least_name, least_shape = min(name, _NAME), min(shape, _SHAPE)
    if least_name + least_shape > room:
        return None
    shape = min(shape, room - least_name)
    return min(name, room - shape), shape


def _titles(plan: _Plan, look: Look) -> list[str]:
    layer, shape, params, links = _HEADS
    if not plan.name:
        beneath = f"{_MARGIN}{padded(shape, plan.shape)}{_GAP}{padded(params, plan.params, right=True)}"
        return [look.paint("label", layer), look.paint("label", beneath)]
    cols = [padded(layer, plan.name), padded(shape, plan.shape), padded(params, plan.params, right=True)]
    return [look.paint("label", _GAP.join([*cols, *([links] if plan.links else [])]))]


def _lines(row: _Row, plan: _Plan, look: Look) -> Iterator[str]:
    width = look.width - len(_MARGIN)
    params = padded(row.params, plan.params, right=True)
    below = row.indent + _MARGIN * 2
    tail = _tail(row, plan.links or width - len(below), look)
    if plan.name:
        name = row.indent + elided(row.name, plan.name - len(row.indent))
        shape = padded(elided(row.shape, plan.shape), plan.shape)
        head = f"{_named(padded(name, plan.name), look)}{_GAP}{shape}{_GAP}{params}"
    else:
        yield _named(row.indent + elided(row.name, width - len(row.indent)), look)
        room = plan.shape - len(row.indent)
        head = f"{row.indent}{_MARGIN}{padded(elided(row.shape, room), room)}{_GAP}{params}"
    if plan.links and tail:
        first, *rest = tail
        yield f"{head}{_GAP}{first}"
        column = " " * (plan.name + plan.shape + plan.params + 3 * len(_GAP))
        yield from (f"{column}{line}" for line in rest)
    else:
        yield head
        yield from (f"{below}{line}" for line in tail)
    if row.note:
        yield from _noted(row, below, width, look)


def _named(text: str, look: Look) -> str:
    """A name in full, and its class in a paler colour."""
    name, bracket, kind = text.partition(" (")
    return f"{name}{look.paint('gutter', bracket + kind)}"


def _tail(row: _Row, width: int, look: Look) -> list[str]:
    """Marks and connections in lines of some width: in one if they fit, else one below the other."""
    if not row.tail:
        return []
    if cells(row.tail) <= width:
        return [_GAP.join(filter(None, (look.paint("mark", row.marks), *row.links)))]
    return [
        *(look.paint("mark", line) for line in (_folded(row.marks, width) if row.marks else ())),
        *(line for part in row.links for line in _folded(part, width)),
    ]


def _folded(text: str, width: int) -> list[str]:
    """Lines of some width, all but the first indented; a name that is wider than a line is cut."""
    words = " ".join(elided(word, width - len(_MARGIN)) for word in text.split())
    return wrap(words, width, 0, _MARGIN)


def _noted(row: _Row, indent: str, width: int, look: Look) -> Iterator[str]:
    for line in broken(f"note: {row.note}", width, len(indent), indent, indent):
        yield look.paint("gutter", line)


def _steps(network: Network, look: Look, where: Where) -> Iterator[str]:
    if not network.steps:
        return
    yield f"{_MARGIN}{look.paint('label', 'training')}"
    places = [where(step.line) for step in network.steps]
    place_width = max(map(cells, places))
    method_width = max(cells(printable(step.method)) for step in network.steps)
    for place, step in zip(places, network.steps, strict=True):
        lead = f"{_MARGIN * 2}{padded(place, place_width)}{_GAP}{padded(printable(step.method), method_width)}"
        words = ", ".join(f"{printable(name)}={printable(value)}" for name, value in step.arguments)
        if not words:
            yield lead.rstrip()
            continue
        hanging = cells(lead) + len(_GAP)
        if look.width - hanging >= _LINKS:
            yield from broken(words, look.width, hanging, " " * hanging, lead + _GAP)
        else:
            yield lead.rstrip()
            yield from broken(words, look.width, 3 * len(_MARGIN), _MARGIN * 3, _MARGIN * 3)
