"""A layer in words: its shapes, what it holds, and where it goes."""

from __future__ import annotations

from kerasvae_lint.core.network import Layer, Network, Tensor
from kerasvae_lint.report.network_words import shapes_words, totals


def shapes_text(tensors: tuple[Tensor, ...]) -> str:
    """The shapes of several tensors, with ``?`` for what is not known; empty if nothing is known of any."""
    return shapes_words(tensors) if any(tensor.shape is not None for tensor in tensors) else ""


def network_text(network: Network) -> str:
    """How a network is written and how much it holds: ``functional, 1,290 params``."""
    return f"{network.kind}, {totals(network).params} params"


def page(layer: Layer, network: Network, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> str:
    """What hovering over a call of a layer shows, as Markdown."""
    told = [f"**{layer.kind}** `{layer.name}` in `{network.name}`"]
    if inputs or outputs:
        told.append(f"{shapes_words(inputs)} → {shapes_words(outputs)}{_dtype(outputs)}")
    points = [f"- {_weights(layer)}"]
    points += [f"- {text}" for text in (_ways(layer, network), *_notes(layer)) if text]
    told.append("\n".join(points))
    return "\n\n".join(told)


def _dtype(tensors: tuple[Tensor, ...]) -> str:
    names = {tensor.dtype for tensor in tensors}
    return f", {names.pop()}" if len(names) == 1 and all(names) else ""


def _weights(layer: Layer) -> str:
    if layer.params == 0:
        return "no params"
    text = f"{layer.params:,} params" if layer.params is not None else "how many params is not known"
    if layer.params is None:
        return f"{text}; frozen" if layer.trainable is False else text
    trained = layer.trained_params
    if trained is None:
        return f"{text}; how many are trained is not known"
    if trained == layer.params:
        return f"{text}, trained"
    return f"{text}, frozen" if trained == 0 else f"{text}: {trained:,} trained, {layer.params - trained:,} frozen"


def _ways(layer: Layer, network: Network) -> str:
    names = [f"`{other.name}`" for other in network.layers if layer.name in other.inbound]
    ways = [f"goes to {', '.join(dict.fromkeys(names))}"] if names else []
    ways += ["is an output of the model"] if layer.name in network.output_names else []
    return " and ".join(ways)


def _notes(layer: Layer) -> list[str]:
    return [
        f"called {layer.shared} times with the same weights" if layer.shared > 1 else "",
        f"uses the weights of `{layer.tied}`" if layer.tied else "",
        f"frozen by line {layer.frozen_by}" if layer.frozen_by is not None else "",
        "stands for as many layers as a loop makes" if layer.repeated else "",
        "only some ways through the program make it" if layer.optional else "",
        layer.note,
    ]
