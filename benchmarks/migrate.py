"""Ask ``kvlint migrate`` of public programs for Keras 1 and 2: what runs afterwards, and what is proven equal.

    python benchmarks/migrate.py run --mirror DIR [--work DIR] [--only WORD…] [--listing FILE]
    python benchmarks/migrate.py page --mirror DIR [--work DIR]

Each program of ``migrate.tsv`` (group, repository, path, commit) is run under Keras 2 with made data, as it is under
Keras 3, and migrated under Keras 3; the two last without any help for old names. ``run`` keeps what each run gave in
``--work``, by the text that was run, and does nothing twice; ``page`` writes ``migrate.md``. MIRROR holds a git
directory for each repository, named owner+name.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.golden import git_directory
from kerasvae_lint.migrate import Kind, Migration, migrate_data
from kerasvae_lint.runtime.launch import Outcome
from kerasvae_lint.runtime.options import Options
from kerasvae_lint.runtime.twins.prove import Pair, Ran, judged, run_new, run_old
from kerasvae_lint.runtime.twins.results import DIFFERS, EQUAL, RAISED, lines
from kerasvae_lint.source import SourceError, decode

HERE = Path(__file__).resolve().parent
LISTING = HERE / "migrate.tsv"
OPTIONS = Options(timeout=180.0, steps=2, memory_limit=6 * 2**30, device="cpu", synthetic=True)
RUN_ON = 20.0
CHUNK = 12
OLD, TODAY = "old", "today"
UNCHANGED = "unchanged"
WANTED = 60
_LOCAL = re.compile(r"^\s*(?:from\s+\.?([\w.]+)\s+import|import\s+([\w.]+))", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Program:
    """One line of the listing, and where its file lies."""

    group: str
    repository: str
    file: str
    commit: str
    path: Path

    @property
    def name(self) -> str:
        """``owner/name@commit path``."""
        return f"{self.repository}@{self.commit[:10]} {self.file}"

    @property
    def text(self) -> str:
        """As Python runs it."""
        return decode(self.path.read_bytes(), str(self.path)).text


@dataclass(slots=True)
class Result:
    """What became of a program."""

    program: Program
    runs_old: bool = False
    why_old: str = ""
    runs_as_is: bool = False
    why_as_is: str = ""
    changed: bool = False
    verdict: str = ""
    reason: str = ""
    differs_said: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    report: list[str] = field(default_factory=list)
    diff: int = 0


def programs(listing: Path, mirror: Path, work: Path) -> Iterator[Program]:
    """Those of a listing, checked out: the folder that each stands in."""
    for row in listing.read_text(encoding="utf-8").splitlines():
        if not row.strip() or row.startswith("#"):
            continue
        group, repository, file, commit = row.split("\t")[:4]
        folder = work / "checkouts" / f"{repository.replace('/', '+')}@{commit[:10]}"
        path = folder / file
        if not path.is_file():
            git = git_directory(mirror, repository)
            if git is None:
                print(f"no mirror of {repository}", file=sys.stderr)
                continue
            where = str(Path(file).parent)
            archive = subprocess.run(
                ["git", f"--git-dir={git}", "archive", commit, *([where] if where != "." else [])],
                capture_output=True,
                check=False,
            )
            (folder / ".git").mkdir(parents=True, exist_ok=True)  # marks the root of a project
            subprocess.run(["tar", "x", "-C", str(folder)], input=archive.stdout, check=False, capture_output=True)
            if not path.is_file():  # a mirror without some of the folder's files
                show = ["git", f"--git-dir={git}", "show", f"{commit}:{file}"]
                alone = subprocess.run(show, capture_output=True, check=False)
                if alone.returncode == 0:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(alone.stdout)
        if path.is_file():
            yield Program(group, repository, file, commit, path)


def digest(*texts: str) -> str:
    """A hash of what was run."""
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def beside(program: Program) -> list[Path]:
    """Local files that it imports, at any depth."""
    found: list[Path] = []
    todo = [program.path]
    while todo:
        file = todo.pop()
        text = decode(file.read_bytes(), str(file)).text
        for match in _LOCAL.finditer(text):
            name = (match[1] or match[2]).replace(".", "/")
            for path in (program.path.parent / f"{name}.py", program.path.parent / name / "__init__.py"):
                if path.is_file() and path not in found and path != program.path:
                    found.append(path)
                    todo.append(path)
    return found


@dataclass(slots=True)
class Migrated:
    """A program after ``kvlint migrate``."""

    program: Program
    before: str
    after: str
    changed: tuple[tuple[str, str], ...]
    lines: list[Any]
    diff: int
    problem: str = ""

    @property
    def text_changes(self) -> bool:
        """True if there is anything to write."""
        return self.before != self.after or bool(self.changed)


def migrated(program: Program) -> Migrated:
    """The program and the files beside it, in one pass."""
    own = migrate_data(program.path.read_bytes(), str(program.path))
    others = [migrate_data(path.read_bytes(), str(path)) for path in beside(program)]
    changed = tuple((m.filename, m.after.decode("utf-8")) for m in others if m.changed)
    found = [line for m in (own, *others) for line in m.lines]
    problem = "; ".join(p.message for p in own.problems)
    text = decode(own.after, str(program.path)).text
    return Migrated(program, program.text, text, changed, found, _lines_changed(own), problem)


def _lines_changed(migration: Migration) -> int:
    before = migration.before.decode("utf-8", "replace").splitlines()
    after = migration.after.decode("utf-8", "replace").splitlines()
    counts = collections.Counter(before)
    counts.subtract(after)
    return sum(abs(n) for n in counts.values())


class Store:
    """What runs gave, by the text that was run."""

    def __init__(self, work: Path) -> None:
        self.work = work / "runs"
        self.work.mkdir(parents=True, exist_ok=True)

    def folder(self, kind: str, key: str) -> Path:
        """Of one run."""
        return self.work / f"{kind}-{key}"

    def get(self, kind: str, key: str) -> Ran | None:
        """A run that was made before."""
        folder = self.folder(kind, key)
        try:
            reason = json.loads((folder / "outcome.json").read_text(encoding="utf-8"))["reason"]
        except (OSError, ValueError):
            return None
        return Ran(folder, Outcome(reason=reason))

    def kept(self, result: Result) -> Result:
        """A result with a verdict is kept; one without is the last that was: of the migration as it was then."""
        path = self.work / f"result-{digest(result.program.name)}.json"
        if result.verdict:
            body = {k: v for k, v in asdict(result).items() if k != "program"}
            path.write_text(json.dumps(body), encoding="utf-8")
        elif path.is_file():
            return Result(result.program, **json.loads(path.read_text(encoding="utf-8")))
        return result

    def put(self, ran: Ran) -> None:
        """Keep it."""
        ran.folder.mkdir(parents=True, exist_ok=True)
        (ran.folder / "outcome.json").write_text(json.dumps({"reason": ran.outcome.reason}), encoding="utf-8")


def runs(ran: Ran) -> bool:
    """True if the program came to its training and on without an error."""
    return ran.recorded and ran.end.how != RAISED


def why(ran: Ran) -> str:
    """Why it did not."""
    return ran.end.reason if ran.recorded else ran.outcome.reason


def chunks(items: list[Any]) -> Iterator[list[Any]]:
    """A few at a time: what is done is kept."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def run_all(found: list[Program], store: Store, *, migrate: bool) -> None:
    """Every run that was not made yet."""
    for part in chunks(found):
        _run_part([p for p in part if not _unreadable(p)], store, migrate)


