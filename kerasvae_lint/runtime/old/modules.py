"""Modules that moved (``keras.layers.core``, ``sklearn.cross_validation``) and the names that were in them."""

from __future__ import annotations

import ast
import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from kerasvae_lint.runtime.said import say, user_asks

_TOPS = ("tensorflow.keras", "keras._tf_keras.keras", "tf_keras.api._v2.keras", "tf_keras", "keras")
_PREPROCESSING = "src.legacy.preprocessing"
MOVED: dict[str, tuple[str, ...]] = {
    **{
        f"layers.{name}": ("layers",)
        for name in (
            *("core", "convolutional", "convolutional_recurrent", "recurrent", "recurrent_v2", "normalization"),
            *("embeddings", "advanced_activations", "merge", "merging", "pooling", "wrappers", "noise", "local"),
            *("cudnn_recurrent", "attention", "dense_attention", "experimental", "preprocessing", "reshaping"),
            *("regularization", "activation", "rnn", "normalization_v2", "containers", "serialization"),
        )
    },
    **{
        f"engine{name}": ("layers", "models", "utils", "")
        for name in (
            "",
            ".topology",
            ".training",
            ".base_layer",
            ".network",
            ".input_layer",
            ".sequential",
            ".input_spec",
        )
    },
    **{
        f"utils.{name}": ("utils",)
        for name in (
            *("np_utils", "data_utils", "layer_utils", "conv_utils", "generic_utils", "io_utils", "vis_utils"),
            *("training_utils", "multi_gpu_utils", "visualize_util", "all_utils", "image_utils", "tf_utils"),
            *("image_dataset", "losses_utils", "test_utils"),
        )
    },
    **{
        f"optimizers.{name}": ("optimizers",)
        for name in ("adam", "sgd", "rmsprop", "adam_v2", "gradient_descent_v2", "rmsprop_v2", "adagrad_v2", "legacy")
    },
    "objectives": ("losses",),
    "initializations": ("initializers",),
    "optimizer_v1": ("optimizers",),
    "optimizer_v2": ("optimizers",),
    "callbacks.callbacks": ("callbacks",),
    "callbacks.tensorboard_v1": ("callbacks",),
    "initializers.initializers_v1": ("initializers",),
    "initializers.initializers_v2": ("initializers",),
    "backend.tensorflow_backend": ("backend",),
    "backend.common": ("backend",),
    "preprocessing.text": (f"{_PREPROCESSING}.text",),
    "preprocessing.image_dataset": ("utils",),
    "wrappers.scikit_learn": ("kerasvae_lint.runtime.old.wrappers",),
    "wrappers": ("kerasvae_lint.runtime.old.wrappers",),
}
"""Old modules of Keras with the ones that have their names today."""

_OTHERS = {
    "sklearn.cross_validation": "sklearn.model_selection",
    "sklearn.grid_search": "sklearn.model_selection",
    "sklearn.learning_curve": "sklearn.model_selection",
    "sklearn.externals.joblib": "joblib",
    "sklearn.externals": "",
    "sklearn.datasets.samples_generator": "sklearn.datasets",
    "keras_preprocessing": "keras.preprocessing",
    "keras_applications": "keras.applications",
}
_EXTRA: dict[str, tuple[str, ...]] = {
    "preprocessing.image": (f"{_PREPROCESSING}.image",),
    "preprocessing.sequence": (f"{_PREPROCESSING}.sequence",),
    "preprocessing.text": (f"{_PREPROCESSING}.text",),
    "models": ("",),
    "engine": ("models",),
}
"""Where else the missing names of a module are looked for."""

_RENAMED = {
    ("layers", "CuDNNLSTM"): "LSTM",
    ("layers", "CuDNNGRU"): "GRU",
    ("layers", "Deconvolution2D"): "Conv2DTranspose",
    ("layers", "BatchNormalizationV1"): "BatchNormalization",
    ("layers", "BatchNormalizationV2"): "BatchNormalization",
    ("models", "Container"): "Model",
    ("models", "Network"): "Model",
    ("utils", "visualize_util"): "utils",
}
_LOOSE = frozenset({"initializers", "constraints", "regularizers", "optimizers", "losses", "metrics"})
"""Modules whose names may be written in another way: ``he_normal``, ``HeNormal``."""


def install() -> None:
    """Answer old modules when nobody else does, and old names of today's modules as soon as these are loaded."""
    import wrapt

    sys.meta_path.append(_Finder())
    places = {"", *_EXTRA, *(module for module, _ in _RENAMED), *_LOOSE, "preprocessing", "callbacks", "backend"}
    for top in _TOPS:
        for place in places:
            wrapt.register_post_import_hook(_open, f"{top}.{place}".rstrip("."))
        wrapt.register_post_import_hook(_no_refusals, f"{top}.optimizers.legacy")


def rewritten(tree: ast.Module) -> ast.Module:
    """The program with ``tensorflow.python.keras``, an old copy that Keras knows nothing of, read as today's."""
    _Imports().visit(tree)
    return ast.fix_missing_locations(tree)


class _Imports(ast.NodeTransformer):
    _copies = ("tensorflow.python.keras", "tensorflow.contrib.keras.python.keras", "tensorflow.contrib.keras")

    def _today(self, name: str, row: int) -> str:
        for copy in self._copies:
            if name == copy or name.startswith(copy + "."):
                say(f"`{copy}` is `tensorflow.keras` today", row)
                return "tensorflow.keras" + name[len(copy) :]
        return name

    def visit_Import(self, node: ast.Import) -> ast.Import:
        for alias in node.names:
            if alias.asname is not None:
                alias.name = self._today(alias.name, node.lineno)
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom:
        if node.module is not None and not node.level:
            whole = f"{node.module}.{node.names[0].name}"
            if len(node.names) == 1 and whole in self._copies:
                node.module = self._today(whole, node.lineno).rpartition(".")[0]
            else:
                node.module = self._today(node.module, node.lineno)
        return node


