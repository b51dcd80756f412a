"""Texts of the repository that are pages of the site as they are, and the files that they show or link to."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHOWN = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
_LINK = re.compile(r"(?<=\]\()(?!\w+:)([^)#\s]+)(?=[)#])")


class BrokenLinkError(Exception):
    """A text of the repository links to what is not there; one line."""


def pages() -> dict[str, str | bytes]:
    """The texts by their path in the site, and the other files that they link to."""
    texts = SHOWN | {
        f"benchmarks/{path.name}": f"benchmarks/{path.name}" for path in (ROOT / "benchmarks").glob("*.md")
    }
    made: dict[str, str | bytes] = {}
    for source, target in sorted(texts.items()):
        made |= _page(source, target, texts)
    return made


def benchmarks() -> list[tuple[str, str]]:
    """Title and path of each benchmark's page."""
    return [(path.stem.capitalize(), f"benchmarks/{path.name}") for path in sorted((ROOT / "benchmarks").glob("*.md"))]


def _page(source: str, target: str, texts: dict[str, str]) -> dict[str, str | bytes]:
    """One text, with its links turned to where the files are in the site."""
    files: dict[str, str | bytes] = {}
    folder = (ROOT / source).parent
    up = "../" * target.count("/")

    def link(match: re.Match[str]) -> str:
        path = (folder / match[1]).resolve()
        if not path.is_file() or not path.is_relative_to(ROOT):
            raise BrokenLinkError(f"{source} links to {match[1]}, which is no file of the repository")
        name = path.relative_to(ROOT).as_posix()
        if name in texts:
            return up + texts[name]
        files[name] = path.read_bytes()
        return up + name

    text = (ROOT / source).read_text(encoding="utf-8")
    if not re.search(r"^# ", text, re.MULTILINE):
        raise BrokenLinkError(f"{source} has no title")
    return {target: _LINK.sub(link, text), **files}
