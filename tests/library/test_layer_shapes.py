"""The layers' shape functions say what the installed Kerases do.

Every case is built with Keras 2 and Keras 3, symbolically, and compared: the output's shape and the numbers of
trained and fixed parameters. Then one thing after another of it is hidden, and what is still said must stay true.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import pytest

from kerasvae_lint.library.shapes.calls import Call, Options, Part, Result
from kerasvae_lint.library.shapes.dims import UNKNOWN, MismatchError, Output, Shape
from kerasvae_lint.library.shapes.layers import LAYERS, layer_result

pytestmark = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("tensorflow", "keras", "tf_keras")), reason="needs the runtime extra"
)

KERAS = {2: "tf_keras", 3: "keras"}


@dataclass(frozen=True)
class Sub:
    """A layer that another layer is given."""

    layer: str
    options: dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One layer, made and called once.

    Attributes:
        inputs: the shapes of its first argument, a list of them where it takes a list.
        only: the Keras that has it so; None for both.
        exact: False where the shape functions say less than Keras.
        others: the shapes of further tensors, by parameter name.
        arguments: further arguments of the call.
    """

    layer: str
    inputs: Any
    options: dict[str, Any]
    only: int | None = None
    exact: bool = True
    others: dict[str, Shape] = field(default_factory=dict)
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return tuple(self.inputs) if isinstance(self.inputs, list) else (self.inputs,)

    def call(self) -> Call:
        return Call(self.shapes, isinstance(self.inputs, list), dict(self.others))


CASES: list[Case] = []


def case(layer: str, /, *inputs: Any, **options: Any) -> None:
    """A case for every input shape; ``_only``, ``_exact``, ``_others`` and ``_call`` are the case's own fields."""
    own = {name: options.pop(f"_{name}") for name in ("only", "exact", "others") if f"_{name}" in options}
    arguments = options.pop("_call", {})
    CASES.extend(Case(layer, shape, options, arguments=arguments, **own) for shape in inputs)


def sub(layer: str, **options: Any) -> Sub:
    return Sub(layer, options)


N = None
FIRST = "channels_first"

# Dense layers and embeddings

case("Dense", (N, 5), (4, 5), (N, 7, 5), (N, N, 5), (N, 2, 3, 5), units=3)
case("Dense", (N, 5), (N, N, 5), units=3, use_bias=False)
case("Embedding", (N,), (N, 7), (N, N), (4, 2, 3), input_dim=10, output_dim=6)
case("ReversibleEmbedding", (N, 7), input_dim=10, output_dim=6, _only=3)
case("ReversibleEmbedding", (N, 7), input_dim=10, output_dim=6, tie_weights=False, _only=3)
case("ReversibleEmbedding", (N, 7, 6), input_dim=10, output_dim=6, _only=3, _call={"reverse": True})
case("EinsumDense", (N, 5), equation="ab,bc->ac", output_shape=64, bias_axes="c")
case("EinsumDense", (N, 8, 5), equation="abc,cd->abd", output_shape=(N, 64), bias_axes="d")
case("EinsumDense", (N, 8, 5), equation="abc,cd->abd", output_shape=(8, 64), bias_axes="bd")
case("EinsumDense", (N, 8, 5), (N, N, 5), (N, 5), equation="...x,xy->...y", output_shape=7, bias_axes="y")
case("EinsumDense", (N, 2, 8, 5), equation="...x,xy->...y", output_shape=7, bias_axes="y", _exact=False)
case("EinsumDense", (N, 8, 5), (N, N, 5), equation="abc,cde->abde", output_shape=(N, 2, 3), bias_axes="de")
case("EinsumDense", (N, 8, 5), equation="abc,cde->abde", output_shape=(N, 2, 3))
case("EinsumDense", (N, 3, 4, 5), equation="ab...,bc->ac...", output_shape=(7,), bias_axes="c")

# Activations, noise and what else keeps the shape

_ANY = ((N,), (N, 5), (4, N, 5), (N, 8, 8, 3))
for _name in ("ReLU", "ELU", "LeakyReLU", "Identity", "ActivityRegularization"):
    case(_name, *_ANY)
case("ThresholdedReLU", *_ANY, _only=2)
case("Activation", *_ANY, activation="tanh")
case("Softmax", (N, 5), (4, N, 5))
case("Masking", (N, 4, 5), (N, N, 5))
for _name in ("Dropout", "AlphaDropout", "GaussianDropout"):
    case(_name, *_ANY, rate=0.3)
case("GaussianNoise", *_ANY, stddev=0.3)
case("SpatialDropout1D", (N, 4, 5), (N, N, 5), rate=0.3)
case("SpatialDropout2D", (N, 4, 5, 6), rate=0.3)
case("SpatialDropout3D", (N, 4, 5, 6, 7), rate=0.3)
case("PReLU", (N, 5), (N, 4, 5), (N, 2, 3, 4))
case("PReLU", (N, 2, 3, 4), (N, N, N, 4), shared_axes=[1, 2])
case("Rescaling", (N, 5), (N, 8, 8, 3), scale=0.5)
case("Identity", [(N, 5), (N, 2)])
case("Lambda", (N, 5), function=abs, _exact=False)
case("Layer", (N, 5), _only=2, _exact=False)

# Normalisations

case("BatchNormalization", (N, 5), (N, 4, 5), (N, N, N, 3))
case("BatchNormalization", (N, 5), scale=False)
case("BatchNormalization", (N, 5), scale=False, center=False)
case("BatchNormalization", (N, 3, 4, 5), axis=1)
case("BatchNormalization", (N, 5), renorm=True)
case("BatchNormalization", (N, 4, 5), axis=[1, 2], _only=2)
case("LayerNormalization", (N, 5), (N, 4, 5), (N, N, 3))
case("LayerNormalization", (N, 4, 5), axis=[1, 2])
case("LayerNormalization", (N, 4, 5), center=False)
case("LayerNormalization", (N, 4, 5), scale=False, axis=1)
case("GroupNormalization", (N, 4, 64), (N, 8, 8, 32))
case("GroupNormalization", (N, 4, 6), groups=3, scale=False)
case("GroupNormalization", (N, 4, 6), groups=-1)
case("RMSNormalization", (N, 4, 5), _only=3)
case("RMSNormalization", (N, 4, 5), axis=(1, 2), _only=3)
case("UnitNormalization", (N, 5), (N, 4, 5))
case("UnitNormalization", (N, 4, 5), axis=[1, 2])
# Keras 2's SpectralNormalization asks tf.keras for its classes, which is Keras 3 here.
case("SpectralNormalization", (N, 5), layer=sub("Dense", units=3), _only=3)
case("SpectralNormalization", (N, 8, 8, 5), layer=sub("Conv2D", filters=3, kernel_size=3), _only=3)
case("SpectralNormalization", (N, 8, 8, 5), layer=sub("Conv2DTranspose", filters=3, kernel_size=3), _only=3)

