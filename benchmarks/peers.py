"""Lint and verify the programs that other tools were judged on, beside the figures that these tools published.

    python benchmarks/peers.py --mirror DIR --output benchmarks/peers.md [--verify] [--jobs N]

DIR holds a git directory for each repository, named owner+name; programs are read from there and copied nowhere else.
``--verify`` runs what ``benchmarks/peers-runs.tsv`` has no row of yet, and writes a row as soon as a program is done;
without it the page is made of the rows that are there. ``benchmarks/peers.tsv`` is what reading each program said: set,
program, code and line of a finding (or a probe, and whether what it says ``names`` a fault or is a ``symptom``), true
or false, why. What has no row there is ``unread``. A row whose code and line are ``-`` says why nothing is found.
"""

from __future__ import annotations

import argparse
import collections
import csv
import io
import json
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from kerasvae_lint import Finding, Settings, lint_paths

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.golden import git_directory

ROOT = Path(__file__).resolve().parent.parent
VERDICTS = ROOT / "benchmarks" / "peers.tsv"
RUNS = ROOT / "benchmarks" / "peers-runs.tsv"
READ = frozenset({".py", ".csv", ".txt", ".zip"})
LARGEST = 50_000_000
COMMITS = {
    "deepmufl": ("ali-ghanbari/deepmufl-ase-2023", "a69ba43a024df79abaabd92e9a726257ec81a724"),
    "DeepLocalize": ("Wardat-ISU/DeepLocalize", "297bc3441b5903b5c85bc5ffd7c9881a3c0c75a2"),
    "NeuraLint": ("neuralint/neuralint", "e27dacf63d3cc75fa02ef81f9ec5bbc90881d1f5"),
    "UMLAUT": ("BerkeleyHCI/umlaut", "68c2a0226d14c1ef8c8bc7856d594b8a4a3c6c68"),
    "defect4ML": ("mohmehmo/defects4ml", "d2d823d7aa993a04ff031cf433445c1d7fd81ed3"),
}
ENTRIES = {
    "Averaging_Neural_Networks": "keras_net.py",
    "DDOS-ML-Detection": "ddos-detect.py",
    "FacialKeypointsDetection": "src/1_single_hidden_layer.py",
    "MovieReviews_Keras": "MovieReviewClassification.py",
    "Traffic-Sign-Classifier": "train.py",
    "gol_nn": "gol.py",
    "hotdog-sandwich": "code/trainModel.py",
    "kaggle-melbourne_properties": "price-keras.py",
    "keras-super-resolution": "train.py",
    "keras_catsdogs": "keras_catsdogs.py",
    "kerasma": "kerasma.py",
}
"""The script of each of DeepLocalize's repositories that trains, and that its sheet names."""
TOOLS = ("DeepDiagnosis", "DeepLocalize", "Neuralint", "UMLAUT", "deepmufl")
INSTRUMENT = re.compile(rb"keras\.callbacks\.(?:DeepLocalize|backpropagation)\((?:[^()\n]|\([^()\n]*\))*\)")
"""The callback with which DeepLocalize measures, which only its own Keras has: no part of the programs' faults."""
OF_KERAS = re.compile(r"^\s*(?:from|import)\s+[\w.]*keras|\btf\.keras\b", re.MULTILINE)


@dataclass(frozen=True)
class Program:
    """One program of a benchmark.

    Attributes:
        bench: the benchmark.
        name: of the program, as its authors file it.
        corrected: True for the authors' repaired version.
        paths: the files that are linted.
        script: the file that is run; None where it has no single one.
    """

    bench: str
    name: str
    corrected: bool
    paths: tuple[Path, ...]
    script: Path | None

    @property
    def key(self) -> tuple[str, str]:
        """How the tables name it."""
        return self.bench, self.name


@dataclass
class Run:
    """What ``kvlint verify --synthetic`` said."""

    status: str
    seconds: float
    failed: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)
    reason: str = ""


@dataclass
class Outcome:
    """A program with all that was said of it; ``stable`` are the rows of what is found without ``--preview``."""

    program: Program
    findings: list[tuple[str, str, bool]]
    seconds: float
    run: Run | None


Verdicts = dict[tuple[str, str, str, str], tuple[str, str]]


