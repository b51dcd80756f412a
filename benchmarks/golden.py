"""Record what a version of kvlint finds and fixes in real code, and show what differs between two records.

    python benchmarks/golden.py record OUT.json --mirror DIR --labels FOLDER… [--kvlint COMMAND] [--places golden.tsv]
    python benchmarks/golden.py diff OLD NEW [--code KV409]

Linted are the installed keras, tf_keras and tensorflow_probability, the fixtures, and each repository that the labels
or the verdicts name: whole, as it was at a label's commit (at its newest where no label names one). DIR holds a git
directory for each, named owner+name; they are checked out once, into ``--cache``. A record holds messages and edits,
so it stays out of the tree. ``--places`` writes what may stay: places, codes and hashes. ``diff`` reads either.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import importlib.metadata
import importlib.util
import json
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PACKAGES = ("keras", "tf_keras", "tensorflow_probability")
READ = frozenset({".py", ".ipynb", ".toml", ".cfg", ".txt"})
UNHASHED = "-"


def digest(text: str) -> str:
    """A short hash, the same on each machine."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]


@dataclass(frozen=True)
class Entry:
    """One finding with its fix. In one read from places ``message``, ``fix_message`` and the edits are empty."""

    source: str
    file: str
    cell: int | None
    row: int
    column: int
    code: str
    message_hash: str
    applicability: str  # "-" without a fix
    fix_hash: str  # "-" without a fix
    preview: bool | None = None
    message: str = ""
    fix_message: str = ""
    edits: tuple[str, ...] = ()

    @property
    def exact(self) -> tuple[str, str, int, int, int, str]:
        """Where it is and what."""
        return (*self.line, self.column, self.code)

    @property
    def line(self) -> tuple[str, str, int, int]:
        """Its line."""
        return (self.source, self.file, self.cell or 0, self.row)

    @property
    def place(self) -> str:
        """``source file:12:5`` or ``source file:cell 3:12:5``."""
        cell = "" if self.cell is None else f"cell {self.cell}:"
        return f"{self.source} {self.file}:{cell}{self.row}:{self.column}"


