"""A stand-in for pandas: tables of NumPy columns, with what scripts do to a table before they train."""

from __future__ import annotations

import bz2
import csv
import gzip
import lzma
import os
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from kerasvae_lint.runtime.said import user_asks
from kerasvae_lint.runtime.standins import later

__all__ = [
    "NA",
    "DataFrame",
    "NaT",
    "Series",
    "concat",
    "factorize",
    "get_dummies",
    "is_bool_dtype",
    "is_extension_array_dtype",
    "is_float_dtype",
    "is_integer_dtype",
    "isna",
    "isnull",
    "notnull",
    "options",
    "read_csv",
    "read_excel",
    "read_table",
    "set_option",
    "to_numeric",
    "unique",
]  # fmt: skip
MODULES = ("api", "types", "core", "plotting", "tseries")
NA = NaT = float("nan")


class Series(np.ndarray):
    """One column: an array with a name."""

    name: str | None = None

    def __new__(cls, data: Any = (), index: Any = None, dtype: Any = None, name: str | None = None) -> Series:
        values = list(data.values()) if isinstance(data, dict) else data
        found: Series = np.asarray(values, dtype=dtype).view(cls)
        found.name = name
        return found

    def __array_finalize__(self, other: Any) -> None:
        self.name = getattr(other, "name", None)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return later("pandas", f"Series.{name}")()

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(np.asarray(key) if isinstance(key, Series | list) else key)

    @property
    def values(self) -> Any:
        """The plain array."""
        return np.asarray(self)

    @property
    def index(self) -> Any:
        """Row numbers."""
        return np.arange(len(self))

    @property
    def iloc(self) -> Series:
        """Rows by number, which is all there is."""
        return self

    loc = iloc

    def to_numpy(self, dtype: Any = None, **_: Any) -> Any:
        """The plain array."""
        return np.asarray(self, dtype=dtype)

    def to_list(self) -> list[Any]:
        """A list."""
        return list(self.tolist())

    def to_frame(self, name: str | None = None) -> DataFrame:
        """A table of one column."""
        return DataFrame({name or self.name or "0": self.values})

    def astype(self, dtype: Any, *_: Any, **__: Any) -> Any:
        """Of another kind; ``category`` stays as it is."""
        return self if dtype == "category" else super().astype(dtype)

    def _same(self, *_: Any, **__: Any) -> Series:
        return self

    dropna = reset_index = infer_objects = sort_index = drop_duplicates = _same

    def head(self, n: int = 5) -> Any:
        """The first ones."""
        return self[:n]

    def tail(self, n: int = 5) -> Any:
        """The last ones."""
        return self[-n:]

    def apply(self, function: Callable[[Any], Any], *_: Any, **__: Any) -> Series:
        """One after the other."""
        return Series([function(value) for value in self.tolist()], name=self.name)

    def map(self, how: Any, *_: Any, **__: Any) -> Series:
        """By a function or a dictionary; what a dictionary has not becomes 0, as these values are made up."""
        if isinstance(how, dict):
            known = list(how.values())
            return Series(
                [how.get(v, known[int(abs(hash(str(v)))) % len(known)]) for v in self.tolist()], name=self.name
            )
        return self.apply(how)

    def replace(self, old: Any, new: Any = None, *_: Any, regex: Any = False, **__: Any) -> Series:
        """Other values for some; a column that has none of them keeps its kind."""
        pairs = (
            old if isinstance(old, dict) else dict(zip(_listed(old), _listed(new) * len(_listed(old)), strict=False))
        )
        values = self.tolist()
        if regex is True:
            for pattern, other in pairs.items():
                values = [_rewritten(pattern, other, value) for value in values]
        else:
            values = [pairs.get(value, value) for value in values]
        kind = object if len({isinstance(value, str) for value in values}) > 1 else None
        return self if values == self.tolist() else Series(values, dtype=kind, name=self.name)

    def fillna(self, value: Any = 0, *_: Any, **__: Any) -> Series:
        """Nothing is missing in a made column."""
        if self.dtype.kind != "f":
            return self
        return Series(np.where(np.isnan(self.values), value, self.values), name=self.name)

    def isnull(self) -> Series:
        """Which are missing."""
        return Series(np.isnan(self.values) if self.dtype.kind == "f" else np.zeros(len(self), bool), name=self.name)

    isna = isnull

    def mean(self, *given: Any, **named: Any) -> Any:
        """Of those that are there."""
        return _reduced("mean", self, *given, **named)

    def median(self, *given: Any, **named: Any) -> Any:
        """Of those that are there."""
        return _reduced("median", self, *given, **named)

    def std(self, *given: Any, **named: Any) -> Any:
        """Of those that are there."""
        return _reduced("std", self, *given, **named)

    def min(self, *given: Any, **named: Any) -> Any:
        """Of those that are there."""
        return _reduced("min", self, *given, **named)

    def max(self, *given: Any, **named: Any) -> Any:
        """Of those that are there."""
        return _reduced("max", self, *given, **named)

    def sum(self, *given: Any, **named: Any) -> Any:
        """Of those that are there."""
        return _reduced("sum", self, *given, **named)

    def isin(self, values: Any) -> Series:
        """Which are among these."""
        return Series(np.isin(self.values, list(values)), name=self.name)

    def unique(self) -> Any:
        """Each once."""
        return np.unique(self.values)

    def nunique(self) -> int:
        """How many there are."""
        return len(self.unique())

    def value_counts(self, *_: Any, **__: Any) -> Series:
        """How often each is there."""
        return Series(np.unique(self.values, return_counts=True)[1])

    def items(self) -> Iterator[tuple[int, Any]]:
        """Row numbers with values."""
        return enumerate(self.tolist())

    def describe(self) -> Series:
        """Nothing to look at."""
        return self