# the programs -----------------------------------------------------------------------------------
def checked_out(git: Path, commit: str, folder: Path) -> None:
    """Scripts and their small data files, as of ``commit``; what the git directory lacks is left out."""
    run = ["git", f"--git-dir={git}"]
    listed = subprocess.run([*run, "ls-tree", "-r", "-z", commit], capture_output=True, check=True).stdout
    wanted = {}
    for line in listed.decode("utf-8", "replace").split("\0"):
        head, _, name = line.partition("\t")
        if Path(name).suffix in READ and "\n" not in name:
            wanted[name] = head.split()[2]
    asked = "".join(f"{blob}\n" for blob in wanted.values()).encode()
    sizes = subprocess.run([*run, "cat-file", "--batch-check"], input=asked, capture_output=True, check=True).stdout
    for (name, blob), line in zip(wanted.items(), sizes.decode().splitlines(), strict=True):
        parts = line.split()
        if len(parts) == 3 and parts[1] == "blob" and int(parts[2]) < LARGEST:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            held = subprocess.run([*run, "cat-file", "blob", blob], capture_output=True, check=True).stdout
            path.write_bytes(INSTRUMENT.sub(b"*[]", held) if path.suffix == ".py" else held)


def programs(bench: str, folder: Path) -> Iterator[Program]:
    """The programs of a benchmark in its checkout."""
    if bench == "deepmufl":
        for path in sorted((folder / "Dataset" / "all-bugs").glob("*/bug.py")):
            yield Program(bench, path.parent.name, False, (path,), path)
    elif bench == "DeepLocalize":
        yield from _of_deeplocalize(folder / "Benchmark")
    elif bench == "NeuraLint":
        for path in sorted((folder / "sample_buggy_scripts").glob("*/*.py")):
            yield Program(bench, f"{path.parent.name}/{path.stem}", False, (path,), path if _is_keras(path) else None)
    elif bench == "UMLAUT":
        for name in ("eval_a", "eval_b"):
            path = folder / "user_eval" / f"{name}.py"
            yield Program(bench, name, False, (path,), path)
    else:
        yield from _of_defect4ml(folder / "bugs")


def _of_deeplocalize(folder: Path) -> Iterator[Program]:
    for path in sorted((folder / "StackOverflow").glob("*/*/*.py")):
        if path.name == "input_data.py":  # a helper of TensorFlow's that one of the posts has beside it
            continue
        fixed = path.parent.name.startswith("Correct")
        name = f"{path.parts[-3]}/{path.parent.name}/{path.name}"
        yield Program("DeepLocalize", name, fixed, (path,), path)
    for kind in ("Buggy Model", "Correct Model"):
        for name, entry in ENTRIES.items():
            home = folder / "GitHub" / kind / name
            files = tuple(sorted(home.rglob("*.py")))
            yield Program("DeepLocalize", f"{kind}/{name}", kind.startswith("Correct"), files, home / entry)


def _of_defect4ml(folder: Path) -> Iterator[Program]:
    for home in sorted(path for path in folder.glob("*/*") if path.name in {"buggy", "fixed"}):
        files = tuple(sorted(home.rglob("*.py")))
        keras = [path for path in files if _is_keras(path)]
        if keras:
            script = files[0] if len(files) == 1 else None
            yield Program("defect4ML", f"{home.parent.name}/{home.name}", home.name == "fixed", files, script)


def _is_keras(path: Path) -> bool:
    return bool(OF_KERAS.search(path.read_text(encoding="utf-8", errors="replace")))


# what kvlint says -------------------------------------------------------------------------------
def linted(program: Program) -> tuple[list[tuple[str, str, bool]], float]:
    """``(code, place, stable)`` for each finding of a program, and the processor's seconds that linting it took."""
    begun = time.process_time()
    found = lint_paths(program.paths, Settings(preview=True)).findings
    seconds = time.process_time() - begun
    stable = {_place(program, finding) for finding in lint_paths(program.paths, Settings()).findings}
    return [(*_place(program, one), _place(program, one) in stable) for one in found], seconds


def _place(program: Program, finding: Finding) -> tuple[str, str]:
    row = str(finding.location.row)
    return finding.code, row if len(program.paths) == 1 else f"{Path(finding.filename).name}:{row}"


