"""Time kvlint beside its peers, in turn, and print the ratios of medians as Markdown.

    python benchmarks/speed.py --output benchmarks/speed.md

kvlint is taken from the environment that runs this script. The peers (Fixit, flake8 with
flake8-bugbear, ruff) are taken from ``--peers VENV``; without it they are installed with pip into a
temporary environment. The tree to lint is the installed ``tf_keras``, or ``--tree FOLDER``.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

BIN = "Scripts" if os.name == "nt" else "bin"
PEERS = ("fixit", "flake8", "flake8-bugbear", "ruff")
READ = """
import os, sys
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        if name.endswith((".py", ".ipynb")):
            with open(os.path.join(folder, name), "rb") as file:
                file.read()
"""

Command = Sequence[str]
Timings = dict[str, list[float]]


@dataclass(frozen=True)
class Run:
    """One finished command: seconds, and the mebibytes of its largest process at the peak."""

    seconds: float
    mebibytes: float


def run(command: Command, cwd: Path) -> Run:
    """Run a command to its end; a crash of what is measured is an error, findings are not."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    code = process.returncode = os.waitstatus_to_exitcode(status)
    if code < 0 or code > 2:
        raise SystemExit(f"exit status {code}: {' '.join(command)}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(seconds, usage.ru_maxrss * unit / 2**20)


def in_turn(commands: Mapping[str, Command], cwd: Path, rounds: int) -> tuple[Timings, Timings]:
    """Run all the commands, then all again: seconds and peak memory of each, by name."""
    seconds: Timings = {name: [] for name in commands}
    memory: Timings = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            done = run(command, cwd)
            seconds[name].append(done.seconds)
            memory[name].append(done.mebibytes)
    return seconds, memory


def source_files(tree: Path) -> list[Path]:
    """What there is to lint below ``tree``; the packages installed below it are left out."""
    found = []
    for folder, folders, names in os.walk(tree):
        folders[:] = [name for name in folders if name != "site-packages"]
        found += [Path(folder, name) for name in names if name.endswith((".py", ".ipynb"))]
    return found


def size_of(tree: Path) -> tuple[int, float]:
    """Number of source files below ``tree``, and their megabytes."""
    files = source_files(tree)
    return len(files), sum(path.stat().st_size for path in files) / 1e6


def copy_sources(tree: Path, target: Path) -> Path:
    """Copy the source files alone, so that nobody's cache or settings are in the way."""
    for path in source_files(tree):
        place = target / path.relative_to(tree)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    return target


def peer_environment(given: Path | None, work: Path) -> Path:
    """The folder of the peers' commands."""
    if given is not None:
        return given.absolute() / BIN
    folder = work / "peers"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / BIN / "python"), "-m", "pip", "install", "--quiet", *PEERS]
    subprocess.run(pip, check=True)
    return folder / BIN


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines) + "\n"


def throughput(kvlint: str, before: Path | None, peers: Path, tree: Path, work: Path, rounds: int) -> str:
    """kvlint cold and cached beside the peers and an earlier version of itself, on one tree."""
    name = tree.name
    tree = copy_sources(tree, work / "tree" / name)
    count, megabytes = size_of(tree)
    fresh = "kvlint, no cache"
    commands = {
        fresh: [kvlint, "check", "--no-cache", "--exit-zero", name],
        "kvlint, cached": [kvlint, "check", "--exit-zero", name],
        "Fixit": [str(peers / "fixit"), "--quiet", "lint", name],
        "flake8 with bugbear": [str(peers / "flake8"), "--isolated", name],
        "ruff, no cache": [str(peers / "ruff"), "check", "--isolated", "--no-cache", name],
    }
    if before is not None:
        earlier = str(before.absolute() / BIN / "kvlint")
        commands["kvlint before, no cache"] = [earlier, "check", "--no-cache", "--exit-zero", name]
    in_turn({key: commands[key] for key in ("kvlint, cached", "ruff, no cache")}, tree.parent, 1)
    seconds, memory = in_turn(commands, tree.parent, rounds)
    base = statistics.median(seconds[fresh])
    rows = []
    for key, times in seconds.items():
        median = statistics.median(times)
        rows.append(
            [
                key,
                f"{median:.2f} s",
                f"{min(times):.2f} to {max(times):.2f} s",
                f"{megabytes / median:.2f} MB/s",
                f"{median / base:.2f}",
                f"{statistics.median(memory[key]):.0f} MiB",
            ]
        )
    head = ["", "median", "range", "throughput", "time / kvlint's", "peak of the largest process"]
    return f"## {name}: {count} files, {megabytes:.1f} MB\n\n" + table(head, rows)


