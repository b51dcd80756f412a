"""What is mutated: the programs of the fixtures, of the tests' own cases, and the recipes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FOLDERS = ("fixtures", "tests/cases", "kerasvae_lint/recipes")


@cache
def programs() -> dict[str, str]:
    """The text of each program, by its path in the repository."""
    paths = sorted(path for folder in _FOLDERS for path in (ROOT / folder).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}
