"""Compare what ``kvlint show`` says of programs' models with the models that the programs really make.

    python benchmarks/shapes.py truth --truth DIR [--mirror DIR] [--cache DIR] [--only GROUP…]
    python benchmarks/shapes.py compare --truth DIR [--only GROUP…] [--wrong] [--page]

``truth`` runs the programs, without their training, and keeps what each makes; what is there already for the same text
is not run again. ``compare`` asks kvlint and counts. MIRROR holds a git directory for each repository that
``programs.tsv`` names, named owner+name; they are checked out once, into ``--cache``.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.programs import Subject, applications, fixtures, public, recipes
from benchmarks.shapes_compare import Account, account, page, told

HERE = Path(__file__).resolve().parent
GROUPS = ("fixtures", "recipes", "applications", "public")
RUNNER = HERE / "truth_runner.py"


def subjects(options: argparse.Namespace) -> list[Subject]:
    """All programs that are asked for."""
    found: list[Subject] = []
    for group, programs in (("fixtures", fixtures), ("recipes", recipes), ("applications", applications)):
        if group in options.only:
            found += programs()
    if "public" in options.only:
        found += public(options.programs, options.mirror.resolve(), options.cache.resolve())
    if options.named:
        found = [subject for subject in found if any(word in subject.name for word in options.named)]
    return found


# ---------------------------------------------------------------------------------------------------------------------
# Running
# ---------------------------------------------------------------------------------------------------------------------


def key(subject: Subject) -> str:
    """A hash of what decides the truth."""
    text = subject.path.read_text(encoding="utf-8")
    parts = [text, subject.keras, subject.builder]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def where(subject: Subject, truth: Path) -> Path:
    """The file of a program's truth."""
    return truth / subject.group / subject.file_name


def known(subject: Subject, truth: Path) -> dict[str, Any] | None:
    """The truth of this very text, if it was written down."""
    path = where(subject, truth)
    if not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found if found.get("key") == key(subject) else None


def find_truth(wanted: Sequence[Subject], truth: Path, extra: Sequence[Path], limit: int | None, again: bool) -> None:
    """Run what has no truth yet (``again``: or failed): one process for each Keras, one after the other."""
    environment = {**os.environ, "TRUTH_LIBRARIES": os.pathsep.join(map(str, extra))}
    environment["PYTHONPATH"] = os.pathsep.join([str(HERE.parent), *map(str, extra)])
    for keras in ("2", "3"):
        jobs = []
        for subject in wanted:
            found = known(subject, truth)
            if subject.keras != keras or (found is not None and not (again and found["state"] in {"died", "partly"})):
                continue
            folder = tempfile.mkdtemp() if subject.group != "public" else str(subject.path.parent)
            job = {
                "path": str(subject.path),
                "out": str(where(subject, truth)),
                "seconds": limit or subject.seconds,
                "cwd": folder,
                "builder": subject.builder,
                "own": subject.own,
                "cells": subject.cells,
                "roots": subject.roots,
                "key": key(subject),
            }
            jobs.append(json.dumps(job))
        if jobs:
            print(f"Keras {keras}: {len(jobs)} programs to run", flush=True)
            command = [sys.executable, str(RUNNER), keras]
            subprocess.run(command, input="\n".join(jobs) + "\n", text=True, env=environment, check=False)


# ---------------------------------------------------------------------------------------------------------------------
# Asking kvlint
# ---------------------------------------------------------------------------------------------------------------------


def shown(subject: Subject, kvlint: Sequence[str]) -> tuple[list[dict[str, Any]], str]:
    """The networks that ``kvlint show`` sees in a program, and what went wrong."""
    command = [*kvlint, "show", "--output-format", "json", str(subject.path)]
    folder = subject.path.parent
    try:
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        networks: list[dict[str, Any]] = json.loads(run.stdout)["networks"]
    except subprocess.TimeoutExpired:
        return [], "kvlint took more than 120 s"
    except (json.JSONDecodeError, KeyError, TypeError):
        return [], f"kvlint said no networks: {' '.join(run.stderr.split())[-200:]}"
    return networks, ""


def compared(wanted: Iterable[Subject], truth: Path, kvlint: Sequence[str], jobs: int) -> list[Account]:
    """An account for each program that has a truth."""
    pairs = [(subject, found) for subject in wanted if (found := known(subject, truth)) is not None]

    def one(pair: tuple[Subject, dict[str, Any]]) -> Account:
        subject, found = pair
        networks, problem = shown(subject, kvlint)
        return account(subject.group, f"{subject.name} (Keras {subject.keras})", found, networks, problem)

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, pairs))


# ---------------------------------------------------------------------------------------------------------------------
# The command
# ---------------------------------------------------------------------------------------------------------------------


def states(wanted: Iterable[Subject], truth: Path) -> str:
    """How many programs of each group ran, and what became of the others."""
    count: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    lines = []
    for subject in wanted:
        found = known(subject, truth)
        state = "no truth" if found is None else found["state"]
        made = bool(found and found["networks"])
        count[subject.group][f"{state}, {'with' if made else 'without'} models"] += 1
        if found is None or not made or state in {"died", "partly"}:
            mark = "models " if made else "nothing"
            lines.append(
                f"  {mark} {state:8} {subject.name} (Keras {subject.keras}): {(found or {}).get('reason', '')}"
            )
    summary = [f"{group}: " + "; ".join(f"{n} {what}" for what, n in sorted(c.items())) for group, c in count.items()]
    return "\n".join([*summary, *lines])


def main() -> None:
    """Run or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["truth", "compare", "list"])
    parser.add_argument("--truth", type=Path, required=True, help="where the truth is kept")
    parser.add_argument("--mirror", type=Path, default=Path("."), help="git directories, named owner+name")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "kvlint-programs")
    parser.add_argument("--programs", type=Path, default=HERE / "programs.tsv")
    parser.add_argument("--extra", type=Path, nargs="*", default=[], help="folders of packages that programs import")
    parser.add_argument("--only", nargs="*", default=GROUPS, choices=GROUPS)
    parser.add_argument("--named", nargs="*", default=[], help="only programs with one of these words in their name")
    parser.add_argument("--limit", type=int, help="seconds that a program may run")
    parser.add_argument("--again", action="store_true", help="run those that failed once more")
    parser.add_argument("--kvlint", default=shlex.join([sys.executable, "-m", "kerasvae_lint"]))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--wrong", action="store_true", help="list what is wrong, missing or too much")
    parser.add_argument("--page", action="store_true", help="write shapes.md")
    options = parser.parse_args()
    wanted = subjects(options)
    truth = options.truth.resolve()
    if options.command == "truth":
        find_truth(wanted, truth, [path.resolve() for path in options.extra], options.limit, options.again)
    if options.command in {"truth", "list"}:
        print(states(wanted, truth))
        return
    accounts = compared(wanted, truth, shlex.split(options.kvlint), options.jobs)
    print(told(accounts, options.wrong))
    if options.page:
        (HERE / "shapes.md").write_text(page(accounts), encoding="utf-8")


if __name__ == "__main__":
    main()
