"""Preprocessing layers: numbers, categories, texts, images and sound."""

from __future__ import annotations

from kerasvae_lint.library.shapes.alternatives import FLAG, UNKNOWN_RESULT, by_release, settled
from kerasvae_lint.library.shapes.calls import Call, LayerFunction, Options, Part, Result
from kerasvae_lint.library.shapes.checks import (
    FORMATS,
    arranged,
    axis_of,
    channels_first,
    count,
    listed,
    unknown_axes,
    with_rank,
)
from kerasvae_lint.library.shapes.convolutions import PADDINGS, padding_of, windowed
from kerasvae_lint.library.shapes.dims import (
    UNKNOWN,
    Dim,
    MismatchError,
    Shape,
    UnknownType,
    add,
    floor_divide,
    multiply,
    same,
)

_MODES: tuple[object, ...] = ("int", "one_hot", "multi_hot")
"""What categories can become; ``count`` gives the shapes of ``multi_hot``."""

_LOOKUP_MODES = (*_MODES, "tf_idf")
"""What tokens can become."""


def normalization(call: Call, options: Options) -> Result:
    """``Normalization``: keeps a mean, a variance and a count, unless it is given mean and variance."""
    shape = call.shape
    axis = options.get("axis", -1)
    axes = () if axis is None else (axis,) if isinstance(axis, int) else listed(axis)
    kept: list[Dim] = [UNKNOWN]
    if shape is not None and axes is not None:
        kept = [shape[axis_of(shape, one, "Normalization")] if isinstance(one, int) else UNKNOWN for one in axes]
    given = options.get("mean")
    if isinstance(given, UnknownType):
        return Result(shape, 0, UNKNOWN)
    return Result(shape, 0, count(multiply(2, *kept), 1) if given is None else 0)


@settled(output_mode=_MODES)
@by_release
def category_encoding(call: Call, options: Options) -> Result:
    """``CategoryEncoding``."""
    return Result(_encoded(call.shape, options.size("num_tokens"), options, "multi_hot"))


@settled(output_mode=_MODES)
@by_release
def hashing(call: Call, options: Options) -> Result:
    """``Hashing``."""
    shape, depth = call.shape, options.size("num_bins")
    if options.keras == 3 and shape and options.text("output_mode", "int") != "int":
        return Result((*shape[:-1], depth) if _plain(shape, options) else None)
    return Result(_encoded(shape, depth, options, "int"))


def _plain(shape: Shape, options: Options) -> bool:
    """True if nothing depends on whether the last axis counts single categories."""
    return options.text("output_mode", "int") != "one_hot" or shape[-1] == 1


@settled(output_mode=_MODES)
@by_release
def hashed_crossing(call: Call, options: Options) -> Result:
    """``HashedCrossing``: takes two inputs of one shape."""
    shapes = [shape for shape in call.inputs if shape is not None]
    if not call.is_list or len(shapes) != len(call.inputs) or not shapes:
        return Result(None)
    if len(shapes) > 1 and shapes[0] and len(shapes[0]) == len(shapes[1]):
        if same(shapes[0][-1], shapes[1][-1]) is False:
            raise MismatchError(f"HashedCrossing: the inputs {shapes[0]} and {shapes[1]} differ", *shapes)
    shape = shapes[0]
    if options.keras == 2 and len(shape) == 2:
        # The crossed features are laid out anew; TensorFlow no longer knows the batch.
        batch = shape[0] if len(shapes) == 1 else UNKNOWN
        shape = (batch, 1)
    return Result(_encoded(shape, options.size("num_bins"), options, "int"))


@settled(output_mode=_MODES)
@by_release
def discretization(call: Call, options: Options) -> Result:
    """``Discretization``."""
    boundaries = options.get("bin_boundaries")
    if isinstance(boundaries, UnknownType):
        return Result(call.shape if options.text("output_mode", "int") == "int" else None, 0, UNKNOWN)
    parts = listed(boundaries)
    depth = options.size("num_bins", None) if parts is None else len(parts) + 1
    # Keras 2 keeps a summary of the data, of no fixed size, where it has to find the boundaries.
    fixed = UNKNOWN if options.keras == 2 and boundaries is None else 0
    mode = options.text("output_mode", "int")
    if options.keras == 3 and call.shape is not None and mode not in ("int", "one_hot"):
        shape = call.shape
        return Result((shape[0], *shape[2:], depth) if len(shape) > 1 else (depth,), 0, fixed)
    return Result(_encoded(call.shape, depth, options, "int"), 0, fixed)


@settled(output_mode=_LOOKUP_MODES)
@by_release
def lookup(call: Call, options: Options) -> Result:
    """``StringLookup`` and ``IntegerLookup``."""
    idf = options.text("output_mode", "int") == "tf_idf"
    output = _encoded(call.shape, _vocabulary(options), options, "int")
    return Result(output, 0, UNKNOWN if idf else 0)


def _vocabulary(options: Options) -> Dim:
    """How many tokens a lookup tells apart: only a padded one says so by itself."""
    padded, most = options.flag("pad_to_max_tokens", False), options.size("max_tokens", None)
    if isinstance(padded, bool) and padded:
        return most
    return UNKNOWN


@settled(output_mode=_LOOKUP_MODES)
@by_release
def text_vectorization(call: Call, options: Options) -> Result:
    """``TextVectorization``: one row of tokens, or one row of their counts, for every text."""
    if options.flag("ragged", False) is not False:
        return Result(None, 0, UNKNOWN)
    shape = call.shape
    batch: Dim = shape[0] if shape else UNKNOWN
    mode = options.text("output_mode", "int")
    if options.get("split", "whitespace") is None or (shape is not None and len(shape) not in (1, 2)):
        return Result(None, 0, UNKNOWN)
    if mode == "int":
        return Result((batch, options.size("output_sequence_length", None)) if shape is not None else None)
    if shape is not None and len(shape) == 2 and options.keras == 3:
        return Result(None, 0, UNKNOWN if mode == "tf_idf" else 0)
    output = (batch, _vocabulary(options)) if shape is not None else None  # a single text gives a single row
    return Result(output, 0, UNKNOWN if mode == "tf_idf" else 0)


