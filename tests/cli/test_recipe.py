"""``kvlint recipe``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kerasvae_lint.run.registry import all_rules
from tests.cli.conftest import Process, Run

NAMES = [
    "bn-vae",
    "kl-annealing",
    "kl-layer",
    "kl-regularizer",
    "learned-normal",
    "tied-dense",
    "transposable-dense",
    "vae-loss",
]
FOLDER = Path(__file__).resolve().parents[2] / "kerasvae_lint" / "recipes"
COPIED = """\
import tensorflow as tf


class Tied(tf.keras.layers.Layer):
    def __init__(self, other, **kwargs):
        super().__init__(**kwargs)
        self.other = other

    def build(self, input_shape):
        self.kernel = tf.transpose(self.other.kernel)

    def call(self, inputs):
        return tf.matmul(inputs, self.kernel)
"""


def test_they_are_listed(run: Run) -> None:
    lines = run("recipe").stdout.splitlines()
    assert [line.split()[0] for line in lines] == NAMES
    assert all(len(line.split()) > 5 and len(line) <= 86 for line in lines)


@pytest.mark.parametrize("name", NAMES)
def test_each_is_printed_as_it_is(run: Run, name: str) -> None:
    text = (FOLDER / f"{name.replace('-', '_')}.py").read_text(encoding="utf-8")
    assert run("recipe", name).stdout == text


def test_output_and_what_is_there_already(run: Run, project: Path) -> None:
    text = run("recipe", "tied-dense").stdout
    result = run("recipe", "tied_dense", "--output", "tied.py")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "wrote tied.py\n")
    assert (project / "tied.py").read_bytes() == text.encode()
    (project / "tied.py").write_text("mine")
    result = run("recipe", "tied-dense", "-o", "tied.py")
    assert result.exit_code == 2
    assert "tied.py exists already; --force overwrites it" in result.stderr
    assert (project / "tied.py").read_text() == "mine"
    assert run("recipe", "tied-dense", "-o", "tied.py", "--force").exit_code == 0
    assert (project / "tied.py").read_bytes() == text.encode()


def test_output_into_a_folder(run: Run, project: Path) -> None:
    assert run("recipe", "kl-layer", "--output", ".").exit_code == 0
    assert (project / "kl_layer.py").read_text(encoding="utf-8") == run("recipe", "kl-layer").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tied-dence"], "unknown recipe 'tied-dence'; did you mean 'tied-dense'?"),
        (["xyz"], "unknown recipe 'xyz'; there are bn-vae, kl-annealing,"),
        (["bn-vae", "--output", "gone/a.py"], "can't be written: no such file or directory"),
        (["bn-vae", "--force"], "--force needs --output"),
        (["--output", "a.py"], "--output needs the name of a recipe"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(run: Run, project: Path, arguments: list[str], message: str) -> None:
    result = run("recipe", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert [path.name for path in project.iterdir()] == ["pyproject.toml"]


def test_neither_tensorflow_nor_the_recipes_are_imported(process: Process) -> None:
    imported = process("recipe", "bn-vae", environment={"PYTHONPROFILEIMPORTTIME": "1"}).stderr.decode()
    assert "kerasvae_lint.cli.recipes" in imported
    assert [name for name in ("tensorflow", "numpy", "kerasvae_lint.recipes") if name in imported] == []


def test_rules_name_recipes_that_exist() -> None:
    named = {code: rule.recipe for code, rule in all_rules().items() if rule.recipe}
    assert {code: name for code, name in named.items() if name not in NAMES} == {}
    assert {named["KV101"], named["KV106"], named["KV201"], named["KV301"]} <= set(NAMES)


def test_a_finding_names_its_recipe(run: Run, project: Path) -> None:
    (project / "a.py").write_text(COPIED)
    assert "  = recipe: kvlint recipe tied-dense\n" in run("check", "--no-cache", "a.py").stdout
    (found,) = json.loads(run("check", "--no-cache", "--output-format", "json", "a.py").stdout)
    assert (found["code"], found["recipe"]) == ("KV201", "tied-dense")
    assert "recipe" not in run("check", "--no-cache", "--output-format", "concise", "a.py").stdout


def test_a_rule_names_its_recipe(run: Run) -> None:
    assert "What to write instead: `kvlint recipe tied-dense`." in run("rule", "KV201").stdout
    assert json.loads(run("rule", "KV201", "--output-format", "json").stdout)["recipe"] == "tied-dense"
    assert json.loads(run("rule", "KV601", "--output-format", "json").stdout)["recipe"] is None
