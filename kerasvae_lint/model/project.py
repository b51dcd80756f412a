"""The files around the linted ones: read, built and remembered when somebody asks, with what each answer rests on."""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from pathlib import Path

from kerasvae_lint.binding.build import build
from kerasvae_lint.keras.flavour import Flavour, flavour_of_itself, flavour_of_pins
from kerasvae_lint.keras.world import LIBRARIES, READABLE
from kerasvae_lint.project import IMPORTERS, Indexes, Search, search_of
from kerasvae_lint.project.walk import most_bytes
from kerasvae_lint.source import SourceError, decode
from kerasvae_lint.source.disk import read_file
from kerasvae_lint.source.files import INSTALLED, has_marker, project_root, searched_folder
from kerasvae_lint.source.syntax import parse_code
from kerasvae_lint.values.unit import Unit

MAX_UNITS = 64
MAX_FILES = 8
"""How many other files one question may run."""
_SETUP_FILES = ("pyproject.toml", "setup.py", "setup.cfg")
_PIN_FILES = (*_SETUP_FILES, "Pipfile")


class Project:
    """The files around the linted ones. Nothing is read before somebody asks.

    Args:
        indexes: where to ask which files mention some words; None for one that keeps nothing on disk.
    """

    def __init__(self, indexes: Indexes | None = None) -> None:
        self.indexes = indexes or Indexes()
        self._units: OrderedDict[str, Unit | None] = OrderedDict()
        self._hashes: dict[str, str | None] = {}
        self._roots: dict[str, Path] = {}
        self._pins: dict[Path, tuple[Flavour | None, dict[str, str | None]]] = {}

    def root_of(self, filename: str) -> Path:
        """The folder of the project that a file belongs to: the nearest with a marker, else its topmost package."""
        folder = os.path.dirname(os.path.abspath(filename))
        if folder not in self._roots:
            self._roots[folder] = project_root(filename)
        return self._roots[folder]

    def searched_from(self, filename: str) -> Path:
        """The folder in which the files around a file are searched."""
        return searched_folder(filename, self.root_of(filename))

    def load(self, path: str, name: str) -> Unit | None:
        """The file at a path; None if it can't be read or is no Python."""
        if path in self._units:
            self._units.move_to_end(path)
            return self._units[path]
        unit: Unit | None = None
        try:
            data = read_file(path, most_bytes(path))
            self._hashes[path] = hashlib.sha256(data).hexdigest()
            tree, source = parse_code(decode(data, path))
            unit = Unit(name, build(tree, source.text), source)
        except OSError:
            self._hashes[path] = None
        except SourceError:
            unit = None
        self._units[path] = unit
        while len(self._units) > MAX_UNITS:
            self._units.popitem(last=False)
        return unit

    def digest(self, path: str) -> str | None:
        """The hash of a file's content as it was read; None if it is not there."""
        return self._hashes.get(path)

    def holds(self, path: str) -> bool:
        """True if there is such a file."""
        return path in self._units or os.path.isfile(path)

    def pins(self, filename: str) -> tuple[Flavour | None, dict[str, str | None]]:
        """What the dependency pins of the project say about Keras, and the files that this rests on."""
        root = self.root_of(filename)
        if root not in self._pins:
            self._pins[root] = _read_pins(root)
        return self._pins[root]


