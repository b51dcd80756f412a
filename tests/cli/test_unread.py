"""What no rule has looked at is never taken for clean: broken settings, programs, notebooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import CLEAN, SAFE, Run, notebook

BROKEN = "import keras\ndef f(:\n"


@pytest.mark.parametrize(
    "settings",
    [
        "[tool.kvlint\n",
        "[tool.kvlint]\nselct = []\n",
        "[tool.kvlint]\nselect = 3\n",
        "x = " + "[" * 5000,
        "x = " + "9" * 5000,
    ],
)
@pytest.mark.parametrize("arguments", [["."], ["--fix", "."], ["a.py"], ["-"]])
def test_with_broken_settings_nothing_is_linted(run: Run, project: Path, settings: str, arguments: list[str]) -> None:
    (project / "a.py").write_text(SAFE)
    (project / "pyproject.toml").write_text(settings)
    result = run(*arguments, stdin=SAFE)
    assert result.exit_code == 2
    assert "Nothing was linted; 1 error." in result.stdout + result.stderr
    assert "pyproject.toml: error: " in result.stderr
    assert (project / "a.py").read_text() == SAFE


def test_the_summary_counts_what_was_not_linted(run: Run, project: Path) -> None:
    (project / "bad").mkdir()
    (project / "bad" / "pyproject.toml").write_text("[tool.kvlint\n")
    for name in ("a.py", "b.py", "bad/c.py", "bad/d.py"):
        (project / name).write_text(CLEAN)
    assert run(".").stdout == "No findings in 2 files; 2 files not linted; 1 error.\n"
    (project / "a.py").write_text(SAFE)
    assert run(".").stdout.endswith(
        "\nFound 1 finding in 1 file (1 fixable with --fix); 2 files not linted; 1 error.\n"
    )


@pytest.mark.parametrize("cached", [False, True])
def test_a_file_that_does_not_parse_counts_as_not_linted(run: Run, project: Path, cached: bool) -> None:
    (project / "q.py").write_text(BROKEN)
    if cached:
        run("q.py")
    result = run("q.py")
    assert (result.exit_code, result.stdout) == (2, "Nothing was linted; 1 error.\n")


@pytest.mark.parametrize("text", [BROKEN, "def f(:\n", "x = '\0'\n"])
def test_standard_input_is_judged_as_a_file_is(run: Run, project: Path, text: str) -> None:
    (project / "q.py").write_text(text)
    named, piped = run("q.py"), run("-", stdin=text)
    assert (named.exit_code, piped.exit_code) == (2, 2)
    assert piped.stderr == named.stderr.replace("q.py", "-")
    assert piped.stdout == named.stdout == "Nothing was linted; 1 error.\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (notebook("import numpy")[:-9], "not a notebook: broken JSON"),
        ("hello", "not a notebook: broken JSON"),
        ("", "not a notebook: broken JSON"),
        ('{"a": 1}', "not a notebook: no cells"),
        ("[]", "not a notebook: no cells"),
        ('{"worksheets": [{"cells": 3}, 4], "cells": 5}', "not a notebook: no cells"),
        ("[" * 100_000, "not a notebook: broken JSON"),
        ("\ufeff{", "not a notebook: broken JSON"),
    ],
)
def test_a_broken_notebook_is_named_when_its_folder_is_walked(run: Run, project: Path, text: str, message: str) -> None:
    (project / "n.ipynb").write_text(text, encoding="utf-8")
    (project / "good.ipynb").write_text(notebook("import numpy"))
    result = run(".")
    assert result.exit_code == 2
    assert result.stderr.startswith("n.ipynb:")
    assert message in result.stderr
    assert result.stdout == "No findings in 1 file; 1 file not linted; 1 error.\n"


def test_a_notebook_that_is_not_utf_8_is_named(run: Run, project: Path) -> None:
    (project / "n.ipynb").write_bytes(notebook("import numpy").encode("utf-16"))
    result = run(".")
    assert (result.exit_code, result.stderr) == (2, "n.ipynb: error: a notebook must be UTF-8\n")
