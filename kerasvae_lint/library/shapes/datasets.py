"""What the data sets of Keras and scikit-learn hold: shapes, kinds and ranges of numbers, classes, order of samples."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kerasvae_lint.library.shapes.dims import UNKNOWN, Dim, Shape, UnknownType

Order = Literal["mixed", "sorted", ""]
"""How the samples follow each other: in no order, class after class, or nobody knows."""

UNBOUNDED = (-math.inf, math.inf)


@dataclass(frozen=True, slots=True)
class Part:
    """One array that a data set gives.

    Attributes:
        part: ``x`` or ``y``.
        shape: its shape.
        dtype: of its numbers; empty where that depends.
        range: the lowest and the highest number, infinite where nothing bounds them; None if that is not known.
        met: True if both ends of the range occur.
        reached: how low and how high some numbers surely go, where the ends need not occur; None if not known.
        whole: True if all numbers are whole ones; None if that is not known.
        classes: of labels how many classes there are.
        split: ``train`` or ``test``; empty for a set that is not split.
        order: how the samples follow each other.
        several: True for labels of which a sample may have several, one column each.
    """

    part: Literal["x", "y"]
    shape: Shape
    dtype: str = ""
    range: tuple[float, float] | None = None
    met: bool = False
    whole: bool | None = None
    classes: int | None = None
    split: Literal["train", "test", ""] = ""
    order: Order = ""
    several: bool = False
    reached: tuple[float, float] | None = None


Options = Mapping[str, object]
Parts = dict[tuple[object, ...], Part]
"""What a call gives, by the way to it: ``(0, 1)`` for ``result[0][1]``, ``("data",)`` for ``result.data``."""


def dataset_parts(name: str, options: Options) -> Parts:
    """What a call of a data set's function gives; empty for functions that are not known.

    Args:
        name: canonical name of the function.
        options: its arguments with their defaults; ``UNKNOWN`` for what can't be told.
    """
    maker = _MAKERS.get(name)
    return maker(options) if maker is not None else {}


def is_dataset(name: str) -> bool:
    """True for a function that :func:`dataset_parts` knows."""
    return name in _MAKERS


# Keras ------------------------------------------------------------------------------------------
def _kept(x: Part, y: Part, train: Dim, test: Dim) -> Parts:
    """Keras's way: ``(x_train, y_train), (x_test, y_test)``."""
    found: Parts = {}
    for place, (split, rows) in enumerate((("train", train), ("test", test))):
        for index, part in enumerate((x, y)):
            found[place, index] = replace(part, shape=(rows, *part.shape), split=split)  # type: ignore[arg-type]
    return found


def _pixels(*shape: int) -> Part:
    return Part("x", shape, "uint8", (0, 255), True, True, order="mixed")


def _labels(classes: int, *shape: int, dtype: str = "") -> Part:
    return Part("y", shape, dtype, (0, classes - 1), True, True, classes, order="mixed")


def _mnist(options: Options) -> Parts:
    del options
    return _kept(_pixels(28, 28), _labels(10, dtype="uint8"), 60_000, 10_000)


def _cifar10(options: Options) -> Parts:
    del options
    return _kept(_pixels(32, 32, 3), _labels(10, 1, dtype="uint8"), 50_000, 10_000)


def _cifar100(options: Options) -> Parts:
    classes = {"fine": 100, "coarse": 20}.get(str(options.get("label_mode")))
    y = _labels(classes, 1) if classes is not None else Part("y", (1,), whole=True, order="mixed")
    return _kept(_pixels(32, 32, 3), y, 50_000, 10_000)


def _split_rows(rows: int, options: Options) -> tuple[Dim, Dim]:
    share = options.get("test_split")
    if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 <= share <= 1:
        return UNKNOWN, UNKNOWN
    train = int(rows * (1 - share))
    return train, rows - train


