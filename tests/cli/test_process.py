"""kvlint as a process: status, pipes, signals, encodings, what it imports."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kerasvae_lint import __version__
from tests.cli.conftest import BROKEN, CLEAN, FIXED, SAFE, Process


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_version(process: Process, flag: str) -> None:
    assert process(flag).stdout.decode().split() == ["kvlint", __version__]


def test_no_arguments_print_help(process: Process) -> None:
    done = process()
    assert done.returncode == 0
    assert done.stdout.startswith(b"Usage: kvlint")


@pytest.mark.parametrize(("text", "status"), [(CLEAN, 0), (SAFE, 1), (BROKEN, 2)])
def test_status(process: Process, project: Path, text: str, status: int) -> None:
    (project / "a.py").write_text(text)
    assert process("a.py").returncode == status


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_colours(process: Process, project: Path, environment: dict[str, str], coloured: bool) -> None:
    (project / "a.py").write_text(SAFE)
    assert (b"\x1b[" in process("a.py", environment=environment).stdout) is coloured


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_columns(process: Process, project: Path, columns: int) -> None:
    (project / "a.py").write_text(SAFE)
    done = process("a.py", environment={"COLUMNS": str(columns)})
    assert max(map(len, done.stdout.decode().splitlines())) <= columns


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX pipes")
def test_a_closed_pipe_ends_it_silently(project: Path) -> None:
    for index in range(300):
        (project / f"m{index}.py").write_text(SAFE)
    command = f"{sys.executable} -m kerasvae_lint . --no-cache -j 1 | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, cwd=project, check=False)
    assert done.stdout.startswith(b"m0.py:6:")
    assert done.stderr == b""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_any_encoding_of_standard_output(process: Process, project: Path, encoding: str) -> None:
    (project / "a.py").write_text(SAFE.replace("inputs=inputs)", "inputs=inputs)  # \u640d\u5931"), encoding="utf-8")
    done = process("a.py", environment={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"})
    assert done.returncode == 1
    assert b"KV602" in done.stdout
    assert done.stderr == b""
    assert process("a.py", "--diff", environment={"PYTHONIOENCODING": encoding}).returncode == 1


HEAVY = "tensorflow numpy keras tf_keras tensorflow_probability matplotlib psutil wrapt kerasvae_lint.runtime"


def test_linting_imports_nothing_that_a_lint_only_install_lacks(project: Path) -> None:
    (project / "a.py").write_text(SAFE)
    program = (
        "import sys\n"
        "from kerasvae_lint.cli.commands import kvlint\n"
        "try:\n    kvlint.main(['--fix', '.'])\nexcept SystemExit:\n    pass\n"
        f"print(sorted({set(HEAVY.split())} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=project, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert (project / "a.py").read_text() == FIXED


def test_a_folder_without_keras_needs_no_libcst(project: Path) -> None:
    (project / "a.py").write_text("x = 1\n")
    program = (
        "import sys\n"
        "from kerasvae_lint.cli.commands import kvlint\n"
        "try:\n    kvlint.main(['.'])\nexcept SystemExit:\n    pass\n"
        "print('libcst' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=project, check=True)
    assert done.stdout.splitlines()[-1] == "False"


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_killed_while_fixing_each_file_is_old_or_new(project: Path) -> None:
    padding = "# padding\n" * 2000
    for moment in (0.5, 0.7, 0.9, 1.2):
        for index in range(60):
            (project / f"m{index}.py").write_text(SAFE + padding)
        command = [sys.executable, "-m", "kerasvae_lint", "--fix", ".", "--no-cache", "-j", "1"]
        started = subprocess.Popen(command, cwd=project, stdout=subprocess.DEVNULL)
        time.sleep(moment)
        started.kill()
        started.wait()
        for path in project.glob("*.py"):
            assert path.read_text() in (SAFE + padding, FIXED + padding)
