"""One Keras with its backend: variables, numbers, seeds and devices under one set of names."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

KERAS_PACKAGES = frozenset({"keras", "tf_keras", "tensorflow", "keras_hub", "keras_nlp", "keras_cv"})


class Variable:
    """A Keras or TensorFlow variable, read and written as NumPy arrays."""

    def __init__(self, raw: Any, path: str | None = None) -> None:
        self.raw = raw
        self.path = path or str(getattr(raw, "path", None) or getattr(raw, "name", "variable")).removesuffix(":0")
        self.shape = tuple(int(n) for n in raw.shape)
        self.trainable = bool(getattr(raw, "trainable", False))
        self.dtype = str(getattr(raw.dtype, "name", raw.dtype)).removeprefix("torch.")

    @property
    def is_float(self) -> bool:
        """True for float32, bfloat16 and the like."""
        return "float" in self.dtype

    @property
    def ids(self) -> set[int]:
        """The identities under which an optimizer or a tape may name it: its own and what it wraps."""
        found = {id(self.raw)}
        for name in ("_value", "value", "_variable"):
            inner = getattr(self.raw, name, None)
            if inner is not None and not callable(inner):
                found.add(id(inner))
        return found

    def read(self) -> Any:
        """Its value, as an array that later assignments leave alone."""
        return np.array(to_numpy(self.raw))

    def write(self, value: Any) -> None:
        """Assign."""
        self.raw.assign(np.asarray(value).astype(self.dtype) if self.dtype != "bfloat16" else value)


def to_numpy(tensor: Any) -> Any:
    """A tensor of any backend as an array of the machine; bfloat16 as float32."""
    if isinstance(tensor, np.ndarray | float | int | bool | np.generic):
        return np.asarray(tensor)
    value = getattr(tensor, "value", tensor)
    value = tensor if callable(value) else value
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        value = value.float() if "bfloat16" in str(value.dtype) else value
    if hasattr(value, "to_dense") and not hasattr(value, "numpy"):
        value = value.to_dense()
    array = value.numpy() if hasattr(value, "numpy") else np.asarray(value)
    return array.astype("float32") if getattr(array.dtype, "name", "") == "bfloat16" else np.asarray(array)


def is_tensor(value: Any) -> bool:
    """True for concrete arrays and tensors; not for symbolic ones, numbers or strings."""
    if isinstance(value, np.ndarray):
        return True
    if not (hasattr(value, "shape") and hasattr(value, "dtype")) or isinstance(value, np.generic):
        return False
    kind = type(value).__name__
    return not any(word in kind for word in ("KerasTensor", "Tracer", "SymbolicTensor", "Spec", "Variable"))


class Framework:
    """Keras 2 or 3 with a backend, as a model uses it."""

    def __init__(self, keras: Any) -> None:
        self.keras = keras
        version = getattr(keras, "__version__", None) or getattr(keras, "version", lambda: "2")()
        self.full_version = str(version)
        self.version = "3" if self.full_version.startswith("3") else "2"
        self.backend = str(keras.backend.backend()) if self.version == "3" else "tensorflow"

    @classmethod
    def of(cls, thing: Any) -> Framework | None:
        """The Keras that a layer, model or class is made of."""
        classes = thing.__mro__ if isinstance(thing, type) else type(thing).__mro__
        for base in classes:
            top = base.__module__.partition(".")[0]
            if top in {"keras", "tf_keras"} and top in sys.modules:
                return cls(sys.modules[top])
        return None

    @property
    def tf(self) -> Any:
        """TensorFlow, if it is the backend."""
        return sys.modules.get("tensorflow") if self.backend == "tensorflow" else None

    def reseed(self, seed: int) -> None:
        """Begin all random streams anew; a stateful layer's own seed is a variable and restored with the others."""
        random.seed(seed)
        np.random.seed(seed % 2**32)
        self.keras.utils.set_random_seed(seed)
        if self.version == "3":
            self._restart_global_seeds(seed)

    def _restart_global_seeds(self, seed: int) -> None:
        try:
            from keras.src.random.seed_generator import global_seed_generator

            generator = global_seed_generator()
            generator.state.assign(np.array([seed, 0], dtype="uint32"))
        except (ImportError, AttributeError, ValueError):  # Keras keeps its seeds elsewhere in some release
            pass

    def tensor(self, array: Any) -> Any:
        """An array as the backend's tensor; others stay as they are."""
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiub":
            return array
        if self.version == "3":
            return self.keras.ops.convert_to_tensor(array)
        return sys.modules["tensorflow"].convert_to_tensor(array)

    def layers_of(self, model: Any) -> list[Any]:
        """The model and every layer under it."""
        if self.version == "3":
            found = [model, *model._flatten_layers(include_self=False, recursive=True)]
        else:
            found = [model, *model._flatten_layers(recursive=True, include_self=False)]
        return list({id(layer): layer for layer in found}.values())

    def device_of(self, tensor: Any) -> str:
        """Where a tensor really lives, in the backend's own words."""
        value = getattr(tensor, "value", tensor)
        value = value() if callable(value) else value
        if hasattr(value, "devices") and callable(value.devices):
            return ", ".join(sorted(str(device) for device in value.devices()))
        device = str(getattr(value, "device", "unknown"))
        return device.rpartition("device:")[2] if "device:" in device else device

    @contextmanager
    def eagerly(self) -> Iterator[None]:
        """Functions of one's own run as plain Python too, so that every number can be seen."""
        tf = self.tf
        if tf is None:
            yield
            return
        before = tf.config.functions_run_eagerly()
        tf.config.run_functions_eagerly(True)
        try:
            yield
        finally:
            tf.config.run_functions_eagerly(before)


def is_own(cls: type) -> bool:
    """True for a class that is not Keras's, TensorFlow's or ours."""
    top = cls.__module__.partition(".")[0]
    return top not in KERAS_PACKAGES and top not in {"tensorflow_probability", "kerasvae_lint"}


def unique(variables: Iterable[Variable]) -> list[Variable]:
    """Without doubles, in order."""
    return list({id(variable.raw): variable for variable in variables}.values())
