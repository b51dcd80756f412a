"""How long an axis is after a window has slid over it: the arithmetic of convolutions and poolings."""

from __future__ import annotations

from kerasvae_lint.library.shapes.dims import UNKNOWN, Dim, MismatchError, UnknownType, ceil_divide


def conv_size(dim: Dim, kernel: Dim, stride: Dim, dilation: Dim, padding: object) -> Dim:
    """The length of an axis after a convolution or pooling.

    Args:
        dim: the length before.
        kernel: how long the window is.
        stride: how far it moves at a time.
        dilation: how far apart its elements are; 1 for a pooling.
        padding: ``"valid"``, ``"same"`` or ``"causal"``, in either case.

    Raises:
        MismatchError: no window fits into the axis.
    """
    if dim is None:
        return None
    if isinstance(dim, UnknownType) or not isinstance(stride, int) or stride < 1 or not isinstance(padding, str):
        return UNKNOWN
    if padding.lower() in {"same", "causal"}:
        return ceil_divide(dim, stride)
    if padding.lower() != "valid" or not isinstance(kernel, int) or not isinstance(dilation, int):
        return UNKNOWN
    reach = (kernel - 1) * dilation + 1
    if reach > dim:
        raise MismatchError(f"a window of {reach} doesn't fit into an axis of {dim}")
    return (dim - reach) // stride + 1


def transposed_size(
    dim: Dim, kernel: Dim, stride: Dim, dilation: Dim, padding: object, output_padding: Dim = None
) -> Dim:
    """The length of an axis after a transposed convolution.

    Args:
        dim: the length before.
        kernel: how long the window is.
        stride: how far apart the windows are.
        dilation: how far apart the window's elements are.
        padding: ``"valid"`` or ``"same"``, in either case.
        output_padding: what is added at the end; None for what Keras chooses, which keeps ``same`` at
            ``dim * stride``.
    """
    if dim is None:
        return None
    if isinstance(dim, UnknownType) or not isinstance(stride, int) or not isinstance(padding, str):
        return UNKNOWN
    if output_padding is None and padding.lower() == "same":
        return dim * stride
    if not isinstance(kernel, int) or not isinstance(dilation, int) or isinstance(output_padding, UnknownType):
        return UNKNOWN
    reach = (kernel - 1) * dilation + 1
    if output_padding is None:
        return dim * stride + max(reach - stride, 0) if padding.lower() == "valid" else UNKNOWN
    if padding.lower() == "same":
        return (dim - 1) * stride + reach - 2 * (reach // 2) + output_padding
    return (dim - 1) * stride + reach + output_padding if padding.lower() == "valid" else UNKNOWN
