"""``kvlint show``: which files it reads, what it says of those that it can't, and where the report goes."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

from kerasvae_lint.core import TargetKeras
from kerasvae_lint.core.network import Network
from kerasvae_lint.source import Source
from tests.cli.conftest import BROKEN, CLEAN, Process, Run, notebook
from tests.report.networks import sequential, unet

MODEL = "import keras\n\nmodel = keras.Sequential()\n"
ASKED: list[tuple[str, TargetKeras | None]] = []


def networks_in(source: Source, *, target: TargetKeras | None, project: object) -> tuple[Network, ...]:
    """Stands in for the reader of models: a file with a ``Sequential`` has two networks, where that word is."""
    assert project is not None
    ASKED.append((source.filename, target))
    if "fail" in source.text:
        raise RecursionError("too\ndeep")
    if "Sequential" not in source.text:
        return ()
    line = source.row_and_column(source.text.index("Sequential"))[0]
    return tuple(replace(made, file=source.filename, line=line) for made in (sequential(), unet()))


@pytest.fixture(autouse=True)
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("kerasvae_lint.model.networks")
    module.networks_in = networks_in  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    ASKED.clear()


def test_tables_stand_under_the_name_of_their_file(run: Run, project: Path) -> None:
    (project / "a.py").write_text(MODEL)
    (project / "b.py").write_text(MODEL)
    result = run("show", "a.py", "b.py")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[:3] == ["a.py", "", "classifier  sequential, line 3"]
    assert "b.py" in lines
    assert lines.count("unet  functional, line 3") == 2
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(("columns", "width"), [(None, 100), ("40", 40), ("20", 40), ("120", 120)])
def test_without_a_terminal_a_table_has_100_columns(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch, columns: str | None, width: int
) -> None:
    (project / "a.py").write_text(MODEL)
    if columns:
        monkeypatch.setenv("COLUMNS", columns)
    assert max(map(len, run("show", "a.py").stdout.splitlines())) == width


def test_colours(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "a.py").write_text(MODEL)
    assert "\x1b[" in run("show", "a.py", "--color", "always").stdout
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run("show", "a.py").stdout
    assert "\x1b[" not in run("show", "a.py", "--output-format", "mermaid").stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("show", "a.py").stdout


def test_of_a_folder_only_files_with_models_are_shown(run: Run, project: Path) -> None:
    (project / "src").mkdir()
    (project / "src" / "a.py").write_text(MODEL)
    (project / "src" / "b.py").write_text(CLEAN)
    (project / "src" / "c.py").write_text("x = 1\n")
    (project / "src" / "n.ipynb").write_text(notebook("import keras\n", "# \u640d\nm = keras.Sequential()\n"))
    (project / "src" / ".venv").mkdir()
    (project / "src" / ".venv" / "d.py").write_text(MODEL)
    result = run("show", "src")
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line for line in result.stdout.splitlines() if line.startswith("src")] == [
        str(Path("src", "a.py")),
        str(Path("src", "n.ipynb")),
    ]
    assert "classifier  sequential, cell 2:2\n" in result.stdout
    assert str(Path("src", "c.py")) not in dict(ASKED), "it does not speak of Keras"


def test_excluded_files_are_left_out_unless_they_are_named(run: Run, project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.kvlint]\nexclude = ["a.py"]\ntarget-keras = "2"\n')
    (project / "a.py").write_text(MODEL)
    assert "no model found in 0 files" in run("show", ".").stderr
    assert run("show", "a.py").stdout
    assert [("a.py", TargetKeras("2"))] == ASKED
    assert run("show", "a.py", "--target-keras", "3").exit_code == 0
    assert ASKED[-1] == ("a.py", TargetKeras("3"))


def test_no_model(run: Run, project: Path) -> None:
    (project / "empty").mkdir()
    (project / "a.py").write_text(CLEAN)
    for path, count in (("empty", "0 files"), ("a.py", "1 file")):
        result = run("show", path)
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"no model found in {count}\n")
    assert json.loads(run("show", "empty", "--output-format", "json").stdout) == {"networks": []}
    ET.fromstring(run("show", "empty", "--output-format", "svg").stdout)


def test_what_can_not_be_read_is_a_line_each_and_the_rest_is_shown(run: Run, project: Path) -> None:
    (project / "a.py").write_text(MODEL)
    (project / "broken.py").write_text(BROKEN)
    (project / "n.ipynb").write_text("import keras {")
    (project / "failing.py").write_text("import keras\nfail\n")
    (project / "nul.py").write_bytes(b"import keras\n\0")
    result = run("show", "gone.py", "broken.py", "n.ipynb", "failing.py", "nul.py", "a.py")
    assert result.exit_code == 2
    assert result.stdout.startswith("a.py\n")
    lines = result.stderr.splitlines()
    assert lines[0] == "gone.py: error: no such file or directory"
    assert lines[1].startswith("broken.py:2:")
    assert lines[2].startswith("n.ipynb:1:1: error: not a notebook")
    assert lines[3] == "failing.py: error: internal error: RecursionError: too"
    assert lines[4] == "nul.py:2:1: error: source holds a NUL byte"
    assert len(lines) == 5


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs modes that count")
def test_a_file_that_must_not_be_read(run: Run, project: Path) -> None:
    (project / "a.py").touch(mode=0o000)
    result = run("show", "a.py")
    assert result.exit_code == 2
    assert result.stderr.startswith("a.py: error: can't be read: permission denied")


def test_a_broken_cell_costs_only_itself(run: Run, project: Path) -> None:
    (project / "n.ipynb").write_text(notebook("import keras\nx = (", MODEL))
    result = run("show", "n.ipynb")
    assert result.exit_code == 2
    assert "classifier  sequential, cell 2:3\n" in result.stdout
    assert result.stderr.startswith("n.ipynb:cell 1:2:")


def test_settings_that_can_not_be_meant(run: Run, project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.kvlint]\nslect = []\n")
    (project / "a.py").write_text(MODEL)
    result = run("show", "a.py")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "unknown setting 'slect'; did you mean 'select'?" in result.stderr


def test_models_by_name(run: Run, project: Path) -> None:
    (project / "a.py").write_text(MODEL)
    result = run("show", "a.py", "--select", "unet", "--select", "clasifier", "--output-format", "json")
    assert result.exit_code == 0
    assert [item["name"] for item in json.loads(result.stdout)["networks"]] == ["unet"]
    assert result.stderr == "no model named 'clasifier' in 1 file; did you mean 'classifier'?\n"
    assert run("show", "a.py", "--select", "none of them").stdout == ""


@pytest.mark.parametrize("output_format", ["text", "json", "svg", "mermaid", "dot"])
def test_a_file_holds_what_would_be_printed(run: Run, project: Path, output_format: str) -> None:
    (project / "a.py").write_text(MODEL)
    options = ["show", "a.py", "--output-format", output_format]
    printed = run(*options)
    written = run(*options, "-o", "a=b.out")
    assert (printed.exit_code, written.exit_code, written.stdout, written.stderr) == (0, 0, "", "")
    assert (project / "a=b.out").read_text(encoding="utf-8") == printed.stdout
    assert "unet" in printed.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing argument 'PATH...'"),
        (["a.py", "--output-format", "svgg"], "Did you mean 'svg'?"),
        (["a.py", "--selct", "x"], "--select"),
        (["a.py", "-o", "b.py"], "b.py has the name of a program"),
        (["a.py", "-o", "gone/x.svg"], "gone/x.svg can't be written: there is no folder gone"),
        (["a.py", "-o", "."], "is a folder"),
    ],
)
def test_what_makes_no_sense_is_said_before_reading(
    run: Run, project: Path, arguments: list[str], message: str
) -> None:
    (project / "a.py").write_text(MODEL)
    result = run("show", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert not ASKED


def test_a_file_that_can_not_be_written_after_all(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (project / "a.py").write_text(MODEL)
    monkeypatch.setattr("kerasvae_lint.fix.writing.os.fsync", full)
    result = run("show", "a.py", "-o", "a.svg")
    assert (result.exit_code, result.stderr) == (2, "a.svg: error: can't be written: no space left on device\n")


def test_an_old_encoding_gets_signs_that_it_has(project: Path) -> None:
    from kerasvae_lint.cli import showing

    (project / "a.py").write_text(MODEL)
    written = project / "out.txt"
    with written.open("w", encoding="ascii") as out, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        assert showing.show(["a.py"], "text", None) == 0
    shown = written.read_text(encoding="ascii")
    assert "-" * 100 in shown
    assert "< up0, down0_conv2" in shown
    assert "\\u" not in shown


def test_showing_imports_no_libcst_and_no_rule(process: Process, project: Path) -> None:
    (project / "a.py").write_text("x = 1\n")
    done = process("show", "a.py", environment={"PYTHONPROFILEIMPORTTIME": "1"})
    assert done.returncode == 0
    assert b"libcst" not in done.stderr
    assert b"kerasvae_lint.rules" not in done.stderr