def _rewritten(pattern: Any, other: Any, value: Any) -> Any:
    """What a pattern finds in a text is rewritten; with another thing than a text it takes the whole value's place."""
    if not isinstance(value, str) or not re.search(str(pattern), value):
        return value
    return re.sub(str(pattern), other, value) if isinstance(other, str) else other


_NUMPY = frozenset({"axis", "keepdims"})


def _reduced(how: str, column: Any, *given: Any, **named: Any) -> Any:
    """One number for a column; what is missing is left out, as pandas does."""
    array = np.asarray(column)
    function = getattr(np, f"nan{how}" if array.dtype.kind == "f" else how)
    return function(array, *given[:1], **{name: value for name, value in named.items() if name in _NUMPY})


class _Columns(np.ndarray):
    """Names of columns."""

    def tolist(self) -> Any:
        """As a list."""
        return [str(name) if isinstance(name, np.str_) else name for name in super().tolist()]

    to_list = tolist

    def drop(self, names: Any) -> Any:
        """Without some."""
        return _names([name for name in self.tolist() if name not in set(_listed(names))])

    @property
    def values(self) -> Any:
        """The plain array."""
        return np.asarray(self)


def _names(given: Iterable[Any]) -> Any:
    found: Any = np.empty(len(list(given := list(given))), dtype=object)
    found[:] = given
    return found.view(_Columns)


def _listed(value: Any) -> list[Any]:
    return [value] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)