@dataclass
class Record:
    """What one version finds in all sources."""

    version: str = ""
    sources: dict[str, str] = field(default_factory=dict)  # name → commit or version
    entries: list[Entry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # what kvlint could not do, a line each


@dataclass(frozen=True)
class Source:
    """Something to lint."""

    name: str
    version: str
    folder: Path


def position(of: dict[str, int]) -> str:
    """``12:5``."""
    return f"{of['row']}:{of['column']}"


def entry(source: str, folder: Path, found: dict[str, Any], preview: frozenset[str]) -> Entry:
    """A finding as kvlint's JSON has it."""
    fix = found["fix"]
    edits: list[str] = []
    for edit in (fix or {}).get("edits", ()):
        cell = "" if edit["cell"] is None else f"cell {edit['cell']}:"
        edits.append(f"{cell}{position(edit['location'])}-{position(edit['end_location'])} {edit['content']!r}")
    at = found["location"]
    return Entry(
        source=source,
        file=Path(found["filename"]).relative_to(folder).as_posix(),
        cell=found["cell"],
        row=at["row"],
        column=at["column"],
        code=found["code"],
        message_hash=digest(found["message"]),
        applicability=fix["applicability"] if fix else UNHASHED,
        fix_hash=digest("\n".join([fix["message"], *edits])) if fix else UNHASHED,
        preview=found["code"] in preview,
        message=found["message"],
        fix_message=fix["message"] if fix else "",
        edits=tuple(edits),
    )


# ---------------------------------------------------------------------------------------------------------------------
# What is linted
# ---------------------------------------------------------------------------------------------------------------------


def git_directory(mirror: Path, repository: str) -> Path | None:
    """Where a repository's objects are."""
    base = mirror / repository.replace("/", "+")
    heads = [base / "HEAD", *base.glob("*/HEAD"), *base.glob("*/*/HEAD"), *base.glob("*/.git/HEAD")]
    return next((head.parent for head in heads if (head.parent / "objects").is_dir()), None)


def named(labels: Iterable[Path], verdicts: Path | None) -> dict[str, set[str]]:
    """Repositories and the commits that labels name; a repository that only verdicts name has none."""
    commits: dict[str, set[str]] = {}
    for folder in labels:
        for path in sorted(folder.glob("*.tsv")):
            for row in path.read_text(encoding="utf-8").splitlines():
                cells = row.split("\t")
                if len(cells) >= 7:
                    commits.setdefault(cells[0], set()).add(cells[2])
    if verdicts is not None:
        for row in verdicts.read_text(encoding="utf-8").splitlines():
            name = row.split("\t")[0]
            if "/" in name:
                commits.setdefault(name, set())
    return commits


def check_out(git: Path, commit: str, folder: Path) -> None:
    """Scripts, notebooks and what pins versions, as of ``commit``; whole or not at all."""
    run = ["git", f"--git-dir={git}"]
    tree = subprocess.run([*run, "ls-tree", "-r", "-z", commit], capture_output=True, check=True).stdout
    blobs = []
    for line in tree.split(b"\0"):
        about, _, name = line.partition(b"\t")
        if about.split(b" ")[0] in {b"100644", b"100755"}:
            path = name.decode("utf-8", "replace")
            if Path(path).suffix in READ or Path(path).name == ".gitignore":
                blobs.append((about.split(b" ")[2], path))
    asked = b"".join(blob + b"\n" for blob, _ in blobs)
    told = subprocess.run([*run, "cat-file", "--batch"], input=asked, capture_output=True, check=True).stdout
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    (part / ".git").mkdir(parents=True)  # marks the root of a project, as in any checkout
    at = 0
    for _, path in blobs:
        end = told.index(b"\n", at)
        header, at = told[at:end].split(), end + 1
        if header[1] != b"blob":  # a snapshot may lack large files
            continue
        size = int(header[2])
        path_on_disk = part / path
        path_on_disk.parent.mkdir(parents=True, exist_ok=True)
        path_on_disk.write_bytes(told[at : at + size])
        at += size + 1
    part.rename(folder)


def checkouts(mirror: Path, cache: Path, wanted: dict[str, set[str]]) -> tuple[list[Source], list[str]]:
    """The repositories as they were, and which of them can't be had."""
    found, missing = [], []
    cache.mkdir(parents=True, exist_ok=True)
    for repository in sorted(wanted):
        git = git_directory(mirror, repository)
        if git is None:
            missing.append(repository)
            continue
        newest = subprocess.run(["git", f"--git-dir={git}", "rev-parse", "HEAD"], capture_output=True, text=True).stdout
        for commit in sorted(wanted[repository] or {newest.strip()}):
            folder = cache / f"{repository.replace('/', '+')}@{commit[:10]}"
            try:
                if not folder.is_dir():
                    check_out(git, commit, folder)
            except subprocess.CalledProcessError:
                missing.append(f"{repository}@{commit[:10]}")
            else:
                found.append(Source(f"{repository}@{commit[:10]}", commit, folder))
    return found, missing


def installed(packages: Iterable[str]) -> tuple[list[Source], list[str]]:
    """The packages beside this Python, none of them imported."""
    found, missing = [], []
    for name in packages:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            missing.append(name)
            continue
        version = importlib.metadata.version(name.replace("_", "-"))
        found.append(Source(name, version, Path(spec.origin).resolve().parent))
    return found, missing


# ---------------------------------------------------------------------------------------------------------------------
# Recording
# ---------------------------------------------------------------------------------------------------------------------


def lint(source: Source, kvlint: Sequence[str], preview: frozenset[str], limit: float) -> tuple[list[Entry], list[str]]:
    """Findings in one source, and what could not be done there."""
    command = [*kvlint, "check", ".", "--preview", "--no-cache", "--jobs", "1", "--output-format", "json"]
    try:
        done = subprocess.run(
            command, cwd=source.folder, capture_output=True, encoding="utf-8", errors="replace", timeout=limit
        )
    except subprocess.TimeoutExpired:
        return [], [f"{source.name} took more than {limit:.0f} s"]
    told = [line for line in done.stderr.splitlines() if line.strip()]
    here = f"{source.folder}/"
    problems = [f"{source.name} {line.replace(here, '')}" for line in told if ": error:" in line]
    try:
        found = json.loads(done.stdout)
    except json.JSONDecodeError:
        return [], [f"{source.name} no findings came out, exit status {done.returncode}: {' '.join(told[-1:])}"]
    return [entry(source.name, source.folder, each, preview) for each in found], problems


def preview_codes(kvlint: Sequence[str]) -> frozenset[str]:
    """The rules that only --preview runs."""
    run = subprocess.run([*kvlint, "rule", "--all", "--output-format", "json"], capture_output=True, check=True)
    return frozenset(rule["code"] for rule in json.loads(run.stdout) if rule.get("preview"))


def size(folder: Path) -> int:
    """Bytes of Python and notebooks, roughly the time it takes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.suffix in {".py", ".ipynb"})


def record(
    sources: Sequence[Source], kvlint: Sequence[str], *, jobs: int = 2, limit: float = 900, verbose: bool = False
) -> Record:
    """Lint all sources, the largest first so that no process waits long for another."""
    preview = preview_codes(kvlint)
    version = subprocess.run([*kvlint, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    result = Record(version, {source.name: source.version for source in sources})

    def one(source: Source) -> tuple[list[Entry], list[str]]:
        begun = time.monotonic()
        found = lint(source, kvlint, preview, limit)
        if verbose:
            print(f"{time.monotonic() - begun:6.1f} s {len(found[0]):4} {source.name}", file=sys.stderr, flush=True)
        return found

    with ThreadPoolExecutor(jobs) as pool:
        for entries, problems in pool.map(one, sorted(sources, key=lambda source: -size(source.folder))):
            result.entries += entries
            result.problems += problems
    result.entries.sort(key=lambda each: (each.exact, each.message_hash, each.fix_hash))
    result.problems.sort()
    return result


def save(result: Record, path: Path) -> None:
    """The whole record, as JSON."""
    data = {**asdict(result), "entries": [asdict(each) for each in result.entries]}
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False), encoding="utf-8")


def save_places(result: Record, path: Path) -> None:
    """Source, file, place, code, hash of the message, applicability, hash of the fix: a line each, sorted.

    Of the stable rules: KV605 alone, in preview, would be twenty thousand lines.
    """
    lines = []
    for each in result.entries:
        if each.preview:
            continue
        cell = "" if each.cell is None else f"cell {each.cell}:"
        place = f"{cell}{each.row}:{each.column}"
        row = (each.source, each.file, place, each.code, each.message_hash, each.applicability, each.fix_hash)
        lines.append("\t".join(row))
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def load(path: Path) -> Record:
    """A record, whole or only its places."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        data = json.loads(text)
        entries = [Entry(**{**each, "edits": tuple(each["edits"])}) for each in data.pop("entries")]
        return Record(**data, entries=entries)
    entries = []
    for line in text.splitlines():
        source, file, place, code, message_hash, applicability, fix_hash = line.split("\t")
        *cell, row, column = place.removeprefix("cell ").split(":")
        number = int(cell[0]) if cell else None
        entries.append(Entry(source, file, number, int(row), int(column), code, message_hash, applicability, fix_hash))
    return Record(str(path), {each.source: "" for each in entries}, entries)


# ---------------------------------------------------------------------------------------------------------------------
# The difference
# ---------------------------------------------------------------------------------------------------------------------


@dataclass
class Difference:
    """What one rule finds otherwise."""

    lost: list[Entry] = field(default_factory=list)
    won: list[Entry] = field(default_factory=list)
    changed: list[tuple[Entry, Entry, list[str]]] = field(default_factory=list)  # old, new, what of it


def what_changed(old: Entry, new: Entry) -> list[str]:
    """What of a finding is otherwise: column, message, applicability, fix."""
    pairs = {
        "column": (old.column, new.column),
        "message": (old.message_hash, new.message_hash),
        "applicability": (old.applicability, new.applicability),
        "fix": (old.fix_hash, new.fix_hash),
    }
    return [name for name, (before, after) in pairs.items() if before != after]


def difference(old: Record, new: Record) -> dict[str, Difference]:
    """By code. Findings of one code on one line are paired: those alike first, then by place, then what is left."""
    found: dict[str, Difference] = collections.defaultdict(Difference)
    lines: dict[tuple[tuple[str, str, int, int], str], tuple[list[Entry], list[Entry]]]
    lines = collections.defaultdict(lambda: ([], []))
    for side, result in enumerate((old, new)):
        for each in result.entries:
            lines[each.line, each.code][side].append(each)
    for (_, code), (before, after) in sorted(lines.items()):
        pairs: list[tuple[Entry, Entry]] = []
        for alike in (
            lambda a, b: not what_changed(a, b),
            lambda a, b: a.exact == b.exact,
            lambda _a, _b: True,
        ):
            for a in list(before):
                b = next((b for b in after if alike(a, b)), None)
                if b is not None:
                    before.remove(a)
                    after.remove(b)
                    pairs.append((a, b))
        changed = [(a, b, what_changed(a, b)) for a, b in pairs if what_changed(a, b)]
        if before or after or changed:
            found[code].lost += before
            found[code].won += after
            found[code].changed += changed
    return dict(found)


def told(old: Record, new: Record, codes: Sequence[str] = ()) -> str:
    """The difference as text: a summary for each code, then each place."""
    begins = tuple(codes)
    by_code = {
        code: each for code, each in sorted(difference(old, new).items()) if not begins or code.startswith(begins)
    }
    before = collections.Counter(each.code for each in old.entries)
    after = collections.Counter(each.code for each in new.entries)
    lines = []
    for title, here, there in (("only old", old, new), ("only new", new, old)):
        only = sorted(set(here.sources) - set(there.sources))
        if only and there.sources:
            lines.append(f"sources in the {title} record: {', '.join(only)}")
    lines.append("code    old   new  lost   won  changed")
    for code, each in by_code.items():
        row = f"{len(each.lost):5} {len(each.won):5} {len(each.changed):8}"
        lines.append(f"{code:6}{before[code]:5} {after[code]:5} {row}")
    total = [sum(len(getattr(each, name)) for each in by_code.values()) for name in ("lost", "won", "changed")]
    kept = [sum(n for code, n in count.items() if not begins or code.startswith(begins)) for count in (before, after)]
    lines.append(f"{'all':6}{kept[0]:5} {kept[1]:5} {total[0]:5} {total[1]:5} {total[2]:8}")
    for code, each in by_code.items():
        lines += ["", code]
        for mark, entries in (("lost", each.lost), ("won", each.won)):
            lines += [f"  {mark:5} {one.place} {one.message}".rstrip() for one in entries]
        for a, b, what in each.changed:
            lines += [f"  changed {', '.join(what)}: {b.place}", *shown(a, b, what)]
    if not begins:
        lines += problems(old, new)
    return "\n".join(lines)


def shown(old: Entry, new: Entry, what: Sequence[str]) -> list[str]:
    """Both texts of what changed, as far as the records hold them."""
    lines = []
    for mark, each in (("-", old), ("+", new)):
        if "column" in what:
            lines.append(f"      {mark} column {each.column}")
        if "message" in what and each.message:
            lines.append(f"      {mark} {each.message}")
        if "applicability" in what:
            lines.append(f"      {mark} {each.applicability}")
        if "fix" in what and each.fix_message:
            lines += [f"      {mark} {text}" for text in (each.fix_message, *each.edits)]
    return lines


def problems(old: Record, new: Record) -> list[str]:
    """What only one of them could not do."""
    lines = []
    for title, here, there in (("only the new", new, old), ("only the old", old, new)):
        only = sorted(set(here.problems) - set(there.problems))
        if only and there.problems:
            lines += ["", f"what {title} version could not do", *(f"  {line}" for line in only)]
    return lines


# ---------------------------------------------------------------------------------------------------------------------
# The command
# ---------------------------------------------------------------------------------------------------------------------


def main() -> None:
    """Record or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    recording = commands.add_parser("record", help="record what a version finds")
    recording.add_argument("output", type=Path)
    recording.add_argument("--mirror", type=Path, help="git directories, named owner+name")
    recording.add_argument("--labels", type=Path, nargs="*", default=[HERE / "labels"])
    recording.add_argument("--verdicts", type=Path, default=HERE / "verdicts.tsv")
    recording.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "kvlint-golden")
    recording.add_argument("--packages", nargs="*", default=PACKAGES)
    recording.add_argument("--fixtures", type=Path, default=HERE.parent / "fixtures")
    recording.add_argument("--kvlint", default=shlex.join([sys.executable, "-m", "kerasvae_lint"]))
    recording.add_argument("--only", nargs="*", default=[], help="only sources with one of these words in their name")
    recording.add_argument("--places", type=Path, help="write places and codes here")
    recording.add_argument("--jobs", type=int, default=2)
    recording.add_argument("--limit", type=float, default=900, help="seconds that one source may take")
    recording.add_argument("--verbose", action="store_true")
    comparing = commands.add_parser("diff", help="show what two records don't share")
    comparing.add_argument("old", type=Path)
    comparing.add_argument("new", type=Path)
    comparing.add_argument("--code", action="append", default=[], help="only codes that begin so")
    comparing.add_argument("--only", nargs="*", default=[], help="only sources with one of these words in their name")
    options = parser.parse_args()
    if options.command == "diff":
        print(told(chosen(load(options.old), options.only), chosen(load(options.new), options.only), options.code))
        return
    sources, missing = installed(options.packages)
    sources.append(Source("fixtures", "", options.fixtures.resolve()))
    if options.mirror is not None:
        wanted = named(options.labels, options.verdicts)
        repositories, absent = checkouts(options.mirror.resolve(), options.cache.resolve(), wanted)
        sources, missing = sources + repositories, missing + absent
    if options.only:
        sources = [source for source in sources if any(word in source.name for word in options.only)]
    begun = time.monotonic()
    result = record(
        sources, shlex.split(options.kvlint), jobs=options.jobs, limit=options.limit, verbose=options.verbose
    )
    save(result, options.output)
    if options.places is not None:
        save_places(result, options.places)
    took = time.monotonic() - begun
    print(f"{len(result.entries)} findings, {len(result.problems)} problems in {len(sources)} sources, {took:.0f} s")
    if missing:
        print(f"could not be had: {', '.join(missing)}")


def chosen(result: Record, words: Sequence[str]) -> Record:
    """Only what comes from sources with one of the words in their name; everything without words."""
    if not words:
        return result
    return replace(
        result,
        sources={name: version for name, version in result.sources.items() if any(word in name for word in words)},
        entries=[each for each in result.entries if any(word in each.source for word in words)],
        problems=[line for line in result.problems if any(word in line.split(" ")[0] for word in words)],
    )


if __name__ == "__main__":
    main()
