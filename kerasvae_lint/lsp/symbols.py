"""Document symbols: the networks of a text, and their layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lsprotocol import types

from kerasvae_lint.core.network import Layer, Network
from kerasvae_lint.lsp.layers import network_text, shapes_text
from kerasvae_lint.lsp.networks import Reading, Spot
from kerasvae_lint.lsp.snapshot import Part


def symbols(reading: Reading, uri: str) -> list[types.DocumentSymbol]:
    """The networks that one text makes; layers from elsewhere stand where their network does."""
    part = reading.snapshot.by_uri(uri)
    if part is None:
        return []
    spots: dict[tuple[int, int], list[Spot]] = {}
    for spot in reading.spots:
        spots.setdefault((id(spot.network), id(spot.layer)), []).append(spot)

    def place(network: Network, layer: Layer) -> types.Range | None:
        ranges = (reading.range_in(part, spot) for spot in spots.get((id(network), id(layer)), ()))
        return next((where for where in ranges if where is not None), None)

    return [_symbol(network, at, place) for network, at in _made_in(reading, part)]


def flat(found: list[types.DocumentSymbol], uri: str) -> list[types.SymbolInformation]:
    """The same for clients that know of no tree."""
    told = []
    for one in found:
        told.append(types.SymbolInformation(types.Location(uri, one.range), one.name, one.kind))
        told += [
            types.SymbolInformation(types.Location(uri, child.range), child.name, child.kind, container_name=one.name)
            for child in one.children or ()
        ]
    return told


def _made_in(reading: Reading, part: Part) -> Iterator[tuple[Network, types.Range]]:
    """The networks that a text makes, and the line from there on."""
    for network in reading.networks:
        if network.file != reading.snapshot.source.filename:
            continue
        placed = reading.snapshot.placed(reading.offset(network.line, network.column))
        if placed is not None and placed[0] is part:
            lines = part.lines
            start = lines.position(placed[1])
            yield network, types.Range(start, lines.position(lines.end_of(start.line)))


def _symbol(
    network: Network, at: types.Range, place: Callable[[Network, Layer], types.Range | None]
) -> types.DocumentSymbol:
    children = []
    for layer in network.layers:
        where = place(network, layer) or at
        detail = f"{layer.kind} {shapes_text(layer.outputs)}".rstrip()
        children.append(types.DocumentSymbol(layer.name or layer.kind, types.SymbolKind.Field, where, where, detail))
    kind = types.SymbolKind.Class if network.kind == "subclassed" else types.SymbolKind.Object
    whole = types.Range(
        min([at.start, *(child.range.start for child in children)]),
        max([at.end, *(child.range.end for child in children)]),
    )
    return types.DocumentSymbol(network.name or network.kind, kind, whole, at, network_text(network), children=children)
