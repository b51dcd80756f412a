"""Stand-ins for OpenCV and Pillow: images are arrays, made where a file is not there."""

from __future__ import annotations

import os
import zlib
from typing import Any

import numpy as np

__all__ = [
    "COLOR_BGR2GRAY", "COLOR_BGR2RGB", "COLOR_RGB2BGR", "COLOR_RGB2GRAY", "IMREAD_COLOR", "IMREAD_GRAYSCALE",
    "IMREAD_UNCHANGED", "INTER_AREA", "INTER_CUBIC", "INTER_LINEAR", "INTER_NEAREST", "Image", "ImageFile", "ImageOps",
    "cvtColor", "destroyAllWindows", "fromarray", "imread", "imshow", "imwrite", "new", "normalize", "open",
    "resize", "waitKey",
]  # fmt: skip
MODULES = ("Image", "ImageOps", "ImageFile")
COLOR_BGR2GRAY, COLOR_RGB2GRAY, COLOR_BGR2RGB, COLOR_RGB2BGR = 6, 7, 4, 4
IMREAD_COLOR, IMREAD_GRAYSCALE, IMREAD_UNCHANGED = 1, 0, -1
INTER_NEAREST, INTER_LINEAR, INTER_CUBIC, INTER_AREA = 0, 1, 2, 3
SIZE = 128


def picture(name: Any, height: int = SIZE, width: int = SIZE, channels: int = 3) -> Any:
    """A made image, always the same for a name."""
    from kerasvae_lint.runtime import made

    seed = zlib.crc32(os.fsencode(str(name)))
    shape = (height, width, channels) if channels > 1 else (height, width)
    return made.labelled(made.Spec("image", shape, 10), 1, seed)[0][0]


class Picture:
    """What ``PIL.Image.open`` gives."""

    def __init__(self, array: Any) -> None:
        self.array = np.asarray(array)
        self.mode = "L" if self.array.ndim == 2 else "RGB"
        self.format = "PNG"

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.array if dtype is None else self.array.astype(dtype)

    def __enter__(self) -> Picture:
        return self

    def __exit__(self, *_: Any) -> None:
        return None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.array.shape[1], self.array.shape[0]

    @property
    def width(self) -> int:
        """In pixels."""
        return self.size[0]

    @property
    def height(self) -> int:
        """In pixels."""
        return self.size[1]

    def resize(self, size: Any, *_: Any, **__: Any) -> Picture:
        """Of another size, by the nearest pixel."""
        return Picture(resize(self.array, tuple(size)))

    thumbnail = resize

    def convert(self, mode: str, *_: Any) -> Picture:
        """Grey or in colour."""
        if mode in {"L", "1"}:
            return Picture(_grey(self.array))
        return Picture(self.array if self.array.ndim == 3 else np.repeat(self.array[..., None], 3, axis=-1))

    def crop(self, box: Any) -> Picture:
        """A part."""
        left, top, right, bottom = (int(n) for n in box)
        return Picture(self.array[top:bottom, left:right])

    def save(self, *_: Any, **__: Any) -> None:
        """Nothing is written."""

    show = close = load = save


def _grey(array: Any) -> Any:
    return array if array.ndim == 2 else array.mean(axis=-1).astype(array.dtype)


def open(where: Any, *_: Any, **__: Any) -> Picture:  # noqa: A001
    """A made image for whatever file."""
    return Picture(picture(where))


def fromarray(array: Any, *_: Any, **__: Any) -> Picture:
    """An image of an array."""
    return Picture(array)


def new(mode: str, size: Any, color: Any = 0) -> Picture:
    """An image of one colour."""
    shape = (size[1], size[0], 3) if mode != "L" else (size[1], size[0])
    return Picture(np.full(shape, color, "uint8"))


def imread(filename: Any, flags: int = 1) -> Any:
    """A made image for whatever file."""
    return picture(filename, channels=1 if flags == 0 else 3)


def resize(array: Any, dsize: Any = None, *_: Any, **__: Any) -> Any:
    """Of another size (width, height), by the nearest pixel."""
    array = np.asarray(array)
    rows = np.arange(dsize[1]) * array.shape[0] // dsize[1]
    columns = np.arange(dsize[0]) * array.shape[1] // dsize[0]
    return array[rows][:, columns]


def imresize(arr: Any, size: Any, *_: Any, **__: Any) -> Any:
    """SciPy's of old: to rows and columns, to a share, or to so many percent."""
    array = np.asarray(arr)
    if isinstance(size, int | float):
        share = size / 100 if isinstance(size, int) else size
        size = [int(n * share) for n in array.shape[:2]]
    return resize(array, (size[1], size[0]))


def cvtColor(array: Any, code: int, *_: Any) -> Any:  # noqa: N802
    """Grey, or the colours the other way round."""
    array = np.asarray(array)
    return _grey(array) if code in {COLOR_BGR2GRAY, COLOR_RGB2GRAY} else array[..., ::-1]


def normalize(array: Any, *_: Any, **__: Any) -> Any:
    """Between 0 and 1."""
    array = np.asarray(array, "float32")
    return (array - array.min()) / max(float(np.ptp(array)), 1e-12)


def imwrite(*_: Any) -> bool:
    """Nothing is written."""
    return True


def imshow(*_: Any) -> None:
    """Nothing is shown."""


def waitKey(*_: Any) -> int:  # noqa: N802
    """Nobody presses a key."""
    return -1


def destroyAllWindows() -> None:  # noqa: N802
    """There is none."""


class _Functions:
    """``from PIL import Image``: a module of functions under a class's name."""

    Image = Picture
    open, fromarray, new = staticmethod(open), staticmethod(fromarray), staticmethod(new)
    NEAREST, LANCZOS, BILINEAR, BICUBIC, ANTIALIAS = 0, 1, 2, 3, 1
    LOAD_TRUNCATED_IMAGES = True

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        from kerasvae_lint.runtime.standins import later

        return later("PIL", name)


Image = ImageOps = ImageFile = _Functions()
