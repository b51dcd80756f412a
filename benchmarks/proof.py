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
GPU = """
## On a GPU

Measured once, on an NVIDIA H100 80GB, on 26 November 2026, with kvlint as it was after its first 198 commits. Python
3.12.3; TensorFlow 2.21.0 with its own CUDA kernels; Keras 3.15.1 and tf_keras 2.21.0; JAX 0.11.2 and PyTorch
2.11.0+cu130 under Keras 3.15.1. Each run was told `--require-gpu`, and variables and steps were on GPU:0 (`cuda:0`).

- 154 runs of 90 fixture programs in TensorFlow: those of KV101, KV102, KV103, KV108, KV201, KV203, KV301, KV302, KV303,
  KV305, KV306, KV307, KV401, KV402, KV403, KV406, KV407, KV409 and KV412, not each in both Kerases. 151 say there what
  they say on a CPU.
- Of the other three, two were wrong: `KV201-transposed-kernel-copy/clean.py` failed `tie` in both Kerases
  (`tied_in_call.unused and dense.kernel are 0.0401 apart`). The program is sound; the two passes that were compared
  differ there in their last bits, which the comparison took for a difference. In the third, `KV412/bad.py` failed `kl`
  beside `loss`, in Keras 3.
- The models made for it, on JAX and on PyTorch: as in the table below (54 s and 20 s).
- A plain subclassed VAE on JAX and on PyTorch: gradients for all 8 variables, with the norms that they have on a CPU.

Since then every comparison of two passes allows for as much as equal passes of the same model differ by, and a product
for what a GPU rounds to (`Subject.grain` and `probes/ties.py`). That is tested with noise of such a size on a CPU
(`tests/runtime/test_rounding.py`), and has not been on a GPU: nor has any rule or probe that is not named here.
"""
RECORD = ROOT / "fixtures" / "proved.tsv"
READ = ROOT / "benchmarks" / "proof-read.tsv"
SCENARIOS = "## The same models on four Kerases"
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
    """The table of all fixture programs in Keras 2 and Keras 3, as ``tests/fixtures/proving.py`` recorded it."""
    with RECORD.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    found = {(row["id"], row["keras"]): row for row in rows}
    lines = [
        "## The fixtures",
        "",
        "Each program run by itself and asked by the runtime checker: a bad one the probes of its rule, a fixed one "
        "those of its family, each fourth all of them, a lookalike none; in one Keras, by turns, where both show it. A "
        "test holds that every program is here.",
        "",
    ]
    for keras, name in (("2", "tf_keras"), ("3", "Keras")):
        mine = [row for row in rows if row["keras"] == keras]
        releases = " and ".join(sorted({row["release"] for row in mine}))
        bad = sum(row["id"].split("/")[1].startswith("bad") and row["error"] != "" for row in mine)
        lines.append(f"- {name} {releases}: {len(mine)} programs; {bad} bad ones end in their assertion or in an error")
    lines += ["", "| program | Keras 2 | Keras 3 |", "|---|---|---|"]
    for name in sorted({row["id"] for row in rows}):
        cells = [_recorded(found.get((name, keras))) for keras in ("2", "3")]
        lines.append(f"| {name} | {cells[0]} | {cells[1]} |")
    return lines


def _recorded(row: dict[str, str] | None) -> str:
    """A row of the record in the table."""
    if row is None:
        return "not for it"
    own = "fails" if row["error"] else "passes"
    if row["reason"]:
        return f"{own}; Keras refuses it before there is a model"
    told = {"-": "", "": "; no probe fails"}.get(row["failed"], f"; fails {row['failed'].replace(',', ', ')}")
    return own + told


def scenarios() -> list[str]:
    """Healthy and sick models on every backend that is installed here."""
    lines = [SCENARIOS, ""]
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
    parser.add_argument("--only-fixtures", action="store_true", help="the same, but for the table of the fixtures")
    given = parser.parse_args()
    old = given.output.read_text(encoding="utf-8") if given.output.exists() else ""
    head = [
        "# Proof",
        "",
        "What `kvlint verify` says of the fixtures, of models made for it, and of public code. **CPU only**, "
        'but for what stands under "On a GPU": the tables are no claim about one.',
        "",
        f"Python {platform.python_version()}, {os.cpu_count()} cores. Made by `benchmarks/proof.py`.",
        "",
    ]
    if given.only_public:
        body = [old.split(PUBLIC)[0].rstrip(), ""]
    elif given.only_fixtures:
        kept = old[old.index(SCENARIOS) :].split(PUBLIC)[0].rstrip()
        body = [*head, GPU.strip(), "", *fixtures(), "", kept, ""]
    else:
        body = [*head, GPU.strip(), "", *fixtures(), "", *scenarios(), ""]
    if given.public:
        body += public(given.public)
    elif PUBLIC in old:
        body.append(PUBLIC + old.split(PUBLIC)[1].rstrip())
    given.output.write_text("\n".join(body) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
