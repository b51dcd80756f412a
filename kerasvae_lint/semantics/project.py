"""Look-ups across the files of a project: modules by name, classes and values in them, the dependency pins."""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from kerasvae_lint.project import Index, Indexes, search_of
from kerasvae_lint.semantics.facts import ClassFacts, Function
from kerasvae_lint.semantics.flavour import Flavour, flavour_of_pins
from kerasvae_lint.source import SourceError, decode, parse
from kerasvae_lint.source.files import has_marker, project_root

if TYPE_CHECKING:
    from kerasvae_lint.semantics.model import SemanticModel
    from kerasvae_lint.semantics.values import Value

_LIBRARIES = frozenset(
    [
        "tensorflow",
        "keras",
        "tf_keras",
        "tensorflow_probability",
        "numpy",
        "np",
        "scipy",
        "pandas",
        "matplotlib",
        "sklearn",
        "torch",
        "jax",
        "os",
        "sys",
        "re",
        "math",
        "json",
        "typing",
        "collections",
        "functools",
        "itertools",
        "abc",
        "random",
        "time",
        "logging",
        "pathlib",
        "warnings",
        "copy",
        "dataclasses",
        "seaborn",
        "tensorflow_addons",
        "tensorflow_datasets",
        "keras_hub",
        "keras_nlp",
        "keras_cv",
        "PIL",
        "cv2",
        "six",
        "absl",
        "h5py",
        "tqdm",
    ]
)
_PIN_FILES = ("pyproject.toml", "setup.py", "setup.cfg", "Pipfile")
MAX_MODELS = 48
MAX_CHAIN = 8


