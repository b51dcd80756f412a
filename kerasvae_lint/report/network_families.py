"""Families of layers, told by their classes' names, and the colours that they are drawn in."""

from __future__ import annotations

from dataclasses import dataclass

from kerasvae_lint.core.network import Layer
from kerasvae_lint.library.entries import lookup


@dataclass(frozen=True, slots=True)
class Family:
    """What a family is called, and its colours: of a box and its edge, on a light page and on a dark one."""

    words: str
    fill: str
    edge: str
    dark_fill: str
    dark_edge: str


FAMILIES: dict[str, Family] = {
    "input": Family("input", "#ffffff", "#8a94a3", "#1b212a", "#8a94a3"),
    "conv": Family("convolution", "#dbe9fb", "#3f78bf", "#1f3653", "#6ea3e6"),
    "dense": Family("dense", "#e3f3dc", "#4c8f35", "#22401b", "#7fc267"),
    "recurrent": Family("recurrent", "#fbe3ef", "#b8457f", "#4b2138", "#e483b3"),
    "attention": Family("attention", "#fce4d6", "#c0622b", "#4d2c18", "#ea9a66"),
    "norm": Family("normalization", "#fdf3cf", "#a88414", "#443a14", "#d9b747"),
    "activation": Family("activation", "#fbdedb", "#c04a40", "#4e2320", "#ea8a81"),
    "pool": Family("pooling", "#d9f1f0", "#2f8c88", "#17403f", "#62bfbb"),
    "merge": Family("merging", "#e8e1f8", "#7656bd", "#33275a", "#a88ceb"),
    "shape": Family("reshaping", "#e4e9ee", "#66788a", "#2b3540", "#94a7ba"),
    "network": Family("network", "#efe6da", "#8a6a3c", "#41331f", "#c7a370"),
    "own": Family("own", "#f3dff3", "#98459b", "#46224a", "#cf82d3"),
    "other": Family("other", "#eeeeee", "#7a7a7a", "#333333", "#a8a8a8"),
}
"""By name, in the order in which a legend has them."""

# The first that fits counts.
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("recurrent", ("LSTM", "GRU", "RNN", "Bidirectional")),
    ("attention", ("Attention",)),
    ("norm", ("Normalization", "Spectral")),
    ("conv", ("Conv", "Convolution")),
    ("pool", ("Pool",)),
    ("dense", ("Dense", "Embedding")),
    ("activation", ("ReLU", "Activation", "Softmax", "ELU", "Softplus", "Sigmoid", "Tanh")),
    ("shape", ("Flatten", "Reshape", "Permute", "RepeatVector", "Padding", "Cropping", "UpSampling", "Resizing")),
)
_MERGES = frozenset(
    {"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract", "Merge", "merge"}
)


def family_of(layer: Layer) -> str:
    """What kind of layer it is, told by its class alone."""
    kind = layer.kind.rpartition(".")[2]
    if layer.network is not None or kind in {"Sequential", "Functional", "Model"}:
        return "network"
    if kind in _MERGES:
        return "merge"
    if lookup(f"keras.layers.{kind}") is None and lookup(f"keras.legacy.layers.{kind}") is None:
        return "own"
    return next((family for family, words in _WORDS if any(word in kind for word in words)), "other")