def verified(program: Program, timeout: float) -> Run:
    """One run in processes of its own."""
    command = [sys.executable, "-m", "kerasvae_lint", "verify", "--synthetic", "--device", "cpu", "--quiet"]
    command += ["--output-format", "json", "--timeout", f"{timeout:g}", str(program.script)]
    begun = time.perf_counter()
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout + 120, check=False)
        target = json.loads(done.stdout)["targets"][0]
    except (subprocess.TimeoutExpired, ValueError, LookupError) as error:
        return Run("failed", time.perf_counter() - begun, reason=type(error).__name__)
    seconds = time.perf_counter() - begun
    failed = [
        (
            probe["probe"],
            tuple({one["code"]: 0 for one in probe["figures"].get("findings", ())}),
            _line(probe["message"]),
        )
        for run in target["runs"]
        for model in run["models"]
        for probe in model["probes"]
        if probe["verdict"] == "fail"
    ]
    return Run(target["status"], seconds, list(dict.fromkeys(failed)), _line(target["reason"]))


def _line(text: str) -> str:
    plain = re.sub(r"(?<![\w.])\s*\(?/[\w.+-]+/[\w./+-]*\)?", "", " ".join(text.split()))
    return plain.translate(str.maketrans("|[]", "/()"))[:300]  # nothing that a table or a link is made of


def kept_runs(path: Path) -> dict[tuple[str, str], Run]:
    """The runs that were done before."""
    found = {}
    for bench, name, status, seconds, failed, reason in _rows(path):
        probes = [(one[0], tuple(one[1]), one[2]) for one in json.loads(failed)]
        found[bench, name] = Run(status, float(seconds), probes, reason)
    return found


def run_all(todo: list[Program], path: Path, jobs: int, timeout: float) -> None:
    """Verify some programs, several at a time; each is written down as soon as it is done."""
    lock = threading.Lock()

    def one(program: Program) -> None:
        run = verified(program, timeout)
        row = (*program.key, run.status, f"{run.seconds:.1f}", json.dumps(run.failed), run.reason)
        with lock, path.open("a", encoding="utf-8") as file:
            file.write("\t".join(row) + "\n")

    with ThreadPoolExecutor(jobs) as pool:
        for number, _ in enumerate(pool.map(one, todo), start=1):
            print(f"{number} of {len(todo)}", file=sys.stderr)


def _rows(path: Path) -> list[list[str]]:
    if not path.exists():
        return []
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


# what was read ----------------------------------------------------------------------------------
def verdicts(path: Path) -> Verdicts:
    """What reading said, by program and finding."""
    return {(row[0], row[1], row[2], row[3]): (row[4], row[5]) for row in _rows(path)}


def judged(outcome: Outcome, known: Verdicts) -> list[tuple[str, str, str, str, str]]:
    """``(code or probe, place, kind, verdict, why)``; kind is stable, preview, names or symptom.

    A probe that points to a rule's finding names what the finding names, and is as true.
    """
    key = outcome.program.key
    found = []
    for code, place, stable in outcome.findings:
        found.append((code, place, "stable" if stable else "preview", *known.get((*key, code, place), ("unread", ""))))
    true = {code for code, _, _, verdict, _ in found if verdict == "true"}
    for probe, codes, message in outcome.run.failed if outcome.run is not None else ():
        for kind in ("names", "symptom"):
            row = (*key, probe, kind)
            if row in known:
                found.append((probe, message, kind, *known[row]))
                break
        else:
            pointed = sorted(true & set(codes))
            verdict = ("true", f"by {', '.join(pointed)}") if pointed else ("unread", "")
            found.append((probe, message, "names" if pointed else "symptom", *verdict))
    return found


def published(git: Path, commit: str) -> dict[str, dict[str, tuple[bool, float | None]]]:
    """For each tool, by program: whether it found the bug, and its seconds, as deepmufl's repository has them.

    deepmufl's own are those of MUSE with all mutants, with the training of the model.
    """
    found: dict[str, dict[str, tuple[bool, float | None]]] = {}
    for tool in TOOLS:
        command = ["git", f"--git-dir={git}", "show", f"{commit}:RQ1-2/{tool} Results.csv"]
        text = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8-sig")
        rows = [row for row in csv.reader(io.StringIO(text)) if row and row[0].isdigit()]
        at, took = (29, 24) if tool == "deepmufl" else (1, 2)
        found[tool] = {row[0]: (row[at].strip() == "TRUE", _number(row[took])) for row in rows}
    return found


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