# Convolutions


def _space(rank: int, *, first: bool = False) -> tuple[Shape, ...]:
    """Inputs of a layer over so many axes of space."""
    spaces: list[Shape] = [(9, 10, 11)[:rank], (N, 8, 8)[:rank], (N, N, N)[:rank]]
    batches: tuple[int | None, ...] = (N, 2, N)
    return tuple((b, 4, *s) if first else (b, *s, 4) for b, s in zip(batches, spaces, strict=True))


for _rank in (1, 2, 3):
    _name = f"Conv{_rank}D"
    for _kernel, _stride, _padding in itertools.product((1, 3, 4), (1, 2), ("valid", "same")):
        _shapes = _space(_rank) if _kernel == 3 or _rank == 2 else _space(_rank)[:1]
        case(_name, *_shapes, filters=6, kernel_size=_kernel, strides=_stride, padding=_padding)
        case(f"{_name}Transpose", *_shapes, filters=6, kernel_size=_kernel, strides=_stride, padding=_padding)
    case(_name, _space(_rank)[0], filters=6, kernel_size=3, dilation_rate=2)
    case(_name, _space(_rank)[0], filters=6, kernel_size=3, dilation_rate=2, padding="same")
    case(_name, _space(_rank)[0], filters=6, kernel_size=3, groups=2)
    case(_name, _space(_rank)[0], filters=6, kernel_size=3, use_bias=False)
    case(_name, _space(_rank)[0], filters=6, kernel_size=(2, 3, 4)[:_rank], strides=(3, 2, 1)[:_rank])
    case(_name, *_space(_rank, first=True), filters=6, kernel_size=3, data_format=FIRST, strides=2)
    case(f"{_name}Transpose", _space(_rank)[0], filters=6, kernel_size=3, use_bias=False)
    for _padding, _extra in itertools.product(("valid", "same"), (0, 1)):
        case(
            f"{_name}Transpose",
            *_space(_rank),
            filters=6,
            kernel_size=4,
            strides=2,
            padding=_padding,
            output_padding=_extra,
        )
    case(f"{_name}Transpose", *_space(_rank, first=True), filters=6, kernel_size=3, data_format=FIRST, strides=2)
    case(f"Convolution{_rank}D", _space(_rank)[0], filters=6, kernel_size=3)
    case(f"Convolution{_rank}DTranspose", _space(_rank)[0], filters=6, kernel_size=3)
case("Conv1D", (N, 9, 4), (N, N, 4), filters=6, kernel_size=3, padding="causal", dilation_rate=2)
case("Conv2D", (N, 3, 8, 8, 4), filters=6, kernel_size=3, _only=2)
case("Conv2DTranspose", (N, 8, 9, 4), filters=6, kernel_size=(3, 5), strides=(2, 1), output_padding=(1, 0))
case("Conv2DTranspose", (N, 8, 9, 4), filters=6, kernel_size=3, dilation_rate=2, padding="same")
for _rank in (1, 2):
    for _padding in ("valid", "same"):
        case(f"DepthwiseConv{_rank}D", *_space(_rank), kernel_size=3, padding=_padding, depth_multiplier=2)
        case(f"SeparableConv{_rank}D", *_space(_rank), filters=6, kernel_size=3, padding=_padding, depth_multiplier=2)
        case(f"DepthwiseConv{_rank}D", _space(_rank)[0], kernel_size=3, strides=2, padding=_padding, use_bias=False)
        case(f"SeparableConv{_rank}D", _space(_rank)[0], filters=6, kernel_size=3, strides=2, padding=_padding)
    case(f"DepthwiseConv{_rank}D", _space(_rank, first=True)[0], kernel_size=3, data_format=FIRST, _only=3)
    case(f"SeparableConv{_rank}D", _space(_rank, first=True)[0], filters=6, kernel_size=3, data_format=FIRST, _only=3)
    case(f"SeparableConvolution{_rank}D", _space(_rank)[0], filters=6, kernel_size=3, use_bias=False)
case("LocallyConnected1D", (N, 9, 4), filters=6, kernel_size=3, _only=2)
case("LocallyConnected1D", (N, 9, 4), filters=6, kernel_size=3, implementation=2, use_bias=False, _only=2)
case("LocallyConnected2D", (N, 6, 7, 4), filters=6, kernel_size=(3, 2), strides=2, _only=2)
case("LocallyConnected2D", (N, 6, 7, 4), filters=6, kernel_size=3, implementation=3, _only=2, _exact=False)

# Pooling

for _rank in (1, 2, 3):
    for _kind in ("Max", "Average"):
        for _padding in ("valid", "same"):
            case(f"{_kind}Pooling{_rank}D", *_space(_rank), pool_size=2, padding=_padding)
            case(f"{_kind}Pooling{_rank}D", _space(_rank)[0], pool_size=3, strides=2, padding=_padding)
            case(f"{_kind}Pooling{_rank}D", _space(_rank)[0], pool_size=2, strides=3, padding=_padding)
        case(f"{_kind}Pooling{_rank}D", *_space(_rank, first=True), pool_size=2, data_format=FIRST)
        case(f"Global{_kind}Pooling{_rank}D", *_space(_rank))
        case(f"Global{_kind}Pooling{_rank}D", *_space(_rank), keepdims=True)
        case(f"Global{_kind}Pooling{_rank}D", *_space(_rank, first=True), data_format=FIRST)
        case(f"Global{_kind}Pooling{_rank}D", _space(_rank, first=True)[0], data_format=FIRST, keepdims=True)
        case(f"Adaptive{_kind}Pooling{_rank}D", _space(_rank)[0], output_size=2, _only=3)
        case(f"Adaptive{_kind}Pooling{_rank}D", _space(_rank, first=True)[0], output_size=2, data_format=FIRST, _only=3)
        _short = {"Average": "Avg"}.get(_kind, _kind)
        case(f"{_short}Pool{_rank}D", _space(_rank)[0], pool_size=2)
        case(f"Global{_short}Pool{_rank}D", _space(_rank)[0])
