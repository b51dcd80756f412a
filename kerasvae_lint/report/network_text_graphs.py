"""Networks as text that other programs draw: Mermaid (Markdown on many sites) and DOT (Graphviz)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kerasvae_lint.core.network import Network
from kerasvae_lint.report.look import printable
from kerasvae_lint.report.network_families import FAMILIES
from kerasvae_lint.report.network_graph import Node, graph_of, title_of

_Path = Callable[[str], str]

# What Mermaid would read as its own marks, or as HTML, within quotes.
_MERMAID = str.maketrans(
    {'"': "#quot;", "#": "#35;", "&": "#amp;", "<": "#lt;", ">": "#gt;", "`": "#96;", "\\": "#92;"}
)
_DOT = str.maketrans({'"': '\\"', "\\": "\\\\"})


def mermaid(networks: Iterable[Network], path: _Path = printable) -> Iterator[str]:
    """A flowchart with one subgraph per network; ``path`` says how files are called."""
    yield "flowchart TB"
    families: set[str] = set()
    frozen: list[str] = []
    for number, network in enumerate(networks):
        graph = graph_of(network)
        keys = [f"n{number}_{node.key}" for node in graph.nodes]
        yield f'  subgraph n{number}["{title_of(network, path).translate(_MERMAID)}"]'
        for key, node in zip(keys, graph.nodes, strict=True):
            text = "<br/>".join(line.translate(_MERMAID) for line in _words(node))
            opened, closed = ("([", "])") if node.family == "input" else ("[", "]")
            yield f'    {key}{opened}"{text}"{closed}:::{_family(node.family)}'
        yield from (f"    {keys[source]} --> {keys[target]}" for source, target in graph.edges)
        yield "  end"
        families |= {node.family for node in graph.nodes}
        frozen += [key for key, node in zip(keys, graph.nodes, strict=True) if node.frozen]
    for family in (name for name in FAMILIES if name in families):
        of = FAMILIES[family]
        yield f"  classDef {_family(family)} fill:{of.fill},stroke:{of.edge},color:#1c2128"
    if frozen:
        yield f"  style {','.join(frozen)} stroke-dasharray:4 3,opacity:0.7"


def dot(networks: Iterable[Network], path: _Path = printable) -> Iterator[str]:
    """A digraph with one cluster per network."""
    yield "digraph networks {"
    yield '  graph [fontname="Helvetica", newrank=true];'
    yield '  node [fontname="Helvetica", fontsize=11, shape=box, style="filled,rounded"];'
    for number, network in enumerate(networks):
        graph = graph_of(network)
        keys = [f"n{number}_{node.key}" for node in graph.nodes]
        yield f"  subgraph cluster_{number} {{"
        yield f"    label={_quoted(title_of(network, path))};"
        for key, node in zip(keys, graph.nodes, strict=True):
            of = FAMILIES[node.family]
            style = ', style="filled,rounded,dashed"' if node.frozen else ""
            bold = ", penwidth=2" if node.is_output else ""
            yield f'    {key} [label={_quoted(*_words(node))}, fillcolor="{of.fill}", color="{of.edge}"{style}{bold}];'
        yield from (f"    {keys[source]} -> {keys[target]};" for source, target in graph.edges)
        yield "  }"
    yield "}"


def _words(node: Node) -> list[str]:
    lines = [f"{node.head} {node.name}", node.shape]
    if node.params not in {"", "0"}:
        lines.append(f"{node.params} params")
    return [*lines, ", ".join(node.marks)] if node.marks else lines


def _family(name: str) -> str:
    """A class of Mermaid's; ``own`` and the like are nobody's keywords with this before them."""
    return f"kv_{name}"


def _quoted(*lines: str) -> str:
    """A string of DOT's, in which ``\\n`` begins a line and all other backslashes stand for themselves."""
    return '"' + "\\n".join(line.translate(_DOT) for line in lines) + '"'