def _unreadable(program: Program) -> bool:
    try:
        compile(program.text, program.file, "exec")
    except (SourceError, SyntaxError, ValueError):
        return True
    return False


def _run_part(part: list[Program], store: Store, migrate: bool) -> None:
    began = time.monotonic()
    keys = {p.name: digest(p.text) for p in part}
    pairs = {p.name: Pair(p.file, str(p.path), p.text, p.text) for p in part}
    todo = [p for p in part if store.get("asis", keys[p.name]) is None]
    folders = [store.folder("asis", keys[p.name]) for p in todo]
    _go(lambda a, b: run_new(a, OPTIONS, b, 5.0), todo, pairs, folders, store)
    part = [p for p in part if runs(_known(store, "asis", keys[p.name])) == (p.group == TODAY)]
    news = {p.name: migrated(p) for p in part} if migrate else {}
    part = [p for p in part if p.group == OLD or (p.name in news and news[p.name].text_changes)]
    for keras, kind, group in (("2", "old", OLD), ("3", "now", TODAY)):
        todo = [p for p in part if p.group == group and store.get(kind, keys[p.name]) is None]
        folders = [store.folder(kind, keys[p.name]) for p in todo]
        _go(lambda a, b, k=keras: run_old(a, OPTIONS, b, RUN_ON, keras=k), todo, pairs, folders, store)
    names = ", ".join(p.file for p in part)
    print(f"{time.monotonic() - began:6.0f} s  asked: {names}", file=sys.stderr, flush=True)
    if not migrate:
        return
    part = [p for p in part if runs(_known(store, _kind(p), keys[p.name]))]
    pairs = {n: Pair(m.program.file, str(m.program.path), m.before, m.after, m.changed) for n, m in news.items()}
    todo = [p for p in part if store.get("new", _new_key(news[p.name])) is None]
    olds = [_known(store, _kind(p), keys[p.name]) for p in todo]
    folders = [store.folder("new", _new_key(news[p.name])) for p in todo]
    _go(lambda a, b: run_new(a, OPTIONS, b, RUN_ON, olds), todo, pairs, folders, store)
    for program in part:
        result = store.kept(result_of(program, store))
        print(f"    {result.verdict:14} {program.file}: {result.reason[:200]}", file=sys.stderr, flush=True)


