"""Colour and width: who decides, and what is printed where there is little room or much."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import SAFE, Process

NAMES = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE")
CASES: list[tuple[list[str], dict[str, str], bool, bool]] = [
    # options, environment, coloured in a pipe, coloured on a terminal
    ([], {}, False, True),
    ([], {"TERM": "dumb"}, False, False),
    ([], {"NO_COLOR": "1"}, False, False),
    ([], {"NO_COLOR": ""}, False, True),
    ([], {"FORCE_COLOR": "1"}, True, True),
    ([], {"FORCE_COLOR": "0"}, False, True),
    ([], {"CLICOLOR": "0"}, False, False),
    ([], {"CLICOLOR_FORCE": "1"}, True, True),
    ([], {"CLICOLOR": "0", "CLICOLOR_FORCE": "1"}, True, True),
    ([], {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
    (["--color", "always"], {"NO_COLOR": "1"}, True, True),
    (["--color", "never"], {"FORCE_COLOR": "1"}, False, False),
    (["--color", "auto"], {"FORCE_COLOR": "1"}, True, True),
]


@pytest.fixture
def linted(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one finding."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    (project / "a.py").write_text(SAFE)
    return project


@pytest.mark.parametrize(("options", "environment", "piped", "_"), CASES)
def test_colour_in_a_pipe(
    process: Process, linted: Path, options: list[str], environment: dict[str, str], piped: bool, _: bool
) -> None:
    assert (b"\x1b[" in process(linted.joinpath("a.py").name, *options, environment=environment).stdout) is piped


@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX terminal")
@pytest.mark.parametrize(("options", "environment", "_", "coloured"), CASES)
def test_colour_on_a_terminal(
    linted: Path, options: list[str], environment: dict[str, str], _: bool, coloured: bool
) -> None:
    from tests.cli.terminal import terminal

    with terminal("a.py", "-q", *options, folder=linted, extra=environment) as shown:
        assert shown.end() == 1
    assert "KV602" in shown.drawn
    assert ("\x1b[1;91m" in shown.drawn) is coloured


@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX terminal")
@pytest.mark.parametrize(("columns", "width"), [(40, 40), (100, 100), (20, 40), (0, 80)])
def test_lines_are_as_wide_as_the_terminal(linted: Path, columns: int, width: int) -> None:
    from tests.cli.terminal import terminal

    with terminal("a.py", "--color", "never", folder=linted, columns=columns) as shown:
        assert shown.end() == 1
    widest = max(map(len, shown.drawn.splitlines()))
    assert width - 16 < widest <= width


def test_a_pipe_has_80_columns_and_as_many_as_are_asked_for(linted: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    command = [sys.executable, "-m", "kerasvae_lint", "a.py"]
    widths = []
    for columns in ({}, {"COLUMNS": "400"}, {"COLUMNS": "wide"}, {"COLUMNS": "0"}):
        done = subprocess.run(
            command, cwd=linted, env={**environment, **columns}, capture_output=True, text=True, check=False
        )
        widths.append(max(map(len, done.stdout.splitlines())))
    message = re.sub(r"\s+", " ", done.stdout.partition("  |")[0]).strip()
    assert 64 < widths[0] <= 80
    assert widths == [widths[0], len(message), widths[0], widths[0]], "on a wide one, a message is one line"
