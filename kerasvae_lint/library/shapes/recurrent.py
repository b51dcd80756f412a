"""Recurrent layers, their cells, and the wrappers around a layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kerasvae_lint.library.shapes.alternatives import FLAG, UNKNOWN_RESULT, by_release, settled
from kerasvae_lint.library.shapes.calls import Call, LayerFunction, Options, Part, Result
from kerasvae_lint.library.shapes.checks import (
    FORMATS,
    arranged,
    channels_first,
    count,
    if_so,
    listed,
    one_of,
    unknown_axes,
    with_rank,
    with_rank_from,
)
from kerasvae_lint.library.shapes.convolutions import PADDINGS, convolved
from kerasvae_lint.library.shapes.dims import UNKNOWN, Dim, Output, Shape, UnknownType, add, multiply

_SEQUENCES = {"return_sequences": FLAG, "return_state": FLAG, "time_major": FLAG}


@dataclass(frozen=True, slots=True)
class Cell:
    """What one step of a recurrent layer is.

    Attributes:
        width: the size of its output.
        states: the size of each of its states; None for a state that is several itself.
        params: how many parameters it trains, for an input of a size.
        fixed: how many it never trains.
    """

    width: Dim
    states: tuple[Dim | tuple[Dim, ...], ...]
    params: Callable[[Dim], Dim]
    fixed: int | UnknownType = 0


def lstm_cell(options: Options) -> Cell:
    """What ``LSTM`` and ``LSTMCell`` do in a step."""
    units = options.size("units")
    return Cell(units, (units, units), lambda width: _gates(4, width, units, options, 1))


def gru_cell(options: Options) -> Cell:
    """What ``GRU`` and ``GRUCell`` do in a step."""
    units = options.size("units")
    after = options.flag("reset_after", True)
    # With the reset behind the matrix, input and state have biases of their own.
    biases: Dim = UNKNOWN if isinstance(after, UnknownType) else 2 if after else 1
    return Cell(units, (units,), lambda width: _gates(3, width, units, options, biases))


def simple_cell(options: Options) -> Cell:
    """What ``SimpleRNN`` and ``SimpleRNNCell`` do in a step."""
    units = options.size("units")
    return Cell(units, (units,), lambda width: _gates(1, width, units, options, 1))


def _gates(gates: int, width: Dim, units: Dim, options: Options, biases: Dim) -> Dim:
    bias = if_so(options.flag("use_bias", True), biases)
    return multiply(gates, units, add(width, units, bias))


def _cudnn(cell: Callable[[Options], Cell], gates: int) -> Callable[[Options], Cell]:
    """The same on NVIDIA's library, where input and state always have biases of their own."""

    def described(options: Options) -> Cell:
        units = options.size("units")
        return Cell(units, cell(options).states, lambda width: multiply(gates, units, add(width, units, 2)))

    return described


cudnn_lstm_cell = _cudnn(lstm_cell, 4)
"""What ``CuDNNLSTM`` does in a step."""

cudnn_gru_cell = _cudnn(gru_cell, 3)
"""What ``CuDNNGRU`` does in a step."""


def stacked_cell(options: Options) -> Cell | None:
    """What ``StackedRNNCells`` does in a step; None if one of the cells is not Keras's own."""
    parts = listed(options.get("cells", UNKNOWN))
    cells = None if parts is None else [described(part) for part in parts]
    if not cells or None in cells:
        return None
    own = [cell for cell in cells if cell is not None]
    states = tuple(cell.states[0] if len(cell.states) == 1 else _flat(cell.states) for cell in own)

    def params(width: Dim) -> Dim:
        total: Dim = 0
        for cell in own:
            total = add(total, cell.params(width))
            width = cell.width
        return total

    return Cell(own[-1].width, states, params)


def _flat(states: tuple[Dim | tuple[Dim, ...], ...]) -> tuple[Dim, ...]:
    return tuple(UNKNOWN if isinstance(state, tuple) else state for state in states)


CELLS: dict[str, Callable[[Options], Cell | None]] = {
    "LSTMCell": lstm_cell,
    "GRUCell": gru_cell,
    "SimpleRNNCell": simple_cell,
    "StackedRNNCells": stacked_cell,
}
"""Keras's own cells."""


def described(cell: object) -> Cell | None:
    """What a given cell does in a step; None if it is not one of Keras's own."""
    if not isinstance(cell, Part) or cell.name not in CELLS:
        return None
    return CELLS[cell.name](cell.options)


