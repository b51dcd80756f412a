"""Normalising layers."""

from __future__ import annotations

from kerasvae_lint.library.shapes.alternatives import FLAG, settled
from kerasvae_lint.library.shapes.calls import Call, Options, Result
from kerasvae_lint.library.shapes.checks import axis_of, count, listed
from kerasvae_lint.library.shapes.dims import UNKNOWN, Dim, MismatchError, Shape, multiply


def _kept_size(shape: Shape | None, options: Options, layer: str) -> Dim:
    """How many numbers lie along the axes that the layer has parameters for."""
    axis = options.get("axis", -1)
    axes = (axis,) if isinstance(axis, int) else listed(axis)
    if shape is None or axes is None:
        return UNKNOWN
    sizes: list[Dim] = []
    for one in axes:
        sizes.append(shape[axis_of(shape, one, layer)] if isinstance(one, int) else UNKNOWN)
    return multiply(*sizes)


@settled(scale=FLAG, center=FLAG, renorm=FLAG)
def batch_normalization(call: Call, options: Options) -> Result:
    """``BatchNormalization``: trains a factor and an offset, and keeps moving averages."""
    width = _kept_size(call.shape, options, "BatchNormalization")
    trained = _trained(options)
    averages = 5 if options.flag("renorm", False) else 2
    return Result(call.shape, count(multiply(trained, width)) if trained else 0, count(multiply(averages, width)))


def _trained(options: Options) -> int:
    return bool(options.flag("scale", True)) + bool(options.flag("center", True))


@settled(scale=FLAG, center=FLAG, rms_scaling=FLAG)
def layer_normalization(call: Call, options: Options) -> Result:
    """``LayerNormalization``."""
    width = _kept_size(call.shape, options, "LayerNormalization")
    trained = 1 if options.flag("rms_scaling", False) else _trained(options)
    return Result(call.shape, count(multiply(trained, width)) if trained else 0)


@settled(scale=FLAG, center=FLAG)
def group_normalization(call: Call, options: Options) -> Result:
    """``GroupNormalization``."""
    width = _kept_size(call.shape, options, "GroupNormalization")
    groups = options.size("groups", 32)
    if isinstance(width, int) and isinstance(groups, int) and groups > 0 and call.shape is not None:
        if width < groups or width % groups:
            raise MismatchError(f"GroupNormalization: {groups} groups don't divide {width} channels", call.shape)
    trained = _trained(options)
    return Result(call.shape, count(multiply(trained, width)) if trained else 0)


def rms_normalization(call: Call, options: Options) -> Result:
    """``RMSNormalization``."""
    return Result(call.shape, count(_kept_size(call.shape, options, "RMSNormalization")))


def unit_normalization(call: Call, options: Options) -> Result:
    """``UnitNormalization``."""
    _kept_size(call.shape, options, "UnitNormalization")
    return Result(call.shape)
