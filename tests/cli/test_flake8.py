"""The plugin in the real flake8: what kvlint shows, flake8 shows."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import BROKEN, CLEAN, SAFE, UNSAFE, Run

FORMAT = "%(path)s\t%(row)d\t%(col)d\t%(code)s\t%(text)s"
WIDE = SAFE.replace("self.add_loss(tf", "损失 = 'é'; self.add_loss(tf")
WRAPPED = SAFE.replace("inputs=inputs)", "\n            inputs=inputs,\n        )")
HELD = WRAPPED.replace("self.add_loss(", "self.add_loss(  # noqa: KV602\n            ")

Row = tuple[str, int, int, str, str]


def flake8(folder: Path, *arguments: str, stdin: str | None = None) -> list[Row]:
    """What flake8 reports there, sorted."""
    done = subprocess.run(
        [sys.executable, "-m", "flake8", "--format", FORMAT, *arguments],
        cwd=folder,
        input=None if stdin is None else stdin.encode(),
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    rows = (line.split("\t") for line in done.stdout.decode().splitlines())
    return sorted((Path(path).name, int(row), int(col), code, text) for path, row, col, code, text in rows)


def kvlint(run: Run, *arguments: str) -> list[Row]:
    """What kvlint reports, in the same words."""
    items = json.loads(run(*arguments, "--output-format", "json").stdout)
    return sorted(
        (Path(i["filename"]).name, i["location"]["row"], i["location"]["column"], i["code"], i["message"])
        for i in items
    )


@pytest.fixture
def several(project: Path) -> Path:
    """A project with findings of every kind in it, and files without."""
    texts = {
        "safe.py": SAFE,
        "unsafe.py": UNSAFE,
        "clean.py": CLEAN,
        "broken.py": BROKEN,
        "other.py": "import os\n",
        "wide.py": WIDE,
        "wrapped.py": WRAPPED,
        "held.py": HELD,
        "bare.py": SAFE.replace("inputs=inputs)", "inputs=inputs)  # noqa"),
        "listed.py": SAFE.replace("inputs=inputs)", "inputs=inputs)  # noqa: E501,KV602"),
        "own.py": SAFE.replace("inputs=inputs)", "inputs=inputs)  # kvlint: ignore[KV602]"),
        "unused.py": CLEAN + "y = tf.constant(2)  # noqa: KV101\n",
        "skipped.py": "# kvlint: skip-file\n" + SAFE,
        "crlf.py": SAFE.replace("\n", "\r\n"),
        "bom.py": "\ufeff" + SAFE,
    }
    for name, text in texts.items():
        (project / name).write_bytes(text.encode())
    return project


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_it_shows_what_kvlint_shows(run: Run, several: Path, jobs: str) -> None:
    found = flake8(several, "-j", jobs, "--select", "KV", ".")
    assert found == kvlint(run, ".")
    assert {row[0] for row in found} == {
        *("safe.py", "unsafe.py", "wide.py", "wrapped.py", "unused.py", "crlf.py", "bom.py"),
    }
    assert ("wide.py", 6, 57, "KV602") in {row[:4] for row in found}


def test_the_settings_are_kvlints_own(run: Run, several: Path) -> None:
    settings = (
        "[tool.kvlint]\nselect = ['KV602']\nexclude = ['crlf.py']\nper-file-ignores = {'wide.py' = ['KV6']}\n"
        "baseline = 'known.json'\n"
    )
    (several / "pyproject.toml").write_text(settings)
    run("--update-baseline", "safe.py")
    found = flake8(several, "--select", "KV", ".")
    assert found == kvlint(run, ".")
    assert {row[0] for row in found} == {"wrapped.py", "bom.py"}


def test_standard_input(run: Run, several: Path) -> None:
    expected = [("stdin", *row[1:]) for row in kvlint(run, "safe.py")]
    assert flake8(several, "--select", "KV", "-", stdin=SAFE) == expected
    named = flake8(several, "--select", "KV", "--stdin-display-name", "new.py", "-", stdin=SAFE)
    assert named == [("new.py", *row[1:]) for row in expected]


def test_syntax_errors_are_flake8s_business(several: Path) -> None:
    assert {row[3] for row in flake8(several, "broken.py")} <= {"E999", "E902", "E901"}
    assert flake8(several, "--select", "KV", "broken.py") == []


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_disable_noqa_shows_what_noqa_hides(several: Path, jobs: str) -> None:
    found = flake8(several, "-j", jobs, "--select", "KV", "--disable-noqa", "bare.py", "listed.py", "held.py", "own.py")
    assert {row[0] for row in found} == {"bare.py", "listed.py", "held.py"}


def test_it_runs_beside_flake8s_own_without_being_selected(several: Path) -> None:
    codes = {row[3] for row in flake8(several, "safe.py", "other.py")}
    assert codes == {"KV602", "F401"}


def test_what_can_not_be_done_is_told(several: Path) -> None:
    (several / "pyproject.toml").write_text("[tool.kvlint]\nselct = []\n")
    ((_, row, column, code, text),) = flake8(several, "--select", "KV", "safe.py", "other.py")
    assert (row, column, code) == (1, 1, "KV000")
    assert text.endswith("unknown setting 'selct'; did you mean 'select'?")
    (several / "pyproject.toml").write_text("[tool.kvlint]\nbaseline = 'gone.json'\n")
    ((_, _, _, code, text),) = flake8(several, "--select", "KV", "safe.py")
    assert (code, text.endswith("gone.json: no such baseline; --update-baseline writes it")) == ("KV000", True)


def test_a_file_without_keras_imports_nothing(tmp_path: Path) -> None:
    program = (
        "import ast, sys\n"
        "from kerasvae_lint.flake8_plugin import KerasPlugin\n"
        "text = 'import os\\n'\n"
        f"assert list(KerasPlugin(ast.parse(text), {str(tmp_path / 'a.py')!r}, [text]).run()) == []\n"
        "print(sorted({'libcst', 'click', 'pathspec', 'flake8', 'kerasvae_lint.run.engine'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
