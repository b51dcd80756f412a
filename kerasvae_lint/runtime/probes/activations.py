"""What the last layer of an output does to its numbers, told by its function and not by the numbers it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.framework import is_own
from kerasvae_lint.runtime.trees import leaves

RANGES: dict[str, tuple[float, float]] = {
    "linear": (-inf, inf),
    "softmax": (0.0, 1.0),
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "relu": (0.0, inf),
    "relu6": (0.0, 6.0),
    "softplus": (0.0, inf),
    "exponential": (0.0, inf),
    "exp": (0.0, inf),
    "elu": (-1.0, inf),
    "selu": (-1.7581, inf),
    "gelu": (-0.17, inf),
    "silu": (-0.2785, inf),
    "swish": (-0.2785, inf),
    "mish": (-0.3088, inf),
    "leaky_relu": (-inf, inf),
    "prelu": (-inf, inf),
    "log_softmax": (-inf, 0.0),
}
"""The least and the most that a function can give."""
PROBABILITIES = frozenset({"softmax", "sigmoid", "hard_sigmoid"})
SATURATING = frozenset({"sigmoid", "hard_sigmoid", "tanh", "hard_tanh", "softsign"})
_SPELT = {"softmax_v2": "softmax", "leaky_relu_v2": "leaky_relu", "relu_v2": "relu", "hard_swish": "swish"}
_LIBRARIES = frozenset({"keras", "tf_keras", "tensorflow", "tensorflow_probability"})
_HANDS_ON = ("Dropout", "Pooling", "UpSampling", "Cropping")
_HANDS_ON_WHOLE = frozenset(
    {"Flatten", "Reshape", "Permute", "RepeatVector", "Identity", "ActivityRegularization", "Masking", "GaussianNoise"}
)


@dataclass(frozen=True, slots=True)
class Function:
    """The function that an output comes out of.

    Attributes:
        size: how many numbers a softmax shares 1 among; 0 for other functions.
        layer: the name of the layer that applies it.
        is_last: False if another layer stands behind it, such as a Reshape.
    """

    name: str
    low: float
    high: float
    layer: str
    size: int = 0
    is_last: bool = True

    @property
    def gives_probabilities(self) -> bool:
        """True if all that it can give lies between 0 and 1."""
        return self.low >= 0.0 and self.high <= 1.0


def of_tensor(tensor: Any, made: Mapping[int, watch.Call]) -> Function | None:
    """The function that made a tensor, looked for through layers that only hand their input on."""
    last = call = made.get(id(tensor))
    while call is not None and _hands_on(call.layer):
        inputs = list(leaves(call.args))
        call = made.get(id(inputs[0])) if len(inputs) == 1 else None
    found = _of_call(call) if call is not None else None
    return replace(found, is_last=call is last) if found is not None else None


def _hands_on(layer: Any) -> bool:
    name = type(layer).__name__
    if is_own(type(layer)):
        return False
    return name in _HANDS_ON_WHOLE or any(word in name for word in _HANDS_ON)


def _of_call(call: watch.Call) -> Function | None:
    layer = call.layer
    named = of_layer(layer)
    if named is None:
        return None
    name, low, high = named
    shape = tuple(getattr(call.output, "shape", None) or ())
    axis = getattr(layer, "axis", -1) if type(layer).__name__ == "Softmax" else -1
    size = int(shape[axis]) if name == "softmax" and isinstance(axis, int) and len(shape) > 1 else 0
    return Function(name, low, high, str(layer.name), size)


def of_layer(layer: Any) -> tuple[str, float, float] | None:
    """Name, least and most of what a layer's activation gives; None where the layer does something of its own."""
    cls = type(layer)
    if not any(base.__module__.partition(".")[0] in _LIBRARIES and "call" in base.__dict__ for base in cls.__mro__):
        return None
    if any("call" in base.__dict__ for base in cls.__mro__ if is_own(base) and base is not object):
        return None
    kind = cls.__name__
    if kind == "TimeDistributed":
        return of_layer(layer.layer)
    if kind == "Softmax":
        return _named("softmax")
    if kind == "ReLU":
        most = getattr(layer, "max_value", None)
        slope = getattr(layer, "negative_slope", 0.0)
        if slope is not None and float(slope) != 0.0:
            return _named("leaky_relu")
        return "relu", 0.0, inf if most is None else float(most)
    if kind in {"LeakyReLU", "PReLU"}:
        return _named("leaky_relu")
    if kind == "ELU":
        return "elu", -float(layer.alpha), inf
    activation = getattr(layer, "activation", None)
    if activation is None or kind == "Bidirectional":
        return None
    if hasattr(activation, "get_config"):
        return of_layer(activation)
    name = str(getattr(activation, "__name__", ""))
    module = str(getattr(activation, "__module__", "") or "")
    return _named(name) if module.partition(".")[0] in _LIBRARIES else None


def _named(name: str) -> tuple[str, float, float] | None:
    name = _SPELT.get(name, name)
    return (name, *RANGES[name]) if name in RANGES else None