class Surroundings:
    """What one file sees of its project: a loader for the interpreter that keeps account of what was asked.

    Attributes:
        consulted: the files that the answers rest on: path → SHA-256, None for one that was looked for in vain.
        searched: the searches that the answers rest on, in order.
    """

    def __init__(self, project: Project, unit: Unit) -> None:
        self.project = project
        self.home = unit
        self.consulted: dict[str, str | None] = {}
        self.searched: dict[Search, None] = {}
        self._places: dict[tuple[str, str], Unit | None] = {}

    def _consult(self, path: str, name: str) -> Unit | None:
        if os.path.abspath(self.home.filename) == path:
            return self.home
        exists = self.project.holds(path)
        unit = self.project.load(path, name) if exists else None
        self.consulted[path] = self.project.digest(path) if exists else None
        return unit

    def unit(self, dotted: str, by: Unit) -> Unit | None:
        """The file of an absolute module name as seen from ``by``; None for libraries and what is not there."""
        folder = Path(os.path.abspath(by.filename)).parent
        key = (dotted, str(folder))
        if key not in self._places:
            self._places[key] = self._find(dotted, by, folder)
        return self._places[key]

    def _find(self, dotted: str, by: Unit, folder: Path) -> Unit | None:
        parts = dotted.split(".")
        if not all(parts) or (parts[0] in LIBRARIES and not dotted.startswith(READABLE)):
            return None
        root = self.project.root_of(by.filename)
        places = [folder, *folder.parents]
        last = places.index(root) if root in places else 0
        if root in places and not has_marker(root):
            last += 1
        for place in (*places[: last + 1], root / "src"):
            if place.name in INSTALLED and place != folder and parts[0] != folder.relative_to(place).parts[0]:
                continue
            base = place.joinpath(*parts)
            for path in (f"{base}.py", str(base / "__init__.py")):
                unit = self._consult(path, dotted)
                if unit is not None:
                    return unit
        return None

    def absolute(self, dotted: str, by: Unit) -> str:
        """``..layers.Foo`` as imported by ``by`` → ``package.layers.Foo``."""
        dots = len(dotted) - len(dotted.lstrip("."))
        path = Path(os.path.abspath(by.filename))
        folder = path.parent
        for _ in range(dots - 1):
            folder = folder.parent
        parts: list[str] = []
        at = folder
        root = self.project.root_of(by.filename)
        while (at / "__init__.py").exists() and at.parent != at and not (at == root and has_marker(root)):
            parts.insert(0, at.name)
            at = at.parent
        rest = dotted[dots:]
        if not parts:
            return f"{folder.name}.{rest}" if dots > 1 else rest
        return ".".join((*parts, rest)) if rest else ".".join(parts)

    def search(self, words: tuple[str, ...], one_of: frozenset[str] = frozenset()) -> list[Unit]:
        """The project's other files that hold layers, callbacks or writes, and every word of ``words``.

        A word is an identifier, or ``.name(`` for calls of a method. If given, one of ``one_of`` must be there too.
        Words that too many files hold tell nothing: then none.
        """
        here = os.path.abspath(self.home.filename)
        paths = self.project.indexes.of(self.project.searched_from(here)).holding(here, words, one_of)
        self.searched[search_of(words, one_of, paths)] = None
        if len(paths) > MAX_UNITS // 2:
            return []
        units = (self._consult(path, self._name_of(path)) for path in paths)
        return [unit for unit in units if unit is not None]

    def importers(self, limit: int) -> list[Unit] | None:
        """The project's files that import this one; None for more than a limit, or where one can't be read."""
        here = os.path.abspath(self.home.filename)
        paths = self.project.indexes.of(self.project.searched_from(here)).importing(here)
        self.searched[search_of(IMPORTERS, frozenset(), paths)] = None
        units = [self._consult(path, self._name_of(path)) for path in paths[: limit + 1]]
        known = [unit for unit in units if unit is not None]
        return known if len(known) == len(units) <= limit else None

    def _name_of(self, path: str) -> str:
        parts = [Path(path).stem] if Path(path).stem != "__init__" else []
        at = Path(path).parent
        while (at / "__init__.py").exists() and at.parent != at:
            parts.insert(0, at.name)
            at = at.parent
        return ".".join(parts) or at.name

    def pins(self) -> Flavour | None:
        """What the dependency pins of the project say about Keras."""
        verdict, consulted = self.project.pins(self.home.filename)
        self.consulted.update(consulted)
        return verdict


def _read_pins(root: Path) -> tuple[Flavour | None, dict[str, str | None]]:
    consulted: dict[str, str | None] = {}
    itself: Flavour | None = None
    verdict: Flavour | None = None
    names = {*_PIN_FILES, "requirements.txt", "environment.yml", "environment.yaml"}
    try:
        names |= {n for n in os.listdir(root) if "requirements" in n and n.endswith(".txt")}
    except OSError:
        return None, consulted
    for name in sorted(names):
        path = root / name
        try:
            data = read_file(path, most_bytes(name))
        except OSError:
            consulted[str(path)] = None
            continue
        consulted[str(path)] = hashlib.sha256(data).hexdigest()
        text = data.decode(errors="replace")
        verdict = verdict or flavour_of_pins(text, name)
        if name in _SETUP_FILES:
            itself = itself or flavour_of_itself(text, name)
    return itself or verdict, consulted