# the page ---------------------------------------------------------------------------------------
@dataclass
class Sums:
    """How many programs of a kind something true was said of."""

    programs: int = 0
    stable: int = 0
    lint: int = 0
    names: int = 0
    verify: int = 0
    either: int = 0
    asked: int = 0
    run: int = 0
    false: int = 0
    unread: int = 0


def sums(outcomes: Iterable[Outcome], known: Verdicts) -> Sums:
    """Counted over programs; ``false`` and ``unread`` over findings and failed probes."""
    total = Sums()
    for outcome in outcomes:
        said = judged(outcome, known)
        kinds = {kind for *_, kind, verdict, _ in said if verdict == "true"}
        total.programs += 1
        total.stable += "stable" in kinds
        total.lint += bool(kinds & {"stable", "preview"})
        total.names += "names" in kinds
        total.verify += bool(kinds & {"names", "symptom"})
        total.either += bool(kinds)
        total.asked += outcome.run is not None
        total.run += outcome.run is not None and outcome.run.status == "ok"
        total.false += sum(verdict == "false" for *_, verdict, _ in said)
        total.unread += sum(verdict == "unread" for *_, verdict, _ in said)
    return total


def _cells(outcome: Outcome, known: Verdicts) -> tuple[str, str]:
    said = judged(outcome, known)
    lint = [
        f"{code}:{place}{'' if kind == 'stable' else ' (preview)'}{_mark(verdict)}"
        for code, place, kind, verdict, _ in said
        if kind in {"stable", "preview"}
    ]
    run = outcome.run
    if run is None:
        return ", ".join(lint) or "-", "not run"
    if run.status != "ok":
        return ", ".join(lint) or "-", f"could not run: {run.reason[:140]}"
    found = {code for code, _, _ in outcome.findings}
    codes = {probe: sorted(found & set(pointed)) for probe, pointed, _ in run.failed}
    probes = []
    for probe, _, kind, verdict, _ in said:
        if kind in {"names", "symptom"}:
            shown = f" ({', '.join(codes[probe])})" if codes[probe] else ""
            probes.append(f"{probe}{shown}{' names it' if kind == 'names' and not shown else ''}{_mark(verdict)}")
    return ", ".join(lint) or "-", "fails " + ", ".join(probes) if probes else "passes"


def _mark(verdict: str) -> str:
    return "" if verdict == "true" else f" **{verdict}**"


def _seconds(outcome: Outcome) -> str:
    return f"{outcome.run.seconds:.0f}" if outcome.run is not None else "-"


def page(outcomes: list[Outcome], known: Verdicts, peers: dict[str, dict[str, tuple[bool, float | None]]]) -> str:
    """The whole page."""
    groups: dict[tuple[str, bool], list[Outcome]] = collections.defaultdict(list)
    for outcome in outcomes:
        groups[outcome.program.bench, outcome.program.corrected].append(outcome)
    lines = [*_head(outcomes), *_table(groups, known), *_beside(groups["deepmufl", False], known, peers)]
    lines += _programs("deepmufl", groups["deepmufl", False], known, peers)
    for bench in COMMITS:
        if bench != "deepmufl" and groups[bench, False]:
            lines += _programs(bench, groups[bench, False], known, {})
    lines += ["", "## The corrected programs", "", *CORRECTED, ""]
    lines += ["| program | finding or failed probe | kind | read | why |", "|---|---|---|---|---|"]
    for (_, corrected), group in groups.items():
        for outcome in group if corrected else ():
            for code, place, kind, verdict, why in judged(outcome, known):
                where = " ".join(outcome.program.key)
                lines.append(f"| {where} | {code}: {_line(place)} | {kind} | {verdict} | {why} |")
    lines += [
        "",
        "## Each finding in the faulty ones",
        "",
        "| program | what | kind | read | why |",
        "|---|---|---|---|---|",
    ]
    for (_, corrected), group in groups.items():
        for outcome in () if corrected else group:
            for code, place, kind, verdict, why in judged(outcome, known):
                where = " ".join(outcome.program.key)
                lines.append(f"| {where} | {code}: {_line(place)} | {kind} | {verdict} | {why} |")
    return "\n".join([*lines, ""])


