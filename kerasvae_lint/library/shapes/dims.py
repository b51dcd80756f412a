"""Dimensions and shapes, with arithmetic that keeps what is unknown unknown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final


class _Unknown:
    """Nobody knows; the only one of its kind is :data:`UNKNOWN`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "?"

    def __bool__(self) -> bool:
        raise TypeError("an unknown value is neither true nor false")

    def __reduce__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()
"""A dimension, or an option, that the code does not say."""

UnknownType = _Unknown

Dim = int | None | _Unknown
"""A size; None for a batch or another axis that Keras leaves free; ``UNKNOWN`` for one that can't be told."""

Shape = tuple[Dim, ...]

Output = Shape | None | list[Shape | None]
"""What a call gives: a shape, None where not even the rank is known, or a list for several outputs."""


class MismatchError(ValueError):
    """What can't be built or called as it is written: Keras would raise there, too.

    Attributes:
        shapes: the shapes that don't fit.
    """

    def __init__(self, message: str, *shapes: Shape) -> None:
        super().__init__(message)
        self.shapes = shapes


def add(*dims: Dim) -> Dim:
    """The sum; free if one is free, unknown if one is unknown."""
    total = 0
    for dim in dims:
        if isinstance(dim, _Unknown):
            return UNKNOWN
    for dim in dims:
        if not isinstance(dim, int):
            return None
        total += dim
    return total


def multiply(*dims: Dim) -> Dim:
    """The product; free if one is free, unknown if one is unknown."""
    total = 1
    for dim in dims:
        if isinstance(dim, _Unknown):
            return UNKNOWN
    for dim in dims:
        if not isinstance(dim, int):
            return None
        total *= dim
    return total


def floor_divide(dim: Dim, by: Dim) -> Dim:
    """``dim // by``."""
    if isinstance(dim, _Unknown) or isinstance(by, _Unknown):
        return UNKNOWN
    return dim // by if dim is not None and by else None


def ceil_divide(dim: Dim, by: Dim) -> Dim:
    """``dim / by``, rounded up."""
    if isinstance(dim, _Unknown) or isinstance(by, _Unknown):
        return UNKNOWN
    return -(-dim // by) if dim is not None and by else None


def same(one: Dim, other: Dim) -> bool | None:
    """Whether two dimensions are the same; None where that can't be told."""
    if isinstance(one, int) and isinstance(other, int):
        return one == other
    return None


def size(shape: Iterable[Dim]) -> Dim:
    """How many numbers a tensor of that shape holds."""
    return multiply(*shape)


def known(shape: Shape | None) -> bool:
    """True if nothing of a shape is unknown: free axes are known to be free."""
    return shape is not None and UNKNOWN not in shape


def either(one: Dim, other: Dim) -> Dim:
    """What both say about one axis: a size if one says so; free if both are; else nobody knows."""
    for dim in (one, other):
        if isinstance(dim, int):
            return dim
    return None if one is None and other is None else UNKNOWN


def broadcast(*shapes: Shape | None) -> Shape | None:
    """The shape that tensors of these shapes give together, by NumPy's rule.

    Raises:
        MismatchError: two known sizes, neither of them 1, differ.
    """
    found: Shape = ()
    for shape in shapes:
        if shape is None:
            return None
        longer, shorter = (found, shape) if len(found) >= len(shape) else (shape, found)
        offset = len(longer) - len(shorter)
        found = longer[:offset] + tuple(map(_together, longer[offset:], shorter))
    return found


def _together(one: Dim, other: Dim) -> Dim:
    if one == 1:
        return other
    if other == 1:
        return one
    if same(one, other) is False:
        raise MismatchError(f"sizes {one} and {other} don't broadcast")
    # a free or unknown axis beside a size of more than 1 can only be 1 or that size: the result has the size
    return either(one, other)


def join(one: Shape | None, other: Shape | None) -> Shape | None:
    """The shape of a tensor that has one shape or the other."""
    if one is None or other is None or len(one) != len(other):
        return None
    return tuple(a if a is b or (type(a) is type(b) and a == b) else UNKNOWN for a, b in zip(one, other, strict=True))
