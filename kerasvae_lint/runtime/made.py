"""Made data: images with a shape for each class, word sequences, tables and files, all from a seed."""

from __future__ import annotations

import gzip
import json
import os
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from kerasvae_lint.runtime.tables import Expected, kind_of


@dataclass(frozen=True, slots=True)
class Spec:
    """What a public data set looks like: shape of a sample, classes, and samples to train and to test with."""

    kind: str
    shape: tuple[int, ...]
    classes: int
    sizes: tuple[int, int] = (60_000, 10_000)
    label_shape: tuple[int, ...] = ()
    classes_of_words: int = 20_000
    range: tuple[float, float] = (0.0, 1.0)


DATASETS = {
    "mnist": Spec("image", (28, 28), 10),
    "fashion_mnist": Spec("image", (28, 28), 10),
    "cifar10": Spec("image", (32, 32, 3), 10, (50_000, 10_000), (1,)),
    "cifar100": Spec("image", (32, 32, 3), 100, (50_000, 10_000), (1,)),
    "boston_housing": Spec("table", (13,), 0, (404, 102), range=(5.0, 50.0)),
    "california_housing": Spec("table", (8,), 0, (16_512, 4_128), range=(15_000.0, 500_000.0)),
    "imdb": Spec("text", (), 2, (25_000, 25_000)),
    "reuters": Spec("text", (), 46, (8_982, 2_246)),
}
"""Sizes as Keras documents them."""

_NAMED = {
    "mnist": Spec("image", (28, 28, 1), 10),
    "fashion_mnist": Spec("image", (28, 28, 1), 10),
    "kmnist": Spec("image", (28, 28, 1), 10),
    "emnist": Spec("image", (28, 28, 1), 47),
    "binarized_mnist": Spec("image", (28, 28, 1), 10),
    "cifar10": Spec("image", (32, 32, 3), 10),
    "svhn_cropped": Spec("image", (32, 32, 3), 10),
    "celeb_a": Spec("image", (218, 178, 3), 2),
    "omniglot": Spec("image", (105, 105, 3), 1623),
    "cats_vs_dogs": Spec("image", (256, 256, 3), 2),
    "oxford_flowers102": Spec("image", (256, 256, 3), 102),
    "imdb_reviews": Spec("text", (), 2),
    "iris": Spec("table", (4,), 3),
}
MADE_OF = 2_048
_WORDS = [
    "the",
    "a",
    "this",
    "that",
    "film",
    "story",
    "actor",
    "plot",
    "was",
    "is",
    "felt",
    "seemed",
    "good",
    "bad",
    "slow",
    "bright",
    "long",
    "warm",
    "cold",
    "and",
    "but",
    "because",
    "really",
    "very",
    "never",
    "always",
    "watched",
    "liked",
    "hated",
    "again",
    "tonight",
    "here",
    "there",
]


def named(name: str) -> Spec:
    """The data set that ``tfds`` knows by this name; an unknown one has 64 by 64 colour images."""
    key = name.split("/")[0].split(":")[0]
    return _NAMED.get(key, Spec("image", (64, 64, 3), 10))


def labelled(spec: Spec, count: int, seed: int) -> tuple[Any, Any]:
    """``count`` samples with their labels; at most 2,048 differ, the others repeat them."""
    generator = np.random.default_rng(seed)
    distinct = min(count, MADE_OF)
    if spec.kind == "table":
        x = generator.normal(size=(count, *spec.shape)) * np.arange(1, spec.shape[0] + 1)
        weights = np.random.default_rng(5).normal(size=(spec.shape[0], max(spec.classes, 1)))
        scores = (x / np.arange(1, spec.shape[0] + 1)) @ weights
        if spec.classes:
            return x.astype("float32"), scores.argmax(axis=-1)
        return x, _into(scores[:, 0] + 0.1 * generator.normal(size=count), spec.range)
    classes = generator.integers(0, max(spec.classes, 1), size=distinct)
    images = _images(spec, classes, generator)
    order: Any = np.resize(np.arange(distinct), count)
    labels = classes[order].reshape(count, *spec.label_shape)
    return images[order], labels.astype("uint8" if spec.classes < 256 and not spec.label_shape else "int64")