def _encoded(shape: Shape | None, depth: Dim, options: Options, default: str) -> Shape | None:
    """Categories as one-hot or counted vectors, or as they are."""
    mode = options.text("output_mode", default)
    if mode == "int" or shape is None:
        return shape if mode == "int" else None
    if not shape:
        return (depth,)
    if options.keras == 2:
        return _encoded_by_keras_2(shape, depth, mode == "one_hot")
    if mode != "one_hot":
        return (*shape[:-1], depth)
    last = shape[-1]
    if isinstance(last, UnknownType) and len(shape) > 1:
        return None
    return (*shape[:-1], depth) if last == 1 and len(shape) > 1 else (*shape, depth)


def _encoded_by_keras_2(shape: Shape, depth: Dim, single: bool) -> Shape | None:
    if single and isinstance(shape[-1], UnknownType):
        return None
    if single and shape[-1] != 1:
        shape = (*shape, 1)
    if len(shape) > 2:
        raise MismatchError(f"Keras 2 encodes categories to two axes at most, not an input of the shape {shape}", shape)
    return (*shape[:-1], depth)


def sized_image(name: str) -> LayerFunction:
    """``Resizing``, ``CenterCrop`` and ``RandomCrop``: height and width are given."""

    @settled(data_format=FORMATS)
    def function(call: Call, options: Options) -> Result:
        shape = _image(call.shape, name)
        return Result(_with_space(shape, options.size("height"), options.size("width"), options))

    return function


def _image(shape: Shape | None, name: str) -> Shape | None:
    """The shape; a known one is that of an image or of a batch of images."""
    if shape is not None and len(shape) not in (3, 4):
        raise MismatchError(f"{name} takes images, with 3 or 4 axes, not the shape {shape}", shape)
    return shape


def _with_space(shape: Shape | None, height: Dim, width: Dim, options: Options) -> Shape | None:
    if shape is None:
        return None
    first = channels_first(options)
    return arranged(shape[:-3], (height, width), shape[-3] if first else shape[-1], first)


def random_size(axis: int, name: str) -> LayerFunction:
    """``RandomHeight`` and ``RandomWidth``: leave one axis of an image free."""

    def function(call: Call, options: Options) -> Result:  # noqa: ARG001
        shape = _image(call.shape, name)
        if shape is None:
            return Result(None)
        place = len(shape) + axis
        return Result((*shape[:place], None, *shape[place + 1 :]))

    return function


def image(call: Call, options: Options) -> Result:  # noqa: ARG001
    """A layer that changes the colours or the place of what is on an image, never its size."""
    return Result(None if call.is_list else call.shape)


def pipeline(call: Call, options: Options) -> Result:
    """``Pipeline``: one layer after the other."""
    layers = listed(options.get("layers", UNKNOWN))
    if layers is None:
        return UNKNOWN_RESULT
    params: list[int | UnknownType] = []
    fixed: list[int | UnknownType] = []
    result = Result(call.shape)
    for layer in layers:
        if not isinstance(layer, Part) or isinstance(result.output, list):
            return UNKNOWN_RESULT
        result = layer.apply(Call((result.output,)))
        params.append(result.params)
        fixed.append(result.fixed)
    return Result(result.output, count(*params), count(*fixed))


def mel_spectrogram(call: Call, options: Options) -> Result:
    """``MelSpectrogram``."""
    shape, bins, stride = call.shape, options.size("num_mel_bins", 128), options.size("sequence_stride", 512)
    if shape is None:
        return Result(None)
    if len(shape) not in (1, 2):
        return Result(None)
    length = shape[-1]
    frames = floor_divide(add(length, stride, 1), stride) if length is not None else None
    return Result((*shape[:-1], bins, frames))


@settled(data_format=FORMATS, padding=PADDINGS, expand_dims=FLAG, mode=("log", "stft", "imag"))
def stft_spectrogram(call: Call, options: Options) -> Result:
    """``STFTSpectrogram``: its kernels are Fourier's to begin with, and trained if the layer is trainable."""
    shape = with_rank(call.shape, 3, "STFTSpectrogram")
    length = options.size("frame_length", 256)
    transform = _power_of_two(length) if options.get("fft_length") is None else options.size("fft_length")
    half = add(floor_divide(transform, 2), 1)
    mode = options.text("mode", "log")
    step = options.size("frame_step", None)
    stride = floor_divide(length, 2) if options.get("frame_step") is None else step
    kernels = 1 if mode in ("real", "imag") else 2
    params = count(multiply(kernels, length, half))
    bands = multiply(half, 2 if mode == "stft" else 1)
    if shape is None:
        return Result(unknown_axes(4 if options.flag("expand_dims", False) else 3), params)
    first = channels_first(options)
    padded = padding_of(options) == "same"
    frames = windowed(shape[2 if first else 1], length, stride, padded, shape, "STFTSpectrogram")
    channels = shape[1 if first else 2]
    if options.flag("expand_dims", False):
        output: Shape = (shape[0], channels, frames, bands) if first else (shape[0], frames, bands, channels)
        return Result(output, params)
    return Result(arranged(shape[:1], (frames,), multiply(bands, channels), first), params)


def _power_of_two(length: Dim) -> Dim:
    """The next power of two."""
    return 1 << (length - 1).bit_length() if isinstance(length, int) and length > 0 else UNKNOWN
