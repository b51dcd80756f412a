"""``--synthetic``: tables and arrays that a script reads from files that are not here, or from the network."""

from __future__ import annotations

import functools
import os
import sys
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from kerasvae_lint.runtime import made, tables
from kerasvae_lint.runtime.said import row_of_user, say, user_asks

SAMPLES = 400
_TABLES = ("read_csv", "read_table", "read_excel", "read_json", "read_pickle", "read_parquet", "read_feather")


class Readers:
    """Made answers for one program, whose source says what it expects."""

    def __init__(self, seed: int, text: str) -> None:
        self.seed, self.source = seed, tables.Source(text)

    def install(self) -> None:
        """Answer in NumPy at once and in pandas as soon as it is imported."""
        import wrapt

        np.loadtxt = self._array(np.loadtxt)
        np.genfromtxt = self._array(np.genfromtxt)
        np.load = self._load(np.load)
        wrapt.register_post_import_hook(self._pandas, "pandas")
        wrapt.register_post_import_hook(self._seaborn, "seaborn")

    def _pandas(self, pandas: Any) -> None:
        for name in _TABLES:
            original = getattr(pandas, name, None)
            if original is not None:
                answer = self._table(original, pandas.DataFrame, name)
                for module in (pandas, sys.modules.get("pandas.io.parsers")):
                    if getattr(module, name, None) is original:
                        setattr(module, name, answer)

    def _seaborn(self, seaborn: Any) -> None:
        """Seaborn's examples are downloads: iris as it is known, others by what the script asks of them."""

        def load_dataset(name: str, *_: Any, **__: Any) -> Any:
            expected = self.source.expected(row_of_user())
            if name == "iris":
                expected.names = [f"{part}_{size}" for part in ("sepal", "petal") for size in ("length", "width")]
                expected.names.append("species")
                expected.values, expected.shape = {"species": ["setosa", "versicolor", "virginica"]}, ()
            found = made.table(expected, self._seed_of(name), True, SAMPLES)
            _told("load_dataset", name, f"a table of {SAMPLES} rows and {len(found)} columns")
            return _frame()(found)

        seaborn.load_dataset = load_dataset

    def _table(self, original: Callable[..., Any], frame: Any, name: str) -> Callable[..., Any]:
        @functools.wraps(original)
        def read(*args: Any, **kwargs: Any) -> Any:
            where = args[0] if args else next(iter(kwargs.values()), None)
            if not _is_missing(where) or not user_asks():
                return original(*args, **kwargs)
            expected = self.source.expected(row_of_user())
            given = kwargs.get("names") or kwargs.get("usecols")
            header = kwargs.get("header", 0) is not None
            if given is not None and all(isinstance(n, str) for n in given):
                expected.names = list(given)
            if kwargs.get("index_col") is not None and isinstance(kwargs["index_col"], str):
                expected.names = [n for n in expected.names if n != kwargs["index_col"]]
            found = made.table(expected, self._seed_of(where), header, SAMPLES)
            _told(name, where, f"a table of {SAMPLES} rows and {len(found)} columns")
            return frame(found)

        return read

    def _array(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def read(*args: Any, **kwargs: Any) -> Any:
            where = args[0] if args else kwargs.get("fname")
            if not _is_missing(where) or not user_asks():
                return original(*args, **kwargs)
            found = made.table(self.source.expected(row_of_user()), self._seed_of(where), False, SAMPLES)
            columns = list(found.values())
            if kwargs.get("usecols") is not None:
                chosen = np.atleast_1d(kwargs["usecols"])
                columns = [columns[int(i)] if int(i) < len(columns) else columns[0] for i in chosen]
            array = np.stack([column.astype("float64") for column in columns], axis=1)
            _told(original.__name__, where, f"an array of {array.shape}")
            return array.T if kwargs.get("unpack") else array

        return read

    def _load(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def load(*args: Any, **kwargs: Any) -> Any:
            where = args[0] if args else kwargs.get("file")
            if not _is_missing(where) or not user_asks():
                return original(*args, **kwargs)
            shape = self.source.shape or (28, 28, 1)
            x = np.random.default_rng(self.seed).normal(size=(SAMPLES, *shape)).astype("float32")
            y = made.targets(x, self.source.classes, self.source.end)
            _told("load", where, f"arrays of {SAMPLES} samples")
            if str(where).endswith(".npz"):
                return _Archive(x, y)
            return y if tables.LABELS.match(os.path.splitext(os.path.basename(str(where)))[0]) else x

        return load

    def _seed_of(self, where: Any) -> int:
        return self.seed + zlib.crc32(os.fsencode(str(where))) % 1000


class _Archive(dict[str, Any]):
    """An ``.npz``: whatever array is asked for, inputs or labels by its name."""

    def __init__(self, x: Any, y: Any) -> None:
        super().__init__()
        self.x, self.y = x, y
        self.files = ["x_train", "y_train", "x_test", "y_test"]

    def __missing__(self, name: str) -> Any:
        return self.y if name.startswith("y") or tables.LABELS.match(name) else self.x

    def close(self) -> None:
        """Nothing is open."""


def _frame() -> Any:
    """pandas's table, or the stand-in's."""
    try:
        from pandas import DataFrame  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        from kerasvae_lint.runtime.standins.frames import DataFrame
    return DataFrame


def _is_missing(where: Any) -> bool:
    """True for the name of a file that is not there, or of one in the network."""
    if not isinstance(where, str | os.PathLike):
        return False
    text = os.fspath(where)
    return "://" in text or not os.path.exists(text)


def _told(name: str, where: Any, what: str) -> None:
    say(f"`{name}({os.path.basename(str(where))!r})` is answered with {what} that kvlint made")