case("MaxPooling2D", (N, 9, 9, 4), pool_size=(2, 3), strides=(1, 2))

# Reshaping

case("Reshape", (N, 12), (4, 12), (N, 3, 4), target_shape=(2, 6))
case("Reshape", (N, 12), (N, 3, 4), (N, N, 4), (4, N, 4), target_shape=(-1, 2))
case("Reshape", (N, 12), (N, 3, 4), (N, N, 4), target_shape=(2, -1, 1))
case("Reshape", (N, 12), (N, N), target_shape=(12, 1))
case("Reshape", (N, 3, 4), target_shape=(-1,))
case("Flatten", (N,), (N, 5), (N, 3, 4), (2, 3, 4), (N, N, 4), (2, N, 4), (N, 2, 3, 4))
case("Flatten", (N, 2, 3, 4), (N, 3), data_format=FIRST)
case("Permute", (N, 3, 4), (N, N, 4), dims=(2, 1))
case("Permute", (N, 3, 4, 5), dims=(3, 1, 2))
case("RepeatVector", (N, 5), (2, 5), n=3)
for _rank in (1, 2, 3):
    case(f"UpSampling{_rank}D", *_space(_rank), size=2)
    case(f"ZeroPadding{_rank}D", *_space(_rank), padding=2)
    case(f"Cropping{_rank}D", *_space(_rank), cropping=2)
    if _rank > 1:
        case(f"UpSampling{_rank}D", *_space(_rank, first=True), size=(2, 3, 1)[:_rank], data_format=FIRST)
        case(f"ZeroPadding{_rank}D", _space(_rank, first=True)[0], padding=(1, 2, 3)[:_rank], data_format=FIRST)
        case(f"ZeroPadding{_rank}D", _space(_rank)[0], padding=((1, 2), (0, 3), (2, 2))[:_rank])
        case(f"Cropping{_rank}D", _space(_rank, first=True)[0], cropping=(1, 2, 3)[:_rank], data_format=FIRST)
        case(f"Cropping{_rank}D", _space(_rank)[0], cropping=((1, 2), (0, 3), (2, 2))[:_rank])
case("ZeroPadding1D", (N, 9, 4), padding=(1, 2))
case("ZeroPadding1D", (N, 4, 9), padding=(1, 2), data_format=FIRST, _only=3)
case("Cropping1D", (N, 9, 4), cropping=(1, 2))
case("UpSampling2D", (N, 8, 8, 3), (N, N, 8, 3), interpolation="bilinear")

# Merging

for _name in ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"):
    case(_name, [(N, 5), (N, 5)], [(N, 4, 5), (N, 1, 5)], [(N, 5), (N, 4, 5)], [(4, 5), (N, 5)], [(N, N, 5), (N, 4, 5)])
    case(_name, [(N, 1, 5), (N, N, 5)], [(N, N, 5), (N, N, 5)], [(4, 5), (4, 1)])
case("Add", [(N, 5), (N, 5), (N, 5)], [(N, 1, 5), (N, 4, 1), (N, 5)])
case("Concatenate", [(N, 5), (N, 6)], [(N, 4, 5), (N, 4, 6)], [(N, N, 5), (N, 4, 6)], [(N, 4, 5), (N, N, 6)])
case("Concatenate", [(4, 5), (N, 6)], [(N, 5), (4, 6)], [(N, 4, N), (N, 4, 6)], [(N, 5), (N, 6), (N, 7)])
case("Concatenate", [(N, 4, 5), (N, 3, 5)], [(N, N, 5), (N, 3, 5)], axis=1)
case("Concatenate", [(2, 5), (3, 5)], axis=0)
case("Dot", [(N, 5), (N, 5)], [(N, 4, 5), (N, 3, 5)], [(N, 4, 5), (N, 5)], [(N, 5), (N, 3, 5)], axes=-1)
case("Dot", [(N, 5, 3), (N, 5, 2)], axes=1)
case("Dot", [(N, 4, 5), (N, 5, 3)], [(N, 4, 5, 6)[:3], (N, 5, 3)], [(4, 4, 5), (4, 5, 3)], axes=(2, 1))
case("Dot", [(N, 2, 4, 5), (N, 3, 5)], axes=(3, 2), normalize=True)

# Recurrence

for _name, _gated in (("SimpleRNN", False), ("GRU", True), ("LSTM", True)):
    for _sequences, _state in itertools.product((False, True), repeat=2):
        case(_name, (N, 7, 5), (N, N, 5), units=3, return_sequences=_sequences, return_state=_state)
    case(_name, (2, 7, 5), units=3, use_bias=False)
    case(_name, (7, 2, 5), units=3, time_major=True, return_sequences=True, return_state=True, _only=2)
    case(f"{_name}Cell", (N, 5), units=3, _exact=False)
    case("RNN", (N, 7, 5), (N, N, 5), cell=sub(f"{_name}Cell", units=3))
    case("RNN", (N, 7, 5), cell=sub(f"{_name}Cell", units=3), return_state=True, return_sequences=True)
    case("Bidirectional", (N, 7, 5), layer=sub(_name, units=3))
    case("Bidirectional", (N, 7, 5), layer=sub(_name, units=3, return_state=True), merge_mode=None)
for _mode in ("sum", "mul", "ave", None):
    case("Bidirectional", (N, 7, 5), layer=sub("LSTM", units=3), merge_mode=_mode)
for _mode in ("concat", "sum"):
    case("Bidirectional", (N, 7, 5), layer=sub("LSTM", units=3, return_state=True), merge_mode=_mode)
