"""Networks for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from kerasvae_lint.core.network import Layer, Network, Step, Tensor


def networks_json(networks: Iterable[Network]) -> str:
    """One object with a list of all networks; null stands for what is not known."""
    return json.dumps({"networks": [_network(network) for network in networks]}, indent=2)


def _network(network: Network, *, depth: int = 0) -> dict[str, Any]:
    return {
        "file": network.file,
        "name": network.name,
        "kind": network.kind,
        "line": network.line,
        "layers": [_layer(layer, depth) for layer in network.layers],
        "params": network.params,
        "trained_params": network.trained_params,
        "column": network.column,
        "inputs": [_tensor(tensor) for tensor in network.inputs],
        "outputs": [_tensor(tensor) for tensor in network.outputs],
        "input_names": list(network.input_names),
        "output_names": list(network.output_names),
        "steps": [_step(step) for step in network.steps],
        "notes": list(network.notes),
    }


def _layer(layer: Layer, depth: int) -> dict[str, Any]:
    return {
        "class": layer.kind,
        "name": layer.name,
        "file": layer.file,
        "line": layer.line,
        "output_shape": _output_shape(layer),
        "params": layer.params,
        "activation": layer.activation or None,
        "dtype": layer.dtype or None,
        "trainable": layer.trainable,
        "inbound": list(layer.inbound),
        "column": layer.column,
        "inputs": [_tensor(tensor) for tensor in layer.inputs],
        "outputs": [_tensor(tensor) for tensor in layer.outputs],
        "trained_params": layer.trained_params,
        "frozen_by": layer.frozen_by,
        "shared": layer.shared,
        "tied": layer.tied or None,
        "repeated": layer.repeated,
        "optional": layer.optional,
        "note": layer.note or None,
        "network": _network(layer.network, depth=depth + 1) if layer.network is not None and depth < _DEPTH else None,
    }


_DEPTH = 20
"""Networks within networks that are written out: far more than anybody builds."""


def _output_shape(layer: Layer) -> list[Any] | None:
    """The shape; a list of shapes where a layer gives several tensors; None if it is not wholly known."""
    shapes = [list(tensor.shape) for tensor in layer.outputs if tensor.shape is not None and tensor.is_known]
    if len(shapes) < len(layer.outputs):
        return None
    return shapes[0] if len(shapes) == 1 else shapes or None


def _tensor(tensor: Tensor) -> dict[str, Any]:
    """Here an unknown axis beside known ones is the string ``?``."""
    return {"shape": None if tensor.shape is None else list(tensor.shape), "dtype": tensor.dtype or None}


def _step(step: Step) -> dict[str, Any]:
    return {"method": step.method, "line": step.line, "arguments": dict(step.arguments)}
