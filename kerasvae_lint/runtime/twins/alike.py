"""Random numbers that are the same in both Kerases: each draw is answered from one source, by its kind and its shape.

Keras 2 and Keras 3 ask TensorFlow in another order and with other seeds, but for the same shapes: initial weights, the
noise of a VAE, the masks of a dropout. So the third normal draw of (32, 2) is the same array in both programs.
"""

from __future__ import annotations

import functools
import importlib
import random
import sys
import zlib
from collections import Counter
from typing import Any

import numpy as np

from kerasvae_lint.runtime.framework import is_tensor, to_numpy

NORMAL, CUT, UNIFORM = "normal", "truncated", "uniform"
_KERNELS = {
    ("gen_random_ops", "random_standard_normal"): NORMAL,
    ("gen_random_ops", "truncated_normal"): CUT,
    ("gen_random_ops", "random_uniform"): UNIFORM,
    ("gen_stateless_random_ops", "stateless_random_normal"): NORMAL,
    ("gen_stateless_random_ops", "stateless_truncated_normal"): CUT,
    ("gen_stateless_random_ops", "stateless_random_uniform"): UNIFORM,
    ("gen_stateless_random_ops_v2", "stateless_random_normal_v2"): NORMAL,
    ("gen_stateless_random_ops_v2", "stateless_truncated_normal_v2"): CUT,
    ("gen_stateless_random_ops_v2", "stateless_random_uniform_v2"): UNIFORM,
}
_WITH_SEEDS = ("keras.src.random.seed_generator", "tf_keras.src.backend")
"""Modules that take a seed from Python's or NumPy's stream for themselves, which the program's own draws share."""


class Source:
    """The numbers, begun anew by :meth:`restart`."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.counts: Counter[tuple[str, tuple[int, ...]]] = Counter()
        self.drawn = 0

    def restart(self) -> None:
        """From the first draw on."""
        self.counts.clear()

    def numbers(self, kind: str, shape: tuple[int, ...]) -> Any:
        """The next draw of its kind and shape."""
        key = (kind, shape)
        number = self.counts[key]
        self.counts[key] += 1
        self.drawn += 1
        stream = np.random.default_rng([self.seed, number, zlib.crc32(repr(key).encode())])
        if kind == UNIFORM:
            return stream.random(shape)
        found = stream.standard_normal(shape)
        while kind == CUT and (far := np.abs(found) > 2.0).any():
            found[far] = stream.standard_normal(int(far.sum()))
        return found


def install(source: Source) -> None:
    """Answer from here on, as soon as TensorFlow and a Keras are there."""
    import wrapt

    wrapt.register_post_import_hook(functools.partial(_tensorflow, source), "tensorflow")
    for name in _WITH_SEEDS:
        wrapt.register_post_import_hook(functools.partial(_own_streams, source.seed), name)


def _tensorflow(source: Source, tf: Any) -> None:
    for (module, name), kind in _KERNELS.items():
        try:
            _answer(importlib.import_module(f"tensorflow.python.ops.{module}"), name, kind, source)
        except ImportError:  # another release has it elsewhere
            continue
    tf.random.set_seed(source.seed)
    _shuffles(source.seed)


def _answer(module: Any, name: str, kind: str, source: Source) -> None:
    original = getattr(module, name, None)
    if original is None or getattr(original, "_kvlint_alike", False):
        return

    def drawing(*args: Any, **kwargs: Any) -> Any:
        value = original(*args, **kwargs)
        if not is_tensor(value):  # in a graph: a data set's own draws
            return value
        array = to_numpy(value)
        numbers = source.numbers(kind, tuple(int(n) for n in array.shape))
        return sys.modules["tensorflow"].constant(numbers.astype(array.dtype), dtype=value.dtype)

    drawing._kvlint_alike = True  # type: ignore[attr-defined]
    setattr(module, name, drawing)


def _shuffles(seed: int) -> None:
    """The n-th data set that shuffles does so in the same way, whatever was drawn before."""
    try:
        from tensorflow.python.data.util import random_seed
    except ImportError:
        return
    original = random_seed.get_seed
    count = 0

    def get_seed(given: Any) -> Any:
        nonlocal count
        if given is not None:
            return original(given)
        count += 1
        tf = sys.modules["tensorflow"]
        return tf.constant(seed, tf.int64), tf.constant(count, tf.int64)

    random_seed.get_seed = get_seed


class _Numpy:
    """NumPy with a random stream of its own."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.RandomState(seed % 2**32)

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


def _own_streams(seed: int, module: Any) -> None:
    for name in ("random", "python_random"):
        if getattr(module, name, None) is random:
            setattr(module, name, random.Random(seed))
    if getattr(module, "np", None) is np and module.__name__.startswith("tf_keras"):
        module.np = _Numpy(seed)