case("Bidirectional", (N, N, 5), layer=sub("LSTM", units=3, return_sequences=True))
case("GRU", (N, 7, 5), units=3, reset_after=False)
case("RNN", (N, 7, 5), cell=[sub("LSTMCell", units=3), sub("GRUCell", units=4)])
case("RNN", (N, 7, 5), cell=[sub("GRUCell", units=3), sub("GRUCell", units=4)], return_state=True)
case("RNN", (N, 7, 5), cell=sub("StackedRNNCells", cells=[sub("LSTMCell", units=3), sub("LSTMCell", units=4)]))
case("StackedRNNCells", (N, 5), cells=[sub("GRUCell", units=3), sub("GRUCell", units=4)], _exact=False)
case(
    "Bidirectional",
    (N, 7, 5),
    layer=sub("LSTM", units=3),
    backward_layer=sub("LSTM", units=3, go_backwards=True, name="mirrored"),
)
for _rank in (1, 2, 3):
    _shape = (N, 3, *(9, 8, 7)[:_rank], 4)
    for _sequences, _state in itertools.product((False, True), repeat=2):
        case(f"ConvLSTM{_rank}D", _shape, filters=2, kernel_size=3, return_sequences=_sequences, return_state=_state)
    case(f"ConvLSTM{_rank}D", _shape, filters=2, kernel_size=3, padding="same", strides=2, use_bias=False)
case("TimeDistributed", (N, 7, 5), (N, N, 5), (2, 7, 5), layer=sub("Dense", units=3))
case("TimeDistributed", (N, 7, 8, 8, 3), layer=sub("Conv2D", filters=4, kernel_size=3))
case("TimeDistributed", (N, 7, 8, 3), layer=sub("Flatten"))
case("TimeDistributed", (N, 7, 8, 3), layer=sub("LSTM", units=4))
case("TimeDistributed", (N, 7, 5), layer=sub("BatchNormalization"))

# Attention

case("Attention", [(N, 4, 6), (N, 7, 6)], [(N, N, 6), (N, N, 6)], [(N, 4, 6), (N, 7, 5), (N, 7, 6)])
case("Attention", [(N, 4, 6), (N, 7, 6)], use_scale=True, score_mode="concat")
case("Attention", [(N, 4, 6), (N, 7, 6)], _call={"return_attention_scores": True})
case("AdditiveAttention", [(N, 4, 6), (N, 7, 6)], [(N, 4, 6), (N, 7, 6), (N, 7, 6)])
case("AdditiveAttention", [(N, 4, 6), (N, 7, 5), (N, 7, 6)], _only=3)
case("AdditiveAttention", [(N, 4, 6), (N, 7, 6)], use_scale=False)
case("MultiHeadAttention", (N, 4, 6), (N, N, 6), num_heads=2, key_dim=3, _others={"value": (N, 7, 6)})
case(
    "MultiHeadAttention", (N, 4, 6), num_heads=2, key_dim=3, value_dim=5, _others={"value": (N, 7, 8), "key": (N, 7, 9)}
)
case("MultiHeadAttention", (N, 4, 6), num_heads=2, key_dim=3, output_shape=9, _others={"value": (N, 7, 6)})
case("MultiHeadAttention", (N, 4, 6), num_heads=2, key_dim=3, output_shape=(9, 2), _others={"value": (N, 7, 6)})
case("MultiHeadAttention", (N, 4, 6), num_heads=2, key_dim=3, use_bias=False, _others={"value": (N, 7, 6)})
case("MultiHeadAttention", (N, 4, 6), num_heads=2, key_dim=3, use_gate=True, _others={"value": (N, 7, 6)}, _only=3)
case("MultiHeadAttention", (N, 3, 4, 6), num_heads=2, key_dim=3, attention_axes=(1, 2), _others={"value": (N, 3, 4, 6)})
case(
    "MultiHeadAttention",
    (N, 4, 6),
    num_heads=2,
    key_dim=3,
    _others={"value": (N, 4, 6)},
    _call={"return_attention_scores": True},
)
_grouped: dict[str, Any] = {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2, "_only": 3}
case("GroupQueryAttention", (N, 4, 6), (N, N, 6), **_grouped, _others={"value": (N, 7, 6)})
case("GroupQueryAttention", (N, 4, 6), **_grouped, use_bias=False, use_gate=True, _others={"value": (N, 7, 6)})
case(
    "GroupQueryAttention",
    (N, 4, 6),
    **_grouped,
    _others={"value": (N, 7, 6)},
    _call={"return_attention_scores": True},
)

# Preprocessing

case("Normalization", (N, 5), (N, 4, 5))
case("Normalization", (N, 5), (N, 4, 5), axis=None)
case("Normalization", (N, 4, 5), axis=(1, 2))
case("Normalization", (N, 5), mean=0.0, variance=1.0)
_IMAGES = ((N, 32, 30, 3), (N, N, N, 3), (2, 32, 30, 3))
for _name in ("Resizing", "CenterCrop", "RandomCrop"):
    case(_name, *_IMAGES, (32, 30, 3), height=8, width=9)
    case(_name, (N, 3, 32, 30), height=8, width=9, data_format=FIRST, _only=3)
for _name in ("RandomContrast", "RandomBrightness", "RandomRotation"):
    case(_name, _IMAGES[0], _IMAGES[2], factor=0.2)
case("RandomZoom", _IMAGES[0], _IMAGES[2], height_factor=0.2)
case("RandomFlip", _IMAGES[0], (32, 30, 3))
case("RandomTranslation", _IMAGES[0], height_factor=0.1, width_factor=0.1)
case("RandomHeight", _IMAGES[0], factor=0.2, _only=2)
case("RandomWidth", _IMAGES[0], factor=0.2, _only=2)
for _name in (
    "AugMix",
    "AutoContrast",
    "CutMix",
    "Equalization",
    "MixUp",
    "RandAugment",
    "RandomGrayscale",
    "Solarization",
):
    case(_name, _IMAGES[0], _only=3)
for _name in ("RandomColorJitter", "RandomElasticTransform", "RandomErasing", "RandomGaussianBlur", "RandomInvert"):
    case(_name, _IMAGES[0], _only=3)
for _name in ("RandomGrayscale", "RandomPerspective", "RandomShear", "ContrastLimitedAdaptiveHistogramEqualization"):
    case(_name, _IMAGES[0], _only=3)
for _name in ("RandomColorDegeneration", "RandomHue", "RandomSaturation", "RandomSharpness"):
    case(_name, _IMAGES[0], factor=0.2, _only=3)
