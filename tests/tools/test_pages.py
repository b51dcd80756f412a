"""What the pages by hand show is what kvlint prints: their commands are run on the program that they show."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from kerasvae_lint import lint_source

DOCS = Path(__file__).resolve().parents[2] / "docs"
_SHOWN = re.compile(r"^```console\nkvlint ([^\n]*)\n```\n\n```(?:text|diff)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def page(name: str) -> str:
    """The text of one page."""
    return (DOCS / name).read_text(encoding="utf-8")


def program() -> str:
    """The program of the five-minute start."""
    (shown,) = (text for language, text in _BLOCK.findall(page("start.md")) if language == "python")
    return str(shown)


def kvlint(folder: Path, arguments: str, stdin: str = "") -> str:
    """What a command prints in a terminal of the usual width."""
    done = subprocess.run(
        [sys.executable, "-m", "kerasvae_lint", *shlex.split(arguments), "--no-cache"],
        cwd=folder,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


@pytest.mark.parametrize(("name", "count"), [("start.md", 3), ("output.md", 2)])
def test_commands_print_what_is_shown(tmp_path: Path, name: str, count: int) -> None:
    (tmp_path / "vae.py").write_text(program(), encoding="utf-8")
    shown = _SHOWN.findall(page(name))
    assert len(shown) == count
    for arguments, output in shown:
        assert kvlint(tmp_path, arguments) == output
    if name == "start.md":
        assert lint_source((tmp_path / "vae.py").read_text(encoding="utf-8")) == []


def test_a_buffer_is_linted_as_the_page_on_editors_says(tmp_path: Path) -> None:
    (line,) = re.findall(r"^kvlint (.*) < vae\.py$", page("integrations.md"), re.MULTILINE)
    assert kvlint(tmp_path, line, program()).startswith("vae.py:9:21: KV101")


def test_the_comments_shown_silence() -> None:
    shown = next(text for language, text in _BLOCK.findall(page("suppressions.md")) if language == "python")
    comments = re.findall(r"  (# .*)$", shown, re.MULTILINE)
    assert len(comments) == 4
    for comment in comments:
        line = 'initializer="zeros")'
        text = program().replace(line, f"{line}  {comment}", 1)
        codes = [finding.code for finding in lint_source(text)]
        assert codes == (["KV001"] if "KV305" in comment else []), comment
    assert [finding.code for finding in lint_source(program())] == ["KV101"]


def test_ruff_takes_our_codes_where_it_is_told(tmp_path: Path) -> None:
    (shown,) = (text for language, text in _BLOCK.findall(page("integrations.md")) if language == "toml")
    (tmp_path / "a.py").write_text("x = 1  # noqa: KV101\n", encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "RUF100,RUF102", "a.py"]
    for settings, status in (("", 1), (shown, 0)):
        (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stdout
