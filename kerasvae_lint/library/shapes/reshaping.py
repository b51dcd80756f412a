"""Layers that reshape, permute, repeat, crop and pad."""

from __future__ import annotations

from kerasvae_lint.library.shapes.alternatives import by_release, settled
from kerasvae_lint.library.shapes.calls import Call, LayerFunction, Options, Result
from kerasvae_lint.library.shapes.checks import (
    FORMATS,
    arranged,
    channel_axis,
    channels_first,
    listed,
    product,
    unknown_axes,
    whole,
    with_rank,
    with_rank_from,
)
from kerasvae_lint.library.shapes.dims import UNKNOWN, Dim, MismatchError, Shape, UnknownType, add, multiply


def reshape(call: Call, options: Options) -> Result:
    """``Reshape``: one size may be -1, what is left for it."""
    given = listed(options.get("target_shape", UNKNOWN))
    shape = with_rank_from(call.shape, 1, "Reshape")
    batch: Dim = UNKNOWN if shape is None else shape[0]
    if given is None:
        return Result(None)
    target = tuple(map(whole, given))
    if target.count(-1) > 1:
        raise MismatchError(f"Reshape: more than one size of {target} is left open", target)
    rest = None if shape is None else shape[1:]
    if -1 not in target:
        _check_size(rest, target)
        return Result((batch, *target))
    place = target.index(-1)
    left = _left_over(rest, target[:place] + target[place + 1 :], target)
    return Result((batch, *target[:place], left, *target[place + 1 :]))


def _check_size(given: Shape | None, target: Shape) -> None:
    total, wanted = UNKNOWN if given is None else product(given), product(target)
    if isinstance(total, int) and isinstance(wanted, int) and total != wanted:
        raise MismatchError(f"Reshape: {given} holds {total} numbers, {target} {wanted}", given or (), target)


def _left_over(given: Shape | None, others: Shape, target: Shape) -> Dim:
    """The size that stands for -1."""
    if given is None:
        return UNKNOWN
    total, rest = product(given), product(others)
    if total is None:
        return None
    if not isinstance(total, int) or not isinstance(rest, int):
        return UNKNOWN
    if rest == 0 or total % rest:
        raise MismatchError(f"Reshape: the {total} numbers of {given} can't be arranged as {target}", given, target)
    return total // rest


def flatten(call: Call, options: Options) -> Result:  # noqa: ARG001
    """``Flatten``: one axis besides the batch."""
    if call.shape is None:
        return Result((UNKNOWN, UNKNOWN))
    with_rank_from(call.shape, 1, "Flatten")
    return Result((call.shape[0], product(call.shape[1:])))


def permute(call: Call, options: Options) -> Result:
    """``Permute``: the axes besides the batch in another order, counted from 1."""
    dims = listed(options.get("dims", UNKNOWN))
    if dims is None:
        shape = call.shape
        return Result(None if shape is None else (shape[0], *unknown_axes(len(shape) - 1)))
    numbers = [dim for dim in dims if isinstance(dim, int)]
    if len(numbers) == len(dims) and sorted(numbers) != list(range(1, len(dims) + 1)):
        raise MismatchError(f"Permute: {tuple(dims)} is no order of the axes from 1 to {len(dims)}")
    shape = with_rank(call.shape, len(dims) + 1, "Permute")
    if shape is None:
        return Result(unknown_axes(len(dims) + 1))
    return Result((shape[0], *(shape[dim] if isinstance(dim, int) and dim < len(shape) else UNKNOWN for dim in dims)))


def repeat_vector(call: Call, options: Options) -> Result:
    """``RepeatVector``."""
    shape = with_rank(call.shape, 2, "RepeatVector") or (UNKNOWN, UNKNOWN)
    return Result((shape[0], options.size("n"), shape[1]))