def start_up(kvlint: str, work: Path, rounds: int) -> str:
    """What kvlint costs before it does anything."""
    (work / "empty").mkdir()
    bare = "python -c pass"
    commands = {
        bare: [sys.executable, "-c", "pass"],
        "kvlint --version": [kvlint, "--version"],
        "kvlint check EMPTY_FOLDER": [kvlint, "check", "empty"],
    }
    in_turn(commands, work, 2)
    seconds, _ = in_turn(commands, work, rounds)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    rows = [
        [f"`{name}`", f"{1000 * median:.0f} ms", f"{1000 * (median - medians[bare]):+.0f} ms"]
        for name, median in medians.items()
    ]
    return "## Start-up\n\n" + table(["", "median", "over bare Python"], rows)


def without_keras(kvlint: str, work: Path, rounds: int) -> str:
    """A tree that never mentions Keras, beside a Python program that only reads its files."""
    tree = copy_sources(Path(sysconfig.get_path("stdlib")), work / "plain" / "stdlib")
    count, megabytes = size_of(tree)
    plain = "reading every file in Python"
    commands = {
        plain: [sys.executable, "-c", READ, str(tree)],
        "kvlint, no cache": [kvlint, "check", "--no-cache", "--exit-zero", str(tree)],
    }
    in_turn(commands, work, 1)
    seconds, memory = in_turn(commands, work, rounds)
    base = statistics.median(seconds[plain])
    rows = [
        [
            name,
            f"{statistics.median(times):.2f} s",
            f"{megabytes / statistics.median(times):.0f} MB/s",
            f"{statistics.median(times) / base:.2f}",
            f"{statistics.median(memory[name]):.0f} MiB",
        ]
        for name, times in seconds.items()
    ]
    title = f"## Without Keras: Python's standard library, {count} files, {megabytes:.1f} MB\n\n"
    return title + table(["", "median", "throughput", "ratio", "peak"], rows)


def memory_by_files(kvlint: str, tree: Path, work: Path) -> str:
    """Peak memory on one, two and four copies of a tree."""
    rows = []
    for copies in (1, 2, 4):
        folder = work / f"copies{copies}"
        for number in range(copies):
            copy_sources(tree, folder / f"copy{number}")
        command = [kvlint, "check", "--no-cache", "--exit-zero", "--output-format", "concise"]
        done = run([*command, str(folder)], work)
        count, megabytes = size_of(folder)
        rows.append([str(count), f"{megabytes:.1f} MB", f"{done.mebibytes:.0f} MiB"])
        shutil.rmtree(folder)
    head = ["files", "size", "peak of the largest process"]
    return f"## Memory: copies of {tree.name}\n\n" + table(head, rows)


def preamble(peers: Path) -> str:
    """What was measured with what."""
    program = "import importlib.metadata as m, sys; print(*map(m.version, sys.argv[1:]))"
    told = subprocess.run([str(peers / "python"), "-c", program, *PEERS], check=True, capture_output=True, text=True)
    versions = [f"{n} {v}" for n, v in zip(PEERS, told.stdout.split(), strict=True)]
    return (
        "<!-- Made by benchmarks/speed.py. -->\n# Speed\n\n"
        "Medians of runs in turn on one machine; its files are in the page cache. "
        "Read the ratios: the seconds are this machine's.\n\n"
        f"kvlint {version('kerasvae-lint')}, {', '.join(versions)}; "
        f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores.\n\n"
    )


def installed(package: str) -> Path:
    """The folder of an installed package, found without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is not installed here: name a tree with --tree")
    return Path(spec.origin).parent


def main() -> None:
    """Measure, then print or write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tree", type=Path, help="what to lint (default: the installed tf_keras)")
    parser.add_argument("--peers", type=Path, metavar="VENV", help="environment with the peers")
    parser.add_argument("--before", type=Path, metavar="VENV", help="environment with an earlier kvlint")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each linter (default: 3)")
    parser.add_argument("--output", type=Path, help="write the page here instead of printing it")
    given = parser.parse_args()
    tree: Path = given.tree or installed("tf_keras")
    kvlint = str(Path(sys.executable).absolute().parent / "kvlint")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        peers = peer_environment(given.peers, work)
        page = preamble(peers)
        page += throughput(kvlint, given.before, peers, tree.absolute(), work, given.rounds)
        page += start_up(kvlint, work, max(15, given.rounds))
        page += without_keras(kvlint, work, max(5, given.rounds))
        page += memory_by_files(kvlint, tree.absolute(), work)
    page = page.rstrip("\n") + "\n"
    if given.output is None:
        sys.stdout.write(page)
    else:
        given.output.write_text(page, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
