"""``--output-format`` for CI and ``--output-file``: several reports of one run."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import BROKEN, CLEAN, FIXED, SAFE, Process, Run, notebook
from tests.report.sarif_schema import fixed, mistakes, path_of, shown


@pytest.fixture(autouse=True)
def no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)


def files(project: Path) -> set[str]:
    return {path.name for path in project.iterdir() if path.name != ".kvlint_cache"}


def test_text_is_printed_and_the_others_are_written(run: Run, project: Path) -> None:
    (project / "a b\u640d.py").write_text(SAFE)
    (project / "c.py").write_text(BROKEN)
    (project / "n.ipynb").write_text(notebook("# \u640d\n" + SAFE))
    (project / "out").mkdir()
    alone = run("check", ".")
    names = {"sarif": "kvlint.sarif", "junit": "out/report.xml", "gitlab": "g=1.json", "concise": "c.txt"}
    result = run(
        "check", ".", "--output-format", "text", *[f"--output-file={kind}={name}" for kind, name in names.items()]
    )
    assert (result.exit_code, result.stdout, result.stderr) == (2, alone.stdout, alone.stderr)
    log = json.loads((project / "kvlint.sarif").read_text(encoding="utf-8"))
    assert mistakes(log) == []
    first, second = log["runs"][0]["results"]
    assert path_of(first["locations"][0]) == "a b\u640d.py"
    assert shown(SAFE, first["locations"][0]) == "inputs=inputs"
    assert fixed(SAFE, first["fixes"][0]) == FIXED
    assert path_of(second["locations"][0]) == "n.ipynb"
    [rule] = log["runs"][0]["tool"]["driver"]["rules"]
    assert (rule["id"], rule["name"]) == ("KV602", "add-loss-inputs")
    assert "## Why it bites" in rule["help"]["markdown"]
    [told] = log["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert path_of(told["locations"][0]) == "c.py"
    root = ET.parse(project / "out" / "report.xml").getroot()
    assert (root.get("failures"), root.get("errors")) == ("2", "1")
    quality = json.loads((project / "g=1.json").read_text(encoding="utf-8"))
    assert [item["location"]["path"] for item in quality] == ["a b\u640d.py", "n.ipynb", "c.py"]
    lines = (project / "c.txt").read_text(encoding="utf-8").splitlines()
    assert [line.split(" KV")[0] for line in lines[:2]] == ["a b\u640d.py:6:47:", "n.ipynb:cell 1:7:47:"]
    assert lines[2].startswith("Found 2 findings in 2 files")
    assert str(project) not in (project / "kvlint.sarif").read_text(encoding="utf-8")


@pytest.mark.parametrize("output_format", ["github", "gitlab", "junit", "sarif"])
def test_a_format_for_machines_is_all_there_is_on_standard_output(run: Run, project: Path, output_format: str) -> None:
    (project / "a.py").write_text(SAFE)
    printed = run("check", ".", "--output-format", output_format)
    moved = run("check", ".", "--output-format", output_format, "--output-file", "report")
    assert (printed.exit_code, moved.exit_code, moved.stdout) == (1, 1, "")
    assert (project / "report").read_text(encoding="utf-8") == printed.stdout
    assert "KV602" in printed.stdout
    assert "Found" not in printed.stdout


def test_a_plain_path_takes_what_would_be_printed(run: Run, project: Path) -> None:
    (project / "a.py").write_text(SAFE)
    for options in ([], ["--output-format", "concise"], ["--output-format", "json"], ["--statistics"], ["-q"]):
        printed = run("check", "a.py", *options)
        moved = run("check", "a.py", *options, "--output-file", "report.txt")
        assert (moved.exit_code, moved.stdout) == (1, "")
        assert (project / "report.txt").read_text() == printed.stdout


def test_files_hold_all_findings_beside_statistics(run: Run, project: Path) -> None:
    (project / "a.py").write_text(SAFE)
    result = run("check", "a.py", "--statistics", "--output-file", "json=a.json")
    assert result.stdout.split()[:2] == ["1", "KV602"]
    assert [item["code"] for item in json.loads((project / "a.json").read_text())] == ["KV602"]


def test_files_have_no_colours(process: Process, project: Path) -> None:
    (project / "a.py").write_text(SAFE)
    done = process("a.py", "--output-file", "text=a.txt", environment={"FORCE_COLOR": "1"})
    assert b"\x1b[" in done.stdout
    assert b"\x1b[" not in (project / "a.txt").read_bytes()


def test_after_fixing_the_rest_is_reported(run: Run, project: Path) -> None:
    (project / "a.py").write_text(SAFE)
    (project / "b.py").write_text(BROKEN)
    result = run("--fix", ".", "--output-file", "sarif=r.sarif")
    assert result.exit_code == 2
    assert (project / "a.py").read_text() == FIXED
    [made] = json.loads((project / "r.sarif").read_text())["runs"]
    assert made["results"] == []
    assert made["invocations"][0]["executionSuccessful"] is False


@pytest.mark.parametrize("name", [None, "src/a.py"])
def test_standard_input(run: Run, project: Path, name: str | None) -> None:
    options = ["--stdin-filename", name] if name else []
    result = run("-", *options, "--output-file", "sarif=r.sarif", "--output-format", "github", stdin=SAFE)
    assert result.exit_code == 1
    assert result.stdout.startswith(f"::error file={name},line=6," if name else "::error title=KV602")
    log = json.loads((project / "r.sarif").read_text())
    assert mistakes(log) == []
    [found] = log["runs"][0]["results"]
    assert shown(SAFE, found["locations"][0]) == "inputs=inputs"
    again = run("-", "--fix", *options, "--output-file", "junit=r.xml", stdin=SAFE)
    assert again.stdout == FIXED
    assert ET.parse(project / "r.xml").getroot().get("failures") == "0"


@pytest.mark.parametrize(
    ("text", "options", "status"), [(SAFE, ["--exit-zero"], 0), (CLEAN, [], 0), (SAFE, [], 1), (BROKEN, ["-e"], 2)]
)
def test_the_status_is_the_same(run: Run, project: Path, text: str, options: list[str], status: int) -> None:
    (project / "a.py").write_text(text)
    assert run("a.py", *options, "--output-file", "junit=r.xml").exit_code == status
    assert (project / "r.xml").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--output-file", "sarif=gone/a"], "gone/a can't be written: there is no folder gone"),
        (["--output-file", "out"], "out is a folder"),
        (["--output-file", "sarfi=a"], "unknown format 'sarfi'; did you mean 'sarif'?"),
        (["--output-file", "q=a"], "unknown format 'q'; there are text, concise, json, github, gitlab"),
        (["--output-file", "sarif="], "'sarif=' names no file"),
        (["--output-file", "-"], "'-' names no file; standard output is for --output-format"),
        (["--output-file", "sarif=a", "--output-file", "json=./out/../a"], "out/../a is named twice"),
        (["--output-file", "sarif=a", "--output-file", "a"], "is named twice"),
        (["--output-file", "a", "--output-file", "b"], "both a and b are given without a format"),
        (["--output-file", "sarif=a.py"], "a.py has the name of a program"),
        (["--output-file", "sarif=read-only"], "read-only can't be written: it is read-only"),
        (["--output-file", f"sarif={'a' * 999}"], "can't be written: file name too long"),
        (["--output-file", "sarif=a", "--diff"], "--output-file can't be combined with --diff"),
        (["--output-format", "sarif", "--diff"], "--diff can't be combined with --output-format sarif"),
        (["--output-format", "junit", "--statistics"], "--statistics can't be combined with --output-format junit"),
    ],
)
def test_what_makes_no_sense_is_said_before_linting(
    run: Run, project: Path, arguments: list[str], message: str
) -> None:
    (project / "a.py").write_text(SAFE)
    (project / "out").mkdir()
    (project / "read-only").touch(mode=0o444)
    before = files(project)
    result = run("check", ".", "--fix", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert result.stderr.splitlines()[-1].startswith("Error: ")
    assert (project / "a.py").read_text() == SAFE
    assert files(project) == before


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX modes and devices")
def test_files_keep_their_mode_and_links_and_devices_are_written_to(run: Run, project: Path) -> None:
    (project / "a.py").write_text(SAFE)
    old = project / "old.xml"
    old.write_text("old")
    old.chmod(0o600)
    (project / "link.xml").symlink_to("old.xml")
    mask = os.umask(0o027)
    try:
        options = ["junit=link.xml", "sarif=new.sarif", "json=/dev/null"]
        assert run("a.py", *[f"--output-file={option}" for option in options]).exit_code == 1
    finally:
        os.umask(mask)
    assert ET.parse(old).getroot().get("failures") == "1"
    assert (project / "link.xml").is_symlink()
    assert old.stat().st_mode & 0o777 == 0o600
    assert (project / "new.sarif").stat().st_mode & 0o777 == 0o640
    assert files(project) == {"a.py", "pyproject.toml", "old.xml", "link.xml", "new.sarif"}


def test_a_file_that_can_not_be_written_after_all(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (project / "a.py").write_text(SAFE)
    (project / "r.xml").write_text("old")
    monkeypatch.setattr("kerasvae_lint.fix.writing.os.fsync", full)
    result = run("a.py", "--output-file", "junit=r.xml", "--output-format", "concise")
    assert result.exit_code == 2
    assert result.stdout.startswith("a.py:6:")
    assert result.stderr == "r.xml: error: can't be written: no space left on device\n"
    assert (project / "r.xml").read_text() == "old"
    assert files(project) == {"a.py", "pyproject.toml", "r.xml"}


def test_paths_are_those_of_the_repository(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "src").mkdir()
    (project / "src" / "a.py").write_text(SAFE)
    monkeypatch.chdir(project / "src")
    assert run("a.py", "--output-format", "github").stdout.startswith("::error file=a.py,")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project))
    assert run("a.py", "--output-format", "github").stdout.startswith("::error file=src/a.py,")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project / "elsewhere"))
    assert run("a.py", "--output-format", "github").stdout.startswith("::error file=a.py,")
    subprocess.run(["git", "init", "--quiet", str(project)], check=True)
    assert run("a.py", "--output-format", "github").stdout.startswith("::error file=src/a.py,")


def test_a_clean_run_loads_no_rules(process: Process, project: Path) -> None:
    (project / "a.py").write_text("x = 1\n")
    done = process("a.py", "--output-file", "sarif=r.sarif", environment={"PYTHONPROFILEIMPORTTIME": "1"})
    assert done.returncode == 0
    assert b"libcst" not in done.stderr
    assert b"kerasvae_lint.report.sarif" in done.stderr
