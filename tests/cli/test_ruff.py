"""Beside ruff: with ``external = ["KV"]`` it leaves kvlint's suppressions alone, and without it does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import SAFE, UNSAFE, Run

EXTERNAL = '[lint]\nselect = ["RUF1", "F", "E", "W"]\n'


def ruff(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The real ruff."""
    return subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def marked(run: Run, project: Path) -> dict[str, str]:
    """Files whose findings ``--add-noqa`` has silenced, one beside a code of ruff's."""
    (project / "a.py").write_text(SAFE)
    (project / "b.py").write_text(UNSAFE.replace("import tensorflow", "import os  # noqa: F401\nimport tensorflow"))
    (project / "c.py").write_text(
        SAFE.replace("inputs=inputs)", "inputs=inputs, long='" + 60 * "x" + "')  # noqa: E501")
    )
    assert run("--add-noqa", ".").exit_code == 0
    return {path.name: path.read_text() for path in project.glob("*.py")}


def test_with_the_setting_nothing_is_said_and_nothing_removed(project: Path, marked: dict[str, str]) -> None:
    assert "# noqa: E501, KV602" in marked["c.py"]
    (project / "ruff.toml").write_text(EXTERNAL + 'external = ["KV"]\n')
    done = ruff(project, "--fix", "--unsafe-fixes", ".")
    assert (done.returncode, done.stdout) == (0, "All checks passed!\n")
    assert {path.name: path.read_text() for path in project.glob("*.py")} == marked


def test_without_it_ruff_takes_them_out(run: Run, project: Path, marked: dict[str, str]) -> None:
    (project / "ruff.toml").write_text(EXTERNAL)
    found = ruff(project, ".").stdout
    assert [name for name in sorted(marked) if f"{name}:" in found] == ["a.py", "b.py", "c.py"]
    assert found.count("KV60") == 3
    ruff(project, "--fix", ".")
    assert "KV60" not in "".join(path.read_text() for path in project.glob("*.py"))
    assert run(".").exit_code == 1