def cell_layer(describe: Callable[[Options], Cell | None]) -> LayerFunction:
    """A cell that is called for itself: what it gives is nested, so only its parameters are told."""

    def function(call: Call, options: Options) -> Result:
        cell = describe(options)
        if cell is None:
            return UNKNOWN_RESULT
        shape = None if call.is_list else call.shape
        return Result(None, count(cell.params(shape[-1])) if shape else UNKNOWN, cell.fixed)

    return function


def recurrent(describe: Callable[[Options], Cell], name: str) -> LayerFunction:
    """``LSTM`` and its like."""

    @settled(**_SEQUENCES)
    def function(call: Call, options: Options) -> Result:
        shape = with_rank(_sequence(call), 3, name)
        return _run(describe(options), shape, options)

    return function


def _sequence(call: Call) -> Shape | None:
    """The sequence: what follows it in a list are the first states."""
    return call.inputs[0] if call.inputs else None


@settled(**_SEQUENCES)
def rnn(call: Call, options: Options) -> Result:
    """``RNN``: runs the cell that it is given; several cells are stacked."""
    cell = options.get("cell", UNKNOWN)
    cells = listed(cell)
    own = described(cell) if cells is None else stacked_cell(Options({"cells": cells}, options.keras))
    shape = _sequence(call)
    if own is not None:
        # Keras's cells work on vectors.
        return _run(own, with_rank(shape, 3, "RNN"), options)
    if not isinstance(cell, Part) or shape is None or len(shape) < 3 or options.flag("time_major", False):
        return UNKNOWN_RESULT
    return _run_unknown(cell, shape, options)


def _run_unknown(cell: Part, shape: Shape, options: Options) -> Result:
    """What a cell of the project's own gives, if calling it says so."""
    step = cell.apply(Call(((shape[0], *shape[2:]),)))
    output = step.output[0] if isinstance(step.output, list) and step.output else None
    if output is None or options.flag("return_state", False):
        return Result(None, step.params, step.fixed)
    kept = shape[:2] if options.flag("return_sequences", False) else shape[:1]
    return Result((*kept, *output[1:]), step.params, step.fixed)


def _run(cell: Cell, shape: Shape | None, options: Options) -> Result:
    batch: Dim = UNKNOWN
    steps: Dim = UNKNOWN
    major = bool(options.flag("time_major", False))
    if shape is not None:
        batch, steps = (shape[1], shape[0]) if major else shape[:2]
    output: Shape = (batch, cell.width)
    if options.flag("return_sequences", False):
        output = (steps, batch, cell.width) if major else (batch, steps, cell.width)
    params = UNKNOWN if shape is None else count(cell.params(shape[-1]))
    if not options.flag("return_state", False):
        return Result(output, params, cell.fixed)
    states: list[Shape | None] = [None if isinstance(state, tuple) else (batch, state) for state in cell.states]
    return Result([output, *states], params, cell.fixed)


def conv_lstm(rank: int) -> LayerFunction:
    """``ConvLSTM1D`` and its like, for so many axes of space."""
    layer = f"ConvLSTM{rank}D"

    @settled(data_format=FORMATS, padding=PADDINGS, use_bias=FLAG, return_sequences=FLAG, return_state=FLAG)
    def function(call: Call, options: Options) -> Result:
        shape = with_rank(_sequence(call), rank + 3, layer)
        state, params = _conv_step(None if shape is None else (shape[0], *shape[2:]), options, rank, layer)
        steps: Dim = UNKNOWN if shape is None else shape[1]
        output = (state[0], steps, *state[1:]) if options.flag("return_sequences", False) else state
        return Result([output, state, state] if options.flag("return_state", False) else output, params)

    return function


def _conv_step(shape: Shape | None, options: Options, rank: int, layer: str) -> tuple[Shape, int | UnknownType]:
    """The state of a convolutional cell, and the cell's parameters."""
    filters = options.size("filters")
    first = channels_first(options)
    if shape is None:
        return arranged((UNKNOWN,), unknown_axes(rank), filters, first), UNKNOWN
    space = shape[2:] if first else shape[1:-1]
    channels = shape[1] if first else shape[-1]
    kernel = multiply(4, filters, *options.sizes("kernel_size", rank), add(channels, filters))
    params = count(kernel, if_so(options.flag("use_bias", True), multiply(4, filters)))
    return arranged(shape[:1], convolved(shape, options, space, layer), filters, first), params