case("RandomPosterization", _IMAGES[0], factor=4, _only=3)
case("Pipeline", (N, 8, 8, 3), layers=[sub("Rescaling", scale=2.0), sub("Resizing", height=4, width=5)], _only=3)
for _mode in ("one_hot", "multi_hot", "count"):
    case("CategoryEncoding", (N, 1), (2, 1), num_tokens=7, output_mode=_mode)
case("CategoryEncoding", (N, 5), (2, 5), num_tokens=7, output_mode="multi_hot")
case("CategoryEncoding", (N, 5), (N, 5, 1), num_tokens=7, output_mode="one_hot", _only=3)
case("Hashing", (N, 5), (N, 1), (N,), num_bins=7)
case("Hashing", (N, 5), (N, 1), num_bins=7, output_mode="multi_hot")
case("Hashing", (N, 1), num_bins=7, output_mode="one_hot")
case("HashedCrossing", [(N, 1), (N, 1)], num_bins=7, _exact=False)
case("HashedCrossing", [(N, 1), (N, 1)], num_bins=7, output_mode="one_hot", _exact=False)
case("Discretization", (N, 5), (N, 1), bin_boundaries=[0.0, 1.0])
case("Discretization", (N, 1), bin_boundaries=[0.0, 1.0], output_mode="one_hot")
case("Discretization", (N, 5), (N, 1), bin_boundaries=[0.0, 1.0], output_mode="multi_hot")
case("StringLookup", (N, 5), (N,), vocabulary=["a", "b"])
case("StringLookup", (N, 1), (N, 5), vocabulary=["a", "b"], output_mode="multi_hot", _exact=False)
case("StringLookup", (N, 5), vocabulary=["a", "b"], output_mode="count", max_tokens=9, pad_to_max_tokens=True)
case("IntegerLookup", (N, 5), (N,), vocabulary=[1, 2])
case("IntegerLookup", (N, 1), vocabulary=[1, 2], output_mode="one_hot", max_tokens=9, pad_to_max_tokens=True)
case("TextVectorization", (N,), (N, 1), vocabulary=["a"], output_sequence_length=6)
case("TextVectorization", (N,), (N, 1), vocabulary=["a"])
case("TextVectorization", (N,), vocabulary=["a"], output_mode="multi_hot", max_tokens=9, pad_to_max_tokens=True)
case("TextVectorization", (N, 1), vocabulary=["a"], output_mode="multi_hot", _exact=False)
case("MelSpectrogram", (N, 16000), (16000,), (N, N), _only=3)
case("MelSpectrogram", (N, 1000), _only=3, num_mel_bins=20, sequence_stride=100, fft_length=200)
case("STFTSpectrogram", (N, 1000, 1), (N, 1000, 2), (N, N, 1), _only=3)
case("STFTSpectrogram", (N, 1000, 2), mode="stft", frame_length=100, expand_dims=True, _only=3)
case("STFTSpectrogram", (N, 1000, 2), mode="real", frame_length=100, frame_step=30, fft_length=120, _only=3)
case("STFTSpectrogram", (N, 1000, 2), mode="angle", frame_length=100, padding="same", _only=3)

DTYPES = {
    "Embedding": "int32",
    "CategoryEncoding": "int32",
    "Hashing": "int32",
    "HashedCrossing": "int32",
    "IntegerLookup": "int64",
    "StringLookup": "string",
    "TextVectorization": "string",
}

BY_LAYER: dict[tuple[str, int], list[Case]] = {}
for _case in CASES:
    for _release in KERAS:
        if _case.only in (None, _release):
            BY_LAYER.setdefault((_case.layer, _release), []).append(_case)
GROUPS = sorted(BY_LAYER)


@functools.cache
def _keras(release: int) -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    return importlib.import_module(KERAS[release])


def _made(value: Any, release: int) -> Any:
    """A value with the layers in it made."""
    if isinstance(value, Sub):
        options = {name: _made(part, release) for name, part in value.options.items()}
        return getattr(_keras(release).layers, value.layer)(**options)
    return [_made(part, release) for part in value] if isinstance(value, list) else value


def _plain(value: Any, release: int) -> Any:
    """A value as the shape functions are given it."""
    if isinstance(value, Sub):
        options = _options(value.layer, value.options, release)
        return Part(value.layer, options, functools.partial(layer_result, value.layer, options=options))
    return [_plain(part, release) for part in value] if isinstance(value, list) else value


def _options(layer: str, given: dict[str, Any], release: int) -> Options:
    signature = inspect.signature(getattr(_keras(release).layers, layer).__init__)
    defaults = {
        name: parameter.default
        for name, parameter in signature.parameters.items()
        if parameter.default is not inspect.Parameter.empty
    }
    return Options(defaults | {name: _plain(value, release) for name, value in given.items()}, release)


def _ours(case: Case, release: int) -> Options:
    return _options(case.layer, case.options | case.arguments, release)


def _shape_of(tensor: Any) -> Shape | None:
    return None if isinstance(tensor, (list, tuple)) else tuple(tensor.shape)


def _theirs(case: Case, release: int) -> Result:
    """What Keras gives."""
    keras = _keras(release)
    layer = getattr(keras.layers, case.layer)(**{n: _made(v, release) for n, v in case.options.items()})
    dtype = "float32" if case.arguments.get("reverse") else DTYPES.get(case.layer, "float32")
    if case.layer == "ReversibleEmbedding" and not case.arguments:
        dtype = "int32"
    tensors = [keras.Input(batch_shape=shape, dtype=dtype) for shape in case.shapes]
    others = {name: keras.Input(batch_shape=shape) for name, shape in case.others.items()}
    first: Any = tensors if isinstance(case.inputs, list) else tensors[0]
    if case.layer.endswith("Cell") or case.layer == "StackedRNNCells":
        others["states"] = _states(layer, keras)
    result = layer(first, **others, **case.arguments)
    output: Output = [_shape_of(t) for t in result] if isinstance(result, (list, tuple)) else _shape_of(result)
    return Result(output, _numbers(layer.trainable_weights), _numbers(layer.non_trainable_weights))