class DataFrame:
    """A table."""

    def __init__(self, data: Any = None, index: Any = None, columns: Any = None, dtype: Any = None, **_: Any) -> None:
        held: dict[Any, Any] = {}
        if isinstance(data, DataFrame):
            held = dict(data._held)
        elif isinstance(data, dict):
            size = max((len(v) for v in data.values() if hasattr(v, "__len__") and not isinstance(v, str)), default=1)
            held = {k: np.asarray(v) if np.ndim(v) else np.full(size, v) for k, v in data.items()}
        elif data is not None:
            array = np.asarray(data, dtype=dtype)
            array = array.reshape(len(array), -1)
            names = list(columns) if columns is not None else list(range(array.shape[1]))
            held = {name: array[:, i] for i, name in enumerate(names)}
        elif columns is not None:
            held = {name: np.empty(0) for name in columns}
        if columns is not None and isinstance(data, dict):
            held = {name: held[name] for name in columns}
        object.__setattr__(self, "_held", held)

    # what it is
    @property
    def columns(self) -> Any:
        """The names."""
        return _names(self._held)

    @columns.setter
    def columns(self, names: Any) -> None:
        object.__setattr__(self, "_held", dict(zip(list(names), self._held.values(), strict=True)))

    @property
    def values(self) -> Any:
        """Rows and columns as one array."""
        return np.column_stack(list(self._held.values())) if self._held else np.empty((0, 0))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self), len(self._held)

    @property
    def size(self) -> int:
        """How many values."""
        return len(self) * len(self._held)

    @property
    def index(self) -> Any:
        """Row numbers."""
        return np.arange(len(self))

    @index.setter
    def index(self, _: Any) -> None:
        """Rows have numbers and no names."""

    @property
    def dtypes(self) -> Series:
        """The columns' kinds; no other library's business, which would ask pandas about them."""
        if not user_asks():
            raise AttributeError("dtypes")
        return Series(np.array([str(column.dtype) for column in self._held.values()], dtype=object))

    @property
    def T(self) -> DataFrame:  # noqa: N802
        """Rows and columns changed over."""
        return DataFrame(self.values.T)

    def __len__(self) -> int:
        return next((len(column) for column in self._held.values()), 0)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._held)

    def __contains__(self, name: Any) -> bool:
        return name in self._held

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.asarray(self.values, dtype=dtype)

    def to_numpy(self, dtype: Any = None, **_: Any) -> Any:
        """As one array."""
        return np.asarray(self.values, dtype=dtype)

    as_matrix = to_numpy

    # parts of it
    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, DataFrame):
            return self
        if isinstance(key, str | int | np.str_) or (not isinstance(key, slice) and np.ndim(key) == 0):
            if key not in self._held:
                raise KeyError(key)
            return Series(self._held[key], name=str(key))
        if isinstance(key, slice):
            return self._rows(key)
        asked = np.asarray(key)
        if asked.dtype == bool:
            return self._rows(asked)
        return DataFrame({name: self._held[name] for name in _listed(key)})

    def __setitem__(self, key: Any, value: Any) -> None:
        names = [key] if not isinstance(key, list) else key
        values = np.asarray(value)
        for i, name in enumerate(names):
            if values.ndim > 1 and values.shape[1] != len(names):
                raise ValueError(f"Columns must be same length as key: {name!r} is given {values.shape[1]} columns")
            column = values[:, i] if values.ndim > 1 else values
            self._held[name] = column if column.ndim else np.full(len(self), value)

    def __delitem__(self, key: Any) -> None:
        del self._held[key]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "_held":
            raise AttributeError(name)
        if name in self._held:
            return self[name]
        return later("pandas", f"DataFrame.{name}")()

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._held:
            self[name] = value
        else:
            object.__setattr__(self, name, value)

    def _rows(self, key: Any) -> DataFrame:
        return DataFrame({name: column[key] for name, column in self._held.items()})

    @property
    def iloc(self) -> _ByNumber:
        """Parts by number."""
        return _ByNumber(self)

    @property
    def loc(self) -> _ByName:
        """Parts by name; rows have numbers."""
        return _ByName(self)

    ix = iloc

    def head(self, n: int = 5) -> DataFrame:
        """The first rows."""
        return self._rows(slice(n))

    def tail(self, n: int = 5) -> DataFrame:
        """The last rows."""
        return self._rows(slice(-n, None))

    def take(self, rows: Any, *_: Any, **__: Any) -> DataFrame:
        """Rows by number."""
        return self._rows(np.asarray(rows))

    def pop(self, name: Any) -> Series:
        """Take a column out."""
        found: Series = self[name]
        del self._held[name]
        return found

    def get(self, name: Any, default: Any = None) -> Any:
        """A column if it is there."""
        return self[name] if name in self._held else default

    def drop(self, labels: Any = None, axis: Any = 0, columns: Any = None, inplace: bool = False, **_: Any) -> Any:
        """Without some columns, or rows."""
        if columns is None and axis in {1, "columns"}:
            columns = labels
        if columns is None:
            return self._over(self if labels is None else self._rows(np.setdiff1d(self.index, labels)), inplace)
        gone = {str(name) if isinstance(name, np.str_) else name for name in _listed(columns)}
        return self._over(DataFrame({n: c for n, c in self._held.items() if n not in gone}), inplace)

    def _over(self, made: DataFrame, inplace: bool) -> DataFrame | None:
        if not inplace:
            return made
        object.__setattr__(self, "_held", made._held)
        return None

    # the same, or nearly
    def copy(self, *_: Any, **__: Any) -> DataFrame:
        """A copy."""
        return DataFrame({name: column.copy() for name, column in self._held.items()})

    def _same(self, *_: Any, inplace: bool = False, **__: Any) -> Any:
        return None if inplace else self

    dropna = reset_index = set_index = drop_duplicates = sort_values = sort_index = infer_objects = _same
    describe = corr = ffill = bfill = interpolate = convert_dtypes = _same

    def fillna(self, value: Any = 0, *_: Any, inplace: bool = False, **__: Any) -> Any:
        """Nothing is missing in a made table."""
        filled = value if np.isscalar(value) else 0
        held = {n: Series(column).fillna(filled).values for n, column in self._held.items()}
        return self._over(DataFrame(held), inplace)

    def info(self, *_: Any, **__: Any) -> None:
        """Nothing to look at."""

    to_csv = info

    def astype(self, dtype: Any, *_: Any, **__: Any) -> DataFrame:
        """Of another kind, all or by name."""
        kinds = dtype if isinstance(dtype, dict) else dict.fromkeys(self._held, dtype)
        return DataFrame(
            {n: c.astype(kinds[n]) if kinds.get(n) not in {None, "category"} else c for n, c in self._held.items()}
        )

    def sample(self, n: int | None = None, frac: float | None = None, *_: Any, **__: Any) -> DataFrame:
        """Rows in another order, all or some."""
        count = n if n is not None else round(len(self) * (1.0 if frac is None else frac))
        return self._rows(np.random.default_rng(0).permutation(len(self))[:count])

    def replace(self, old: Any = None, new: Any = None, inplace: bool = False, regex: Any = False, **_: Any) -> Any:
        """Other values for some, in all columns or by a column's name."""
        named = isinstance(old, dict) and any(isinstance(value, dict) for value in old.values())
        pairs = {name: old.get(name, {}) if named else old for name in self._held}
        held = {
            name: Series(column).replace(pairs[name], new, regex=regex).values for name, column in self._held.items()
        }
        return self._over(DataFrame(held), inplace)

    def isnull(self) -> DataFrame:
        """Which are missing."""
        return DataFrame({name: Series(column).isnull().values for name, column in self._held.items()})

    isna = isnull

    def rename(self, columns: Any = None, inplace: bool = False, **_: Any) -> Any:
        """Other names."""
        names = columns or {}
        new = {(names(n) if callable(names) else names.get(n, n)): column for n, column in self._held.items()}
        return self._over(DataFrame(new), inplace)

    def apply(self, function: Callable[[Any], Any], axis: Any = 0, *_: Any, **__: Any) -> Any:
        """Column by column, or row by row."""
        if axis in {1, "columns"}:
            return Series([function(row) for _, row in self.iterrows()])
        found = {name: function(self[name]) for name in self._held}
        return DataFrame(found) if all(np.ndim(v) for v in found.values()) else Series(found)

    def iterrows(self) -> Iterator[tuple[int, Any]]:
        """Row by row, each as a dictionary."""
        for number in range(len(self)):
            yield number, {name: column[number] for name, column in self._held.items()}

    def select_dtypes(self, *_: Any, exclude: Any = None, **__: Any) -> DataFrame:
        """The columns of numbers; of texts if numbers are what is not wanted."""
        text = exclude is not None and "object" not in _listed(exclude)
        return DataFrame({n: c for n, c in self._held.items() if (c.dtype.kind in "OUS") == text})

    def _reduced(self, how: str) -> Series:
        return Series([_reduced(how, column) for column in self._held.values()])

    def mean(self, *_: Any, **__: Any) -> Series:
        """Of each column."""
        return self._reduced("mean")

    def std(self, *_: Any, **__: Any) -> Series:
        """Of each column."""
        return self._reduced("std")

    def min(self, *_: Any, **__: Any) -> Series:
        """Of each column."""
        return self._reduced("min")

    def max(self, *_: Any, **__: Any) -> Series:
        """Of each column."""
        return self._reduced("max")

    def sum(self, *_: Any, **__: Any) -> Series:
        """Of each column."""
        return self._reduced("sum")

    # arithmetic
    def _with(self, other: Any, how: Callable[[Any, Any], Any]) -> DataFrame:
        right = other.values if isinstance(other, DataFrame) else np.asarray(other)
        found = how(self.values, right)
        return DataFrame({name: found[:, i] for i, name in enumerate(self._held)})

    def __add__(self, other: Any) -> DataFrame:
        return self._with(other, np.add)

    def __sub__(self, other: Any) -> DataFrame:
        return self._with(other, np.subtract)

    def __mul__(self, other: Any) -> DataFrame:
        return self._with(other, np.multiply)

    def __truediv__(self, other: Any) -> DataFrame:
        return self._with(other, np.true_divide)

    __radd__, __rmul__ = __add__, __mul__