def conv_lstm_cell(rank: int) -> LayerFunction:
    """``ConvLSTM2DCell``: its output is nested, so only its parameters are told."""

    @settled(data_format=FORMATS, padding=PADDINGS, use_bias=FLAG)
    def function(call: Call, options: Options) -> Result:
        shape = None if call.is_list else with_rank(call.shape, rank + 2, f"ConvLSTM{rank}DCell")
        return Result(None, _conv_step(shape, options, rank, f"ConvLSTM{rank}DCell")[1])

    return function


@settled(merge_mode=("concat", "sum", None))
def bidirectional(call: Call, options: Options) -> Result:
    """``Bidirectional``: runs a layer and its mirror image; every mode but ``concat`` and None keeps the shape."""
    forward = options.get("layer", UNKNOWN)
    if not isinstance(forward, Part):
        return UNKNOWN_RESULT
    backward = options.get("backward_layer")
    if backward is not None and not isinstance(backward, Part):
        return UNKNOWN_RESULT
    sequence = Call((with_rank_from(_sequence(call), 3, "Bidirectional"),))
    one = forward.apply(sequence)
    other = one if backward is None else backward.apply(sequence)
    return Result(_both_ways(one.output, other.output, options), _sum(one, other), _sum_fixed(one, other))


def _sum(one: Result, other: Result) -> int | UnknownType:
    return count(one.params, other.params)


def _sum_fixed(one: Result, other: Result) -> int | UnknownType:
    return count(one.fixed, other.fixed)


def _both_ways(one: Output, other: Output, options: Options) -> Output:
    mode = options.text("merge_mode", "concat")
    has_state = isinstance(one, list)
    forward, states = (one[0], one[1:]) if isinstance(one, list) else (one, [])
    backward, mirrored = (other[0], other[1:]) if isinstance(other, list) else (other, [])
    if forward is None and not has_state:
        return None
    if mode is None:
        return [forward, backward, *states, *mirrored]
    merged = forward
    if mode == "concat" and forward is not None:
        merged = (*forward[:-1], UNKNOWN if backward is None else add(forward[-1], backward[-1]))
    return [merged, *states, *mirrored] if has_state else merged


def time_distributed(call: Call, options: Options) -> Result:
    """``TimeDistributed``: the same layer at every step."""
    layer = options.get("layer", UNKNOWN)
    for shape in call.inputs:
        with_rank_from(shape, 3, "TimeDistributed")
    if not isinstance(layer, Part):
        return UNKNOWN_RESULT
    children = tuple(None if shape is None else (shape[0], *shape[2:]) for shape in call.inputs)
    result = layer.apply(Call(children, call.is_list))
    first = call.inputs[0] if call.inputs else None
    steps: Dim = UNKNOWN if first is None else first[1]
    output: Output
    if isinstance(result.output, list):
        output = [_with_steps(shape, steps) for shape in result.output]
    else:
        output = _with_steps(result.output, steps)
    return Result(output, result.params, result.fixed)


def _with_steps(shape: Shape | None, steps: Dim) -> Shape | None:
    return (shape[0], steps, *shape[1:]) if shape else None


def wrapper(call: Call, options: Options) -> Result:
    """``Wrapper``: holds a layer; what it gives its subclasses say."""
    layer = options.get("layer", UNKNOWN)
    if not isinstance(layer, Part):
        return UNKNOWN_RESULT
    result = layer.apply(call)
    return Result(None, result.params, result.fixed)


@by_release
def spectral_normalization(call: Call, options: Options) -> Result:
    """``SpectralNormalization``: keeps one vector beside the layer that it wraps."""
    layer = options.get("layer", UNKNOWN)
    if not isinstance(layer, Part):
        return UNKNOWN_RESULT
    result = layer.apply(call)
    return Result(one_of(result.output), result.params, count(result.fixed, _kernel_width(layer, call)))


_KERNEL_WIDTHS = {
    "Dense": "units",
    "Embedding": "output_dim",
    "Conv1D": "filters",
    "Conv2D": "filters",
    "Conv3D": "filters",
}


def _kernel_width(layer: Part, call: Call) -> Dim:
    """The last axis of the layer's kernel."""
    if layer.name in _KERNEL_WIDTHS:
        return layer.options.size(_KERNEL_WIDTHS[layer.name])
    if layer.name.endswith("Transpose") and call.shape is not None:
        first = layer.options.get("data_format")
        return UNKNOWN if isinstance(first, UnknownType) else call.shape[1 if first == "channels_first" else -1]
    return UNKNOWN
