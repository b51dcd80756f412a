"""Images from files: by whom they are read, and what the libraries that read them do to them afterwards."""

from __future__ import annotations

from kerasvae_lint.keras.data import Data, Source, Step
from kerasvae_lint.keras.ranges import Range
from kerasvae_lint.values.lattice import Computed, LibraryName, Value, constant, is_none

_READERS = frozenset(
    {
        *("cv2.imread", "cv2.imdecode", "PIL.Image.open", "skimage.io.imread"),
        *("imageio.imread", "imageio.v2.imread", "imageio.v3.imread", "scipy.misc.imread", "scipy.ndimage.imread"),
        *("keras.utils.load_img", "keras.preprocessing.image.load_img"),
    }
)
_DECODERS = frozenset({"decode_jpeg", "decode_png", "decode_image", "decode_bmp", "decode_gif", "decode_and_crop_jpeg"})
_OF_PYPLOT = frozenset({"matplotlib.image.imread", "matplotlib.pyplot.imread"})
TO_ARRAY = frozenset({"keras.utils.img_to_array", "keras.preprocessing.image.img_to_array"})

_AS_LARGE = {
    **dict.fromkeys(("cv2.cvtColor", "skimage.color.gray2rgb", "PIL.Image.fromarray"), "cast"),
    **dict.fromkeys(("cv2.resize", "scipy.misc.imresize", "imutils.resize"), "resized"),
    **dict.fromkeys(("cv2.flip", "cv2.rotate", "cv2.warpAffine", "cv2.GaussianBlur", "cv2.medianBlur"), "augmented"),
    **dict.fromkeys(("cv2.equalizeHist", "cv2.copyMakeBorder", "cv2.blur", "PIL.ImageOps.fit"), "augmented"),
    **dict.fromkeys(("np.flip", "np.fliplr", "np.flipud", "np.rot90", "np.pad", "np.float32", "np.uint8"), "reshaped"),
}
"""Functions after which the numbers are as large as before, with the step that they are."""
_TO_ONE = frozenset(
    {
        *("skimage.color.rgb2gray", "skimage.img_as_float", "skimage.util.img_as_float", "skimage.img_as_float32"),
        *("skimage.transform.rescale", "skimage.transform.rotate"),
    }
)
"""Functions of scikit-image that give numbers of 0 to 1, whatever they get."""
_METHODS = frozenset({"resize", "convert", "crop", "rotate", "transpose", "copy", "thumbnail", "transform"})
PIXELS = Range(0, 255)


def image_source(value: Computed) -> tuple[Source, Range | None] | None:
    """The file that an image is read from, and between which numbers it lies; None for what reads no image."""
    name = value.maker.name if isinstance(value.maker, LibraryName) else ""
    source = Source("image file", name, "x")
    if name in _READERS:
        return source, PIXELS
    if name in _OF_PYPLOT:  # of a PNG it gives numbers of 0 to 1
        return source, None
    if name.startswith(("tf.io.", "tf.image.")) and name.rpartition(".")[2] in _DECODERS:
        dtype = value.options.get("dtype")
        plain = dtype is None or is_none(dtype) or getattr(dtype, "name", "").endswith("uint8")
        return (source, PIXELS) if plain else (source, None)
    return None


def image_step(value: Computed, data: Data) -> Data | None:
    """What a function of an image library makes of data; None for another function."""
    name = value.maker.name if isinstance(value.maker, LibraryName) else ""
    kind = _AS_LARGE.get(name)
    if kind is not None:
        limits = data.range.loose() if data.range is not None else None
        return data.then(Step(kind, value.site, name), value, range=limits, is_integer=None)
    if name == "skimage.transform.resize":
        kept = value.options.get("preserve_range")
        if kept is not None and constant(kept) is True:
            limits = data.range.loose() if data.range is not None else None
            return data.then(Step("resized", value.site, name), value, range=limits, is_integer=None)
        if kept is not None and constant(kept) is not False:
            return data.forgotten(Step("unknown", value.site, name), value)
    if name in _TO_ONE or name == "skimage.transform.resize":
        limits = data.range
        small = limits is not None and limits.highest <= 1
        return data.then(Step("scaled", value.site, name), value, range=limits if small else Range(0, 1))
    return None


def image_method(name: str, data: Data, value: Value) -> Data | None:
    """What a method of an image of Pillow's gives; None for any other."""
    if data.source.kind != "image file" or name not in _METHODS:
        return None
    limits = data.range.loose() if data.range is not None else None
    return data.then(Step("resized", value.site, name), value, range=limits)


__all__ = ["PIXELS", "TO_ARRAY", "image_method", "image_source", "image_step"]
