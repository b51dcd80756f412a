"""Where a value comes from: parts of data sets, of splits and of shuffled copies, methods of objects nobody follows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kerasvae_lint.library.shapes.datasets import Part, dataset_parts, is_dataset
from kerasvae_lint.library.shapes.dims import UNKNOWN, Dim, Output, Shape
from kerasvae_lint.values.lattice import Computed, LibraryName, LibraryObject, Tuple, Unknown, Value, constant

_DEPTH = 3
OPEN = "**"
"""The option that stands for arguments that nobody can see."""


@dataclass(frozen=True, eq=False, slots=True)
class Origin:
    """A part of what one call gives.

    Attributes:
        call: the call's value.
        name: the function's canonical name.
        path: the indices and attributes that lead to the part.
    """

    call: Computed
    name: str
    path: tuple[object, ...]


def origin(value: Value) -> Origin | None:
    """The data set's call that a value is a part of; None for anything else."""
    path: list[object] = []
    at = value
    for _ in range(_DEPTH):
        if isinstance(at, Computed) and isinstance(at.maker, LibraryName) and is_dataset(at.maker.name):
            if at.op not in {"getitem", "attribute"}:
                return Origin(at, at.maker.name, tuple(reversed(path)))
        key = _key(at)
        if key is None or not isinstance(at, Computed):
            return None
        path.append(key)
        at = at.operands[0]
    return None


def _key(value: Value) -> object:
    """The index or attribute that a value is taken by."""
    if not isinstance(value, Computed) or not value.operands:
        return None
    word = {"getitem": "index", "attribute": "name"}.get(value.op)
    given = value.options.get(word) if word is not None else None
    found = constant(given) if given is not None else None
    return found if isinstance(found, (int, str)) and not isinstance(found, bool) else None


def dataset_part(value: Value, options: Callable[[Computed], Mapping[str, object]]) -> tuple[Origin, Part] | None:
    """What is known of an array that a data set's function gives."""
    found = origin(value)
    if found is None or not found.path or OPEN in found.call.options:
        return None
    part = dataset_parts(found.name, options(found.call)).get(found.path)
    return (found, part) if part is not None else None


# splits and shuffled copies ---------------------------------------------------------------------
@dataclass(frozen=True, eq=False, slots=True)
class Share:
    """A part of an array that ``train_test_split`` gives.

    Attributes:
        whole: the array.
        split: ``train`` or ``test``.
        call: the call.
    """

    whole: Value
    split: str
    call: Computed