class Project:
    """The files around the linted ones. Nothing is read before a rule asks.

    Every model keeps what it consulted (``model.consulted``: path → SHA-256 of the content, None for a file that was
    looked for and is not there); :meth:`closure` adds what those files consulted in turn.

    Args:
        indexes: where to ask which files mention some words; None for one that keeps nothing on disk.
    """

    def __init__(self, indexes: Indexes | None = None) -> None:
        self.indexes = indexes or Indexes()
        self._models: OrderedDict[str, SemanticModel | None] = OrderedDict()
        self._hashes: dict[str, str | None] = {}
        self._roots: dict[str, Path] = {}
        self._pins: dict[Path, tuple[Flavour | None, dict[str, str | None]]] = {}
        self._by_function: dict[Function, SemanticModel] = {}

    # files --------------------------------------------------------------------------------------
    def root_of(self, filename: str) -> Path:
        """The folder of the project that a file belongs to: the nearest with a marker, else its topmost package."""
        folder = os.path.dirname(os.path.abspath(filename))
        if folder not in self._roots:
            self._roots[folder] = project_root(filename)
        return self._roots[folder]

    def absolute(self, target: str, model: SemanticModel) -> str:
        """``..layers.Foo`` as imported by ``model`` → ``package.layers.Foo``."""
        dots = len(target) - len(target.lstrip("."))
        folder = Path(os.path.abspath(model.source.filename)).parent
        for _ in range(dots - 1):
            folder = folder.parent
        parts: list[str] = []
        at = folder
        while (at / "__init__.py").exists() and at.parent != at:
            parts.insert(0, at.name)
            at = at.parent
        rest = target[dots:]
        if not parts:
            return f"{folder.name}.{rest}" if dots > 1 else rest
        return ".".join((*parts, rest)) if rest else ".".join(parts)

    def _load(self, path: str) -> SemanticModel | None:
        if path in self._models:
            self._models.move_to_end(path)
            return self._models[path]
        from kerasvae_lint.semantics.model import SemanticModel

        model: SemanticModel | None = None
        try:
            with open(path, "rb") as file:
                data = file.read()
            self._hashes[path] = hashlib.sha256(data).hexdigest()
            module, source = parse(decode(data, path))
            model = SemanticModel(module, source, project=self)
        except OSError:
            self._hashes[path] = None
        except SourceError:
            model = None
        self._models[path] = model
        while len(self._models) > MAX_MODELS:
            self._models.popitem(last=False)
        return model

    def _consult(self, path: str, by: SemanticModel) -> SemanticModel | None:
        if os.path.abspath(by.source.filename) == path:
            return by
        exists = path in self._models or os.path.isfile(path)
        model = self._load(path) if exists else None
        by.consulted[path] = self._hashes.get(path) if exists else None
        return model

    def module(self, dotted: str, by: SemanticModel) -> SemanticModel | None:
        """The model of the project's module ``dotted`` (absolute), or None for libraries and missing files."""
        if dotted in by.places:
            path = by.places[dotted]
            return self._consult(path, by) if path is not None else None
        parts = dotted.split(".")
        by.places[dotted] = None
        if not parts[0] or parts[0] in _LIBRARIES or not all(parts):
            return None
        folder = Path(os.path.abspath(by.source.filename)).parent
        root = self.root_of(by.source.filename)
        places = [folder, *folder.parents]
        last = places.index(root) if root in places else 0
        if root in places and not has_marker(root):
            last += 1
        for place in (*places[: last + 1], root / "src"):
            base = place.joinpath(*parts)
            for path in (f"{base}.py", str(base / "__init__.py")):
                model = self._consult(path, by)
                if model is not None:
                    by.places[dotted] = path
                    return model
        return None

    # names --------------------------------------------------------------------------------------
    def _find(self, dotted: str, by: SemanticModel) -> tuple[SemanticModel, str] | None:
        """The module that defines the last part of ``dotted``, re-exports followed, and its name there."""
        for _ in range(MAX_CHAIN):
            module, _, name = dotted.rpartition(".")
            model = self.module(module, by) if module else None
            if model is None:
                return None
            bindings = model.facts.root.scope.bindings.get(name, [])
            if bindings and bindings[-1].kind == "import":
                dotted, by = model.absolute(bindings[-1].target), model
                continue
            if bindings:
                return model, name
            for star in model.facts.stars:
                found = self._find(f"{model.absolute(star)}.{name}", model)
                if found is not None:
                    return found
            return None
        return None

    def definition(self, dotted: str, by: SemanticModel) -> tuple[SemanticModel, ClassFacts | Function] | None:
        """The class or function that an absolute dotted name means in the project."""
        found = self._find(dotted, by)
        if found is None:
            return None
        model, name = found
        for binding in reversed(model.facts.root.scope.bindings.get(name, [])):
            target = model.facts.class_of.get(binding.node) or model.facts.function_of.get(binding.node)
            if target is not None and binding.kind in {"class", "def"}:
                if isinstance(target, Function):
                    self._by_function[target] = model
                return model, target
        return None

    def value(self, dotted: str, by: SemanticModel) -> tuple[Value, ...] | None:
        """The values of a global of another module; None if the project has no such global."""
        found = self._find(dotted, by)
        if found is None:
            return None
        return found[0].global_value(found[1]) or None

    def model_with(self, function: Function) -> SemanticModel | None:
        """The loaded model that ``function`` belongs to."""
        for model in self._models.values():
            if model is not None and model.facts.function_of.get(function.node) is function:
                return model
        return self._by_function.get(function)

    # the whole project --------------------------------------------------------------------------
    def search(
        self, model: SemanticModel, words: tuple[str, ...], one_of: frozenset[str] = frozenset()
    ) -> list[SemanticModel]:
        """Models of the project's other files that hold layers, callbacks or writes, and every word of ``words``.

        A word is an identifier, or ``.name(`` for calls of a method. If given, one of ``one_of`` must be there too.
        Words that too many files hold tell nothing: then none.
        """
        here, root = os.path.abspath(model.source.filename), self.root_of(model.source.filename)
        paths = self._index(root).holding(here, words, one_of)
        model.searched[search_of(words, one_of, paths)] = None
        models = (self._consult(path, model) for path in paths) if len(paths) <= MAX_MODELS else ()
        return [other for other in models if other is not None]

    def _index(self, root: Path) -> Index:
        return self.indexes.of(root)

    def closure(self, model: SemanticModel) -> dict[str, str | None]:
        """Everything that the answers about ``model`` rest on: path → hash, None where there was no file."""
        total: dict[str, str | None] = {}
        todo = [model]
        while todo:
            for path, content in todo.pop().consulted.items():
                if path not in total:
                    total[path] = content
                    other = self._models.get(path)
                    if other is not None:
                        todo.append(other)
        return total

    # pins ---------------------------------------------------------------------------------------
    def pins(self, model: SemanticModel) -> Flavour | None:
        """What the dependency pins of the project say about Keras."""
        root = self.root_of(model.source.filename)
        if root not in self._pins:
            self._pins[root] = self._read_pins(root)
        verdict, consulted = self._pins[root]
        model.consulted.update(consulted)
        return verdict

    @staticmethod
    def _read_pins(root: Path) -> tuple[Flavour | None, dict[str, str | None]]:
        consulted: dict[str, str | None] = {}
        verdict: Flavour | None = None
        names = {*_PIN_FILES, "requirements.txt", "environment.yml", "environment.yaml"}
        try:
            names |= {n for n in os.listdir(root) if "requirements" in n and n.endswith(".txt")}
        except OSError:
            return None, consulted
        for name in sorted(names):
            path = root / name
            try:
                data = path.read_bytes()
            except OSError:
                consulted[str(path)] = None
                continue
            consulted[str(path)] = hashlib.sha256(data).hexdigest()
            verdict = verdict or flavour_of_pins(data.decode(errors="replace"), name)
        return verdict, consulted
