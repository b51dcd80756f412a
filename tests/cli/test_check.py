"""``kvlint check``: what is printed, what is changed, the exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import BROKEN, CLEAN, FIXED, SAFE, UNSAFE, Run


def test_status_0_when_nothing_is_found(run: Run, project: Path) -> None:
    (project / "a.py").write_text(CLEAN)
    result = run("check", "a.py")
    assert (result.exit_code, result.stdout) == (0, "No findings in 1 file.\n")


@pytest.mark.parametrize("arguments", [["check", "a.py"], ["a.py"], ["check"], ["."], ["--no-cache", "a.py"]])
def test_status_1_when_something_is_found(run: Run, project: Path, arguments: list[str]) -> None:
    (project / "a.py").write_text(SAFE)
    result = run(*arguments)
    assert result.exit_code == 1
    assert result.stdout.startswith("a.py:6:")
    assert "KV602 [*]" in result.stdout
    assert result.stdout.endswith("Found 1 finding in 1 file (1 fixable with --fix).\n")


def test_status_2_wins_and_everything_else_is_linted(run: Run, project: Path) -> None:
    (project / "a.py").write_text(SAFE)
    (project / "b.py").write_text(BROKEN)
    (project / "c.py").write_bytes(b"import keras\nlayer.add_loss(x, inputs=x)\0\n")
    result = run("check", ".", "gone.py", "--output-format", "concise")
    assert result.exit_code == 2
    assert "a.py:6:" in result.stdout
    lines = result.stderr.splitlines()
    assert [line.split(":")[0] for line in lines] == ["b.py", "c.py", "gone.py"]
    assert all(": error: " in line for line in lines)
    assert result.stdout.endswith("; 3 errors.\n")


@pytest.mark.parametrize(("text", "status"), [(SAFE, 0), (BROKEN, 2)])
def test_exit_zero_hides_findings_but_no_errors(run: Run, project: Path, text: str, status: int) -> None:
    (project / "a.py").write_text(text)
    assert run("--exit-zero", "a.py").exit_code == status


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--selct", "KV101"], "No such option"),
        (["--select", "KV999"], "KV999"),
        (["--target-keras", "4"], "'2', '3', 'both'"),
        (["--output-format", "xml"], "'text', 'concise', 'json'"),
        (["--jobs", "0"], "--jobs"),
        (["-", "a.py"], "can't be mixed"),
        (["--config", "gone.toml"], "gone.toml"),
    ],
)
def test_bad_options(run: Run, arguments: list[str], message: str) -> None:
    result = run("check", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not result.stdout


def test_a_bad_configuration_stops_its_own_folder_only(run: Run, project: Path) -> None:
    for name in ("good", "bad"):
        (project / name).mkdir()
        (project / name / "a.py").write_text(SAFE)
    (project / "bad" / "pyproject.toml").write_text("[tool.kvlint]\nselct = []\n")
    result = run("--fix", "good", "bad")
    assert result.exit_code == 2
    assert "unknown setting 'selct'; did you mean 'select'?" in result.stderr
    assert (project / "good" / "a.py").read_text() == FIXED
    assert (project / "bad" / "a.py").read_text() == SAFE


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        ([], ["KV602", "KV603"]),
        (["--select", "KV602"], ["KV602"]),
        (["--select", "kv602,KV603"], ["KV602", "KV603"]),
        (["--select", "KV6", "--ignore", "KV603"], ["KV602"]),
        (["--select", "KV602", "--select", "KV603"], ["KV602", "KV603"]),
        (["--select", "KV1"], []),
        (["--exclude", "b.py"], ["KV602"]),
    ],
)
def test_choosing(run: Run, project: Path, arguments: list[str], codes: list[str]) -> None:
    (project / "a.py").write_text(SAFE)
    (project / "b.py").write_text(UNSAFE)
    found = json.loads(run(".", "--output-format", "json", *arguments).stdout)
    assert [item["code"] for item in found] == codes


def test_options_stand_on_top_of_the_configuration(run: Run, project: Path) -> None:
    (project / "a.py").write_text(SAFE)
    (project / "pyproject.toml").write_text("[tool.kvlint]\nignore = ['KV602']\n")
    other = project / "other.toml"
    other.write_text("[tool.kvlint]\nselect = ['KV602']\n")
    assert run(".").exit_code == 0
    assert run(".", "--config", str(other)).exit_code == 1
    assert run(".", "--ignore", "KV1").exit_code == 1


def test_json_is_all_there_is_on_standard_output(run: Run, project: Path) -> None:
    (project / "a.py").write_text(SAFE)
    (project / "b.py").write_text(BROKEN)
    result = run(".", "--output-format", "json")
    [item] = json.loads(result.stdout)
    assert item["filename"] == str(project / "a.py")
    assert item["fix"]["applicability"] == "safe"
    assert json.loads(run("gone", "--output-format", "json").stdout) == []


def test_statistics(run: Run, project: Path) -> None:
    for name in ("a", "b"):
        (project / f"{name}.py").write_text(SAFE)
    (project / "c.py").write_text(UNSAFE)
    lines = run("--statistics", ".").stdout.splitlines()
    assert lines[0].split()[:3] == ["2", "KV602", "[*]"]
    assert lines[1].split()[:2] == ["1", "KV603"]


def test_quiet_and_verbose(run: Run, project: Path) -> None:
    (project / "a.py").write_text(CLEAN)
    assert run("-q", ".").stdout == ""
    assert "Looked at 1 file" in run("-v", ".").stderr


def test_a_folder_without_python(run: Run) -> None:
    result = run(".")
    assert (result.exit_code, result.stdout) == (0, "No Python files or notebooks found.\n")


def test_the_cache_names_files_as_they_are_given_now(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "src").mkdir()
    (project / "src" / "a.py").write_text(SAFE)
    assert run(".").stdout.startswith("src/a.py:6:")
    monkeypatch.chdir(project / "src")
    assert run(".").stdout.startswith("a.py:6:")