def _states(cell: Any, keras: Any) -> Any:
    def tensors(size: Any) -> Any:
        return [tensors(part) for part in size] if isinstance(size, (list, tuple)) else keras.Input((size,))

    state = tensors(cell.state_size)
    return state if isinstance(state, list) else [state]


def _numbers(weights: Any) -> int:
    total = 0
    for weight in weights:
        number = 1
        for dim in weight.shape:
            number *= int(dim)
        total += number
    return total


def _fits(said: Result, real: Result) -> bool:
    """True if nothing that is said is wrong; what is real may itself be unknown in parts."""
    counts = all(
        a is UNKNOWN or b is UNKNOWN or a == b for a, b in ((said.params, real.params), (said.fixed, real.fixed))
    )
    return counts and _fits_output(said.output, real.output)


def _fits_output(said: Output, real: Output) -> bool:
    if said is None or real is None:
        return True
    if isinstance(said, list) or isinstance(real, list):
        return (
            isinstance(said, list)
            and isinstance(real, list)
            and len(said) == len(real)
            and all(map(_fits_output, said, real))
        )
    return len(said) == len(real) and all(
        a is UNKNOWN or b is UNKNOWN or ((a is None) == (b is None) and a == b) for a, b in zip(said, real, strict=True)
    )


def _classes(release: int) -> Iterator[str]:
    layers = _keras(release).layers
    for name, value in vars(layers).items():
        if inspect.isclass(value) and issubclass(value, layers.Layer):
            yield name


@pytest.mark.parametrize("release", KERAS)
def test_every_layer_has_a_row(release: int) -> None:
    assert not [name for name in _classes(release) if name not in LAYERS]


def _said(case: Case, release: int) -> Result:
    return layer_result(case.layer, case.call(), _ours(case, release))


@pytest.mark.parametrize(("layer", "release"), GROUPS)
def test_says_what_keras_does(layer: str, release: int) -> None:
    wrong = []
    for one in BY_LAYER[layer, release]:
        said, real = _said(one, release), _theirs(one, release)
        if not (said == real if one.exact else _fits(said, real)):
            wrong.append((one, said, real))
    assert not wrong, "\n".join(f"{one}\n  said {said}\n  real {real}" for one, said, real in wrong)


def _blanked(value: Any) -> Iterator[Any]:
    """A value with one thing after another hidden."""
    yield UNKNOWN
    if isinstance(value, (tuple, list)):
        for place, part in enumerate(value):
            for blank in _blanked(part):
                yield type(value)((*value[:place], blank, *value[place + 1 :]))
    if isinstance(value, Part):
        for name, part in value.options.items():
            for blank in _blanked(part):
                options = Options({**value.options, name: blank}, value.options.keras)
                yield Part(value.name, options, functools.partial(layer_result, value.name, options=options))


def _blanked_shape(shape: Shape) -> Iterator[Shape | None]:
    """A shape with one axis after another hidden, or all that is known of it."""
    yield None
    yield (UNKNOWN,) * len(shape)
    for axis in range(len(shape)):
        yield (*shape[:axis], UNKNOWN, *shape[axis + 1 :])


def _hidden(case: Case, release: int) -> Iterator[tuple[str, Call, Options]]:
    """The case with one thing after another hidden."""
    call, options = case.call(), _ours(case, release)
    yield "keras", call, Options(options)
    yield "all options", call, Options(dict.fromkeys(options, UNKNOWN))
    for name, value in options.items():
        for blank in _blanked(value):
            yield f"{name}={blank}", call, Options({**options, name: blank}, release)
    for place, shape in enumerate(call.inputs):
        assert shape is not None
        for blank_shape in _blanked_shape(shape):
            inputs = (*call.inputs[:place], blank_shape, *call.inputs[place + 1 :])
            yield f"input {place}: {blank_shape}", Call(inputs, call.is_list, call.others), options
    for name, shape in case.others.items():
        for blank_shape in _blanked_shape(shape):
            yield f"{name}: {blank_shape}", Call(call.inputs, call.is_list, {**call.others, name: blank_shape}), options


@pytest.mark.parametrize(("layer", "release"), GROUPS)
def test_hiding_anything_makes_nothing_wrong(layer: str, release: int) -> None:
    for one in BY_LAYER[layer, release]:
        whole = _said(one, release)
        for what, call, options in _hidden(one, release):
            less = layer_result(layer, call, options)
            assert _fits(less, whole), (one, what, less, whole)


_ODD: tuple[object, ...] = ("x", -1, 0, 3.5, (), (1, 2, 3, 4, 5), None, [None], (UNKNOWN,), ((1,), ("a",)))
_ODD_SHAPES: tuple[Shape, ...] = ((), (N,), (UNKNOWN,), (N, 0), (N, 1, 1, 1), (UNKNOWN,) * 4, (N, 2, 3, 4, 5, 6))


@pytest.mark.parametrize(("layer", "release"), GROUPS)
def test_nothing_odd_breaks_it(layer: str, release: int) -> None:
    one = BY_LAYER[layer, release][-1]
    options, call = _ours(one, release), one.call()
    tries = [(call, Options({**options, name: odd}, release)) for name in options for odd in _ODD]
    for shape in _ODD_SHAPES:
        tries += [(Call((shape,) * n, n > 1), options) for n in (1, 2, 3)]
    for odd_call in (Call(()), Call((), is_list=True)):
        tries += [(odd_call, options), (odd_call, Options({}))]
    for odd_call, odd_options in tries:
        with contextlib.suppress(MismatchError):
            assert isinstance(layer_result(layer, odd_call, odd_options), Result)


def test_an_unknown_layer_says_nothing() -> None:
    assert layer_result("OwnLayer", Call(((N, 5),)), Options({})) == Result(None, UNKNOWN, UNKNOWN)


# What can't be built or called as it is written, beside what just can

MISTAKES: list[Case] = []


def mistakes(layer: str, /, *inputs: Any, **options: Any) -> None:
    """Cases that may be mistakes: Keras decides."""
    own = {name: options.pop(f"_{name}") for name in ("only", "others") if f"_{name}" in options}
    MISTAKES.extend(Case(layer, shape, options, **own) for shape in inputs)


