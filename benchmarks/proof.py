"""Run the fixture table, the scenarios and the public programs through ``kvlint verify``; write benchmarks/proof.md.

    python benchmarks/proof.py --output benchmarks/proof.md --public CHECKOUTS

CHECKOUTS is a folder of public repositories; the programs are those of benchmarks/proof-read.tsv, whose last
column is what reading them said. Without it, that part of the page is left as it is.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
READ = ROOT / "benchmarks" / "proof-read.tsv"
PUBLIC = "## Code that no one here wrote\n"
FLAVOURS = (("2", "tensorflow"), ("3", "tensorflow"), ("3", "jax"), ("3", "torch"))
Report = dict[str, Any]


def verify(*arguments: str | Path) -> tuple[Report, float]:
    """The JSON of one call and the seconds it took."""
    command = [sys.executable, "-m", "kerasvae_lint", "verify", *map(str, arguments), "--output-format", "json"]
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return json.loads(done.stdout), time.perf_counter() - begun


def failed(target: Report) -> list[str]:
    """``probe (codes that the linter found)`` for each failed probe."""
    found = []
    for run in target["runs"]:
        for model in run["models"]:
            for probe in model["probes"]:
                if probe["verdict"] == "fail":
                    codes = sorted({one["code"] for one in probe["figures"].get("findings", ())})
                    found.append(probe["probe"] + (f" ({', '.join(codes)})" if codes else ""))
    return list(dict.fromkeys(found))


def cell(target: Report | None, keras: str) -> str:
    """A target in a table."""
    if target is None:
        return "-"
    if target["status"] != "ok":
        reason = re.sub(r" ?\(/[^)]*\)?", "", target["reason"])
        return f"does not run: {reason[:90]}".replace("|", "/")
    ran = str(target["runs"][0]["environment"].get("keras", keras))
    if not ran.startswith(keras):
        return f"chooses Keras {ran[0]} itself"
    return "fails " + ", ".join(failed(target)) if failed(target) else "passes"


def runs_in(keras: str, target: Report) -> bool:
    """True if the program ran, and in this Keras."""
    return target["status"] == "ok" and not cell(target, keras).startswith("chooses")


def fixtures() -> list[str]:
    """The table of all fixture programs in Keras 2 and Keras 3."""
    reports, seconds = {}, {}
    for keras in ("2", "3"):
        reports[keras], seconds[keras] = verify("fixtures/", "--keras", keras, "--device", "cpu")
    by = {keras: {t["target"]: t for t in report["targets"]} for keras, report in reports.items()}
    lines = ["## The fixtures", ""]
    for keras, report in reports.items():
        found = report["environment"]
        lines.append(
            f"- Keras {found['keras']} on {found['backend']} {found['tensorflow']}, variables and steps on "
            f"{found['device']}: {len(report['targets'])} programs in {seconds[keras]:.0f} s, a process for each"
        )
    lines += ["", "| program | Keras 2 | Keras 3 |", "|---|---|---|"]
    for name in sorted({*by["2"], *by["3"]}):
        text = (ROOT / name).read_text(encoding="utf-8")
        cells = []
        for keras in ("2", "3"):
            skipped = f"\n# runs: {5 - int(keras)}\n" in text
            cells.append("not for it" if skipped else cell(by[keras].get(name), keras))
        lines.append(f"| {name.removeprefix('fixtures/')} | {cells[0]} | {cells[1]} |")
    return lines


def scenarios() -> list[str]:
    """Healthy and sick models on every backend that is installed here."""
    lines = ["## The same models on four Kerases", ""]
    lines += ["tests/runtime/scenarios.py: healthy models that fail nothing, sick ones that fail the probe named.", ""]
    told: dict[str, Report] = {}
    for version, backend in FLAVOURS:
        name = f"Keras {version} {backend}"
        if importlib.util.find_spec(backend) is None:
            lines.append(f"- {name}: not installed here")
            continue
        begun = time.perf_counter()
        script = ROOT / "tests" / "runtime" / "scenarios.py"
        command = [sys.executable, str(script), version, backend]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        told[name] = json.loads(done.stdout.splitlines()[-1])
        lines.append(f"- {name}: {time.perf_counter() - begun:.0f} s, CPU")
    names = list(next(iter(told.values()))["found"])
    lines += ["", f"| model | {' | '.join(told)} |", "|---" * (len(told) + 1) + "|"]
    for name in names:
        cells = []
        for outcome in told.values():
            bad = [probe for probe, (verdict, _) in outcome["found"][name].items() if verdict == "fail"]
            cells.append("fails " + ", ".join(bad) if bad else "passes")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def public(checkouts: Path) -> list[str]:
    """The programs of the reading list, in Keras 2 and Keras 3."""
    with READ.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row]
    reports: dict[str, dict[tuple[str, str], Report]] = {}
    for keras in ("2", "3"):
        reports[keras] = {}
        for fit in sorted({row[1] for row in rows}, key=int):
            paths = [checkouts / row[0] for row in rows if row[1] == fit]
            how = ["--synthetic", "--keras", keras, "--fit", fit, "--timeout", "270", "--device", "cpu"]
            report, _ = verify(*paths, *how)
            reports[keras] |= {(target["target"], fit): target for target in report["targets"]}
    ran = {k: sum(runs_in(k, t) for t in found.values()) for k, found in reports.items()}
    lines = [
        PUBLIC.strip(),
        "",
        f"{len(rows)} scripts and notebooks with `--synthetic`, each read: {ran['2']} run in Keras 2, {ran['3']} in "
        "Keras 3 (most of the others were written for Keras 1, or for Keras 2 alone).",
        "",
        "| program | Keras 2 | Keras 3 | read |",
        "|---|---|---|---|",
    ]
    for name, fit, remark in rows:
        two, three = (reports[k].get((str(checkouts / name), fit)) for k in ("2", "3"))
        shown = name.replace("+", "/", 1) + (f", fit {fit}" if fit != "1" else "")
        lines.append(f"| {shown} | {cell(two, '2')} | {cell(three, '3')} | {remark} |")
    return lines


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--public", type=Path)
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks" / "proof.md")
    parser.add_argument("--only-public", action="store_true", help="keep the other parts of the page as they are")
    given = parser.parse_args()
    old = given.output.read_text(encoding="utf-8") if given.output.exists() else ""
    head = [
        "# Proof",
        "",
        "What `kvlint verify` says of the fixtures, of models made for it, and of public code. **CPU only**: no "
        "machine with a GPU was to be had, so nothing here is a claim about one.",
        "",
        f"Python {platform.python_version()}, {os.cpu_count()} cores. Made by `benchmarks/proof.py`.",
        "",
    ]
    body = [old.split(PUBLIC)[0].rstrip(), ""] if given.only_public else [*head, *fixtures(), "", *scenarios(), ""]
    if given.public:
        body += public(given.public)
    elif PUBLIC in old:
        body.append(PUBLIC + old.split(PUBLIC)[1].rstrip())
    given.output.write_text("\n".join(body) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
