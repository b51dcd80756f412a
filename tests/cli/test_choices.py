"""Which rules run on which files, who says so, and what is said of a slip of the pen."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import SAFE, UNSAFE, Process, Run

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def codes(run: Run, *arguments: str) -> list[str]:
    """The codes that a run finds."""
    return [item["code"] for item in json.loads(run(".", "--output-format", "json", *arguments).stdout)]


@pytest.fixture
def both(project: Path) -> Path:
    """A project where one file has KV602 and one in a folder has KV603."""
    (project / "a.py").write_text(SAFE)
    (project / "old").mkdir()
    (project / "old" / "b.py").write_text(UNSAFE)
    return project


@pytest.mark.parametrize(
    ("settings", "arguments", "expected"),
    [
        ("select = ['KV602']\nextend-select = ['KV603']", [], ["KV602", "KV603"]),
        ("select = ['KV602']", ["--extend-select", "KV603"], ["KV602", "KV603"]),
        ("extend-select = ['KV603']", ["--select", "KV602"], ["KV602"]),
        ("extend-select = ['KV603']", ["--select", "KV602", "--extend-select", "kv603"], ["KV602", "KV603"]),
        ("ignore = ['KV602']\nextend-ignore = ['KV603']", [], []),
        ("ignore = ['KV602']", ["--extend-ignore", "KV603"], []),
        ("ignore = ['KV602']", ["--ignore", "KV603"], ["KV602"]),
        ("exclude = ['a.py']", ["--extend-exclude", "old"], []),
        ("extend-exclude = ['old']", ["--exclude", "nothing"], ["KV602"]),
        ("per-file-ignores = {'old/*' = ['KV6']}", [], ["KV602"]),
        ("", ["--per-file-ignores", "old/*:KV601,KV603"], ["KV602"]),
        ("", ["--per-file-ignores", "old/*:KV603,a.py:ALL"], []),
        ("per-file-ignores = {'old/*' = ['KV6']}", ["--per-file-ignores", "a.py:KV6"], ["KV603"]),
        ("per-file-ignores = {'old/*' = ['KV6']}", ["--extend-per-file-ignores", "a.py:KV6"], []),
        ("extend-per-file-ignores = {'old/*' = ['KV6']}", ["--per-file-ignores", "a.py:KV6"], []),
        ("per-file-ignores = {'!old/*' = ['KV6']}", [], ["KV603"]),
        ("per-file-ignores = {'old/**/*.py' = ['KV6']}", [], ["KV602"]),
        ("per-file-ignores = {'**/b.py' = ['KV6']}", [], ["KV602"]),
        ("per-file-ignores = {'ld/*' = ['KV6']}", [], ["KV602", "KV603"]),
    ],
)
def test_what_runs(run: Run, both: Path, settings: str, arguments: list[str], expected: list[str]) -> None:
    (both / "pyproject.toml").write_text(f"[tool.kvlint]\n{settings}\n")
    assert codes(run, *arguments) == expected


def test_unused_suppressions_can_be_ignored_for_a_file(run: Run, both: Path) -> None:
    (both / "a.py").write_text("import keras\nx = 1  # noqa: KV101\n")
    assert codes(run) == ["KV001", "KV603"]
    assert codes(run, "--per-file-ignores", "a.py:KV001") == ["KV603"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--select", "KV205"], "unknown rule 'KV205'; did you mean 'KV204'?"),
        (["--extend-select", "VK101"], "unknown rule 'VK101'; did you mean 'KV101'?"),
        (["--extend-ignore", "kl-sgn"], "did you mean 'KV401' (kl-sign)?"),
        (["--per-file-ignores", "a.py:KV618"], "unknown rule 'KV618'; did you mean 'KV61"),
        (["--per-file-ignores", "a.py"], "--per-file-ignores takes PATTERN:CODES, such as 'tests/*:KV101', not 'a.py'"),
        (["--extend-per-file-ignores", "a.py:"], "--extend-per-file-ignores takes PATTERN:CODES"),
        (["--outptu-format", "json"], "--output-format"),
        (["--output-format", "jsn"], "Did you mean 'json'?"),
        (["--target-keras", "bth"], "Did you mean 'both'?"),
        (["--add-noqa", "--fix"], "--add-noqa can't be used with --fix"),
        (["--show-files", "--show-settings"], "can't be used with"),
        (["--add-noqa", "-"], "--add-noqa needs files, not standard input"),
    ],
)
def test_slips_on_the_command_line(run: Run, project: Path, arguments: list[str], message: str) -> None:
    assert project
    result = run("check", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_misspelt_command(run: Run, project: Path) -> None:
    result = run("ruel", "KV101")
    assert result.exit_code == 2
    assert "there is no file or command 'ruel'; did you mean the command 'rule'?" in result.stderr
    (project / "ruel").mkdir()
    assert run("ruel").exit_code == 0
    assert "gone.py: error: no such file or directory" in run("gone.py").stderr


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("exten-select = []", "unknown setting 'exten-select'; did you mean 'extend-select'?"),
        ("base-line = ''", "did you mean 'baseline'?"),
        ("extend-ignore = 'KV1'", "'extend-ignore' must be a list of strings"),
        ("extend-per-file-ignores = ['KV1']", "'extend-per-file-ignores' must be a table"),
        ("per-file-ignores = {'a.py' = ['KV205']}", "unknown rule 'KV205'; did you mean 'KV204'?"),
        ("baseline = 1", "'baseline' must be a string"),
    ],
)
def test_slips_in_the_settings(run: Run, both: Path, settings: str, message: str) -> None:
    (both / "pyproject.toml").write_text(f"[tool.kvlint]\n{settings}\n")
    for arguments in ([], ["--show-settings"], ["--show-files"], ["--add-noqa"]):
        result = run(".", *arguments)
        assert result.exit_code == 2
        (line,) = (line for line in result.stderr.splitlines() if ": error: " in line)
        assert line.startswith("pyproject.toml: error: ")
        assert message in line


def test_show_files(run: Run, both: Path) -> None:
    (both / "old" / "n.ipynb").write_text("{}")
    (both / "c.txt").write_text("")
    (both / ".gitignore").write_text("ignored.py\n")
    (both / ".git").mkdir()
    (both / "ignored.py").write_text("")
    result = run("old", "a.py", "--show-files")
    assert (result.exit_code, result.stdout) == (0, "a.py\nold/b.py\nold/n.ipynb\n".replace("/", os.sep))
    assert run("--show-files", "--exclude", "old").stdout == "a.py\n"
    result = run("--show-files", "a.py", "gone.py")
    assert (result.exit_code, result.stdout) == (2, "a.py\n")
    assert "gone.py: error: no such file" in result.stderr


def test_show_settings(run: Run, both: Path) -> None:
    (both / "pyproject.toml").write_text(
        '[tool.kvlint]\nselect = ["KV6"]\nextend-exclude = ["x\\"y"]\ntarget-keras = "3"\n'
        'baseline = "known.json"\nper-file-ignores = { "old/*" = ["KV1", "KV203"] }\n'
    )
    (both / "known.json").write_text('{"version": 1, "files": {}}')
    (both / "old" / "pyproject.toml").write_text("[tool.kvlint]\npreview = true\n")
    result = run("--show-settings", "--ignore", "KV601", "--extend-exclude", "z")
    assert (result.exit_code, result.stderr) == (0, "")
    first, second = result.stdout.split("\n\n")
    assert first.startswith("# For .\n[tool.kvlint]\n")
    assert second.startswith("# For old\n")
    assert tomllib.loads(first)["tool"]["kvlint"] == {
        "select": ["KV6"],
        "extend-select": [],
        "ignore": ["KV601"],
        "extend-ignore": [],
        "per-file-ignores": {"old/*": ["KV1", "KV203"]},
        "extend-per-file-ignores": {},
        "exclude": [],
        "extend-exclude": ['x"y', "z"],
        "target-keras": "3",
        "preview": False,
        "baseline": str(both / "known.json"),
    }
    sources = {line.split()[0]: line.rpartition("  # ")[2] for line in first.splitlines() if " = " in line}
    assert sources["select"] == "pyproject.toml"
    assert sources["ignore"] == "command line"
    assert sources["extend-exclude"] == "pyproject.toml and command line"
    assert sources["preview"] == "default"
    assert "# 9 rules run:\n#   KV602 KV603 KV604 KV606 KV609 KV610 KV611 KV612 KV616" in first
    assert "preview = true" in second
    assert "KV410" in second


def test_show_settings_of_standard_input_and_of_a_given_file(run: Run, both: Path) -> None:
    (both / "old" / "pyproject.toml").write_text("[tool.kvlint]\nselect = ['KV603']\n")
    shown = run("--show-settings", "-", "--stdin-filename", "old/b.py").stdout
    assert 'select = ["KV603"]' in shown
    assert f"# {os.path.join('old', 'pyproject.toml')}" in shown
    given = run("--show-settings", ".", "--config", "old/pyproject.toml").stdout
    assert given.count("[tool.kvlint]") == 1
    assert "old/pyproject.toml" in given


def test_showing_parses_nothing(process: Process, both: Path) -> None:
    assert both
    for option in ("--show-files", "--show-settings"):
        done = process(option, environment={"PYTHONVERBOSE": ""})
        assert done.returncode == 0
        assert done.stderr == b""
