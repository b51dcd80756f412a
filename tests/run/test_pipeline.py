"""Whichever way a program comes in, one pipeline says what is found; nobody else puts its steps together."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from kerasvae_lint import LintError, Settings, fix_source, lint_paths, lint_source
from kerasvae_lint.cli.commands import kvlint
from kerasvae_lint.core import Finding
from kerasvae_lint.flake8_plugin import KerasPlugin
from kerasvae_lint.lsp.analysis import Analyst
from kerasvae_lint.lsp.configuration import Configuration
from kerasvae_lint.lsp.positions import Lines
from kerasvae_lint.lsp.snapshot import script
from kerasvae_lint.model import Project
from kerasvae_lint.run import baseline, config, pool
from kerasvae_lint.run.pipeline import Pipeline
from kerasvae_lint.source import Source, decode

PACKAGE = Path(__file__).resolve().parents[2] / "kerasvae_lint"

LAYER = """\
import tensorflow as tf


class Penalty(tf.keras.layers.Layer):
    def call(self, inputs):
        self.add_loss(tf.reduce_mean(inputs), inputs=inputs)
        self.add_loss(tf.reduce_sum(inputs), inputs=inputs)
        self.add_loss(tf.reduce_max(inputs), inputs=inputs)  # noqa: KV602
        return inputs


class Measured(tf.keras.layers.Layer):
    def call(self, inputs):
        self.add_metric(inputs, name="size")
        return inputs
"""
BROKEN = "import keras\nlayer = keras.layers.Layer(\nlayer.add_loss(x, inputs=x)\n"
FOUND = [("KV602", 7, 46)]
"""Line 6 is in the baseline, line 8 has a comment, and no other rule is turned on."""
WEIGHT = """\
from base import Base


class Scaled(Base):
    def build(self, shape):
        self.scale = self.add_weight("scale", shape=())
"""
BASE = "import tensorflow as tf\n\n\nclass Base(tf.keras.layers.Layer):\n    pass\n"


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file whose findings its baseline, a comment and its settings silence in part."""
    monkeypatch.chdir(tmp_path)
    config.forget()
    path = tmp_path / "layers.py"
    path.write_text(LAYER)
    select = Settings(select=("KV602",))
    old = [finding for finding in lint_source(LAYER, str(path), select) if finding.location.row == 6]
    entries = {"layers.py": Counter(key for _, key in baseline.keyed(old, Source(str(path), LAYER)))}
    (tmp_path / "known.json").write_bytes(baseline.dump(entries))
    (tmp_path / "pyproject.toml").write_text('[tool.kvlint]\nselect = ["KV602"]\nbaseline = "known.json"\n')
    return path


Place = tuple[str, int, int]


def _places(findings: list[Finding]) -> list[Place]:
    return [(finding.code, finding.location.row, finding.location.column) for finding in findings]


def _settings(path: Path) -> Settings:
    return config.load(str(path))[0]


def _cli(*arguments: str, stdin: str | None = None) -> list[Place]:
    done = CliRunner().invoke(kvlint, ["check", *arguments, "--output-format", "json"], input=stdin)
    items = json.loads(done.stdout)
    return [(item["code"], item["location"]["row"], item["location"]["column"]) for item in items]


def _flake8(path: Path) -> list[Place]:
    plugin = KerasPlugin(ast.parse(LAYER), str(path), LAYER.splitlines(keepends=True))
    return [(text.split()[0], row, column + 1) for row, column, text, _ in plugin.run()]


def _editor(path: Path) -> list[Place]:
    return _places([*Analyst(Configuration())(script(path.as_uri(), str(path), 1, Lines(LAYER))).findings])