mistakes("Dense", (N,), (N, 5), units=3)
mistakes("EinsumDense", (N, 5), (N, 8, 5), (N, 2, 8, 5), equation="abc,cd->abd", output_shape=(N, 64))
mistakes("EinsumDense", (N, 7, 5), (N, 8, 5), equation="abc,cd->abd", output_shape=(8, 64))
for _rank, _name in itertools.product((1, 2), ("Conv", "SeparableConv")):
    mistakes(f"{_name}{_rank}D", (N, 9, 4), (N, 9, 9, 4), (N, 9), filters=6, kernel_size=3, _only=3)
    mistakes(f"{_name}{_rank}D", (N, *(2, 9)[:_rank], 4), (N, *(3, 9)[:_rank], 4), filters=6, kernel_size=3)
    mistakes(f"{_name}{_rank}D", (N, *(2, 9)[:_rank], 4), filters=6, kernel_size=3, padding="same")
mistakes("Conv3D", (N, 9, 9, 4), (N, 9, 9, 9, 4), filters=6, kernel_size=3)
mistakes("Conv2D", (N, 9, 4), (N, 9, 9, 4), filters=6, kernel_size=3)
mistakes("Conv1D", (N, 4, 4), (N, 5, 4), filters=6, kernel_size=3, dilation_rate=2)
mistakes("Conv2D", (N, 9, 9, 4), filters=6, kernel_size=3, groups=4)
mistakes("Conv2D", (N, 9, 9, 4), (N, 9, 9, 6), filters=6, kernel_size=3, groups=3)
mistakes("Conv2D", (N, 9, 9, 4), filters=6, kernel_size=3, strides=2, dilation_rate=2)
mistakes("Conv2D", (N, 4, 1, 9), (N, 4, 3, 9), filters=6, kernel_size=3, data_format=FIRST)
for _rank in (1, 2, 3):
    _shape = (N, *(9, 9, 9)[:_rank], 4)
    mistakes(f"Conv{_rank}DTranspose", _shape, _shape[1:], (*_shape, 2), filters=6, kernel_size=3, _only=2)
    mistakes(f"MaxPooling{_rank}D", _shape, _shape[1:], (*_shape, 2), pool_size=3)
    mistakes(f"AveragePooling{_rank}D", _shape, (N, *(2, 9, 9)[:_rank], 4), pool_size=3)
    mistakes(f"AveragePooling{_rank}D", (N, *(2, 9, 9)[:_rank], 4), pool_size=3, padding="same")
    mistakes(f"GlobalMaxPooling{_rank}D", _shape, _shape[1:], (*_shape, 2))
    mistakes(f"UpSampling{_rank}D", _shape, _shape[1:], (*_shape, 2), size=2)
    mistakes(f"ZeroPadding{_rank}D", _shape, _shape[1:], (*_shape, 2), padding=1)
    mistakes(f"Cropping{_rank}D", _shape, _shape[1:], (*_shape, 2), cropping=1)
    mistakes(f"SpatialDropout{_rank}D", _shape, _shape[1:], (*_shape, 2), rate=0.5)
mistakes("Cropping1D", (N, 4, 3), (N, 5, 3), cropping=2)
mistakes("Cropping2D", (N, 4, 9, 3), (N, 9, 5, 3), cropping=2)
mistakes("Cropping3D", (N, 4, 9, 9, 3), (N, 9, 9, 5, 3), cropping=2, _only=3)
mistakes("DepthwiseConv2D", (N, 2, 9, 4), (N, 9, 9, 4), (N, 9, 4), kernel_size=3)
mistakes("LocallyConnected1D", (N, 2, 4), (N, 3, 4), (N, 3), filters=6, kernel_size=3, _only=2)
mistakes("Reshape", (N, 12), (N, 13), (N, 3, 4), (N, N, 5), target_shape=(3, 4))
mistakes("Reshape", (N, 12), (N, 13), (N, N), target_shape=(-1, 4))
mistakes("Reshape", (N, 12), target_shape=(-1, -1))
mistakes("Permute", (N, 3, 4), (N, 3), (N, 3, 4, 5), dims=(2, 1))
mistakes("Permute", (N, 3, 4), dims=(2, 3))
mistakes("RepeatVector", (N, 5), (N, 5, 6), n=3)
for _name in ("Add", "Multiply", "Maximum", "Average"):
    mistakes(
        _name, [(N, 5), (N, 6)], [(N, 4, 5), (N, 3, 5)], [(N, 1, 5), (N, 3, 5)], [(2, 5), (3, 5)], [(N, N), (N, 3)]
    )
    mistakes(_name, (N, 5), [(N, 4, 5), (N, 4)], [(N, 4, 5), (N, 5)])
mistakes("Subtract", [(N, 5), (N, 5)], [(N, 5), (N, 5), (N, 5)])
mistakes("Concatenate", [(N, 5), (N, 6)], [(N, 4, 5), (N, 3, 6)], [(N, 4, 5), (N, 6)], [(N, N, 5), (N, 3, 6)], (N, 5))
mistakes("Concatenate", [(N, 5), (N, 6)], [(N, 4, 5), (N, 3, 5)], [(N, 4, 5), (N, 4, 6)], axis=1)
mistakes("Concatenate", [(N, 5), (N, 5)], axis=2)
mistakes("Dot", [(N, 5), (N, 6)], [(N, 5), (N, 5)], [(N, 4, 5), (N, 3, 5)], [(2, 5), (3, 5)], axes=-1)
mistakes("Dot", [(N, 4, 5), (N, 5, 3)], [(N, 4, 5), (N, 3, 5)], axes=(2, 1))
mistakes("Dot", [(N, 5), (N, 5), (N, 5)], axes=-1)
for _name in ("LSTM", "GRU", "SimpleRNN"):
    mistakes(_name, (N, 5), (N, 7, 5), (N, 7, 5, 3), units=3)
    mistakes("Bidirectional", (N, 5), (N, 7, 5), layer=sub(_name, units=3))