def _kind(program: Program) -> str:
    """Under which Keras the text as it was is run."""
    return "old" if program.group == OLD else "now"


def _new_key(m: Migrated) -> str:
    return digest(m.before, m.after, *(text for _, text in m.changed))


def _known(store: Store, kind: str, key: str) -> Ran:
    found = store.get(kind, key)
    assert found is not None
    return found


def _go(run: Any, todo: list[Program], pairs: dict[str, Pair], folders: list[Path], store: Store) -> None:
    if not todo:
        return
    for ran in run([pairs[p.name] for p in todo], folders):
        store.put(ran)


def result_of(program: Program, store: Store) -> Result:
    """What the runs say."""
    result = Result(program)
    if _unreadable(program):
        result.why_old = "not Python 3"
        return result
    key = digest(program.text)
    asis, old = store.get("asis", key), store.get(_kind(program), key)
    if asis is not None:
        result.runs_as_is, result.why_as_is = runs(asis), why(asis)
    if program.group == TODAY and result.runs_as_is and not (m := migrated(program)).text_changes:
        result.verdict, result.left = UNCHANGED, [f"{line.row}: {line.message}" for line in m.lines]
        return result
    if old is None:
        return result
    result.runs_old, result.why_old = runs(old), why(old)
    if not result.runs_old:
        return result
    m = migrated(program)
    result.changed, result.diff = m.after != m.before, m.diff
    result.differs_said = [f"{line.row}: {line.message}" for line in m.lines if line.kind is Kind.DIFFERS]
    result.left = [f"{line.row}: {line.message}" for line in m.lines if line.kind is Kind.LEFT]
    new = store.get("new", _new_key(m))
    if new is None:
        return result
    proof = judged(Pair(program.file, str(program.path), m.before, m.after, m.changed), old, new)
    result.verdict, result.reason, result.report = proof.verdict, proof.reason, list(lines(proof))
    return result


# ---------------------------------------------------------------------------------------------------------------------
# The page
# ---------------------------------------------------------------------------------------------------------------------

_KINDS = (
    ("a module that is gone", r"there is no module|No module named"),
    ("a name that is gone", r"cannot import name|has no attribute"),
    ("an argument that is gone", r"unexpected keyword|got an unexpected|Unrecognized keyword|multiple values"),
    ("a symbolic tensor in TensorFlow's hands", r"KerasTensor"),
    ("a name or path of a file", r"filepath|\.weights\.h5|\.keras|extension"),
    ("a value that Keras 3 refuses", r"ValueError|TypeError"),
)


def kind_of(reason: str) -> str:
    """What stopped a program, in few words."""
    return next((name for name, pattern in _KINDS if re.search(pattern, reason)), "something else")