def _place(frame: DataFrame, name: Any) -> int | None:
    names = list(frame._held)
    return None if name is None else names.index(name)


class _ByNumber:
    def __init__(self, frame: DataFrame) -> None:
        self.frame = frame

    def __getitem__(self, key: Any) -> Any:
        rows, columns = key if isinstance(key, tuple) else (key, slice(None))
        names: Any = list(self.frame._held)
        if isinstance(columns, int | np.integer):
            return Series(self.frame._held[names[columns]][rows], name=str(names[columns]))
        kept = names[columns] if isinstance(columns, slice) else [names[i] for i in columns]
        if isinstance(rows, int | np.integer):
            return Series([self.frame._held[name][rows] for name in kept])
        return DataFrame({name: self.frame._held[name][rows] for name in kept})


class _ByName(_ByNumber):
    def __getitem__(self, key: Any) -> Any:
        rows, columns = key if isinstance(key, tuple) else (key, slice(None))
        if isinstance(rows, slice):
            ends = [None if end is None else int(end) for end in (rows.start, rows.stop)]
            rows = slice(ends[0], None if ends[1] is None else ends[1] + 1)
        if isinstance(columns, slice):
            first, last = _place(self.frame, columns.start), _place(self.frame, columns.stop)
            columns = slice(first, None if last is None else last + 1)
        else:
            wanted = [_place(self.frame, name) for name in _listed(columns)]
            columns = wanted if isinstance(columns, list | np.ndarray) else wanted[0]
        return super().__getitem__((np.asarray(rows) if not isinstance(rows, slice | int) else rows, columns))

    def __setitem__(self, key: Any, value: Any) -> None:
        rows, name = key if isinstance(key, tuple) else (key, None)
        for column in [name] if name is not None else list(self.frame._held):
            held = self.frame._held.setdefault(column, np.zeros(len(self.frame)))
            held[np.asarray(rows) if not isinstance(rows, slice) else rows] = value


