"""Hold kvlint against labels of real code, each repository linted whole, as it was at the label's commit.

    python benchmarks/recall.py LABELS… --mirror DIR --misses benchmarks/labels/misses.tsv --output benchmarks/recall.md

LABELS are folders of tab-separated rows: repository, path, commit, line (or ``cell N:line M``), pos or neg, codes
(``/`` between alternatives), reason. DIR holds a git directory for each repository, named owner+name. A pos is hit by
one of its codes within 3 lines, in its cell; a neg is broken by one within 1 line. A row of the misses is repository,
path, line, codes, explanation.
"""

from __future__ import annotations

import argparse
import collections
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.golden import git_directory
from kerasvae_lint import Finding, Settings, lint_paths

READ = frozenset({".py", ".ipynb", ".toml", ".cfg", ".txt"})
NEAR = {"pos": 3, "neg": 1}


@dataclass(frozen=True)
class Label:
    """One row."""

    repository: str
    path: str
    commit: str
    line: str
    verdict: str
    codes: str
    reason: str

    @property
    def place(self) -> tuple[int | None, int]:
        """Cell (None in a script) and row."""
        match = re.fullmatch(r"cell (\d+):line (\d+)", self.line)
        return (int(match[1]), int(match[2])) if match else (None, int(self.line))

    def met_by(self, findings: list[Finding]) -> bool:
        """True if a finding of one of its codes stands where it says."""
        cell, row = self.place
        return any(
            finding.code in self.codes.split("/")
            and finding.cell == cell
            and abs(finding.location.row - row) <= NEAR[self.verdict]
            for finding in findings
        )


def labels(folder: Path) -> list[Label]:
    """All rows of a folder."""
    rows = [
        line.split("\t") for path in sorted(folder.glob("kv*.tsv")) for line in path.read_text("utf-8").splitlines()
    ]
    return [Label(*row[:7]) for row in rows if len(row) >= 7]


def checked_out(git: Path, commit: str, folder: Path) -> None:
    """Scripts, notebooks and what pins versions, as of ``commit``."""
    run = ["git", f"--git-dir={git}"]
    tree = subprocess.run([*run, "ls-tree", "-r", "-z", "--name-only", commit], capture_output=True, check=True).stdout
    names = [
        name for name in tree.decode("utf-8", "replace").split("\0") if Path(name).suffix in READ and "\n" not in name
    ]
    asked = "".join(f"{commit}:{name}\n" for name in names).encode()
    told = subprocess.run([*run, "cat-file", "--batch"], input=asked, capture_output=True, check=True).stdout
    at = 0
    for name in names:
        end = told.index(b"\n", at)
        header, at = told[at:end].split(), end + 1
        if len(header) == 3 and header[1] == b"blob":
            size = int(header[2])
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(told[at : at + size])
            at += size + 1


def main() -> None:
    """Check out, lint, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", nargs="+", type=Path)
    parser.add_argument("--mirror", type=Path, required=True)
    parser.add_argument("--misses", type=Path)
    parser.add_argument("--codes", default="KV", help="only codes that begin so, a comma between several")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    begins = tuple(options.codes.split(","))
    rows = [label for folder in options.labels for label in labels(folder) if label.codes.startswith(begins)]
    why: dict[tuple[str, ...], str] = {}
    if options.misses is not None and options.misses.exists():
        cells = [line.split("\t") for line in options.misses.read_text("utf-8").splitlines()]
        why = {tuple(row[:4]): row[4] for row in cells if len(row) > 4}
    groups = collections.defaultdict(list)
    for row in rows:
        groups[row.repository, row.commit].append(row)
    met: dict[Label, bool] = {}
    for (repository, commit), group in groups.items():
        git = git_directory(options.mirror, repository)
        if git is None:
            continue
        with tempfile.TemporaryDirectory() as work:
            folder = Path(work) / repository.rpartition("/")[2]
            checked_out(git, commit, folder)
            paths = sorted({folder / row.path for row in group if (folder / row.path).is_file()})
            found = collections.defaultdict(list)
            for finding in lint_paths(paths, Settings(preview=True)).findings:
                found[Path(finding.filename).relative_to(folder).as_posix()].append(finding)
            met.update({row: row.met_by(found[row.path]) for row in group})
    text = page(rows, met, why)
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text)


def page(rows: list[Label], met: dict[Label, bool], why: dict[tuple[str, ...], str]) -> str:
    """The figures and each miss."""
    count: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for row, hit in met.items():
        count[row.codes][row.verdict] += 1
        count[row.codes][f"{row.verdict} met"] += hit
    lines = ["| rule | found, of | broken, of |", "|---|---|---|"]
    for codes, c in sorted(count.items()):
        lines.append(f"| {codes} | {c['pos met']} of {c['pos']} | {c['neg met']} of {c['neg']} |")
    total = sum((c for c in count.values()), collections.Counter[str]())
    lines.append(f"| all | {total['pos met']} of {total['pos']} | {total['neg met']} of {total['neg']} |")
    lines += ["", "## Missed and broken", "", "| where | rule | label | why |", "|---|---|---|---|"]
    for row, hit in met.items():
        if hit == (row.verdict == "neg"):
            reason = why.get((row.repository, row.path, row.line, row.codes), "not explained")
            lines.append(
                f"| {row.repository} {row.path}:{row.line} | {row.codes} | {row.verdict}: {row.reason} | {reason} |"
            )
    absent = len(rows) - len(met)
    note = f"{absent} labels are of repositories that could not be had. " if absent else ""
    head = [
        "# Recall on real code",
        "",
        f"Made by `benchmarks/recall.py`. {note}Labels were written by reading, before kvlint ran.",
        "",
    ]
    return "\n".join([*head, *lines, ""])


if __name__ == "__main__":
    main()
