"""The bar: there for whoever waits, gone without a trace."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kerasvae_lint.cli import progress
from kerasvae_lint.run.api import lint_paths
from kerasvae_lint.run.pipeline import Pipeline
from tests.cli.conftest import SAFE

if os.name != "posix":
    pytest.skip("needs a POSIX terminal", allow_module_level=True)

from tests.cli.terminal import screen, terminal

BAR = "Reading|Linting|Fixing"


@pytest.fixture
def slow(project: Path) -> Path:
    """Some seconds' work."""
    for index in range(40):
        (project / f"m{index:03}.py").write_text(SAFE + "x = 1\n" * 3000)
    return project


@pytest.mark.parametrize("columns", [80, 40, 24])
def test_it_is_drawn_on_one_line_and_taken_away(slow: Path, columns: int) -> None:
    with terminal(".", "--no-cache", "--statistics", folder=slow, columns=columns) as shown:
        assert shown.end() == 1
    drawn = shown.drawn
    assert len(re.findall(r"Linting +(?:\[[#-]+\] +)?\d+%", drawn)) > 2
    assert re.search(r"Linting +\[[#-]{5,}\]", drawn) is not None or columns == 24
    lines = re.split(r"[\r\n]", drawn.partition("KV602")[0])
    assert max(len(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line)) for line in lines) < columns
    left = screen(drawn, columns)
    assert left[0].startswith("40  KV602")
    assert not re.search(BAR, "\n".join(left))
    assert drawn.rindex("\x1b[?25h") > drawn.rindex("\x1b[?25l"), "the cursor is shown again"


def test_findings_in_a_pipe_are_clean_beside_it(slow: Path) -> None:
    with terminal(".", "--no-cache", "--statistics", folder=slow, piped=True) as shown:
        shown.until("Linting")
        assert shown.process.stdout is not None
        out = shown.process.stdout.read()
        assert shown.end() == 1
    assert out.startswith(b"40  KV602  [*]")
    assert b"\x1b" not in out


@pytest.mark.parametrize(
    ("arguments", "extra"), [(["-q"], {}), ([], {"TERM": "dumb"}), ([], {"CI": "true"})], ids=["quiet", "dumb", "CI"]
)
def test_there_is_none(slow: Path, arguments: list[str], extra: dict[str, str]) -> None:
    with terminal(".", "--no-cache", "--statistics", *arguments, folder=slow, extra=extra) as shown:
        assert shown.end() == 1
    assert not re.search(BAR, shown.drawn)
    assert "KV602" in shown.drawn


def test_there_is_none_in_a_pipe(slow: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kerasvae_lint", ".", "--no-cache"], capture_output=True, cwd=slow, check=False
    )
    assert done.stderr == b""


def test_what_is_done_soon_needs_none(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with progress.bar(shown=True) as bar:
        for done in range(50):
            now = 100.0 + done / 101
            bar("Linting", done, 50)
    assert capsys.readouterr().err == ""
    with progress.bar(shown=True) as bar:
        now += progress.DELAY
        bar("Linting", 1, 50)
    assert "Linting" in capsys.readouterr().err


def test_it_is_not_redrawn_more_often_than_one_can_see(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with progress.bar(shown=True, delay=0.0) as bar:
        for done in range(1001):
            now = 100.0 + done / 1000
            bar("Linting", done, 1000)
    assert 5 < capsys.readouterr().err.count("Linting") <= 13


def test_what_is_told_adds_up(project: Path) -> None:
    for index in range(5):
        (project / f"m{index}.py").write_text(SAFE)
    told: list[tuple[str, int, int]] = []
    lint_paths([project], progress=lambda *step: told.append(step))
    size = len(SAFE)
    assert told[:5] == [("Reading", number, 0) for number in range(1, 6)]
    assert told[5:] == [("Linting", number * size, 5 * size) for number in range(6)]
    told.clear()
    Pipeline(progress=lambda *step: told.append(step)).fix_paths([project])
    assert [step for step in told if step[0] == "Fixing"] == [("Fixing", number, 5) for number in range(1, 6)]
