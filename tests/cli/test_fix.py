"""``--fix``, ``--diff`` and standard input."""

from __future__ import annotations

import codecs
import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import BROKEN, CLEAN, FIXED, SAFE, UNSAFE, Run, notebook


def test_fix_writes_and_says_so(run: Run, project: Path) -> None:
    (project / "a.py").write_text(SAFE)
    result = run("--fix", ".")
    assert (result.exit_code, result.stdout) == (0, "Found 1 finding (1 fixed, 0 remaining).\n")
    assert (project / "a.py").read_text() == FIXED
    assert run("--fix", ".").stdout == "No findings in 1 file.\n"


def test_unsafe_fixes_are_asked_for(run: Run, project: Path) -> None:
    (project / "a.py").write_text(UNSAFE)
    result = run("--fix", ".")
    assert result.exit_code == 1
    assert "0 fixed, 1 remaining; 1 fixable with --unsafe-fixes" in result.stdout
    assert (project / "a.py").read_text() == UNSAFE
    assert "(unsafe: needs --unsafe-fixes)" in " ".join(result.stdout.split())
    assert "[*]" in run("--unsafe-fixes", ".").stdout
    assert run("--fix", "--unsafe-fixes", ".").exit_code == 0
    assert "update_state(inputs)" in (project / "a.py").read_text()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(SAFE.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(SAFE.replace("\n", "\r\n", 3).encode(), id="mixed newlines"),
        pytest.param(codecs.BOM_UTF8 + SAFE.encode(), id="BOM"),
        pytest.param(b"# coding: latin-1\n# \xe9\n" + SAFE.encode(), id="latin-1"),
        pytest.param(SAFE.replace("    ", "\t").encode(), id="tabs"),
        pytest.param(b"\x0c\n" + SAFE.encode(), id="form feed"),
        pytest.param(SAFE.rstrip("\n").encode(), id="no newline at the end"),
        pytest.param(("# \u640d\u5931\n" + SAFE).encode(), id="wide characters"),
    ],
)
def test_only_the_fix_changes(run: Run, project: Path, data: bytes) -> None:
    path = project / "a.py"
    path.write_bytes(data)
    path.chmod(0o640)
    assert run("--fix", "a.py").exit_code == 0
    assert path.read_bytes() == data.replace(b", inputs=inputs", b"")
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX modes")
def test_a_read_only_file_is_named_and_the_others_are_fixed(run: Run, project: Path) -> None:
    for name in ("a.py", "b.py"):
        (project / name).write_text(SAFE)
    (project / "a.py").chmod(0o444)
    result = run("--fix", ".")
    assert result.exit_code == 2
    assert result.stderr == "a.py: error: can't be written: the file is read-only\n"
    assert (project / "a.py").read_text() == SAFE
    assert (project / "b.py").read_text() == FIXED


def test_what_does_not_parse_is_left_alone(run: Run, project: Path) -> None:
    (project / "a.py").write_text(SAFE)
    (project / "b.py").write_text(BROKEN)
    result = run("--fix", ".")
    assert result.exit_code == 2
    assert (project / "a.py").read_text() == FIXED
    assert (project / "b.py").read_text() == BROKEN


def test_diff_writes_nothing_and_can_be_applied(run: Run, project: Path) -> None:
    data = SAFE.replace("\n", "\r\n").encode() + b"x = 1"
    (project / "a.py").write_bytes(data)
    (project / "b.py").write_text(CLEAN)
    result = run("--diff", ".")
    assert result.exit_code == 1
    assert (project / "a.py").read_bytes() == data
    assert result.stdout.startswith("--- a.py\n+++ a.py\n@@ ")
    assert result.stderr == "Would fix 1 finding.\n"
    subprocess.run(["git", "apply", "-p0", "--whitespace=nowarn"], input=result.stdout_bytes, cwd=project, check=True)
    assert (project / "a.py").read_bytes() == data.replace(b", inputs=inputs", b"")
    again = run("--diff", ".")
    assert (again.exit_code, again.stdout) == (0, "")


def test_diff_with_errors(run: Run, project: Path) -> None:
    (project / "a.py").write_text(BROKEN)
    assert run("--diff", ".").exit_code == 2


def test_standard_input(run: Run) -> None:
    result = run("-", stdin=SAFE)
    assert result.exit_code == 1
    assert result.stdout.startswith("-:6:")
    assert "6 |         self.add_loss" in result.stdout
    named = run("--stdin-filename", "model.py", "--output-format", "concise", "-", stdin=SAFE)
    assert named.stdout.startswith("model.py:6:")


def test_standard_input_may_be_a_notebook(run: Run) -> None:
    result = run("-", "--stdin-filename", "t.ipynb", "--output-format", "concise", stdin=notebook("x = 1", SAFE))
    assert result.stdout.startswith("t.ipynb:cell 2:6:")


@pytest.mark.parametrize("name", ["-", "model.py"])
def test_standard_input_fixed_goes_to_standard_output(run: Run, name: str) -> None:
    data = SAFE.replace("\n", "\r\n").encode()
    result = run("--fix", "-", "--stdin-filename", name, stdin=data)
    assert result.exit_code == 0
    assert result.stdout_bytes == data.replace(b", inputs=inputs", b"")
    assert "1 fixed" in result.stderr


@pytest.mark.parametrize("data", [BROKEN.encode(), b"import keras\n\0", b"import keras\n\xff", b"", b"x = 1"])
def test_standard_input_is_never_lost(run: Run, data: bytes) -> None:
    assert run("--fix", "-", stdin=data).stdout_bytes == data


def test_standard_input_as_a_diff(run: Run) -> None:
    result = run("--diff", "-", "--stdin-filename", "m.py", stdin=SAFE)
    assert result.exit_code == 1
    assert result.stdout.startswith("--- m.py\n+++ m.py\n")
