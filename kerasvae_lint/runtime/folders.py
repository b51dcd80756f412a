"""``--synthetic``: images that a script reads from folders and files that are not here."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from kerasvae_lint.runtime import made, tables
from kerasvae_lint.runtime.replacing import replace_everywhere
from kerasvae_lint.runtime.said import say, user_asks
from kerasvae_lint.runtime.standins.images import Picture, picture

SAMPLES = 256


class Folders:
    """Made images for one program, whose source says how many classes it tells apart."""

    def __init__(self, seed: int, text: str) -> None:
        self.seed = seed
        source = tables.Source(text)
        self.classes = source.classes if source.classes >= 2 else 2

    def install(self) -> None:
        """Answer in every Keras, as soon as it is imported."""
        import wrapt

        for top, place in (("keras", "src.legacy.preprocessing.image"), ("tf_keras", "src.preprocessing.image")):
            wrapt.register_post_import_hook(functools.partial(self._generators, top), f"{top}.{place}")
        for top in ("keras", "tf_keras"):
            wrapt.register_post_import_hook(self._loading, f"{top}.src.utils.image_utils")

    def _generators(self, top: str, module: Any) -> None:
        cls = module.ImageDataGenerator
        for name in ("flow_from_directory", "flow_from_dataframe"):
            setattr(cls, name, self._flow(top, getattr(cls, name)))

    def _flow(self, top: str, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def flow(generator: Any, first: Any, *args: Any, **kwargs: Any) -> Any:
            folder = kwargs.get("directory", first)
            if isinstance(folder, str) and os.path.isdir(folder):
                return original(generator, first, *args, **kwargs)
            say(f"`{original.__name__}` is answered with {SAMPLES} images of {self.classes} classes that kvlint made")
            return _flow_class(top)(self, generator, kwargs)

        return flow

    def _loading(self, module: Any) -> None:
        original = module.load_img

        @functools.wraps(original)
        def load_img(path: Any, *args: Any, **kwargs: Any) -> Any:
            if not isinstance(path, str | os.PathLike) or os.path.exists(path) or not user_asks():
                return original(path, *args, **kwargs)
            say(f"`load_img` is answered with an image that kvlint made, as {os.path.basename(path)!r} is not there")
            height, width = (kwargs.get("target_size") or (128, 128))[:2]
            grey = kwargs.get("color_mode") == "grayscale" or kwargs.get("grayscale")
            return Picture(picture(path, height, width, 1 if grey else 3))

        replace_everywhere(original, load_img)

    def batch(self, size: tuple[int, ...], count: int, seed: int) -> tuple[Any, Any]:
        """Images of 0 to 255 with their class numbers."""
        images, labels = made.labelled(made.Spec("image", size, self.classes), count, self.seed + seed)
        return images.astype("float32"), labels.astype("int64")


@functools.cache
def _flow_class(top: str) -> Any:
    import importlib

    utils = importlib.import_module(f"{top}.utils")
    base: Any = getattr(utils, "PyDataset", None) or utils.Sequence

    class Flow(base):  # type: ignore[misc]
        """Batches as ``flow_from_directory`` gives them, with the attributes that scripts read."""

        def __init__(self, folders: Folders, generator: Any, given: dict[str, Any]) -> None:
            super().__init__()
            self.generator, self.folders = generator, folders
            self.batch_size = int(given.get("batch_size") or 32)
            self.class_mode = given.get("class_mode", "categorical")
            self.target_size = tuple(given.get("target_size", (256, 256)))
            channels = {"grayscale": 1, "rgba": 4}.get(given.get("color_mode", "rgb"), 3)
            self.image_shape = (*self.target_size, channels)
            names = given.get("classes") or [str(i) for i in range(folders.classes)]
            self.class_indices = {str(name): i for i, name in enumerate(names)}
            self.num_classes = len(self.class_indices)
            self.samples = self.n = SAMPLES
            self.filenames = [f"{i}.png" for i in range(SAMPLES)]
            self.filepaths = self.filenames
            self.labels: Any = np.arange(SAMPLES) % self.num_classes
            self.classes = self.labels
            self.at = 0

        def __len__(self) -> int:
            return -(-SAMPLES // self.batch_size)

        def __getitem__(self, index: int) -> Any:
            x, numbers = self.folders.batch(self.image_shape, min(self.batch_size, SAMPLES), index)
            standardize = getattr(self.generator, "standardize", None)
            preprocess = getattr(self.generator, "preprocessing_function", None)
            x = np.stack([preprocess(one) for one in x]) if preprocess is not None else x
            rescale = getattr(self.generator, "rescale", None)
            x = x * rescale if rescale else x
            if standardize is not None and getattr(self.generator, "samplewise_center", False):
                x = x - x.mean(axis=(1, 2, 3), keepdims=True)
            kinds = {
                "categorical": lambda: np.eye(self.num_classes, dtype="float32")[numbers],
                "binary": lambda: numbers.astype("float32"),
                "sparse": lambda: numbers.astype("float32"),
                "input": lambda: x,
                "raw": lambda: numbers.astype("float32"),
                "other": lambda: numbers.astype("float32"),
            }
            return (x, kinds[self.class_mode]()) if self.class_mode in kinds else x

        def __next__(self) -> Any:
            found = self[self.at % len(self)]
            self.at += 1
            return found

        next = __next__

        def __iter__(self) -> Any:
            return self

        def reset(self) -> None:
            """To the beginning."""
            self.at = 0

    return Flow
