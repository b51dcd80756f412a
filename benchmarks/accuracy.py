"""Lint real code and set each finding beside the verdict of whoever read it, as Markdown.

    python benchmarks/accuracy.py FOLDER… --verdicts benchmarks/verdicts.tsv --output benchmarks/accuracy.md

Each FOLDER holds one checkout or package per sub-folder (``owner+name`` or ``owner+name@commit``), or is one package;
the stable rules run over it, as they do for everybody who asks for nothing else, or what they found is taken from
``--record``, which ``benchmarks/golden.py record`` made of the same folders. A row of the verdicts is
source, path, place (``row`` or ``cell N:row``), code, ``true`` or ``false``, reason; one without a row is ``unread``.
With ``--only-read``, sources of which no finding has a row are left out.
"""

from __future__ import annotations

import argparse
import collections
import sys
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import golden
from kerasvae_lint import Settings, lint_paths
from kerasvae_lint.run.discovery import discover

Key = tuple[str, str, str, str]
VERDICTS = ("true", "false", "unread")


@dataclass(frozen=True)
class Linted:
    """What the stable rules say of one source."""

    name: str
    files: int
    unreadable: int
    findings: list[tuple[str, str, str]]  # path, place, code


def place(cell: int | None, row: int) -> str:
    """``12`` or ``cell 3:12``."""
    return str(row) if cell is None else f"cell {cell}:{row}"


def lint(name: str, folder: Path) -> Linted:
    """Run them."""
    result = lint_paths([folder], Settings())
    unreadable = len({problem.filename for problem in result.problems})
    findings = [
        (Path(each.filename).relative_to(folder).as_posix(), place(each.cell, each.location.row), each.code)
        for each in result.findings
    ]
    return Linted(name, result.files, unreadable, findings)


def recorded(name: str, folder: Path, record: golden.Record) -> Linted:
    """Take it from a record."""
    findings = [
        (each.file, place(each.cell, each.row), each.code)
        for each in record.entries
        if each.source == name and not each.preview
    ]
    unreadable = {problem.split(": error: ")[0] for problem in record.problems if problem.startswith(f"{name} ")}
    files = sum(isinstance(item, str) for item in discover([str(folder)], lambda _: Settings().all_excludes))
    return Linted(name, files, len(unreadable), findings)


def sources(folders: list[Path]) -> list[tuple[str, Path]]:
    """Name and folder of everything to lint."""
    found = []
    for folder in folders:
        children = [child for child in sorted(folder.iterdir()) if child.is_dir() and "+" in child.name]
        found += [(child.name.replace("+", "/", 1), child) for child in children] or [(folder.name, folder)]
    return found


def verdicts(path: Path) -> dict[Key, tuple[str, str]]:
    """What readers said, by finding."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {(row[0], row[1], row[2], row[3]): (row[4], row[5]) for row in rows}


def main() -> None:
    """Lint, join, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--verdicts", type=Path, required=True)
    parser.add_argument("--record", type=Path, help="what golden.py found in these folders")
    parser.add_argument("--only-read", action="store_true")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    known = verdicts(options.verdicts)
    named = {key[0] for key in known}
    record = golden.load(options.record) if options.record else None
    read = []
    lines = ["| source | files | findings | files that can't be read |", "|---|---|---|---|"]
    for name, folder in sources(options.folders):
        repository = name.partition("@")[0]
        if options.only_read and repository not in named:
            continue
        one = lint(name, folder) if record is None else recorded(name, folder, record)
        lines.append(f"| {one.name} | {one.files} | {len(one.findings)} | {one.unreadable} |")
        for path, where, code in one.findings:
            verdict, reason = known.get((repository, path, where, code), ("unread", ""))
            read.append((code, verdict, name, f"{path}:{where}", reason))
    total = collections.Counter((code, verdict) for code, verdict, *_ in read)
    codes = sorted({code for code, _ in total})
    rules = ["| rule | true | false | unread |", "|---|---|---|---|"]
    for code in [*codes, "all"]:
        count = [sum(n for (c, v), n in total.items() if v == each and code in {c, "all"}) for each in VERDICTS]
        rules.append(f"| {code} | {' | '.join(map(str, count))} |")
    each = ["| rule | verdict | where | why |", "|---|---|---|---|"]
    each += [
        f"| {code} | {verdict} | {name} {where} | {reason} |" for code, verdict, name, where, reason in sorted(read)
    ]
    intro = (__doc__ or "").split("\n\n")[1].strip()
    head = ["# Accuracy on real code", "", f"Made by `{intro}`; a finding is judged by reading its file.", ""]
    linted = ["", "## What was linted", "", *lines, ""]
    text = "\n".join([*head, *rules, *linted, "## Each finding", "", *each, ""])
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