def _into(values: Any, ends: tuple[float, float]) -> Any:
    """``values`` pressed into a range."""
    middle, reach = (ends[0] + ends[1]) / 2, (ends[1] - ends[0]) / 2
    return middle + reach * np.tanh(values / (2 * (values.std() or 1.0)))


def _images(spec: Spec, classes: Any, generator: np.random.Generator) -> Any:
    """Bright blobs whose place and size tell the class, on a dark ground: ``uint8``, 0 to 255."""
    height, width, *rest = spec.shape
    rows, columns = np.mgrid[0:height, 0:width]
    count = len(classes)
    angle = 2 * np.pi * classes / max(spec.classes, 1) + generator.normal(0, 0.15, count)
    top = height * (0.5 + 0.25 * np.sin(angle))
    left = width * (0.5 + 0.25 * np.cos(angle))
    spread = (0.08 + 0.08 * generator.random(count)) * height
    images: Any = np.empty((count, height, width), "float32")
    for i in range(count):
        images[i] = np.exp(-((rows - top[i]) ** 2 + (columns - left[i]) ** 2) / (2 * spread[i] ** 2))
    images = np.where(images < 0.05, 0.0, images) * 255
    if not rest:
        return images.astype("uint8")
    tint = 0.4 + 0.6 * generator.random((count, 1, 1, rest[0])) if rest[0] > 1 else 1.0
    return (images[..., None] * tint).astype("uint8")


def sequences(count: int, words: int, classes: int, seed: int) -> tuple[Any, Any]:
    """Word numbers of lengths as in reviews, in an array of lists, with labels."""
    generator = np.random.default_rng(seed)
    lengths = np.clip(generator.lognormal(5.2, 0.6, count).astype(int), 11, 1000)
    flat = np.minimum(generator.zipf(1.3, int(lengths.sum())) + 3, words - 1)
    parts = np.split(flat, np.cumsum(lengths)[:-1])
    x: Any = np.empty(count, dtype=object)
    labels = generator.integers(0, classes, count)
    for i, part in enumerate(parts):
        told = generator.random(len(part)) < 0.1  # a word in ten is one of the class's own
        part[told] = np.minimum(4 + labels[i], words - 1)
        x[i] = [1, *part.tolist()]
    return x, labels


def word_index(*_: Any, **__: Any) -> dict[str, int]:
    """A number for each word."""
    return {word: number + 1 for number, word in enumerate(_WORDS)}


def texts(count: int, seed: int) -> list[str]:
    """Short sentences of common words."""
    generator = np.random.default_rng(seed)
    return [" ".join(generator.choice(_WORDS, size=int(generator.integers(8, 40)))) for _ in range(count)]


def table(expected: Expected, seed: int, header: bool = True, rows: int = 400) -> dict[Any, Any]:
    """Columns of a table as the script uses it: inputs of mean 0, and a target that they tell.

    Values that nothing tells are chosen such that they suit the network: what is made up must raise no alarm.
    """
    generator = np.random.default_rng(seed)
    names: list[Any] = list(expected.names)
    target: Any = expected.target(names) if names else None
    wanted = expected.shape[0] if len(expected.shape) == 1 else int(np.prod(expected.shape)) if expected.shape else 0
    inputs = [name for name in names if name != target and name not in expected.dropped]
    short = max(wanted - len(inputs), expected.width - len(names), 0)
    if not names:
        short = max(expected.width, wanted + 1) if expected.width or wanted else 11
    extra: list[Any] = [f"column {i + 1}" if header else i for i in range(short)]
    if names:
        at = names.index(expected.spans[0][0]) + 1 if expected.spans and expected.spans[0][0] in names else 0
        names = [*(n for n in names[:at]), *extra, *(n for n in names[at:])]
        names = [n for n in names if n != target] + [target] if at == 0 else names
    else:
        names = extra
        numbers = [n for n in expected.targets if isinstance(n, int) and -len(names) <= n < len(names)]
        target = names[numbers[-1] if numbers else -1]
    found: dict[Any, Any] = {}
    for name in names:
        kind = kind_of(str(name))
        if kind == "text":
            found[name] = np.array(texts(rows, seed), dtype=object)
        elif kind == "date":
            found[name] = np.array([f"2020-{1 + i // 28 % 12:02d}-{1 + i % 28:02d}" for i in range(rows)], dtype=object)
        else:
            found[name] = generator.normal(size=rows).round(4)
    numbers_ = [column for name, column in found.items() if name != target and column.dtype.kind == "f"]
    told = np.stack(numbers_, axis=1) if numbers_ else generator.normal(size=(rows, 1))
    kinds = expected.values.get(target)
    numbers_of = targets(told, len(kinds) if kinds else expected.classes, "softmax" if kinds else expected.end)
    found[target] = np.array(kinds, dtype=object)[numbers_of] if kinds else numbers_of
    for name, values in expected.values.items():
        if name in found and name != target:
            found[name] = np.array(values, dtype=object)[generator.integers(0, len(values), rows)]
    return found


