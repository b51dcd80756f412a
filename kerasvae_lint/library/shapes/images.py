"""Operations on images: resizing, cropping, colours, decoding."""

from __future__ import annotations

from kerasvae_lint.library.shapes.calls import OperationFunction, Options
from kerasvae_lint.library.shapes.dims import UNKNOWN, Dim, Output, Shape, broadcast, multiply
from kerasvae_lint.library.shapes.operands import (
    Operands,
    Table,
    argument,
    channels_first,
    first,
    flag,
    listed,
    number,
    numbers,
    plain,
    repeated,
    replaced,
    shape_of,
    tensorflow,
    unchanged,
    unknown,
    words,
)
from kerasvae_lint.library.shapes.windows import conv_size


def _space(shape: Shape, front: bool | None, height: Dim, width: Dim) -> Shape:
    """An image, or a batch of them, of another height and width."""
    if front is None:
        return (*shape[:-3], *unknown(3))
    start = len(shape) - (2 if front else 3)
    return (*shape[:start], height, width, *shape[start + 2 :])


def _extent(shape: Shape, front: bool | None) -> tuple[Dim, Dim]:
    if front is None:
        return UNKNOWN, UNKNOWN
    start = len(shape) - (2 if front else 3)
    return shape[start], shape[start + 1]


def _image(operands: Operands) -> Shape | None:
    shape = first(operands)
    return shape if shape is not None and len(shape) in (3, 4) else None


# another size -------------------------------------------------------------------------------------
def _resize(operands: Operands, options: Options) -> Output:
    if "new_shape" in options:  # np.resize
        return numbers(options["new_shape"])
    if "height_factor" in options:
        return _enlarged(operands, options)
    shape = _image(operands)
    if shape is None:
        return None
    asked = numbers(argument(operands, options, 1, "shape"))
    height, width = asked if asked is not None and len(asked) == 2 else (UNKNOWN, UNKNOWN)
    if flag(options.get("preserve_aspect_ratio", False)) is not False:
        height, width = UNKNOWN, UNKNOWN
    return _space(shape, channels_first(options), height, width)


def _enlarged(operands: Operands, options: Options) -> Output:
    """``K.resize_images`` multiplies height and width."""
    shape = first(operands)
    if shape is None or len(shape) != 4:
        return unknown(4)
    front = channels_first(options)
    height, width = _extent(shape, front)
    factors = [number(options.get(name, UNKNOWN)) for name in ("height_factor", "width_factor")]
    return _space(shape, front, multiply(height, factors[0]), multiply(width, factors[1]))


def _enlarged_volumes(operands: Operands, options: Options) -> Output:
    shape, front = first(operands), channels_first(options)
    if shape is None or len(shape) != 5 or front is None:
        return unknown(5)
    start = 2 if front else 1
    factors = [number(options.get(f"{name}_factor", UNKNOWN)) for name in ("depth", "height", "width")]
    space = map(multiply, shape[start : start + 3], factors)
    return (*shape[:start], *space, *shape[start + 3 :])


def _target(operands: Operands, options: Options) -> Output:
    """Cropped or padded to a size; what is not said stays as it is for Keras, which lets it be left out."""
    shape = _image(operands)
    if shape is None:
        return None
    sides = [number(options.get(name, UNKNOWN)) for name in ("target_height", "target_width")]
    height, width = (UNKNOWN if side is None else side for side in sides)
    return _space(shape, channels_first(options), height, width)


def _crop(operands: Operands, options: Options) -> Output:
    """``tf.image.random_crop`` and the shape that it is told."""
    return numbers(options["shape"]) if "shape" in options else first(operands)


def _central_crop(operands: Operands, options: Options) -> Output:
    shape = _image(operands)
    share = plain(options.get("central_fraction"))
    if shape is None:
        return None
    height, width = (_central(dim, share) for dim in _extent(shape, False))
    return _space(shape, False, height, width)


def _central(dim: Dim, share: object) -> Dim:
    if not isinstance(dim, int) or not isinstance(share, (int, float)) or not 0 < share <= 1:
        return None if dim is None else UNKNOWN
    return dim - 2 * int((dim - dim * share) / 2)


def _boxes(operands: Operands, options: Options) -> Output:
    """``crop_and_resize``: as many images as there are boxes."""
    shape, boxes = first(operands), shape_of(options.get("boxes", UNKNOWN))
    height, width = repeated(options.get("crop_size", UNKNOWN), 2)
    count = boxes[0] if boxes else UNKNOWN
    return (count, height, width, shape[-1] if shape else UNKNOWN)


