"""``--keras 2`` for code that says ``import keras``: the name means ``tf_keras`` then, as it did before Keras 3."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType


class _Alias(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname == "keras" or fullname.startswith("keras."):
            return importlib.machinery.ModuleSpec(fullname, self)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return importlib.import_module("tf_" + spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """It is executed already, under its own name."""


def is_active() -> bool:
    """True while ``keras`` means ``tf_keras``."""
    return any(isinstance(finder, _Alias) for finder in sys.meta_path)


def install() -> None:
    """Answer ``keras`` with ``tf_keras``, unless Keras 3 is in use by TensorFlow itself already."""
    import tensorflow  # noqa: F401

    importlib.import_module("tf_keras")
    for name in [name for name in sys.modules if name == "keras" or name.startswith("keras.")]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Alias())