def _split(name: str) -> tuple[str, str] | None:
    """``keras.layers.core`` → Keras's own name and the rest; None for what is no module of Keras."""
    for top in _TOPS:
        if name == top or name.startswith(top + "."):
            rest = name[len(top) + 1 :]
            if top == "tensorflow.keras":
                keras = sys.modules.get("tensorflow.keras")
                return ("tf_keras" if str(getattr(keras, "__version__", "3")).startswith("2") else "keras"), rest
            return ("tf_keras" if top.startswith("tf_keras") else "keras"), rest
    return None


def _targets(name: str) -> list[str]:
    """Today's modules for an old one; nothing for a name that never was one."""
    for old, today in _OTHERS.items():
        if name == old or (name.startswith(old + ".") and today.startswith("keras.")):
            return [today + name[len(old) :]] if today else ["sklearn"]
    found = _split(name)
    if found is None:
        return []
    top, rest = found
    parts = rest.split(".")
    for count in range(len(parts), 0, -1):
        old = ".".join(parts[:count])
        if old in MOVED and (count == len(parts) or old.partition(".")[0] in {"layers", "optimizer_v2", "optimizers"}):
            return [_place(top, place) for place in MOVED[old]]
    return []


def _place(top: str, place: str) -> str:
    if place.startswith("kerasvae_lint"):
        return place
    if top == "tf_keras" and place.startswith("src.legacy."):
        return f"{top}.{place.removeprefix('src.legacy.')}"
    return f"{top}.{place}".rstrip(".")


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Comes last: it is asked for what is nowhere."""

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not user_asks() or not _targets(fullname):
            return None
        spec = importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        spec.submodule_search_locations = []
        return spec

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        targets = _targets(spec.name)
        modules = []
        for target in targets:
            try:
                modules.append(importlib.import_module(target))
            except ImportError:
                if target == targets[0]:
                    raise ModuleNotFoundError(f"No module named {target!r}", name=target) from None
        ours = targets[0].startswith("kerasvae_lint")
        say(f"`{spec.name}` is answered by kvlint" if ours else f"`{spec.name}` is `{targets[0]}` today")
        return _Moved(spec.name, modules)

    def exec_module(self, module: ModuleType) -> None:
        """Its names are looked up when they are asked for."""


class _Moved(ModuleType):
    def __init__(self, name: str, modules: list[ModuleType]) -> None:
        super().__init__(name)
        self.__dict__["_modules"] = modules
        self.__dict__["__all__"] = sorted({n for module in modules for n in dir(module) if not n.startswith("_")})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """``keras.layers.merge`` was a function in Keras 1, beside the module."""
        from kerasvae_lint.runtime.old import calls

        top, place = _split(self.__name__) or ("", "")
        if place != "layers.merge":
            raise TypeError("'module' object is not callable")
        return calls.merge(sys.modules[top], *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        for module in self.__dict__["_modules"]:
            try:
                return getattr(module, name)
            except AttributeError:
                continue
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")


def _open(module: ModuleType) -> None:
    """Have a module of today's answer names that it had once."""
    before: Callable[[str], Any] | None = module.__dict__.get("__getattr__")
    if getattr(before, "_kvlint_old", False):
        return

    def answer(name: str) -> Any:
        if before is not None:
            try:
                return before(name)
            except AttributeError:
                pass
        if not name.startswith("_"):
            found = _once(module, name)
            if found is not None:
                return found
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

    answer._kvlint_old = True  # type: ignore[attr-defined]
    module.__dict__["__getattr__"] = answer


def _once(module: ModuleType, name: str) -> Any:
    """What a name meant that the module has no more; None for one that it never had."""
    found = _split(module.__name__)
    if found is None or not user_asks():
        return None
    top, place = found
    spelled = _spelled(module, place, name) if place in _LOOSE else None
    if spelled is not None:
        return spelled
    old = f"{place}.{name}".lstrip(".")
    if _targets(f"{top}.{old}") and old.partition(".")[0] != "engine":
        return importlib.import_module(f"{top}.{old}")
    today = _RENAMED.get((place, name))
    if today is not None and hasattr(module, today):
        say(f"`{old}` is `{today}` today")
        return getattr(module, today)
    for other in _EXTRA.get(place, ()):
        try:
            held = vars(importlib.import_module(_place(top, other))).get(name)
        except ImportError:
            continue
        if held is not None:
            kept = "legacy" in other
            say(f"`{old}` is Keras's of old, which it keeps inside" if kept else f"`{old}` is `{top}.{name}` today")
            return held
    from kerasvae_lint.runtime.old import calls

    return calls.once(top, place, name)


def _spelled(module: ModuleType, place: str, name: str) -> Any:
    """``maxnorm`` for ``MaxNorm``: the same letters."""
    letters = name.replace("_", "").lower()
    for other in sorted(vars(module)):
        if other[0].isalpha() and other.replace("_", "").lower() == letters:
            say(f"`{place}.{name}` is `{other}` today")
            return getattr(module, other)
    return None


def _no_refusals(module: ModuleType) -> None:
    """Keras 3 keeps ``optimizers.legacy`` for the sake of an error message: today's optimizers take its place."""
    top = (_split(module.__name__) or ("keras", ""))[0]
    today = vars(importlib.import_module(f"{top}.optimizers"))
    for name, value in list(vars(module).items()):
        if getattr(value, "__name__", "") == "LegacyOptimizerWarning" and name in today:
            setattr(module, name, today[name])
