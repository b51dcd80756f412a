"""Fourier transforms and what cuts signals into frames."""

from __future__ import annotations

from kerasvae_lint.library.shapes.calls import OperationFunction, Options
from kerasvae_lint.library.shapes.dims import UNKNOWN, Dim, Output, Shape, ceil_divide
from kerasvae_lint.library.shapes.operands import (
    Operands,
    Table,
    argument,
    axis_of,
    first,
    flag,
    listed,
    number,
    numbers,
    plain,
    replaced,
    shape_of,
    tensorflow,
    unchanged,
    unknown,
)


def _complex(operands: Operands, options: Options) -> Output:
    """A transform of the same size; of ``keras.ops``' pairs of real and imaginary parts a pair."""
    members = listed(operands[0]) if operands else None
    if members is not None and len(members) == 2:
        return [shape_of(members[0])] * 2
    shape = first(operands)
    if plain(options.get("n")) is None and plain(options.get("s")) is None:
        return shape if plain(options.get("fft_length")) is None else None if shape is None else unknown(len(shape))
    return _along(shape, options, number(options.get("n", UNKNOWN)))


def _along(shape: Shape | None, options: Options, length: Dim) -> Shape | None:
    if shape is None:
        return None
    axis = axis_of(options.get("axis", -1), len(shape))
    return unknown(len(shape)) if axis is None else replaced(shape, axis, length)


def _lengths(options: Options, count: int) -> Shape | None:
    """How long the last axes are taken to be; None if as long as they are."""
    given = options.get("fft_length", options.get("n"))
    if plain(given) is None:
        return None
    found = numbers(given)
    return found if found is not None and len(found) == count else (UNKNOWN,) * count


def _bins(dim: Dim) -> Dim:
    """How many frequencies there are of real numbers."""
    return dim // 2 + 1 if isinstance(dim, int) else dim


def _real(count: int) -> OperationFunction:
    """A transform of real numbers along the last axes: half of the frequencies of the last one."""

    def found(operands: Operands, options: Options) -> Output:
        shape = first(operands)
        if shape is None or len(shape) < count:
            return None
        lengths = _lengths(options, count)
        if "n" in options:
            axis = axis_of(options.get("axis", -1), len(shape))
            length = UNKNOWN if axis is None else shape[axis] if lengths is None else lengths[0]
            return _along(shape, options, _bins(length))
        space = shape[-count:] if lengths is None else lengths
        result = (*shape[:-count], *space[:-1], _bins(space[-1]))
        return result if tensorflow(options) else [result, result]

    return found


def _inverse_real(count: int) -> OperationFunction:
    def found(operands: Operands, options: Options) -> Output:
        members = listed(operands[0]) if operands else None
        shape = shape_of(members[0]) if members else first(operands)
        if shape is None or len(shape) < count:
            return None
        lengths = _lengths(options, count)
        if "n" in options:
            axis = axis_of(options.get("axis", -1), len(shape))
            whole = UNKNOWN if axis is None else _whole(shape[axis])
            return _along(shape, options, whole if lengths is None else lengths[0])
        space = (*shape[-count:-1], _whole(shape[-1])) if lengths is None else lengths
        return (*shape[:-count], *space)

    return found


def _whole(dim: Dim) -> Dim:
    return 2 * (dim - 1) if isinstance(dim, int) else dim


def _power_of_two(length: Dim) -> Dim:
    if not isinstance(length, int):
        return UNKNOWN
    return 1 << max(length - 1, 0).bit_length()


def _frames(dim: Dim, length: Dim, step: Dim, padded: object) -> Dim:
    """How many frames a signal has."""
    keep = flag(padded)
    if dim is None:
        return None
    if not isinstance(dim, int) or not isinstance(step, int) or step < 1 or keep not in (True, False):
        return UNKNOWN
    if keep:
        return ceil_divide(dim, step)
    return max(0, 1 + (dim - length) // step) if isinstance(length, int) else UNKNOWN


def _stft(operands: Operands, options: Options) -> Output:
    shape = first(operands, options, "signals")
    if not shape:
        return None
    if "sequence_length" in options:
        return _keras_stft(shape, options)
    length = number(argument(operands, options, 1, "frame_length"))
    step = number(argument(operands, options, 2, "frame_step"))
    given = number(options.get("fft_length"))
    size = _power_of_two(length) if given is None else given
    return (*shape[:-1], _frames(shape[-1], length, step, options.get("pad_end", False)), _bins(size))


def _keras_stft(shape: Shape, options: Options) -> Output:
    size, step = number(options.get("fft_length", UNKNOWN)), number(options.get("sequence_stride", UNKNOWN))
    center = flag(options.get("center", True))
    dim = shape[-1]
    if isinstance(dim, int) and isinstance(size, int) and center in (True, False):
        dim = dim + 2 * (size // 2) if center else dim
    elif dim is not None:
        dim = UNKNOWN
    found = (*shape[:-1], _frames(dim, size, step, False), _bins(size))
    return [found, found]


def _frame(operands: Operands, options: Options) -> Output:
    shape = first(operands, options, "signal")
    if not shape:
        return None
    axis = axis_of(options.get("axis", -1), len(shape))
    if axis is None:
        return unknown(len(shape) + 1)
    length = number(argument(operands, options, 1, "frame_length"))
    step = number(argument(operands, options, 2, "frame_step"))
    count = _frames(shape[axis], length, step, options.get("pad_end", False))
    return (*shape[:axis], count, length, *shape[axis + 1 :])


def _overlap(operands: Operands, options: Options) -> Output:
    shape = first(operands, options, "signal")
    step = number(argument(operands, options, 1, "frame_step"))
    if shape is None or len(shape) < 2:
        return None
    frames, length = shape[-2:]
    known = isinstance(frames, int) and isinstance(length, int) and isinstance(step, int)
    total = (frames - 1) * step + length if known else None if frames is None else UNKNOWN  # type: ignore[operator]
    return (*shape[:-2], total)


def _cosine(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    length = options.get("n")
    return shape if plain(length) is None or not shape else replaced(shape, -1, number(length))


def _mel_matrix(operands: Operands, options: Options) -> Output:
    bands = number(argument(operands, options, 0, "num_mel_bins", default=20))
    bins = number(options.get("num_spectrogram_bins", 129))
    return (bins, bands)


def _as_pairs(operands: Operands, options: Options) -> Output:
    del options
    shape = first(operands)
    return None if shape is None else (*shape, 2)


def _of_pairs(operands: Operands, options: Options) -> Output:
    del options
    shape = first(operands)
    return shape[:-1] if shape else None


OPERATIONS: Table = {
    **dict.fromkeys(("fft", "ifft", "fft2", "ifft2", "fft2d", "ifft2d", "fft3d", "ifft3d"), _complex),
    "rfft": _real(1),
    "rfft2d": _real(2),
    "rfft3d": _real(3),
    "irfft": _inverse_real(1),
    "irfft2d": _inverse_real(2),
    "irfft3d": _inverse_real(3),
    "stft": _stft,
    "frame": _frame,
    "overlap_and_add": _overlap,
    "dct": _cosine,
    "idct": _cosine,
    "mfccs_from_log_mel_spectrograms": unchanged,
    "linear_to_mel_weight_matrix": _mel_matrix,
    "view_as_real": _as_pairs,
    "view_as_complex": _of_pairs,
}
