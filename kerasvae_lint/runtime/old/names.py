"""Names that Python, NumPy and TensorFlow have dropped: ``time.clock``, ``np.float``, ``tf.set_random_seed``…"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from typing import Any

from kerasvae_lint.runtime.said import say, user_asks

_NUMPY: dict[str, Any] = {
    **{"float": float, "int": int, "bool": bool, "object": object, "str": str, "complex": complex, "long": int},
    "unicode": str,
}
_NUMPY_MOVED = {
    **{"float_": "float64", "Inf": "inf", "infty": "inf", "NaN": "nan", "product": "prod", "cumproduct": "cumprod"},
    **{"alltrue": "all", "sometrue": "any", "row_stack": "vstack", "in1d": "isin", "trapz": "trapezoid"},
    **{"unicode_": "str_", "string_": "bytes_", "round_": "round", "complex_": "complex128"},
}
_PYTHON: dict[str, dict[str, tuple[str, str]]] = {
    "time": {"clock": ("time", "perf_counter")},
    "fractions": {"gcd": ("math", "gcd")},
    "collections": {
        name: ("collections.abc", name)
        for name in (
            *("Callable", "Container", "Hashable", "Iterable", "Iterator", "Mapping", "MutableMapping"),
            *("MutableSequence", "MutableSet", "Sequence", "Set", "Sized"),
        )
    },
}
"""By module, what a name is today: a module and its name there."""
_TENSORFLOW = {
    "set_random_seed": "random.set_seed",
    **{
        name: f"compat.v1.{name}"
        for name in (
            *("ConfigProto", "GPUOptions", "Session", "InteractiveSession", "get_default_graph", "logging"),
            *("reset_default_graph", "global_variables_initializer", "get_default_session"),
        )
    },
    "log": "math.log",
    "random_normal": "random.normal",
    "random_uniform": "random.uniform",
    "to_float": "compat.v1.to_float",
    "to_int32": "compat.v1.to_int32",
}


def install() -> None:
    """Answer them as soon as the libraries are there."""
    import numpy as np
    import wrapt

    def numpys(name: str) -> Any:
        return _NUMPY[name] if name in _NUMPY else getattr(np, _NUMPY_MOVED[name])

    names = {name: getattr(value, "__name__", name) for name, value in _NUMPY.items()}
    _open(np, names | {old: f"np.{new}" for old, new in _NUMPY_MOVED.items()}, numpys, "np")
    wrapt.register_post_import_hook(_tensorflow, "tensorflow")
    for module, today in _PYTHON.items():
        shown = {old: ".".join(new) for old, new in today.items()}
        _open(importlib.import_module(module), shown, functools.partial(_of_python, today), module)


def _of_python(today: Mapping[str, tuple[str, str]], name: str) -> Any:
    module, new = today[name]
    return getattr(importlib.import_module(module), new)


def _tensorflow(tf: Any) -> None:
    def tensorflows(name: str) -> Any:
        found = tf
        for part in _TENSORFLOW[name].split("."):
            found = getattr(found, part)
        return found

    _open(tf, {old: f"tf.{new}" for old, new in _TENSORFLOW.items()}, tensorflows, "tf")


def _open(module: Any, names: Mapping[str, str], answer: Callable[[str], Any], shown: str) -> None:
    before = module.__dict__.get("__getattr__")
    if getattr(before, "_kvlint_old", False):
        return

    def lookup(name: str) -> Any:
        if name in names and user_asks():
            try:
                found = answer(name)
            except AttributeError:
                found = None
            if found is not None:
                say(f"`{shown}.{name}` is `{names[name]}` today")
                return found
        if before is not None:
            return before(name)
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

    lookup._kvlint_old = True  # type: ignore[attr-defined]
    module.__getattr__ = lookup
