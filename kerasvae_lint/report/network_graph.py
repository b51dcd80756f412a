"""A network as nodes and edges: which layer gets what from which, as far as names tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kerasvae_lint.core.network import Layer, Network
from kerasvae_lint.report.look import printable
from kerasvae_lint.report.network_families import family_of
from kerasvae_lint.report.network_words import (
    elided,
    inner_words,
    input_names,
    marks,
    params_words,
    shape_words,
    shapes_words,
)


@dataclass(frozen=True, slots=True)
class Node:
    """A box of a drawing.

    Attributes:
        key: names it within its network.
        family: what kind of layer it is, for its colour.
        head: its class.
        name: its name.
        shape: the shape of what it gives, in words.
        marks: what is special about it.
        params: how many numbers it holds, in words; empty for an input.
        frozen: whether nothing in it is trained.
        is_output: whether it gives an output of the network.
        note: why something of it is not known.
        line: where it is made; 0 for an input.
    """

    key: str
    family: str
    head: str
    name: str
    shape: str
    marks: tuple[str, ...] = ()
    params: str = ""
    frozen: bool = False
    is_output: bool = False
    note: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Graph:
    """The boxes of a network and what leads from which to which, by index; ``edges`` holds no pair twice."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[int, int], ...]


def graph_of(network: Network) -> Graph:
    """The graph of a network: its inputs first, then its layers in their order."""
    inputs = input_names(network)
    nodes = [_input(network, index, name) for index, name in enumerate(inputs)]
    first = len(nodes)
    nodes += [_node(network, index, layer) for index, layer in enumerate(network.layers)]
    edges: dict[tuple[int, int], None] = {}
    source_of = _Sources(network, inputs)
    for index, sources in enumerate(inbound_of(network)):
        for name in sources:
            source = source_of(name, index)
            if source is None:
                source = len(nodes)
                nodes.append(Node(f"x{source}", "input", "from elsewhere", printable(name), "?"))
                source_of.others[name] = source
            edges[source, first + index] = None
    return Graph(tuple(nodes), tuple(edges))


def inbound_of(network: Network) -> list[tuple[str, ...]]:
    """What each layer gets, by name; where nobody says so, a sequential model's layers stand one behind the other."""
    if network.kind != "sequential" or any(layer.inbound for layer in network.layers):
        return [layer.inbound for layer in network.layers]
    inputs = input_names(network)[:1]
    chain = [*inputs, *(layer.name for layer in network.layers)]
    return [tuple(chain[at - 1 : at] if at else ()) for at in range(len(inputs), len(chain))]


class _Sources:
    """From a name to the node that has it: of several, the last one made before."""

    def __init__(self, network: Network, inputs: list[str]) -> None:
        self.inputs = {name: index for index, name in reversed([*enumerate(inputs)])}
        self.layers: dict[str, list[int]] = {}
        for index, layer in enumerate(network.layers):
            self.layers.setdefault(layer.name, []).append(index)
        self.first = len(inputs)
        self.others: dict[str, int] = {}

    def __call__(self, name: str, at: int) -> int | None:
        made = self.layers.get(name)
        if made is not None:
            before = [index for index in made if index < at]
            return self.first + (before[-1] if before else made[0])
        if name in self.inputs:
            return self.inputs[name]
        if name == "input" and self.inputs:
            return 0
        return self.others.get(name)


def _input(network: Network, index: int, name: str) -> Node:
    shape = shape_words(network.inputs[index].shape) if index < len(network.inputs) else "?"
    return Node(f"i{index}", "input", "Input", printable(name), shape)


def _node(network: Network, index: int, layer: Layer) -> Node:
    found = list(marks(layer))
    if layer.network is not None:
        found.insert(0, inner_words(layer.network))
    return Node(
        key=f"l{index}",
        family=family_of(layer),
        head=printable(layer.kind),
        name=printable(layer.name),
        shape=elided(shapes_words(layer.outputs), 60),
        marks=tuple(found),
        params=params_words(layer),
        frozen=layer.trainable is False,
        is_output=layer.name in network.output_names,
        note=printable(layer.note),
        line=layer.line,
    )


def title_of(network: Network, path: Callable[[str], str] = printable) -> str:
    """``unet (functional, models.py:12)``."""
    return f"{printable(network.name)} ({network.kind}, {path(network.file)}:{network.line})"