def _glimpses(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    height, width = repeated(options.get("shape", UNKNOWN), 2)
    return None if shape is None or len(shape) != 4 else (shape[0], height, width, shape[-1])


def _patches(operands: Operands, options: Options) -> Output:
    """The patches stand in the place of the channels."""
    shape = first(operands)
    if shape is None or len(shape) != 4 or channels_first(options) is not False:
        return None if shape is None else unknown(len(shape))
    size = _sides(options.get("sizes", options.get("shape", UNKNOWN)))
    given = options.get("strides", UNKNOWN)
    strides = size if plain(given) is None else _sides(given)
    rates = _sides(options.get("rates", options.get("dilation_rate", 1)))
    padding = plain(options.get("padding"))
    space = [conv_size(*sides, padding) for sides in zip(shape[1:3], size, strides, rates, strict=True)]
    return (shape[0], *space, multiply(*size, shape[-1]))


def _sides(value: object) -> tuple[Dim, Dim]:
    found = numbers(value)
    if found is not None and len(found) == 4:
        found = found[1:3]
    height, width = repeated(found, 2)
    return height, width


# colours ------------------------------------------------------------------------------------------
def _channels(count: int) -> OperationFunction:
    def found(operands: Operands, options: Options) -> Output:
        shape = first(operands)
        front = channels_first(options)
        if not shape or front is None or len(shape) < 3:
            return None if not shape else unknown(len(shape))
        return replaced(shape, -3 if front else -1, count)

    return found


def _edges(operands: Operands, options: Options) -> Output:
    shape = first(operands)
    return None if shape is None or (not tensorflow(options) and "data_format" in options) else (*shape, 2)


def _two(operands: Operands, options: Options) -> Output:
    del options
    shape = first(operands)
    return [shape, shape]


def _variation(operands: Operands, options: Options) -> Output:
    del options
    shape = _image(operands)
    return None if shape is None else shape[:-3]


def _likeness(operands: Operands, options: Options) -> Output:
    """One number for each pair of images."""
    one = shape_of(operands[0]) if operands else None
    other = shape_of(argument(operands, options, 1, "img2", "image2"))
    if one is None or other is None or len(one) < 3 or len(other) < 3:
        return None
    return broadcast(one[:-3], other[:-3])


def _noise_ratio(operands: Operands, options: Options) -> Output:
    """TensorFlow's makes one number of each pair of images, Keras' one of all."""
    return _likeness(operands, options) if tensorflow(options) else ()


# decoding -----------------------------------------------------------------------------------------
def _decoded(operands: Operands, options: Options) -> Output:
    del operands
    channels = number(options.get("channels", 0))
    return (None, None, channels if channels != 0 else None)


def _decoded_gif(operands: Operands, options: Options) -> Output:
    del operands, options
    return (None, None, None, 3)


def _coordinates(operands: Operands, options: Options) -> Output:
    found = shape_of(argument(operands, options, 1, "coordinates"))
    return found[1:] if found else None


def _chosen(operands: Operands, options: Options) -> Output:
    """Which boxes are left, only the data say."""
    del operands, options
    return (None,)


def _preserved_list(operands: Operands, options: Options) -> Output:
    """An image, or a list of them, of the same shape."""
    members = listed(operands[0]) if operands else None
    return None if members is not None else unchanged(operands, options)


_SAME = words(
    """
    adjust_brightness adjust_contrast adjust_gamma adjust_hue adjust_jpeg_quality adjust_saturation
    affine_transform apply_affine_transform apply_brightness_shift apply_channel_shift convert_image_dtype
    draw_bounding_boxes elastic_transform flip_left_right flip_up_down gaussian_blur hsv_to_rgb
    per_image_standardization perspective_transform random_brightness random_channel_shift random_contrast
    random_flip_left_right random_flip_up_down random_hue random_jpeg_quality random_rotation
    random_saturation random_shear random_shift random_zoom rgb_to_hsv rgb_to_yiq rgb_to_yuv yiq_to_rgb
    yuv_to_rgb
    """
)
_DECODED = ["decode_bmp", "decode_jpeg", "decode_png", "decode_webp", "decode_jxl", "decode_and_crop_jpeg"]

OPERATIONS: Table = {
    **dict.fromkeys(_SAME, _preserved_list),
    **dict.fromkeys(("resize", "resize_images", "resize_bilinear", "resize_nearest_neighbor", "smart_resize"), _resize),
    "resize_volumes": _enlarged_volumes,
    **dict.fromkeys(
        (
            *("crop_to_bounding_box", "pad_to_bounding_box", "resize_image_with_crop_or_pad"),
            *("resize_with_crop_or_pad", "resize_with_pad", "crop_images", "pad_images"),
        ),
        _target,
    ),
    **dict.fromkeys(("crop", "random_crop", "stateless_random_crop"), _crop),
    "central_crop": _central_crop,
    "crop_and_resize": _boxes,
    "extract_glimpse": _glimpses,
    "extract_patches": _patches,
    "rgb_to_grayscale": _channels(1),
    "grayscale_to_rgb": _channels(3),
    "sobel_edges": _edges,
    "image_gradients": _two,
    "total_variation": _variation,
    "psnr": _noise_ratio,
    "ssim": _likeness,
    "ssim_multiscale": _likeness,
    **dict.fromkeys(_DECODED, _decoded),
    "decode_gif": _decoded_gif,
    "map_coordinates": _coordinates,
    "non_max_suppression": _chosen,
}
