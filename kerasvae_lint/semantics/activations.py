"""The activation that a tensor comes out of, through layers, functional and Sequential models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.arguments import argument
from kerasvae_lint.semantics.literals import literal

if TYPE_CHECKING:
    from kerasvae_lint.semantics.model import SemanticModel

WITH_ACTIVATION = {
    "Dense": 1,
    "Conv1D": None,
    "Conv2D": None,
    "Conv3D": None,
    "Convolution1D": None,
    "Convolution2D": None,
    "Conv2DTranspose": None,
    "Conv1DTranspose": None,
    "Conv3DTranspose": None,
    "SeparableConv2D": None,
    "LocallyConnected1D": None,
    "LocallyConnected2D": None,
    "EinsumDense": None,
}
"""Layers with an ``activation``, and its position (None: by keyword only)."""

_OWN = {"ReLU": "relu", "Softmax": "softmax"}
_HOMES = ("keras.activations", "tf.nn", "keras.backend", "keras.ops", "tf.keras.activations", "tf")


@dataclass(frozen=True, eq=False, slots=True)
class Activation:
    """``name`` is ``linear`` where there is none; ``node`` is where it is written; ``literal`` if it is a string."""

    name: str
    node: cst.CSTNode
    literal: bool = False


def of_layer(model: SemanticModel, made: cst.Call, name: str) -> Activation | None:
    """The activation of the layer that ``made`` makes; None where it can't be told, or for other layers."""
    last = name.rpartition(".")[2]
    if not name.startswith("keras.layers."):
        return None
    if last in _OWN:
        return Activation(_OWN[last], made)
    if last == "Activation":
        return written(model, argument(made, 0, "activation"), made)
    if last not in WITH_ACTIVATION or any(a.star for a in made.args):
        return None
    return written(model, argument(made, WITH_ACTIVATION[last], "activation"), made)


def written(model: SemanticModel, given: cst.BaseExpression | None, made: cst.CSTNode) -> Activation | None:
    """What an ``activation`` argument means; a missing one is linear."""
    if given is None or (isinstance(given, cst.Name) and given.value == "None"):
        return Activation("linear", made, given is None)
    word = literal(given)
    if isinstance(word, str):
        return Activation(word.lower(), given, True)
    name = function_name(model.name(given) or "")
    if name is not None:
        return Activation(name, given)
    words = {v.value for v in model.values(given) if v.kind == "constant" and hasattr(v, "value")}
    known = all(v.kind == "constant" for v in model.values(given))
    if known and len(words) == 1:
        only = next(iter(words))
        if only is None or isinstance(only, str):
            return Activation(only.lower() if isinstance(only, str) else "linear", given)
    return None


def function_name(name: str) -> str | None:
    """``sigmoid`` for ``tf.nn.sigmoid``, ``keras.activations.sigmoid``…"""
    home, _, last = name.rpartition(".")
    return last if home in _HOMES and last.islower() else None
