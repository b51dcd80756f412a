"""Build the documentation site: pages by hand from docs/, and those made from rules, settings, commands and data.

    python -m tools.website            build it into build/site/html; a warning is an error
    python -m tools.website --serve    the same, served on this machine (its pages are as they were when it started)

Nothing generated is kept in the repository, so nothing can be stale. The site is built by Zensical (extra `docs`,
Python 3.11 or later).
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.pages import checker, commands, moves, recipes, repository, rules, settings

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "docs"
BUILD = ROOT / "build" / "site"
CONFIG = "zensical.toml"
# Not pages of the site: its settings, and what a package index shows.
APART = {CONFIG, "package-index.md"}

Navigation = Sequence[tuple[str, Any]]


def navigation() -> Navigation:
    """Titles and paths in the order of the menu."""
    return [
        ("Start", [("What it is", "index.md"), ("Five minutes", "start.md")]),
        ("Rules", [("All rules", "rules/index.md"), *rules.navigation()]),
        ("Recipes", [("All recipes", "recipes/index.md"), *recipes.navigation()]),
        (
            "Guides",
            [
                ("A project to Keras 3 in an afternoon", "migrate.md"),
                ("Keras 2 to 3, name by name", "moves.md"),
                ("The training flag of Keras 3", "training-flag.md"),
            ],
        ),
        ("Networks", [("Models, read from the code", "networks.md")]),
        ("Verify", [("The runtime checker", "verify/index.md"), ("A report", "verify/sample.md")]),
        (
            "Reference",
            [
                ("Settings", "settings.md"),
                ("Command line", "command-line.md"),
                ("Output formats", "output.md"),
                ("Suppressions", "suppressions.md"),
                ("pre-commit, CI, editors", "integrations.md"),
                ("Python", "python.md"),
                ("Changelog", "changelog.md"),
            ],
        ),
        (
            "Inside",
            [
                ("How the engine works", "engine.md"),
                ("How to write a rule", "writing-rules.md"),
                ("Contributing", "contributing.md"),
            ],
        ),
        ("Benchmarks", [("What is measured", "measured.md"), *repository.benchmarks()]),
    ]


def pages() -> dict[str, str | bytes]:
    """Every file of the site's source by its path: those that are made, and those of docs/."""
    made: dict[str, str | bytes] = {}
    for module in (rules, recipes, settings, commands, checker, moves, repository):
        made |= module.pages()
    for path in sorted(SOURCE.rglob("*")):
        name = path.relative_to(SOURCE).as_posix()
        if path.is_file() and name not in APART and not name.startswith("samples/"):
            if name in made:
                raise SystemExit(f"docs/{name} is also made by tools/pages")
            made[name] = path.read_bytes()
    return made


def configuration() -> str:
    """docs/zensical.toml with the menu and the folders."""
    head = f'docs_dir = "pages"\nsite_dir = "html"\nnav = {_toml(navigation())}\n'
    text = (SOURCE / CONFIG).read_text(encoding="utf-8")
    return text.replace("[project]\n", f"[project]\n{head}", 1)


def _toml(entries: Navigation) -> str:
    parts = []
    for title, target in entries:
        value = _toml(target) if isinstance(target, list) else json.dumps(target)
        parts.append(f"{{ {json.dumps(title, ensure_ascii=False)} = {value} }}")
    return f"[{', '.join(parts)}]"


def write(folder: Path) -> None:
    """Put the site's source into ``folder``, in place of what an earlier build left there."""
    for left in ("pages", "html"):
        shutil.rmtree(folder / left, ignore_errors=True)
    for name, content in pages().items():
        path = folder / "pages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / CONFIG).write_text(configuration(), encoding="utf-8")


def build(folder: Path = BUILD) -> Path:
    """Build the site; the folder with the HTML.

    Raises:
        subprocess.CalledProcessError: Zensical found something wrong, and has said what.
    """
    write(folder)
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", CONFIG]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "html"


def main() -> int:
    """Build or serve; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.website", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--serve", action="store_true", help="serve it on this machine")
    parser.add_argument("--output", type=Path, default=BUILD, help="the folder to build in (default: build/site)")
    arguments = parser.parse_args()
    try:
        import zensical  # noqa: F401 - only whether it is there
    except ImportError:
        print("the site needs Zensical: pip install -e '.[docs]', on Python 3.11 or later", file=sys.stderr)
        return 2
    if arguments.serve:
        write(arguments.output)
        command = [sys.executable, "-m", "zensical", "serve", "--config-file", CONFIG]
        return subprocess.run(command, cwd=arguments.output, check=False).returncode
    try:
        print(build(arguments.output))
    except subprocess.CalledProcessError as error:
        return int(error.returncode) or 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