def page(results: list[Result]) -> str:
    """``migrate.md``."""
    old = [r for r in results if r.program.group == OLD and r.runs_old and not r.runs_as_is and r.verdict]
    today = [r for r in results if r.program.group == TODAY and r.runs_as_is and r.verdict]
    ran = [r for r in old if r.verdict in {EQUAL, DIFFERS}]
    equal = [r for r in old if r.verdict == EQUAL]
    unsaid = [r for r in old if r.verdict == DIFFERS and not r.differs_said]
    import keras
    import tensorflow
    import tf_keras

    versions = f"TensorFlow {tensorflow.__version__}, tf_keras {tf_keras.__version__}, Keras {keras.__version__}"
    text = [
        "# Migration",
        "",
        "What `kvlint migrate` makes of public programs for Keras 1 and 2, and what `--verify` says of it.",
        "Made by `benchmarks/migrate.py`; the programs stand in `migrate.tsv` (repository, path, commit) and are",
        "fetched, not kept.",
        "",
        f"Python {platform.python_version()}, {versions}, on a CPU, with made data (`--synthetic`).",
        "",
        f"Asked were {len(old)} programs that run under Keras 2 here (with verify's help for old names) and do not run",
        "under Keras 3 as they are. «Runs» means: under Keras 3, with no help for old names, to its training and",
        f"through what follows it, each `fit` cut to a batch, for {RUN_ON:g} s at most. «Equal» means that weights by",
        "structure, initial weights, first batch, outputs, penalties, loss, metrics, gradients and variables of one",
        "step, optimizer and saved model agree within rounding (what can't be asked of Keras 2 is not asked).",
        "",
        *_short(len(old)),
        "| | programs | share |",
        "|---|---|---|",
        f"| asked | {len(old)} | |",
        f"| run after `kvlint migrate` | {len(ran)} | {_share(ran, old)} |",
        f"| proven equal | {len(equal)} | {_share(equal, old)} |",
        f"| run and differ | {len(ran) - len(equal)} | {_share([r for r in ran if r.verdict == DIFFERS], old)} |",
        f"| of these, with no line that anything differs | {len(unsaid)} | |",
        "",
        "## What stopped the rest",
        "",
    ]
    stopped = [r for r in old if r not in ran]
    counts = collections.Counter(kind_of(r.reason) for r in stopped)
    text += ["| kind | programs |", "|---|---|", *(f"| {kind} | {n} |" for kind, n in counts.most_common()), ""]
    text += [
        "## Programs for Keras 1 and 2",
        "",
        "| program | as it is under Keras 3 | migrated | first reason |",
        "|---|---|---|---|",
    ]
    text += [f"| {_cell(r.program.name)} | {_cell(r.why_as_is)} | {r.verdict} | {_cell(r.reason)} |" for r in old]
    broken = [r for r in today if r.verdict not in {EQUAL, UNCHANGED}]
    untouched = [r for r in today if r.verdict == UNCHANGED]
    text += [
        "",
        "## Programs that run under Keras 3 already",
        "",
        f"{len(today)} programs: {len(untouched)} have an empty diff, {len(today) - len(untouched)} a diff; "
        f"broken: {len(broken)}.",
        "",
        "| program | lines changed | migrated | first reason |",
        "|---|---|---|---|",
        *(f"| {_cell(r.program.name)} | {r.diff} | {r.verdict} | {_cell(r.reason)} |" for r in today),
    ]
    return "\n".join(text) + "\n"


def _short(asked: int) -> list[str]:
    """What is not reached yet, said on the page."""
    if asked >= WANTED:
        return []
    return [f"At least {WANTED} are wanted; each is three runs, and time ended after {asked}.", ""]


def _share(part: Iterable[Any], whole: list[Any]) -> str:
    return f"{100 * len(list(part)) / len(whole):.0f} %" if whole else ""


def _cell(text: str) -> str:
    plain = re.sub(r"[|\[\]]", " ", text.replace("\n", " ").partition(": it was in an older release")[0])
    plain = re.sub(r"\S*/(?:tmp|work)/\S*", "…", plain)
    return plain if len(plain) <= 150 else plain[:149] + "…"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("run", "survey", "page", "show"))
    parser.add_argument("--mirror", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "kvlint-migrate")
    parser.add_argument("--listing", type=Path, default=LISTING)
    parser.add_argument("--only", nargs="*", default=())
    given = parser.parse_args()
    store = Store(given.work)
    found = [
        p
        for p in programs(given.listing, given.mirror.resolve(), given.work.resolve())
        if not given.only or any(word in p.name for word in given.only)
    ]
    if given.what in {"run", "survey"}:
        run_all(found, store, migrate=given.what == "run")
        return
    results = [store.kept(result_of(p, store)) for p in found]
    if given.what == "show":
        for result in results:
            print(json.dumps(asdict(result) | {"program": result.program.name}, indent=1, default=str))
        return
    (HERE / "migrate.md").write_text(page(results), encoding="utf-8")
    shutil.rmtree(given.work / "scratch", ignore_errors=True)


if __name__ == "__main__":
    main()