def _sequences(options: Options, y: Part, rows: tuple[Dim, Dim]) -> Parts:
    """Lists of word numbers of many lengths; long ones are left out if ``maxlen`` says so."""
    if options.get("maxlen") is not None:
        rows = (UNKNOWN, UNKNOWN)
    words = options.get("num_words")
    known = isinstance(words, int) and not isinstance(words, bool) and words > 2
    x = Part("x", (), "object", (0, float(words - 1)) if known and isinstance(words, int) else None, whole=True)
    return _kept(replace(x, order="mixed"), y, *rows)


def _imdb(options: Options) -> Parts:
    return _sequences(options, _labels(2, dtype="int64"), (25_000, 25_000))


def _reuters(options: Options) -> Parts:
    y = replace(_labels(46, dtype="int64"), met=False)
    return _sequences(options, y, _split_rows(11_228, options))


def _boston(options: Options) -> Parts:
    x = Part("x", (13,), "float64", (0, 711), False, False, order="mixed")
    y = Part("y", (), "float64", (5, 50), False, False, order="mixed")
    return _kept(x, y, *_split_rows(506, options))


def _california(options: Options) -> Parts:
    rows = {"large": 20_640, "small": 600}.get(str(options.get("version")))
    x = Part("x", (8,), "float32", (-124.35, 39_320), False, False, order="mixed")
    y = Part("y", (), "float32", (14_999, 500_001), False, None, order="mixed")
    return _kept(x, y, *(_split_rows(rows, options) if rows is not None else (UNKNOWN, UNKNOWN)))


# scikit-learn -----------------------------------------------------------------------------------
def _bunch(options: Options, x: Part, y: Part, **others: Part) -> Parts:
    """What ``load_…`` gives: an object with ``data`` and ``target``, or both as a tuple."""
    wanted = options.get("return_X_y")
    if isinstance(wanted, UnknownType):
        return {}
    if wanted:
        return {(0,): x, (1,): y}
    return {("data",): x, ("target",): y, **{(name,): part for name, part in others.items()}}


def _loaded(
    rows: int,
    columns: int,
    limits: tuple[float, float],
    classes: int,
    order: Order,
    first: int = 0,
    whole: bool = False,
) -> Callable[[Options], Parts]:
    def made(options: Options) -> Parts:
        x = Part("x", (rows, columns), "float64", limits, True, whole, order=order)
        y = Part("y", (rows,), "", (first, first + classes - 1), True, True, classes, order=order)
        return _bunch(options, x, y)

    return made


def _measured(
    rows: int, columns: int, limits: tuple[float, float] | None, target: tuple[float, float], *more: int
) -> Callable[[Options], Parts]:
    def made(options: Options) -> Parts:
        x = Part("x", (rows, columns), "float64", limits, False, None)
        return _bunch(options, x, Part("y", (rows, *more), "float64", target, True, None))

    return made


def _digits(options: Options) -> Parts:
    classes = options.get("n_class")
    known = isinstance(classes, int) and 1 <= classes <= 10
    rows: Dim = 1797 if classes == 10 else UNKNOWN
    x = Part("x", (rows, 64), "float64", (0, 16), classes == 10, True, order="mixed")
    y = Part("y", (rows,), "", None, False, True, order="mixed")
    if known and isinstance(classes, int):
        y = replace(y, range=(0, classes - 1), met=True, classes=classes)
    return _bunch(options, x, y, images=replace(x, shape=(rows, 8, 8)))


def _diabetes(options: Options) -> Parts:
    scaled = options.get("scaled") is True
    x = Part("x", (442, 10), "float64", (-0.14, 0.2) if scaled else (-0.0, 301), False, False)
    return _bunch(options, x, Part("y", (442,), "float64", (25, 346), True, True))


def _olivetti(options: Options) -> Parts:
    order = _order(options)
    x = Part("x", (400, 4096), "float32", (0, 1), False, False, order=order)
    y = Part("y", (400,), "", (0, 39), True, True, 40, order=order)
    return _bunch(options, x, y, images=replace(x, shape=(400, 64, 64)))


