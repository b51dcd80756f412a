"""The guide to the migration shows what it does; the page of moves holds every table."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from kerasvae_lint.library.moves.twins import BACKEND, TENSORFLOW
from kerasvae_lint.migrate.steps import STEPS
from tools.pages import moves

DOCS = Path(__file__).resolve().parents[2] / "docs"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_guide_shows_what_is_printed(tmp_path: Path) -> None:
    shown = dict(reversed(_BLOCK.findall((DOCS / "migrate.md").read_text("utf-8"))))
    (tmp_path / "train.py").write_text(shown["python"], encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "kerasvae_lint", *shown["console"].split()[1:]],
        cwd=tmp_path,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    assert done.stdout == shown["diff"]


def test_the_page_of_moves_is_whole() -> None:
    (text,) = moves.pages().values()
    assert all(f"`K.{name}`" in text for name in BACKEND)
    assert all(f"`tf.{name}`" in text for name in TENSORFLOW)
    assert all(f"| `{step.name}` |" in text for step in STEPS)
    assert "| `keras.layers.Convolution2D` | `keras.layers.Conv2D` |" in text
    assert all("[" not in re.sub(r"`[^`]*`|\[`[^]]*`\]\([^)]*\)", "", line) for line in text.splitlines())
