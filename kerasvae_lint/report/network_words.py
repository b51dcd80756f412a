"""What all pictures of a network say in the same words: shapes, numbers, marks, sums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kerasvae_lint.core.network import Layer, Network, Shape, Tensor
from kerasvae_lint.report.counts import many
from kerasvae_lint.report.look import cell_width, cells, printable, wrap

TIMES = "\u00d7"
UNNAMED_INPUT = "input"
"""What an input without a name is called among a layer's ``inbound``."""


def shape_words(shape: Shape | None) -> str:
    """``(None, 28, ?)``: free axes are None, unknown ones ``?``; a ``?`` alone for a shape nothing is known of."""
    if shape is None:
        return "?"
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def shapes_words(tensors: Iterable[Tensor]) -> str:
    """The shapes of several tensors; ``?`` for none at all."""
    return ", ".join(shape_words(tensor.shape) for tensor in tensors) or "?"


def params_words(layer: Layer) -> str:
    """How many numbers a layer holds, in parentheses where they are another's and so counted there."""
    if layer.params is None:
        return "?"
    return f"({layer.params:,})" if layer.tied else f"{layer.params:,}"


def marks(layer: Layer) -> Iterator[str]:
    """What is special about a layer, a few words each."""
    if layer.trainable is False:
        yield "frozen"
    elif layer.trainable is None:
        yield "frozen?"
    if layer.tied:
        yield f"tied to {printable(layer.tied)}"
    if layer.shared > 1:
        yield f"shared {TIMES}{layer.shared}"
    if layer.repeated:
        yield f"repeated {TIMES}?"
    if layer.optional:
        yield "optional"


@dataclass(frozen=True, slots=True)
class Sum:
    """A number, and whether it is all: else there is more, and nobody knows how much."""

    number: int
    is_all: bool

    @property
    def says_much(self) -> bool:
        """False for "at least 0"."""
        return self.is_all or self.number > 0

    def __str__(self) -> str:
        return f"{'' if self.is_all else 'at least '}{self.number:,}"


@dataclass(frozen=True, slots=True)
class Totals:
    """What a network's layers hold together.

    Attributes:
        params: all of it.
        trained: what the optimizer moves.
        frozen: what it does not.
        optional: whether layers count that not every run makes.
    """

    params: Sum
    trained: Sum
    frozen: Sum
    optional: bool


def totals(network: Network) -> Totals:
    """What a network says of itself; else the sums over its layers, in which what is tied counts where it is made."""
    if network.params is not None and network.trained_params is not None:
        frozen_params = network.params - network.trained_params
        return Totals(Sum(network.params, True), Sum(network.trained_params, True), Sum(frozen_params, True), False)
    all_params = trained = frozen = 0
    all_known = split_known = True
    optional = False
    for layer in network.layers:
        if layer.tied or (layer.params == 0 and not layer.repeated):
            continue
        moved = layer.trained_params
        uncounted = layer.repeated and layer.params != 0  # as many as a loop makes: counted once at least
        all_known &= layer.params is not None and not uncounted
        split_known &= moved is not None and not uncounted
        optional |= layer.optional and layer.params != 0
        all_params += layer.params or 0
        trained += moved or 0
        if moved is not None:
            frozen += (layer.params or 0) - moved
    return Totals(Sum(all_params, all_known), Sum(trained, split_known), Sum(frozen, split_known), optional)


def totals_words(network: Network) -> str:
    """The sums in a line."""
    found = totals(network)
    if not found.params.number and not found.params.is_all:
        return "params not known"
    noun = "param" if found.params.number == 1 and found.params.is_all else "params"
    end = ", the optional layers' among them" if found.optional else ""
    parts = [
        f"{part} {word}" for part, word in ((found.trained, "trained"), (found.frozen, "frozen")) if part.says_much
    ]
    return f"{found.params} {noun}{end}" + (f": {', '.join(parts)}" if parts else "")


def inner_words(network: Network) -> str:
    """How large a nested network is."""
    return many(len(network.layers), "layer")


def input_names(network: Network) -> list[str]:
    """The names of a network's inputs, as layers' ``inbound`` has them; one for each input."""
    if len(network.input_names) >= len(network.inputs):
        return list(network.input_names) or ([UNNAMED_INPUT] if _reads_input(network) else [])
    if len(network.inputs) == 1:
        return [UNNAMED_INPUT]
    left = len(network.inputs) - len(network.input_names)
    return [*network.input_names, *([UNNAMED_INPUT] if left == 1 else (f"input {n + 1}" for n in range(left)))]


def _reads_input(network: Network) -> bool:
    return any(UNNAMED_INPUT in layer.inbound for layer in network.layers)


def elided(text: str, width: int) -> str:
    """``text`` in at most ``width`` columns: what is too long has ``…`` in its middle."""
    if cells(text) <= width:
        return text
    if width < 2:
        return "…"[:width]
    head = _cut(text, width - 1 - (width - 1) // 2)
    tail = _cut(text[::-1], width - 1 - cells(head))[::-1]
    return f"{head}…{tail}"


def _cut(text: str, width: int) -> str:
    used = 0
    for index, character in enumerate(text):
        used += cell_width(character)
        if used > width:
            return text[:index]
    return text


def broken(text: str, width: int, first: int, indent: str, lead: str = "") -> list[str]:
    """Lines as :func:`wrap` makes them; words that are wider than a line are broken too."""
    room = max(width - max(first, cells(indent)), 2)
    return wrap(" ".join(piece for word in text.split() for piece in _pieces(word, room)), width, first, indent, lead)


def _pieces(word: str, width: int) -> Iterator[str]:
    while cells(word) > width:
        piece = _cut(word, width)
        yield piece
        word = word[len(piece) :]
    yield word


def padded(text: str, width: int, *, right: bool = False) -> str:
    """``text`` in exactly ``width`` columns, if it is no wider."""
    space = " " * max(width - cells(text), 0)
    return f"{space}{text}" if right else f"{text}{space}"