def _openml(options: Options) -> Parts:
    if options.get("name") != "mnist_784":
        return {}
    x = Part("x", (70_000, 784), "", (0, 255), True, True, order="mixed")
    y = Part("y", (70_000,), "object", None, False, None, 10, order="mixed")
    return _bunch(options, x, y)


def _size(value: object) -> Dim:
    return value if isinstance(value, int) and not isinstance(value, bool) else UNKNOWN


def _order(options: Options) -> Order:
    """Class after class, unless the samples are shuffled."""
    shuffles = options.get("shuffle")
    return "mixed" if shuffles is True else "sorted" if shuffles is False else ""


def _pair(x: Part, y: Part) -> Parts:
    return {(0,): x, (1,): y}


def _numbers(rows: Dim, columns: Dim, order: Order, limits: tuple[float, float] = UNBOUNDED) -> Part:
    return Part("x", (rows, columns), "float64", limits, False, False, order=order)


def _classes(rows: Dim, classes: object, order: Order) -> Part:
    if not isinstance(classes, int) or isinstance(classes, bool):
        return Part("y", (rows,), "int64", whole=True, order=order)
    return Part("y", (rows,), "int64", (0, classes - 1), True, True, classes, order=order)


def _classification(options: Options) -> Parts:
    rows = _size(options.get("n_samples"))
    # unshuffled the clusters follow each other, of which a class has several
    order: Order = "mixed" if options.get("shuffle") is True else ""
    y = _classes(rows, options.get("n_classes"), order)
    if options.get("weights") is not None:
        y = replace(y, met=False)
    return _pair(_numbers(rows, _size(options.get("n_features")), order), y)


def _multilabel(options: Options) -> Parts:
    if options.get("return_indicator") != "dense" or options.get("sparse") is not False:
        return {}
    rows, classes = _size(options.get("n_samples")), _size(options.get("n_classes"))
    x = Part("x", (rows, _size(options.get("n_features"))), "float64", (0, math.inf), False, True, order="mixed")
    count = classes if isinstance(classes, int) else None
    y = Part("y", (rows, classes), "int64", (0, 1), False, True, count, order="mixed", several=True)
    return _pair(x, y)


def _regression(options: Options) -> Parts:
    rows, targets = _size(options.get("n_samples")), options.get("n_targets")
    x = _numbers(rows, _size(options.get("n_features")), "mixed")
    many = _size(targets)
    shape: Shape = (rows,) if targets == 1 else (rows, many)
    # around 0, and tens or hundreds away from it; its `bias` has the name that layers give theirs
    reached = (-2.0, 2.0) if options.get("use_bias", 0) == 0 else None
    y = Part("y", shape, "float64", UNBOUNDED, False, False, order="mixed", reached=reached)
    return _pair(x, y) if targets == 1 or isinstance(many, int) else {(0,): x}


def _blobs(options: Options) -> Parts:
    rows, centers, order = options.get("n_samples"), options.get("centers"), _order(options)
    if isinstance(rows, Sequence):
        counts = [_size(row) for row in rows]
        total = sum(count for count in counts if isinstance(count, int))
        size: Dim = total if all(isinstance(count, int) for count in counts) else UNKNOWN
        classes: object = len(rows)
    else:
        size = _size(rows)
        classes = 3 if centers is None else len(centers) if isinstance(centers, Sequence) else centers
    given = len(centers[0]) if isinstance(centers, Sequence) and centers and isinstance(centers[0], Sequence) else None
    columns = given if given is not None else _size(options.get("n_features"))
    if isinstance(centers, UnknownType):
        columns = UNKNOWN
    return _pair(_numbers(size, columns, order), _classes(size, classes, order))


def _two(options: Options) -> Parts:
    """Two moons, two circles."""
    rows, order = options.get("n_samples"), _order(options)
    if isinstance(rows, Sequence):
        counts = [_size(row) for row in rows]
        size: Dim = sum(c for c in counts if isinstance(c, int)) if all(isinstance(c, int) for c in counts) else UNKNOWN
    else:
        size = _size(rows)
    return _pair(_numbers(size, 2, order), _classes(size, 2, order))


