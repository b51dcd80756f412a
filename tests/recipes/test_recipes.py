"""The recipes: what they compute, that they train, save and load in both Kerases, and that kvlint is silent."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kerasvae_lint import Settings, fix_source, lint_source
from kerasvae_lint.core import TargetKeras
from tests.ahead import Ahead
from tests.recipes.checking import MODULES
from tests.runtime.running import needs_runtime

if TYPE_CHECKING:
    from kerasvae_lint.runtime.launch import Outcome

ROOT = Path(__file__).resolve().parents[2]
RECIPES = sorted((ROOT / "kerasvae_lint" / "recipes").glob("[!_]*.py"))
CHECKS = [
    name
    for module in MODULES
    for name in re.findall(r"^def (check_\w+)", (Path(__file__).with_name(f"{module}.py")).read_text("utf-8"), re.M)
]
needs_tfp = pytest.mark.skipif(
    importlib.util.find_spec("tensorflow_probability") is None, reason="the runtime extra is not installed"
)


def _outcomes(keras: str) -> dict[str, str | None]:
    """What became of every check; one child process for all."""
    command = [sys.executable, "-m", "tests.recipes.checking", keras]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    found: dict[str, str | None] = json.loads(run.stdout.splitlines()[-1])
    return found


outcomes = Ahead(_outcomes, "2", "3")


@needs_runtime
@needs_tfp
@pytest.mark.parametrize("keras", ["2", "3"])
@pytest.mark.parametrize("check", CHECKS)
def test_recipe(check: str, keras: str) -> None:
    assert outcomes(keras)[check] is None


def _verified(keras: str) -> dict[str, Outcome]:
    """What ``kvlint verify`` says; one child process for all, a fork for each."""
    from kerasvae_lint.runtime.launch import run_jobs
    from kerasvae_lint.runtime.options import Job, Options

    jobs = [Job(path.stem, "original", path.read_text(encoding="utf-8"), str(path)) for path in RECIPES]
    options = Options(keras=keras, device="cpu", epochs=4, steps=3)
    return dict(zip((path.stem for path in RECIPES), run_jobs(jobs, options), strict=True))


verified = Ahead(_verified, "2", "3")


@needs_runtime
@pytest.mark.parametrize("keras", ["2", "3"])
@pytest.mark.parametrize("name", [path.stem for path in RECIPES])
def test_verify_passes(name: str, keras: str) -> None:
    outcome = verified(keras)[name]
    assert outcome.run is not None, outcome.reason
    assert outcome.run.models
    assert [f"{p.probe}: {p.message}" for p in outcome.run.failed] == []
    verdicts = {probe.probe: probe for model in outcome.run.models for probe in model.probes}
    assert {verdicts[probe].verdict for probe in ("gradients", "loss", "save")} == {"pass"}
    assert "the loaded model has all" in verdicts["save"].message


def test_there_are_eight() -> None:
    assert len(RECIPES) == 8
    assert len(CHECKS) > 25


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
@pytest.mark.parametrize("target", [None, TargetKeras.KERAS2, TargetKeras.KERAS3, TargetKeras.BOTH])
def test_kvlint_finds_nothing(path: Path, target: TargetKeras | None) -> None:
    text = path.read_text(encoding="utf-8")
    settings = Settings(preview=True, target_keras=target)
    assert [f"{f.code} {f.location.row}" for f in lint_source(text, str(path), settings)] == []
    assert fix_source(text, str(path), settings, unsafe=True).text == text


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_each_is_short_and_stands_alone(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 170
    tree = ast.parse(text)
    modules = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
    }
    assert modules - set(sys.stdlib_module_names) == {"numpy", "tensorflow"}
    public = [
        node for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
    ]
    assert [node.name for node in public if not ast.get_docstring(node)] == []