WAYS: dict[str, Callable[[Path], list[Place]]] = {
    "a decoded text": lambda path: _places(Pipeline().lint(Source(str(path), LAYER)).findings),
    "an open text": lambda path: _places(Pipeline().lint_open(Source(str(path), LAYER), LAYER.encode()).findings),
    "bytes": lambda path: _places(Pipeline().lint_data(LAYER.encode(), str(path)).findings),
    "text by the API": lambda path: _places(lint_source(LAYER, str(path), _settings(path))),
    "paths by the API": lambda path: _places(lint_paths([path]).findings),
    "paths, by the cache": lambda path: _places(
        (lint_paths([path], cache=True), lint_paths([path], cache=True))[1].findings
    ),
    "paths on the command line": lambda path: _cli(path.name),
    "standard input": lambda path: _cli("-", "--stdin-filename", path.name, stdin=LAYER),
    "flake8": _flake8,
    "an editor": _editor,
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_in_finds_the_same(way: str, program: Path) -> None:
    assert WAYS[way](program) == FOUND


def test_every_way_to_fix_makes_the_same(program: Path) -> None:
    after = LAYER.replace("sum(inputs), inputs=inputs)", "sum(inputs))")
    data = LAYER.encode()
    assert fix_source(LAYER, str(program), _settings(program)).text == after
    change = Pipeline().fix_data(data, str(program))
    assert (change.after.decode(), change.old, change.new) == (after, LAYER, after)
    assert _places(change.fixed) == FOUND
    only = Pipeline().fix_paths([program], write=False)
    assert ([one.after.decode() for one in only.changes], program.read_text()) == ([after], LAYER)
    run = Pipeline().fix_paths([program])
    assert (program.read_text(), run.fixed, run.result.findings) == (after, change.fixed, [])
    assert len(run.result.known) == 1


def test_what_a_baseline_knows_is_told_apart(program: Path) -> None:
    result = Pipeline().lint(Source(str(program), LAYER))
    assert _places(result.known) == [("KV602", 6, 47)]
    assert (result.problems, result.searched) == ([], False)


def test_an_answer_says_what_it_rests_on_even_if_the_baseline_is_broken(program: Path, tmp_path: Path) -> None:
    (tmp_path / "base.py").write_text(BASE)
    (tmp_path / "pyproject.toml").write_text('[tool.kvlint]\nbaseline = "known.json"\n')
    config.forget()
    told: list[dict[str, str | None]] = []
    pipeline = Pipeline(consulted=told.append)
    result = pipeline.lint(Source(str(program), WEIGHT))
    assert str(tmp_path / "base.py") in result.consulted
    (tmp_path / "known.json").write_text("{")
    with pytest.raises(baseline.BaselineError):
        pipeline.lint(Source(str(program), WEIGHT))
    assert [set(files) for files in told] == [result.consulted] * 2


def test_other_files_are_read_again_once_they_are_forgotten(tmp_path: Path) -> None:
    base = tmp_path / "base.py"
    base.write_text(BASE)
    source = Source(str(tmp_path / "layers.py"), WEIGHT)
    pipeline, other = Pipeline(Settings()), Pipeline(Settings(), projects=Project)

    def codes(pipeline: Pipeline) -> list[str]:
        return [finding.code for finding in pipeline.lint(source).findings]

    assert codes(pipeline) == codes(other) == ["KV601"]
    base.write_text("class Base:\n    pass\n")
    assert (codes(pipeline), codes(other)) == (["KV601"], [])
    pipeline.forget()
    assert codes(pipeline) == []


def test_what_is_no_python_is_said_once(program: Path) -> None:
    bad = b"# -*- coding: utf-8 -*-\nimport keras\nlayer.add_loss(x, inputs=x)  # \xff\n"
    name = str(program)
    (problem,) = Pipeline().lint_data(bad, name).problems
    change = Pipeline().fix_data(bad, name)
    assert (change.problems, change.after) == ([problem], bad)
    with pytest.raises(LintError):
        Pipeline().lint_string(BROKEN, name)
    assert len(Pipeline().lint_data(BROKEN.encode(), name).problems) == 1


def test_an_open_text_is_left_alone_where_nothing_can_be_said(tmp_path: Path) -> None:
    def problems(text: str, *, thorough: bool) -> list[str]:
        source = Source(str(tmp_path / "a.py"), text)
        result = Pipeline(Settings()).lint_open(source, text.encode(), thorough=thorough)
        return [problem.message for problem in result.problems]

    plain, wordless = "import os\nx = (\n", "import keras\nx = (\n"
    assert problems(plain, thorough=True) == problems(wordless, thorough=False) == []
    assert len(problems(wordless, thorough=True)) == 1
    large = "import keras\nadd_weight\n" + "# more\n" * 400_000
    for thorough in (False, True):
        assert problems(large, thorough=thorough) == ["larger than 2 MB: left out"]


def test_several_processes_find_what_one_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "PARALLEL_BYTES", 0)
    monkeypatch.setattr(pool, "CHUNK_BYTES", 500)
    for number in range(6):
        (tmp_path / f"layers{number}.py").write_text(LAYER)
    one, several = (Pipeline(Settings(), jobs=jobs).lint_paths([tmp_path]) for jobs in (1, 2))
    assert one == several
    assert len(one.findings) == 18


