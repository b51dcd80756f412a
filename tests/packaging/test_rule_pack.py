"""A company's own rule pack works as the built-in one does: a package with an entry point."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.packaging.environments import Environment

PROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "acme-keras-rules"
version = "1.0"

[project.entry-points."kvlint.rules"]
acme = "acme_rules"

[tool.setuptools]
py-modules = ["acme_rules"]
"""

RULE = '''\
from kerasvae_lint.core import Report, Rule


class NoSgd(Rule):
    """SGD is not used at Acme.

    Ask the optimizer team before you use it.
    """

    code = "ACME001"
    name = "no-sgd"
    triggers = ("SGD",)

    def check(self, module):
        for call in module.calls("keras.optimizers.SGD"):
            yield Report(call, "Use the optimizer that Acme tuned.")
'''

PROGRAM = """\
from tensorflow import keras as tfk

optimizer = tfk.optimizers.SGD(0.1)
"""


@pytest.fixture(scope="module")
def with_pack(from_wheel: Environment, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The wheel's environment, with the pack beside it."""
    pack = tmp_path_factory.mktemp("pack")
    (pack / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    (pack / "acme_rules.py").write_text(RULE, encoding="utf-8")
    from_wheel.pip_install("--no-deps", pack)
    return from_wheel


def test_its_rules_are_listed_and_explained(with_pack: Environment) -> None:
    assert "ACME001" in with_pack.kvlint("rule", "--all")
    assert "KV101" in with_pack.kvlint("rule", "--all")
    assert "Ask the optimizer team" in with_pack.kvlint("rule", "ACME001")


def test_its_rules_find(with_pack: Environment, tmp_path: Path) -> None:
    program = tmp_path / "train.py"
    program.write_text(PROGRAM, encoding="utf-8")
    done = subprocess.run(
        [with_pack.scripts / "kvlint", "--no-cache", "--output-format", "json", program],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    (finding,) = json.loads(done.stdout)
    assert finding["code"] == "ACME001"
    assert finding["location"] == {"row": 3, "column": 13}


def test_its_rules_can_be_selected_and_ignored(with_pack: Environment, tmp_path: Path) -> None:
    program = tmp_path / "train.py"
    program.write_text(PROGRAM, encoding="utf-8")
    with_pack.kvlint("check", "--no-cache", "--select", "KV", program)
    with_pack.kvlint("check", "--no-cache", "--ignore", "ACME", program)