# functions
def read_csv(filepath_or_buffer: Any, *args: Any, **kwargs: Any) -> DataFrame:
    """A file that is there, read plainly."""
    sep = kwargs.get("sep", kwargs.get("delimiter", args[0] if args else ","))
    header, names = kwargs.get("header", 0 if kwargs.get("names") is None else None), kwargs.get("names")
    if _is_path(filepath_or_buffer):
        lines = _unpacked(os.fspath(filepath_or_buffer)).decode("utf-8", "replace").splitlines()
    else:
        lines = filepath_or_buffer.read().splitlines()
    if sep in {None, r"\s+"} or kwargs.get("delim_whitespace"):
        rows = [line.split() for line in lines if line.strip()]
    else:
        rows = [row for row in csv.reader(lines, delimiter=sep) if row]
    rows = rows[int(kwargs.get("skiprows") or 0) :]
    if header is not None and rows:
        found, rows = rows[0], rows[1:]
        names = names if names is not None else _each_once(found)
    names = list(names) if names is not None else list(range(len(rows[0]) if rows else 0))
    frame = DataFrame({name: _column([row[i] if i < len(row) else "" for row in rows]) for i, name in enumerate(names)})
    usecols: Any = kwargs.get("usecols")
    if usecols is not None:
        frame = frame[[n if isinstance(n, str) else names[n] for n in usecols]]
    if kwargs.get("index_col") is not None:
        frame = frame.iloc[:, 1:]
    return frame