def _head(outcomes: list[Outcome]) -> list[str]:
    done = [outcome.run.seconds for outcome in outcomes if outcome.run is not None and outcome.run.status == "ok"]
    lint = [outcome.seconds for outcome in outcomes]
    used = ", ".join(f"{repository} @{commit[:7]}" for repository, commit in COMMITS.values())
    return [
        "# Beside other tools",
        "",
        "What kvlint says of the programs that other tools for faults in neural networks were judged on. Made by"
        " `benchmarks/peers.py`; the programs are read from their repositories and are not in this one.",
        "",
        f"Python {platform.python_version()}, 2 cores, CPU. Linting one program: median {statistics.median(lint):.3f}"
        f" s, at most {max(lint):.2f} s (of processor time, in a running Python). `kvlint verify --synthetic`: median"
        f" {statistics.median(done) if done else 0:.0f} s, beside other work on the same cores. Programs: {used}.",
        "",
    ]


def _table(groups: dict[tuple[str, bool], list[Outcome]], known: Verdicts) -> list[str]:
    lines = [
        "## The figures",
        "",
        *RULES,
        "",
        "| programs | | lint, stable | lint, with preview | verify asked | runs | names | any | lint or verify"
        " | false | unread |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for (bench, corrected), group in groups.items():
        if group:
            total = sums(group, known)
            what = "corrected" if corrected else "faulty"
            lines.append(
                f"| {bench}, {what} | {total.programs} | {total.stable} | {total.lint} | {total.asked} | {total.run} |"
                f" {total.names} | {total.verify} | {total.either} | {total.false} | {total.unread} |"
            )
    return lines


def _beside(group: list[Outcome], known: Verdicts, peers: dict[str, dict[str, tuple[bool, float | None]]]) -> list[str]:
    total = sums(group, known)
    lint = statistics.median([outcome.seconds for outcome in group])
    runs = [outcome.run.seconds for outcome in group if outcome.run is not None]
    lines = ["", "## deepmufl's 109 programs, beside the published figures", "", *PUBLISHED, ""]
    lines += ["| tool | finds, of 109 | seconds for a program (median) | trains the model |", "|---|---|---|---|"]
    lines.append(f"| `kvlint check` | {total.stable} | {lint:.3f} | no |")
    lines.append(f"| `kvlint check --preview` | {total.lint} | {lint:.3f} | no |")
    took = f"{statistics.median(runs):.0f}" if runs else "-"
    verify = f"`kvlint verify --synthetic` ({total.asked} asked so far)"
    lines.append(f"| {verify}, names it | {total.names} | {took} | a few dozen steps |")
    lines.append(f"| {verify}, fails | {total.verify} | {took} | a few dozen steps |")
    lines.append(f"| check or verify | {total.either} | | |")
    names = {outcome.program.name for outcome in group}
    for tool, found in peers.items():
        every = [one for name, one in found.items() if name in names]
        seconds = statistics.median([spent for _, spent in every if spent is not None])
        trains = "no" if tool == "Neuralint" else "yes"
        lines.append(f"| {tool} | {sum(hit for hit, _ in every)} | {seconds:.1f} | {trains} |")
    any_of = {name for found in peers.values() for name, (hit, _) in found.items() if hit and name in names}
    lines.append(f"| any of the five | {len(any_of)} | | |")
    mine = {outcome.program.name for outcome in group if any(v == "true" for *_, v, _ in judged(outcome, known))}
    lines += [
        "",
        f"Of the {len(names - any_of)} that none of the five finds, kvlint finds {len(mine - any_of)}; of the"
        f" {len(names - mine)} that kvlint finds nothing true in, one of the five finds {len(any_of - mine)}.",
    ]
    return lines


def _programs(
    bench: str, group: list[Outcome], known: Verdicts, peers: dict[str, dict[str, tuple[bool, float | None]]]
) -> list[str]:
    head = "".join(f" {tool} |" for tool in peers)
    lines = ["", f"## {bench}", "", *ABOUT.get(bench, ()), ""]
    lines += [f"| program | lint | verify | s |{head}", "|---|---|---|---|" + "---|" * len(peers)]
    for outcome in group:
        lint, verify = _cells(outcome, known)
        name = outcome.program.name
        cells = "".join(f" {'yes' if found.get(name, (False, None))[0] else 'no'} |" for found in peers.values())
        lines.append(f"| {name} | {lint} | {verify} | {_seconds(outcome)} |{cells}")
    return lines


RULES = (
    "A finding counts if it names a fault that the program has, whether or not it is the one that its authors mended."
    " A failed probe *names* the fault if it points to a finding that does, or says itself what is wrong (targets that"
    " the output can't give); otherwise it is a *symptom* (predictions that don't move). Each was read in its program.",
)
PUBLISHED = (
    "The five tools' verdicts are those of the repository of deepmufl (Ghanbari, Thomas, Arshad, Rajan, ASE 2023),"
    " `RQ1-2/*.csv`, by program; so are their seconds, measured by its authors on their machine. Of deepmufl, which"
    " ranks layers by five formulas, it is MUSE with all mutants, its best one, and the time with the training. A find"
    " there is a message about the fault that the authors know; kvlint's is any fault that is really there.",
)
CORRECTED = (
    "deepmufl, NeuraLint and UMLAUT have no corrected versions in their repositories. A correction mends one fault; a"
    " true finding is another one that is still there. The runs had seven false ones, all mended: a rate of 3 for SGD"
    " beside a sigmoid (KV734), targets said to be broadcast where the outputs hardly differ (two programs), a mean"
    " over missing values and a column of columns in the stand-in for pandas, a made table with too few columns, and"
    " a step over all samples at once.",
)
MISSED = ("Of deepmufl's programs. The authors' repair is in none of the files; these are what reading says.",)
ABOUT = {
    "DeepLocalize": (
        "Its paper (Wardat, Le, Rajan, ICSE 2021) says of 40 buggy models: faults detected in 34, localized in 21; the"
        " best that Keras itself has detects 32 and localizes none. The repository has 41 posts and repositories; two"
        " files of a post are two programs here. The callback that it measures with is in its own Keras only; it is"
        " left out of the programs.",
    ),
    "NeuraLint": (
        "Its paper (Nikanjam, Braiek, Morovati, Khomh, TOSEM 2022) says: 64 faults and design inefficiencies in 34"
        " programs from Stack Overflow and GitHub, recall 70.5 %, precision 100 %. Most of them are about the order and"
        " size of filters and poolings, of which kvlint has no rule. The synthetic samples are TensorFlow 1.",
    ),
    "UMLAUT": (
        "Its paper (Schoop, Huang, Hartmann, CHI 2021) has a study with 15 participants and no count of programs; these"
        " are the two scripts of the study.",
    ),
    "defect4ML": (
        "100 bugs by its paper (Morovati, Nikanjam, Khomh, Jiang, EMSE 2023), which judges no tool. The repository has"
        " 70; of many of Keras's the code is a submodule that it does not hold. These are the ones whose code is there"
        " and imports Keras. About half raise an error at once, which is no matter for a linter.",
    ),
}


def main() -> None:
    """Check out, lint, verify, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mirror", type=Path, required=True)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--verify", action="store_true", help="run what has not been run yet")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=120)
    parser.add_argument("--bench", action="append", choices=tuple(COMMITS), help="only this one, repeatable")
    options = parser.parse_args()
    known = verdicts(VERDICTS)
    outcomes: list[Outcome] = []
    peers: dict[str, dict[str, tuple[bool, float | None]]] = {}
    with tempfile.TemporaryDirectory() as work:
        for bench in options.bench or COMMITS:
            repository, commit = COMMITS[bench]
            git = git_directory(options.mirror, repository)
            if git is None:
                continue
            folder = Path(work) / bench
            checked_out(git, commit, folder)
            if bench == "deepmufl":
                peers = published(git, commit)
            every = list(programs(bench, folder))
            if options.verify:
                done = kept_runs(RUNS)
                todo = [program for program in every if program.script is not None and program.key not in done]
                run_all(todo, RUNS, options.jobs, options.timeout)
            runs = kept_runs(RUNS)
            outcomes += [Outcome(program, *linted(program), runs.get(program.key)) for program in every]
    text = page(outcomes, known, peers)
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