def share(value: Value) -> Share | None:
    """The part of an array that a value is; None for anything else."""
    call, index = _indexed(value)
    if call is None or index is None or _function(call) != "sklearn.model_selection.train_test_split":
        return None
    if not 0 <= index < 2 * len(call.operands):
        return None
    return Share(call.operands[index // 2], "test" if index % 2 else "train", call)


def shuffled(value: Value) -> tuple[Value, Computed] | None:
    """The array that ``sklearn.utils.shuffle`` or ``np.random.permutation`` gives a shuffled copy of, and the call."""
    call, index = _indexed(value)
    if call is not None and index is not None and _function(call) == "sklearn.utils.shuffle":
        arrays = call.options.get("rest")
        if isinstance(arrays, Tuple) and len(arrays.items) > 1 and 0 <= index < len(arrays.items):
            return arrays.items[index], call
    if isinstance(value, Computed) and value.op == "draw":
        arrays = value.options.get("rest")
        if _function(value) == "sklearn.utils.shuffle" and isinstance(arrays, Tuple) and len(arrays.items) == 1:
            return arrays.items[0], value
        given = value.options.get("x")
        if constant(value.options.get("distribution", Unknown(""))) == "permutation" and given is not None:
            return (given, value) if not isinstance(constant(given), int) else None
    return None


def _indexed(value: Value) -> tuple[Computed | None, int | None]:
    key = _key(value)
    whole = value.operands[0] if isinstance(value, Computed) and value.operands else None
    if not isinstance(key, int) or not isinstance(whole, Computed):
        return None, None
    return whole, key


def _function(value: Computed) -> str:
    return value.maker.name if isinstance(value.maker, LibraryName) else ""


# methods ----------------------------------------------------------------------------------------
@dataclass(frozen=True, eq=False, slots=True)
class Method:
    """A call of a method that nobody follows.

    Attributes:
        receiver: whose method.
        name: which.
        positional: what it was given by position.
        keywords: what it was given by name.
    """

    receiver: Value
    name: str
    positional: tuple[Value, ...]
    keywords: Mapping[str, Value]

    def argument(self, position: int, *names: str) -> Value | None:
        """One argument; None if it was not given."""
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        return self.positional[position] if position < len(self.positional) else None

    @property
    def scaler(self) -> str:
        """The class of scikit-learn's whose object it is called on; empty for anything else."""
        whole = self.receiver
        named = isinstance(whole, LibraryObject) and whole.name.startswith("sklearn.preprocessing.")
        return whole.name.rpartition(".")[2] if named and isinstance(whole, LibraryObject) else ""


def method(value: Value) -> Method | None:
    """The method call that a value is what comes of; None for anything else."""
    if not isinstance(value, Computed) or value.op != "call":
        return None
    maker = value.maker
    given = value.operands[: len(value.operands) - len(value.options)] if value.options else value.operands
    if isinstance(maker, Computed) and maker.op == "attribute" and maker.operands:
        name = constant(maker.options.get("name", Unknown("")))
        if isinstance(name, str):
            return Method(maker.operands[0], name, given, value.options)
    if isinstance(maker, Unknown) and maker.base is not None and maker.name:
        return Method(maker.base, maker.name, given, value.options)
    return None


KEEPS_SHAPE = frozenset(
    {"StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "Normalizer", "Binarizer", "LabelEncoder"}
    | {"PowerTransformer", "QuantileTransformer", "OrdinalEncoder"}
)
TRANSFORMS = frozenset({"transform", "fit_transform", "inverse_transform"})


# shapes -----------------------------------------------------------------------------------------
def source_output(
    value: Computed, of: Callable[[Value], Output], options: Callable[[Computed], Mapping[str, object]]
) -> tuple[Output] | None:
    """The shape of a value that is a part of a data set or of a split; None for anything else.

    Args:
        value: the value.
        of: gives the shapes of other values.
        options: gives the arguments of a call as plain values, with their defaults.
    """
    found = dataset_part(value, options)
    if found is not None:
        return (found[1].shape,)
    part = share(value)
    if part is not None:
        whole = of(part.whole)
        if not isinstance(whole, tuple) or not whole:
            return (None,)
        return ((_rows(whole[0], part, options(part.call)), *whole[1:]),)
    copy = shuffled(value)
    if copy is not None:
        whole = of(copy[0])
        given = options(copy[1])
        if isinstance(whole, tuple) and whole and given.get("n_samples") is not None:
            return ((UNKNOWN, *whole[1:]),)
        return (whole,)
    called = method(value)
    if called is not None and called.name in TRANSFORMS and called.scaler:
        return (_transformed(called, of),)
    if value.op == "pad_sequences" and value.operands:
        whole = of(value.operands[0])
        length = options(value).get("maxlen")
        size = length if isinstance(length, int) and not isinstance(length, bool) else UNKNOWN
        return ((whole[0] if isinstance(whole, tuple) and whole else UNKNOWN, size),)
    if _function(value) == "keras.utils.to_categorical" and len(value.operands) == 1:
        return (_categorical(value, of(value.operands[0]), options),)
    if value.op == "get_dummies" and value.operands:
        return (_with_columns(of(value.operands[0])),)
    return None


def _categorical(value: Computed, whole: Output, options: Callable[[Computed], Mapping[str, object]]) -> Shape | None:
    """``to_categorical``: a last axis of one number gives way to the classes."""
    if not isinstance(whole, tuple) or (len(whole) > 1 and not isinstance(whole[-1], int)):
        return None
    told = options(value).get("num_classes")
    count = label_count(value.operands[0], options) if told is None else told
    classes = count if isinstance(count, int) and not isinstance(count, bool) else UNKNOWN
    return (*(whole[:-1] if len(whole) > 1 and whole[-1] == 1 else whole), classes)


_FORMS = frozenset({"reshape", "flatten", "expand_dims", "squeeze", "cast", "astype", "identity", "constant"})


def label_count(value: Value, options: Callable[[Computed], Mapping[str, object]]) -> int | None:
    """How many classes whole labels of a data set have; None for parts of them, and for all else."""
    at = value
    while isinstance(at, Computed) and at.op in _FORMS and at.operands:
        at = at.operands[0]
    found = dataset_part(at, options)
    if found is None or not found[1].met or found[1].range is None or found[1].range[0] != 0:
        return None
    return found[1].classes


def _transformed(called: Method, of: Callable[[Value], Output]) -> Output:
    given = called.argument(0, "X", "y")
    whole = of(given) if given is not None else None
    if called.scaler in KEEPS_SHAPE:
        return whole
    return _with_columns(whole) if called.name != "inverse_transform" else None


def _with_columns(whole: Output) -> Shape | None:
    return (whole[0], UNKNOWN) if isinstance(whole, tuple) and whole else None


def _rows(rows: Dim, part: Share, options: Mapping[str, object]) -> Dim:
    """How many rows a part has, by scikit-learn's rounding."""
    test, train = options.get("test_size"), options.get("train_size")
    if not isinstance(rows, int) or OPEN in part.call.options:
        return UNKNOWN
    if test is None and train is None:
        test = 0.25
    counts = [_count(size, rows, up) for size, up in ((test, True), (train, False))]
    for index, size in enumerate((test, train)):
        if size is not None and counts[index] is None:
            return UNKNOWN
    tested, trained = counts
    if tested is None and trained is not None:
        tested = rows - trained
    if trained is None and tested is not None:
        trained = rows - tested
    found = tested if part.split == "test" else trained
    return found if found is not None and 0 < found < rows else UNKNOWN


def _count(size: object, rows: int, up: bool) -> int | None:
    if isinstance(size, bool):
        return None
    if isinstance(size, float) and 0 < size < 1:
        return math.ceil(size * rows) if up else math.floor(size * rows)
    return size if isinstance(size, int) else None


__all__ = [
    "OPEN",
    "Method",
    "Origin",
    "Share",
    "dataset_part",
    "method",
    "origin",
    "share",
    "shuffled",
    "source_output",
]
