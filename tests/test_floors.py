"""The house's floors: imports go down only, in no circle, and the engine knows no rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "kerasvae_lint"

# Who may import whom: the floors from the lowest up, each may enter all below it. Nobody may import `rules`: rules are
# found by entry point.
HOUSE = ("core", "source", "project", "binding", "library", "values", "keras", "model", "fix", "run")
FLOORS: dict[str, frozenset[str]] = {
    **{floor: frozenset(HOUSE[:index]) for index, floor in enumerate(HOUSE)},
    # A rule asks the facade.
    "rules": frozenset({"core", "model"}),
    "fix": frozenset({"core", "source"}),
    "report": frozenset(HOUSE),
    "lsp": frozenset({*HOUSE, "report"}),
    # From Keras 2 to Keras 3: steps that ask the facade, made by the fixing machinery.
    "migrate": frozenset(HOUSE),
    # A house of its own: it knows findings by their codes alone, and only the command line enters it.
    "runtime": frozenset({"core"}),
    # Programs for others to copy: they know nothing of the house, and it only reads them as text.
    "recipes": frozenset(),
    # Programs to be read as text, too.
    "backbones": frozenset(),
    "cli": frozenset({*HOUSE, "report", "lsp", "migrate", "runtime"}),
    "__main__": frozenset({"cli"}),
    # flake8's way in: the same engine, another house's command line.
    "flake8_plugin": frozenset({*HOUSE, "report"}),
    # The package itself hands out the Python API.
    "": frozenset({"core", "run", "fix"}),
}
# What every floor may take from the package itself: data that needs no floor.
FROM_PACKAGE = frozenset({"__version__"})


def _modules() -> Iterator[tuple[str, Path]]:
    """Every module of the house, by the dotted name that it has once installed."""
    for top, folder in ((PACKAGE, ROOT / PACKAGE), (f"{PACKAGE}.rules", ROOT / "rules")):
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            names = parts[:-1] if parts[-1] == "__init__" else parts
            yield ".".join((top, *names)), path


MODULES = dict(_modules())


def _floor(module: str) -> str:
    """``kerasvae_lint.core.rule`` → ``core``; the package itself → the empty name."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


class _Imports(ast.NodeVisitor):
    """Collects the dotted names that a module imports, wherever it does, what only a type checker reads included."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.found: list[tuple[int, str]] = []

    def visit_Import(self, node: ast.Import) -> None:
        self.found += [(node.lineno, alias.name) for alias in node.names]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        base = node.module or ""
        if node.level:
            anchor = self.package.split(".")
            kept = anchor[: len(anchor) - node.level + 1]
            base = ".".join((*kept, base)) if base else ".".join(kept)
        self.found += [(node.lineno, f"{base}.{alias.name}") for alias in node.names]


def imports_of(module: str, source: str, *, is_package: bool) -> list[tuple[int, str]]:
    """The names that ``module`` imports, absolute, with their lines."""
    package = module if is_package else module.rpartition(".")[0]
    visitor = _Imports(package)
    visitor.visit(ast.parse(source))
    return visitor.found


def breaches(module: str, source: str, *, is_package: bool = False) -> list[str]:
    """The imports of ``module`` that go up, one sentence each."""
    own = _floor(module)
    if own not in FLOORS:
        return [f"{module}: {own!r} is no floor of the house"]
    wrong = []
    for line, name in imports_of(module, source, is_package=is_package):
        if name.split(".")[0] != PACKAGE:
            continue
        target = _floor(name)
        if target in FROM_PACKAGE or target == own or target in FLOORS[own]:
            continue
        wrong.append(f"{module}:{line}: {own or 'the package'} may not import {name}")
    return wrong


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_down_only(module: str) -> None:
    path = MODULES[module]
    is_package = path.name == "__init__.py"
    assert not breaches(module, path.read_text(encoding="utf-8"), is_package=is_package)


@pytest.mark.parametrize(
    ("module", "source", "is_breach"),
    [
        ("kerasvae_lint.core.rule", "import kerasvae_lint.source", True),
        ("kerasvae_lint.core.rule", "from kerasvae_lint.core.finding import Fix", False),
        ("kerasvae_lint.core.rule", "from ..source import parse", True),
        ("kerasvae_lint.core.rule", "from .finding import Fix", False),
        ("kerasvae_lint.core.rule", "def f():\n    from kerasvae_lint.run import pool", True),
        (
            "kerasvae_lint.core.rule",
            "if TYPE_CHECKING:\n    from kerasvae_lint.model import Module",
            True,
        ),
        (
            "kerasvae_lint.core.rule",
            "if TYPE_CHECKING:\n    pass\nelse:\n    import kerasvae_lint.run",
            True,
        ),
        ("kerasvae_lint.rules.one", "from kerasvae_lint.model import Module", False),
        ("kerasvae_lint.rules.one", "from kerasvae_lint.keras.program import Program", True),
        ("kerasvae_lint.values.interpreter", "from kerasvae_lint.keras import world", True),
        ("kerasvae_lint.rules.one", "from kerasvae_lint.fix import apply_edits", True),
        ("kerasvae_lint.rules.one", "from ._shared import helper", False),
        ("kerasvae_lint.run.registry", "import kerasvae_lint.rules", True),
        ("kerasvae_lint.run.cache", "from kerasvae_lint import __version__", False),
        ("kerasvae_lint.run.cache", "from kerasvae_lint import lint_source", True),
        ("kerasvae_lint.runtime.check", "from kerasvae_lint.rules import kv101", True),
        ("kerasvae_lint.runtime.check", "from kerasvae_lint.source import decode", True),
        ("kerasvae_lint.run.api", "from kerasvae_lint.runtime import check_model", True),
        ("kerasvae_lint.attic.old", "import os", True),
        ("kerasvae_lint.cli.main", "from kerasvae_lint.report import text", False),
    ],
)
def test_a_breach_is_seen(module: str, source: str, is_breach: bool) -> None:
    assert bool(breaches(module, source)) is is_breach


@pytest.mark.parametrize("floor", sorted(name for name in FLOORS if name))
def test_floors_have_no_loops(floor: str) -> None:
    for below in FLOORS[floor]:
        assert floor not in FLOORS[below]


def circles() -> list[list[str]]:
    """Modules that import one another, in a ring; what only a type checker reads counts as an import."""
    graph: dict[str, set[str]] = {}
    for module, path in MODULES.items():
        is_package = path.name == "__init__.py"
        found = imports_of(module, path.read_text(encoding="utf-8"), is_package=is_package)
        targets = (_module_of(name) for _, name in found)
        graph[module] = {target for target in targets if target is not None and target != module}
    rings: list[list[str]] = []
    done: set[str] = set()

    def visit(module: str, way: list[str]) -> None:
        if module in way:
            rings.append(way[way.index(module) :])
            return
        if module in done:
            return
        for target in sorted(graph.get(module, ())):
            visit(target, [*way, module])
        done.add(module)

    for module in sorted(graph):
        visit(module, [])
    return rings


def _module_of(name: str) -> str | None:
    """``kerasvae_lint.core.finding.Fix`` → ``kerasvae_lint.core.finding``; None outside the package."""
    while name.startswith(f"{PACKAGE}."):
        if name in MODULES:
            return name
        name = name.rpartition(".")[0]
    return None


def test_no_modules_import_each_other_in_a_ring() -> None:
    assert circles() == []
