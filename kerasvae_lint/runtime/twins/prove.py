"""In the parent: runs the old and the new text of programs, one child for each Keras, and compares what they wrote."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from kerasvae_lint.runtime import launch
from kerasvae_lint.runtime.options import Job, Options
from kerasvae_lint.runtime.twins.compare import compare
from kerasvae_lint.runtime.twins.record import read
from kerasvae_lint.runtime.twins.results import (
    ALONE,
    COULD_NOT_RUN,
    DIFFERS,
    END,
    ENDED,
    EQUAL,
    RAISED,
    RUNNING,
    UNASKED,
    Proof,
)
from kerasvae_lint.runtime.workspace import scratch

RUN_ON = 60.0
"""Seconds that each program may run on after its record is written, its ``fit`` cut to a batch."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One program, old and new.

    Attributes:
        target: as the user gave it.
        path: where the file stands, absolute.
        old: its text, a notebook's as what its cells make, and ``new`` what became of it.
        changed: other files of the project, absolute, with their new text.
    """

    target: str
    path: str
    old: str
    new: str
    changed: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class End:
    """How a program ended after its record was written."""

    how: str
    reason: str = ""


def prove(pair: Pair, options: Options, seconds: float = RUN_ON) -> Proof:
    """One program.

    Raises:
        NotInstalledError: the runtime extra is missing.
    """
    return prove_all([pair], options, seconds)[0]


def prove_all(pairs: Iterable[Pair], options: Options, seconds: float = RUN_ON) -> list[Proof]:
    """Several programs: all old ones first, then the new ones.

    Raises:
        NotInstalledError: the runtime extra is missing.
    """
    pairs = list(pairs)
    with scratch() as folder:
        first = {(pair.path, pair.old): pair for pair in reversed(pairs)}  # several new texts of one program
        ran = run_old(list(first.values()), options, [folder / f"old{i}" for i in range(len(first))], seconds)
        known = dict(zip(first, ran, strict=True))
        olds = [known[pair.path, pair.old] for pair in pairs]
        news = run_new(pairs, options, [folder / f"new{i}" for i in range(len(pairs))], seconds, olds)
        return [judged(*those) for those in zip(pairs, olds, news, strict=True)]


@dataclass(frozen=True, slots=True)
class Ran:
    """One run: the folder of its record, and what the launcher says."""

    folder: Path
    outcome: launch.Outcome

    @property
    def recorded(self) -> bool:
        """True if there is a record."""
        return (self.folder / "record.json").is_file()

    @property
    def end(self) -> End:
        """How it ended."""
        try:
            body = json.loads((self.folder / END).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return End(RUNNING)
        return End(body["how"], body["reason"])


def run_old(pairs: list[Pair], options: Options, folders: list[Path], seconds: float, *, keras: str = "2") -> list[Ran]:
    """The old texts: under Keras 2 with whatever scripts of old need, or under Keras 3 as they stand."""
    jobs = [
        Job(pair.target, "old", pair.old, pair.path, twin=str(folder), plain=keras == "3", seconds=seconds)
        for pair, folder in zip(pairs, folders, strict=True)
    ]
    return _run(jobs, replace(options, keras=keras, backend=None))


def run_new(
    pairs: list[Pair], options: Options, folders: list[Path], seconds: float, olds: list[Ran] | None = None
) -> list[Ran]:
    """The new texts, under Keras 3 as they stand; ``olds`` are held against them, or nothing is."""
    jobs = [
        Job(
            pair.target,
            "new" if olds is not None else ALONE,
            pair.new,
            pair.path,
            twin=str(folder),
            against=str(olds[i].folder) if olds is not None and olds[i].recorded else "",
            plain=True,
            seconds=seconds,
            changed=pair.changed,
        )
        for i, (pair, folder) in enumerate(zip(pairs, folders, strict=True))
    ]
    return _run(jobs, replace(options, keras="3"))


def _run(jobs: list[Job], options: Options) -> list[Ran]:
    if not jobs:
        return []
    outcomes = launch.run_jobs(jobs, options)
    return [Ran(Path(job.twin), outcome) for job, outcome in zip(jobs, outcomes, strict=True)]


def judged(pair: Pair, old: Ran, new: Ran) -> Proof:
    """The verdict on two runs."""
    if not old.recorded:
        return Proof(pair.target, COULD_NOT_RUN, old.outcome.reason, "old")
    if not new.recorded:
        return Proof(pair.target, COULD_NOT_RUN, new.outcome.reason, "new")
    models, notes = compare(read(old.folder), read(new.folder))
    proof = Proof(pair.target, EQUAL, models=models, notes=notes)
    proof.ends = {name: _said(ran.end) for name, ran in (("old", old), ("new", new))}
    for name, ran in (("old", old), ("new", new)):
        proof.environment[name] = ran.outcome.environment
        if ran.outcome.run is not None:
            proof.notes += [note for note in ran.outcome.run.notes if note not in proof.notes]
    if new.end.how == RAISED and old.end.how != RAISED:
        proof.verdict, proof.which, proof.reason = COULD_NOT_RUN, "new", new.end.reason
        return proof
    differences = [(model, check) for model in models for check in model.differences]
    if differences:
        model, check = differences[0]
        proof.verdict, proof.reason = DIFFERS, f"{check.what} of {model.name}: {check.said}"
        return proof
    thin = next((model for model in models if not model.says_enough), None)
    if thin is not None or not models:
        why = next((check.said for model in models for check in model.checks if check.verdict == UNASKED), "no model")
        proof.verdict, proof.which, proof.reason = COULD_NOT_RUN, "old", f"too little can be compared: {why}"
    return proof


def _said(end: End) -> str:
    if end.how == RAISED:
        return f"it raises {end.reason}"
    return "ended" if end.how == ENDED else "stopped, with no error so far"