def _curve(options: Options) -> Parts:
    rows = _size(options.get("n_samples"))
    return _pair(_numbers(rows, 3, "mixed"), Part("y", (rows,), "float64", UNBOUNDED, False, False, order="mixed"))


def _friedman(columns: int | None) -> Callable[[Options], Parts]:
    def made(options: Options) -> Parts:
        rows = _size(options.get("n_samples"))
        size = columns if columns is not None else _size(options.get("n_features"))
        x = _numbers(rows, size, "mixed", (0, 1) if columns is None else (0, 1760))
        # the first has a mean of 14 and a deviation of 5, the third is an angle
        reached = (10.0, 10.0) if columns is None else None
        return _pair(x, Part("y", (rows,), "float64", UNBOUNDED, False, False, order="mixed", reached=reached))

    return made


def _quantiles(options: Options) -> Parts:
    rows = _size(options.get("n_samples"))
    order: Order = "mixed" if options.get("shuffle") is True else ""
    x = _numbers(rows, _size(options.get("n_features")), order)
    return _pair(x, _classes(rows, options.get("n_classes"), order))


def _hastie(options: Options) -> Parts:
    rows = _size(options.get("n_samples"))
    y = Part("y", (rows,), "float64", (-1, 1), True, True, 2, order="mixed")
    return _pair(_numbers(rows, 10, "mixed"), y)


_MAKERS: dict[str, Callable[[Options], Parts]] = {
    "keras.datasets.mnist.load_data": _mnist,
    "keras.datasets.fashion_mnist.load_data": _mnist,
    "keras.datasets.cifar10.load_data": _cifar10,
    "keras.datasets.cifar100.load_data": _cifar100,
    "keras.datasets.imdb.load_data": _imdb,
    "keras.datasets.reuters.load_data": _reuters,
    "keras.datasets.boston_housing.load_data": _boston,
    "keras.datasets.california_housing.load_data": _california,
    "sklearn.datasets.load_iris": _loaded(150, 4, (0.1, 7.9), 3, "sorted"),
    "sklearn.datasets.load_wine": _loaded(178, 13, (0.13, 1680.0), 3, "sorted"),
    "sklearn.datasets.load_breast_cancer": _loaded(569, 30, (0.0, 4254.0), 2, "mixed"),
    "sklearn.datasets.load_digits": _digits,
    "sklearn.datasets.load_diabetes": _diabetes,
    "sklearn.datasets.load_linnerud": _measured(20, 3, (1, 251), (31, 247), 3),
    "sklearn.datasets.load_boston": _measured(506, 13, (0, 711), (5, 50)),
    "sklearn.datasets.fetch_california_housing": _measured(20_640, 8, (-124.35, 35_682), (0.14999, 5.00001)),
    "sklearn.datasets.fetch_covtype": _loaded(581_012, 54, (-173.0, 7173.0), 7, "", 1, whole=True),
    "sklearn.datasets.fetch_olivetti_faces": _olivetti,
    "sklearn.datasets.fetch_openml": _openml,
    "sklearn.datasets.make_classification": _classification,
    "sklearn.datasets.make_multilabel_classification": _multilabel,
    "sklearn.datasets.make_regression": _regression,
    "sklearn.datasets.make_blobs": _blobs,
    "sklearn.datasets.make_moons": _two,
    "sklearn.datasets.make_circles": _two,
    "sklearn.datasets.make_swiss_roll": _curve,
    "sklearn.datasets.make_s_curve": _curve,
    "sklearn.datasets.make_friedman1": _friedman(None),
    "sklearn.datasets.make_friedman2": _friedman(4),
    "sklearn.datasets.make_friedman3": _friedman(4),
    "sklearn.datasets.make_gaussian_quantiles": _quantiles,
    "sklearn.datasets.make_hastie_10_2": _hastie,
}

__all__ = ["UNBOUNDED", "Order", "Part", "dataset_parts", "is_dataset"]
