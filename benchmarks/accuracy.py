"""Lint real code and set each finding beside the verdict of whoever read it, as Markdown.

    python benchmarks/accuracy.py FOLDER… --verdicts benchmarks/verdicts.tsv --output benchmarks/accuracy.md

Each FOLDER holds one checkout or package per sub-folder (``owner+name``), or is one package; the stable rules run over
it, as they do for everybody who asks for nothing else. A row of the verdicts is
source, path, place (``row`` or ``cell N:row``), code, ``true`` or ``false``, reason; one without a row is ``unread``.
"""

from __future__ import annotations

import argparse
import collections
from pathlib import Path

from kerasvae_lint import Finding, Settings, lint_paths

Key = tuple[str, str, str, str]


def place(finding: Finding) -> str:
    """``12`` or ``cell 3:12``."""
    row = str(finding.location.row)
    return row if finding.cell is None else f"cell {finding.cell}:{row}"


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
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    known = verdicts(options.verdicts)
    read = []
    lines = ["| source | files | findings | files that can't be read |", "|---|---|---|---|"]
    for name, folder in sources(options.folders):
        result = lint_paths([folder], Settings())
        unreadable = len({problem.filename for problem in result.problems})
        lines.append(f"| {name} | {result.files} | {len(result.findings)} | {unreadable} |")
        for finding in result.findings:
            path = Path(finding.filename).relative_to(folder).as_posix()
            verdict, reason = known.get((name, path, place(finding), finding.code), ("unread", ""))
            read.append((finding.code, verdict, name, f"{path}:{place(finding)}", reason))
    total = collections.Counter((code, verdict) for code, verdict, *_ in read)
    codes = sorted({code for code, _ in total})
    rules = ["| rule | true | false | unread |", "|---|---|---|---|"]
    rules += [
        f"| {code} | {total[code, 'true']} | {total[code, 'false']} | {total[code, 'unread']} |" for code in codes
    ]
    each = ["| rule | verdict | where | why |", "|---|---|---|---|"]
    each += [
        f"| {code} | {verdict} | {name} {where} | {reason} |" for code, verdict, name, where, reason in sorted(read)
    ]
    intro = (__doc__ or "").split("\n\n")[1].strip()
    head = ["# Accuracy on real code", "", f"Made by `{intro}`; every finding was read in its file.", ""]
    linted = ["", "## What was linted", "", *lines, ""]
    text = "\n".join([*head, *rules, *linted, "## Each finding", "", *each, ""])
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
