"""``kvlint rule`` and ``kvlint inspect``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kerasvae_lint.run.registry import all_rules
from tests.cli.conftest import BROKEN, SAFE, Run


@pytest.mark.parametrize("name", ["KV101", "kv101", "trainable-schedule"])
def test_a_rule_by_code_or_name(run: Run, name: str) -> None:
    result = run("rule", name)
    assert result.exit_code == 0
    assert result.stdout.startswith("# trainable-schedule (KV101)\n\nFix: ")
    assert all_rules()["KV101"].documentation() in result.stdout


def test_all_rules(run: Run) -> None:
    result = run("rule", "--all")
    assert all(f"({code})\n" in result.stdout for code in ["KV001", *all_rules()])
    listed = json.loads(run("rule", "--all", "--output-format", "json").stdout)
    assert [page["code"] for page in listed] == ["KV001", *all_rules()]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["KV199"], "unknown rule 'KV199'; did you mean 'KV"),
        (["trainable-shedule"], "did you mean 'trainable-schedule'?"),
        ([], "give the code of a rule, or --all"),
        (["KV101", "--all"], "give the code of a rule, or --all"),
    ],
)
def test_no_such_rule(run: Run, arguments: list[str], message: str) -> None:
    result = run("rule", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_inspect(run: Run, project: Path) -> None:
    (project / "a.py").write_text(SAFE)
    result = run("inspect", "a.py")
    assert result.exit_code == 0
    assert "class Penalty" in result.stdout


@pytest.mark.parametrize("text", [BROKEN, "import keras\n\0"])
def test_inspect_of_what_can_not_be_read(run: Run, project: Path, text: str) -> None:
    (project / "a.py").write_text(text)
    result = run("inspect", "a.py")
    assert result.exit_code == 2
    assert result.stderr.startswith("a.py:")
    assert run("inspect", "gone.py").exit_code == 2