def test_a_notebook_is_linted_as_its_program(program: Path) -> None:
    cells = [{"cell_type": "code", "source": LAYER}]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    name = str(program.with_suffix(".ipynb"))
    by_text = Pipeline().lint_string(text, name)
    assert by_text == Pipeline().lint(decode(text.encode(), name)).findings
    assert [finding.location.row for finding in by_text] == [6, 7], "the baseline knows no notebook"


# who puts the steps together ----------------------------------------------------------------------
STEPS = {
    "kerasvae_lint.run.engine.lint_text": {"run/pipeline.py"},
    "kerasvae_lint.run.engine.lint_data": {"run/pipeline.py"},
    "kerasvae_lint.run.baseline.new_and_known": {"run/pipeline.py"},
    "kerasvae_lint.run.triage.needs_parsing": {"run/pipeline.py"},
    "kerasvae_lint.run.store.Store": {"run/pipeline.py"},
    "kerasvae_lint.run.pool.run": {"run/pipeline.py"},
    # Asked too for the words to look for, for what a baseline's rules are, and to be shown.
    "kerasvae_lint.run.registry.selected": {"run/pipeline.py", "run/triage.py", "run/known.py", "cli/shown.py"},
}


def uses(text: str) -> Iterator[str]:
    """The absolute names that a module imports, and those that it takes from a module that it imports."""
    tree = ast.parse(text)
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name] = alias.name
    yield from names.values()
    for node in ast.walk(tree):
        parts: list[str] = []
        at: ast.AST = node
        while isinstance(at, ast.Attribute):
            parts.insert(0, at.attr)
            at = at.value
        if parts and isinstance(at, ast.Name) and at.id in names:
            yield ".".join((names[at.id], *parts))


@cache
def users() -> dict[str, set[str]]:
    """Who uses each step, but for the module that it stands in."""
    found: dict[str, set[str]] = {step: set() for step in STEPS}
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(PACKAGE).as_posix()
        for step in STEPS.keys() & set(uses(text)):
            if step.rpartition(".")[0] != f"kerasvae_lint.{name.removesuffix('.py').replace('/', '.')}":
                found[step].add(name)
    return found


@pytest.mark.parametrize("step", STEPS)
def test_only_the_pipeline_takes_a_step(step: str) -> None:
    assert users()[step] == STEPS[step]


@pytest.mark.parametrize(
    "text",
    [
        "from kerasvae_lint.run.engine import lint_text",
        "def f():\n    from kerasvae_lint.run.engine import lint_text as lint\n    lint(1)",
        "from kerasvae_lint.run import engine\n\nengine.lint_text(1)",
        "import kerasvae_lint.run.engine as e\n\nprint(e.lint_text)",
    ],
)
def test_a_step_is_seen(text: str) -> None:
    assert "kerasvae_lint.run.engine.lint_text" in uses(text)