mistakes("ConvLSTM2D", (N, 3, 9, 9, 4), (N, 9, 9, 4), (N, 3, 2, 9, 4), filters=2, kernel_size=3)
mistakes("TimeDistributed", (N, 5), (N, 7, 5), layer=sub("Dense", units=3))
mistakes("TimeDistributed", (N, 7, 5), layer=sub("Conv2D", filters=2, kernel_size=3))
mistakes("MultiHeadAttention", (N, 4, 6), num_heads=2, key_dim=3, _others={"value": (N, 7, 8), "key": (N, 6, 8)})
mistakes("MultiHeadAttention", (N, 4, 6), num_heads=2, key_dim=3, _others={"value": (N, 7, 8), "key": (N, 7, 9)})
mistakes("GroupQueryAttention", (N, 4, 6), **_grouped, _others={"value": (N, 7, 8)})
mistakes("GroupNormalization", (N, 4, 6), (N, 4, 32), (N, 4, 33))
mistakes("GroupNormalization", (N, 4, 6), groups=3)
mistakes("BatchNormalization", (N, 4, 6), (N, 6), (N, 6, 4, 5), axis=2)
mistakes("LayerNormalization", (N, 4, 6), (N, 6), axis=2)
mistakes("UnitNormalization", (N, 4, 6), (N, 6), axis=2)
mistakes("Normalization", (N, 4, 6), (N, 6), axis=2)
mistakes("CategoryEncoding", (N, 5), (N, 1), num_tokens=7, output_mode="one_hot")
mistakes("STFTSpectrogram", (N, 1000, 1), (N, 1000), (N, 100, 1), _only=3)

MISTAKES_BY_LAYER: dict[tuple[str, int], list[Case]] = {}
for _case in MISTAKES:
    for _release in KERAS:
        if _case.only in (None, _release):
            MISTAKES_BY_LAYER.setdefault((_case.layer, _release), []).append(_case)


def _refused(function: Callable[[], object], kinds: type[Exception]) -> bool:
    try:
        function()
    except kinds:
        return True
    return False


@pytest.mark.parametrize(("layer", "release"), sorted(MISTAKES_BY_LAYER))
def test_refuses_what_keras_refuses(layer: str, release: int) -> None:
    wrong = []
    for one in MISTAKES_BY_LAYER[layer, release]:
        ours = _refused(functools.partial(_said, one, release), MismatchError)
        theirs = _refused(functools.partial(_theirs, one, release), Exception)
        if ours != theirs:
            wrong.append((one, "refused here only" if ours else "refused by Keras only"))
    assert not wrong, "\n".join(f"{what}: {one}" for one, what in wrong)


@pytest.mark.parametrize(("layer", "release"), sorted(MISTAKES_BY_LAYER))
def test_refuses_nothing_for_what_is_unknown(layer: str, release: int) -> None:
    for one in MISTAKES_BY_LAYER[layer, release]:
        if len(one.shapes) > 2:
            continue  # how many there are is known
        options = _ours(one, release)
        nothing = Call((None,) * len(one.shapes), isinstance(one.inputs, list))
        layer_result(layer, nothing, Options(dict.fromkeys(options, UNKNOWN), release))


# What can't be asked of an installed Keras


@pytest.mark.parametrize(
    ("layer", "inputs", "options", "expected"),
    [
        ("CuDNNLSTM", (N, 7, 5), {"units": 3}, Result((N, 3), 4 * 3 * (5 + 3 + 2))),
        ("CuDNNGRU", (N, 7, 5), {"units": 3, "return_sequences": True}, Result((N, 7, 3), 3 * 3 * (5 + 3 + 2))),
        ("MaxoutDense", (N, 5), {"units": 3, "nb_feature": 4}, Result((N, 3), 4 * (5 + 1) * 3)),
        ("Highway", (N, 5), {}, Result((N, 5), 2 * (5 + 1) * 5)),
        ("TimeDistributedDense", (N, 7, 5), {"units": 3}, Result((N, 7, 3), (5 + 1) * 3)),
        ("Merge", [(N, 5), (N, 5)], {"mode": "sum"}, Result((N, 5))),
        ("Merge", [(N, 5), (N, 6)], {"mode": "concat", "concat_axis": -1}, Result((N, 11))),
        ("Merge", [(N, 5), (N, 5)], {"mode": "dot", "dot_axes": -1}, Result((N, 1))),
        ("Merge", [(N, 5), (N, 5)], {"mode": UNKNOWN}, Result(None, UNKNOWN, UNKNOWN)),
        (
            "AtrousConvolution2D",
            (N, 9, 9, 4),
            {"filters": 6, "kernel_size": 3, "dilation_rate": 2},
            Result((N, 5, 5, 6), 222),
        ),
        ("Deconvolution2D", (N, 9, 9, 4), {"filters": 6, "kernel_size": 3}, Result((N, 11, 11, 6), 222)),
        ("InputLayer", (N, 5), {"shape": (5,), "batch_size": 2}, Result((2, 5))),
        ("InputLayer", (N, 5), {"shape": None, "batch_shape": (4, 5)}, Result((4, 5))),
        ("SReLU", (N, 5), {}, Result((N, 5), 20)),
        ("ParametricSoftplus", (N, 5), {}, Result((N, 5), 10)),
    ],
)
def test_other_layers(layer: str, inputs: Any, options: dict[str, object], expected: Result) -> None:
    one = Case(layer, inputs, {})
    assert layer_result(layer, one.call(), Options(options, 2)) == expected


def test_where_the_kerases_differ_and_nobody_knows_which_it_is() -> None:
    call = Call(((N, N, 5), (N, 4, 5)), is_list=True)
    assert layer_result("Add", call, Options({}, 2)).output == (N, 4, 5)
    assert layer_result("Add", call, Options({}, 3)).output == (N, N, 5)
    assert layer_result("Add", call, Options({})).output == (N, UNKNOWN, 5)


def test_an_unknown_option_hides_only_what_it_decides() -> None:
    options = {"filters": 6, "kernel_size": (3, UNKNOWN), "strides": 1, "padding": "valid", "use_bias": True}
    assert layer_result("Conv2D", Call(((N, 9, 9, 4),)), Options(options, 3)) == Result((N, 7, UNKNOWN, 6), UNKNOWN)
    assert layer_result("Embedding", Call((None,)), Options({"input_dim": 10, "output_dim": 6}, 3)).params == 60
    padding = Options({**options, "kernel_size": 1, "padding": UNKNOWN}, 3)
    assert layer_result("Conv2D", Call(((N, 9, 9, 4),)), padding) == Result((N, 9, 9, 6), 30)