def targets(x: Any, classes: int, end: str) -> Any:
    """Targets that ``x`` tells: class numbers, or numbers that the network's last activation can reach."""
    flat = x.reshape(len(x), -1)
    scores = flat @ np.random.default_rng(7).normal(size=(flat.shape[1], max(classes, 1)))
    if classes > 2 or (classes == 2 and end == "softmax"):
        return (scores - scores.mean(axis=0)).argmax(axis=-1)
    score = scores[:, 0] - np.median(scores[:, 0])
    if classes != 1:
        return (score > 0).astype("int64")
    ends = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0), "softplus": (0.0, 2.0), "relu": (0.0, 2.0)}
    return _into(score, ends.get(end, (-2.0, 2.0))).round(4)


def dataset(spec: Spec, split: str, seed: int, supervised: bool, batch_size: int | None) -> Any:
    """A ``tf.data`` data set as ``tfds.load`` gives it; 2,048 samples, whatever the real size."""
    import tensorflow as tf

    count = MADE_OF if "train" in split else MADE_OF // 4
    if spec.kind == "text":
        x: Any = texts(count, seed)
        y: Any = np.random.default_rng(seed).integers(0, spec.classes, count)
        names = ("text", "label")
    else:
        x, y = labelled(spec, count, seed)
        names = ("image" if spec.kind == "image" else "features", "label")
    y = np.asarray(y).astype("int64")
    found = tf.data.Dataset.from_tensor_slices((x, y) if supervised else dict(zip(names, (x, y), strict=True)))
    if batch_size == -1:
        return next(iter(found.batch(count)))
    return found.batch(batch_size) if batch_size else found


def write_file(folder: str, name: str, seed: int) -> str:
    """A small file of the kind that its ending promises."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, name)
    ending = os.path.splitext(name)[1].lower()
    generator = np.random.default_rng(seed)
    if "idx3-ubyte" in name or "idx1-ubyte" in name:
        held = _idx(name, seed)
        with open(path, "wb") as packed:
            packed.write(gzip.compress(held, 1) if ending == ".gz" else held)
    elif ending == ".npz":
        (x, y), (x_test, y_test) = (labelled(DATASETS["mnist"], n, seed) for n in (60_000, 10_000))
        np.savez(path, x_train=x, y_train=y, x_test=x_test, y_test=y_test)
    elif ending == ".npy":
        np.save(path, labelled(Spec("image", (28, 28), 10), MADE_OF, seed)[0])
    elif ending == ".csv":
        table = generator.normal(size=(4998, 141))
        table[:, -1] = table[:, 0] > 0
        np.savetxt(path, table, delimiter=",", fmt="%.5f")
    elif ending == ".json":
        with open(path, "w", encoding="utf-8") as file:
            json.dump(word_index(), file)
    elif ending == ".txt":
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(texts(2000, seed)))
    else:
        with open(path, "wb") as file:
            file.write(b"")
    return path


def _idx(name: str, seed: int) -> bytes:
    """MNIST as it is published: a file of images or of labels, of those to train or to test with."""
    held_out = name.startswith(("t10k", "test"))
    spec = DATASETS["mnist"]
    images, labels = labelled(spec, spec.sizes[held_out], seed + held_out)
    if "idx1" in name:
        return struct.pack(">II", 2049, len(labels)) + bytes(labels.astype("uint8").tobytes())
    return struct.pack(">IIII", 2051, *images.shape) + bytes(images.tobytes())


def write_folder(folder: str) -> str:
    """Two empty folders, one for each class, in place of an unpacked archive; returns their place."""
    for name in ("one", "two"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    return folder