def up_sampling(rank: int) -> LayerFunction:
    """``UpSampling1D`` and its like, for so many axes of space."""
    layer = f"UpSampling{rank}D"

    @settled(data_format=FORMATS)
    @by_release
    def function(call: Call, options: Options) -> Result:
        if rank == 3 and options.keras == 2 and call.shape is not None and len(call.shape) != 5:
            # Keras 2 repeats the axes 1 to 3 of whatever it gets.
            return Result(None)
        shape = with_rank(call.shape, rank + 2, layer) or unknown_axes(rank + 2)
        first = channels_first(options)
        factors = options.sizes("size", rank, 2)
        space: Shape = tuple(map(multiply, shape[2:] if first else shape[1:-1], factors))
        if rank == 2 and options.keras == 2 and not all(isinstance(dim, int) for dim in space):
            # Keras 2 resizes the image to sizes that it computes as it runs, as soon as one of them is free.
            space = (None, None) if None in space else unknown_axes(2)
        return Result(arranged(shape[:1], space, shape[channel_axis(options)], first))

    return function


def _both_ends(value: object, rank: int) -> tuple[tuple[Dim, Dim], ...]:
    """How much is added to, or taken from, either end of every axis of space."""
    single = whole(value)
    parts = listed(value)
    if parts is None:
        return ((single, single),) * rank
    if rank == 1:
        # Either the two ends, or a single pair of them.
        parts = parts if len(parts) == 1 and listed(parts[0]) is not None else (parts,)
    if len(parts) != rank:
        return ((UNKNOWN, UNKNOWN),) * rank
    return tuple(map(_ends, parts))


def _ends(value: object) -> tuple[Dim, Dim]:
    pair = listed(value)
    if pair is None:
        return whole(value), whole(value)
    if len(pair) == 1:
        return whole(pair[0]), whole(pair[0])
    return (whole(pair[0]), whole(pair[1])) if len(pair) == 2 else (UNKNOWN, UNKNOWN)


def zero_padding(rank: int) -> LayerFunction:
    """``ZeroPadding1D`` and its like, for so many axes of space."""
    layer = f"ZeroPadding{rank}D"

    @settled(data_format=FORMATS)
    def function(call: Call, options: Options) -> Result:
        shape = with_rank(call.shape, rank + 2, layer) or unknown_axes(rank + 2)
        first = channels_first(options)
        ends = _both_ends(options.get("padding", UNKNOWN), rank)
        space = tuple(add(dim, *pair) for dim, pair in zip(shape[2:] if first else shape[1:-1], ends, strict=True))
        return Result(arranged(shape[:1], space, shape[channel_axis(options)], first))

    return function


def cropping(rank: int) -> LayerFunction:
    """``Cropping1D`` and its like, for so many axes of space."""
    layer = f"Cropping{rank}D"

    @settled(data_format=FORMATS)
    @by_release
    def function(call: Call, options: Options) -> Result:
        shape = with_rank(call.shape, rank + 2, layer) or unknown_axes(rank + 2)
        first = channels_first(options)
        ends = _both_ends(options.get("cropping", UNKNOWN), rank)
        # Keras 2 leaves nothing of a volume, and says nothing.
        silent = rank == 3 and options.keras == 2
        space = tuple(
            _cropped(dim, pair, silent, shape, layer)
            for dim, pair in zip(shape[2:] if first else shape[1:-1], ends, strict=True)
        )
        return Result(arranged(shape[:1], space, shape[channel_axis(options)], first))

    return function


def _cropped(dim: Dim, ends: tuple[Dim, Dim], silent: bool, shape: Shape, layer: str) -> Dim:
    taken = add(*ends)
    if dim is None or isinstance(taken, UnknownType) or not isinstance(dim, int) or taken is None:
        return None if dim is None else UNKNOWN
    if dim > taken:
        return dim - taken
    if silent:
        return UNKNOWN
    raise MismatchError(f"{layer}: cropping {ends} leaves nothing of an axis of {dim} in the input {shape}", shape)