read_table = read_excel = read_csv


def _is_path(where: Any) -> bool:
    return isinstance(where, str | os.PathLike)


def _unpacked(path: str) -> bytes:
    """What stands in a file, by its ending unpacked first."""
    if path.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            return archive.read(archive.namelist()[0])
    packed: dict[str, Callable[[str], Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
    unpacking = packed.get(os.path.splitext(path)[1])
    with unpacking(path) if unpacking is not None else open(path, "rb") as file:
        return bytes(file.read())


def _each_once(names: list[str]) -> list[str]:
    """A header's names; one that comes again is numbered, as pandas does."""
    found: dict[str, None] = {}
    for number, name in enumerate(names):
        name, times = name or f"Unnamed: {number}", 0
        while (once := f"{name}.{times}" if times else name) in found:
            times += 1
        found[once] = None
    return list(found)


def _column(texts: list[str]) -> Any:
    try:
        return np.array([int(text) for text in texts], dtype="int64")
    except (ValueError, OverflowError):
        pass
    try:
        return np.array([float(text) if text.strip() not in {"", "NA", "NaN", "nan"} else np.nan for text in texts])
    except ValueError:
        return np.array(texts, dtype=object)


def get_dummies(
    data: Any, *_: Any, columns: Any = None, drop_first: bool = False, dtype: Any = bool, **__: Any
) -> DataFrame:
    """A column of 0 and 1 for each value."""
    if not isinstance(data, DataFrame):
        kinds = list(np.unique(np.asarray(data)))[int(drop_first) :]
        return DataFrame({kind: (np.asarray(data) == kind).astype(dtype) for kind in kinds})
    held: dict[Any, Any] = {}
    chosen = columns if columns is not None else [n for n, column in data._held.items() if column.dtype.kind in "OUS"]
    for name, column in data._held.items():
        if name not in chosen:
            held[name] = column
        else:
            kinds = list(np.unique(column.astype(str)))[int(drop_first) :]
            held |= {f"{name}_{kind}": (column.astype(str) == kind).astype(dtype) for kind in kinds}
    return DataFrame(held)


def concat(parts: Iterable[Any], axis: Any = 0, *_: Any, **__: Any) -> Any:
    """One under the other, or side by side."""
    frames = [part.to_frame() if isinstance(part, Series) else part for part in parts]
    if axis in {1, "columns"}:
        return DataFrame({name: column for frame in frames for name, column in frame._held.items()})
    return DataFrame({name: np.concatenate([frame._held[name] for frame in frames]) for name in frames[0]._held})


def to_numeric(values: Any, *_: Any, **__: Any) -> Series:
    """As numbers."""
    return Series(np.asarray(values, dtype="float64"))


def unique(values: Any) -> Any:
    """Each once."""
    return np.unique(np.asarray(values))


def factorize(values: Any) -> tuple[Any, Any]:
    """Numbers for values, and the values."""
    found, numbers = np.unique(np.asarray(values), return_inverse=True)
    return numbers, found


def isnull(values: Any) -> Any:
    """Which are missing."""
    return values.isnull() if isinstance(values, DataFrame | Series) else values is None or values != values


isna = isnull


def notnull(values: Any) -> Any:
    """Which are there."""
    return np.logical_not(np.asarray(isnull(values)))


def set_option(*_: Any) -> None:
    """Nothing is shown."""


class _Options:
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self


options = _Options()


def is_bool_dtype(kind: Any) -> bool:
    """True for truth values."""
    return bool(np.dtype(kind).kind == "b")


def is_float_dtype(kind: Any) -> bool:
    """True for numbers with a point."""
    return bool(np.dtype(kind).kind == "f")


def is_integer_dtype(kind: Any) -> bool:
    """True for whole numbers."""
    return bool(np.dtype(kind).kind in "iu")


def is_extension_array_dtype(_: Any) -> bool:
    """Columns are plain arrays."""
    return False
