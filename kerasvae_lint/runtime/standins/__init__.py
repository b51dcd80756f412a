"""Small modules in the place of libraries that are not installed: enough of each to get a script to its training.

Matplotlib and its like are answered always: pictures change nothing that is asked here. pandas, scikit-learn, OpenCV
and Pillow are answered where ``--synthetic`` asks for made data. What a stand-in has not, it says it has not.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from kerasvae_lint.runtime.replacing import replace_everywhere
from kerasvae_lint.runtime.said import say, user_asks
from kerasvae_lint.runtime.standins import pictures

PICTURES = frozenset(
    {"matplotlib", "mpl_toolkits", "pylab", "seaborn", "plotly", "bokeh", "visualkeras", "livelossplot", "cufflinks"}
    | {"pydot", "graphviz", "scikitplot", "missingno", "wordcloud", "IPython", "ann_visualizer", "tqdm"}
)
MADE = {"pandas": "pandas", "sklearn": "scikit-learn", "cv2": "OpenCV", "PIL": "Pillow"}
"""Top-level modules that have a stand-in under ``--synthetic``, with the names of the libraries."""


def install(synthetic: bool) -> None:
    """Answer what nobody else answers."""
    import wrapt

    sys.meta_path.append(_Finder(synthetic))
    for place in ("keras.src.utils.model_visualization", "tf_keras.src.utils.vis_utils"):
        wrapt.register_post_import_hook(_no_drawing, place)


def _no_drawing(module: Any) -> None:
    """Keras draws models with pydot: without it ``plot_model`` draws nothing, and the script goes on."""
    if importlib.util.find_spec("pydot") is None:
        replace_everywhere(module.plot_model, _not_drawn)


def _not_drawn(model: Any, to_file: str = "model.png", *_: Any, **__: Any) -> None:
    say("`plot_model` draws nothing here: pydot is not installed")


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Comes last: it is asked for what is not installed."""

    def __init__(self, synthetic: bool) -> None:
        self.synthetic = synthetic

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        top, _, rest = fullname.partition(".")
        known = top in PICTURES or (self.synthetic and top in MADE)
        if not known or (not _is_ours(top) if rest else not user_asks()):
            return None
        spec = importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        spec.submodule_search_locations = []
        return spec

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        top = spec.name.partition(".")[0]
        if top in PICTURES:
            say(f"{top} is not installed: a stand-in answers for it, and shows nothing")
            return pictures.module(spec.name)
        say(f"{MADE[top]} is not installed: a stand-in of kvlint's answers for it, with the most common functions")
        source = importlib.import_module(f"kerasvae_lint.runtime.standins.{_SOURCES[top]}")
        return StandIn(spec.name, source)

    def exec_module(self, module: ModuleType) -> None:
        """It is ready."""


_SOURCES = {"pandas": "frames", "sklearn": "learning", "cv2": "images", "PIL": "images"}


def _is_ours(top: str) -> bool:
    """True if the top-level module is a stand-in: a real one answers for its own parts."""
    return isinstance(sys.modules.get(top), StandIn | pictures.Pictures)


class LaterError(AttributeError, NotImplementedError):
    """A stand-in is asked for what only the library can do."""


class StandIn(ModuleType):
    """A module of a library that is not installed; names come from ``source`` and its submodules' all alike."""

    def __init__(self, name: str, source: ModuleType) -> None:
        super().__init__(name)
        self.__dict__["_source"] = source
        self.__dict__["__version__"] = "0 (kvlint's stand-in)"
        self.__dict__["__all__"] = list(getattr(source, "__all__", ()))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        source = self.__dict__["_source"]
        answered = vars(sys.modules.get(self.__name__.partition(".")[0], self)).get(name)
        if name in source.__all__ and answered is not None and not isinstance(answered, ModuleType):
            return answered  # by `--synthetic`, wherever the name is asked for
        if name in source.__all__:
            found = getattr(source, name)  # other libraries must not take the stand-in's tables for real ones
            return found if user_asks() or not isinstance(found, type) else later(self.__name__, name)
        if name.islower() and name in getattr(source, "MODULES", ()):
            return importlib.import_module(f"{self.__name__}.{name}")
        return later(self.__name__.partition(".")[0], name)


def later(library: str, name: str) -> Any:
    """Something to import that raises as soon as it is used."""

    def used(*_: Any, **__: Any) -> Any:
        package = {"sklearn": "scikit-learn", "cv2": "opencv-python", "PIL": "pillow"}.get(library, library)
        raise LaterError(f"kvlint's stand-in for {library} has no `{name}`: pip install {package} in this environment")

    return type(name, (), {"__new__": used, "__module__": "kerasvae_lint.runtime.standins"})
