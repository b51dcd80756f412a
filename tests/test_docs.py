"""What the documentation says is so: its examples are run, its generated parts are fresh."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kerasvae_lint import fix_source, lint_source
from kerasvae_lint.run import config

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The README's code blocks in one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("first", "codes"), [(0, ["KV701", "KV713"]), (2, ["KV201"])])
def test_the_examples_are_found_and_fixed_as_shown(first: int, codes: list[str]) -> None:
    before, after = blocks("python")[first : first + 2]
    assert [finding.code for finding in lint_source(before)] == codes
    fixed = fix_source(before)
    assert fixed.text == after
    assert fixed.remaining == []
    assert lint_source(after) == []


def test_the_first_example_prints_what_is_shown(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(blocks("python")[0], encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "kerasvae_lint", "--no-cache", "train.py"],
        cwd=tmp_path,
        env={**os.environ, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == blocks("text")[0]


def test_the_settings_shown_are_settings() -> None:
    (shown,) = (text for text in blocks("toml") if "[tool.kvlint]" in text)
    settings = config.from_table(tomllib.loads(shown)["tool"]["kvlint"])
    assert settings.exclude


def test_the_api_shown_works(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _, _, before, after, *_, api = blocks("python")
    (tmp_path / "vae.py").write_text(before, encoding="utf-8")
    names: dict[str, object] = {"program": before}
    exec(api.replace('"src"', repr(str(tmp_path))), names)
    assert "KV201" in capsys.readouterr().out
    assert names["fixed"] == after
    assert [found.code for found in getattr(names["result"], "findings", [])] == ["KV201"]


def test_ci_runs_the_readmes_test_command() -> None:
    shown = [line for block in blocks("console") for line in block.splitlines() if "pytest" in line]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (pattern,) = re.findall(r"grep -m 1 -E '(.*)' README\.md", script)
    assert [line for line in README.splitlines() if re.search(pattern, line)] == shown


def test_generated_pages_are_fresh() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "docs.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
